"""表4 政府投资三年滚动计划: works at hand, new and in reserve; channels and debt service below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from portfolio.model.forms import origins as at
from portfolio.model.forms.lines import Line, Rank, above
from portfolio.model.forms.planned.ahead import Planned
from portfolio.model.forms.planned.debt import debt_service
from portfolio.model.forms.planned.grouped import Group, by_work, total_of
from portfolio.model.forms.planned.limits import Basis, ChannelLimit
from portfolio.model.forms.planned.pots import Pot, pot_of
from portfolio.model.forms.planned.rolling_plan import RollingPlan, RollingWork, Stage, rolling_plan
from portfolio.model.forms.source import Source
from portfolio.model.quarters import year_spans
from portfolio.report.tables.fields import Cell, Field, Fields, money, number, text
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form, FormSheet, MoneyUnit, Size
from portfolio.report.tables.forms.heads import form_of
from portfolio.report.tables.forms.planned import ROUNDED, Years, code, number_of, office, words

NUMBER, TITLE = "4", "政府投资三年滚动计划"
Works = Group[RollingWork]
line_of: Callable[[RollingWork], Planned] = attrgetter("line")
PARTS = {"total_wan": "总额", "government_wan": "其中财政性", "bonds_wan": "其中专项债"}


def _stage(group: Works) -> Stage | None:
    stages = {work.stage for work in group.rows}
    return stages.pop() if len(stages) == 1 else None


# --- Works


def _part(k: int, name: str) -> Callable[[Works], Cell]:
    """A year's money; none is arranged for what is in reserve alone."""

    def value(group: Works) -> Cell:
        if group.rows and _stage(group) is Stage.RESERVE:
            return NOT_APPLICABLE
        return group.sum(lambda work: getattr(work.years[k], name))

    return value


def _year_key(year: int, name: str) -> str:
    return f"y{year}_{name}"


def _amounts(years: Sequence[int], width: float) -> tuple[Field[Works], ...]:
    before: Field[Works] = money("before_wan", f"至{years[0] - 1}年底累计（预计）",
                   lambda group: group.sum(lambda work: work.line.before_wan), width,
                   source=at.BEFORE)  # fmt: skip
    parts = [
        money(_year_key(year, name), title, _part(k, name), width - 0.5, source=at.BY_CHANNEL)
        for k, year in enumerate(years)
        for name, title in PARTS.items()
    ]
    later: Field[Works] = money("later_wan", f"{years[-1] + 1}年及以后",
                  lambda group: group.sum(lambda work: work.line.later_wan), width,
                  source=at.LATER)  # fmt: skip
    total: Field[Works] = money(
        "total_wan",
        "总投资",
        lambda group: group.sum(lambda work: work.line.total_wan),
        width,
        source=at.TOTALS,
    )
    return (total, before, *parts, later)


def _groups(years: Sequence[int]) -> dict[str, tuple[str, ...]]:
    return {f"{year}年": tuple(_year_key(year, name) for name in PARTS) for year in years}


def summed_keys(years: Sequence[int]) -> tuple[str, ...]:
    """Keys of the columns that are summed, in their order."""
    keys = [key for keys in _groups(years).values() for key in keys]
    return ("total_wan", "before_wan", *keys, "later_wan")


def _summary(years: Sequence[int]) -> Fields[Works]:
    return Fields(
        name="汇总",
        fields=(
            text("no", "序号", number_of, 6, look="centre", source=at.HERE),
            text("name", "名称", width=32, source=at.LISTED),
            number("count", "项目数", lambda group: len(group.rows), 7, source=at.HERE),
            *_amounts(years, 11),
        ),
    )


