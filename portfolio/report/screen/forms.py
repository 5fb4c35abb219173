"""Forms on the screen: a line each, what it sums to and what of it is not told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portfolio.report.tables.forms.form import Form


def form_lines(forms: Sequence[Form]) -> Iterator[str]:
    """A line a form."""
    for form in forms:
        sheets = "、".join(f"{sheet.name} {len(sheet.lines)} 行" for sheet in form.sheets)
        untold = sum(sheet.untold for sheet in form.sheets)
        left = f"；未报 {untold} 格" if untold else ""
        yield f"{form.label} {form.title}（{form.period}）：{sheets}{left}"
