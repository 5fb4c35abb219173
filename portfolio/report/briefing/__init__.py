"""简报.docx: two pages for a meeting, in the bureau's own sentences."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.dossier import Dossier
from portfolio.report.briefing.blocks import Briefing, Role
from portfolio.report.briefing.charts import CHINESE_FONTS, picture_font, picture_png
from portfolio.report.briefing.content import SHOWN_MOVES, briefing
from portfolio.report.briefing.document import LAYOUTS, Layout, docx_bytes, layout_for

#: 五号: rather fewer moves in the table and less text than smaller letters.
READABLE = 10.5
#: Least size of the body, whether the text is cut, fewest moves in the table; in this order.
TRIES = ((READABLE, False, 4), (READABLE, True, 4), (9.5, True, 2), (0.0, True, 1))

__all__ = ["briefing_bytes", "briefing_text", "picture_font"]


def briefing_bytes(dossier: Dossier, *, fonts: Sequence[str] = CHINESE_FONTS) -> bytes:
    """The briefing as a Word file of two A4 pages; the same dossier gives the same bytes.

    `fonts` are looked for in turn for the pictures; where none of them is installed, the briefing
    says so in their place.
    """
    font = picture_font(fonts)
    made, layout = _fitted(dossier, drawn=font is not None)
    drawings = [] if font is None else [picture_png(picture, font) for picture in made.pictures]
    return docx_bytes(made, layout, drawings)


def briefing_text(dossier: Dossier) -> tuple[str, ...]:
    """The briefing's paragraphs as plain text, without its tables and pictures."""
    return tuple(paragraph.plain for paragraph in briefing(dossier).text)


def _fitted(dossier: Dossier, *, drawn: bool) -> tuple[Briefing, Layout]:
    """The largest letters with which it stays on two pages; with too much text, fewer moves listed."""
    for least, brief, fewest in TRIES:
        for moves in range(SHOWN_MOVES, fewest - 1, -1):
            made = briefing(dossier, moves=moves, brief=brief)
            layout = layout_for(made, drawn=drawn)
            if layout is not None and layout.faces[Role.BODY].size >= least:
                return made, layout
    return briefing(dossier, moves=1, brief=True), LAYOUTS[-1]
