"""Open a workbook file: the only place that knows openpyxl. Files become plain grids of values."""

from __future__ import annotations

import difflib
import hashlib
import io
import re
import stat
import warnings
import zipfile
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from xml.etree import ElementTree

from portfolio.model.problems import InputError

T = TypeVar("T")

OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: A workbook of 5,000 items unpacks to some 20 MB; far more is a mistake or an attack.
LARGEST_UNPACKED_BYTES = 200_000_000
#: A packed file is smaller than what it unpacks to.
LARGEST_FILE_BYTES = LARGEST_UNPACKED_BYTES
#: Excel's last row. openpyxl fills the rows up to the last one that is written, whatever it is.
LAST_ROW = 1_048_576
#: A workbook of 5,000 items holds some half a million; formats laid out to column XFD many more.
MOST_CELLS = 10_000_000
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]+\d+:[A-Z]+\d+)[\"']")
#: Rows and cells in the order they are written.
_PLACED = re.compile(rb"<(?:\w+:)?(row|c)\s(?:[^>]*?\s)?r=[\"']([A-Z]{0,3})(\d{1,9})[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")  # some writers name their elements `x:f`
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s(?=[^>]*?hidden=[\"'](?:1|true))[^>]*?\br=[\"'](\d+)")
_HIDDEN_COLUMNS = re.compile(
    rb"<(?:\w+:)?col\s(?=[^>]*?hidden=[\"'](?:1|true))(?=[^>]*?\bmin=[\"'](\d+))"
    rb"(?=[^>]*?\bmax=[\"'](\d+))"
)
#: Excel's columns.
MOST_COLUMNS = 16_384
SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后再用"


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
    def _spans(self) -> tuple[tuple[int, int, int, int, str], ...]:
        """Left, top, right and bottom of each merged range, from 0, and its text."""
        from openpyxl.utils import range_boundaries

        spans = []
        for text in self.merged:
            left, top, right, bottom = (int(end or 0) - 1 for end in range_boundaries(text))
            spans.append((left, top, right, bottom, text))
        return tuple(spans)

    def merged_range(self, row: int, column: int) -> str | None:
        """The merged range a cell lies in, or None."""
        for left, top, right, bottom, text in self._spans:
            if left <= column <= right and top <= row <= bottom:
                return text
        return None

    def spanning(self, row: int, column: int) -> object:
        """What the first cell of a merged range of one column holds, for a cell below it."""
        for left, top, right, bottom, _ in self._spans:
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
    try:
        grids = remembered(sha256, lambda: _grids_of(path, content))
    except InputError:
        raise
    except Exception as error:  # a damaged file makes zipfile and openpyxl fail in many ways
        raise _damaged(path, f"无法作为工作簿打开（{type(error).__name__}）") from error
    return WorkbookFile(path=path, sha256=sha256, grids=grids)


def _grids_of(path: Path, content: bytes) -> tuple[Grid, ...]:
    _refuse_other_types(path, content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles openpyxl can't keep: we only read values
        return _grids(path, content)


#: What was read of files while `files_kept`; None: all is read anew.
_kept: dict[Hashable, Any] | None = None


def remembered(key: Hashable, make: Callable[[], T]) -> T:
    """What was made of a file's bytes before, or now; kept only while `files_kept`."""
    if _kept is None:
        return make()
    if key not in _kept:
        _kept[key] = make()
    made: T = _kept[key]
    return made


@contextmanager
def files_kept() -> Iterator[None]:
    """Read a file whose bytes are the same only once, for work that asks several things of it.

    Not always: the sheets of a long list would stay in memory while it is played.
    """
    global _kept  # noqa: PLW0603  # of the process: nothing is read in parallel
    before, _kept = _kept, {} if _kept is None else _kept
    try:
        yield
    finally:
        _kept = before


def _damaged(path: Path, how: str) -> InputError:
    return _refusal(path, f"文件已损坏，{how}", "请在 Excel 中用“打开并修复”另存一份，或从备份恢复")


def sheet_names(path: Path) -> tuple[str, ...]:
    """The names of a file's sheets; none where it can't be read, which `read_file` tells."""
    try:
        with zipfile.ZipFile(path) as archive:
            root = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, ElementTree.ParseError):
        return ()
    return tuple(node.get("name", "") for node in root.iter() if node.tag.endswith("}sheet"))


def _refusal(path: Path, found: str, fix: str) -> InputError:
    return InputError.of(str(path), found, fix)


def _bytes_of(path: Path) -> bytes:
    if path.name.startswith("~$"):
        raise _refusal(
            path,
            "这是 Excel 打开文件时留下的临时锁文件，不是工作簿",
            f"请改用“{path.name[2:]}”",
        )
    try:
        facts = path.stat()
        if not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):
            # A pipe would be waited for, a device may never end.
            raise _refusal(path, "不是普通文件（是管道或设备）", "请写明 .xlsx 文件的路径")
        if stat.S_ISREG(facts.st_mode) and facts.st_size > LARGEST_FILE_BYTES:
            raise _refusal(
                path,
                f"文件有 {facts.st_size / 1e6:,.0f} MB，超过 {LARGEST_FILE_BYTES / 1e6:,.0f} MB",
                "请核对是否选错了文件；没有选错的请只留需要的工作表另存一份",
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise _refusal(path, "找不到这个文件", _near_files(path)) from None
    except IsADirectoryError:
        raise _refusal(path, "这是一个文件夹，不是工作簿", _workbooks_in(path)) from None
    except PermissionError:
        if path.is_dir():  # Windows refuses a folder with this error
            raise _refusal(path, "这是一个文件夹，不是工作簿", _workbooks_in(path)) from None
        raise _refusal(
            path,
            "文件正被占用或没有读取权限",
            "请在 Excel 中关闭该文件后重试；仍不行请检查文件权限",
        ) from None
    except (OSError, ValueError) as error:
        raise _refusal(path, f"无法读取（{error}）", "请检查路径后重试") from None


def _workbooks_in(folder: Path) -> str:
    names: list[str] = []
    with suppress(OSError):  # a folder that may be entered but not listed
        names = sorted(entry.name for entry in folder.glob("*.xlsx") if entry.name[:2] != "~$")[:8]
    if not names:
        return "文件夹中没有 .xlsx 文件，请写明工作簿的路径"
    return f"请写明文件，其中有：{'、'.join(names)}"


def _near_files(path: Path) -> str:
    if not path.parent.is_dir():
        return f"文件夹“{path.parent}”也不存在，请检查路径"
    names: list[str] = []
    with suppress(OSError):
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.5)
    if near:
        return f"是否为“{near[0]}”？"
    return _workbooks_in(path.parent)


