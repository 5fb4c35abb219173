"""Tables by position, as they were declared before `fields`: each one still here moves there."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING

from portfolio.model.problems import InputError, Problem
from portfolio.report import fields
from portfolio.report.fields import Cell, Field, Fields

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Column = Field[tuple[Cell, ...]]


class Table(fields.Table[tuple[Cell, ...]]):
    """A named table of columns and rows of cells."""

    def __init__(
        self, *, name: str, columns: tuple[Column, ...], rows: tuple[tuple[Cell, ...], ...]
    ) -> None:
        titles = [column.title for column in columns]
        keyed = tuple(
            replace(
                column,
                key=column.title if titles.index(column.title) == k else f"{column.title}{k}",
                value=itemgetter(k),
            )
            for k, column in enumerate(columns)
        )
        super().__init__(fields=Fields(name=name, fields=keyed), rows=rows)


def text(title: str, width: float = 12) -> Column:
    """A column of text."""
    return fields.text("", title, width=width)


def money(title: str, width: float = 12) -> Column:
    """A column of money."""
    return fields.money("", title, width=width)


def number(title: str, width: float = 8) -> Column:
    """A column of plain whole numbers."""
    return fields.number("", title, width=width)


def quarters(title: str, width: float = 10) -> Column:
    """A column counting quarters."""
    return fields.quarters("", title, width=width)


def ratio(title: str, width: float = 10) -> Column:
    """A column of ratios, shown in per cent."""
    return fields.ratio("", title, width=width)


def chance(title: str, width: float = 8) -> Column:
    """A column of chances, shown in whole per cents."""
    return fields.chance("", title, width=width)


def decimal(title: str, width: float = 9) -> Column:
    """A column of numbers with decimals whose unit is in the title."""
    return fields.decimal("", title, width=width)


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
