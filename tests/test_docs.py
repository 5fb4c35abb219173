"""What the documents say is what the program has."""

from __future__ import annotations

from pathlib import Path

from portfolio.model.rulebook import RULES
from portfolio.read.scenario_template import verb_page

ROOT = Path(__file__).resolve().parent.parent


def test_the_rule_page_lists_the_rulebook() -> None:
    page = (ROOT / "docs" / "规则说明.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert f"| `{rule.code}` | {rule.title} | {rule.unit} |" in page


def test_the_scenario_page_lists_every_verb() -> None:
    page = (ROOT / "docs" / "情景写法.md").read_text(encoding="utf-8")
    assert page.endswith(verb_page())
