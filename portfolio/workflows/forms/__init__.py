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

    forms are as they are declared, printed as the template has them
    left_out : number, what is found, what to do
    scenario : whose play they are of; "" for the plan's own
    notes : what of a template's columns and of the forms' has no place in the other
    """

    forms: tuple[Form, ...]
    printed: tuple[Form, ...]
    left_out: tuple[tuple[str, str, str], ...]
    files_read: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    scenario: str = ""


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
    made = tuple(kind.made(source) for kind in wanted if kind.number not in missing)
    printed, notes = _printed(made, asked.template)
    return FormsResult(
        forms=made,
        printed=printed,
        left_out=tuple(lacking),
        files_read=(*run.files_read, *((asked.template,) if asked.template else ())),
        notes=notes,
        scenario=run.label if run.changes else "",
    )


def _printed(
    made: tuple[Form, ...], template: Path | None
) -> tuple[tuple[Form, ...], tuple[str, ...]]:
    """Forms as a template has them, and what is told of that.

    Raises
    ------
    InputError
        The template can't be read, or names no columns of any of the forms.
    """
    if template is None:
        return made, ()
    from portfolio.read.template import read_template
    from portfolio.report.tables.forms.arranged import arranged

    sheets = read_template(template)
    found = [arranged(form, sheets) for form in made]
    if not any(each.found for each in found):
        names = "、".join(sheet.name for form in made for sheet in form.sheets)
        raise InputError.of(
            str(template),
            "表样中找不到与这些表对应的表头",
            f"请让工作表与这里同名（{names}），表头至少有 3 栏与这里的栏名相同",
        )
    return tuple(each.form for each in found), tuple(note for each in found for note in each.notes)


def write_forms(result: FormsResult, out: Path | None = None) -> tuple[Path, ...]:
    """Write a workbook for each form, and forms.json; all of them or none.

    Those of a scenario go to a folder of its own: they bear the same names.

    Raises
    ------
    InputError
        As every function that writes.
    """
    from portfolio.report.contents import forms_contents
    from portfolio.report.files import write_all
    from portfolio.workflows.outputs import output_folder

    folder = output_folder(out, f"{FOLDER} {result.scenario}".strip()[:80])
    return write_all(folder, forms_contents(result.forms, result.printed), result.files_read)
