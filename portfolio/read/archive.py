"""Kept forecasts read back; what is none, or is damaged, is told with its file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.facts import MONTHS, parse_period
from portfolio.model.money import LARGEST_WAN
from portfolio.model.problems import Collected, InputError, Problem
from portfolio.model.quarters import PLAY_QUARTERS, PLAY_YEARS
from portfolio.model.record.archive import (
    LAYOUT,
    PERCENTS,
    PREFIX,
    WHAT,
    Archived,
    KeptItem,
    KeptYear,
    Origin,
    Way,
    asof_label,
)


def read_archives(folder: Path, calendar: Calendar) -> tuple[Archived, ...]:
    """Every kept forecast of a folder, in the order of their names.

    Raises
    ------
    InputError
        The folder can't be read or holds none; or files that are damaged, or of another list, all
        of them at once.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if _may_be_one(path))
    except OSError as error:
        raise InputError.of(
            str(folder), "不是可以读取的文件夹", "请写 --archive 存档所用的文件夹"
        ) from error
    if not paths:
        raise InputError.of(
            str(folder),
            f"没有存档的预测（{PREFIX}….json）",
            "请先用 portfolio stress --archive 文件夹 存档",
        )
    problems = Collected()
    found: dict[tuple[int, Way, str], tuple[Path, Archived]] = {}
    for path in paths:
        with problems.part():
            kept = read_archive(path, calendar)
            key = (kept.asof_months, kept.way, kept.origin.scenario)
            if key in found:
                raise InputError([_twice(path, found[key][0])])
            found[key] = (path, kept)
    problems.raise_any()
    return tuple(kept for _, kept in found.values())


def _twice(path: Path, other: Path) -> Problem:
    return Problem(
        place=str(path),
        found=f"与 {other.name} 是同一截至月、同一情景的预测，会重复计数",
        fix="请只留一份，把另一份移出这个文件夹",
    )


def _may_be_one(path: Path) -> bool:
    return path.name.startswith(PREFIX) and path.suffix.lower() == ".json"


def read_archive(path: Path, calendar: Calendar) -> Archived:
    """A kept forecast of the calendar's list.

    Raises
    ------
    InputError
        It is damaged, of another version's layout, or of another list.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(data, dict) or data.get("what") != WHAT:
        raise InputError.of(str(path), "不是预测存档", "请把它移出这个文件夹")
    if not _is(data.get("layout"), LAYOUT):
        said = json.dumps(data.get("layout"), ensure_ascii=False)
        raise InputError.of(
            str(path),
            f"存档格式为 {said[:40]}，本程序只认 {LAYOUT}",
            "请用写出它的那个版本打分，或把它移出这个文件夹",
        )
    try:
        whose = data["list"]
        theirs = (_text(whose["place"]), _text(whose["list_name"]), _whole(whose["first_year"]))
        ours = (calendar.place, calendar.list_name, calendar.first_year)
        if theirs != ours:
            raise InputError([_another_list(path, theirs, ours)])
        return _archived(data, calendar)
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> InputError:
    return InputError.of(
        str(path), "文件损坏或被改动过，读不出预测", "请从备份恢复，或把它移出这个文件夹"
    )


def _another_list(path: Path, theirs: tuple[str, str, int], ours: tuple[str, str, int]) -> Problem:
    def said(of: tuple[str, str, int]) -> str:
        return f"{of[0]}“{of[1]}”（首年 {of[2]}）"

    return Problem(
        place=str(path),
        found=f"存的是{said(theirs)}的预测，工作簿是{said(ours)}",
        fix="请用同一清单的工作簿，或把它移出这个文件夹",
    )


# --- Every value is judged: ValueError for one that can't have been kept


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the file; of a name that stands there twice nobody can tell which counts."""
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def _of(data: Any, *names: str) -> Mapping[str, Any]:
    """An object with these names and no others: what is kept is read whole."""
    if not isinstance(data, dict) or data.keys() != set(names):
        raise ValueError("names")
    return data


