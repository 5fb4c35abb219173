"""How far the chances of years can be trusted, told from the record alone; no simulation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.paper import Paper
from portfolio.model.problems import Collected, InputError, Problem
from portfolio.version import __version__
from portfolio.workflows.asked import Backtest as Asked
from portfolio.workflows.asked import silent, taking
from portfolio.workflows.inputs import load_workbook, plan_number, today

if TYPE_CHECKING:
    from portfolio.model.calendar import Calendar
    from portfolio.model.record.backtest import Backtest
    from portfolio.model.record.conditions import Condition, Judged
    from portfolio.read.workbook import Workbook


@dataclass(frozen=True, kw_only=True)
class BacktestResult:
    """A back-test and where it is from.

    judged : the conditions asked for
    named : the workbook named by the user, None for the one taken without a word
    """

    test: Backtest
    judged: tuple[Judged, ...]
    calendar: Calendar
    example: bool
    workbook_sha256: str
    path: Path
    named: Path | None
    version: str
    paper: Paper = field(default_factory=Paper)


@dataclass(frozen=True, kw_only=True)
class WrittenBacktest:
    """The files of a back-test.

    aside : files somebody had worked in, by their new names
    renewed, former : the user's workbook with the distribution in it, and the name under which its
        former state is kept; None where it was not written
    """

    paths: tuple[Path, ...]
    aside: tuple[Path, ...]
    renewed: Path | None
    former: Path | None


@taking(Asked)
def backtest(asked: Asked) -> BacktestResult:
    """Foretell every year of the record from the years before it, and the years to come.

    Parameters
    ----------
    workbook
        The shipped one when none is named.
    until
        Use the record as it stood at the end of that year.
    fail_if
        Conditions to judge, such as “覆盖80<0.5”.

    Raises
    ------
    InputError
        Problems of the workbook and the conditions, all at once; or the record is too thin.
    """
    from portfolio.model.record.backtest import backtest as tested
    from portfolio.model.record.conditions import judge, parse_conditions

    problems, loaded = Collected(), None
    conditions: tuple[Condition, ...] = ()
    with problems.part():
        conditions = parse_conditions(tuple(asked.fail_if))
    with problems.part():
        loaded = load_workbook(asked.workbook)
    problems.raise_any()
    assert loaded is not None
    portfolio = loaded.portfolio
    (asked.progress or silent)("正在逐年回测")
    test = tested(portfolio.record, portfolio.targets, asked.until)
    if test is None:
        raise InputError([_too_thin(loaded, asked.until)])
    return BacktestResult(
        test=test,
        judged=judge(conditions, test),
        calendar=portfolio.calendar,
        example=portfolio.facts is not None and portfolio.facts.example,
        workbook_sha256=loaded.sha256,
        path=loaded.path,
        named=asked.workbook,
        version=__version__,
        paper=replace(
            loaded.paper,
            made_on=today(),
            number=plan_number(portfolio, loaded, asked.until, conditions),
        ),
    )


def _too_thin(loaded: Workbook, until: int | None) -> Problem:
    """Too little is known to test anything."""
    from portfolio.model.record.backtest import FEWEST_FORETOLD, known_until
    from portfolio.model.record.rows import FEWEST_FULL_YEARS

    known = known_until(loaded.portfolio.record, until)
    found = f"用于校准的全年数只有 {len(known.full_years)} 行"
    if until is not None:
        return Problem(
            place="--until",
            found=f"到 {until} 年为止，{found}，无从回测",
            fix="请写更晚的年份，或去掉 --until",
        )
    return Problem(
        place="年度完成率!A1",
        found=f"{found}，无从回测",
        fix=f"至少要 {FEWEST_FULL_YEARS} 行、其中 {FEWEST_FORETOLD} 行在 2015 年以后；"
        "随附工作簿的“年度完成率”表可以照抄过来",
    )


def write_backtest(
    result: BacktestResult, out: Path | None = None, *, write: bool = False
) -> WrittenBacktest:
    """Write 回测.xlsx and backtest.json; all of them or none.

    write : put the distribution into the workbook too: into the one that was named, whose former
        state is kept beside it, else into a copy among the files

    Raises
    ------
    InputError
        As every function that writes; or the workbook is open in another program, or written in a
        way that can't be added to. It stays as it is then.
    """
    from portfolio.report.contents import backtest_contents
    from portfolio.report.files import write_all
    from portfolio.workflows.outputs import output_folder

    contents = backtest_contents(
        result.test,
        result.calendar,
        result.judged,
        workbook_sha256=result.workbook_sha256,
        version=result.version,
        example=result.example,
        paper=result.paper,
    )
    renewed: dict[Path, tuple[bytes, Path]] = {}
    if write and result.named is None:
        contents[result.path.name] = with_distribution(result)
    elif write and result.named is not None and result.test.record.tables != result.test.tables:
        renewed[result.named] = (with_distribution(result), _former(result.named))
    folder = output_folder(out, "回测")
    written = write_all(folder, contents, [result.path], renewed=renewed)
    formers = [former for _, former in renewed.values()]
    return WrittenBacktest(
        paths=tuple(path for path in written if path not in renewed),
        aside=tuple(path for path in written.aside if path not in formers),
        renewed=next(iter(renewed), None),
        former=next(iter(formers), None),
    )


def with_distribution(result: BacktestResult) -> bytes:
    """The workbook with its sheet 完成率分布 as of now, every other sheet as it is.

    Raises
    ------
    InputError
        The file is built in a way that can't be added to, or has changed since it was read.
    """
    import hashlib

    from portfolio.model.record.table import as_row
    from portfolio.model.schema.record import DISTRIBUTION
    from portfolio.report.sheet_in_place import with_rows

    content = result.path.read_bytes()
    if hashlib.sha256(content).hexdigest() != result.workbook_sha256:
        raise InputError.of(str(result.path), "回测期间文件被改动过", "请重新运行")
    rows = [as_row(table) for table in result.test.tables]
    made = with_rows(content, DISTRIBUTION, rows)
    if made is None:
        raise InputError.of(
            str(result.path),
            "工作簿的写法特殊，不能就地写入“完成率分布”",
            "请用 Excel 或 WPS 打开并另存一次后重试；文件未改动",
        )
    _check_written(made, result)
    return made


def _check_written(made: bytes, result: BacktestResult) -> None:
    """Read what was made: nothing but the distribution may differ.

    Raises
    ------
    RuntimeError
        It does: a defect of the program, nothing was written.
    """
    from tempfile import TemporaryDirectory

    from portfolio.model.schema.record import DISTRIBUTION
    from portfolio.read.workbook import read_input_tables, read_workbook

    before = read_input_tables(result.path)
    with TemporaryDirectory() as folder:
        copy = Path(folder) / result.path.name
        copy.write_bytes(made)
        after, tables = read_input_tables(copy), read_workbook(copy).portfolio.record.tables
    before.pop(DISTRIBUTION.name), after.pop(DISTRIBUTION.name)
    if before != after or tables != result.test.tables:
        raise RuntimeError("the workbook with the distribution does not read as it should")


def _former(path: Path) -> Path:
    """A free name for the former state of a file."""
    number = 1
    while True:
        aside = path.with_name(f"{path.stem}（写入前 {number}）{path.suffix}")
        if not aside.exists():
            return aside
        number += 1
