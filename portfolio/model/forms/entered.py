"""What a workbook tells for forms alone; the play knows nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: An item by its number, or a project by its code.
Whose = int | str


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What the sheets and columns for forms hold; what isn't there is not told.

    scopes : 建设规模及内容 by item or project
    last_year_wan : 去年同期累计 by item or project, as told in the as-of month
    filings : by what is filed for approval (概算批复文号, 绩效目标 …), then by item or project
    works : 形象进度 in words by item or project, as last told
    """

    scopes: Mapping[Whose, str] = field(default_factory=dict)
    last_year_wan: Mapping[Whose, int] = field(default_factory=dict)
    works: Mapping[Whose, str] = field(default_factory=dict)
    filings: Mapping[str, Mapping[Whose, str]] = field(default_factory=dict)