def _is(value: Any, known: object) -> bool:
    """Whether a value is the known one, of its type too: for Python true and 1.0 equal 1."""
    return repr(value) == repr(known)


def _names_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _archived(data: Any, calendar: Calendar) -> Archived:
    _of(data, "what", "layout", "asof", "way", "percents", "list", "origin", "years", "items")
    way, whose = Way(data["way"]), _of(data["list"], "place", "list_name", "first_year")
    origin = _of(data["origin"], *_names_of(Origin))
    if not _is(data["percents"], list(PERCENTS) if way is Way.PATHS else None):
        raise ValueError("percents")
    count = len(PERCENTS) if way is Way.PATHS else 1
    period = parse_period(_text(data["asof"]))
    if period is None or period.months != 1:
        raise ValueError("asof")
    asof = period.end_month(calendar)
    if data["asof"] != asof_label(asof, calendar):
        raise ValueError("asof")
    first = calendar.first_year + asof // MONTHS

    def years(rows: Any) -> tuple[KeptYear, ...]:
        found = tuple(_year(row, count) for row in rows)
        if not found or [each.year for each in found] != list(range(first, first + len(found))):
            raise ValueError("years")
        return found

    items = tuple(_item(row, count, calendar, years) for row in data["items"])
    if not 0 < asof < MONTHS * PLAY_YEARS or len({item.no for item in items}) != len(items):
        raise ValueError("asof or items")
    return Archived(
        place=whose["place"],
        list_name=whose["list_name"],
        first_year=whose["first_year"],
        asof_months=asof,
        way=way,
        origin=Origin(
            scenario=_text(origin["scenario"]),
            workbook_sha256=_text(origin["workbook_sha256"]),
            version=_text(origin["version"]),
            seed=None if origin["seed"] is None else _whole(origin["seed"], most=None),
            paths=None if origin["paths"] is None else _whole(origin["paths"], most=None),
            tails=None if origin["tails"] is None else _text(origin["tails"]),
            quasi_random=_yes(origin["quasi_random"]),
        ),
        years=years(data["years"]),
        items=items,
    )


def _year(row: Any, count: int) -> KeptYear:
    _of(row, *_names_of(KeptYear))
    return KeptYear(
        year=_whole(row["year"]),
        plan_wan=_whole(row["plan_wan"]),
        done_wan=_whole(row["done_wan"], least=None),
        values_wan=_rising([_whole(value, least=None) for value in row["values_wan"]], count),
    )


def _item(
    row: Any, count: int, calendar: Calendar, years: Callable[[Any], tuple[KeptYear, ...]]
) -> KeptItem:
    _of(row, "no", "name", "kind", "planned_finish", "finished", "finishes", "years")
    planned = row["planned_finish"]
    return KeptItem(
        no=_whole(row["no"]),
        name=_text(row["name"]),
        kind=_text(row["kind"]),
        planned=None if planned is None else _quarter(planned, calendar),
        finished=_yes(row["finished"]),
        finishes=_rising([_quarter(label, calendar) for label in row["finishes"]], count),
        years=years(row["years"]),
    )


def _quarter(label: Any, calendar: Calendar) -> int:
    period = parse_period(_text(label))
    if period is None or period.months != MONTHS // 4:
        raise ValueError("quarter")
    quarter = period.first_month(calendar) // 3
    if not 0 <= quarter <= PLAY_QUARTERS or label != calendar.quarter_label(quarter):
        raise ValueError("quarter")
    return quarter


def _rising(values: list[int], count: int) -> tuple[int, ...]:
    if len(values) != count or values != sorted(values):
        raise ValueError("values")
    return tuple(values)


def _whole(value: Any, *, least: int | None = 0, most: int | None = LARGEST_WAN) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("no whole number")
    if (least is not None and value < least) or (most is not None and abs(value) > most):
        raise ValueError("beyond the bounds")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    value.encode()  # the half of a letter is none
    return value


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither yes nor no")
    return value
