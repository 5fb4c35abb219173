"""A briefing laid out as a Word file: official fonts, exact lines, the same bytes every time."""

from __future__ import annotations

import io
import math
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from portfolio.report.briefing.blocks import Briefing, Grid, Paragraph, Picture, Role

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph as Line
    from docx.text.run import Run

# --- How large a briefing can be set so that it stays on two A4 pages


A4_MM = (210.0, 297.0)
_POINTS_PER_MM = 72 / 25.4
#: Points left and right of a cell's text, and above and below it.
CELL_SIDE, CELL_TOP = 3.0, 1.0
#: Word puts a little room between Chinese and other letters: a quarter of the size.
_BETWEEN = 0.25
#: Lines break before a punctuation mark that may not begin one: some room at their ends is lost.
_RAGGED = 1.015


@dataclass(frozen=True, kw_only=True)
class Face:
    """A size of letters and the exact height of a line, in points, with the room around it."""

    size: float
    line: float
    before: float = 0.0
    after: float = 0.0
    indent: int = 0


SONG, HEI, FANG = "宋体", "黑体", "仿宋"


@dataclass(frozen=True, kw_only=True)
class PageSetup:
    """The A4 pages a document is set on, and its Chinese fonts.

    pages : it has to stay on so many
    margins_mm : top, bottom, left and right
    footer_mm : from the foot of the page to that of its footer
    picture_mm : width and height of a drawing
    spare : points held back of the pages: the end of the first is seldom filled to the last line
    fonts : of the paragraphs by their role, and of the tables' cells
    bold : the roles whose letters are bold
    numbered : whether the footer tells the page of how many
    """

    pages: int
    margins_mm: tuple[float, float, float, float]
    footer_mm: float
    picture_mm: tuple[float, float]
    spare: float
    fonts: Mapping[Role, str]
    cells: str
    bold: tuple[Role, ...] = ()
    numbered: bool = True

    @property
    def text_width(self) -> float:
        """Between the margins, in points."""
        return (A4_MM[0] - self.margins_mm[2] - self.margins_mm[3]) * _POINTS_PER_MM

    @property
    def text_height(self) -> float:
        """Between the margins, in points."""
        return (A4_MM[1] - self.margins_mm[0] - self.margins_mm[1]) * _POINTS_PER_MM


#: 简报.docx.
TWO_PAGES = PageSetup(
    pages=2,
    margins_mm=(19.0, 17.0, 22.0, 22.0),
    footer_mm=8.0,
    picture_mm=(79.0, 46.0),
    spare=55.0,
    fonts={
        Role.TITLE: SONG,
        Role.SUBTITLE: FANG,
        Role.HEADING: HEI,
        Role.BODY: FANG,
        Role.CAPTION: HEI,
        Role.NOTE: FANG,
    },
    cells=FANG,
    bold=(Role.TITLE,),
)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The faces of a briefing: one for each role of a paragraph, and that of the tables."""

    faces: dict[Role, Face]
    table: Face
    page: PageSetup = TWO_PAGES


def layout_of(body: float, line: float) -> Layout:
    """A layout around the size of its body text."""
    small, table = min(9.5, max(8.0, body - 1.5)), min(9.0, max(7.5, body - 2))
    return Layout(
        faces={
            Role.TITLE: Face(size=body + 6, line=body * 2 + 4, after=2),
            Role.SUBTITLE: Face(size=small, line=small * 1.35, after=3),
            Role.HEADING: Face(size=body, line=line, before=3, after=0, indent=2),
            Role.BODY: Face(size=body, line=line, indent=2),
            Role.CAPTION: Face(size=small + 0.5, line=small * 1.5, before=4, after=1),
            Role.NOTE: Face(size=small, line=small * 1.3, before=2, after=2),
        },
        table=Face(size=table, line=table * 1.27),
    )


#: From 小四 down to what can still be read, each size with wider lines first.
LAYOUTS = tuple(
    layout_of(half / 2, round(half / 2 * spacing, 1))
    for half in range(24, 16, -1)
    for spacing in (1.6, 1.5, 1.4)
)
#: Letters as small as this are worth a first page that ends where the text ends.
_SMALLEST_FOR_A_CLEAN_PAGE = 10.5


def layout_for(briefing: Briefing, *, drawn: bool) -> Layout | None:
    """The layout a briefing is best set in; None where it overflows the pages in all of them.

    The largest that fits, or a smaller one by which the text fills just the first page.
    """
    fitting = [layout for layout in LAYOUTS if fits(briefing, layout, drawn=drawn)]
    for layout in fitting:
        large = layout.faces[Role.BODY].size >= _SMALLEST_FOR_A_CLEAN_PAGE
        if large and tables_apart(briefing, layout, drawn=drawn):
            return layout
    return fitting[0] if fitting else None


def text_width(text: str) -> float:
    """A text's width in parts of its size: 1 for a Chinese character, about half for others."""
    width, before = 0.0, False
    for place, char in enumerate(text):
        # Quotation marks and dashes are as wide as a character in a Chinese font (“A”).
        wide = unicodedata.east_asian_width(char) in "WFA"
        width += 1.0 if wide else 0.53
        letters = wide and char.isalpha()
        if place and letters != before and char.isalnum() and text[place - 1].isalnum():
            width += _BETWEEN
        before = letters
    return width


