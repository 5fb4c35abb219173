"""表3B 政府投资年度计划, its channels against their limits, and the 缺口表 that may take its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from portfolio.model.forms import origins as at
from portfolio.model.forms.lines import Line, Rank, above
from portfolio.model.forms.planned.ahead import Planned
from portfolio.model.forms.planned.government_plan import (
    RED,
    GovernmentPlan,
    GovernmentWork,
    Light,
    ShortItem,
    government_plan,
    unpaid_wan,
)
from portfolio.model.forms.planned.grouped import Group, by_work, total_of
from portfolio.model.forms.planned.limits import Basis, ChannelLimit
from portfolio.model.forms.planned.pots import Pot, is_government, pot_of
from portfolio.model.forms.source import Source
from portfolio.report.tables.fields import Cell, Field, Fields, money, number, text
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form, FormSheet, MoneyUnit, Size
from portfolio.report.tables.forms.heads import form_of
from portfolio.report.tables.forms.planned import (
    ROUNDED,
    Years,
    code,
    number_of,
    office,
    scope,
    span_text,
    words,
)

NUMBER, TITLE, GAP_TITLE = "3B", "政府投资年度计划", "政府投资资金缺口表"
POTS = {f"pot{k}_wan": str(pot) for k, pot in enumerate(Pot)}
GROUPS = {"资金来源": tuple(POTS)}
SUMMED = ("total_wan", "before_wan", "plan_wan", "government_wan", *POTS)
Works = Group[GovernmentWork]
line_of: Callable[[GovernmentWork], Planned] = attrgetter("line")
FIXES = {
    Light.OVER_LIMIT: "压减到额度以内，或按程序增加额度；超出部分不得列入计划",
    Light.NO_ESTIMATE: "概算批复后再列入，或改列预备项目",
    Light.NO_REVENUE: "无收益或负面清单内的项目不得安排专项债，改用其他渠道；已发行的按既有突破列示",
    Light.UNPAID: "应付未付多于该年计划：先列足上年欠付的工程款",
    Light.OVERRUN: "超过批准概算 10%：先审计、调整概算，再列入计划",
    Light.BUNDLED: "逐项核对打包项目的收益与用途，不新增",
    Light.NO_LIMIT: "请在“年度额度”表填写该年预算或额度；没有填的不能判断是否超额度",
}

# --- Works


def _amount(
    key: str, title: str, of: Callable[[GovernmentWork], int], w: float, source: str
) -> Field[Works]:
    return money(key, title, lambda group: group.sum(of), w, source=source)


def _pot(k: int) -> Callable[[GovernmentWork], int]:
    return lambda work: work.pots_wan[k]


def _amounts(year: int, width: float) -> tuple[Field[Works], ...]:
    return (
        _amount("total_wan", "总投资", lambda work: work.line.total_wan, width, at.TOTALS),
        _amount("before_wan", f"至{year - 1}年底累计（预计）",
                lambda work: work.line.before_wan, width, at.BEFORE),
        _amount("plan_wan", f"{year}年投资额", lambda work: work.plan_wan, width, at.LATER),
        _amount("government_wan", "其中政府投资", lambda work: work.government_wan, width, at.BY_CHANNEL),
        *(
            _amount(key, title, _pot(k), width - 0.5, at.BY_CHANNEL)
            for k, (key, title) in enumerate(POTS.items())
        ),
    )  # fmt: skip


def _summary(year: int) -> Fields[Works]:
    return Fields(
        name="汇总",
        fields=(
            text("no", "序号", number_of, 6, look="centre", source=at.HERE),
            text("name", "名称", width=32, source=at.LISTED),
            number("count", "项目数", lambda group: len(group.rows), 7, source=at.HERE),
            *_amounts(year, 11),
        ),
    )


def _detail(source: Source, years: Years) -> Fields[Works]:
    calendar = source.portfolio.calendar

    def lights(group: Works) -> Cell:
        if group.one is None:
            return NOT_APPLICABLE
        return "；".join(group.one.lights) or NOT_APPLICABLE

    def tone(group: Works) -> str:
        return "light 红" if group.one and set(group.one.lights) & set(RED) else ""

    return Fields(
        name="项目明细",
        fields=(
            text("no", "序号", number_of, 7, look="centre", source=at.HERE),
            text("name", "项目名称", width=22, source=at.LISTED),
            code(12, line_of),
            scope(source, 20, line_of),
            words(
                "span",
                "建设期",
                14,
                line_of,
                lambda line: span_text(line, calendar),
                source=at.LISTED,
            ),
            words("stage", "审批阶段", 9, line_of, lambda line: line.item.stage, source=at.LISTED),
            _of_filing(source, "estimate", "概算批复文号", 20),
            office("tier", "级次", 10, line_of),
            office("owner", "责任单位", 12, line_of),
            *_amounts(years.year, 10),
            _of_filing(source, "aims", "绩效目标", 24),
            text(
                "lights",
                "红灯与核对",
                lights,
                13,
                tone=tone,
                source=at.together(at.LIMITED, at.LISTED, at.FILINGS, at.PURSES),
            ),
        ),
    )


def _of_filing(source: Source, key: str, title: str, width: float) -> Field[Works]:
    """What an office files for approval; of a project, else of its item."""

    def value(group: Works) -> Cell:
        if group.item is None:
            return None
        project = group.one.line.project if group.one else None
        return source.filed(key, None if project is None else project.code, group.item.no)

    return text(key, title, value, width, source=at.FILINGS)


# --- Channels against their limits


@dataclass(frozen=True, kw_only=True)
class LimitRow:
    """A channel, a pot or all of them; the limit is None where it isn't told, "—" where none is."""

    name: str
    kind: str | None
    need_wan: int
    limit_wan: int | str | None
    gap_wan: int | str
    basis: str | None
    light: str


