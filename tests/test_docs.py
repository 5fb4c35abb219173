"""What the documents say is what the program has."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import openpyxl
import pytest

from bench.run import PARTS
from portfolio.cli import commands
from portfolio.model.calendar import SHIPPED
from portfolio.model.rules.rulebook import RULES
from portfolio.model.schema.facts import EXECUTION
from portfolio.model.schema.for_forms import FOR_FORMS
from portfolio.model.schema.funding import ENVELOPES
from portfolio.model.schema.reserve import RESERVE
from portfolio.model.study.queries import parse_condition, parse_quantity
from portfolio.read.scenario.file import find_scenario, scenario_files
from portfolio.read.scenario.schema import verb_page
from portfolio.report.page.pictures import PICTURES
from tests.cli.command import portfolio
from tests.read.scenario.test_shipped_scenarios import shipped_portfolio

ROOT = Path(__file__).resolve().parent.parent


def page(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def stress_commands() -> list[str]:
    """Lines of the stress page's block of commands."""
    block = re.search(r"```sh\n(.*?)\n```", page("docs", "压力测试.md"), flags=re.S)
    assert block is not None
    return block[1].splitlines()


def test_the_rule_page_lists_the_rulebook() -> None:
    rules = page("docs", "规则说明.md")
    for rule in RULES:
        assert f"| `{rule.code}` | {SHIPPED.fill(rule.title)} | {rule.unit} |" in rules


def test_the_scenario_page_lists_every_verb() -> None:
    assert page("docs", "情景写法.md").endswith(verb_page())


def test_counts_in_the_documents_are_those_of_the_files() -> None:
    scenarios = len(scenario_files(ROOT / "scenarios"))
    verbs = len(re.findall(r"^### ", verb_page(), flags=re.M))
    assert f"{verbs} verbs" in page("CHANGELOG.md")
    assert f"{scenarios} shipped scenarios" in page("CHANGELOG.md")
    assert f"{scenarios} 个随附情景" in page("docs", "压力测试.md")


def test_the_page_of_facts_names_every_column_and_its_commands_are_understood() -> None:
    facts = page("docs", "执行数.md")
    for column in EXECUTION.columns:
        assert column.title in facts, column.title
    for column in ENVELOPES.columns:
        assert not column.may_be_missing or f"`{column.title}`" in facts
    block = re.search(r"```sh\n(.*?)\n```", facts, flags=re.S)
    assert block is not None
    for line in block[1].splitlines():
        name, *words = shlex.split(line, comments=True)[1:]
        commands.commands[name].make_context(name, words)


def test_the_page_of_starts_names_every_column_and_its_commands_are_understood() -> None:
    starts = page("docs", "储备测算.md")
    for column in RESERVE.columns:
        assert column.title in starts, column.title
    block = re.search(r"```sh\n(.*?)\n```", starts, flags=re.S)
    assert block is not None
    for line in block[1].splitlines():
        name, *words = shlex.split(line, comments=True)[1:]
        commands.commands[name].make_context(name, words)


def test_the_page_of_forms_names_every_column_and_its_commands_are_understood() -> None:
    forms = page("docs", "报表.md")
    shared = {"大项序号", "大项名称", "项目代码"}
    for sheet in FOR_FORMS:
        assert f"| {sheet.name} |" in forms
        for column in sheet.columns:
            assert column.title in shared or column.title in forms, column.title
    block = re.search(r"```sh\n(.*?)\n```", forms, flags=re.S)
    assert block is not None
    for line in block[1].splitlines():
        name, *words = shlex.split(line, comments=True)[1:]
        commands.commands[name].make_context(name, words)


def test_every_command_of_the_page_of_chances_is_understood() -> None:
    block = re.search(r"```sh\n(.*?)\n```", page("docs", "把握有多可信.md"), flags=re.S)
    assert block is not None
    for line in block[1].splitlines():
        name, *words = shlex.split(line)[1:]
        commands.commands[name].make_context(name, words)


def test_the_measurements_page_names_every_part() -> None:
    for part in PARTS:
        assert f"`{part}`" in page("bench", "README.md")


@pytest.mark.parametrize("line", stress_commands())
def test_every_command_of_the_stress_page_is_understood(line: str) -> None:
    """Words, options and what is asked; `tests/cli` runs commands like these."""
    name, *words = shlex.split(line)[1:]
    given = commands.commands[name].make_context(name, words).params
    for scenario in given["scenario"]:
        assert find_scenario(scenario, ROOT / "scenarios") is not None
    for text in given.get("fail_if", ()):
        parse_condition(text, shipped_portfolio())
    if given.get("about"):
        parse_quantity(given["about"], shipped_portfolio())


def test_every_quantity_the_stress_page_names_may_be_asked() -> None:
    block = re.search(r"能问的量：(.*?)。", page("docs", "压力测试.md"), flags=re.S)
    assert block is not None
    named = re.findall(r"`([^`]+)`", block[1])
    assert len(named) == 15
    for text in named:
        assert parse_quantity(text, shipped_portfolio()).text


def test_the_stress_page_explains_every_sheet(tmp_path: Path) -> None:
    done = portfolio("stress", "-n", "40", "-s", "专项债收紧", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    book = openpyxl.load_workbook(tmp_path / "out" / "压力测试.xlsx", read_only=True)
    names = {name.split("·")[0] for name in book.sheetnames} | {"渠道杠杆"}  # not measured here
    book.close()
    section = page("docs", "压力测试.md").split("## 四、")[1].split("## 五、")[0]
    assert names == set(re.findall(r"^\| `([^`]+)` \|", section, flags=re.M))


def test_the_report_page_tells_how_to_read_every_picture_in_two_sentences() -> None:
    text = page("docs", "报告.md")
    for picture in PICTURES:
        assert picture.how.count("。") == 2
        assert f"### {picture.title}\n\n{SHIPPED.fill(picture.how)}\n" in text
        assert f"(pictures/report-{picture.name}.png)" in text
    for path in re.findall(r"\]\((pictures/[^)]+)\)", text):
        assert (ROOT / "docs" / path).is_file()


def test_every_command_of_the_report_page_is_understood() -> None:
    block = re.search(r"```sh\n(.*?)\n```", page("docs", "报告.md"), flags=re.S)
    assert block is not None
    for line in block[1].splitlines():
        name, *words = shlex.split(line)[1:]
        given = commands.commands[name].make_context(name, words).params
        for scenario in given["scenario"]:
            assert find_scenario(scenario, ROOT / "scenarios") is not None
