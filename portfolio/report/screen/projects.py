"""Projects on the screen: under an item that is explained, and by the unit that answers for them."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.facts import month_label
from portfolio.model.measures.projects import Owned, OwnedItem, Standing
from portfolio.model.money import small_yi_text
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.report.screen.console import SCREEN_COLUMNS, shortened, wrapped
from portfolio.report.words.run import causes_text, delay_text, finish_text, quarter_text

#: So many projects of an item, items of a unit, and projects of one of these are told.
LISTED, LISTED_ITEMS, LISTED_UNDER = 8, 6, 2


def project_lines(
    standings: Sequence[Standing],
    portfolio: Portfolio,
    asked: str | None = None,
    columns: int = SCREEN_COLUMNS,
) -> list[str]:
    """The projects of an item: the one asked for first, then those with most money in the year."""
    if not standings:
        return []
    ranked = sorted(
        standings,
        key=lambda each: (each.project.code != asked, -(each.year_wan or 0), each.project.code),
    )
    year = standings[0].year
    lines = wrapped(f"项目 {len(ranked)} 个（按 {year} 年安排排列，滞后按所属大项）：", 0, columns)
    for each in ranked[:LISTED]:
        mark = "→" if each.project.code == asked else "·"
        lines += wrapped(f"{mark} {standing_text(each, portfolio)}", 1, columns)
    if (more := len(ranked) - LISTED) > 0:
        lines += wrapped(f"另有 {more} 个，见 进度计划.xlsx 的“项目”表", 1, columns)
    return lines


def standing_text(each: Standing, portfolio: Portfolio) -> str:
    """A project with its owner, the year's money, and what facts say."""
    project = each.project
    parts = [_planned_text(each)]
    if portfolio.facts is not None:
        parts.append(_done_text(each, portfolio))
    if each.progress_bps is not None:
        parts.append(f"形象进度 {each.progress_bps / 100:g}%")
    if each.completed_month is not None:
        parts.append(f"{month_label(each.completed_month, portfolio.calendar)} 已竣工")
    if each.problem:
        parts.append(f"问题：{shortened(each.problem, 60)}")
    owner = f"（{project.owner}）" if project.owner else ""
    return f"{project.label}{owner}：{'，'.join(parts)}"


def _planned_text(each: Standing) -> str:
    if each.year_wan is None:
        return f"{each.year} 年安排未填"
    return f"{each.year} 年安排 {small_yi_text(each.year_wan)} 亿元"


def _done_text(each: Standing, portfolio: Portfolio) -> str:
    assert portfolio.facts is not None
    if each.done_wan is None:
        return "没有按项目的执行数"
    asof = month_label(portfolio.facts.asof_months - 1, portfolio.calendar)
    of_year = small_yi_text(each.year_done_wan or 0)
    whole = small_yi_text(each.done_wan)
    return f"截至 {asof} 当年完成 {of_year}、{portfolio.calendar.first_year} 年起累计 {whole}"


# --- What a unit answers for


def owned_lines(
    owned: Owned, portfolio: Portfolio, outcome: Outcome, columns: int = SCREEN_COLUMNS
) -> list[str]:
    """One screen: the unit's items, the most delayed first, each with its projects."""
    whole = [each for each in owned.items if each.whole]
    count = f"{len(whole)} 个大项" if whole else ""
    projects = f"{len(owned.projects)} 个项目" if owned.projects else ""
    under = f"（在 {len(owned.items)} 个大项下）" if owned.projects else ""
    said = "、".join(filter(None, (count, projects)))
    lines = wrapped(
        f"{owned.owner}：{said}{under}，所在大项 {len(owned.late)} 个滞后。", 0, columns
    )
    lines += wrapped("按滞后季×计划竣工时未完成排列（滞后按大项推演，不分到项目）：", 0, columns)
    for rank, each in enumerate(owned.items[:LISTED_ITEMS], start=1):
        lines += wrapped(f"{rank}. {_item_text(each, portfolio, outcome)}", 0, columns)
        lines += _under(each, portfolio, columns)
    rest = owned.items[LISTED_ITEMS:]
    if rest:
        late = sum(each.late for each in rest)
        names = "、".join(each.item.label for each in rest)
        text = f"另有 {len(rest)} 个大项（{late} 个滞后）：{names}"
        lines.append(shortened(text, columns))
    return lines


def _item_text(each: OwnedItem, portfolio: Portfolio, outcome: Outcome) -> str:
    calendar, index = portfolio.calendar, each.index
    if outcome.planned_finish[index] is None:
        return f"{each.item.label}：计划期内无投资安排"
    planned = quarter_text(calendar, outcome.planned_finish[index])
    finish = finish_text(calendar, outcome, index)
    if not each.late:
        early = each.delay_quarters is not None and each.delay_quarters < 0
        return (
            f"{each.item.label}：{'提前' if early else '按期'}（竣工计划 {planned}，推演 {finish}）"
        )
    why = causes_text(portfolio, outcome.causes[index], index)
    delay = "未竣工" if each.delay_quarters is None else f"滞后 {delay_text(outcome, index)}"
    return (
        f"{each.item.label}：{delay}（竣工计划 {planned}，推演 {finish}），"
        f"未完成 {small_yi_text(each.open_wan)} 亿元"
        + (f"；{shortened(why, 60 if each.projects else 120)}" if why else "")
    )


def _under(each: OwnedItem, portfolio: Portfolio, columns: int) -> list[str]:
    ranked = sorted(each.projects, key=lambda one: (-(one.year_wan or 0), one.project.code))
    lines = []
    for one in ranked[:LISTED_UNDER]:
        parts = [_planned_text(one)]
        if portfolio.facts is not None and one.year_done_wan is not None:
            parts.append(f"当年完成 {small_yi_text(one.year_done_wan)}")
        lines.append(shortened(f"   · {one.project.label}：{'，'.join(parts)}", columns))
    if (more := len(ranked) - LISTED_UNDER) > 0:
        lines.append(f"   · 另有 {more} 个项目")
    return lines