def limit_lines(channels: Sequence[ChannelLimit]) -> tuple[Line[LimitRow], ...]:
    """合计, then pot by pot its channels."""
    pots: dict[Pot, list[ChannelLimit]] = {}
    for row in channels:
        pots.setdefault(pot_of(row.channel), []).append(row)
    below: list[Line[LimitRow]] = []
    for pot in Pot:
        mine = pots.get(pot, [])
        if mine:
            parts = [Line(rank=Rank.PART, row=_limit_row(row)) for row in mine]
            below += above(Rank.GROUP, _limit_sum(str(pot), mine), parts)
    return tuple(above(Rank.TOTAL, _limit_sum("合计", channels), below))


def _limit_row(row: ChannelLimit) -> LimitRow:
    known = row.basis in (Basis.ENTERED, Basis.SHOCKED)
    untold = None if row.basis is Basis.COMPUTED else NOT_APPLICABLE
    return LimitRow(
        name=row.channel.name,
        kind=str(row.channel.kind),
        need_wan=row.need_wan,
        limit_wan=row.limit_wan if known else untold,
        gap_wan=(row.gap_wan or 0) if known else NOT_APPLICABLE,
        basis=str(row.basis),
        light=_light([row]),
    )


def _limit_sum(name: str, rows: Sequence[ChannelLimit]) -> LimitRow:
    known = [row for row in rows if row.basis in (Basis.ENTERED, Basis.SHOCKED)]
    return LimitRow(
        name=name,
        kind=None,
        need_wan=sum(row.need_wan for row in rows),
        limit_wan=sum(row.limit_wan or 0 for row in known)
        if known and len(known) == len(rows)
        else NOT_APPLICABLE,
        gap_wan=sum(row.gap_wan or 0 for row in known) if known else NOT_APPLICABLE,
        basis=None,
        light=_light(rows),
    )


def _light(rows: Sequence[ChannelLimit]) -> str:
    """Red where a need passes a limit; green where every limit holds it; else no light."""
    if any(row.over for row in rows):
        return "红"
    if rows and all(row.basis in (Basis.ENTERED, Basis.SHOCKED) for row in rows):
        return "绿"
    return NOT_APPLICABLE


def _lit(row: LimitRow) -> str:
    return "" if row.light == NOT_APPLICABLE else f"light {row.light}"


def _limit_fields(need: str, gap: str) -> Fields[LimitRow]:
    return Fields(
        name="额度",
        fields=(
            text("name", "资金渠道", width=40, source=at.CHANNELS),
            text("kind", "性质", width=11, look="centre", source=at.CHANNELS),
            money("need_wan", need, width=15, source=at.BY_CHANNEL),
            money("limit_wan", "额度", width=15, source=at.ENVELOPES),
            money("gap_wan", gap, width=15, source=at.LIMITED),
            text("basis", "额度来源", width=11, look="centre", source=at.ENVELOPES),
            text("light", "灯", width=6, look="centre", tone=_lit, source=at.LIMITED),
        ),
    )


LIMIT_NOTES = (
    "额度来源：已定＝“年度额度”表填的预算或额度；情景＝情景改动后的额度；推算＝没有填，额度写“未报”，不判断；"
    "不设＝随资本金的渠道，没有额度。",
    "统筹渠道按渠道合计与额度比；上级指定、专属按大项逐个比，超额度为各大项之和。",
)


# --- Lights as a list


@dataclass(frozen=True, kw_only=True)
class LightRow:
    """A light, what it shines on and what to do."""

    no: str
    light: Light
    where: str
    wan: int

    @property
    def colour(self) -> str:
        """Red forbids, yellow asks."""
        return "红" if self.light in RED else "黄"


