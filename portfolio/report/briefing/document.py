"""A briefing laid out as a Word file: official fonts, exact lines, the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from portfolio.report.briefing.blocks import Briefing, Grid, Paragraph, Picture, Role
from portfolio.report.briefing.layout import (
    A4_MM,
    CELL_SIDE,
    CELL_TOP,
    MARGINS_MM,
    PICTURE_MM,
    TEXT_WIDTH,
    Face,
    Layout,
    column_widths,
    tables_apart,
)

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph as Line
    from docx.text.run import Run

NO_FONT = "本机没有可用的中文字体，图略，图见 报告.html。"
#: Written into the file in place of the day it is made, so that equal content is equal bytes.
CREATED = datetime(2021, 1, 1)
_ZIP_DATE = (2021, 1, 1, 0, 0, 0)
LATIN = "Times New Roman"
SONG, HEI, FANG = "宋体", "黑体", "仿宋"
_FONTS = {
    Role.TITLE: SONG,
    Role.SUBTITLE: FANG,
    Role.HEADING: HEI,
    Role.BODY: FANG,
    Role.CAPTION: HEI,
    Role.NOTE: FANG,
}
_FOOTER = Face(size=8, line=10)
_CENTRED = (Role.TITLE, Role.SUBTITLE, Role.CAPTION)
_TWIPS = 20
#: More than this the format does not allow.
_LONGEST_PROPERTY = 255


def docx_bytes(briefing: Briefing, layout: Layout, drawings: Sequence[bytes]) -> bytes:
    """The briefing as a .docx file; `drawings` are its pictures as PNG, none where none can be drawn."""
    import docx

    document = docx.Document()
    drawn = bool(drawings)
    _set_page(document)
    _set_properties(document, briefing)
    _add_footer(document, briefing.footer)
    for paragraph in briefing.text:
        _add_paragraph(document, paragraph, layout)
    apart = tables_apart(briefing, layout, drawn=drawn)
    for number, grid in enumerate(briefing.grids, start=1):
        _add_grid(document, grid, layout, number, on_new_page=apart and number == 1)
    if drawn:
        _add_pictures(document, briefing.pictures, drawings, layout)
    elif briefing.pictures:
        _add_paragraph(document, Paragraph(text=NO_FONT, role=Role.NOTE), layout)
    buffer = io.BytesIO()
    document.save(buffer)
    return _undated(buffer.getvalue())


def _undated(content: bytes) -> bytes:
    """The same zip with every file of one fixed date."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for entry in source.infolist():
            made = zipfile.ZipInfo(entry.filename, date_time=_ZIP_DATE)
            made.compress_type = zipfile.ZIP_DEFLATED
            # The machine's kind is written otherwise, and differs between Windows and the rest.
            made.create_system = 0
            copy.writestr(made, source.read(entry))
    return buffer.getvalue()


def _set_page(document: Document) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(A4_MM[0]), Mm(A4_MM[1])
    top, bottom, left, right = (Mm(margin) for margin in MARGINS_MM)
    section.top_margin, section.bottom_margin = top, bottom
    section.left_margin, section.right_margin = left, right
    section.header_distance, section.footer_distance = Mm(8), Mm(8)
    normal = document.styles["Normal"]
    normal.font.size = Pt(10.5)
    _set_fonts(normal.element.get_or_add_rPr(), FANG)
    for language in document.styles.element.xpath("//w:lang"):
        language.set(qn("w:eastAsia"), "zh-CN")


def _set_properties(document: Document, briefing: Briefing) -> None:
    properties = document.core_properties
    properties.title = briefing.title[:_LONGEST_PROPERTY]
    properties.subject = briefing.footer[:_LONGEST_PROPERTY]
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = CREATED
    properties.language = "zh-CN"
    properties.revision = 1


def _set_fonts(rpr: object, chinese: str) -> None:
    """Set the Latin and the Chinese font, and let Chinese quotation marks be of the latter."""
    from docx.oxml.ns import qn

    fonts = rpr.get_or_add_rFonts()  # type: ignore[attr-defined]
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    for name in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), LATIN)
    fonts.set(qn("w:eastAsia"), chinese)
    fonts.set(qn("w:hint"), "eastAsia")


def _write(line: Line, text: str, face: Face, chinese: str, *, bold: bool = False) -> Run:
    """A run of text in a face and font."""
    from docx.shared import Pt

    run = line.add_run(text)
    run.font.size, run.bold = Pt(face.size), bold or None
    _set_fonts(run._element.get_or_add_rPr(), chinese)
    return run


