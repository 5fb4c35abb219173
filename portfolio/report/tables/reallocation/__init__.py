"""The tables of a repair: every column of moves, aims, approvals, prices and years, said once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.items import Item
from portfolio.model.money import BPS
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.findings import (
    Approver,
    ItemPromise,
    approvers,
    item_promises,
    known_bound,
    shortfall_wan,
    wanted_by_year,
)
from portfolio.model.reallocation.result import (
    Grandfathered,
    Move,
    Price,
    Reallocation,
    Stage,
    YearPromise,
)
from portfolio.model.reallocation.settings import Aim, RepairSettings
from portfolio.model.study.findings import Estimate
from portfolio.model.study.result import ScenarioComparison
from portfolio.report.tables.fields import Field, Fields, Table, money, number, text, year
from portfolio.report.tables.office import labelled, with_office
from portfolio.report.words import reallocation as words
from portfolio.report.words.reallocation import ways
from portfolio.report.words.run import causes_text, quarter_text
from portfolio.report.words.sources import PLANNED
from portfolio.report.words.stress import changed, points_text, signed_number_text, signed_yi_text

TIMES = "审批路径表（时限为假设）"


def channel_name(portfolio: Portfolio, row: Any) -> str | None:
    """The name of a row's channel; None for a row of none."""
    return None if row.channel_id is None else words.channel_of(portfolio, row.channel_id).name


# --- moves ---------------------------------------------------------------------------------------


def move_fields(portfolio: Portfolio) -> Fields[Move]:
    """A changed cell with its reasons and its approval path."""
    calendar = portfolio.calendar

    def effective(move: Move) -> str:
        return words.effective_text(calendar, move.approval.effective_quarter)

    return Fields(
        name="调整明细",
        fields=(
            number("no", "序号", lambda move: move.item_no, 6),
            text("name", "大项", lambda move: portfolio.item(move.item_no).name, 24, look="wrap"),
            text("label", "大项", lambda move: labelled(portfolio.item(move.item_no))),
            text("channel", "渠道", partial(channel_name, portfolio), 20, look="wrap"),
            text("channel_id", "渠道代码"),
            number(
                "position",
                "渠道序",
                lambda move: portfolio.channel_position[move.channel_id] + 1,
                look="centre",
                tone=lambda _: "faint",
            ),
            year("year", "年份", width=7),
            number("when", "年", lambda move: move.year, look="centre", tone=lambda _: "faint"),
            money("before_wan", "调整前", width=10, source=PLANNED),
            money("after_wan", "调整后", width=10),
            money(
                "change_wan",
                "增减",
                width=10,
                look="signed money",
                formula="ROUND({after_wan}-{before_wan},4)",
                signed=True,
            ),
            text("reasons", "理由", words.reasons_text, 26, look="wrap"),
            text("kind", "审批事项", lambda move: str(move.approval.kind), 16),
            text("level", "级次", words.level_text, 8, source="项目清单表、项目表“级次”"),
            text(
                "authority",
                "审批主体",
                lambda move: move.approval.body,
                16,
                look="wrap",
                source="审批路径表（法规依据见“依据”列；时限为假设）",
            ),
            text(
                "who",
                "审批（最早生效）",
                lambda move: f"{move.approval.body}（{effective(move)}）",
            ),
            text("basis", "依据", lambda move: move.approval.basis, 38, look="wrap"),
            text(
                "asked_quarter",
                "最早提出",
                lambda move: calendar.quarter_label(move.approval.asked_quarter),
                10,
                source=TIMES,
            ),
            text(
                "effective_quarter",
                "最早生效",
                lambda move: quarter_text(calendar, move.approval.effective_quarter),
            ),
            text(
                "effective",
                "最早生效",
                effective,
                11,
                source=TIMES,
            ),
            text("steps", "下一步", lambda move: move.approval.steps, 44, look="wrap"),
            text("note", "备注", lambda move: move.approval.note, 40, look="wrap"),
        ),
    )


MOVE_FILE = (
    "no", "name", "channel", "year", "before_wan", "after_wan", "change_wan", "reasons", "kind",
    "level", "authority", "basis", "asked_quarter", "effective", "steps", "note",
)  # fmt: skip
MOVE_DATA = (
    "no", "name", "channel", "channel_id", "year", "before_wan", "after_wan", "change_wan",
)  # fmt: skip
APPROVAL_DATA = (
    "kind", "level", "authority", "basis", "steps", "asked_quarter", "effective_quarter", "note",
)  # fmt: skip
#: Hidden columns that formulas look moves up by.
MOVE_LOOKUP = ("position", "when")