LIGHTS: Fields[LightRow] = Fields(
    name="红灯与核对",
    fields=(
        text("no", "序号", width=6, look="centre", source=at.HERE),
        text(
            "colour",
            "灯",
            width=6,
            look="centre",
            tone=lambda row: f"light {row.colour}",
            source=at.LIMITED,
        ),
        text("light", "事项", lambda row: str(row.light), 22, source=at.LIMITED),
        text("where", "对象", width=36, source=at.LISTED),
        money("wan", "涉及金额", width=11, source=at.LIMITED),
        text("fix", "办法", lambda row: FIXES[row.light], 45, source=at.HERE),
    ),
)


def _light_lines(plan: GovernmentPlan) -> tuple[Line[LightRow], ...]:
    """Each light once an item or channel, with how many works and how much money it shines on."""
    rows = [
        LightRow(no=str(k), light=light, where=where, wan=wan)
        for k, (light, where, wan) in enumerate(_lit_things(plan), start=1)
    ]
    return tuple(Line(rank=Rank.PART, row=row) for row in rows)


def _lit_things(plan: GovernmentPlan) -> Iterator[tuple[Light, str, int]]:
    for light in Light:
        for row in plan.channels:
            if light is Light.OVER_LIMIT and row.over:
                yield light, row.channel.name, row.gap_wan or 0
            computed = row.basis is Basis.COMPUTED and is_government(row.channel)
            if light is Light.NO_LIMIT and computed:
                yield light, row.channel.name, row.need_wan
        lit: dict[str, list[GovernmentWork]] = {}
        for work in plan.works:
            if light in work.lights:
                lit.setdefault(work.line.item.name, []).append(work)
        for name, works in lit.items():
            of_projects = works[0].line.project is not None
            where = f"{name}（{len(works)} 个项目）" if of_projects else name
            by_bonds = light in (Light.NO_REVENUE, Light.BUNDLED)
            yield light, where, sum(w.bonds_wan if by_bonds else w.plan_wan for w in works)


# --- Who is short


@dataclass(frozen=True, kw_only=True)
class ShortRow:
    """An item left short by a channel, or a channel with all of them."""

    no: str | None
    name: str
    priority: int | str
    need_wan: int
    gap_wan: int
    code: str | None = None
    owner: str | None = None

    @property
    def given_wan(self) -> int:
        """What the limit still gives."""
        return self.need_wan - self.gap_wan


SHORT: Fields[ShortRow] = Fields(
    name="缺口（按大项）",
    fields=(
        text("no", "序号", lambda row: row.no or NOT_APPLICABLE, 6, look="centre", source=at.HERE),
        text("name", "渠道与大项", width=36, source=at.LISTED),
        text("code", "项目代码", width=16, source=at.LISTED),
        text("owner", "责任单位", width=18, source=at.LISTED),
        number("priority", "优先级", width=8, look="centre", source=at.LISTED),
        money("need_wan", "需求", width=13, source=at.BY_CHANNEL),
        money("given_wan", "额度内可安排", width=13, source=at.LIMITED),
        money("gap_wan", "缺口", width=13, source=at.LIMITED),
    ),
)


#: Columns of the 缺口表 by sheet.
GAP_COLUMNS: dict[str, Fields[Any]] = {
    "缺口（按渠道）": _limit_fields("需求", "缺口"),
    "缺口（按大项）": SHORT,
}


def _short_lines(source: Source, short: Sequence[ShortItem]) -> Iterator[Line[ShortRow]]:
    names = {channel.id: channel.name for channel in source.portfolio.channels}
    groups: dict[str, list[ShortItem]] = {}
    for each in short:
        groups.setdefault(each.channel_id, []).append(each)
    below: list[Line[ShortRow]] = []
    for channel, mine in groups.items():
        parts = [
            Line(
                rank=Rank.PART,
                row=ShortRow(
                    no=str(k), name=each.item.name, priority=each.item.priority,
                    need_wan=each.need_wan, gap_wan=each.gap_wan, code=each.item.code,
                    owner=each.item.owner,
                ),
            )
            for k, each in enumerate(mine, start=1)
        ]  # fmt: skip
        below += above(Rank.GROUP, _short_sum(names[channel], mine), parts)
    yield from above(Rank.TOTAL, _short_sum("合计", short), below)


def _short_sum(name: str, short: Sequence[ShortItem]) -> ShortRow:
    return ShortRow(
        no=None,
        name=name,
        priority=NOT_APPLICABLE,
        need_wan=sum(each.need_wan for each in short),
        gap_wan=sum(each.gap_wan for each in short),
    )


# --- The form


