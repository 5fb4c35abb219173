"""`python -m bench.fuzz`: the long campaign, and its table. Not of a release's tests: it takes an hour.

Every case ends in one column. Only the first two may hold any: refused with place and fix, or
accepted and right (as another reader reads the file). Memory and time are bounded for each case.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import openpyxl

from bench.fuzz import forecasts, kept, months, plans, scenarios, workbooks, writing
from bench.fuzz.judging import BYTES, COLUMNS, GOOD, LOST, REFUSED, RIGHT, WRONG, judged, unbounded
from bench.timing import show
from portfolio import workflows
from portfolio.model.portfolio import Portfolio
from portfolio.model.scenarios import apply
from portfolio.read.scenario.file import read_scenario
from portfolio.read.scenario.options import parse_sets
from portfolio.read.workbook import read_workbook
from portfolio.read.workbook.file import Grid, read_file
from portfolio.report.files import write_all
from portfolio.report.passing import UNFINISHED

#: Made-up projects of the month's round that returned sheets are of.
PROJECTS = 60


def _same_cells(path: Path, grids: Iterable[Grid]) -> bool:
    """Whether another reader has the same names and values, with their types."""
    book = openpyxl.load_workbook(
        io.BytesIO(workbooks.cells_alone(path.read_bytes())), read_only=True, data_only=True
    )
    for page, grid in zip(book.worksheets, grids, strict=True):
        page.reset_dimensions()
        theirs = [tuple(map(repr, row)) for row in page.iter_rows(values_only=True)]
        if page.title != grid.name or theirs != [tuple(map(repr, row)) for row in grid.values]:
            return False
    return True


def _file(path: Path, content: bytes, *, whole: bool) -> str:
    path.write_bytes(content)

    def case() -> bool:
        grids = read_file(path).grids
        if whole:
            read_workbook(path)
        unbounded()
        return _same_cells(path, grids)

    return judged(case)


def files(seed: int, number: int, folder: Path) -> Counter[str]:
    """Damaged workbooks; one in ten is read to the end and judged."""
    path = folder / "x.xlsx"
    return Counter(
        _file(path, content, whole=k % 10 == 0)
        for k, content in enumerate(workbooks.damages(seed, number))
    )


def nasty_files(folder: Path) -> Counter[str]:
    """Workbooks made to hurt, at full size; none may be accepted."""
    found: Counter[str] = Counter()
    for name, make in workbooks.NASTY.items():
        column = _file(folder / "x.xlsx", make(1.0), whole=True)
        found[WRONG if column == RIGHT else column] += 1
        if column != REFUSED:
            print(f"  {name}: {column}", file=sys.stderr)
    return found


def _applied(path: Path, base: Portfolio) -> bool:
    return bool(apply(read_scenario(path), base))


def scenario_files(seed: int, number: int, folder: Path) -> Counter[str]:
    """Changed scenarios, and those made to hurt; what is accepted is laid on the workbook."""
    base = workflows.load_workbook().portfolio
    path = folder / "x.yaml"
    found: Counter[str] = Counter()
    for text in scenarios.texts(seed, number):
        path.write_text(text, encoding="utf-8", errors="replace")
        found[judged(partial(_applied, path, base))] += 1
    for made in scenarios.NASTY.values():
        with tempfile.TemporaryDirectory() as other:
            for name, text in made.items():
                (Path(other) / name).write_text(text, encoding="utf-8")
            column = judged(partial(_applied, Path(other) / next(iter(made)), base))
            found[WRONG if column == RIGHT else column] += 1
    return found


def options(seed: int, number: int) -> Counter[str]:
    """Words for `--set`."""
    base = workflows.load_workbook().portfolio

    found: Counter[str] = Counter()
    for word in scenarios.options(seed, number):

        def case(word: str = word) -> bool:
            scenario = parse_sets([word], base.calendar, base.channels)
            return scenario is not None and bool(apply(scenario, base))

        found[judged(case)] += 1
    return found


def adjusted(seed: int, number: int, folder: Path) -> Counter[str]:
    """Adjusted plans changed, of a list that is planned and of one that has facts; some are played."""
    path = folder / "x.xlsx"
    found: Counter[str] = Counter()
    made = plans.made(folder / "plans")
    changes = [months.changed_sheets(whole, [plans.PLAN]) for _, whole in made]
    for k in range(number):
        base, change = made[k % 2][0], changes[k % 2]
        path.write_bytes(change(random.Random(f"adjusted {seed} {k}")))
        case = partial(plans.plan_is_right, path, base, played=k % 20 < 2)
        found[judged(case, f"adjusted {seed} {k}")] += 1
    return found


def facts(seed: int, number: int, folder: Path) -> Counter[str]:
    """Facts changed; what is accepted is the sheet's money, and one in five is played and audited."""
    base = months.with_facts(folder / "facts")
    change, path = months.changed_sheets(base.read_bytes(), [months.EXECUTION]), folder / "x.xlsx"
    found: Counter[str] = Counter()
    for k in range(number):
        path.write_bytes(change(random.Random(f"facts {seed} {k}")))
        case = partial(months.facts_are_right, path, played=k % 5 == 0)
        found[judged(case, f"facts {seed} {k}")] += 1
    return found


