"""What stands in a briefing: which items, what is advised, what is asked, what stays at risk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED
from portfolio.model.dossier import Dossier
from portfolio.model.items import TargetKind
from portfolio.model.measures.watched import items_to_watch
from portfolio.model.measures.year_to_date import year_to_date
from portfolio.model.money import yi_text
from portfolio.model.reallocation.result import Move, Reason, Verdict
from portfolio.model.rules.approval import MoveKind, path_of
from portfolio.report.briefing import briefing_text
from portfolio.report.briefing.advice import decision, due_first, latest_ask
from portfolio.report.briefing.attention import watched_sentence
from portfolio.report.briefing.content import briefing, risk_lines
from portfolio.report.words.reallocation import Bearing, bearing, played_line, verdict_line
from portfolio.report.words.run import headline
from portfolio.report.words.stress import chance_text
from tests.examples import examples
from tests.report.briefing.dossiers import no_way_out, plain, repaired, stressed, whole_repair
from tests.report.dossiers import dossier_of
from tests.report.reallocation_results import (
    put_off_repair,
    shipped_repair,
    small_infeasible,
    small_repair,
    unmoved_repair,
)
from tests.report.results import result_of, shipped_run
from tests.report.stress_results import shipped_stress
from tests.strategies import make_portfolio, portfolios


def unlisted(run):
    """A run whose yearly list nothing is known of: no year of it is over."""
    targets = tuple(
        replace(target, list_plan_wan=None, list_plan_kind=None) for target in run.portfolio.targets
    )
    return replace(run, portfolio=replace(run.portfolio, targets=targets))


def text_of(dossier: Dossier) -> str:
    return "\n".join(briefing_text(dossier))


def move(kind: MoveKind, year: int, *, asof: int = -1, wan: int = 1) -> Move:
    return Move(
        item_no=1, channel_id="SPB", year=year, before_wan=0, after_wan=wan,
        reasons=(Reason.REPLACES,), approval=path_of(kind, SHIPPED, year=year, asof_quarter=asof),
    )  # fmt: skip


def test_the_lead_is_one_sentence_of_the_bureau():
    lead = briefing_text(plain())[4]
    assert lead.startswith("推演到2023年9月底，58个大项本年累计推演数4,325.8亿元，")
    assert "占年度计划（5,778.5亿元）的74.9%，欠序时进度0.1个百分点；" in lead
    assert "预计全年完成5,770.5亿元，与年度计划相比缺口8.0亿元；" in lead
    assert lead.endswith("卡在以前年度落下的进度（少8.0亿元：1 重大科技基础设施）。")


def test_at_the_years_end_nothing_is_expected_any_more():
    lead = briefing_text(plain("三碰头", SHIPPED.quarter_of(2023, 4)))[4]
    assert lead.startswith("推演到2023年12月底，58个大项全年推演数4,396.6亿元，")
    assert "预计" not in lead and "序时" not in lead


def test_it_is_said_that_the_figures_are_simulated():
    said = text_of(plain())
    assert "不是统计数" in said and "年度目标 3,604—3,800 亿元" in said


def test_a_scenario_is_compared_with_the_baseline_and_the_baseline_is_not():
    assert headline(shipped_run("三碰头")) in text_of(plain("三碰头"))
    assert headline(shipped_run()) not in text_of(plain())


def test_items_are_watched_by_the_money_at_stake():
    run = shipped_run("三碰头")
    quarter = SHIPPED.quarter_of(2023, 3)
    watched = items_to_watch(run, quarter)
    stakes = [row.at_stake_wan for row in items_to_watch(run, quarter, most=58)]
    assert len(watched) == 3 and stakes == sorted(stakes, reverse=True)
    for row in watched:
        index = run.portfolio.position[row.item_no]
        finish = run.outcome.finish[index]
        assert finish is None or finish > quarter


def test_an_item_that_is_finished_is_not_watched():
    run = shipped_run()
    finish = run.outcome.finish[run.portfolio.position[53]]
    assert finish is not None
    before, after = items_to_watch(run, finish - 1), items_to_watch(run, finish)
    assert 53 in [row.item_no for row in before]
    assert 53 not in [row.item_no for row in after]


def test_a_watched_item_is_told_with_money_and_cause():
    run = shipped_run("专项债大幅收紧")
    rows = {row.item_no: row for row in items_to_watch(run, SHIPPED.quarter_of(2023, 3))}
    late, short = watched_sentence(run, rows[46]), watched_sentence(run, rows[13])
    assert "滞后19个季度；到计划竣工时还差41.3亿元" in late
    assert "原因：19 季因地方政府专项债券不足" in late
    assert "推演按期竣工；2024年比计划少58.6亿元；原因：“地方政府专项债券”资金不足" in short


@pytest.mark.parametrize(
    ("kind", "deadline"),
    [
        (
            MoveKind.DRAFT_BUDGET,
            SHIPPED.quarter_of(2024, 1),
        ),  # the congress votes in the first quarter
        (MoveKind.RESERVE, SHIPPED.quarter_of(2024, 4)),  # paid out in the quarter it is asked in
        (
            MoveKind.BETWEEN_ITEMS,
            SHIPPED.quarter_of(2024, 3),
        ),  # by September, a quarter to take effect
        (
            MoveKind.KEY_SPENDING_CUT,
            SHIPPED.quarter_of(2024, 3),
        ),  # asked in Q4 it would hold in 2025
        (MoveKind.PAST_YEAR, None),
    ],
)
def test_the_last_quarter_to_ask_in(kind, deadline):
    assert latest_ask(SHIPPED, move(kind, 2024)) == deadline


def test_first_comes_the_earliest_deadline_then_the_most_money():
    moves = (
        move(MoveKind.RESERVE, 2024, wan=900),
        move(MoveKind.BETWEEN_ITEMS, 2024, wan=20),
        move(MoveKind.BOND_USE, 2024, wan=30),
        move(MoveKind.PAST_YEAR, 2023, wan=5000),
    )
    due = due_first(SHIPPED, moves)
    assert due is not None
    assert (due.deadline, str(due.authority)) == (SHIPPED.quarter_of(2024, 3), "省级政府")
    assert due_first(SHIPPED, moves[3:]) is None


def test_a_repair_that_holds_is_asked_for():
    asked = decision(whole_repair())
    assert bearing(shipped_repair()) is Bearing.BETTER
    assert asked.startswith("请同意 2024 年 8 笔资金调整（调增 69.5 亿元，调减 134.8 亿元，")
    assert "赶在2024年一季度本级人民代表大会会议之前提出" in asked
    assert "未证最优" in asked
    said = text_of(whole_repair())
    assert verdict_line(shipped_repair()) in said
    assert str(played_line(shipped_repair())) in said


def test_a_repair_whose_deadline_has_passed_is_to_be_solved_again():
    asked = decision(repaired(shipped_repair(), SHIPPED.quarter_of(2024, 1)))
    assert asked.startswith("请决定是否以2024年一季度末为时点重新求解调整方案")
    assert "27 笔中有 8 笔报批期限已过" in asked


def test_a_repair_that_the_play_does_not_bear_out_is_not_asked_for():
    """The repaired plan's play is made that of a plan in which less comes about."""
    repair = small_repair()
    assert repair.outcome is not None
    drawn = repair.outcome.drawn_wan.copy()
    drawn[8:40] = 0
    worse = replace(repair, outcome=replace(repair.outcome, drawn_wan=drawn))
    assert bearing(worse) is Bearing.WORSE
    asked = decision(repaired(worse, 7))
    assert asked.startswith(
        "本期无须批准调整（调整方案经推演检验两项都不如不调整，不建议照此执行）"
    )


