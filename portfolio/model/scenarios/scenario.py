"""A scenario: changes in layers, laid over one another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from portfolio.model.scenarios.verbs import Change


@dataclass(frozen=True, kw_only=True)
class Layer:
    """The changes of one file (or of the options): no two may touch one quantity."""

    name: str
    changes: tuple[Change, ...]


class ScenarioKind(StrEnum):
    """类型 of a scenario file."""

    HISTORIC = "历史情形"  # told of years that have passed
    EXTREME = "极端压力"  # beyond anything on record


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A named list of changes in layers: where two layers touch one quantity the later wins.

    `extends` names the scenarios it stands on; their layers come first in `layers`.
    `omits` says what of the source's idea it leaves out. `files` are those it was read from.
    `kind` says what a reader must know of it first, where it is not one of what may come.
    `sheet` is the sheet of the workbook that it stands in, "" where it was read from files.
    `label` is what it is called where people read it, "" where that is the name.
    """

    name: str
    title: str
    summary: str = ""
    source: str = ""
    omits: tuple[str, ...] = ()
    kind: str = ""
    extends: tuple[str, ...] = ()
    layers: tuple[Layer, ...] = ()
    files: tuple[Path, ...] = field(default=(), compare=False)
    sheet: str = ""
    label: str = field(default="", compare=False)

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes, in order."""
        return tuple(change for layer in self.layers for change in layer.changes)


def distinct_layers(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """Layers with each kept once, where it came first: a shared parent must not come back.

    Two files that extend one parent would otherwise repeat it after the first one's changes
    and so undo them.
    """
    return tuple(dict.fromkeys(layer for layer in layers if layer.changes))


def merge(scenarios: Iterable[Scenario]) -> Scenario:
    """Lay scenarios over one another, the later wins; one alone is returned as it is."""
    given = tuple(scenarios)
    if len(given) == 1:
        return given[0]
    return Scenario(
        name="+".join(scenario.name for scenario in given) or "基准",
        title=" + ".join(scenario.title for scenario in given) or "基准",
        summary="\n".join(scenario.summary for scenario in given if scenario.summary),
        source="；".join(dict.fromkeys(s.source for s in given if s.source)),
        omits=tuple(dict.fromkeys(text for s in given for text in s.omits)),
        kind="、".join(dict.fromkeys(s.kind for s in given if s.kind)),
        extends=tuple(dict.fromkeys(scenario.name for scenario in given)),
        layers=distinct_layers(layer for scenario in given for layer in scenario.layers),
        files=tuple(dict.fromkeys(path for scenario in given for path in scenario.files)),
        sheet="、".join(dict.fromkeys(s.sheet for s in given if s.sheet)),
        label="+".join(scenario.label or scenario.name for scenario in given),
    )