def _space(line: Line, face: Face, *, last: bool = True) -> None:
    """Exact line height, the room around, and an indent in characters."""
    from docx.enum.text import WD_LINE_SPACING
    from docx.oxml.ns import qn
    from docx.shared import Pt

    form = line.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(face.line)
    form.space_before, form.space_after = Pt(face.before), Pt(face.after if last else 0)
    form.widow_control = True
    if face.indent:
        form.first_line_indent = Pt(face.indent * face.size)
        indent = line._element.get_or_add_pPr().get_or_add_ind()
        # Characters count before points in Word; other programs take the points.
        indent.set(qn("w:firstLineChars"), str(100 * face.indent))


def _add_paragraph(document: Document, paragraph: Paragraph, layout: Layout) -> Line:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    role = paragraph.role
    face, font = layout.faces[role], _FONTS[role]
    line = document.add_paragraph()
    _space(line, face)
    if paragraph.lead:
        _write(line, paragraph.lead, face, HEI)
    _write(line, paragraph.text, face, font, bold=role is Role.TITLE)
    centred = role in _CENTRED
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.JUSTIFY
    line.paragraph_format.keep_with_next = role in (Role.TITLE, Role.HEADING, Role.CAPTION)
    return line


def _add_grid(
    document: Document, grid: Grid, layout: Layout, number: int, *, on_new_page: bool
) -> None:
    """A table with its caption above and its notes below."""
    caption = Paragraph(text=f"表{number}　{grid.caption}", role=Role.CAPTION)
    line = _add_paragraph(document, caption, layout)
    line.paragraph_format.page_break_before = on_new_page
    table = _new_table(document, len(grid.rows), column_widths(grid))
    table.style = document.styles["Table Grid"]
    for k, row in enumerate(grid.rows):
        for figures, text, cell in zip(grid.figures, row, table.rows[k].cells, strict=True):
            _fill(cell, text, layout.table, heading=k == 0, figures=figures)
    _hold_rows(table)
    for note in grid.notes:
        _add_paragraph(document, Paragraph(text=note, role=Role.NOTE), layout)


def _new_table(document: Document, rows: int, widths: Sequence[float]) -> Table:
    """A table of fixed widths as wide as the text, with narrow cell margins."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    table: Table = document.add_table(rows=rows, cols=len(widths))
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    margins = OxmlElement("w:tblCellMar")
    for side, points in (("top", CELL_TOP), ("left", CELL_SIDE), ("bottom", CELL_TOP), ("right", CELL_SIDE)):  # fmt: skip
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(points * _TWIPS)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    # Before the table's look, as the order of the format wants it.
    table._tbl.tblPr.xpath("w:tblLook")[0].addprevious(margins)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
        for cell in column.cells:
            cell.width = Pt(width)
    return table


def _fill(cell: _Cell, text: str, face: Face, *, heading: bool, figures: bool) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    line = cell.paragraphs[0]
    _space(line, face)
    _write(line, text, face, HEI if heading else FANG)
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER if heading else WD_ALIGN_PARAGRAPH.LEFT
    if figures and not heading:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _hold_rows(table: Table) -> None:
    """No row is torn by a page's end, the headings are repeated, and the table stays in one piece."""
    from docx.oxml import OxmlElement

    for k, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if k == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell in row.cells if k + 1 < len(table.rows) else ():
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _add_pictures(
    document: Document, pictures: Sequence[Picture], drawings: Sequence[bytes], layout: Layout
) -> None:
    """The pictures side by side, each with its caption below and its words for those who can't see."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    face = layout.faces[Role.CAPTION]
    table = _new_table(document, 2, [TEXT_WIDTH / len(pictures)] * len(pictures))
    for k, (picture, drawing) in enumerate(zip(pictures, drawings, strict=True)):
        line = table.rows[0].cells[k].paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        form = line.paragraph_format
        form.keep_with_next, form.space_before, form.space_after = True, Mm(0), Mm(0)
        shape = line.add_run().add_picture(io.BytesIO(drawing), width=Mm(PICTURE_MM[0]))
        described = shape._inline.docPr
        described.set("name", f"图{k + 1}")
        described.set("descr", picture.words)
        below = table.rows[1].cells[k].paragraphs[0]
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _space(below, face)
        _write(below, f"图{k + 1}　{picture.caption}", face, HEI)


def _add_footer(document: Document, text: str) -> None:
    """Where the figures are from, and the page of how many, on every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    line = document.sections[0].footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _space(line, _FOOTER)
    _write(line, f"{text}　第 ", _FOOTER, FANG)
    _add_field(line, "PAGE")
    _write(line, " 页，共 ", _FOOTER, FANG)
    _add_field(line, "NUMPAGES")
    _write(line, " 页", _FOOTER, FANG)


def _add_field(line: Line, code: str) -> None:
    """A field that the word processor works out: PAGE, NUMPAGES."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = _write(line, "1", _FOOTER, FANG)
    field.append(run._element)
    line._element.append(field)