def test_what_costs_delay_is_asked_for_with_its_price():
    assert bearing(put_off_repair()) is Bearing.MORE_DELAY
    assert "缺口缩小，代价是滞后加重" in decision(repaired(put_off_repair(), 7))


def test_nothing_to_move_asks_for_nothing():
    asked = decision(repaired(unmoved_repair(), 7))
    assert asked.startswith("本期无须批准调整（没有要调整的资金），")


def test_without_a_way_out_the_lack_is_put_before_the_leadership():
    dossier = repaired(small_infeasible(), 7)
    assert small_infeasible().verdict is Verdict.INFEASIBLE
    asked = decision(dossier)
    assert asked.startswith("请决定能否另行落实资金：2023 年专项债券 37.2 亿元")
    # Which floor could be lowered instead is no suggestion to make in passing.
    assert "下限" not in asked and "底线" not in asked
    assert "最省的出路：要满足全部规则，还缺 2023 年专项债券 37.2 亿元" in text_of(dossier)


def test_years_that_even_the_plan_misses_are_put_before_the_leadership():
    """2021 lacks 716.8 of 3,604 and 2022 154.1 of 3,800; from 2026 on it is 待入库."""
    asked = decision(dossier_of(unlisted(shipped_run()), SHIPPED.quarter_of(2021, 2)))
    assert asked.startswith("本期无须批准调整，但 2021–2022 年按现有清单与额度达不到年度目标")
    assert "2021 年差得最多，716.8 亿元" in asked


def test_a_year_that_is_over_is_told_by_what_was_published_and_not_judged():
    """2021 has a published plan and no outturn; of 2023 the money to October is in print."""
    dossier = plain(quarter=SHIPPED.quarter_of(2021, 2))
    assert decision(dossier).startswith("本期无须批准调整，请按计划推进")
    lead = briefing_text(dossier)[4]
    assert "重点项目名单公布当年计划3,604.0亿元；折市重点口径推演2,887.2亿元" in lead
    assert "不评判达标" in lead and "低于" not in lead
    later = briefing_text(plain())[4]
    assert "公布当年计划3,785.0亿元、1—10月完成3,186.0亿元；" in later


def test_after_the_last_full_year_the_baseline_asks_for_nothing():
    asked = decision(plain(quarter=SHIPPED.quarter_of(2028, 2)))
    assert asked == "本期无须批准调整，请按计划推进，重点盯住 1 重大科技基础设施。"