def government_plan_form(source: Source) -> Form:
    """Form 3B; under a shock that passes a limit the table of gaps."""
    years = Years(source)
    plan = government_plan(
        years.ahead,
        years.lines,
        years.limits[0],
        shocked=years.shocked,
        estimated=source.entered.filings.get("estimate", {}),
        unpaid=unpaid_wan(source.entered.purses),
    )
    sheets = _gap_sheets(source, plan) if plan.is_gap_table else _plan_sheets(source, years, plan)
    title = GAP_TITLE if plan.is_gap_table else TITLE
    return form_of(source, NUMBER, title, f"{plan.year}年", sheets, years.ahead.approved)


def _plan_sheets(source: Source, years: Years, plan: GovernmentPlan) -> tuple[FormSheet, ...]:
    heading, works = f"{plan.year}年市政府投资年度计划（{years.stage}）", list(plan.works)
    return (
        FormSheet(
            name="汇总",
            title=f"{heading}（汇总）",
            unit=MoneyUnit.YI,
            fields=_summary(plan.year),
            lines=tuple(total_of("合计", works, by_work(works, line_of, projects=False))),
            summed=(*SUMMED, "count"),
            groups=GROUPS,
            pages=2,
            notes=_notes(plan),
            played=years.shocked,
        ),
        FormSheet(
            name="额度校核",
            title=f"{heading}（计划与额度）",
            unit=MoneyUnit.YI,
            fields=_limit_fields("计划", "超额度"),
            lines=limit_lines(plan.channels),
            summed=("need_wan", "limit_wan", "gap_wan"),
            repeated=1,
            size=Size.A4,
            pages=2,
            notes=LIMIT_NOTES,
            played=years.shocked,
        ),
        FormSheet(
            name="红灯与核对",
            title=f"{heading}（红灯与核对）",
            unit=MoneyUnit.YI,
            fields=LIGHTS,
            lines=_light_lines(plan),
            size=Size.A4,
            notes=("红灯未消除的不得印发；黄灯请核对。应付未付取自“资金台账”，没有填的不判断。",),
            played=years.shocked,
        ),
        FormSheet(
            name="项目明细",
            title=f"{heading}（项目明细附表）",
            unit=MoneyUnit.WAN,
            fields=_detail(source, years),
            lines=tuple(total_of("合计", works, by_work(works, line_of, projects=True))),
            summed=SUMMED,
            groups=GROUPS,
            breaks=("pot0_wan",),
            notes=("“未报”请在“项目清单”“项目”“月报补充”“申报补充”表补填，不代填。",),
            played=years.shocked,
        ),
    )


def _gap_sheets(source: Source, plan: GovernmentPlan) -> tuple[FormSheet, ...]:
    heading = f"{plan.year}年{GAP_TITLE}"
    said = source.run.title or source.run.scenario
    channels = [row for row in plan.channels if is_government(row.channel) or row.over]
    return (
        FormSheet(
            name="缺口（按渠道）",
            title=f"{heading}（按渠道）",
            unit=MoneyUnit.YI,
            fields=GAP_COLUMNS["缺口（按渠道）"],
            lines=limit_lines(channels),
            summed=("need_wan", "limit_wan", "gap_wan"),
            repeated=1,
            size=Size.A4,
            notes=(
                f"情景：{said}。该情景下有渠道的需求超过额度，本表只列缺口，不是计划，不得作为计划印发。",
                *LIMIT_NOTES,
                "缺口＝max(0，需求－额度)；渠道之间不相互抵补。补缺口的办法见表5、表7。",
            ),
            played=True,
        ),
        FormSheet(
            name="缺口（按大项）",
            title=f"{heading}（按大项）",
            unit=MoneyUnit.YI,
            fields=GAP_COLUMNS["缺口（按大项）"],
            lines=tuple(_short_lines(source, plan.short)),
            summed=("need_wan", "given_wan", "gap_wan"),
            size=Size.A4,
            notes=("统筹渠道的额度按优先级逐级满足，同级按需要的比例；只列有缺口的大项。",),
            played=True,
        ),
    )


def _notes(plan: GovernmentPlan) -> tuple[str, ...]:
    red = sum(light in RED for light, *_ in _lit_things(plan))
    return (
        f"只列还有财政性资金要安排的项目，共 {len(plan.works)} 个；红灯 {red} 处，见“红灯与核对”。"
        "其中政府投资＝一般公共预算＋专项债券＋土地等政府性基金＋上级。",
        "一般债券没有单列，含在一般公共预算中；彩票公益金列入土地等政府性基金；"
        "轨道交通场站综合开发收益列入国企。",
        "年度投资额＝未完部分按原计划节奏顺延（同表3A）；须与本级预算衔接，与表4 第一年相同。",
        ROUNDED,
    )
