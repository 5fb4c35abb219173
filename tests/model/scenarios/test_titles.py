"""What a scenario of `--set` options is called where people read it."""

from __future__ import annotations

import pytest

from portfolio.model.calendar import SHIPPED
from portfolio.model.scenarios.scenario import merge
from portfolio.read.scenario.options import parse_sets
from portfolio.workflows import load_workbook, merged_scenario

CHANNELS = load_workbook().portfolio.channels


@pytest.mark.parametrize(
    ("options", "title"),
    [
        (["专项债券:2027=-30%"], "2027年专项债券减30%"),
        (["专项债券:2027=0.7"], "2027年专项债券减30%"),
        (["专项债券:2027=-12.5%"], "2027年专项债券减12.5%"),
        (["SPB:T+1=-30%"], "2027年地方政府专项债券减30%"),
        (["spb:2024=+5%"], "2024年地方政府专项债券增5%"),
        (["土地出让:2026-2028=0.7"], "2026—2028年土地出让减30%"),
        (["土地出让:2028起=0"], "2028年起土地出让减为0"),
        (["土地出让:TQ3=-50%"], "2026年三季度起土地出让减50%"),
        (["一般公共预算:2024=120亿"], "2024年一般公共预算定为120亿元"),
        (["一般公共预算:2024=1,250.5亿!"], "2024年一般公共预算定为1,250.5亿元"),
        (["专项债券:2024=-20亿"], "2024年专项债券减20亿元"),
        (["专项债券:2024=1.0"], "2024年专项债券不变"),
        (["专项债券:2027=-30%", "土地出让:2027=-20%"], "2027年专项债券减30%、土地出让减20%"),
        (["专项债券:2027=-30%", "土地出让:2028=2"], "2027年专项债券减30%、2028年土地出让增100%"),
    ],
)
def test_options_have_a_title_that_can_be_read_out(options: list[str], title: str) -> None:
    """What was typed, in words; the name keeps the options, for they are read back from it."""
    scenario = parse_sets(options, SHIPPED.seen_in(2026), CHANNELS)
    assert scenario is not None
    assert (scenario.title, scenario.label) == (title, title)
    assert scenario.name == f"临时设定 {'；'.join(options)}"


def test_laid_on_a_scenario_both_are_called_by_their_labels() -> None:
    """The name of a file stays, the options have their title; the identity is the typed name."""
    merged = merged_scenario(["专项债收紧"], ["SPB:2025=-30%"], SHIPPED, channels=CHANNELS)
    assert merged.label == "专项债收紧+2025年地方政府专项债券减30%"
    assert merged.name == "专项债收紧+临时设定 SPB:2025=-30%"
    assert merge([]).label == ""
