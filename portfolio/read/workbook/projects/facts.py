"""Facts by project: judged by project, then summed to their item, period, channel and 级次.

What comes out is the item's facts, to be judged and played as if they had been entered so; the
rows of projects stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from portfolio.model.facts import Execution
from portfolio.model.items import Item, ProjectKind
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import Problem
from portfolio.model.projects import Project
from portfolio.read.workbook.facts import LEDGERS, MONEY, Fact, Known, check_size
from portfolio.read.workbook.facts_in_time import check_told
from portfolio.read.workbook.sheets.rows import Findings

#: So many projects, or rows, are named.
NAMED = 3


def summed(facts: Sequence[Fact], known: Known, findings: Findings) -> tuple[Fact, ...]:
    """The items' facts: those entered of items, and the sums of those entered of projects."""
    by_item: dict[int, list[Fact]] = {}
    for fact in facts:
        if fact.value.project_code is not None:
            by_item.setdefault(fact.value.item_no, []).append(fact)
    if not by_item:
        return tuple(facts)
    own = [fact for fact in facts if fact.value.project_code is None]
    sums: list[Fact] = []
    for no, rows in by_item.items():
        if no not in known.item:
            continue
        mine = [fact for fact in own if fact.value.item_no == no]
        projects = [each for each in known.projects.values() if each.item_no == no]
        _check_projects(rows, known, findings)
        _check_told_twice(mine, rows, findings)
        _check_alike(rows, findings)
        made = [*_Sums(known.item[no], projects, rows, mine, findings).facts()]
        _check_sizes(made, known.item[no], findings)
        sums += made
    return tuple(sorted((*own, *sums), key=lambda fact: fact.row.number))


def told_of_sums(problems: Iterable[Problem], facts: Sequence[Fact]) -> list[Problem]:
    """Problems with the rows named, where the figure is a sum of several."""
    sums = {(fact.row.sheet, fact.row.number): fact.parts for fact in facts if len(fact.parts) > 1}
    return [_with_rows(problem, sums) for problem in problems]


def _with_rows(problem: Problem, sums: dict[tuple[str, int], tuple[Fact, ...]]) -> Problem:
    sheet, _, cell = problem.place.rpartition("!")
    number = re.fullmatch(r"[A-Z?]+(\d+)", cell)
    parts = sums.get((sheet, int(number[1]))) if number else None
    if parts is None:
        return problem
    rows = "、".join(str(part.row.number) for part in parts[:NAMED])
    more = " 等" if len(parts) > NAMED else ""
    return replace(
        problem, found=f"{problem.found}（第 {rows}{more} 行 {len(parts)} 个项目的合计）"
    )


def _check_sizes(sums: Sequence[Fact], item: Item, findings: Findings) -> None:
    """No period of several projects together holds more than the whole item."""
    found = Findings()
    for fact in sums:
        if len(fact.parts) > 1:
            check_size(fact, item, found)
    findings.problems += told_of_sums(found.problems, sums)


# --- Each project by itself, and projects beside each other


def _check_projects(rows: Sequence[Fact], known: Known, findings: Findings) -> None:
    """What can't be true of the rows of one project, judged as an item of its own."""
    by_code: dict[str, list[Fact]] = {}
    for fact in rows:
        by_code.setdefault(fact.value.project_code or "", []).append(fact)
    for code, told in by_code.items():
        project, own = known.projects[code], Findings()
        item = known.item[project.item_no]
        stands = replace(
            item,
            total_wan=project.total_wan or item.total_wan,
            earlier_wan=project.before_wan() or 0,
        )
        for fact in told:
            check_size(fact, stands, own)
        check_told(told, stands, known, own)
        findings.problems += [_of_project(problem, item, project) for problem in own.problems]


def _of_project(problem: Problem, item: Item, project: Project) -> Problem:
    """A problem told of the project instead of the item it was judged as."""
    whole = re.compile(rf"大项 {item.no}( {re.escape(item.name)})?(?!\d)")
    said = whole.sub(f"项目 {project.label} ", problem.found)
    if project.label not in said:
        said = f"项目 {project.label}：{said}"
    found = said.replace(f"{project.label}  ", f"{project.label} ").replace("大项", "项目")
    return replace(problem, found=found, fix=problem.fix.replace("大项", "项目"))