def _refuse_other_types(path: Path, content: bytes) -> None:
    if not content:
        raise _refusal(path, "文件是空的（0 字节）", "请从备份恢复，或重新另存一份")
    if content.startswith(OLE_MARK):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise _refusal(
                path,
                "文件设有打开密码（已加密）",
                "请在 Excel 中打开，依次点“文件—信息—保护工作簿—用密码进行加密”，清空密码后保存",
            )
        raise _refusal(path, "这是旧版 Excel（.xls）或其他旧格式文件", SAVE_AS)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise _refusal(path, _what_it_is(content), SAVE_AS)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > LARGEST_UNPACKED_BYTES:
        raise _refusal(
            path,
            f"文件解开后有 {unpacked / 1e6:,.0f} MB，超过 {LARGEST_UNPACKED_BYTES / 1e6:,.0f} MB",
            "请只留需要的工作表，删去多余的空行、图片和格式后另存一份",
        )
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:  # which of the two is read would be chance
        raise _damaged(path, f"其中的“{twice}”有两份")
    if "xl/workbook.xml" in names:
        return
    kinds = {
        "xl/workbook.bin": "这是二进制工作簿（.xlsb）",
        "word/document.xml": "这是 Word 文档（.docx）",
        "ppt/presentation.xml": "这是演示文稿（.pptx）",
        "content.xml": "这是 OpenDocument 文件（.ods）",
    }
    found = next((text for name, text in kinds.items() if name in names), "这是一个压缩包")
    raise _refusal(path, f"{found}，不是 .xlsx 工作簿", SAVE_AS)