def _detail(source: Source, years: Sequence[int]) -> Fields[Works]:
    def funding(group: Works) -> Cell:
        if group.one is None:
            return NOT_APPLICABLE
        return NOT_APPLICABLE if group.one.funding is None else str(group.one.funding)

    def debt(group: Works) -> Cell:
        """When known bonds are served; — where there is no bond money and no bond."""
        if group.item is None:
            return None
        work = group.rows[0]
        if not work.debt.interest and not work.debt.principal:
            bonds = group.sum(lambda each: sum(part.bonds_wan for part in each.years))
            return None if bonds else NOT_APPLICABLE
        told = (("付息", work.debt.interest), ("还本", work.debt.principal))
        return "；".join(f"{word} {year_spans(years)}" for word, years in told if years)

    def stage(line: Planned) -> Cell:
        return line.item.stage

    return Fields(
        name="项目明细",
        fields=(
            text("no", "序号", number_of, 7, look="centre", source=at.HERE),
            text("name", "项目名称", width=28, source=at.LISTED),
            code(14, line_of),
            words("stage", "审批阶段", 8, line_of, stage, source=at.LISTED),
            office("owner", "责任单位", 16, line_of),
            *_amounts(years, 10),
            text(
                "funding",
                "资金落实",
                funding,
                9,
                look="centre",
                source=at.together(at.LIMITED, at.FILINGS),
            ),
            text("debt", "还本付息年度", debt, 22, source=at.BONDS),
        ),
    )


def _lines(plan: RollingPlan, *, projects: bool) -> Iterator[Line[Works]]:
    """合计 of what is arranged, in its two parts; then the reserve, in no sum."""
    arranged: list[Line[Works]] = []
    for stage in (Stage.AT_HAND, Stage.NEW):
        arranged += _stage_lines(plan.of(stage), f"{stage}", projects=projects)
    yield from total_of("合计（不含储备）", plan.arranged, arranged)
    yield from _stage_lines(
        plan.of(Stage.RESERVE), "储备（待入库，只写需求，不在合计内）", projects=projects
    )


def _stage_lines(
    works: Sequence[RollingWork], name: str, *, projects: bool
) -> Iterator[Line[Works]]:
    if works:
        below = by_work(works, line_of, projects=projects)
        yield from above(Rank.GROUP, Group(name=name, rows=tuple(works)), below)


# --- Channels: limit, need, gap by year


@dataclass(frozen=True, kw_only=True)
class ChannelRow:
    """A channel's years, or a pot's, or all; by year limit, need and gap."""

    name: str
    kind: str | None
    years: tuple[tuple[int | str | None, int, int | str], ...]
    basis: tuple[str, ...]


def channel_lines(plan: RollingPlan) -> tuple[Line[ChannelRow], ...]:
    """合计, then pot by pot its channels."""
    by_channel = list(zip(*plan.channels, strict=True))
    pots: dict[Pot, list[tuple[ChannelLimit, ...]]] = {}
    for row in by_channel:
        pots.setdefault(pot_of(row[0].channel), []).append(row)
    below: list[Line[ChannelRow]] = []
    for pot in Pot:
        mine = pots.get(pot, [])
        if mine:
            parts = [Line(rank=Rank.PART, row=_channel_row(row)) for row in mine]
            below += above(Rank.GROUP, _channel_sum(str(pot), mine), parts)
    return tuple(above(Rank.TOTAL, _channel_sum("合计", by_channel), below))


KNOWN = (Basis.ENTERED, Basis.SHOCKED)


def _channel_row(row: Sequence[ChannelLimit]) -> ChannelRow:
    return ChannelRow(
        name=row[0].channel.name,
        kind=str(row[0].channel.kind),
        years=tuple(_known(each) for each in row),
        basis=tuple(str(each.basis) for each in row),
    )


def _known(each: ChannelLimit) -> tuple[int | str | None, int, int | str]:
    if each.basis in KNOWN:
        return each.limit_wan, each.need_wan, each.gap_wan or 0
    untold = None if each.basis is Basis.COMPUTED else NOT_APPLICABLE
    return untold, each.need_wan, NOT_APPLICABLE


