"""The sheets in a workbook's bytes, once its container and the structure of its parts are judged."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from portfolio.read.door.parts import Hostile, judge, unpacked
from portfolio.read.workbook.sheets.walked import Common, Walked, texts_of, walked

if TYPE_CHECKING:
    from openpyxl.reader.excel import ExcelReader

OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: A workbook of 20,000 items holds some two million; formats laid out to column XFD many more.
MOST_CELLS = 10_000_000
#: Excel has no limit of its own but memory.
MOST_SHEETS = 500
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
BOOK = "xl/workbook.xml"


class NoWorkbook(Exception):  # noqa: N818  # not an error of ours: its reader tells it
    """Bytes that are no workbook: what they are instead, and what to do; without `fix`: save as."""

    def __init__(self, found: str, fix: str = "") -> None:
        self.found, self.fix = found, fix
        super().__init__(found)


class Listed(Exception):  # noqa: N818  # not an error of ours: its reader tells it
    """Something is wrong with a sheet; the cause says what."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        super().__init__(sheet)


def opened(content: bytes, most_bytes: int, most_cells: int) -> list[tuple[str, str, Walked]]:
    """Name, state and cells of every worksheet in order.

    Raises
    ------
    NoWorkbook, Hostile, Listed
        It is none, its container hurts, or a sheet does; and whatever zipfile and openpyxl raise.
    """
    parts = _parts(content, most_bytes)
    judge(parts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles openpyxl can't keep: we only read values
        reader = _reader(content)
        common = _common(reader, parts)
        sheets = _sheets(reader)
    if len(sheets) > MOST_SHEETS:
        raise NoWorkbook(f"有 {len(sheets):,} 张工作表", "请只留需要的工作表另存一份")
    found, left = [], most_cells
    for name, state, part in sheets:
        try:
            sheet = walked(parts[part], common, left)
        except Exception as error:
            raise Listed(name) from error
        left -= sum(max(1, len(row)) for row in sheet.values)
        found.append((name, state, sheet))
    return found


def listed_sheets(content: bytes, most_bytes: int) -> tuple[str, ...]:
    """The names of the sheets; raises what `opened` does."""
    parts = _parts(content, most_bytes)
    judge({BOOK: parts[BOOK]})
    from xml.etree import ElementTree

    root = ElementTree.fromstring(parts[BOOK])
    return tuple(node.get("name", "") for node in root.iter() if node.tag.endswith("}sheet"))


def _parts(content: bytes, most: int) -> dict[str, bytes]:
    """The parts of a workbook's bytes; what is none is told."""
    if not content:
        raise NoWorkbook("文件是空的（0 字节）", "请从备份恢复，或重新另存一份")
    if content.startswith(OLE_MARK):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise NoWorkbook(
                "文件设有打开密码（已加密）",
                "请在 Excel 中打开，依次点“文件—信息—保护工作簿—用密码进行加密”，清空密码后保存",
            )
        raise NoWorkbook("这是旧版 Excel（.xls）或其他旧格式文件")
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise NoWorkbook(_what_it_is(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
        if size > most:
            raise NoWorkbook(
                f"文件解开后有 {size / 1e6:,.0f} MB，超过 {most / 1e6:,.0f} MB",
                "请只留需要的工作表，删去多余的空行、图片和格式后另存一份",
            )
        parts = unpacked(archive, most)
    if BOOK not in parts:
        raise NoWorkbook(f"{_kind(parts)}，不是 .xlsx 工作簿")
    if STRICT in parts[BOOK]:
        raise NoWorkbook(
            "这是“Strict Open XML”格式的工作簿",
            "请用 Excel 打开，另存为“Excel 工作簿（*.xlsx）”（不选 Strict）后再用",
        )
    return parts


def _kind(parts: Mapping[str, bytes]) -> str:
    kinds = {
        "xl/workbook.bin": "这是二进制工作簿（.xlsb）",
        "word/document.xml": "这是 Word 文档（.docx）",
        "ppt/presentation.xml": "这是演示文稿（.pptx）",
        "content.xml": "这是 OpenDocument 文件（.ods）",
    }
    return next((text for name, text in kinds.items() if name in parts), "这是一个压缩包")


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


# --- openpyxl: what kinds of parts there are, which styles are dates, which sheets stand where


def _reader(content: bytes) -> ExcelReader:
    """The library's reader after the parts it is needed for."""
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import apply_stylesheet

    reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    return reader


def _common(reader: ExcelReader, parts: Mapping[str, bytes]) -> Common:
    from openpyxl.xml.constants import SHARED_STRINGS

    book: Any = reader.wb
    package: Any = reader.package
    strings = package.find(SHARED_STRINGS)
    return Common(
        texts=[] if strings is None else texts_of(parts[strings.PartName[1:]]),
        epoch=book.epoch,
        dates=book._date_formats,
        spans=book._timedelta_formats,
    )


def _sheets(reader: ExcelReader) -> list[tuple[str, str, str]]:
    """Name, state and part of every worksheet; a sheet that is a chart has no cells.

    Raises
    ------
    Hostile
        A sheet is listed and its part is not there: it would be lost in silence.
    """
    found: list[tuple[str, str, str]] = []
    for sheet, rel in reader.parser.find_sheets():
        if "chartsheet" in rel.Type:
            continue
        if rel.target not in reader.valid_files:
            raise Hostile(rel.target, f"缺失，工作表“{sheet.name}”没有内容")
        found.append((sheet.name, sheet.state or "visible", rel.target))
    return found
