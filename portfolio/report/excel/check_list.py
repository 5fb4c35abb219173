"""Lists of checks: what sheets show beside what a second way gives, the difference as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.report.excel.blocks import Block, placed, put_rows, put_titles
from portfolio.report.excel.book import Book, Worksheet, put_formula
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

    @property
    def is_zero(self) -> bool:
        """Whether the two agree to the 万元."""
        return round(self.found_value - self.again_value, 4) == 0


def _good(check: Check) -> str:
    return "good" if check.is_zero else "bad"


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
            look="exact",
            formula=lambda row: as_is(row[1].found),
        ),
        number(
            "again",
            "复算数",
            lambda row: row[1].again_value,
            16,
            look="exact",
            formula=lambda row: as_is(row[1].again),
        ),
        number(
            "less",
            "差额",
            lambda row: round(row[1].found_value - row[1].again_value, 4),
            14,
            look="exact",
            formula="ROUND({found}-{again},4)",
        ),
        text(
            "verdict",
            "结论",
            lambda row: "√" if row[1].is_zero else "×",
            10,
            look="centre",
            tone=lambda row: _good(row[1]),
        ),
    ),
)


def put_checks(
    book: Book,
    page: Worksheet,
    checks: Sequence[Check],
    head: int,
    verdict_row: int,
    exact: object = EXACT,
) -> Block:
    """Checks with headings in the row `head`, and the one cell that says whether all is well."""
    table = CHECK_FIELDS.of(enumerate(checks, start=1))
    block = placed(table, head)
    if checks:
        count = f"SUMPRODUCT(--(ABS({block.column('less')})>={exact}))"
        wrong = sum(not check.is_zero for check in checks)
        said = "全部为零" if not wrong else f"有 {wrong} 处不为零"
        bold = book.made({"bold": True, "align": "right"})
        what, found = block.places["what"], block.places["found"]
        page.write_string(verdict_row, what, f"校核结论（{len(checks)} 项差额）：", bold)
        style = book.style("centre", "bad" if wrong else "good")
        formula = f'=IF({count}=0,"全部为零","有 "&{count}&" 处不为零")'
        put_formula(page, verdict_row, found, formula, said, style)
    put_titles(book, page, table, block)
    verdict = f'IF(ABS({{less}})<{exact},"√","×")'
    put_rows(book, page, table, block, {"verdict": lambda _: verdict})
    return block
