"""Reading and writing Excel at the real size and at 5,000 items."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.portfolios import scaled, scaled_tables
from bench.timing import ms, repeated, show

if TYPE_CHECKING:
    from portfolio.model.schema import Tables

SIZES = (58, 5_000)
QUICK_SIZES = (58, 851)
Row = tuple[str, str, str, str]


def run(*, quick: bool) -> None:
    """Time the input workbook both ways and the schedule's writing."""
    from portfolio.read.bundled_files import default_workbook
    from portfolio.read.workbook import read_input_tables, read_workbook

    real, tables = read_workbook(default_workbook()), read_input_tables(default_workbook())
    rows: list[Row] = []
    for n in QUICK_SIZES if quick else SIZES:
        made = scaled(real.portfolio, n)
        content = (
            tables
            if made.portfolio is real.portfolio
            else scaled_tables(tables, made, real.portfolio)
        )
        rows += _measure(n, content, 5 if n < 100 else 2)
    show("Excel (processor time)", ("items", "best ms", "ms/item", "KB"), rows)


def _measure(n: int, content: Tables, repeats: int) -> list[Row]:
    from portfolio import workflows
    from portfolio.read.workbook import read_workbook
    from portfolio.report.excel.schedule import schedule_bytes
    from portfolio.report.input_workbook import write_input_workbook

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input.xlsx"
        writing = repeated(lambda: write_input_workbook(path, content), repeats)
        size = path.stat().st_size
        reading = repeated(lambda: read_workbook(path), repeats)
        result = workflows.run(path)
    schedule = repeated(lambda: schedule_bytes(result), repeats)
    return [
        (f"{n:,} {name}", ms(time.best), f"{time.best / n * 1e3:.2f}", f"{length / 1024:,.0f}")
        for name, time, length in (
            ("input: write", writing, size),
            ("input: read, check, plan", reading, size),
            ("schedule: write", schedule, len(schedule_bytes(result))),
        )
    ]
