"""Lists of checks: what sheets show beside what a second way gives, the difference as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.book import Book, Sheet, yi
from portfolio.report.excel.styles import GREEN
from portfolio.report.tables.fields import Fields, as_is, number, text

#: Half a 万元: less is no difference.
EXACT = 0.00005


@dataclass(frozen=True, kw_only=True)
class Check:
    """One total: what the sheets show, what a second way gives, and the two stored values."""

    kind: str
    what: str
    found: str
    again: str
    found_value: float
    again_value: float
    look: str = "exact"

    @property
    def less(self) -> float:
        """How far the two are apart."""
        return round(self.found_value - self.again_value, 4)

    @property
    def is_zero(self) -> bool:
        """Whether the two agree to the 万元."""
        return self.less == 0


def money_check(
    kind: str, what: str, found: str, again: str, found_wan: int, again_wan: int | None = None
) -> Check:
    """A total in 万元; without a value of the second way it is the same."""
    other = found_wan if again_wan is None else again_wan
    return Check(
        kind=kind,
        what=what,
        found=found,
        again=again,
        found_value=yi(found_wan),
        again_value=yi(other),
    )


def _look(row: tuple[int, Check]) -> str:
    return row[1].look


CHECK_FIELDS = Fields[tuple[int, Check]](
    name="校核",
    fields=(
        number("no", "序号", lambda row: row[0], 6, look="centre"),
        text("kind", "类别", lambda row: row[1].kind, 14),
        text("what", "校核内容", lambda row: row[1].what, 58),
        number(
            "found",
            "表内数",
            lambda row: row[1].found_value,
            16,
            look=_look,
            formula=lambda row: as_is(row[1].found),
        ),
        number(
            "again",
            "复算数",
            lambda row: row[1].again_value,
            16,
            look=_look,
            formula=lambda row: as_is(row[1].again),
        ),
        number(
            "less",
            "差额",
            lambda row: row[1].less,
            14,
            look=_look,
            formula="ROUND({found}-{again},4)",
        ),
        text(
            "verdict",
            "结论",
            lambda row: "√" if row[1].is_zero else "×",
            10,
            look="centre",
            tone=lambda row: "good" if row[1].is_zero else "bad",
        ),
    ),
)
WIDTHS = tuple(field.width for field in CHECK_FIELDS)


def put_checks(
    sheet: Sheet, checks: Sequence[Check], head: int, verdict_row: int, exact: object = EXACT
) -> Block:
    """Checks with headings in the row `head`, and the one cell that says whether all is well."""
    table = CHECK_FIELDS.of(enumerate(checks, start=1))
    block = placed(table, head)
    if checks:
        count = f"SUMPRODUCT(--(ABS({block.column('less')})>={exact}))"
        wrong = sum(not check.is_zero for check in checks)
        said = "全部为零" if not wrong else f"有 {wrong} 处不为零"
        what, found = block.places["what"], block.places["found"]
        sheet.put(verdict_row, what, f"校核结论（{len(checks)} 项差额）：", "bold right")
        formula = f'=IF({count}=0,"全部为零","有 "&{count}&" 处不为零")'
        sheet.put_formula(verdict_row, found, formula, said, "centre", "bad" if wrong else "good")
    verdict = f'IF(ABS({{less}})<{exact},"√","×")'
    sheet.put_at(table, block, {"verdict": lambda _: verdict})
    return block


def write_check_sheet(
    book: Book,
    name: str,
    heading: str,
    checks: Sequence[Check],
    widths: Sequence[float] = WIDTHS,
    exact: object = EXACT,
) -> None:
    """A sheet of checks with its one summary cell."""
    sheet = book.sheet(name, tab=GREEN)
    sheet.title(heading)
    block = put_checks(sheet, checks, 4, 2, exact)
    sheet.set_widths(widths)
    sheet.freeze_panes(block.first, 0)
    sheet.repeat_rows(block.head)