def move_table(result: Reallocation) -> Table[Move]:
    """Every changed cell with its reasons and its approval path, as the model orders them."""
    portfolio = result.case.portfolio
    fields = move_fields(portfolio).view(*MOVE_FILE)
    return with_office(fields, portfolio.items, partial(_own_item, portfolio)).of(result.moves)


def _own_item(portfolio: Portfolio, row: Move | ItemPromise) -> Item:
    return portfolio.item(row.item_no)


# --- aims ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AimRow:
    """An aim and what came of it; no stage where time did not reach it."""

    aim: Aim
    stage: Stage | None
    settings: RepairSettings

    @property
    def proof(self) -> str:
        """What is known of it."""
        stage = self.stage
        return words.UNKNOWN if stage is None else words.proof_text(stage, self.settings)

    @property
    def least_wan(self) -> int | None:
        """No plan can be below this."""
        bound = None if self.stage is None else known_bound(self.stage)
        return None if bound is None else max(0, round(bound))


AIMS = Fields[AimRow](
    name="目标",
    fields=(
        text("aim", "目标", lambda row: str(row.aim), 10),
        money(
            "value_wan", "达到", lambda row: None if row.stage is None else row.stage.value_wan, 14
        ),
        text("unit", "单位", lambda row: words.AIM_UNITS[row.aim], 24, look="wrap"),
        money("least_wan", "不会少于", width=14),
        text(
            "proof",
            "结论",
            width=40,
            look="wrap",
        ),
    ),
)


def aim_table(result: Reallocation) -> Table[AimRow]:
    """The aims in order: what is reached, how little it could be, whether that is proven."""
    reached = {stage.aim: stage for stage in result.stages}
    settings = result.case.settings
    return AIMS.of(
        AimRow(aim=aim, stage=reached.get(aim), settings=settings) for aim in settings.aims
    )


# --- three repairs side by side ------------------------------------------------------------------


WAYS_BESIDE = Fields[Reallocation](
    name="三种做法",
    fields=(
        text("way", "做法", ways.way_text, 24, look="wrap"),
        number("moves", "笔数", lambda way: len(way.moves)),
        money("moved_wan", "调整量", lambda way: ways.promised_wan(way, Aim.MOVEMENT)),
        money("promised_wan", "承诺缺口", lambda way: ways.promised_wan(way, Aim.SHORTFALL)),
        money("played_wan", "推演缺口", ways.shortfall_played_wan),
        money("recovered_wan", "少缺", ways.recovered_wan, signed=True),
        money("late_wan", "推演滞后", ways.delay_played_wan),
        text("verdict", "结论", lambda way: str(way.verdict), 10),
        text("who", "谁定", ways.deciders_text, 24, look="wrap"),
        text("when", "最先报批", ways.first_deadline_text, 14),
        text("number", "方案编号", lambda way: way.paper.number, 18),
        text("promise", "承诺与推演", ways.promise_text, 60, look="wrap"),
    ),
)
WAYS_SEEN = (
    "way", "moves", "moved_wan", "promised_wan", "played_wan", "recovered_wan", "late_wan", "who",
)  # fmt: skip
WAYS_SHEET = (*WAYS_SEEN, "when", "number")
WAYS_PAGE = (*WAYS_SHEET, "promise")


# --- approvals -----------------------------------------------------------------------------------


def approver_fields(calendar: Calendar) -> Fields[Approver]:
    """What an authority has to approve, and when that can take effect."""
    return Fields(
        name="审批",
        fields=(
            text("authority", "审批主体", width=20, look="wrap"),
            text(
                "kinds", "审批事项", lambda row: "、".join(row.kinds), 44, short="事项", look="wrap"
            ),
            number("cells", "格数", lambda row: row.flow.cells),
            money("takes_wan", "增加", lambda row: row.flow.takes_wan),
            money("gives_wan", "减少", lambda row: row.flow.gives_wan),
            text("span", "最早生效", partial(words.approver_span, calendar), 26, look="wrap"),
        ),
    )


def approver_table(result: Reallocation) -> Table[Approver]:
    """Who has to approve how much."""
    return approver_fields(result.calendar).of(approvers(result))


# --- prices --------------------------------------------------------------------------------------


