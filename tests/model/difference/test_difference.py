"""What is told of two workbooks: closed months, new facts, items under another number."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.difference.changes import Kind
from portfolio.model.difference.difference import CLOSED, REPORTED, Reported, difference
from portfolio.model.difference.rows import Located, Side
from tests.model.difference.test_properties import shipped_side

REST = "其余事实"


def fact(period: str, done_wan: int | None, no: int = 4, **more: object) -> Located:
    values = {"item_no": no, "period": period, "channel": None, "level": None, "done_wan": done_wan}
    return Located(values={**values, **more})


def with_facts(*rows: Located, through: int | None = 12 * 2026 + 9) -> Side:
    """The shipped workbook with these facts, complete until 2026-09."""
    tables = {**shipped_side().tables, "月度执行": rows}
    return replace(shipped_side(), tables=tables, through=through)


def subjects(old: Side, new: Side) -> dict[str, list[Kind]]:
    found = difference(old, new)
    return {name: [one.kind for one in changes] for name, changes in found.by_subject.items()}


def test_a_closed_month_that_is_changed_added_to_or_deleted_is_told_apart():
    old = with_facts(fact("2026-08", 100), fact("2026-09", 200), fact("2026-10", 5))
    new = with_facts(fact("2026-08", 130), fact("2026-07", 7), fact("2026-10", 6))
    assert subjects(old, new) == {
        CLOSED: [Kind.CHANGED, Kind.ADDED, Kind.REMOVED],
        REST: [Kind.CHANGED],  # October was not closed
    }


def test_a_period_that_ends_after_the_asof_is_not_closed():
    # The third quarter ends in September, which is closed; the year 2026 does not.
    old = with_facts(fact("2026Q3", 1), fact("2026", 1, no=5))
    new = with_facts(fact("2026Q3", 2), fact("2026", 2, no=5))
    assert subjects(old, new) == {CLOSED: [Kind.CHANGED], REST: [Kind.CHANGED]}


def test_words_alone_rewrite_no_closed_month():
    old = with_facts(fact("2026-08", 1, problem="征地"))
    assert subjects(old, with_facts(fact("2026-08", 1, problem="征地完成"))) == {
        REST: [Kind.CHANGED]
    }


def test_without_facts_before_all_facts_are_new():
    found = difference(with_facts(through=None), with_facts(fact("2026-08", 3), fact("2026-09", 4)))
    assert found.closed == ()
    assert found.reported == (Reported(channel=None, rows=2, done_wan=7),)


def test_new_facts_are_summed_by_channel():
    new = with_facts(
        fact("2026-10", 3, channel="银行贷款"),
        fact("2026-10", 4, no=5, channel="银行贷款"),
        fact("2026-10", 9),
    )
    found = difference(with_facts(), new)
    assert found.reported == (
        Reported(channel=None, rows=1, done_wan=9),
        Reported(channel="银行贷款", rows=2, done_wan=7),
    )
    assert list(found.by_subject) == [REPORTED]


def renumbered(numbers: dict[int, int]) -> Side:
    """The shipped workbook with some items under other numbers, in every sheet."""
    pointing = ("item_no", "pred_no", "succ_no")
    tables = {}
    for name, rows in shipped_side().tables.items():
        keys = ("no",) if name == "项目清单" else pointing
        tables[name] = [
            Located(
                values={
                    key: numbers.get(value, value) if key in keys else value  # type: ignore[call-overload]
                    for key, value in row.values.items()
                }
            )
            for row in rows
        ]
    return replace(shipped_side(), tables=tables)


def test_an_item_under_another_number_is_told_once():
    changes = difference(shipped_side(), renumbered({21: 121})).changes
    assert [(c.sheet, c.renumbered, c.old_key, c.new_key) for c in changes] == [
        ("项目清单", True, (21,), (121,))
    ]


def test_items_that_change_numbers_with_each_other_keep_their_money():
    changes = difference(shipped_side(), renumbered({21: 22, 22: 21})).changes
    assert [(c.sheet, [cell.key for cell in c.cells]) for c in changes] == [
        ("项目清单", ["no"]),
        ("项目清单", ["no"]),
    ]


def test_a_channel_under_its_id_is_the_same_channel():
    ids = shipped_side().names("资金渠道", "name", "id")
    rows = [
        Located(values={**row.values, "channel": ids[row.values["channel"]]})  # type: ignore[index]
        for row in shipped_side().tables["资金结构"]
    ]
    new = replace(shipped_side(), tables={**shipped_side().tables, "资金结构": rows})
    assert difference(shipped_side(), new).changes == ()


def test_a_channel_under_another_id_is_told_once():
    rows = [
        Located(values={**row.values, "id": f"新{row.value('id')}"})
        for row in shipped_side().tables["资金渠道"]
    ]
    new = replace(shipped_side(), tables={**shipped_side().tables, "资金渠道": rows})
    changes = difference(shipped_side(), new).changes
    assert {(c.sheet, c.renumbered) for c in changes} == {("资金渠道", True)}
    assert len(changes) == len(rows)


def test_the_order_of_the_files_is_seen():
    later = replace(shipped_side(), through=12 * 2026 + 10)
    assert difference(later, shipped_side()).turned
    assert not difference(shipped_side(), later).turned
