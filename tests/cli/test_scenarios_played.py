"""Every shipped scenario played through the Python API, audited, its books adding up."""

from __future__ import annotations

import numpy as np
import pytest

from portfolio import workflows
from portfolio.model.measures.years import plan_by_year_wan
from portfolio.read import bundled_files
from portfolio.report.json.run import run_json

NAMES = tuple(sorted(path.stem for path in bundled_files.scenario_folder().glob("*.yaml")))


def by_year(quarterly):
    return quarterly.reshape(-1, 4, *quarterly.shape[1:]).sum(axis=1)


@pytest.fixture(scope="module")
def results():
    """All shipped scenarios side by side; an outcome that breaks a rule would raise."""
    return {result.scenario: result for result in workflows.compare(NAMES)}


def test_every_scenario_is_played_under_its_own_name(results):
    assert tuple(results) == NAMES
    assert "基准" in NAMES


def test_every_scenario_but_the_base_changes_something(results):
    assert [name for name, result in results.items() if not result.changes] == ["基准"]


def test_every_scenarios_books_add_up(results):
    for name, result in results.items():
        outcome = result.outcome
        drawn = by_year(outcome.drawn_wan)
        accounted = np.array([c.carry is not None for c in result.portfolio.channels])
        rest = (
            outcome.allotted_wan + outcome.carried_in_wan
            - drawn - outcome.carried_out_wan - outcome.taken_back_wan
        )  # fmt: skip
        assert not rest[:, accounted].any(), name
        follows = (outcome.follows_out_wan - outcome.follows_in_wan).sum(axis=2)
        envelope = outcome.allotted_wan.sum(axis=2) + outcome.lapsed_wan + follows
        assert (envelope == outcome.envelope_wan)[:, accounted].all(), name
        assert (outcome.drawn_wan.sum(axis=1) == outcome.credited_wan.sum(axis=1)).all(), name
        for index in range(len(result.portfolio.items)):
            delay = outcome.delay_quarters(index)
            if delay is not None:
                assert sum(cause.quarters for cause in outcome.causes[index]) == delay, name


def test_every_scenario_has_a_run_json(results):
    for name, result in results.items():
        assert run_json(result)["origin"]["scenario"] == name


def test_several_scenarios_lie_over_one_another():
    result = workflows.run(None, ["专项债收紧", "目标4200"], ["土地出让:2023=-10%"])
    assert result.portfolio.targets != result.baseline.targets
    assert len(result.changes) > 2


@pytest.mark.parametrize("way", ["all gates dropped", "all gates soft"])
def test_without_binding_gates_the_plan_is_played_in_every_cell(way, tmp_path):
    """Drawn equals planned for every year, channel and item, to the 万元."""
    changes = ["取消前置条件: 全部"]
    if way == "all gates soft":
        gates = workflows.load_workbook().portfolio.gates
        changes = [f"前置条件: {{编号: {gate.id}, 强度: 软}}" for gate in gates if gate.hard]
    path = tmp_path / "无约束.yaml"
    lines = ["标题: 无约束", "变更:", *(f"  - {change}" for change in changes), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    result = workflows.run(None, [str(path)])
    assert not result.portfolio.binding_gates
    difference = by_year(result.outcome.drawn_wan) - plan_by_year_wan(result.portfolio)
    assert not difference.any()
    assert result.outcome.finish == result.outcome.planned_finish
    assert result.outcome.start == result.outcome.planned_start