def price_fields(portfolio: Portfolio) -> Fields[Price]:
    """What one step more of a limit that binds would buy, and how far that holds."""
    small = partial(money, look="small money")
    return Fields(
        name="价格",
        fields=(
            text("rule", "代码"),
            text("title", "规则", lambda price: words.rule_title(price.rule), 22, look="wrap"),
            text("where", "处所"),
            text("limit", "限额", partial(words.limit_label, portfolio), 34, look="wrap"),
            text("channel", "渠道", partial(channel_name, portfolio)),
            text("channel_id", "渠道代码"),
            number("no", "序号", lambda price: price.item_no),
            year("year", "年份"),
            money("limit_wan", "限额数"),
            money("used_wan", "已用"),
            money("step_wan", "放宽"),
            small("shortfall_wan", "缺口少"),
            small("delay_wan", "加权滞后少", width=13),
            small("loans_wan", "另带动贷款", width=13),
            text("holds", "成立范围", words.holds_text, 36, look="wrap"),
            text("sentence", "读作", partial(words.price_sentence, portfolio), 70, look="wrap"),
            money("holds_down_wan", "减少多少仍成立"),
            money("holds_up_wan", "增加多少仍成立"),
            number(
                "per_yi",
                "每亿元\n缺口少",
                lambda price: price.shortfall_wan / price.step_wan if price.step_wan else 0,
                12,
                look="small money",
                formula="IF({step_wan}=0,0,{shortfall_wan}/{step_wan})",
            ),
        ),
    )


PRICE_SHEET = (
    "title", "limit", "year", "limit_wan", "used_wan", "step_wan", "shortfall_wan", "delay_wan",
    "loans_wan", "holds", "sentence",
)  # fmt: skip
#: A column behind the list that is not filtered.
PRICE_UNIT = ("per_yi",)
PRICE_DATA = (
    "rule", "title", "where", "channel", "channel_id", "no", "year", "limit_wan", "used_wan",
    "step_wan", "shortfall_wan", "delay_wan", "loans_wan", "holds_down_wan", "holds_up_wan",
)  # fmt: skip


def price_table(result: Reallocation, keys: tuple[str, ...] = PRICE_SHEET) -> Table[Price]:
    """What one step more of each binding limit would buy, and how far that holds."""
    return price_fields(result.case.portfolio).view(*keys).of(result.prices or ())


# --- rules that lack something, conflict, or are broken already -----------------------------------

RULES = Fields[Any](
    name="规则",
    fields=(
        text("rule", "代码"),
        text("title", "规则", lambda row: words.rule_title(row.rule), 34, look="wrap"),
        text("where", "处所", width=50, look="wrap"),
        text("place", "处所", lambda row: words.place_text(row.where, None), 60, look="wrap"),
        year("year", "年份"),
        money("lacking_wan", "还缺", width=14),
        money("beyond_wan", "超出", width=14),
        text("alternative", "或者", width=60, look="wrap"),
    ),
)
NEED_DATA = RULES.view("rule", "title", "where", "year", "lacking_wan", "alternative")
CONFLICT_DATA = RULES.view("rule", "title", "where", "year")
BROKEN_DATA = RULES.view("rule", "title", "where", "year", "beyond_wan")
NEEDS = RULES.view("title", "where", "year", "lacking_wan", "alternative", name="最省的补救")
CONFLICT = RULES.view("title", "where", "year", name="互相冲突的规则")
BROKEN = RULES.view("title", "place", "year", "beyond_wan", name="既有突破")


def need_table(result: Reallocation, fields: Fields[Any] = NEEDS) -> Table[Any]:
    """The cheapest repair of an infeasible case."""
    return fields.of(() if result.infeasibility is None else result.infeasibility.needs)


def conflict_table(result: Reallocation, fields: Fields[Any] = CONFLICT) -> Table[Any]:
    """The rules that can't all hold."""
    return fields.of(() if result.infeasibility is None else result.infeasibility.conflict)


def grandfathered_table(result: Reallocation, fields: Fields[Any] = BROKEN) -> Table[Grandfathered]:
    """Where the baseline itself breaks a rule."""
    return fields.of(result.grandfathered)