def _overlap(one: Fact, other: Fact) -> bool:
    first, second = one.value, other.value
    return first.first_month < second.end_month and second.first_month < first.end_month


def _check_told_twice(own: Sequence[Fact], rows: Sequence[Fact], findings: Findings) -> None:
    """No money of a period is told of the item and of its projects: it would count twice."""
    told = [fact for fact in rows if fact.row.sound_any(*LEDGERS)]
    for fact in own:
        if not fact.row.sound_any(*LEDGERS):
            continue
        same = next((each for each in told if _overlap(fact, each)), None)
        if same is not None:
            findings.add(
                fact.row.place("period"),
                f"大项 {fact.value.item_no} 的 {fact.period} 填了大项的数，第 {same.row.number} 行"
                f"又填了它的项目 {same.value.project_code} 的 {same.period}，同一笔投资会算两次",
                "同一段时间只按大项或只按项目填一种，请删去其中之一；没有分解到项目的部分，"
                "请在项目表中单列一行“未分解”",
            )


def _check_alike(rows: Sequence[Fact], findings: Findings) -> None:
    """Projects of an item tell a time by periods of one length, or there is no sum of a period."""
    told = sorted(
        (fact for fact in rows if fact.row.sound_any(*LEDGERS)),
        key=lambda fact: (fact.value.first_month, -fact.value.months),
    )
    wider: Fact | None = None
    for fact in told:
        if wider is not None and _overlap(wider, fact) and fact.value.months != wider.value.months:
            if fact.value.project_code == wider.value.project_code:
                continue  # noted of the project
            findings.add(
                fact.row.place("period"),
                f"大项 {fact.value.item_no} 的项目 {fact.value.project_code} 按 {fact.period} 填，"
                f"第 {wider.row.number} 行的项目 {wider.value.project_code} 按 {wider.period} 填",
                "同一大项的各项目，同一段时间请都按月、都按季或都按年填",
            )
            return
        if wider is None or fact.value.end_month > wider.value.end_month:
            wider = fact


# --- The sums


def _span(fact: Fact) -> tuple[int, int]:
    return fact.value.first_month + fact.value.months, fact.value.first_month