def lines_of(text: str, face: Face, width: float) -> int:
    """How many lines a text takes in a width in points."""
    needed = (text_width(text) + face.indent) * face.size * _RAGGED
    return max(1, math.ceil(needed / width))


def paragraph_height(paragraph: Paragraph, layout: Layout) -> float:
    """A paragraph's height in points."""
    face = layout.faces[paragraph.role]
    lines = lines_of(paragraph.plain, face, layout.page.text_width)
    return lines * face.line + face.before + face.after


def column_widths(grid: Grid, page: PageSetup = TWO_PAGES) -> list[float]:
    """A table's columns in points: together as wide as the text."""
    columns = grid.table.columns
    whole = sum(column.width for column in columns)
    return [page.text_width * column.width / whole for column in columns]


def grid_height(grid: Grid, layout: Layout) -> float:
    """A table's height in points with its caption and notes."""
    widths = column_widths(grid, layout.page)
    height = sum(_row_height(row, widths, layout.table) for row in grid.rows)
    around = [Paragraph(text="表" + grid.caption, role=Role.CAPTION)]
    around += [Paragraph(text=note, role=Role.NOTE) for note in grid.notes]
    return height + sum(paragraph_height(paragraph, layout) for paragraph in around)


def _row_height(row: Sequence[str], widths: Sequence[float], face: Face) -> float:
    lines = (
        lines_of(text, face, width - 2 * CELL_SIDE) for text, width in zip(row, widths, strict=True)
    )
    return max(lines) * face.line + 2 * CELL_TOP + 0.5


def pictures_height(briefing: Briefing, layout: Layout, *, drawn: bool) -> float:
    """The height of the row of pictures with its captions, or of the line said in its place."""
    if not briefing.pictures:
        return 0.0
    caption = layout.faces[Role.CAPTION]
    room = 2 * caption.line + caption.before + caption.after
    return room + layout.page.picture_mm[1] * _POINTS_PER_MM + 4 if drawn else room


def heights(briefing: Briefing, layout: Layout, *, drawn: bool) -> tuple[float, float]:
    """The height of the text, and of the tables and pictures after it, in points."""
    paragraphs = (*briefing.text, *briefing.closing)
    text = sum(paragraph_height(paragraph, layout) for paragraph in paragraphs)
    tables = sum(grid_height(grid, layout) for grid in briefing.grids)
    return text, tables + pictures_height(briefing, layout, drawn=drawn)


def fits(briefing: Briefing, layout: Layout, *, drawn: bool) -> bool:
    """Whether text, tables and pictures stay on the pages."""
    page = layout.page
    whole = page.pages * page.text_height - page.spare
    return sum(heights(briefing, layout, drawn=drawn)) <= whole


def tables_apart(briefing: Briefing, layout: Layout, *, drawn: bool) -> bool:
    """Whether the text fills no more than the first page: then the tables begin the second."""
    page = layout.page
    text, tables = heights(briefing, layout, drawn=drawn)
    fit = text <= page.text_height and tables <= page.text_height - page.spare / 2
    return page.pages > 1 and fit