# --- years ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PromiseRow:
    """A year before and after, and what it is to reach.

    feasible : whether there is a plan to promise anything
    causes : why the play lacks of the promise
    """

    year: YearPromise
    wanted_wan: int | None
    feasible: bool
    causes: tuple[str, ...]

    @property
    def converts(self) -> bool:
        """Whether the year's money is converted at all."""
        return self.year.inclusion_bps is not None

    def way(self, key: str) -> int | None:
        """Converted money; None in a year without 入列系数, and of a plan that there is not."""
        planned = key in ("promised_wan", "played_wan")
        if not self.converts or (planned and not self.feasible):
            return None
        return int(getattr(self.year, key))

    def gap(self, key: str) -> int | None:
        """What the year lacks of what it is to reach."""
        way = self.way(key)
        if way is None or self.wanted_wan is None:
            return None
        return shortfall_wan(self.wanted_wan, way)

    @property
    def off_wan(self) -> int:
        """Played less promised."""
        return self.year.played_wan - self.year.promised_wan

    @property
    def why(self) -> str:
        """Why the play lacks of the promise; nothing where it does not."""
        return "；".join(self.causes) if self.converts and self.off_wan < 0 else ""


#: Ways a year goes, each with what it lacks.
WAYS = {"shocked_wan": "不调整", "promised_wan": "承诺", "played_wan": "推演"}


def gap_key(way: str) -> str:
    """The key of what a way lacks."""
    return f"{way.removesuffix('_wan')}_gap_wan"


def _way(key: str, title: str, full: str = "") -> Field[PromiseRow]:
    return money(key, title, lambda row: row.way(key), full=full)


def _lacks(key: str) -> Field[PromiseRow]:
    return money(
        gap_key(key),
        f"缺口：{WAYS[key]}",
        lambda row: row.gap(key),
        short="缺口" if key == "shocked_wan" else f"→{WAYS[key]}",
        look="gap",
        formula=lambda row: (
            None if row.gap(key) is None else f"MAX(0,ROUND({{wanted_wan}}-{{{key}}},4))"
        ),
    )


PROMISES = Fields[PromiseRow](
    name="折市重点口径，调整前后",
    fields=(
        year("year", "年份", lambda row: row.year.year, look="centre"),
        money("target_wan", "目标", lambda row: row.year.target_wan),
        number("inclusion_bps", "入列系数", lambda row: row.year.inclusion_bps),
        number(
            "inclusion",
            "入列系数",
            lambda row: row.year.inclusion_bps and row.year.inclusion_bps / BPS,
            look="factor",
        ),
        money("wanted_wan", "应达到"),
        _way("baseline_wan", "基准"),
        _way("shocked_wan", "不调整", "不调整（受冲击）"),
        _way("promised_wan", "承诺"),
        _way("played_wan", "推演"),
        money(
            "off_wan",
            "推演－承诺",
            look="signed money",
            formula="ROUND({played_wan}-{promised_wan},4)",
        ),
        text("why", "推演比承诺少的原因"),
        *map(_lacks, WAYS),
    ),
)
PROMISE_DATA = PROMISES.view(
    "year", "target_wan", "inclusion_bps", "baseline_wan", "shocked_wan", "promised_wan",
    "played_wan",
)  # fmt: skip
#: Columns there are only with a plan.
PLANNED_KEYS = frozenset(("promised_wan", "played_wan", "promised_gap_wan", "played_gap_wan"))


def promise_rows(result: Reallocation) -> tuple[PromiseRow, ...]:
    """The plan years before and after."""
    wanted, causes = wanted_by_year(result), words.year_cause_names(result)
    return tuple(
        PromiseRow(
            year=year,
            wanted_wan=wanted.get(year.year),
            feasible=result.plan_wan is not None,
            causes=causes.get(year.year, ()),
        )
        for year in result.years
    )


def _less(
    key: str, title: str, of: tuple[str, str], value: Callable[[ItemPromise], int]
) -> Field[ItemPromise]:
    formula = f"ROUND({{{of[0]}}}-{{{of[1]}}},4)"
    return money(key, title, value, look="signed money", formula=formula)


