"""Playing plans: check, run, compare, explain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.problems import Collected, Problem
from portfolio.version import __version__
from portfolio.workflows.asked import Apart, Compare, Explain, Progress, Run, silent, taking
from portfolio.workflows.inputs import (
    BASELINE,
    check_own_scenarios,
    load_workbook,
    merged_scenario,
    plan_number,
    read_apart,
    read_merged,
    today,
)

if TYPE_CHECKING:
    from portfolio.model.items import TotalCheck
    from portfolio.model.measures.explain import Explanation
    from portfolio.model.measures.graph import Conflict
    from portfolio.model.measures.projects import Owned
    from portfolio.model.measures.results import RunResult
    from portfolio.model.outcome import Outcome
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.scenarios import Scenario
    from portfolio.read.workbook import Workbook


class AuditError(Exception):
    """A played plan broke the rulebook: a defect of the program, nothing was written."""


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """A good workbook's reconciliation and the plan's conflicts with its own gates."""

    workbook: Workbook
    totals: tuple[TotalCheck, ...]
    conflicts: tuple[Conflict, ...]


def check(path: Path | None = None, asof: str | None = None) -> CheckResult:
    """Judge a workbook; a good one is reconciled with the published figures.

    `asof` is the month to whose end its facts are taken; without it the last complete one.

    Raises
    ------
    InputError
        All its problems at once.
    """
    from portfolio.model.items import reconcile
    from portfolio.model.measures.graph import plan_conflicts

    workbook = load_workbook(path, asof)
    check_own_scenarios(workbook)
    return CheckResult(
        workbook=workbook,
        totals=reconcile(workbook.portfolio.items, workbook.totals),
        conflicts=plan_conflicts(workbook.portfolio),
    )


def play_plan(portfolio: Portfolio, progress: Progress | None = None) -> Outcome:
    """Play a portfolio's plan once and audit what came of it.

    Raises
    ------
    AuditError
        The outcome breaks the rulebook.
    """
    from portfolio.model.audit import audit
    from portfolio.model.rules.parameters import derive
    from portfolio.sim.one_path import play

    tell, first = progress or silent, portfolio.calendar.first_year

    outcome = play(derive(portfolio), progress=lambda year: tell(f"正在推演 {first + year} 年"))
    breaches = audit(portfolio, outcome)
    if breaches:
        raise AuditError("\n".join(str(breach) for breach in breaches))
    return outcome


@taking(Run)
def run(asked: Run) -> RunResult:
    """Play the plan under the merged scenarios and return what reports need.

    Raises
    ------
    InputError
        Problems of the workbook and of the scenarios, all at once.
    """
    loaded, scenario = read_merged(asked)
    baseline = play_plan(loaded.portfolio, asked.progress)
    result = played(loaded, scenario, baseline, asked.progress)
    if result.portfolio.adjusted is None:
        return result
    return replace(result, plan_breaches=_plan_breaches(result.portfolio, loaded.portfolio))


#: Rules that hold whatever year own money arrives in and whatever credit is rationed to.
ALWAYS_JUDGED = ("voted_envelope", "channel_share", "adjusted_total")


def _plan_breaches(portfolio: Portfolio, before: Portfolio) -> tuple[str, ...]:
    """The rules of a repair that an adjusted plan breaks, each with its place.

    Where own money comes late or credit is rationed the plan holds allotments, and only the rules
    on the city's money are judged.
    """
    from portfolio.model.audit.reallocation import audit_repair
    from portfolio.model.money import small_yi_text
    from portfolio.model.quarters import PLAN_YEARS
    from portfolio.model.reallocation.case import open_handed, repair_case
    from portfolio.model.reallocation.from_facts import drawn_by_year
    from portfolio.model.reallocation.plan import plan_for_play
    from portfolio.model.rules.rulebook import RULE_BY_CODE

    shocked = replace(portfolio, plan_wan=portfolio.baseline_wan, adjusted=None)
    case = repair_case(
        shocked,
        before,
        open_handed_play=play_plan(open_handed(shocked)),
        shocked_play=play_plan(shocked),
    )
    exact = bool((plan_for_play(case, case.reference_wan) == case.reference_wan).all())
    plan = portfolio.plan_wan[:PLAN_YEARS].copy()
    if portfolio.facts is not None:  # its years over are as they were planned, a repair's as drawn
        over = portfolio.facts.quarter // 4
        plan[:over] = drawn_by_year(portfolio)[:over]
    breaches = audit_repair(case, plan)
    return tuple(
        f"{RULE_BY_CODE[b.code].title}：{b.where}，相差 {small_yi_text(b.amount)} 亿元"
        for b in breaches
        if exact or b.code in ALWAYS_JUDGED
    )


def played(
    loaded: Workbook, scenario: Scenario, baseline: Outcome, progress: Progress | None
) -> RunResult:
    """A scenario applied to a workbook's portfolio and played; `baseline` is the workbook's own play."""
    from portfolio.model.measures.results import RunResult
    from portfolio.model.scenarios import apply

    portfolio, changes = apply(scenario, loaded.portfolio)
    return RunResult(
        portfolio=portfolio,
        baseline=loaded.portfolio,
        outcome=play_plan(portfolio, progress) if changes else baseline,
        baseline_outcome=baseline,
        scenario=scenario.name,
        title=scenario.title,
        scenario_label=scenario.label,
        summary=scenario.summary or None,
        source=scenario.source,
        omits=scenario.omits,
        kind=scenario.kind,
        changes=changes,
        workbook=loaded.path.name,
        workbook_sha256=loaded.sha256,
        version=__version__,
        evidence=loaded.evidence,
        published=loaded.totals,
        records=loaded.public_records,
        paper=replace(
            loaded.paper,
            made_on=today(),
            number=plan_number(portfolio, loaded),
        ),
        reading=loaded.notes,
        files_read=(loaded.path, *scenario.files),
        scenario_sheet=scenario.sheet,
    )


@taking(Compare)
def compare(asked: Compare) -> tuple[RunResult, ...]:
    """Play scenarios apart, in the order given; `sets` come last in each.

    With fewer than two scenarios `sets` make the second: the one scenario (or the baseline) is
    compared with itself under them.

    Raises
    ------
    InputError
        Problems of the workbook and of all the scenarios at once.
    """
    names, sets = asked.scenarios, asked.sets
    wanted: list[tuple[Sequence[str], Sequence[str]]] = [([name], sets) for name in names]
    if len(names) < 2:
        wanted = [(names or [BASELINE], []), (names, sets)]
    loaded, merged = read_apart(asked, wanted)
    baseline = play_plan(loaded.portfolio, asked.progress)
    return _played_each(loaded, merged, baseline, asked.progress)


def _played_each(
    loaded: Workbook, merged: Iterable[Scenario], baseline: Outcome, progress: Progress | None
) -> tuple[RunResult, ...]:
    """Scenarios played one by one.

    Raises
    ------
    InputError
        What can't be laid on the workbook, of all of them at once.
    """
    problems, results = Collected(), []
    for scenario in merged:
        with problems.part():
            results.append(played(loaded, scenario, baseline, progress))
    problems.raise_any()
    return tuple(results)


@taking(Explain)
def explain(asked: Explain) -> tuple[Explanation | Owned, RunResult]:
    """Why an item is late or short under the merged scenarios, or what a 责任单位 answers for.

    What is named is an item, by number, name, alias or code; one of its projects, by code or name;
    or a unit.

    Raises
    ------
    InputError
        Problems of the workbook, the scenarios or the item's name.
    """
    from portfolio.model.measures.explain import explain as explain_item
    from portfolio.model.measures.projects import owned_by
    from portfolio.model.projects.meant import find_meant

    result = run(asked.workbook, asked.scenarios, asked.sets, asof=asked.asof)
    portfolio, outcome = result.portfolio, result.outcome
    meant = find_meant(asked.item, portfolio.items, portfolio.projects)
    if meant.owner is not None:
        return owned_by(meant.owner, portfolio, outcome), result
    assert meant.item is not None
    project = None if meant.project is None else meant.project.code
    return explain_item(meant.item.no, portfolio, outcome, project), result


# --- Scenarios played apart, each beside the baseline: what stress tests and reports begin with


def played_apart(asked: Apart, known: Iterable[Problem] = ()) -> tuple[RunResult, ...]:
    """The scenarios played without luck, the baseline first, `sets` last in each scenario.

    Without a scenario `sets` are one of their own. `known` are problems found before, told with
    those of the workbook and the scenarios.

    Raises
    ------
    InputError
        All problems at once.
    """
    names, sets = list(dict.fromkeys(asked.scenarios)), asked.sets
    wanted = [([name], sets) for name in names] or ([([], sets)] if sets else [])
    loaded, merged = read_apart(asked, wanted, known)
    baseline = play_plan(loaded.portfolio)
    # The baseline asked for by name, nothing set, is the reference itself.
    named = [each for each in merged if each.name == BASELINE and not each.changes]
    first = named[0] if named else merged_scenario([], [], loaded.portfolio.calendar)
    others = [each for each in merged if each not in named]
    return _played_each(loaded, [first, *others], baseline, None)
