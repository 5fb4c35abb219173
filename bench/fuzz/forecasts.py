"""Kept forecasts and rows of the record, changed at random, and what must come of them."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.fuzz import damage
from bench.fuzz.judging import unbounded
from bench.fuzz.months import WAN, decimal_of, rows_of
from portfolio import workflows
from portfolio.model.portfolio import Portfolio
from portfolio.model.record.archive import PERCENTS, Archived, KeptYear, Way
from portfolio.model.record.backtest import backtest
from portfolio.model.record.score import score
from portfolio.model.study.came import came_of
from portfolio.model.study.kept import kept_of_run
from portfolio.read.archive import read_archives
from portfolio.read.workbook import read_workbook
from portfolio.report.contents import archive_contents, score_contents

COMPLETION, DISTRIBUTION = "年度完成率", "完成率分布"

# --- Kept forecasts


def forecasts(workbook: Path) -> dict[str, bytes]:
    """Forecasts kept of a workbook: of a play, and as many paths would be kept."""
    result = workflows.run(workbook, asof="2024-12")  # what follows is known by now
    kept = kept_of_run(result)
    return archive_contents([kept, _of_paths(kept)], result.calendar)


def _of_paths(kept: Archived) -> Archived:
    """The same forecast with nineteen values in the place of one."""

    def years(of: tuple[KeptYear, ...]) -> tuple[KeptYear, ...]:
        return tuple(
            replace(each, values_wan=tuple(each.values_wan[0] * (80 + p) // 100 for p in PERCENTS))
            for each in of
        )

    items = tuple(
        replace(item, years=years(item.years), finishes=item.finishes * len(PERCENTS))
        for item in kept.items
    )
    origin = replace(kept.origin, seed=1, paths=400, tails="1")
    return replace(kept, way=Way.PATHS, years=years(kept.years), items=items, origin=origin)


_ODD: tuple[Any, ...] = (
    -1, 0, 1, 10**12, 10**30, 2**63, 1e300, 1.5, math.nan, math.inf, None, True, "", "1", "2026Q5", "2026-13",
    "2045Q4", "九", "a\u202eb", "\x1b[31m", "\ud800", "x" * 40_000, [], [[]], {}, {"year": 1}, "2026", "1900Q1",
)  # fmt: skip
_TEXT = (
    "{", "}", "[", "]", ",", ":", '"', "\\", "\\u0000", "0", "-", "e9", "NaN", "null", "true", "\ufeff", "//",
    '"layout": 1,', '"way": "推演",', '"years": [],', "[" * 5_000, "9" * 5_000, "\x00",
)  # fmt: skip


def changed_forecast(content: bytes, luck: random.Random) -> bytes:
    """A kept forecast with a byte, a piece of its text or a value changed."""
    kind = luck.random()
    if kind < 0.2:
        return damage.of_bytes(content, luck)
    if kind < 0.5:
        text = content.decode()
        start = luck.randrange(len(text))
        text = text[:start] + luck.choice(_TEXT) + text[start + luck.choice((0, 0, 1, 8)) :]
        return text.encode(errors="replace")
    data = json.loads(content)
    for _ in range(luck.choice((1, 1, 2))):
        _change_value(data, luck)
    return json.dumps(data, ensure_ascii=luck.random() < 0.5, indent=2).encode(errors="replace")


def _change_value(data: Any, luck: random.Random) -> None:
    """One value, key or entry somewhere within."""
    inside: Any = data
    while True:
        keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        if not keys:
            return
        key = luck.choice(keys)
        deeper = inside[key]
        if not isinstance(deeper, (dict, list)) or not deeper or luck.random() < 0.15:
            break
        inside = deeper
    kind = luck.random()
    if kind < 0.1:
        del inside[key]
    elif kind < 0.2 and isinstance(inside, list):
        inside.insert(luck.randrange(len(inside)), deeper)
    elif kind < 0.2:
        inside["更多"] = deeper
    elif kind < 0.4 and isinstance(deeper, int):
        inside[key] = deeper + luck.choice((-1, 1, 10_000, -(10**9)))
    else:
        inside[key] = luck.choice(_ODD)


def forecast_is_right(folder: Path, portfolio: Portfolio, *, written: bool = False) -> bool:
    """Whether the forecasts of a folder are read as their files have them, and can be scored.

    Raises
    ------
    InputError
        One of them was refused.
    """
    kept = read_archives(folder, portfolio.calendar)
    found = score(kept, came_of(portfolio), kept[0].origin.scenario)
    if written:
        score_contents(found, portfolio.calendar, workbook_sha256="0" * 64, version="0")
    unbounded()
    told = {_plain(path.read_text(encoding="utf-8")) for path in folder.iterdir()}
    return told == {
        _plain(content.decode())
        for each in kept
        for content in archive_contents([each], portfolio.calendar).values()
    }


def _plain(text: str) -> str:
    """A file as another reader has it, in one form; nothing may stand in it twice."""

    def once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key stands there twice")
        return dict(pairs)

    return json.dumps(json.loads(text, object_pairs_hook=once), sort_keys=True)


# --- Rows of the record


def record_is_right(path: Path, *, tested: bool = False) -> bool:
    """Whether the rows of a record are those of its sheet; a back-test of them is of numbers.

    Raises
    ------
    InputError
        The workbook was refused.
    """
    portfolio = read_workbook(path).portfolio
    record = portfolio.record
    test = backtest(record, portfolio.targets, None) if tested else None
    unbounded()
    rows = [row for row in rows_of(path, COMPLETION) if row.get("地点") is not None]
    told = [tuple(decimal_of(row.get(word)) * WAN for word in ("年初计划", "完成")) for row in rows]
    read = [(Decimal(row.plan_wan or 0), Decimal(row.done_wan or 0)) for row in record.rows]
    if told != read or not all(map(_rate_is_right, rows, (row.rate_bps for row in record.rows))):
        return False
    bands = () if test is None else (each.band for each in test.foretold)
    return all(0 < low <= middle <= high < math.inf for low, middle, high in bands)


def _rate_is_right(row: Mapping[str, object], rate_bps: int) -> bool:
    """The rate as stated, a per cent or a part of one; else done ÷ planned, to half a basis point."""
    stated = row.get("完成率")
    if stated is not None:
        return any(abs(decimal_of(stated) * of - rate_bps) <= Decimal("0.5") for of in (100, WAN))
    done, plan = decimal_of(row.get("完成")), decimal_of(row.get("年初计划"))
    return abs(done * WAN / plan - rate_bps) <= Decimal("0.5")