def item_promise_fields(result: Reallocation) -> Fields[ItemPromise]:
    """An item whose play differs from the repaired plan: in which year most, why, and how late."""

    def story(row: ItemPromise) -> str:
        portfolio, outcome = result.repaired, result.outcome
        assert portfolio is not None and outcome is not None
        index = portfolio.position[row.item_no]
        return causes_text(portfolio, outcome.causes[index], index) or "按期"

    def name(row: ItemPromise) -> str:
        return result.case.portfolio.item(row.item_no).name

    def why(row: ItemPromise) -> str:
        assert result.repaired is not None
        return words.why_text(result.repaired, row.why)

    def worst_of(wan: str, row: ItemPromise) -> int:
        """A figure of the worst year."""
        return int(getattr(row, wan)[row.worst_year - result.calendar.first_year])

    def off(row: ItemPromise) -> int:
        return int((row.played_wan - row.promised_wan).sum())

    worst = ("worst_played_wan", "worst_promised_wan")
    return Fields(
        name="承诺与推演",
        fields=(
            number("no", "序号", lambda row: row.item_no, 6),
            text("name", "大项", name, 28, look="wrap"),
            money("promised_wan", "承诺（计划期）", lambda row: int(row.promised_wan.sum()), 14),
            money("played_wan", "推演（计划期）", lambda row: int(row.played_wan.sum()), 14),
            _less("off_wan", "相差", ("played_wan", "promised_wan"), off),
            year("worst_year", "相差最大的年份", width=10),
            money("worst_promised_wan", "该年承诺", partial(worst_of, "promised_wan")),
            money("worst_played_wan", "该年推演", partial(worst_of, "played_wan")),
            _less("worst_wan", "该年相差", worst, lambda row: row.worst_wan),
            text("why", "该年原因", why, 34, look="wrap"),
            text("story", "滞后台账（全期）", story, 50, look="wrap"),
        ),
    )


def item_promise_table(result: Reallocation) -> Table[ItemPromise]:
    """Items whose play differs from the repaired plan, those that lack most first."""
    portfolio = result.case.portfolio
    of = partial(_own_item, portfolio)
    return with_office(item_promise_fields(result), portfolio.items, of).of(item_promises(result))


# --- The repaired plan under luck: by how much it does better than the unrepaired one, path by path


LUCK_TITLE = "同一运气下，调整后的计划减不调整的计划"


def luck_lead(luck: ScenarioComparison) -> str:
    """What the table shows."""
    return (
        f"{LUCK_TITLE}（把握与区间建立在假设的风险参数上；{luck.paths:,} 条路径逐条相减，"
        "括号内为 95% 区间）"
    )


@dataclass(frozen=True, kw_only=True)
class LuckRow:
    """What differs in a year, or over all."""

    what: str
    chance: str
    change: str


LUCK = Fields[LuckRow](
    name="同一运气",
    fields=(
        text("what", "年份或指标", width=28, short="年份"),
        text("chance", "达标概率", width=34),
        text("change", "折市重点均值（亿元）或差别", width=40, short="折市重点均值（亿元）"),
    ),
)


def luck_years(luck: ScenarioComparison) -> tuple[LuckRow, ...]:
    """Change of the chance of a year's target and of its mean converted investment (亿元)."""
    return tuple(
        LuckRow(
            what=str(year.year),
            chance=changed(year.chance, f"{points_text(year.chance)}个百分点"),
            change=_text(year.converted),
        )
        for year in luck.years
        if year.chance is not None
    )


def luck_totals(luck: ScenarioComparison) -> tuple[LuckRow, ...]:
    """The differences that belong to no year."""
    return tuple(
        LuckRow(what=what, chance="—", change=changed(less, signed_number_text(less, digits)))
        for what, less, digits in (
            ("平均滞后（季，按投资加权）", luck.delay, 2),
            ("滞后大项（个）", luck.late_items, 1),
        )
    )


def luck_table(luck: ScenarioComparison) -> Table[LuckRow]:
    """The repaired plan less the unrepaired one on the same luck: years, then the totals."""
    return LUCK.of((*luck_years(luck), *luck_totals(luck)))


def luck_data(luck: ScenarioComparison | None) -> dict[str, Any] | None:
    """JSON-able: differences with their 95 % intervals; money in 万元."""
    if luck is None:
        return None
    return {
        "paths": luck.paths,
        "delay_quarters": _data(luck.delay),
        "late_items": _data(luck.late_items),
        "years": [
            {
                "year": year.year,
                "chance": _data(year.chance),
                "converted_wan": _data(year.converted),
            }
            for year in luck.years
        ],
    }


def _text(change: Estimate | None) -> str:
    return "—" if change is None else changed(change, signed_yi_text(change))


def _data(change: Estimate | None) -> dict[str, float | None] | None:
    if change is None:
        return None
    return {"value": change.value, "low": change.low, "high": change.high}