def _channel_sum(name: str, rows: Sequence[Sequence[ChannelLimit]]) -> ChannelRow:
    years = []
    for of_year in zip(*rows, strict=True):
        known = [each for each in of_year if each.basis in KNOWN]
        whole = sum(each.limit_wan or 0 for each in known)
        gap = sum(each.gap_wan or 0 for each in known)
        years.append(
            (
                whole if known and len(known) == len(of_year) else NOT_APPLICABLE,
                sum(each.need_wan for each in of_year),
                gap if known else NOT_APPLICABLE,
            )
        )
    return ChannelRow(name=name, kind=None, years=tuple(years), basis=("",) * len(years))


COLUMNS = {"limit_wan": "额度", "need_wan": "需求", "gap_wan": "缺口"}
CHANNEL_SOURCES = {
    "limit_wan": at.ENVELOPES,
    "need_wan": at.BY_CHANNEL,
    "gap_wan": at.LIMITED,
}


def _cell(k: int, j: int) -> Callable[[ChannelRow], Cell]:
    return lambda row: row.years[k][j]


def _basis(k: int) -> Callable[[ChannelRow], Cell]:
    return lambda row: row.basis[k] or None


def _channel_keys(years: Sequence[int], keys: Iterable[str]) -> list[str]:
    return [f"y{year}_{key}" for year in years for key in tuple(keys)]


def _channels(years: Sequence[int]) -> Fields[ChannelRow]:
    by_year: list[Field[ChannelRow]] = []
    for k, year in enumerate(years):
        by_year += [
            money(f"y{year}_{key}", title, _cell(k, j), 10.5, source=CHANNEL_SOURCES[key])
            for j, (key, title) in enumerate(COLUMNS.items())
        ]
        by_year.append(
            text(f"y{year}_basis", "额度来源", _basis(k), 9, look="centre", source=at.ENVELOPES)
        )
    return Fields(
        name="渠道平衡",
        fields=(
            text("name", "资金渠道", width=36, source=at.CHANNELS),
            text("kind", "性质", width=12, look="centre", source=at.CHANNELS),
            *by_year,
        ),
    )


# --- Debt


@dataclass(frozen=True, kw_only=True)
class DebtRow:
    """Debt service of a year, or limit and balance of debt; None: not told."""

    name: str
    principal_wan: int | str | None
    interest_wan: int | str | None

    @property
    def sum_wan(self) -> int | str | None:
        """Both."""
        if isinstance(self.principal_wan, int) and isinstance(self.interest_wan, int):
            return self.principal_wan + self.interest_wan
        return self.principal_wan


DEBT: Fields[DebtRow] = Fields(
    name="还本付息",
    fields=(
        text("name", "年度", width=40, source=at.HERE),
        money("principal_wan", "还本", width=20, source=at.BONDS),
        money("interest_wan", "付息", width=20, source=at.BONDS),
        money("sum_wan", "合计", width=20, source=at.BONDS),
    ),
)


def _debt_lines(plan: RollingPlan) -> tuple[Line[DebtRow], ...]:
    last = plan.years[-1] + 1
    if not plan.debt:
        rows = [DebtRow(name=f"{year}年", principal_wan=None, interest_wan=None)
                for year in plan.years]  # fmt: skip
        rows.append(DebtRow(name=f"{last}年及以后", principal_wan=None, interest_wan=None))
        return tuple(Line(rank=Rank.PART, row=row) for row in rows)
    rows = [
        DebtRow(
            name=f"{due.year}年" + ("及以后" if due.year == last else ""),
            principal_wan=due.principal_wan,
            interest_wan=due.interest_wan,
        )
        for due in plan.debt
    ]
    whole = DebtRow(
        name="合计",
        principal_wan=sum(due.principal_wan for due in plan.debt),
        interest_wan=sum(due.interest_wan for due in plan.debt),
    )
    return tuple(above(Rank.TOTAL, whole, [Line(rank=Rank.PART, row=row) for row in rows]))


