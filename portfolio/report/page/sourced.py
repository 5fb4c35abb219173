"""A table whose every number knows its source, and its compact form in the page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portfolio.report.tables.fields import Cell, Table, Unit


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """A table and where its numbers are from.

    sources : a sentence for each column
    of_rows : for some columns a sentence for each row instead, by the column's key
    """

    table: Table[Any]
    sources: tuple[str, ...]
    of_rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hold that every column and row has its source.

        Raises
        ------
        ValueError
            A column or row has none.
        """
        if len(self.sources) != len(self.table.columns):
            raise ValueError(f"{self.table.name}: a column without a source")
        if any(len(texts) != len(self.table.rows) for texts in self.of_rows.values()):
            raise ValueError(f"{self.table.name}: a row without a source")


def sourced(
    table: Table[Any],
    default: str,
    /,
    of_rows: Mapping[str, tuple[str, ...]] | None = None,
    **by_key: str,
) -> Sourced:
    """A table with one source for all its columns but those whose fields or `by_key` name another.

    Raises
    ------
    ValueError
        A key is no column's.
    """
    keys = [field.key for field in table.columns]
    unknown = (set(by_key) | set(of_rows or {})) - set(keys)
    if unknown:
        raise ValueError(f"{table.name}: no column {unknown}")
    return Sourced(
        table=table,
        sources=tuple(by_key.get(f.key) or f.source or default for f in table.columns),
        of_rows=of_rows or {},
    )


class Told:
    """Sentences of the whole page, each kept once and named by its place."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._place: dict[str, int] = {}

    def place(self, text: str) -> int:
        """The place of a sentence."""
        if text not in self._place:
            self._place[text] = len(self.texts)
            self.texts.append(text)
        return self._place[text]


def table_data(sourced: Sourced, told: Told) -> dict[str, Any]:
    """A table by columns: money in 万元 (int), texts coded by a list of those that occur.

    `title`, `unit`, `source` (place in `told`), `values`; `texts` where values are coded;
    `sources` where each row has its own.
    """
    columns = []
    for column, source in zip(sourced.table.columns, sourced.sources, strict=True):
        values = list(sourced.table.column(column.key))
        data: dict[str, Any] = {
            "title": column.title,
            "unit": _NAMES[column.unit],
            "source": told.place(source),
            **_coded(column.unit, values),
        }
        if column.key in sourced.of_rows:
            data["sources"] = [told.place(text) for text in sourced.of_rows[column.key]]
        columns.append(data)
    return {
        "name": sourced.table.name,
        "rows": len(sourced.table.rows),
        "columns": columns,
    }


_NAMES = {
    Unit.TEXT: "text",
    Unit.YEAR: "text",
    Unit.MONEY: "money",
    Unit.RATIO: "ratio",
    Unit.QUARTERS: "quarters",
    Unit.NUMBER: "number",
    Unit.CHANCE: "chance",
    Unit.DECIMAL: "decimal",
}


def _coded(unit: Unit, values: list[Cell]) -> dict[str, Any]:
    if _NAMES[unit] != "text":
        return {"values": [_number(unit, value) for value in values]}
    texts = list(dict.fromkeys(str(value) for value in values if value is not None))
    place = {text: k for k, text in enumerate(texts)}
    return {
        "texts": texts,
        "values": [None if value is None else place[str(value)] for value in values],
    }


def _number(unit: Unit, value: Cell) -> int | float | None:
    if value is None:
        return None
    if unit in (Unit.MONEY, Unit.QUARTERS, Unit.NUMBER):
        return int(value)
    number = float(value)
    # More digits than a reader can use would only make the page larger.
    return round(number, 6) if math.isfinite(number) else None
