"""A row as read, and what is found while reading: problems, and what is told of how it was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from inspect import signature
from typing import Any, TypeVar

from portfolio.model.problems import MOST_TOLD, InputError, Problem
from portfolio.model.schema import CellValue

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row as read: values by column key (None where the cell is empty or refused).

    `needed` are the cells without which it makes no value: the required ones but 依据.
    """

    sheet: str
    number: int
    values: Mapping[str, CellValue]
    letters: Mapping[str, str]
    refused: frozenset[str]
    needed: tuple[str, ...]

    def place(self, key: str) -> str:
        """The cell as users name it: `项目清单!F17`."""
        return f"{self.sheet}!{self.letters[key]}{self.number}"

    def sound(self, *keys: str) -> bool:
        """Whether these cells are filled and were understood."""
        return all(self.values[key] is not None for key in keys)

    def sound_any(self, *keys: str) -> bool:
        """Whether any of these cells is."""
        return any(self.values[key] is not None for key in keys)

    @property
    def is_whole(self) -> bool:
        """Whether all cells that are needed are."""
        return self.sound(*self.needed)

    def made(self, kind: Callable[..., T], **given: Any) -> T:
        """A value whose attributes are called as the columns, but for those given."""
        names = [name for name in _attributes(kind) if name not in given]
        values: dict[str, Any] = {name: self.values[name] for name in names}
        if "provenance" in values:
            values["provenance"] = values["provenance"] or ""
        return kind(**values, **given)

    def whole(self, key: str) -> int:
        """An integer cell that is known to be filled."""
        value = self.values[key]
        assert isinstance(value, int)
        return value

    def whole_or_none(self, key: str) -> int | None:
        """An integer cell that may be empty."""
        return None if self.values[key] is None else self.whole(key)

    def number_of(self, key: str) -> float:
        """A plain number that is known to be filled."""
        value = self.values[key]
        assert isinstance(value, int | float)
        return float(value)

    def text(self, key: str) -> str:
        """A text cell that is known to be filled."""
        return str(self.values[key])

    def text_or_none(self, key: str) -> str | None:
        """A text cell that may be empty."""
        return None if self.values[key] is None else self.text(key)


@cache
def _attributes(kind: Callable[..., object]) -> tuple[str, ...]:
    return tuple(signature(kind).parameters)


@dataclass
class Findings:
    """Problems collected while reading, and notes: what is read otherwise than it stands there."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    missing_sheets: set[str] = field(default_factory=set)

    def take(self, others: Findings) -> None:
        """Note what was found elsewhere."""
        self.problems += others.problems
        self.notes += others.notes
        self.missing_sheets |= others.missing_sheets

    def add(self, place: str, found: str, fix: str) -> None:
        """Note one problem; once there are more than are told, reading ends.

        Raises
        ------
        InputError
            There are too many: nobody reads on, and every name sought costs time.
        """
        self.problems.append(Problem(place=place, found=found, fix=fix))
        if len(self.problems) > MOST_TOLD:
            raise InputError(self.problems)