class _Sums:
    """The facts of an item out of those of its projects, period by period.

    What the item's own rows tell beside money is theirs to tell: it is not made of the projects'.
    """

    def __init__(
        self,
        item: Item,
        projects: Sequence[Project],
        rows: Sequence[Fact],
        own: Sequence[Fact],
        findings: Findings,
    ) -> None:
        self.item, self.projects = item, projects
        self.rows = sorted(rows, key=_span)
        self.own = own
        self.findings = findings
        self.once = {**self._started(), **self._completed()}
        self.approved = self._approved()

    def _owns(self, key: str) -> bool:
        return any(fact.row.sound(key) for fact in self.own)

    def facts(self) -> Iterator[Fact]:
        """A fact for each period, channel and 级次; what is not money stands in a period's first."""
        for span, group in groupby(self.rows, key=_span):
            period = list(group)
            beside = self._beside(span, period)
            cells: dict[tuple[str | None, str | None], list[Fact]] = {}
            for fact in period:
                key = fact.value.channel_id, fact.value.level
                cells.setdefault(key, []).append(fact)
            for parts in cells.values():
                yield _summed(parts, beside)
                beside = {}

    def _beside(self, span: tuple[int, int], period: Sequence[Fact]) -> dict[str, Any]:
        """Progress, dates, 调整概算 and words of a period."""
        told: dict[str, Any] = {
            key: self.once[key, span] for key in _ONCE if (key, span) in self.once
        }
        if span in self.approved:
            told["approved_wan"] = self.approved[span]
        progress = None if self._owns("progress_bps") else mean_progress(
            self.item, self.projects, period
        )  # fmt: skip
        if progress is not None:
            told["progress_bps"] = progress
        return {**told, **_words(period, {each.code: each for each in self.projects})}

    def _started(self) -> dict[tuple[str, tuple[int, int]], Fact]:
        """An item has started with its first project."""
        told = [fact for fact in self.rows if fact.value.started_month is not None]
        if not told or self._owns("started"):
            return {}
        first = min(
            told, key=lambda fact: (fact.value.started_month or 0, fact.row.text("started"))
        )
        return {("started", _span(first)): first}

    def _completed(self) -> dict[tuple[str, tuple[int, int]], Fact]:
        """It is completed with the last, once all are."""
        told = [fact for fact in self.rows if fact.value.completed_month is not None]
        done = {fact.value.project_code for fact in told}
        if not told or self._owns("completed") or any(p.code not in done for p in self.projects):
            return {}
        first: dict[str | None, Fact] = {}
        for fact in told:
            first.setdefault(fact.value.project_code, fact)
        last = max(
            told, key=lambda fact: (fact.value.completed_month or 0, fact.row.text("completed"))
        )
        return {("completed", max(map(_span, first.values()))): last}

    def _approved(self) -> dict[tuple[int, int], int]:
        """The item's 调整概算: its total with what the projects' changed, from each period on."""
        told = [fact for fact in self.rows if fact.value.approved_wan is not None]
        by_code = {project.code: project for project in self.projects}
        if told and self._owns("approved_wan"):
            self.findings.add(
                told[0].row.place("approved_wan"),
                f"大项 {self.item.label} 自己填了调整概算，它的项目 {told[0].value.project_code} 又填了",
                "大项与项目只填一处，请清空其中之一",
            )
            return {}
        latest: dict[str, int] = {}
        found: dict[tuple[int, int], int] = {}
        for fact in told:
            code = fact.value.project_code or ""
            total = by_code[code].total_wan
            if total is None:
                self.findings.add(
                    fact.row.place("approved_wan"),
                    f"项目 {code} 填了调整概算，项目表中没有它的总投资",
                    "请在项目表中填它的总投资，大项的概算才能随之调整",
                )
                return {}
            latest[code] = (fact.value.approved_wan or 0) - total
            found[_span(fact)] = self.item.total_wan + sum(latest.values())
        return found


_ONCE = ("started", "completed")


def _summed(parts: Sequence[Fact], beside: dict[str, Any]) -> Fact:
    """Rows of one period, channel and 级次 as one; `beside` is what it tells besides money."""
    first = parts[0]
    money: dict[str, Any] = {key: _total(parts, key) for key in MONEY}
    dates = {key: beside[key] for key in _ONCE if key in beside}
    words = {key: value for key, value in beside.items() if key not in dates}
    provenance = "；".join(
        dict.fromkeys(part.value.provenance for part in parts if part.value.provenance)
    )
    cells = dict.fromkeys(("progress_bps", "approved_wan", "in_statistics", "statistics_code", *_ONCE,
                           "problem", "measure", "due", "project_code", "item_name"))  # fmt: skip
    values = {
        **first.row.values, **cells, **money, **words, "item_no": first.value.item_no,
        "provenance": provenance or None,
        **{key: said.row.text(key) for key, said in dates.items()},
    }  # fmt: skip
    value = Execution(
        item_no=first.value.item_no,
        first_month=first.value.first_month,
        months=first.value.months,
        channel_id=first.value.channel_id,
        level=first.value.level,
        parts=len(parts),
        provenance=provenance,
        **{f"{key}_month": getattr(said.value, f"{key}_month") for key, said in dates.items()},
        **money,
        **words,
    )
    return Fact(row=replace(first.row, values=values), value=value, parts=tuple(parts))


def _total(parts: Sequence[Fact], key: str) -> int | None:
    told = [part.row.whole(key) for part in parts if part.row.sound(key)]
    return sum(told) if told else None


