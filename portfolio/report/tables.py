"""Values of a stress test path by path, as CSV or Parquet."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.model.problems import InputError, Problem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


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