# --- A briefing laid out as a Word file: official fonts, exact lines, the same bytes every time


NO_FONT = "本机没有可用的中文字体，图略，图见 报告.html。"
#: Written into the file in place of the day it is made, so that equal content is equal bytes.
CREATED = datetime(2000, 1, 1)
_ZIP_DATE = (2000, 1, 1, 0, 0, 0)
LATIN = "Times New Roman"
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
    _set_page(document, layout.page)
    _set_properties(document, briefing)
    _add_footer(document, briefing.footer, briefing.made, layout.page)
    for paragraph in briefing.text:
        _add_paragraph(document, paragraph, layout)
    apart = tables_apart(briefing, layout, drawn=drawn)
    for number, grid in enumerate(briefing.grids, start=1):
        _add_grid(document, grid, layout, number, on_new_page=apart and number == 1)
    if drawn:
        _add_pictures(document, briefing.pictures, drawings, layout)
    elif briefing.pictures:
        _add_paragraph(document, Paragraph(text=NO_FONT, role=Role.NOTE), layout)
    for paragraph in briefing.closing:
        _add_paragraph(document, paragraph, layout)
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


def _set_page(document: Document, page: PageSetup) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(A4_MM[0]), Mm(A4_MM[1])
    top, bottom, left, right = (Mm(margin) for margin in page.margins_mm)
    section.top_margin, section.bottom_margin = top, bottom
    section.left_margin, section.right_margin = left, right
    section.header_distance = section.footer_distance = Mm(page.footer_mm)
    normal = document.styles["Normal"]
    normal.font.size = Pt(10.5)
    _set_fonts(normal.element.get_or_add_rPr(), page.cells)
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
    face, font = layout.faces[role], layout.page.fonts[role]
    line = document.add_paragraph()
    _space(line, face)
    if paragraph.lead:
        _write(line, paragraph.lead, face, HEI)
    _write(line, paragraph.text, face, font, bold=role in layout.page.bold)
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
    table = _new_table(document, len(grid.rows), column_widths(grid, layout.page))
    table.style = document.styles["Table Grid"]
    for k, row in enumerate(grid.rows):
        for figures, text, cell in zip(grid.figures, row, table.rows[k].cells, strict=True):
            _fill(cell, text, layout, heading=k == 0, figures=figures)
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


def _fill(cell: _Cell, text: str, layout: Layout, *, heading: bool, figures: bool) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    line, face = cell.paragraphs[0], layout.table
    _space(line, face)
    _write(line, text, face, HEI if heading else layout.page.cells)
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
    page = layout.page
    table = _new_table(document, 2, [page.text_width / len(pictures)] * len(pictures))
    for k, (picture, drawing) in enumerate(zip(pictures, drawings, strict=True)):
        line = table.rows[0].cells[k].paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        form = line.paragraph_format
        form.keep_with_next, form.space_before, form.space_after = True, Mm(0), Mm(0)
        shape = line.add_run().add_picture(io.BytesIO(drawing), width=Mm(page.picture_mm[0]))
        described = shape._inline.docPr
        described.set("name", f"图{k + 1}")
        described.set("descr", picture.words)
        below = table.rows[1].cells[k].paragraphs[0]
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _space(below, face)
        _write(below, f"图{k + 1}　{picture.caption}", face, HEI)


def _add_footer(document: Document, text: str, made: str, page: PageSetup) -> None:
    """Where the figures are from, the page of how many, and who made it, on every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    line = document.sections[0].footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _space(line, _FOOTER)
    _write(line, f"{text}　第 " if page.numbered else text, _FOOTER, FANG)
    if page.numbered:
        _add_field(line, "PAGE")
        _write(line, " 页，共 ", _FOOTER, FANG)
        _add_field(line, "NUMPAGES")
        _write(line, " 页", _FOOTER, FANG)
    if made:
        below = document.sections[0].footer.add_paragraph()
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _space(below, _FOOTER)
        _write(below, made, _FOOTER, FANG)


def _add_field(line: Line, code: str) -> None:
    """A field that the word processor works out: PAGE, NUMPAGES."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = _write(line, "1", _FOOTER, FANG)
    field.append(run._element)
    line._element.append(field)
