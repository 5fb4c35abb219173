"""Every file in scenarios/ loads, lies on the shipped workbook and fits the published schema."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from portfolio.model.calendar import SHIPPED as CALENDAR
from portfolio.model.portfolio import Portfolio
from portfolio.model.scenarios import apply, merge
from portfolio.read.scenario.file import find_scenario, read_scenario, scenario_files
from portfolio.read.scenario.schema import (
    FILE_NAME,
    scenario_schema,
    scenario_template,
    schema_text,
    verb_page,
)
from portfolio.read.scenario.types import Verb
from portfolio.read.scenario.verbs import verbs_of
from portfolio.read.workbook import read_workbook
from tests.read.shipped import SHIPPED

FOLDER = Path(__file__).parents[3] / "scenarios"
FILES = scenario_files(FOLDER)


@functools.cache
def shipped_portfolio() -> Portfolio:
    return read_workbook(SHIPPED).portfolio


def as_json(path: Path) -> Any:
    """The file as an editor's schema checker sees it."""
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def test_there_are_scenarios():
    assert len(FILES) >= 19
    assert find_scenario("基准", FOLDER) in FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_scenario_applies_and_tells_what_it_changes(path: Path):
    scenario = read_scenario(path)
    portfolio, log = apply(scenario, shipped_portfolio())
    assert len(portfolio.items) == 58
    assert bool(log) == (path.stem != "基准")
    assert all(entry.old != entry.new and entry.overridden_by is None for entry in log)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_scenario_says_where_it_is_from(path: Path):
    scenario = read_scenario(path)
    assert scenario.title
    assert scenario.summary
    assert scenario.source
    assert scenario.omits or path.stem == "基准"
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={FILE_NAME}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_scenario_fits_the_schema(path: Path):
    jsonschema.Draft202012Validator(scenario_schema()).validate(as_json(path))


def test_published_schema_is_what_the_declaration_makes():
    assert (FOLDER / FILE_NAME).read_text(encoding="utf-8") == schema_text()
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


def test_triple_hit_is_its_three_parts():
    parts = [
        read_scenario(find_scenario(n, FOLDER)) for n in ("土地出让断崖", "自筹违约", "专项债后置")
    ]
    triple = read_scenario(find_scenario("三碰头", FOLDER))
    assert triple.extends == ("土地出让断崖", "自筹违约", "专项债后置")
    assert triple.layers == merge(parts).layers


def test_any_two_shipped_scenarios_lie_on_one_another():
    scenarios = [read_scenario(path) for path in FILES]
    apply(merge(scenarios), shipped_portfolio())


@pytest.mark.parametrize("verb", verbs_of(CALENDAR), ids=lambda verb: verb.key)
def test_the_example_of_a_verb_applies_to_the_shipped_workbook(verb: Verb, tmp_path: Path):
    assert verb.example.startswith(f"- {verb.key}: ")
    path = tmp_path / "x.yaml"
    path.write_text(f"标题: 例\n变更:\n{verb.example}\n", encoding="utf-8")
    _, log = apply(read_scenario(path), shipped_portfolio())
    assert log
    assert not any("与原值相同" in entry.note for entry in log)
    jsonschema.validate(as_json(path), scenario_schema())


@pytest.mark.parametrize("verb", verbs_of(CALENDAR), ids=lambda verb: verb.key)
def test_every_choice_is_named_in_words_wherever_a_verb_is_described(verb: Verb):
    for field in (verb.value,) if verb.value else verb.fields:
        for word in choices_of(field.type.schema):
            assert word in field.about, (field.key, word)
        for text in (
            verb_page(),
            scenario_template(),
            json.dumps(scenario_schema(), ensure_ascii=False),
        ):
            assert field.about in text
            assert verb.example in text


def choices_of(schema: dict[str, Any]) -> list[str]:
    """Words of a closed set; labels as `同步开工（SS）` stand for their parts as well."""
    inside = [part for one in schema.get("anyOf", []) for part in choices_of(one)]
    return [*inside, *(word for word in schema.get("enum", []) if isinstance(word, str))]
