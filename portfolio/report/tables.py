"""Results as tables: every title and unit is said here, once, for screen, CSV and Excel alike."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portfolio.model.money import WAN_PER_YI
from portfolio.model.problems import InputError, Problem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from portfolio.model.result import RunResult

Cell = str | int | float | None


class Unit(StrEnum):
    """What a column holds. Money is 万元 inside a table and 亿元 for the reader."""

    TEXT = ""
    MONEY = "亿元"
    RATIO = "%"
    QUARTERS = "季"
    NUMBER = "数"
    #: A chance (parts of 1), shown as whole per cents: it rests on assumptions.
    CHANCE = "把握"
    #: Any other number with decimals; its title says the unit.
    DECIMAL = "小数"


#: Units that a heading says; the others are seen in the cells or stand in the title.
_IN_HEADING = (Unit.MONEY, Unit.RATIO, Unit.QUARTERS)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its title, what it holds, and a width in characters that shows the content."""

    title: str
    unit: Unit = Unit.TEXT
    width: int = 12

    @property
    def heading(self) -> str:
        """Title with unit, as in a file's header."""
        return f"{self.title}（{self.unit}）" if self.unit in _IN_HEADING else self.title


@dataclass(frozen=True, kw_only=True)
class Table:
    """A named table. Cells: 万元 as int, ratios and chances as float, text as str, None for “none”."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Coded:
    """Texts by path as codes (0 … 127) into their labels: no string a path."""

    codes: npt.NDArray[np.integer]
    labels: tuple[str, ...]


#: Values by path under their headings: numbers, truths, or coded texts.
PathColumns = dict[str, "npt.NDArray[np.generic] | Coded"]

#: What to do where Parquet can't be written.
NO_PARQUET = Problem(
    place="--paths",
    found="未安装 pyarrow，写不出 Parquet",
    fix="请改用 --paths csv，或运行 pip install pyarrow",
)


def text(title: str, width: int = 12) -> Column:
    """A column of text."""
    return Column(title=title, width=width)


def money(title: str, width: int = 12) -> Column:
    """A column of money."""
    return Column(title=title, unit=Unit.MONEY, width=width)


def number(title: str, width: int = 8) -> Column:
    """A column of plain whole numbers."""
    return Column(title=title, unit=Unit.NUMBER, width=width)


def quarters(title: str, width: int = 10) -> Column:
    """A column counting quarters."""
    return Column(title=title, unit=Unit.QUARTERS, width=width)


def ratio(title: str, width: int = 10) -> Column:
    """A column of ratios, shown in per cent."""
    return Column(title=title, unit=Unit.RATIO, width=width)


def chance(title: str, width: int = 8) -> Column:
    """A column of chances, shown in whole per cents."""
    return Column(title=title, unit=Unit.CHANCE, width=width)


def decimal(title: str, width: int = 9) -> Column:
    """A column of numbers with decimals whose unit is in the title."""
    return Column(title=title, unit=Unit.DECIMAL, width=width)


def exact_yi(wan: int) -> str:
    """万元 as 亿元 to the last 万元, without separators, for files that are read again."""
    sign, size = ("-" if wan < 0 else ""), abs(int(wan))
    return f"{sign}{size // WAN_PER_YI}.{size % WAN_PER_YI:04d}"


def plain_text(value: Cell, unit: Unit) -> str:
    """A cell as it stands in a file: exact 亿元, per cent with two decimals, nothing for None."""
    if value is None:
        return ""
    if unit is Unit.MONEY:
        return exact_yi(int(value))
    if unit is Unit.RATIO:
        return f"{float(value) * 100:.2f}"
    return str(value)


def frames(result: RunResult) -> dict[str, pd.DataFrame]:
    """The tables of a run by name (年度, 渠道, 大项 …) as pandas DataFrames, money in 亿元."""
    from portfolio.report.run_tables import run_tables

    return {table.name: frame(table) for table in run_tables(result)}


def frame(table: Table) -> pd.DataFrame:
    """A table as a pandas DataFrame, money in 亿元, ratios in per cent."""
    import pandas as pd

    data = {
        column.heading: _plain_column(column.unit, [row[k] for row in table.rows])
        for k, column in enumerate(table.columns)
    }
    return pd.DataFrame(data)


def _plain_column(unit: Unit, values: Sequence[Cell]) -> list[Cell]:
    if unit is Unit.MONEY:
        return [None if value is None else int(value) / WAN_PER_YI for value in values]
    if unit is Unit.RATIO:
        return [None if value is None else float(value) * 100 for value in values]
    return list(values)


def path_bytes(columns: PathColumns, paths_as: str) -> bytes:
    """Columns of one value a path as a file: `csv` (UTF-8 with BOM, CRLF) or `parquet`.

    Raises
    ------
    InputError
        Parquet was asked for and pyarrow is not there.
    ValueError
        `paths_as` is neither.
    """
    import numpy as np
    import pandas as pd

    if paths_as not in ("csv", "parquet"):
        raise ValueError(f"no path-level file of kind {paths_as}")
    data = {
        name: values
        if not isinstance(values, Coded)
        else pd.Categorical.from_codes(
            np.asarray(values.codes, dtype=np.int8), pd.Index(values.labels)
        )
        for name, values in columns.items()
    }
    table = pd.DataFrame(data)
    buffer = io.BytesIO()
    if paths_as == "csv":
        table.to_csv(buffer, index=False, lineterminator="\r\n", encoding="utf-8-sig")
        return buffer.getvalue()
    try:
        table.to_parquet(buffer, engine="pyarrow", index=False)
    except ImportError as error:
        raise InputError([NO_PARQUET]) from error
    return buffer.getvalue()
