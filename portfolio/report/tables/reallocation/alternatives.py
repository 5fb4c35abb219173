"""The tables of what is forced and what is free, and of the other plans as good with their moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.aims import play_judges
from portfolio.model.reallocation.alternatives import Forced, Free
from portfolio.model.reallocation.result import Alternatives, Move, Reallocation
from portfolio.model.reallocation.settings import Aim
from portfolio.report.tables.fields import Fields, Table, money, number, text, year
from portfolio.report.tables.reallocation import channel_name
from portfolio.report.words import reallocation as words
from portfolio.report.words.reallocation import alternatives as told
from portfolio.report.words.reallocation import ways

OFFERED = "本方案"


def _what(portfolio: Portfolio, row: Forced | Free) -> str:
    return told.place_name(portfolio, row.place)


def forced_fields(portfolio: Portfolio) -> Fields[Forced]:
    """Where every plan as good moves something."""
    return Fields(
        name=told.FORCED,
        fields=(
            text("what", "渠道年份或大项", partial(_what, portfolio), 34, look="wrap"),
            text("channel_id", "渠道代码", lambda row: row.place.channel_id),
            number("year", "年份", lambda row: row.place.year),
            number("no", "序号", lambda row: row.place.item_no),
            money("moved_wan", "至少动"),
            money("down_wan", "至少调减", width=12),
            money("up_wan", "至少调增"),
            money("offered_wan", "本方案动", width=12),
        ),
    )


FORCED_SHEET = ("what", "moved_wan", "down_wan", "up_wan", "offered_wan")
PLACE_DATA = ("channel_id", "year", "no")
FORCED_DATA = (*PLACE_DATA, "moved_wan", "down_wan", "up_wan", "offered_wan")


def free_fields(portfolio: Portfolio) -> Fields[Free]:
    """Where the offered plan moves something and another as good nothing."""
    return Fields(
        name=told.FREE,
        fields=(
            text("what", "渠道年份或大项", partial(_what, portfolio), 34, look="wrap"),
            text("channel_id", "渠道代码", lambda row: row.place.channel_id),
            number("year", "年份", lambda row: row.place.year),
            number("no", "序号", lambda row: row.place.item_no),
            money("offered_wan", "本方案动", width=12),
        ),
    )


FREE_SHEET = ("what", "offered_wan")
FREE_DATA = (*PLACE_DATA, "offered_wan")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The offered plan, or another as good; shared : cells both move."""

    name: str
    repair: Reallocation
    shared: int | None

    def played(self, aim: Aim) -> int | None:
        """What the play comes to; None where the play can't judge."""
        if not play_judges(self.repair.case):
            return None
        if aim is Aim.SHORTFALL:
            return ways.shortfall_played_wan(self.repair)
        return ways.delay_played_wan(self.repair)


def plan_fields(portfolio: Portfolio) -> Fields[Plan]:
    """A plan as good: its moves, what it has in common with the offered one, promise and play."""

    def promised(aim: Aim, row: Plan) -> int:
        return ways.promised_wan(row.repair, aim)

    return Fields(
        name=told.OTHERS,
        fields=(
            text("plan", "方案", lambda row: row.name, 12),
            number("moves", "笔数", lambda row: len(row.repair.moves)),
            number("shared", "与本方案同一格", short="同格", width=12),
            number("items", "大项数", lambda row: len(told.moved_items(row.repair))),
            money("moved_wan", "调整量", partial(promised, Aim.MOVEMENT)),
            money("promised_wan", "承诺缺口", partial(promised, Aim.SHORTFALL)),
            money("promised_late_wan", "承诺滞后", partial(promised, Aim.DELAY)),
            money("played_wan", "推演缺口", lambda row: row.played(Aim.SHORTFALL)),
            money("late_wan", "推演滞后", lambda row: row.played(Aim.DELAY)),
            text("number", "方案编号", lambda row: row.repair.paper.number, 18),
            text(
                "names",
                "动哪些大项",
                lambda row: told.items_text(portfolio, row.repair),
                70,
                look="wrap",
            ),
        ),
    )


PLAN_SEEN = (
    "plan", "moves", "shared", "items", "moved_wan", "promised_wan", "promised_late_wan",
    "played_wan", "late_wan",
)  # fmt: skip
PLAN_SHEET = (*PLAN_SEEN, "number", "names")
PLAN_DATA = (*PLAN_SEEN, "number")


def plans(result: Reallocation, found: Alternatives) -> Iterator[Plan]:
    """The offered plan, then the others."""
    yield Plan(name=OFFERED, repair=result, shared=None)
    for number_, other in enumerate(found.others, start=1):
        yield Plan(name=f"其他方案 {number_}", repair=other.repair, shared=other.shared)


@dataclass(frozen=True, kw_only=True)
class OtherMove:
    """A move of another plan; shared : whether the offered plan moves the cell too."""

    plan: str
    move: Move
    shared: bool


def other_move_fields(portfolio: Portfolio) -> Fields[OtherMove]:
    """A changed cell of another plan."""
    return Fields(
        name=f"{told.OTHERS}的调整明细",
        fields=(
            text("plan", "方案", width=12),
            number("no", "序号", lambda row: row.move.item_no, 8),
            text(
                "name", "大项", lambda row: portfolio.item(row.move.item_no).name, 28, look="wrap"
            ),
            text("channel", "渠道", lambda row: channel_name(portfolio, row.move), 22, look="wrap"),
            year("year", "年份", lambda row: row.move.year),
            money("before_wan", "调整前", lambda row: row.move.before_wan),
            money("after_wan", "调整后", lambda row: row.move.after_wan),
            money(
                "change_wan",
                "增减",
                lambda row: row.move.change_wan,
                look="signed money",
                formula="ROUND({after_wan}-{before_wan},4)",
                signed=True,
            ),
            text("reasons", "理由", lambda row: words.reasons_text(row.move), 40, look="wrap"),
            text("same", "本方案也动", lambda row: "是" if row.shared else "", 12),
        ),
    )


OTHER_MOVE_SHEET = (
    "plan", "no", "name", "channel", "year", "before_wan", "after_wan", "change_wan", "reasons",
    "same",
)  # fmt: skip


def other_moves(result: Reallocation, found: Alternatives) -> Iterator[OtherMove]:
    """Every move of the other plans, plan by plan."""
    mine = {move.cell for move in result.moves}
    for plan in plans(result, found):
        for move in () if plan.name == OFFERED else plan.repair.moves:
            yield OtherMove(plan=plan.name, move=move, shared=move.cell in mine)


def other_move_table(result: Reallocation, found: Alternatives) -> Table[OtherMove]:
    """Every move of the other plans, for the sheet."""
    fields = other_move_fields(result.case.portfolio).view(*OTHER_MOVE_SHEET)
    return fields.of(other_moves(result, found))
