"""The tables behind the pictures of a repair: moves between items, years before and after."""

from __future__ import annotations

from portfolio.model.dossier import Dossier
from portfolio.model.reallocation import Reallocation
from portfolio.model.reallocation_findings import flows
from portfolio.report.page.sourced import Sourced, sourced
from portfolio.report.reallocation_tables import approver_table, move_table, need_table
from portfolio.report.reallocation_wording import channel_of
from portfolio.report.sources import PLANNED, PLAYED, PLAYED_AGAIN, REPAIRED, target_sources
from portfolio.report.tables import Table, money, text


def repair_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """Moves, who decides them, the years; of an infeasible case what it lacks."""
    repair = dossier.repair
    if repair is None:
        return ()
    if repair.plan_wan is None:
        return (sourced(need_table(repair), REPAIRED),)
    moves = move_table(repair)
    years = promise_table(repair)
    return (
        sourced(
            moves,
            REPAIRED,
            调整前=PLANNED,
            审批主体="审批路径表（法规依据见“依据”列；时限为假设）",
            最早提出="审批路径表（时限为假设）",
            最早生效="审批路径表（时限为假设）",
        ),
        sourced(balance_table(repair), REPAIRED),
        sourced(
            years,
            PLAYED,
            of_rows={"目标": target_sources(dossier.run, [year.year for year in repair.years])},
            计划=PLANNED,
            调整后承诺=REPAIRED,
            调整后推演=PLAYED_AGAIN,
        ),
        sourced(approver_table(repair), REPAIRED),
    )


def balance_table(repair: Reallocation) -> Table:
    """What the moves of a channel and year take less what they give.

    More taken than given comes from the reserve (待分配资金); more given than taken is what the
    channel has less.
    """
    columns = (text("渠道", 20), text("年份", 8), money("减少"), money("增加"), money("差额"))
    found = flows(repair, lambda move: (move.channel_id, move.year))
    return Table(
        name="各渠道增减",
        columns=columns,
        rows=tuple(
            (
                channel_of(repair.case.portfolio, channel_id).name,
                str(year),
                flow.gives_wan,
                flow.takes_wan,
                flow.net_wan,
            )
            for (channel_id, year), flow in found.items()
        ),
    )


def promise_table(repair: Reallocation) -> Table:
    """The years before and after, promised and played, converted."""
    columns = (
        text("年份", 8),
        money("目标"),
        money("计划"),
        money("不调整推演"),
        money("调整后承诺"),
        money("调整后推演"),
    )
    return Table(
        name="调整前后各年（折市重点口径）",
        columns=columns,
        rows=tuple(
            (
                str(year.year),
                year.target_wan,
                year.baseline_wan,
                year.shocked_wan,
                year.promised_wan,
                year.played_wan,
            )
            for year in repair.years
        ),
    )
