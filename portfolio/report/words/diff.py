"""Sentences of what changed between two workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portfolio.model.difference.changes import CellChange, Kind, RowChange
from portfolio.model.difference.difference import CLOSED, Difference, month_text
from portfolio.model.difference.rows import Side, Unread
from portfolio.model.difference.told import Consequence, FinishMove, Money, Told
from portfolio.model.money import BPS, small_yi_text, yi_text
from portfolio.model.schema.layout import Cell, CellValue
from portfolio.report.words.outlook import EXAMPLE

EMPTY = "（空）"
NO_CHANGE = "没有变动"
#: So many finishes, and so many cells of a row that came or went, are told.
NAMED, TOLD_OF_ROW = 5, 4
#: So many channels are told of what is newly reported.
CHANNELS = 5
#: What is told as a row's label, or at its source.
_SAID_APART = ("name", "provenance")


def value_text(cell: Cell, value: CellValue | Unread) -> str:
    """A cell's value as people write it; money to its last 万元."""
    if value is None:
        return EMPTY
    if isinstance(value, Unread):
        return f"{value.text}（读不懂）"
    if isinstance(value, str):
        return value
    if cell is Cell.MONEY:
        return _yi(int(value))
    if cell is Cell.SHARE:
        return f"{value * 100 / BPS:g}%"
    return f"{value * 100:.10g}%" if cell is Cell.RATIO else f"{value:.10g}"


def _yi(wan: int) -> str:
    digits = next(d for d in (1, 2, 3, 4) if wan % 10 ** (4 - d) == 0)
    return yi_text(wan, digits)


def _signed(text: str) -> str:
    return text if text.startswith("-") else f"+{text}"


def difference_text(cell: CellChange) -> str:
    """New less old with its sign; "" where there is none to tell."""
    less = cell.difference
    if less is None:
        return ""
    if cell.cell is Cell.MONEY:
        return _signed(_yi(int(less)))
    if cell.cell is Cell.SHARE:
        return f"{_signed(f'{less * 100 / BPS:g}')} 个百分点"
    if cell.cell is Cell.RATIO:
        return f"{_signed(f'{less * 100:.10g}')} 个百分点"
    return _signed(f"{less:.10g}")


def cell_text(cell: CellChange) -> str:
    """`总投资 506.0 → 518.0（+12.0）`."""
    less = difference_text(cell)
    told = f"{value_text(cell.cell, cell.old)} → {value_text(cell.cell, cell.new)}"
    return f"{cell.title} {told}" + (f"（{less}）" if less else "")


def row_cells_text(change: RowChange) -> str:
    """What a row that came or went holds: money first."""
    gone = change.kind is Kind.REMOVED
    cells = sorted(
        (cell for cell in change.cells if not cell.of_key and cell.key not in _SAID_APART),
        key=lambda cell: cell.cell is not Cell.MONEY,
    )
    told = [
        f"{cell.title} {value_text(cell.cell, cell.old if gone else cell.new)}"
        for cell in cells[:TOLD_OF_ROW]
    ]
    return "，".join(told) + ("…" if len(cells) > TOLD_OF_ROW else "")


def change_text(change: RowChange, *, placed: bool = True) -> str:
    """A row's change in one sentence, with its cells in both files."""
    if change.kind is Kind.CHANGED:
        told = "；".join(
            cell_text(cell) + (f" {places_text(cell)}" if placed else "") for cell in change.cells
        )
        anew = "改号，" if change.renumbered else ""
        return f"{change.label}：{anew}{told}"
    held = row_cells_text(change)
    at = f" {row_place(change)}" if placed else ""
    return f"{change.kind} {change.label}" + (f"：{held}" if held else "") + at


def places_text(cell: CellChange) -> str:
    """A cell's place in both files; once where it is the same."""
    if cell.old_place == cell.new_place or not cell.old_place:
        return cell.new_place
    if not cell.new_place:
        return cell.old_place
    sheet, _, at = cell.new_place.partition("!")
    return f"{cell.old_place}→{at if cell.old_place.startswith(f'{sheet}!') else cell.new_place}"


def row_place(change: RowChange) -> str:
    """The first filled cell of a row that came or went."""
    told = (cell.new_place or cell.old_place for cell in change.cells)
    return next((place for place in told if place), change.sheet)


def foremost(changes: Iterable[RowChange]) -> list[RowChange]:
    """Changes of most money first; of others the order stays."""
    return sorted(changes, key=lambda change: -_weight(change))


def _weight(change: RowChange) -> int:
    """万元 that a change moves; of rows that came or went their largest amount."""
    sizes = []
    for cell in change.cells:
        if cell.cell is Cell.MONEY:
            old, new = (v if isinstance(v, int) else 0 for v in (cell.old, cell.new))
            sizes.append(abs(new - old))
    return max(sizes, default=0)