def test_a_scenario_without_a_repair_says_why():
    assert "没有提请批准的调整（未求调整方案）" in decision(plain("三碰头"))


def test_chances_rest_on_assumptions_and_carry_their_interval():
    stress = shipped_stress()
    year = next(row for row in stress.findings.years if row.year == 2023)
    assert year.chance is not None
    said = "\n".join(risk_lines(stressed()))
    assert "以假设参数为前提" in said
    assert f"的比例 {chance_text(year.chance)}" in said
    assert "P80" in said


def test_without_a_stress_test_the_reason_is_said():
    assert risk_lines(plain())[0] == "没有达标概率的估计：未做压力测试。"


def test_gaps_of_the_channels_are_told_with_the_note_that_they_do_not_add_up():
    said = "\n".join(risk_lines(plain("三碰头")))
    assert "逐年不可相加" in said and "2023 年企业自筹 850.2 亿元" in said
    assert "资金缺口（" not in "\n".join(risk_lines(plain()))


@pytest.mark.parametrize("quarter", range(0, 60, 7))
def test_any_quarter_has_its_briefing(quarter):
    dossier = replace(no_way_out(), quarter=quarter)
    made = briefing(dossier)
    year, number = divmod(quarter, 4)
    assert f"{2021 + year}年{3 * number + 3}月底" in made.title
    shown = [str(y).removesuffix("（预计）") for y in made.grids[1].table.column("year")]
    # The year with some around it, and up to 2025 where that is no more than five years off.
    years = [int(each) for each in shown]
    assert 2021 + year in years and 6 <= len(years) <= 8
    assert years == list(range(years[0], years[-1] + 1))


@examples(25)
@given(portfolios(), st.integers(0, 59))
def test_any_portfolio_has_its_briefing(portfolio, quarter):
    said = text_of(dossier_of(result_of(portfolio), quarter))
    assert "None" not in said and "nan" not in said


def test_a_portfolio_without_money_has_its_briefing():
    bare = make_portfolio(np.zeros((15, 1, 2), dtype=np.int64))
    said = text_of(dossier_of(result_of(bare), 10))
    assert "2个大项本年累计推演数0.0亿元（该年没有年度计划）" in said
    assert "没有尚未竣工的滞后大项" in said


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (TargetKind.CEILING, "超过年度上限（3,785.0亿元）254.3亿元"),
        (TargetKind.BAND, "在目标区间（3,785.0–4,100.0亿元）之内"),
        (None, "该年没有年度目标"),
    ],
)
def test_a_year_is_judged_by_the_kind_of_its_target(kind, said):
    run = unlisted(shipped_run())
    targets = tuple(
        replace(target, target_wan=None)
        if kind is None
        else replace(target, kind=kind, upper_wan=41_000_000 if kind is TargetKind.BAND else None)
        for target in run.portfolio.targets
    )
    changed = replace(run, portfolio=replace(run.portfolio, targets=targets))
    assert said in briefing_text(dossier_of(changed, 10))[4]


def test_an_adjusted_plan_is_said_to_be_one():
    repair = small_repair()
    assert repair.repaired is not None
    run = replace(
        result_of(repair.repaired, baseline=repair.run.baseline), plan_breaches=("甲处", "乙处")
    )
    said = text_of(
        replace(dossier_of(run, 7), no_repair="本情景的计划已是调整后的方案，不再求调整")
    )
    assert "所用计划为调整后的计划，不是工作簿原计划，违反预算调整规则 2 处。" in said
    assert "本情景的计划已是调整后的方案，不再求调整。" in said


def test_an_item_that_finishes_early_is_no_shortfall():
    """国际航空枢纽 in 0.7 of its time draws all it costs earlier: nothing is owed for it in 2026."""
    run = shipped_run()
    item = run.portfolio.position[20]
    fast = run.portfolio.conditions.duration_bps.copy()
    fast[item] = 7_000
    conditions = replace(run.portfolio.conditions, duration_bps=fast)
    early = result_of(replace(run.portfolio, conditions=conditions))
    assert early.outcome.delay_quarters(item) < 0
    now = year_to_date(early.portfolio, early.outcome, SHIPPED.quarter_of(2026, 3))
    assert now.forecast_wan[item] < now.plan_wan[item]
    assert now.short_wan[item] == 0
    assert 20 not in [row.item_no for row in items_to_watch(early, now.quarter)]


def test_what_overruns_cost_completes_no_plan():
    """建材涨价 in 2024: money beyond the plan, progress at approved cost below it."""
    quarter = SHIPPED.quarter_of(2024, 3)
    said = text_of(plain("建材涨价", quarter))
    now = year_to_date(shipped_run("建材涨价").portfolio, shipped_run("建材涨价").outcome, quarter)
    assert now.forecast > now.plan > now.progress
    assert f"按批准造价折算为{yi_text(now.progress)}亿元" in said
    assert f"与年度计划相比缺口{yi_text(now.plan - now.progress)}亿元" in said
    assert "可完成年度计划" not in said
