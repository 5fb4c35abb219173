"""Projects: the second level under the items, as an office lists them; never played."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.facts import Level
from portfolio.model.items import BondUse, ProjectKind, Revenue


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project under an item, in 万元; what isn't told is None.

    years_wan : by plan year as entered, the first year first
    start, finish : 开工, 竣工 as written: a date or words
    """

    code: str
    name: str
    item_no: int
    owner: str | None = None
    builder: str | None = None
    district: str | None = None
    tier: Level | None = None
    project_kind: ProjectKind | None = None
    revenue: Revenue | None = None
    bond_use: BondUse | None = None
    total_wan: int | None = None
    earlier_wan: int | None = None
    years_wan: tuple[int | None, ...] = ()
    start: str | None = None
    finish: str | None = None
    goal: str | None = None
    provenance: str = ""

    @property
    def label(self) -> str:
        """Code and name, as users speak of it."""
        return f"{self.code} {self.name}"

    @property
    def is_whole(self) -> bool:
        """Whether all its money is told by year: what is left empty is then nothing."""
        told = sum(wan for wan in self.years_wan if wan is not None)
        return self.total_wan is not None and told + (self.earlier_wan or 0) == self.total_wan

    def before_wan(self) -> int | None:
        """Money before the first year; None: not known."""
        return 0 if self.earlier_wan is None and self.is_whole else self.earlier_wan

    def year_wan(self, k: int) -> int | None:
        """Money of a plan year, the first being 0; None: not known."""
        if not 0 <= k < len(self.years_wan):
            return 0 if self.is_whole else None
        told = self.years_wan[k]
        return 0 if told is None and self.is_whole else told
