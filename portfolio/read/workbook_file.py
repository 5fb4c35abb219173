"""Open a workbook file: the only place that knows openpyxl. Files become plain grids of values."""

from __future__ import annotations

import difflib
import hashlib
import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from portfolio.model.problems import InputError, Problem

OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: A workbook of 5,000 items unpacks to some 20 MB; far more is a mistake or an attack.
LARGEST_UNPACKED_BYTES = 200_000_000
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]+\d+:[A-Z]+\d+)[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")  # some writers name their elements `x:f`
SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后再用"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A sheet's cells: `values[row][column]`, both from 0; formulas give their saved value.

    `formulas` is empty unless the file holds formulas; then it has the same shape and holds the
    formula's text where there is one. `merged` are the merged ranges as `B2:B4`.
    """

    name: str
    values: Sequence[Sequence[object]]
    formulas: Sequence[Sequence[object]] = ()
    merged: Sequence[str] = ()

    def merged_range(self, row: int, column: int) -> str | None:
        """The merged range a cell lies in, or None."""
        from openpyxl.utils import range_boundaries

        for text in self.merged:
            left, top, right, bottom = (int(end or 0) - 1 for end in range_boundaries(text))
            if left <= column <= right and top <= row <= bottom:
                return text
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
    _refuse_other_types(path, content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles openpyxl can't keep: we only read values
            grids = _grids(content)
    except Exception as error:  # a damaged file makes openpyxl fail in many ways
        raise _refusal(
            path,
            f"文件已损坏，无法作为工作簿打开（{type(error).__name__}）",
            "请在 Excel 中用“打开并修复”另存一份，或从备份恢复",
        ) from error
    return WorkbookFile(path=path, sha256=hashlib.sha256(content).hexdigest(), grids=grids)


def sheet_names(path: Path) -> tuple[str, ...]:
    """The names of a file's sheets; none where it can't be read, which `read_file` tells."""
    try:
        with zipfile.ZipFile(path) as archive:
            root = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, ElementTree.ParseError):
        return ()
    return tuple(node.get("name", "") for node in root.iter() if node.tag.endswith("}sheet"))


def _refusal(path: Path, found: str, fix: str) -> InputError:
    return InputError([Problem(place=str(path), found=found, fix=fix)])


def _bytes_of(path: Path) -> bytes:
    if path.name.startswith("~$"):
        raise _refusal(
            path,
            "这是 Excel 打开文件时留下的临时锁文件，不是工作簿",
            f"请改用“{path.name[2:]}”",
        )
    try:
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
    names = sorted(entry.name for entry in folder.glob("*.xlsx") if entry.name[:2] != "~$")[:8]
    if not names:
        return "文件夹中没有 .xlsx 文件，请写明工作簿的路径"
    return f"请写明文件，其中有：{'、'.join(names)}"


def _near_files(path: Path) -> str:
    if not path.parent.is_dir():
        return f"文件夹“{path.parent}”也不存在，请检查路径"
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
        names = set(archive.namelist())
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > LARGEST_UNPACKED_BYTES:
        raise _refusal(
            path,
            f"文件解开后有 {unpacked / 1e6:,.0f} MB，超过 {LARGEST_UNPACKED_BYTES / 1e6:,.0f} MB",
            "请只留需要的工作表，删去多余的空行、图片和格式后另存一份",
        )
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


def _grids(content: bytes) -> tuple[Grid, ...]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    values = {page.title: _rows(page) for page in book.worksheets}
    formulas: dict[str, list[tuple[object, ...]]] = {}
    if _has_formulas(content):
        texts = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        formulas = {page.title: _rows(page) for page in texts.worksheets}
    return tuple(
        Grid(
            name=name,
            values=rows,
            formulas=formulas.get(name, ()),
            merged=_merged_ranges(content, book[name]),
        )
        for name, rows in values.items()
    )


def _rows(page: object) -> list[tuple[object, ...]]:
    page.reset_dimensions()  # type: ignore[attr-defined]  # some writers state them wrongly
    return list(page.iter_rows(values_only=True))  # type: ignore[attr-defined]


def _merged_ranges(content: bytes, page: object) -> list[str]:
    """Merged ranges of a sheet, which openpyxl leaves out when it only reads."""
    path = str(getattr(page, "_worksheet_path", "")).lstrip("/")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if path not in archive.namelist():
            return []
        return [ref.decode("ascii") for ref in _MERGED.findall(archive.read(path))]


def _has_formulas(content: bytes) -> bool:
    """Whether any sheet holds a formula: the second reading is needed only then."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(
            _FORMULA.search(archive.read(name))
            for name in archive.namelist()
            if _SHEET.fullmatch(name)
        )
