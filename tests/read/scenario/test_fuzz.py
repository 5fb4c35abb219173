"""Whatever is in a scenario file, the answer is a scenario or problems with places."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED
from portfolio.model.problems import InputError, inert
from portfolio.model.scenarios import apply
from portfolio.read.scenario.file import read_scenario, scenario_files
from portfolio.read.scenario.options import parse_sets
from portfolio.read.scenario.schema import scenario_template
from portfolio.read.scenario.verbs import verbs_of
from tests.examples import examples
from tests.model.four_items import four_items

BASE = four_items()
TEXTS = [
    path.read_text(encoding="utf-8")
    for path in scenario_files(Path(__file__).parents[3] / "scenarios")
]
ODD = (
    "：",
    ":",
    "-",
    "  ",
    "\t",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "&a ",
    "*a",
    "!",
    "#",
    "|",
    "\n",
    "?",
)
WORDS = (
    *("22", "²", "9" * 5000, "1e999999999", ".inf", "-0.5", "null", "全部", "2022Q9", "２０２３"),
    *("T+1", "T-", "TQ9", "T Q3", "T+1-T+99", "T+²", "自: TQ2"),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.integers(0, 6)))
        text = text[:start] + draw(st.sampled_from(ODD + WORDS)) + text[stop:]
    return text


def judged(path: Path) -> None:
    try:
        scenario = read_scenario(path)
        apply(scenario, BASE)
    except InputError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.place
            assert problem.found
            assert problem.fix


@examples(150)
@given(mutated())
def test_mutated_file_is_read_or_refused(text: str):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        path.write_text(text, encoding="utf-8")
        judged(path)


@examples(50)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        path.write_bytes(data)
        judged(path)


@examples(150)
@given(
    st.one_of(
        st.text(max_size=20), st.from_regex(r"(专项|SPB|贷款)[:：]20[0-9-]*=[-+]?[0-9.]*[%亿]?")
    )
)
def test_any_option_is_read_or_refused(option: str):
    try:
        scenario = parse_sets([option])
        assert scenario is not None
        apply(scenario, BASE)
    except InputError as error:
        assert all(problem.place == f"--set {inert(option)}" for problem in error.problems)


def test_template_is_a_scenario_that_shows_every_verb(tmp_path: Path):
    path = tmp_path / "x.yaml"
    path.write_text(scenario_template(), encoding="utf-8")
    assert read_scenario(path).changes == ()
    assert all(f"# - {verb.key}:" in scenario_template() for verb in verbs_of(SHIPPED))
