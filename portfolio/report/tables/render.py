"""Tables as files and data: CSV for Excel, rows of JSON, pandas frames, one row a path."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portfolio.model.arrays import Integers
from portfolio.model.money import WAN_PER_YI, yi_text
from portfolio.model.problems import InputError, Problem
from portfolio.report.tables.fields import Cell, Fields, Row, Table, Unit

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

#: A cell that begins so is taken for a formula by Excel when it opens a CSV; in Chinese and
#: Japanese settings the wide signs are taken for the narrow ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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


def shown_text(value: Cell, unit: Unit) -> str:
    """A cell as it is read on a screen or in print: money in 亿元 with one decimal, — for none."""
    if value is None:
        return "—"
    if unit is Unit.MONEY:
        return yi_text(int(value))
    if unit is Unit.RATIO:
        return f"{float(value) * 100:.1f}%"
    return str(value)


def csv_bytes(table: Table[Any]) -> bytes:
    """A table as CSV for Excel: UTF-8 with BOM, CRLF, money in exact 亿元.

    Text that Excel would take for a formula gets an apostrophe in front; numbers are left alone.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(field.heading for field in table.columns)
    for cells in table.cells:
        writer.writerow(
            _csv_cell(value, field.unit) for value, field in zip(cells, table.columns, strict=True)
        )
    return buffer.getvalue().encode("utf-8-sig")


def _csv_cell(value: Cell, unit: Unit) -> str:
    text = plain_text(value, unit)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text


def data(fields: Fields[Row], row: Row) -> dict[str, Any]:
    """A row as JSON: values by key, money in 万元."""
    return {field.key: field.value(row) for field in fields}


def data_rows(table: Table[Any]) -> list[dict[str, Any]]:
    """A table as JSON, a dictionary a row."""
    return [data(table.fields, row) for row in table.rows]


def frames(tables: Iterable[Table[Any]]) -> dict[str, pd.DataFrame]:
    """Tables by name (年度, 渠道, 大项 …) as pandas DataFrames, money in 亿元."""
    return {table.name: frame(table) for table in tables}


def frame(table: Table[Any]) -> pd.DataFrame:
    """A table as a pandas DataFrame, money in 亿元, ratios in per cent."""
    import pandas as pd

    return pd.DataFrame(
        {
            field.heading: [_number(value, field.unit) for value in table.column(field.key)]
            for field in table.columns
        }
    )


def _number(value: Cell, unit: Unit) -> Cell:
    if value is None:
        return None
    if unit is Unit.MONEY:
        return int(value) / WAN_PER_YI
    if unit is Unit.RATIO:
        return float(value) * 100
    return str(value) if unit is Unit.YEAR else value


@dataclass(frozen=True, kw_only=True)
class Coded:
    """Texts by path as codes (0 … 127) into their labels: no string a path."""

    codes: Integers
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
