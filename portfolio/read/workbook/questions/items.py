"""What is asked of the list of items as a whole: special bonds that may not be, work of before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portfolio.model.items import LOOKED_AT, BondUse, Item, ProjectKind
from portfolio.model.money import yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import Problem
from portfolio.read.workbook.questions.asking import looked_at
from portfolio.read.workbook.sheets.rows import Row

#: The channel id of 地方政府专项债券.
SPECIAL_BONDS = "SPB"
NAMED = 5


def item_questions(rows: Sequence[Row], portfolio: Portfolio) -> tuple[Problem, ...]:
    """Grouped questions, one a subject; rows that were looked at are left out."""
    open_rows = [row for row in rows if not looked_at(row)]
    return (*_bonds(open_rows, portfolio), *_nothing_before(open_rows, portfolio))


def _bonds(rows: Sequence[Row], portfolio: Portfolio) -> Iterator[Problem]:
    """Special bonds planned for items that may have none of their own."""
    if SPECIAL_BONDS not in portfolio.channel_position:
        return
    calendar = portfolio.calendar
    channel = portfolio.channel_position[SPECIAL_BONDS]
    money = portfolio.baseline_wan[: calendar.period_years, channel].sum(axis=0).tolist()
    held: list[tuple[int, Item, Row]] = []
    for row in rows:
        item = portfolio.item(row.whole("no"))
        wan = money[portfolio.position[item.no]]
        if wan and item.bond_use in (BondUse.NOT, BondUse.BUNDLED):
            held.append((wan, item, row))
    if not held:
        return
    held.sort(key=lambda each: (-each[0], each[1].no))
    names = "、".join(f"{item.label}（{item.bond_use}）{_yi(wan)}" for wan, item, _ in held[:NAMED])
    more = " 等" if len(held) > NAMED else ""
    total = sum(wan for wan, _, _ in held)
    yield Problem(
        place=min((row for _, _, row in held), key=lambda row: row.number).place("bond_use"),
        found=f"既有突破：{calendar.first_year}—{calendar.period_last} 年计划中有专项债券 "
        f"{_yi(total)} 亿元安排在可否专项债为“否”或“打包”的 {len(held)} 项：{names}{more}",
        fix=f"请逐项核对债券的用途；确属既有安排的在该行“依据”中加“{LOOKED_AT}”，不再提示",
    )


def _nothing_before(rows: Sequence[Row], portfolio: Portfolio) -> Iterator[Problem]:
    """续建 with no money before the first year."""
    found = [
        (portfolio.item(row.whole("no")), row)
        for row in rows
        if row.values["project_kind"] == ProjectKind.GOING_ON and row.values["earlier_wan"] == 0
    ]
    if not found:
        return
    names = "、".join(item.label for item, _ in found[:NAMED])
    more = " 等" if len(found) > NAMED else ""
    first = portfolio.calendar.first_year
    yield Problem(
        place=found[0][1].place("earlier_wan"),
        found=f"项目类别为续建，{first} 年前已完成却为 0：{names}{more}（共 {len(found)} 项）",
        fix=f"请填 {first} 年前已完成；查不到、或本表不计的，在该行“依据”中加“{LOOKED_AT}”，不再提示",
    )


def _yi(wan: int) -> str:
    return yi_text(wan, 1)