def _what_it_is(content: bytes) -> str:
    head = content[:512]
    if head.startswith(b"PK"):
        return "文件不完整（可能下载或复制中断），不是可用的 .xlsx 工作簿"
    if head.lstrip().lower().startswith((b"<html", b"<!doctype", b"<?xml", b"<table")):
        return "这是网页或 XML 文件改了扩展名，不是 .xlsx 工作簿"
    if head.startswith(b"%PDF"):
        return "这是 PDF 文件，不是 .xlsx 工作簿"
    if b"\0" not in head:
        return "这是文本文件（例如 CSV）改了扩展名，不是 .xlsx 工作簿"
    return "不是 .xlsx 工作簿"


def _grids(path: Path, content: bytes) -> tuple[Grid, ...]:
    from openpyxl import load_workbook

    pages = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets
    parts = _parts(content, pages)
    for page, part in zip(pages, parts, strict=True):
        _refuse_disorder(path, page.title, part)
    values = _values(path, pages)
    formulas: list[list[tuple[object, ...]]] = [[] for _ in pages]
    if any(_FORMULA.search(part) for part in parts):  # a second reading is needed only then
        texts = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        formulas = _values(path, texts.worksheets)
    return tuple(
        Grid(
            name=page.title,
            values=rows,
            formulas=texts_of,
            merged=[ref.decode("ascii") for ref in _MERGED.findall(part)],
            state=page.sheet_state,
            hidden_rows=frozenset(int(n) - 1 for n in _hidden(_HIDDEN_ROW, part)),
            hidden_columns=frozenset(
                place
                for first, last in _hidden(_HIDDEN_COLUMNS, part)
                for place in range(int(first) - 1, min(int(last), MOST_COLUMNS))
            ),
        )
        for page, part, rows, texts_of in zip(pages, parts, values, formulas, strict=True)
    )


def _hidden(pattern: re.Pattern[bytes], part: bytes) -> list[Any]:
    """What a pattern finds; most sheets hide nothing, and then it isn't sought."""
    return pattern.findall(part) if b"hidden=" in part else []


def _parts(content: bytes, pages: Iterable[Any]) -> list[bytes]:
    """The XML of each sheet, for what openpyxl leaves out when it only reads."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(str(page._worksheet_path).lstrip("/")) for page in pages]


def _refuse_disorder(path: Path, name: str, part: bytes) -> None:
    """Refuse a sheet whose cells don't follow each other: openpyxl would lose some in silence."""
    if b"<!DOCTYPE" in part:  # its entities may change what a cell holds
        raise _damaged(path, f"工作表“{name}”中有不该有的文档类型声明（DOCTYPE）")
    last = (0, 0, b"")
    for kind, letters, digits in _PLACED.findall(part):
        at = (int(digits), len(letters), letters)  # letters of one length compare as columns do
        if at <= last:
            what = f"的第 {at[0]} 行" if kind == b"row" else f"!{letters.decode()}{at[0]} "
            raise _damaged(path, f"{name}{what}写了两次，或次序颠倒")
        last = at


def _values(path: Path, pages: Iterable[Any]) -> list[list[tuple[object, ...]]]:
    """The cells of each sheet, row by row."""
    cells = 0
    tables: list[list[tuple[object, ...]]] = []
    for page in pages:
        page.reset_dimensions()  # some writers state them wrongly
        rows: list[tuple[object, ...]] = []
        for row in page.iter_rows(values_only=True):
            cells += len(row)
            if len(rows) == LAST_ROW:
                raise _refusal(
                    path,
                    f"工作表“{page.title}”写到了第 {LAST_ROW:,} 行以下，Excel 最多 {LAST_ROW:,} 行",
                    "请删去表格以下的单元格后另存一份",
                )
            if cells > MOST_CELLS:
                raise _refusal(
                    path,
                    f"到工作表“{page.title}”为止超过 {MOST_CELLS:,} 个单元格",
                    "请只留需要的工作表，删去表格以外的行、列和格式后另存一份",
                )
            rows.append(row)
        tables.append(rows)
    return tables
