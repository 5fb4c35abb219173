"""A made-up workbook with facts, to try what begins after them."""

from __future__ import annotations

from pathlib import Path

from portfolio.read import bundled_files
from portfolio.workflows.outputs import output_folder

#: The file's name, and the folder it goes to where none is named.
EXAMPLE_NAME, EXAMPLE_FOLDER = "示例-执行数.xlsx", "示例"
#: Its facts end so many months after the planned period: the October of the year that follows it.
MONTHS_AFTER_PERIOD = 10


def example(out: Path | None = None) -> tuple[Path, ...]:
    """Write the example workbook: the shipped one with made-up facts, marked as such.

    The facts are a play with seeded luck (slips, overspends, an early finish, a channel that steps
    in for another), up to October of the year after the planned period. The same program makes the
    same file.

    Raises
    ------
    InputError
        The folder can't be written or the file is open in another program; nothing is written then.
    """
    from portfolio.read.workbook import read_input_tables, read_workbook
    from portfolio.report.contents import example_contents
    from portfolio.report.files import write_all
    from portfolio.sim.example import budget_rows, execution_rows, played
    from portfolio.sim.example_forms import form_rows

    shipped = bundled_files.shipped_workbook()
    portfolio = read_workbook(shipped).portfolio
    calendar = portfolio.calendar
    told = played(portfolio, 12 * calendar.period_years + MONTHS_AFTER_PERIOD)
    asked = portfolio.envelopes.pooled_ask_wan[calendar.period_years].tolist()
    executed, budgets = execution_rows(told), budget_rows(told, asked)
    contents = example_contents(
        read_input_tables(shipped), executed, budgets, calendar, form_rows(told, executed)
    )
    return write_all(output_folder(out, EXAMPLE_FOLDER), {EXAMPLE_NAME: contents}, [shipped])
