"""The tables behind the pictures of a repair: moves between items, years before and after."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.dossier import Dossier
from portfolio.model.reallocation import Reallocation, YearPromise
from portfolio.model.reallocation_findings import Flow, flows
from portfolio.report.fields import Fields, Table, money, text, year
from portfolio.report.page.sourced import Sourced, sourced
from portfolio.report.reallocation_tables import approver_table, move_table, need_table
from portfolio.report.reallocation_wording import channel_of
from portfolio.report.sources import PLANNED, PLAYED, PLAYED_AGAIN, REPAIRED, target_sources


def repair_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """Moves, who decides them, the years; of an infeasible case what it lacks."""
    repair = dossier.repair
    if repair is None:
        return ()
    if repair.plan_wan is None:
        return (sourced(need_table(repair), REPAIRED),)
    targets = target_sources(dossier.run, [year.year for year in repair.years])
    return (
        sourced(move_table(repair), REPAIRED),
        sourced(balance_table(repair), REPAIRED),
        sourced(PROMISES.of(repair.years), PLAYED, of_rows={"target_wan": targets}),
        sourced(approver_table(repair), REPAIRED),
    )


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What the moves of a channel and year take less what they give.

    More taken than given comes from the reserve (待分配资金); more given than taken is what the
    channel has less.
    """

    channel: str
    year: int
    flow: Flow


BALANCE = Fields[Balance](
    name="各渠道增减",
    fields=(
        text("channel", "渠道", width=20),
        year("year", "年份"),
        money("gives_wan", "减少", lambda row: row.flow.gives_wan),
        money("takes_wan", "增加", lambda row: row.flow.takes_wan),
        money("net_wan", "差额", lambda row: row.flow.net_wan),
    ),
)


def balance_table(repair: Reallocation) -> Table[Balance]:
    """The channels' balances by year."""
    found = flows(repair, lambda move: (move.channel_id, move.year))
    return BALANCE.of(
        Balance(channel=channel_of(repair.case.portfolio, channel).name, year=when, flow=flow)
        for (channel, when), flow in found.items()
    )


#: The years before and after, promised and played, as their picture names them.
PROMISES = Fields[YearPromise](
    name="调整前后各年（折市重点口径）",
    fields=(
        year("year", "年份"),
        money("target_wan", "目标"),
        money("baseline_wan", "计划", source=PLANNED),
        money("shocked_wan", "不调整推演"),
        money("promised_wan", "调整后承诺", source=REPAIRED),
        money("played_wan", "调整后推演", source=PLAYED_AGAIN),
    ),
)
