"""The forms of an office, of a workbook's facts and of a play."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.facts import month_label
from portfolio.model.problems import InputError, Problem
from portfolio.workflows.asked import Forms, bounds_problems, silent, taking
from portfolio.workflows.inputs import read_merged
from portfolio.workflows.run import play_plan, played

if TYPE_CHECKING:
    from portfolio.model.forms.source import Source
    from portfolio.model.forms.spread import Spread
    from portfolio.read.workbook import Workbook
    from portfolio.report.tables.forms.form import Form

FOLDER = "报表"
#: Stands for every unit.
ALL = "全部"


@dataclass(frozen=True, kw_only=True)
class FormsResult:
    """Forms, and those that were not asked for by number and can't be made.

    forms are as they are declared, printed as the template has them
    left_out : number, what is found, what to do
    scenario : whose play they are of; "" for the plan's own
    month : the as-of month, "" without facts
    notes : what of a template's columns and of the forms' has no place in the other
    """

    forms: tuple[Form, ...]
    printed: tuple[Form, ...]
    left_out: tuple[tuple[str, str, str], ...]
    files_read: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    scenario: str = ""
    month: str = ""


@taking(Forms)
def forms(asked: Forms) -> FormsResult:
    """Make the forms asked for by number, or all that the workbook can fill.

    Raises
    ------
    InputError
        Problems of the workbook, the scenarios and the options; there is no form of a number, or one that was
        asked for can't be made.
    """
    from portfolio.model.forms.source import Source
    from portfolio.read.workbook.file import files_kept
    from portfolio.report.tables.forms import BY_NUMBER, FORMS

    numbers = [number.strip().upper() for number in asked.numbers]
    unknown = [number for number in numbers if number not in BY_NUMBER]
    known = "、".join(f"{kind.number} {kind.title}" for kind in FORMS)
    wrong = [
        Problem(place="forms", found=f"没有表“{number}”", fix=f"可用：{known}")
        for number in dict.fromkeys(unknown)
    ]
    if wrong := wrong + bounds_problems(asked):
        raise InputError(wrong)
    with files_kept():
        loaded, scenario = read_merged(asked)
        sealed = _sealed(loaded)
    run = played(loaded, scenario, play_plan(loaded.portfolio), asked.progress)
    source = Source(run=run, entered=loaded.for_forms, sealed=sealed)
    wanted = [BY_NUMBER[number] for number in dict.fromkeys(numbers)]
    own = _own_pages(source, asked.units) if asked.units else ()
    if not wanted and not asked.units:
        wanted = list(FORMS)
    if asked.paths and any(kind.luck and not kind.lacks(source) for kind in wanted):
        source = replace(source, spread=_spread(source, asked))
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
    made = (*(kind.made(source) for kind in wanted if kind.number not in missing), *own)
    printed, notes = _printed(made, asked.template)
    return FormsResult(
        forms=made,
        printed=printed,
        left_out=tuple(lacking),
        files_read=(*run.files_read, *((asked.template,) if asked.template else ())),
        notes=notes,
        scenario=run.label if run.changes else "",
        month=_month(loaded),
    )


def _spread(source: Source, asked: Forms) -> Spread:
    """The as-of's year on many paths: the same that a stress test of that seed plays."""
    from portfolio.model.forms.spread import Spread
    from portfolio.sim.item_years import item_years
    from portfolio.sim.stress import Luck

    (asked.progress or silent)(f"正在推演 {asked.paths} 条路径")
    year = range(source.year, source.year + 1)
    money = item_years(source.portfolio, Luck(seed=asked.seed), asked.paths, year)
    return Spread(drawn_wan=money[:, 0], seed=asked.seed)


def _own_pages(source: Source, units: Sequence[str]) -> tuple[Form, ...]:
    """The page of each unit that is named; of all that there are where 全部 is.

    Raises
    ------
    InputError
        There are no facts, or no such unit.
    """
    from portfolio.model.problems import did_you_mean
    from portfolio.report.tables.forms import needs_facts
    from portfolio.report.tables.forms.own_page import OwnPages

    if (lack := needs_facts(source)) is not None:
        raise InputError.of("--unit", *lack)
    pages = OwnPages.of(source)
    known = pages.units
    unknown = [unit for unit in units if unit not in (*known, ALL)]
    if unknown or not known:
        fix = "请在“项目”或“项目清单”表填责任单位"
        raise InputError(
            Problem(
                place="--unit", found=f"没有责任单位“{unit}”",
                fix=did_you_mean(unit, known) if known else fix,
            )
            for unit in unknown or units
        )  # fmt: skip
    named = known if ALL in units else tuple(dict.fromkeys(units))
    return tuple(pages.form(unit) for unit in named)


def _month(loaded: Workbook) -> str:
    """The as-of month; "" without facts."""
    facts, calendar = loaded.portfolio.facts, loaded.portfolio.calendar
    return "" if facts is None else month_label(facts.asof_months - 1, calendar)


def _sealed(loaded: Workbook) -> str:
    """结账号 of the as-of month where its facts are still those that were closed."""
    from portfolio.model.month.seal import facts_mark
    from portfolio.read.workbook.month.closings import closings_in
    from portfolio.read.workbook.month.standing import execution_rows

    if loaded.portfolio.facts is None:
        return ""
    month = _month(loaded)
    with suppress(InputError):  # what is wrong with the records `check` and `verify` tell
        file, _, rows = execution_rows(loaded.path)
        mine = [each for each in closings_in(file.grids) if each.month == month]
        if not mine:
            return ""
        held = facts_mark([row.values for row in rows], month) == mine[-1].facts_mark
        return mine[-1].short if held else f"{mine[-1].short}（执行数与结账时不同）"
    return ""


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


def _folder(result: FormsResult) -> str:
    told = (FOLDER, result.month, result.scenario)
    return " ".join(each for each in told if each)


def write_forms(result: FormsResult, out: Path | None = None) -> tuple[Path, ...]:
    """Write a workbook for each form, and forms.json; all of them or none.

    Those of a month and of a scenario go to a folder of their own: what was handed in stays.

    Raises
    ------
    InputError
        As every function that writes.
    """
    from portfolio.report.contents import forms_contents
    from portfolio.report.files import write_all
    from portfolio.workflows.outputs import output_folder

    folder = output_folder(out, _folder(result), result.files_read)
    return write_all(folder, forms_contents(result.forms, result.printed), result.files_read)