def asof_text(side: Side) -> str:
    """Up to when a workbook's facts are complete."""
    if side.through is None:
        return "没有执行数"
    said = "最后填到" if side.guessed else "执行数截至"
    return f"{said} {month_text(side.through)}"


def title(told: Told) -> str:
    """What is compared."""
    old, new = told.difference.old, told.difference.new
    return f"变动：{old.name}（{asof_text(old)}）→ {new.name}（{asof_text(new)}）"


def mark(told: Told) -> str:
    """`（示例数据）` behind a title where facts are made up, else nothing."""
    return f"（{EXAMPLE}）" if told.example else ""


def warnings(told: Told) -> Iterator[str]:
    """What a reader must know first."""
    found = told.difference
    if told.example:
        yield f"{EXAMPLE}：执行数是编造的，不代表真实情况"
    if found.turned:
        yield (
            f"两个文件的次序可能颠倒：{found.old.name} {asof_text(found.old)}，晚于"
            f" {found.new.name}（{asof_text(found.new)}）。先写上月的，再写本月的。"
        )
    for side in (found.old, found.new):
        count = sum(problem.place.startswith(f"{side.name} ") for problem in told.problems)
        if count:
            yield (
                f"{side.name} 有 {count} 处问题（portfolio check 可一次列出）："
                "能读的行照样比较，读不懂的单元格照原样列出，没有推演"
            )


def closed_line(found: Difference) -> str:
    """Facts of closed months: how many changed, in which way."""
    through = found.old.through
    if through is None:
        return f"事实：{found.old.name} 没有执行数，没有过去月份可改"
    upto = f"（{month_text(through)} 及以前）"
    if not found.closed:
        return f"事实：过去月份{upto}没有改写"
    kinds = {kind: sum(change.kind is kind for change in found.closed) for kind in Kind}
    said = "、".join(
        f"{word} {kinds[kind]} 行"
        for kind, word in ((Kind.CHANGED, "改动"), (Kind.ADDED, "补报"), (Kind.REMOVED, "删去"))
        if kinds[kind]
    )
    count = sum(change.count for change in found.closed)
    return f"事实：{count} 处改写过去月份{upto}：{said}"


def reported_line(found: Difference) -> str:
    """Facts newly reported: how many rows, how much, by channel; "" where there are none."""
    told = found.reported
    if not told:
        return ""
    rows, done = sum(one.rows for one in told), sum(one.done_wan for one in told)
    parts = [
        f"{one.channel or '未分渠道'} {small_yi_text(one.done_wan)}（{one.rows} 行）"
        for one in told[:CHANNELS]
    ]
    if len(told) > CHANNELS:
        rest = sum(one.done_wan for one in told[CHANNELS:])
        parts.append(f"其余 {len(told) - CHANNELS} 个渠道 {small_yi_text(rest)}")
    return f"新报事实 {rows} 行，完成投资 {small_yi_text(done)} 亿元：{'、'.join(parts)}"


def subject_heading(name: str, changes: Iterable[RowChange]) -> str:
    """A subject and how many changes it has."""
    return f"{name}：{sum(change.count for change in changes)} 处"


def consequence_lines(told: Told) -> list[str]:
    """What the play makes of the changes, in two lines."""
    if not told.difference.changes:
        return []
    if told.consequence is None:
        return ["没有推演：有工作簿存在问题，请先改正（portfolio check）"]
    found = told.consequence
    return [f"{_money(found.year)}；{_money(found.period)}（按计划推演，亿元）", _moves(found)]


def _money(of: Money) -> str:
    old, new = (_known(wan) for wan in (of.old_wan, of.new_wan))
    less = of.difference_wan
    change = (
        "" if less is None else "，不变" if less == 0 else f"（{_signed(small_yi_text(less))}）"
    )
    return f"{of.what} {new}{change}" if less == 0 else f"{of.what} {old} → {new}{change}"


def _known(wan: int | None) -> str:
    return "—" if wan is None else yi_text(wan)


def _moves(found: Consequence) -> str:
    if not found.moves:
        return "各大项竣工时间不变"
    named = "、".join(map(move_text, found.moves[:NAMED]))
    more = " 等" if len(found.moves) > NAMED else ""
    return f"竣工时间变动 {len(found.moves)} 个大项：{named}{more}"


def move_text(move: FinishMove) -> str:
    """`21 国际航运枢纽 2027Q1 → 2027Q3（晚 2 季）`."""
    late = move.quarters
    said = "" if late is None else f"（{'晚' if late > 0 else '早'} {abs(late)} 季）"
    return f"{move.item_no} {move.name} {move.old} → {move.new}{said}"


def is_told_apart(name: str) -> bool:
    """Whether a subject has a block of its own before all others."""
    return name == CLOSED