# --- The form


def rolling_plan_form(source: Source) -> Form:
    """Form 4."""
    made = Years(source)
    plan = rolling_plan(made.ahead, made.lines, made.limits, debt_service(source.entered.bonds))
    years, played = plan.years, made.shocked
    heading = f"{years[0]}—{years[-1]}年市政府投资三年滚动计划（草案）"
    sheets = (
        FormSheet(
            name="汇总",
            title=f"{heading}（汇总）",
            unit=MoneyUnit.YI,
            fields=_summary(years),
            lines=tuple(_lines(plan, projects=False)),
            summed=(*summed_keys(years), "count"),
            groups=_groups(years),
            pages=2,
            notes=_notes(plan),
            played=played,
        ),
        FormSheet(
            name="渠道平衡",
            title=f"{heading}（各渠道额度、需求、缺口）",
            unit=MoneyUnit.YI,
            fields=_channels(years),
            lines=channel_lines(plan),
            summed=tuple(_channel_keys(years, COLUMNS)),
            groups={
                f"{year}年": tuple(_channel_keys([year], [*COLUMNS, "basis"])) for year in years
            },
            repeated=1,
            pages=1,
            notes=(
                "额度：已定＝“年度额度”表所填；情景＝情景改动后的；推算＝没有填，额度写“未报”、缺口写“—”，"
                "不能当作已定。以后年度的预计上下限由财政填入“年度额度”表。",
                "缺口＝max(0，需求－额度)，渠道之间、年度之间不相互抵补；统筹按渠道，上级指定、专属按大项。",
            ),
            played=played,
        ),
        FormSheet(
            name="还本付息",
            title=f"{heading}（专项债券还本付息）",
            unit=MoneyUnit.YI,
            fields=DEBT,
            lines=_debt_lines(plan),
            summed=("principal_wan", "interest_wan", "sum_wan"),
            repeated=1,
            size=Size.A4,
            pages=1,
            notes=_debt_notes(plan),
        ),
        FormSheet(
            name="项目明细",
            title=f"{heading}（项目明细附表）",
            unit=MoneyUnit.WAN,
            fields=_detail(source, years),
            lines=tuple(_lines(plan, projects=True)),
            summed=summed_keys(years),
            groups=_groups(years),
            breaks=(_year_key(years[1], "total_wan"),),
            notes=(
                "资金落实：已批＝概算已批且首年各财政渠道额度已定、装得下；未落实＝首年有缺口；其余为拟申报。",
                "还本付息年度只列已填发行情况的债券；没有填的写“未报”。",
            ),
            played=played,
        ),
    )
    return form_of(source, NUMBER, TITLE, f"{years[0]}—{years[-1]}年", sheets, made.ahead.approved)


def _debt_notes(plan: RollingPlan) -> tuple[str, ...]:
    known = (
        "只含“专项债券”表填了发行日、期限和利率的债券，按每年付息、到期一次还本计（假设，以发行文件为准）；"
        "计划新发行的债券期限、利率未定，不计。"
    )
    untold = "没有填债券的期限、利率和发行日，写“未报”，不推算；请在“专项债券”表填写。"
    return (
        known if plan.debt else untold,
        "债务限额与余额由财政填报：本工具没有全口径债务数据。",
    )


def _notes(plan: RollingPlan) -> tuple[str, ...]:
    first = plan.years[0]
    return (
        f"累计＋三年＋以后＝总投资；第一年（{first} 年）与表3B 相同，只有第一年约束，以后年度逐年滚动、可以改。",
        "在手＝年底前已有投资；新开工＝三年内才有投资；储备＝三年内没有投资，只在“以后”列写需求，不在合计内。",
        "只含还有财政性资金要安排的项目；总额为各项目全部资金，其中财政性为政府投资。本表不是中期财政规划。",
        ROUNDED,
    )
