"""Read the input workbook: a file into a Portfolio, or all its problems with their cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from portfolio.model.calendar import Calendar
from portfolio.model.facts import Facts, Season
from portfolio.model.forms.entered import Entered
from portfolio.model.items import Evidence, Item, Observation, PublicRecord, PublishedTotal
from portfolio.model.paper import Paper
from portfolio.model.pipeline.project import ReserveProject
from portfolio.model.plan import first_index
from portfolio.model.portfolio import Portfolio, build_portfolio, seen_by
from portfolio.model.problems import InputError, Problem
from portfolio.model.quarters import PLAY_YEARS
from portfolio.model.rules.replanned import replanned
from portfolio.model.scenarios.scenario import Scenario
from portfolio.model.schema import TEMPLATES, Tables, plain
from portfolio.model.schema.facts import EXECUTION, SEASONS
from portfolio.model.schema.funding import PLAUSIBLE
from portfolio.model.schema.projects import PROJECTS
from portfolio.model.schema.record import COMPLETION, DISTRIBUTION
from portfolio.model.schema.reserve import RESERVE
from portfolio.model.schema.scenarios import SCENARIOS
from portfolio.read.scenario.sheet import read_sheet_scenarios
from portfolio.read.workbook import facts as fact_rows
from portfolio.read.workbook import funding, plan
from portfolio.read.workbook import items as item_list
from portfolio.read.workbook import risk as risk_rows
from portfolio.read.workbook.calendar import (
    read_calendar,
    read_office,
    read_settings,
    read_tail_bps,
)
from portfolio.read.workbook.facts_asof import asof_months, asof_period, without_facts
from portfolio.read.workbook.facts_in_time import check_in_time
from portfolio.read.workbook.facts_questions import questions_of
from portfolio.read.workbook.file import Grid, WorkbookFile, read_file
from portfolio.read.workbook.for_forms import ForForms, form_questions, read_for_forms
from portfolio.read.workbook.month.closings import seal_questions
from portfolio.read.workbook.month.versions import read_versions, version_questions
from portfolio.read.workbook.projects import check_years, codes_lost, read_projects
from portfolio.read.workbook.projects.facts import project_questions, summed, told_of_sums
from portfolio.read.workbook.projects.reserve import read_reserve
from portfolio.read.workbook.projects.sums import check_sums, whole_years
from portfolio.read.workbook.questions import plan_questions
from portfolio.read.workbook.record import IN_WORDS, read_record, record_questions
from portfolio.read.workbook.sheets.cells import column_index
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import (
    by_plain_name,
    header_words,
    read_table,
    read_tables,
)


@dataclass(frozen=True, kw_only=True)
class Workbook:
    """What an input workbook holds; `sha256` is of the file's bytes.

    `questions` are figures that may be right and should be looked at: they stop nothing.
    `notes` are what was read otherwise than it stands there, and where. `scenarios` are those of the sheet 情景. `paper` is who makes the papers, as the sheet 设置 says it. `for_forms` is what printed forms show and nothing else uses.
    `reserve` are projects that could be started: `pipeline` alone looks at them.
    """

    portfolio: Portfolio
    totals: tuple[PublishedTotal, ...]
    evidence: tuple[Evidence, ...]
    observations: tuple[Observation, ...]
    public_records: tuple[PublicRecord, ...]
    known_years: Mapping[tuple[int, int], int]
    sha256: str
    path: Path
    questions: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    paper: Paper = field(default_factory=Paper)
    for_forms: Entered = field(default_factory=Entered)
    reserve: tuple[ReserveProject, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """The as-of asked for, and whether only facts can have one."""

    asof: str | None = None
    needs_facts: bool = True


NOT_ASKED = _Asked()


def read_workbook(
    path: Path, asof: str | None = None, *, asof_needs_facts: bool = True
) -> Workbook:
    """Read and judge an input workbook.

    `asof` is the month (or quarter, or year) to whose end its facts are taken; without it that is
    the last month for which they are complete. A workbook without facts refuses it, unless it may
    mean something else (`asof_needs_facts` False).

    Raises
    ------
    InputError
        The file can't be read, or its content has problems: all of them, in workbook order.
    """
    file = read_file(path)
    findings = Findings()
    calendar = _calendar(file.grids, findings)
    tables = read_tables(file.grids, calendar, findings)
    asked = _Asked(asof=asof, needs_facts=asof_needs_facts)
    return _workbook(tables, calendar, file, findings, asked)


def orphan_rows(path: Path) -> dict[int, tuple[tuple[str, int], ...]]:
    """Rows that point to items which are no longer in the list: (sheet, row) by item number.

    Raises
    ------
    InputError
        The file can't be read.
    """
    findings, grids = Findings(), read_file(path).grids
    tables = read_tables(grids, _calendar(grids, findings), findings)
    index = item_list.index_items(tables["项目清单"], findings)
    if not index.names:
        return {}
    return {
        no: tuple(dict.fromkeys((row.sheet, row.number) for row, _ in rows))
        for no, rows in item_list.orphans_in(tables, index).items()
    }


def read_input_tables(path: Path) -> Tables:
    """The rows of each sheet by column key, in the units used inside: what a writer takes.

    Raises
    ------
    InputError
        The file can't be read, or a cell has a problem.
    """
    findings, grids = Findings(), read_file(path).grids
    tables = read_tables(grids, _calendar(grids, findings), findings)
    if findings.problems:
        raise InputError(_in_order(findings.problems))
    return {name: [dict(row.values) for row in rows] for name, rows in tables.items()}


def scenario_names(path: Path) -> tuple[str, ...]:
    """The names in the sheet 情景 of a workbook that may have problems, which are told elsewhere."""
    try:
        grids = read_file(path).grids
    except InputError:
        return ()
    by_name = by_plain_name(grids)
    same = by_name.get(plain(SCENARIOS.name), [])
    if len(same) != 1:
        return ()
    renamed = header_words(by_name, read_calendar(grids, Findings()), Findings())
    rows = read_table(SCENARIOS, same[0], Findings(), renamed.get(SCENARIOS.name))
    return tuple(dict.fromkeys(row.text("name") for row in rows if row.sound("name")))


def _calendar(grids: Sequence[Grid], findings: Findings) -> Calendar:
    """The calendar, or its problems alone: headers and years of all else are judged by it."""
    calendar = read_calendar(grids, findings)
    if findings.problems:
        raise InputError(_in_order(findings.problems))
    return calendar


def _workbook(
    tables: Mapping[str, list[Row]],
    calendar: Calendar,
    file: WorkbookFile,
    findings: Findings,
    asked: _Asked = NOT_ASKED,
) -> Workbook:
    """Check the tables against each other and make the values; raise if anything was noted."""
    item_rows, channel_rows = tables["项目清单"], tables["资金渠道"]
    index = item_list.index_items(item_rows, findings)
    index = item_list.note_deleted(tables, index, findings)
    classes = risk_rows.read_risk_classes(tables["风险参数"])
    items = item_list.read_items(
        item_rows, risk_rows.class_keys(tables["风险参数"]), calendar, findings
    )
    item_list.check_aliases(item_rows, findings)
    totals = item_list.read_totals(tables["汇总校核"], item_rows, calendar, findings)
    gates = plan.read_gates(tables["依赖关系"], index, findings)
    channels = funding.read_channels(channel_rows, findings)
    ids = funding.channel_ids(channel_rows)
    shares = funding.read_shares(tables["资金结构"], index, ids, item_rows, findings)
    targets = plan.read_targets(tables["年度目标"], calendar, findings)
    known = plan.read_known_years(tables["年度计划"], index, findings)
    plan.check_known_years(known, items, targets, classes, calendar, findings)
    check_years(file.grids, calendar, findings)
    projects = read_projects(tables[PROJECTS.name], index, items, calendar, findings)
    check_sums(projects, items, known, calendar, findings)
    money = {
        **whole_years(projects, items, calendar),
        **{key: row.whole("money_wan") for key, row in known.items() if row.sound("money_wan")},
    }
    funding.check_first_money(
        tables["资金结构"],
        items,
        channels,
        shares,
        _first_years(calendar, items, money),
        findings,
    )
    envelopes = funding.read_envelopes(tables["年度额度"], index, channel_rows, shares, findings)
    funding.check_plausible(tables[PLAUSIBLE.name], ids, findings)
    realisations = risk_rows.read_realisations(tables["落地率"], item_rows, findings)
    risks = risk_rows.read_channel_risks(tables["资金风险"], channel_rows, findings)
    settings = risk_rows.read_risk_settings(tables, index, risks, findings)
    evidence = _read_evidence(tables, findings)
    observations = item_list.read_observations(tables["事后数据"], index, findings)
    reserve = read_reserve(
        tables[RESERVE.name], risk_rows.class_keys(tables["风险参数"]), channels, findings
    )
    record = read_record(tables[COMPLETION.name], tables[DISTRIBUTION.name], calendar, findings)
    background = fact_rows.Known(
        calendar=calendar,
        index=index,
        items=items,
        channels=channels,
        shares=shares,
        channel_ids=ids,
        tail_bps=read_tail_bps(file.grids),
        projects={each.value.code: each.value for each in projects},
        codes_lost=codes_lost(tables[PROJECTS.name], projects),
    )
    told = _read_facts(tables, read_settings(file.grids, Findings()), background, findings)
    _check_asof(asked, bool(tables[EXECUTION.name]), calendar, findings)
    versions = read_versions(file.grids, items, channels, calendar, findings)
    if findings.problems:
        _, flaws = read_sheet_scenarios(tables[SCENARIOS.name], _anywhere(calendar))
        findings.problems += flaws
        raise InputError(_in_order(findings.problems))
    portfolio = build_portfolio(
        calendar=calendar,
        items=items,
        gates=gates,
        channels=channels,
        shares=shares,
        targets=targets,
        risk_classes=classes,
        channel_risks=risks,
        realisations=realisations,
        known_years=money,
        own_envelopes=envelopes,
        risk=settings,
        tail_bps=background.tail_bps,
        record=record,
    )
    if projects or versions:
        listed = tuple(each.value for each in projects)
        portfolio = replace(portfolio, projects=listed, versions=versions)
    if told.facts:
        asof = _asof(asked, told.facts, portfolio, findings)
        taken = Facts(
            asof_months=asof,
            rows=tuple(fact.value for fact in told.facts if fact.value.end_month <= asof),
            by_project=tuple(
                fact.value
                for fact in told.entered
                if fact.value.project_code is not None and fact.value.end_month <= asof
            ),
            budgets=fact_rows.budgets_of(tables["年度额度"], background),
            carried_in=fact_rows.carried_in_of(tables["年度额度"], background),
            seasons=told.seasons,
            **fact_rows.settings_of(read_settings(file.grids, Findings())),
        )
        portfolio = replanned(replace(portfolio, facts=taken), envelopes)
    scenarios, flaws = read_sheet_scenarios(
        tables[SCENARIOS.name], seen_by(calendar, portfolio.facts)
    )
    if flaws:
        raise InputError(_in_order(flaws))
    return Workbook(
        portfolio=portfolio,
        totals=totals,
        evidence=evidence,
        observations=observations,
        public_records=item_list.read_public_records(tables["公开记录"]),
        known_years=money,
        sha256=file.sha256,
        path=file.path,
        questions=(
            *told_of_sums(questions_of(told.facts, tables["年度额度"], portfolio), told.facts),
            *project_questions(told.facts, portfolio),
            *record_questions(record),
            *seal_questions(file.grids, tables[EXECUTION.name]),
            *version_questions(file.grids),
            *plan_questions(tables, portfolio, totals, money),
            *form_questions(told.for_forms.entered, tables),
        ),
        notes=tuple(_in_order(findings.notes)),
        scenarios=scenarios,
        paper=read_office(file.grids),
        reserve=reserve,
        for_forms=told.for_forms.entered
        if portfolio.facts is None
        else told.for_forms.as_of(portfolio.facts.asof_months),
    )


def _read_evidence(tables: Mapping[str, list[Row]], findings: Findings) -> tuple[Evidence, ...]:
    """What figures rest on; that they rest on it is noted where they don't."""
    evidence = item_list.read_evidence(tables["资料依据"], findings)
    if "资料依据" not in findings.missing_sheets:
        in_words = (EXECUTION.name, PROJECTS.name, RESERVE.name, SCENARIOS.name, *IN_WORDS)
        resting = {name: rows for name, rows in tables.items() if name not in in_words}
        item_list.check_provenance(resting, tables["资料依据"], findings)
    return evidence


