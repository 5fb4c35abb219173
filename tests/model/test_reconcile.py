"""Published totals against the items under them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portfolio.model.items import PublishedTotal, reconcile
from portfolio.read.workbook import read_workbook
from tests.read.shipped import SHIPPED


@pytest.fixture(scope="module")
def workbook():
    return read_workbook(SHIPPED)


def test_all_33_totals_and_11_counts_agree_exactly(workbook):
    checks = reconcile(workbook.portfolio.items, workbook.totals)
    assert len(checks) == 33
    assert sum(check.count_diff is not None for check in checks) == 11
    assert all(check.agrees for check in checks)
    assert {(check.total_diff_wan, check.plan_diff_wan) for check in checks} == {(0, 0)}
    assert checks[0].item_count == 58
    assert (checks[0].total_wan, checks[0].plan_wan) == (503_940_000, 267_880_000)


def test_a_changed_item_shows_at_every_level_above_it(workbook):
    """Item 5 lies in group 新兴支柱产业, in its category, in its work, in all: four totals."""
    items = [
        replace(item, plan_wan=item.plan_wan + 1) if item.no == 5 else item
        for item in workbook.portfolio.items
    ]
    off = [check for check in reconcile(items, workbook.totals) if not check.agrees]
    assert [check.published.level for check in off] == ["合计", "工程", "类别", "组"]
    assert {check.plan_diff_wan for check in off} == {1}
    assert {check.total_diff_wan for check in off} == {0}


def test_a_missing_item_shows_in_the_published_count(workbook):
    items = [item for item in workbook.portfolio.items if item.no != 51]
    off = [check for check in reconcile(items, workbook.totals) if not check.agrees]
    assert [(c.published.name, c.count_diff) for c in off] == [
        ("十大工程合计", -1),
        ("民生福祉工程", -1),
        ("民政", None),
    ]


def test_a_name_counts_only_under_its_parent(workbook):
    total = PublishedTotal(
        level="类别", name="道路", parent="文化建设工程", item_count=None, total_wan=1, plan_wan=1,
        provenance="",
    )  # fmt: skip
    (check,) = reconcile(workbook.portfolio.items, [total])
    assert (check.item_count, check.total_wan) == (0, 0)
    (free,) = reconcile(workbook.portfolio.items, [replace(total, parent=None)])
    assert free.item_count == 2
