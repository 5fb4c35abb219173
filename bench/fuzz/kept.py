"""What the hostile campaign found, kept by door; the table of bench/README.md is made from it.

python -m bench.fuzz.kept   # the table
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.fuzz.judging import COLUMNS

KEPT = Path(__file__).with_name("campaign.json")
Row = dict[str, Any]


def keep(door: str, seed: int, found: Mapping[str, int], doors: Sequence[str]) -> None:
    """Put a door's figures in the place of those before, in the order of the doors."""
    kept: list[Row] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else []
    row = {"door": door, "seed": seed, **{column: found.get(column, 0) for column in COLUMNS}}
    order = list(doors)
    kept = sorted(
        [*(each for each in kept if each["door"] != door), row],
        key=lambda each: order.index(each["door"]),
    )
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in kept)
    KEPT.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def table(kept: str) -> str:
    """The table of README.md of what is kept."""
    lines: list[Sequence[str]] = [
        ["door", "seed", "cases", *COLUMNS],
        ["---", *["---:"] * (len(COLUMNS) + 2)],
    ]
    for row in json.loads(kept):
        counts = [row[column] for column in COLUMNS]
        seed, figures = str(row["seed"]), [f"{count:,}" for count in (sum(counts), *counts)]
        lines.append([row["door"].replace("--set", "`--set`"), seed, *figures])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    print(table(KEPT.read_text(encoding="utf-8")), end="")
