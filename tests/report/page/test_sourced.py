"""Tables of the page: every column has a source, and the compact form loses nothing."""

from __future__ import annotations

from operator import itemgetter

import pytest

from portfolio.report.page.sourced import Told, sourced, table_data
from portfolio.report.tables.fields import Cell, Fields, chance, money, number, ratio, text

TABLE = Fields[tuple[Cell, ...]](
    name="试",
    fields=(
        text("year", "年份", itemgetter(0)),
        money("plan", "计划", itemgetter(1)),
        ratio("rate", "完成率", itemgetter(2)),
        number("count", "个", itemgetter(3)),
        chance("sure", "把握", itemgetter(4)),
    ),
).of(
    (
        ("2021", 12_345, 0.5, 3, 0.25),
        ("2022", None, None, 4, 1.0),
        ("2021", -7, 1 / 3, 5, 0.0),
    )
)


def test_values_stay_whole_and_texts_are_coded_once() -> None:
    told = Told()
    data = table_data(sourced(TABLE, "甲", plan="乙"), told)
    year, plan, rate, count, sure = data["columns"]
    assert data["rows"] == 3
    assert (year["texts"], year["values"]) == (["2021", "2022"], [0, 1, 0])
    assert plan["values"] == [12_345, None, -7]
    assert rate["values"] == [0.5, None, 0.333333]
    assert count["values"] == [3, 4, 5]
    assert sure["unit"] == "chance"
    assert [told.texts[column["source"]] for column in data["columns"]] == [
        "甲",
        "乙",
        "甲",
        "甲",
        "甲",
    ]


def test_rows_may_have_sources_of_their_own() -> None:
    told = Told()
    rows = ("一", "二", "一")
    data = table_data(sourced(TABLE, "甲", of_rows={"plan": rows}), told)
    assert [told.texts[place] for place in data["columns"][1]["sources"]] == list(rows)
    assert told.texts == ["甲", "一", "二"] or sorted(told.texts) == sorted({"甲", *rows})


def test_a_source_for_no_column_or_not_for_every_row_is_refused() -> None:
    with pytest.raises(ValueError, match="no column"):
        sourced(TABLE, "甲", none="乙")
    with pytest.raises(ValueError, match="a row without a source"):
        sourced(TABLE, "甲", of_rows={"plan": ("一",)})
