"""The forms of an office, of a workbook's facts and of a play."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.problems import InputError, Problem
from portfolio.workflows.asked import Forms, taking
from portfolio.workflows.inputs import read_merged
from portfolio.workflows.run import play_plan, played

if TYPE_CHECKING:
    from portfolio.report.tables.forms.form import Form

FOLDER = "报表"


@dataclass(frozen=True, kw_only=True)
class FormsResult:
    """Forms, and those that were not asked for by number and can't be made.

    left_out : number, what is found, what to do
    """

    forms: tuple[Form, ...]
    left_out: tuple[tuple[str, str, str], ...]
    files_read: tuple[Path, ...]


@taking(Forms)
def forms(asked: Forms) -> FormsResult:
    """Make the forms asked for by number, or all that the workbook can fill.

    Raises
    ------
    InputError
        Problems of the workbook and the scenarios; there is no form of a number, or one that was
        asked for can't be made.
    """
    from portfolio.model.forms.source import Source
    from portfolio.report.tables.forms import BY_NUMBER, FORMS

    numbers = [number.strip().upper() for number in asked.numbers]
    unknown = [number for number in numbers if number not in BY_NUMBER]
    if unknown:
        known = "、".join(f"{kind.number} {kind.title}" for kind in FORMS)
        raise InputError(
            Problem(place="forms", found=f"没有表“{number}”", fix=f"可用：{known}")
            for number in dict.fromkeys(unknown)
        )
    loaded, scenario = read_merged(asked)
    run = played(loaded, scenario, play_plan(loaded.portfolio), asked.progress)
    source = Source(run=run, entered=loaded.for_forms)
    wanted = [BY_NUMBER[number] for number in dict.fromkeys(numbers)] or list(FORMS)
    if any(kind.answers and not kind.lacks(source) for kind in wanted):
        from portfolio.workflows.forms.answers import answered

        repair, options = answered(run, asked.progress)
        source = replace(source, repair=repair, options=options)
    lacking = [(kind.number, *lack) for kind in wanted if (lack := kind.lacks(source))]
    if lacking and (numbers or len(lacking) == len(wanted)):
        raise InputError(
            Problem(place=f"表{number}", found=found, fix=fix) for number, found, fix in lacking
        )
    missing = {number for number, *_ in lacking}
    return FormsResult(
        forms=tuple(kind.made(source) for kind in wanted if kind.number not in missing),
        left_out=tuple(lacking),
        files_read=run.files_read,
    )


def write_forms(result: FormsResult, out: Path | None = None) -> tuple[Path, ...]:
    """Write a workbook for each form, and forms.json; all of them or none.

    Raises
    ------
    InputError
        As every function that writes.
    """
    from portfolio.report.contents import forms_contents
    from portfolio.report.files import write_all
    from portfolio.workflows.outputs import output_folder

    return write_all(output_folder(out, FOLDER), forms_contents(result.forms), result.files_read)