def returned(seed: int, number: int, folder: Path) -> Counter[str]:
    """Returned sheets changed; with one in twenty the month is closed."""
    made, path = months.Round.of(folder / "round", PROJECTS), folder / "x.xlsx"
    changes = {
        sheet: months.changed_sheets(sheet.read_bytes(), months.FILLED) for sheet in made.sheets
    }
    found: Counter[str] = Counter()
    for k in range(number):
        luck = random.Random(f"returned {seed} {k}")
        sheet = luck.choice(made.sheets)
        path.write_bytes(changes[sheet](luck))
        case = partial(made.sheet_is_right, path)
        if k % 20 == 0:
            others = [other for other in made.sheets if other != sheet]
            case = partial(made.month_is_right, [*others, path])
        found[judged(case, f"returned {seed} {k}")] += 1
    return found


def archives(seed: int, number: int, folder: Path) -> Counter[str]:
    """Kept forecasts changed; what is accepted is scored, and of one in ten the files are made."""
    base = months.with_facts(folder / "kept")
    portfolio, whole = workflows.load_workbook(base).portfolio, forecasts.forecasts(base)
    found: Counter[str] = Counter()
    for k in range(number):
        luck = random.Random(f"forecast {seed} {k}")
        name = luck.choice(sorted(whole))
        with tempfile.TemporaryDirectory() as other:
            (Path(other) / name).write_bytes(forecasts.changed_forecast(whole[name], luck))
            case = partial(forecasts.forecast_is_right, Path(other), portfolio, written=k % 10 == 0)
            found[judged(case, f"forecast {seed} {k}")] += 1
    return found


def records(seed: int, number: int, folder: Path) -> Counter[str]:
    """Rows of the record changed; one in twenty is back-tested."""
    path, sheets = folder / "x.xlsx", (forecasts.COMPLETION, forecasts.DISTRIBUTION)
    change = months.changed_sheets(workbooks.shipped(), sheets)
    found: Counter[str] = Counter()
    for k in range(number):
        path.write_bytes(change(random.Random(f"record {seed} {k}")))
        case = partial(forecasts.record_is_right, path, tested=k % 20 == 0)
        found[judged(case, f"record {seed} {k}")] += 1
    return found


def kills(seed: int, number: int, folder: Path) -> Counter[str]:
    """A process that writes is ended; lost: a half file, or new and old without a word."""
    found: Counter[str] = Counter()
    for k in range(number):
        luck = random.Random(f"kill {seed} {k}")
        name = luck.choice(("SIGKILL", "SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"))
        out = folder / f"kill {k}"
        process = writing.started(out)
        time.sleep(luck.random() * 0.03)
        writing.ended(process, getattr(signal, name))
        found[RIGHT if _whole_after(out, name) else LOST] += 1
    return found


def _whole_after(out: Path, name: str) -> bool:
    held = writing.held(out)
    whole = all(len(content) == writing.SIZE for content in held)
    told = (out / UNFINISHED).exists()
    same = len(set(held)) == 1
    if name != "SIGKILL":
        return whole and same and sorted(path.name for path in out.iterdir()) == [*writing.FILES]
    write_all(out, dict.fromkeys(writing.FILES, b"new"))
    cleared = sorted(path.name for path in out.iterdir()) == [*writing.FILES]
    return whole and (same or told) and cleared


def main() -> int:
    """Run the campaign; 0 where the last columns are empty."""
    asked = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    asked.add_argument("--seed", type=int, default=1, help="tests use 19")
    asked.add_argument("--part", type=float, default=1.0, help="a share of all cases, such as 0.01")
    asked.add_argument("--door", action="append", help="only this one; may be said several times")
    asked.add_argument("--keep", action="store_true", help="put the figures into campaign.json")
    given = asked.parse_args()
    seed = given.seed
    resource.setrlimit(resource.RLIMIT_AS, (BYTES + 1_000_000_000, resource.RLIM_INFINITY))

    def of(number: int) -> int:
        return max(1, int(number * given.part))

    rows, bad = [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        doors: dict[str, Callable[[], Counter[str]]] = {
            "workbooks made to hurt": lambda: nasty_files(folder),
            "workbooks damaged": lambda: files(seed, of(4_000), folder),
            "scenarios": lambda: scenario_files(seed, of(4_000), folder),
            "--set": lambda: options(seed, of(2_000)),
            "adjusted plans": lambda: adjusted(seed, of(1_000), folder),
            "facts": lambda: facts(seed, of(1_000), folder),
            "returned sheets": lambda: returned(seed, of(1_000), folder),
            "kept forecasts": lambda: archives(seed, of(4_000), folder),
            "rows of the record": lambda: records(seed, of(500), folder),
            "ended while writing": lambda: kills(seed, of(200), folder),
        }
        for door, campaign in doors.items():
            if given.door and door not in given.door:
                continue
            before = time.monotonic()
            found = campaign()
            bad += sum(found[column] for column in COLUMNS if column not in GOOD)
            cases = sum(found.values())
            seconds = f"{time.monotonic() - before:,.0f}"
            rows.append((door, f"{cases:,}", *(f"{found[each]:,}" for each in COLUMNS), seconds))
            print(f"{door}: {dict(found)}", file=sys.stderr, flush=True)
            if given.keep:
                kept.keep(door, seed, found, list(doors))
    show(f"hostile campaign, seed {seed}", ("door", "cases", *COLUMNS, "s"), rows)
    print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:,.0f} MB")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
