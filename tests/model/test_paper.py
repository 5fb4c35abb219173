"""方案编号: equal for equal portfolios whatever file they come from, another for any other figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from portfolio import workflows
from portfolio.model.paper import LENGTH, OPTIONS_LENGTH, SIGNS, Paper, signs_of
from portfolio.read import bundled_files
from portfolio.workflows.inputs import today
from tests.report.results import shipped_run


def test_of_known_signs() -> None:
    number = shipped_run().paper.number
    assert len(number) == LENGTH
    assert set(number) <= set(SIGNS)


def test_saved_again_is_the_same_plan(tmp_path):
    """Another program's bytes, the same values."""
    path = tmp_path / "另存.xlsx"
    openpyxl.load_workbook(bundled_files.default_workbook()).save(path)
    again, first = workflows.run(path), shipped_run()
    assert again.workbook_sha256 != first.workbook_sha256
    assert again.paper.number == first.paper.number


def test_another_figure_is_another_plan() -> None:
    numbers = {
        shipped_run(*asked).paper.number
        for asked in ((), (None, "专项债券:2026=-30%"), (None, "专项债券:2026=-31%"))
    }
    assert len(numbers) == 3


def test_what_a_scenario_is_called_does_not_matter(tmp_path) -> None:
    texts = ("标题: 甲\n变更: []\n", "标题: 乙\n摘要: 同样的事\n变更: []\n")
    numbers = set()
    for k, text in enumerate(texts):
        path = tmp_path / f"{k}.yaml"
        path.write_text(text, encoding="utf-8")
        numbers.add(workflows.run(None, [str(path)]).paper.number)
    assert numbers == {shipped_run().paper.number}


def test_one_wan_counts() -> None:
    portfolio = shipped_run().portfolio
    plan = portfolio.plan_wan.copy()
    c, i = np.argwhere(plan[0] > 0)[0]
    plan[0, c, i] += 1
    plan[1, c, i] -= 1
    assert signs_of(replace(portfolio, plan_wan=plan)) != signs_of(portfolio)


def test_width_of_integers_does_not_count() -> None:
    assert signs_of(np.array([1, 2], np.int32)) == signs_of(np.array([1, 2], np.int64))
    assert signs_of(np.array([1.0, 2.0])) != signs_of(np.array([1, 2]))


@pytest.mark.parametrize(
    ("one", "other"),
    [(("ab", "c"), ("a", "bc")), ((1, (2,)), (1, 2)), (None, "None"), (1, "1"), (1, 1.0)],
)
def test_values_that_look_alike(one: object, other: object) -> None:
    assert signs_of(one) != signs_of(other)


def test_sets_have_no_order() -> None:
    assert signs_of(frozenset("abc")) == signs_of(frozenset("cba"))


def test_unknown_kinds_are_no_guess() -> None:
    with pytest.raises(TypeError):
        signs_of(object())


def test_studies_add_their_options() -> None:
    paper = Paper(number="ABCDEFGH")
    one, other = paper.about("stress", 1), paper.about("stress", 2)
    assert one.number.startswith("ABCDEFGH-")
    assert len(one.number) == LENGTH + 1 + OPTIONS_LENGTH
    assert one.number != other.number
    assert Paper().about("stress", 1) == Paper()


def test_the_day_is_the_environments(monkeypatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    assert today() == "2026-01-01"


def test_a_day_that_is_none(monkeypatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "昨天")
    with pytest.raises(Exception, match="昨天"):
        today()