@dataclass(frozen=True, kw_only=True)
class _Told:
    """Facts as they are entered, by item with those of its projects summed, seasons, forms."""

    entered: Sequence[fact_rows.Fact]
    facts: Sequence[fact_rows.Fact]
    seasons: tuple[Season, ...]
    for_forms: ForForms


def _read_facts(
    tables: Mapping[str, list[Row]],
    settings: Row | None,
    known: fact_rows.Known,
    findings: Findings,
) -> _Told:
    """What was done so far; sums of projects are judged, and told as sums."""
    entered = fact_rows.read_executions(tables[EXECUTION.name], known, findings)
    facts = summed(entered, known, findings)
    judged = Findings()
    check_in_time(facts, known, judged)
    findings.problems += told_of_sums(judged.problems, facts)
    return _Told(
        entered=entered,
        facts=facts,
        seasons=fact_rows.read_seasons(tables[SEASONS.name], known, findings),
        for_forms=read_for_forms(tables, settings, known, findings),
    )


def _anywhere(calendar: Calendar) -> Calendar:
    """The calendar with this year in the middle: no relative year is refused before T is known."""
    return calendar.seen_in(calendar.first_year + PLAY_YEARS // 2)


def _check_asof(asked: _Asked, has_facts: bool, calendar: Calendar, findings: Findings) -> None:
    """Note an as-of that is none, or that only facts can have where there are none.

    Another meaning of it, where a command has one, is judged by that command.
    """
    if asked.asof is None:
        return
    if has_facts:
        asof_period(asked.asof, calendar, findings)
    elif asked.needs_facts:
        without_facts(asked.asof, findings)


def _asof(
    asked: _Asked, facts: Sequence[fact_rows.Fact], portfolio: Portfolio, findings: Findings
) -> int:
    """Up to when facts are taken; raises where they are not complete until then."""
    asof = asof_months(asked.asof, facts, portfolio, findings)
    if findings.problems:
        raise InputError(_in_order(findings.problems))
    return asof


def _first_years(
    calendar: Calendar, items: Sequence[Item], known: Mapping[tuple[int, int], int]
) -> dict[int, int]:
    """The first year in which an item spends money: years known to be 0 don't count."""
    return {
        item.no: next(
            (
                year
                for year in calendar.plan_years[first_index(item, calendar) :]
                if known.get((item.no, year)) != 0
            ),
            calendar.last_plan_year,
        )
        for item in items
    }


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Problems by sheet, row and column, each once."""
    sheets = {sheet.name: index for index, sheet in enumerate(TEMPLATES)}

    def position(problem: Problem) -> tuple[int, int, int]:
        sheet, _, cell = problem.place.rpartition("!")
        match = re.fullmatch(r"([A-Z]+)(\d+)", cell)
        row, column = (int(match[2]), column_index(match[1])) if match else (0, 0)
        return sheets.get(sheet, -1), row, column

    return sorted(dict.fromkeys(problems), key=position)
