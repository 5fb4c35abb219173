"""A cut from a quarter on: what is released later in its year, and the later years named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from ruamel.yaml import YAML

from portfolio.model.calendar import SHIPPED
from portfolio.model.facts import Facts
from portfolio.model.money import BPS
from portfolio.model.portfolio import NO_CUT, Portfolio
from portfolio.model.problems import InputError
from portfolio.model.scenarios import ChangeLogEntry, apply, merge
from portfolio.model.scenarios.scenario import Scenario
from portfolio.model.scenarios.verbs import EnvelopeChange, Factor, Part, Revision, Selector
from portfolio.read.scenario.file import read_scenario
from portfolio.read.scenario.options import parse_sets
from portfolio.read.scenario.schema import scenario_schema
from tests.model.four_items import four_items
from tests.model.scenarios.sample_changes import P, assert_equal, scenario

HALF = Factor(bps=5000)


def q(text: str) -> int:
    index = SHIPPED.parse_quarter(text)
    assert index is not None
    return index


def dated(
    since: str = "2023Q2",
    *revisions: Revision,
    channels: tuple[str, ...] = ("SPB",),
    years: tuple[int, ...] = (),
    part: Part = Part.BOTH,
    selector: Selector | None = None,
) -> EnvelopeChange:
    return EnvelopeChange(
        place=P, channels=channels, years=years, revisions=revisions or (HALF,), part=part,
        selector=selector, since=q(since),
    )  # fmt: skip


def laid(
    *changes: EnvelopeChange, base: Portfolio | None = None
) -> tuple[Portfolio, tuple[ChangeLogEntry, ...]]:
    return apply(scenario(*changes), base or four_items())


def cuts(portfolio: Portfolio) -> dict[tuple[int, str], tuple[int, int]]:
    """Year and channel → (quarter of the year, part) of every shock inside a year."""
    conditions = portfolio.conditions
    return {
        (2021 + int(y), portfolio.channels[c].id): (
            int(conditions.cut_from[y, c]),
            int(conditions.cut_bps[y, c]),
        )
        for y, c in np.argwhere((conditions.cut_from < NO_CUT) | (conditions.cut_bps < BPS))
    }


def test_only_the_later_quarters_of_the_year_are_cut():
    portfolio, log = laid(dated())
    assert cuts(portfolio) == {(2023, "SPB"): (1, 5000)}
    rest = replace(portfolio, conditions=four_items().conditions)
    assert_equal(rest, four_items())
    (entry,) = log
    assert (
        str(entry)
        == "地方政府专项债券 2023Q2 之后当年各季下达：100% → 50%（从未下达的部分年末收回）"
    )


def test_later_years_named_have_their_envelopes_changed():
    base = four_items()
    spb = base.channel_position["SPB"]
    for change in (dated(years=(2024, 2025)), dated(years=(2023, 2024, 2025))):
        portfolio, log = laid(change)
        assert cuts(portfolio) == {(2023, "SPB"): (1, 5000)}
        before, after = (
            base.envelopes.pooled_ask_wan[:, spb],
            portfolio.envelopes.pooled_ask_wan[:, spb],
        )
        assert np.flatnonzero(before != after).tolist() == [3, 4]
        assert after[3] == before[3] // 2
        assert len(log) == 3
    portfolio, _ = laid(dated("2023Q2", HALF, Factor(bps=8000), years=(2024,)))
    assert portfolio.envelopes.pooled_ask_wan[3, spb] == before[3] * 8 // 10


def test_a_later_layer_wins_and_a_cut_of_the_whole_year_stands_beside_it():
    options = [parse_sets([text]) for text in ("SPB:2023Q1=0.5", "SPB:2023Q3=0.8", "SPB:2023=0.9")]
    portfolio, log = apply(merge(each for each in options if each), four_items())
    spb = portfolio.channel_position["SPB"]
    assert cuts(portfolio) == {(2023, "SPB"): (2, 8000)}
    assert (
        portfolio.envelopes.pooled_ask_wan[2, spb]
        == four_items().envelopes.pooled_ask_wan[2, spb] * 9 // 10
    )
    beaten = [entry for entry in log if entry.overridden_by]
    assert [entry.overridden_by for entry in beaten] == ["--set SPB:2023Q3=0.8"]


@pytest.mark.parametrize(
    ("change", "found", "fix"),
    [
        (dated("2023Q4"), "“自”为 2023Q4：冲击发生后当年不再下达", "2023Q1–2023Q3"),
        (dated("2023Q2", Factor(bps=12_000)), "系数 120% 大于 1：年内只能减，不能追加", "“年份”写 2023"),
        (dated("2023Q2", *parse_sets(["a:2023=120亿"]).changes[0].revisions), "变动却写了金额", "-50%"),  # type: ignore[union-attr]
        (dated("2023Q2", *parse_sets(["a:2023=-20亿"]).changes[0].revisions), "变动却写了金额", "-50%"),  # type: ignore[union-attr]
        (dated(part=Part.ASK), "“自”不能与“部分: 额度”同写", "请去掉“部分”"),
        (dated(channels=("CORP",), selector=Selector.items(31)), "“自”不能与“大项”同写", "请去掉"),
        (dated(years=(2022, 2024)), "“自”为 2023Q2，“年份”却有 2022 年", "2024 年及以后"),
        (dated("2023Q2", HALF, HALF), "给了 2 个数，年份却有 1 个", "每年一个数"),
        (dated(channels=("LOAN",)), "随资本金", "贷款到位"),
        (dated(channels=("没有",)), "没有", ""),
    ],
)  # fmt: skip
def test_what_a_shock_inside_a_year_cannot_mean(change: EnvelopeChange, found: str, fix: str):
    with pytest.raises(InputError) as caught:
        laid(change)
    (problem,) = caught.value.problems
    assert problem.place == P
    assert found in problem.found
    assert fix in problem.fix


def test_two_in_one_layer_for_one_year_are_refused():
    with pytest.raises(InputError, match="已有一处变更"):
        laid(dated("2023Q1"), dated("2023Q3"))


def test_a_shock_before_the_asof_takes_what_is_left():
    # The end of October 2023: 2023Q4 has begun, what was released by 2023Q3 is past.
    base = replace(four_items(), facts=Facts(asof_months=34))
    portfolio, (entry,) = laid(dated("2023Q1"), base=base)
    assert cuts(portfolio) == {(2023, "SPB"): (2, 5000)}
    assert "冲击在截至月以前，只作用于 2023Q3 之后下达的部分" in entry.note
    portfolio, (entry,) = laid(dated("2023Q3"), base=base)
    assert cuts(portfolio) == {(2023, "SPB"): (2, 5000)}
    assert "截至月" not in entry.note


def read(tmp_path: Path, line: str) -> Scenario:
    path = tmp_path / "x.yaml"
    path.write_text(f"标题: 试\n变更:\n  - {line}\n", encoding="utf-8")
    return read_scenario(path, calendar=SHIPPED.seen_in(2026))


@pytest.mark.parametrize(
    ("line", "since", "years"),
    [
        ("渠道额度: {渠道: SPB, 自: 2026Q3, 变动: -50%}", "2026Q3", ()),
        ("渠道额度: {渠道: SPB, 自: TQ3, 变动: -50%}", "2026Q3", ()),
        ("渠道额度: {渠道: SPB, 自: T Q3, 系数: 0.5}", "2026Q3", ()),
        ("渠道额度: {渠道: SPB, 自: t+1q1, 系数: 50%}", "2027Q1", ()),
        ("渠道额度: {渠道: SPB, 自: 2026Q3, 年份: T+1-T+2, 变动: -50%}", "2026Q3", (2027, 2028)),
    ],
)
def test_written_in_a_file(line: str, since: str, years: tuple[int, ...], tmp_path: Path):
    (change,) = read(tmp_path, line).changes
    assert isinstance(change, EnvelopeChange)
    assert (change.since, change.years, change.revisions) == (q(since), years, (HALF,))
    told = YAML(typ="safe", pure=True).load((tmp_path / "x.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(scenario_schema()).validate(told)


@pytest.mark.parametrize("text", ["2026Q3", "TQ3", "T Q3", "tq3", "Ｔ＋０Ｑ３"])
def test_written_as_an_option(text: str):
    merged = parse_sets([f"SPB:{text}=-50%"], SHIPPED.seen_in(2026))
    assert merged is not None
    (change,) = merged.changes
    assert isinstance(change, EnvelopeChange)
    assert (change.since, change.years, change.revisions) == (q("2026Q3"), (), (HALF,))


@pytest.mark.parametrize(
    ("line", "found", "fix"),
    [
        ("渠道额度: {渠道: SPB, 变动: -50%}", "“渠道额度”缺少“年份”", "请补上"),
        ("渠道额度: {渠道: SPB, 自: 三季度, 变动: -50%}", "“三季度”不是推演期内的季度", "2026Q1"),
        ("渠道额度: {渠道: SPB, 自: TQ0, 变动: -50%}", "“TQ0”不是季度", "TQ3"),
        ("造价: {大项: 全部, 自: 2026Q3, 变动: +7%}", "“造价”不能写“自”", "只涨未完成部分的"),
        ("工期: {大项: 全部, 自: 2026Q3, 系数: 1.2}", "“工期”不能写“自”", "请用“施工进度”"),
        ("贷款到位: {渠道: 银行贷款, 自: 2026Q3, 年份: 2026, 系数: 0.9}", "“贷款到位”不能写“自”", "年份"),
        ("渠道延迟: {渠道: SPB, 自: 2026Q3, 年份: 2026, 季度数: 1}", "“渠道延迟”不能写“自”", "渠道额度"),
        ("年度目标: {年份: 2026, 自: 2026Q3, 金额: 1亿}", "“年度目标”不能写“自”", "请去掉“自”"),
    ],
)  # fmt: skip
def test_wrongly_written_in_a_file(line: str, found: str, fix: str, tmp_path: Path):
    with pytest.raises(InputError) as caught:
        read(tmp_path, line)
    (problem,) = caught.value.problems
    assert problem.place == "x.yaml 第 3 行"
    assert problem.found == found
    assert fix in problem.fix
