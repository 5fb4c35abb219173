"""A made-up workbook with facts, to try what begins after them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from portfolio.model.problems import InputError
from portfolio.read import bundled_files
from portfolio.workflows.asked import Example, taking
from portfolio.workflows.outputs import output_folder

if TYPE_CHECKING:
    from portfolio.model.calendar import Calendar

#: The file's name, and the folder it goes to where none is named.
EXAMPLE_NAME, EXAMPLE_FOLDER = "示例-执行数.xlsx", "示例"
#: The name of one whose facts are told by project.
PROJECTS_NAME = "示例-项目.xlsx"
#: Its facts end so many months after the planned period: the October of the year that follows it.
MONTHS_AFTER_PERIOD = 10

#: What the made-up version was approved by.
DOCUMENT, AUTHORITY = "示例发改〔{year}〕1号", "示例市政府"


@taking(Example)
def example(asked: Example) -> tuple[Path, ...]:
    """Write the example workbook: the shipped one with made-up facts, marked as such.

    The facts are a play with seeded luck (slips, overspends, an early finish, a channel that steps
    in for another), up to October of the year after the planned period. The same program makes the
    same file.

    With `projects` so many made-up projects of 14 units are listed, the facts are theirs, and the plan
    of the as-of's year is a version (年初计划) with a made-up number.

    Raises
    ------
    InputError
        There are fewer projects than items. The folder can't be written or the file is open in another program; nothing is written then.
    """
    from portfolio.read.workbook import read_input_tables, read_workbook
    from portfolio.report.contents import example_contents
    from portfolio.report.files import write_all
    from portfolio.sim.example import budget_rows, execution_rows, played
    from portfolio.sim.example_forms import form_rows
    from portfolio.sim.example_projects import (
        facts_by_project,
        forms_by_project,
        project_rows,
        project_weights,
    )

    shipped = bundled_files.shipped_workbook()
    portfolio = read_workbook(shipped).portfolio
    calendar = portfolio.calendar
    told = played(portfolio, 12 * calendar.period_years + MONTHS_AFTER_PERIOD)
    asks = portfolio.envelopes.pooled_ask_wan[calendar.period_years].tolist()
    tables, executed = dict(read_input_tables(shipped)), execution_rows(told)
    for_forms = dict(form_rows(told, executed))
    if asked.projects is not None:
        if asked.projects < len(portfolio.items):
            fix = f"至少每个大项一个项目，请写 {len(portfolio.items)} 或更多"
            raise InputError.of("--projects", f"{asked.projects} 个项目太少", fix)
        weights = project_weights(portfolio, asked.projects)
        tables["项目"] = project_rows(portfolio, weights)
        executed = facts_by_project(portfolio, executed, weights)
        for_forms |= forms_by_project(for_forms, weights)
    budgets = budget_rows(told, asks)
    contents = example_contents(tables, executed, budgets, calendar, for_forms)
    name = EXAMPLE_NAME
    if asked.projects is not None:
        name, contents = PROJECTS_NAME, _approved(contents, calendar)
    return write_all(output_folder(asked.out, EXAMPLE_FOLDER), {name: contents}, [shipped])


def _approved(content: bytes, calendar: Calendar) -> bytes:
    """The workbook with its plan of the as-of's year approved as 年初计划."""
    from portfolio.workflows.month.approve import approve

    year = calendar.first_year + calendar.period_years
    with TemporaryDirectory() as folder:
        path = Path(folder) / PROJECTS_NAME
        path.write_bytes(content)
        made = approve(
            path, year=year, number=DOCUMENT.format(year=year), date=f"{year}-02-10",
            authority=AUTHORITY,
        )  # fmt: skip
    assert made.content is not None
    return made.content