def mean_progress(item: Item, projects: Sequence[Project], period: Sequence[Fact]) -> int | None:
    """形象进度 of an item: the mean by total, where every project tells it and is all of the item."""
    told = {
        fact.value.project_code: fact.value.progress_bps
        for fact in period
        if fact.value.progress_bps is not None
    }
    if any(project.code not in told for project in projects):
        return None
    totals = [project.total_wan for project in projects if project.total_wan is not None]
    if len(totals) < len(projects) or sum(totals) != item.total_wan:
        return None
    done = sum((project.total_wan or 0) * (told[project.code] or 0) for project in projects)
    return done // sum(totals)


def _words(period: Sequence[Fact], projects: dict[str, Project]) -> dict[str, str]:
    """问题, 下一步措施 and 完成时限 of a period's projects, each under its project's name."""
    with_problem = [fact for fact in period if fact.value.problem]
    if not with_problem:
        return {}
    told = {"problem": _joined(with_problem, projects, lambda value: value.problem)}
    if any(fact.value.measure for fact in with_problem):
        told["measure"] = _joined(with_problem, projects, lambda value: value.measure)
    dues = {fact.value.due for fact in with_problem[:NAMED]}
    if len(dues) == 1 and (due := dues.pop()):
        told["due"] = due
    return told


def _joined(
    rows: Sequence[Fact], projects: dict[str, Project], of: Callable[[Execution], str | None]
) -> str:
    told = [
        (projects[fact.value.project_code or ""].name, word)
        for fact in rows
        if (word := of(fact.value))
    ]
    words = "；".join(f"{name}：{word}" for name, word in told[:NAMED])
    return words + (f"（共 {len(told)} 个项目）" if len(told) > NAMED else "")


# --- What should be looked at


def project_questions(facts: Sequence[Fact], portfolio: Portfolio) -> Iterator[Problem]:
    """Projects without facts beside others that have them, and 形象进度 not told by all."""
    if portfolio.facts is None:
        return
    asof = portfolio.facts.asof_months
    parts: dict[int, list[Fact]] = {}
    own = {
        fact.value.item_no for fact in facts if not fact.parts and fact.row.sound("progress_bps")
    }
    for fact in facts:
        if fact.value.end_month <= asof and fact.parts:
            parts.setdefault(fact.value.item_no, []).extend(fact.parts)
    for no, rows in parts.items():
        item = portfolio.item(no)
        projects = [project for project in portfolio.projects if project.item_no == no]
        yield from _silent(item, projects, rows)
        if no not in own:
            yield from _progress_of_some(item, projects, rows)


def _silent(item: Item, projects: Sequence[Project], rows: Sequence[Fact]) -> Iterator[Problem]:
    told = {fact.value.project_code for fact in rows}
    silent = [
        project
        for project in projects
        if project.code not in told and project.project_kind is not ProjectKind.PREPARED
    ]
    if silent:
        yield Problem(
            place=rows[0].row.place("project_code"),
            found=f"大项 {item.label} 按项目填执行数，{_named(silent)}一行也没有，按没有完成计",
            fix="请补填；确实没有动工的不必处理",
        )


def _progress_of_some(
    item: Item, projects: Sequence[Project], rows: Sequence[Fact]
) -> Iterator[Problem]:
    last = max((fact.value.end_month for fact in rows if fact.row.sound("progress_bps")), default=0)
    period = [fact for fact in rows if fact.value.end_month == last]
    if not last or mean_progress(item, projects, period) is not None:
        return
    told = {fact.value.project_code for fact in period if fact.row.sound("progress_bps")}
    lacking = [project for project in projects if project.code not in told]
    why = f"{_named(lacking)}没有填" if lacking else "各项目的总投资不全"
    first = next(fact for fact in period if fact.row.sound("progress_bps"))
    yield Problem(
        place=first.row.place("progress_bps"),
        found=f"大项 {item.label} {first.period} 的形象进度没有采用：{why}",
        fix="各项目都填形象进度（和总投资）才能按总投资加权成大项的进度；否则按完成投资推算",
    )


def _named(projects: Sequence[Project]) -> str:
    names = "、".join(project.label for project in projects[:NAMED])
    return f"{names} 等 {len(projects)} 个项目" if len(projects) > NAMED else f"项目 {names} "
