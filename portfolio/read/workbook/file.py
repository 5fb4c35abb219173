"""Open a workbook file: files become plain grids of values."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Hashable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from portfolio.model.problems import InputError
from portfolio.read.door.files import Unreadable, Why, bytes_of, is_folder
from portfolio.read.door.parts import Hostile
from portfolio.read.workbook.sheets.opened import (
    MOST_CELLS,
    Listed,
    NoWorkbook,
    listed_sheets,
    opened,
)
from portfolio.read.workbook.sheets.walked import LAST_COLUMN, LAST_ROW, Disorder, TooFar, TooMany

T = TypeVar("T")

#: A workbook of 20,000 items unpacks to some 80 MB, a packed file is smaller than that.
LARGEST_FILE_BYTES = 200_000_000
SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后再用"
#: Rows of which the merged ranges are looked up together.
_BLOCK = 64


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A sheet's cells: `values[row][column]`, both from 0; formulas give their saved value.

    `formulas` is empty unless the file holds formulas; then it has the same shape and holds the
    formula's text where there is one. `merged` are the merged ranges as `B2:B4`. `state` is
    Excel's word: visible, hidden or veryHidden. `hidden_rows` and `hidden_columns` are counted
    from 0; a filter hides rows too.
    """

    name: str
    values: Sequence[Sequence[object]]
    formulas: Sequence[Sequence[object]] = ()
    merged: Sequence[str] = ()
    state: str = "visible"
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    @cached_property
    def _spans(self) -> dict[int, list[tuple[int, int, int, int, str]]]:
        """Left, top, right and bottom of each merged range, from 0, and its text; by blocks of rows."""
        from openpyxl.utils import range_boundaries

        spans: dict[int, list[tuple[int, int, int, int, str]]] = {}
        for text in self.merged:
            left, top, right, bottom = (int(end or 0) - 1 for end in range_boundaries(text))
            last = min(bottom, len(self.values))  # below the rows nothing is asked
            for block in range(top // _BLOCK, last // _BLOCK + 1):
                spans.setdefault(block, []).append((left, top, right, bottom, text))
        return spans

    def merged_range(self, row: int, column: int) -> str | None:
        """The merged range a cell lies in, or None."""
        for left, top, right, bottom, text in self._spans.get(row // _BLOCK, ()):
            if left <= column <= right and top <= row <= bottom:
                return text
        return None

    def spanning(self, row: int, column: int) -> object:
        """What the first cell of a merged range of one column holds, for a cell below it."""
        for left, top, right, bottom, _ in self._spans.get(row // _BLOCK, ()):
            if left == column == right and top < row <= bottom and column < len(self.values[top]):
                return self.values[top][column]
        return None

    def lost_formula(self, row: int, column: int) -> str | None:
        """A formula saved without its value, or None."""
        if row < len(self.formulas) and column < len(self.formulas[row]):
            formula = self.formulas[row][column]
            if formula is not None:
                return str(getattr(formula, "text", formula))
        return None


@dataclass(frozen=True, kw_only=True)
class WorkbookFile:
    """A file's sheets in order, and the SHA-256 of its bytes."""

    path: Path
    sha256: str
    grids: tuple[Grid, ...]


def read_file(path: Path) -> WorkbookFile:
    """Read a workbook file whole.

    Raises
    ------
    InputError
        The file is not there, not readable, or no workbook; says what it is instead.
    """
    content = _bytes_of(path)
    sha256 = hashlib.sha256(content).hexdigest()
    grids = remembered(sha256, lambda: _grids(path, content))
    return WorkbookFile(path=path, sha256=sha256, grids=grids)


def sheet_names(path: Path) -> tuple[str, ...]:
    """The names of a file's sheets; none where it can't be read, which `read_file` tells."""
    try:
        return listed_sheets(bytes_of(path, LARGEST_FILE_BYTES), LARGEST_FILE_BYTES)
    except Exception:  # whatever is wrong with it
        return ()


#: What was read of files while `files_kept`; None: all is read anew.
_kept: MutableMapping[Hashable, Any] | None = None


def remembered(key: Hashable, make: Callable[[], T]) -> T:
    """What was made of a file's bytes before, or now; kept only while `files_kept`."""
    if _kept is None:
        return make()
    if key not in _kept:
        _kept[key] = make()
    made: T = _kept[key]
    return made


@contextmanager
def files_kept(kept: MutableMapping[Hashable, Any] | None = None) -> Iterator[None]:
    """Read a file whose bytes are the same only once, for work that asks several things of it.

    Not always: the sheets of a long list would stay in memory while it is played.

    kept : where to keep it, which may forget what was kept; by default all stays to the end
    """
    global _kept  # noqa: PLW0603  # of the process: nothing is read in parallel
    before = _kept
    if _kept is None:
        _kept = {} if kept is None else kept
    try:
        yield
    finally:
        _kept = before


def _refusal(path: Path, found: str, fix: str) -> InputError:
    return InputError.of(str(path), found, fix)


def _damaged(path: Path, how: str) -> InputError:
    return _refusal(path, f"文件已损坏，{how}", "请在 Excel 中用“打开并修复”另存一份，或从备份恢复")


def _bytes_of(path: Path) -> bytes:
    if path.name.startswith("~$"):
        raise _refusal(
            path,
            "这是 Excel 打开文件时留下的临时锁文件，不是工作簿",
            f"请改用“{path.name[2:]}”",
        )
    try:
        return bytes_of(path, LARGEST_FILE_BYTES)
    except Unreadable as error:
        raise _refusal(path, *_unreadable(path, error)) from error


def _unreadable(path: Path, error: Unreadable) -> tuple[str, str]:
    """Why a file can't be read, and what to do."""
    match error.why:
        case Why.MISSING:
            return "找不到这个文件", _near_files(path)
        case Why.FOLDER:
            return "这是一个文件夹，不是工作簿", _workbooks_in(path)
        case Why.SPECIAL:
            return "不是普通文件（是管道或设备）", "请写明 .xlsx 文件的路径"
        case Why.LARGE:
            return (
                f"文件有 {int(error.said) / 1e6:,.0f} MB，超过 {LARGEST_FILE_BYTES / 1e6:,.0f} MB",
                "请核对是否选错了文件；没有选错的请只留需要的工作表另存一份",
            )
        case Why.BARRED:
            return (
                "文件正被占用或没有读取权限",
                "请在 Excel 中关闭该文件后重试；仍不行请检查文件权限",
            )
        case Why.NAME:
            return f"无法读取（{error.said}）", "请检查路径后重试"


def _workbooks_in(folder: Path) -> str:
    names: list[str] = []
    with suppress(OSError):  # a folder that may be entered but not listed
        names = sorted(entry.name for entry in folder.glob("*.xlsx") if entry.name[:2] != "~$")[:8]
    if not names:
        return "文件夹中没有 .xlsx 文件，请写明工作簿的路径"
    return f"请写明文件，其中有：{'、'.join(names)}"


def _near_files(path: Path) -> str:
    if not is_folder(path.parent):
        return f"文件夹“{path.parent}”也不存在，请检查路径"
    names: list[str] = []
    with suppress(OSError):
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.5)
    if near:
        return f"是否为“{near[0]}”？"
    return _workbooks_in(path.parent)


def _grids(path: Path, content: bytes) -> tuple[Grid, ...]:
    """The sheets of a file's bytes; whatever a library fails with is a damaged file."""
    try:
        sheets = opened(content, LARGEST_FILE_BYTES, MOST_CELLS)
    except NoWorkbook as error:
        raise _refusal(path, error.found, error.fix or SAVE_AS) from error
    except Hostile as error:
        raise _damaged(path, f"其中的“{error.part}”{error.found}") from error
    except Listed as error:
        raise _of_sheet(path, error.sheet, error.__cause__) from error.__cause__
    except Exception as error:  # a damaged file makes zipfile and openpyxl fail in many ways
        raise _damaged(path, f"无法作为工作簿打开（{type(error).__name__}）") from error
    with_formulas = any(sheet.formulas for _, _, sheet in sheets)
    return tuple(
        Grid(
            name=name,
            values=sheet.values,
            formulas=_laid_out(sheet.values, sheet.formulas) if with_formulas else (),
            merged=sheet.merged,
            state=state,
            hidden_rows=sheet.hidden_rows,
            hidden_columns=sheet.hidden_columns,
        )
        for name, state, sheet in sheets
    )


def _laid_out(
    values: Sequence[tuple[object, ...]], formulas: dict[tuple[int, int], object]
) -> list[tuple[object, ...]]:
    """The values with formulas in their places."""
    rows: list[Any] = list(values)
    for (row, column), text in formulas.items():
        if isinstance(rows[row], tuple):
            rows[row] = list(rows[row])
        rows[row][column] = text
    return [row if isinstance(row, tuple) else tuple(row) for row in rows]


def _of_sheet(path: Path, name: str, error: BaseException | None) -> InputError:
    """What is wrong with a sheet."""
    if isinstance(error, Hostile):
        return _damaged(path, f"工作表“{name}”{error.found}")
    if isinstance(error, Disorder):
        at = f"!{error.place} " if error.place[:1].isascii() and error.place else f"的{error.place}"
        return _damaged(path, f"{name}{at}{error.found}")
    fix = "请删去表格以外的单元格、行、列和格式后另存一份"
    if isinstance(error, TooFar) and error.row:
        found = f"写到了第 {LAST_ROW:,} 行以下，Excel 最多 {LAST_ROW:,} 行"
        return _refusal(path, f"工作表“{name}”{found}", "请删去表格以下的单元格后另存一份")
    if isinstance(error, TooFar):
        return _refusal(path, f"工作表“{name}”写到了第 {LAST_COLUMN:,} 列以右", fix)
    if isinstance(error, TooMany):
        found = f"到工作表“{name}”为止超过 {MOST_CELLS:,} 个单元格"
        return _refusal(path, found, "请只留需要的工作表，" + fix.removeprefix("请"))
    return _damaged(path, f"工作表“{name}”无法读出（{type(error).__name__}）")
