"""A repair on the screen: the answer and the verdict first, 80 columns, what to do next."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import given

from portfolio.model.money import yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.aims import played_aims
from portfolio.model.reallocation.alternatives import Forced, Free, Place, Within
from portfolio.model.reallocation.result import (
    Alternative,
    Alternatives,
    Reallocation,
    RepairNeed,
    Verdict,
)
from portfolio.model.reallocation.settings import Aim, WayName
from portfolio.report.excel.reallocation import reallocation_bytes
from portfolio.report.json.reallocation import reallocation_json
from portfolio.report.screen.reallocation import show_reallocation
from portfolio.report.words import reallocation as words
from portfolio.report.words.answers.answer import answer_sentence
from portfolio.report.words.reallocation import LATER_THAN_NONE, Bearing, next_steps, ways
from portfolio.workflows.reallocate import OpenedCase, _needless
from tests.examples import examples
from tests.report.reallocation_results import (
    infeasible_of,
    late_repair,
    less_bonds,
    repair_of,
    shipped_repair,
    small_infeasible,
    small_repair,
    unmoved_repair,
)
from tests.report.results import result_of
from tests.report.screen.test_run_screen import assert_fits, printed
from tests.strategies import portfolios


def screen_of(result: Reallocation) -> str:
    text = printed(lambda out: show_reallocation(result, out))
    assert_fits(text)
    return text


def joined(text: str) -> str:
    """The text without the breaks of paragraphs and without spaces, which breaks may eat."""
    return "".join(text.split())


def opening(text: str) -> str:
    """What stands before the scenario's name."""
    return joined(text.split("情景：", maxsplit=1)[0])


def test_a_repair_opens_with_what_happens_what_to_move_and_what_that_brings() -> None:
    result = small_repair()
    said = opening(screen_of(result))
    # Cells of `test_the_moves_name_giver_taker_reason_and_approval`: 27.2 given up, 6.0 taken.
    told = (
        joined(answer_sentence(result.run)),
        "建议：改2笔（折中），调增6.0、调减27.2亿元；由本级人民代表大会决定，最先的须在2023Q1末前提出。",
        "推演检验（不调整→调整后）：缺口由35.0变为14.8亿元",
        "已证最优：满足全部规则",
    )
    places = [said.index(each) for each in told]
    assert places == sorted(places) and places[0] == 0


def test_a_plan_whose_play_is_worse_is_not_advised(monkeypatch: pytest.MonkeyPatch) -> None:
    result = small_repair()
    for said, word in ((Bearing.WORSE, "求得的方案"), (Bearing.MORE_DELAY, "可选"), (None, "建议")):
        monkeypatch.setattr(ways, "bearing", lambda _result, said=said: said)
        assert ways.advice_line(result).startswith(f"{word}：改 2 笔")


def test_a_plan_that_makes_it_later_says_what_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    result = small_repair()
    assert LATER_THAN_NONE not in next_steps(result)
    monkeypatch.setattr(words, "bearing", lambda _result: Bearing.MORE_DELAY)
    assert next_steps(result)[0] == LATER_THAN_NONE


def test_a_proven_repair_says_so_before_anything_else_of_the_plan() -> None:
    said = opening(screen_of(small_repair()))
    assert "已证最优：满足全部规则，且已证明缺口比最小值多不超过1%" in said


def test_an_unproven_repair_never_says_best_and_names_its_gap() -> None:
    # Bound of the first unproven aim = 96.8 % of its value: gap 3.2 %.
    text = screen_of(shipped_repair())
    assert "可行未证（最优性差距3.2%）：满足全部规则、可用" in opening(text)
    assert "限时120秒" in opening(text)
    assert "已证最优" not in text
    assert "50,394" in text and "5,358" in text


def test_an_unproven_aim_without_a_bound_is_of_unknown_gap() -> None:
    base = shipped_repair()
    for bound in (None, float("-inf")):
        stages = tuple(replace(stage, bound_wan=bound, proven=False) for stage in base.stages)
        text = screen_of(replace(base, stages=stages))
        assert "可行未证（最优性差距未知）" in opening(text)
        assert "未证，下界未知" in text


def test_aims_never_reached_are_said_to_be_open() -> None:
    base = small_repair()
    result = replace(base, verdict=Verdict.UNPROVEN, stages=base.stages[:1])
    assert "可行未证（滞后、调整量未及求解）" in opening(screen_of(result))


def test_an_infeasible_case_tells_the_cheapest_repair_then_the_conflict() -> None:
    text = screen_of(small_infeasible())
    assert text.splitlines()[0].startswith("无可行解：没有任何调整方案能同时满足全部规则")
    said = joined(text)
    assert "还缺2023年专项债券37.2亿元，或把24城市轨道交通的合同下限从60%降到52%" in said
    assert said.index("还缺") < said.index("互相冲突的规则（最小的一组")
    assert "承诺" not in text and "最大的调整" not in text


def test_several_needs_are_summed_and_listed() -> None:
    base = small_infeasible()
    assert base.infeasibility is not None
    more = RepairNeed(
        rule="livelihood_floor", where="44 基础教育", year=2024, lacking_wan=8_000, alternative=None
    )
    needs = (*base.infeasibility.needs, more)
    result = replace(base, infeasibility=replace(base.infeasibility, needs=needs))
    said = joined(screen_of(result))
    # 37.2 + 0.8 亿元.
    assert "合计38.0亿元，共2处" in said
    assert "2024年44基础教育0.8亿元" in said


def test_the_moves_name_giver_taker_reason_and_approval() -> None:
    text = screen_of(small_repair())
    # Bonds of 2023: 68 − 34 + 6.8 = 40.8 of 68 asked; 6 go to the budget's reserve, 21.2 are lost.
    assert "-27.2" in text and "+6.0" in text
    assert "渠道额度减少" in text and "本级人民代表大会" in text and "2023Q1" in text
    assert "6.0" in text.split("谁来批")[1]


def test_a_price_says_what_one_more_buys_and_how_far_it_holds() -> None:
    said = joined(screen_of(small_repair()))
    assert "再多1亿元2023年地方政府专项债券：缺口少0.70亿元" in said
    assert "另带动贷款0.67亿元；在±2.1亿元内成立" in said
    assert "增减多少都成立" in said and "减少不超过0.1亿元、增加不限时成立" in said


def test_the_shortfall_is_shown_before_promised_and_played() -> None:
    text = screen_of(small_repair())
    row = next(line for line in text.splitlines() if line.startswith("2023"))
    # Converted at 0.70: wanted 175; 68 − 40.8 = 27.2 less and its loans play 141.6; after 21.2
    # less bonds 250 − 21.2 = 228.8 × 0.7 = 160.2 promised, 14.8 short.
    assert row.split()[:5] == ["2023", "200.0", "175.0", "141.6", "160.2"]
    assert row.split()[6] == "33.4" and row.split()[7] == "14.8"


def test_a_play_that_keeps_the_promise_says_so_and_one_that_does_not_why() -> None:
    assert "各年与承诺一致" in screen_of(small_repair())
    late = joined(screen_of(late_repair()))
    assert "推演比承诺少完成" in late or "大项有年份达不到承诺" in late


def test_a_plan_that_needs_no_move_says_so() -> None:
    said = joined(screen_of(unmoved_repair()))
    assert "没有要调整的资金" in said and "不需要调整" in said


def test_what_was_not_looked_at_to_the_end_is_said() -> None:
    assert "没有全部算完" not in screen_of(shipped_repair()) + screen_of(small_infeasible())
    assert "价格没有全部算完" in joined(screen_of(replace(shipped_repair(), prices_complete=False)))
    none = replace(shipped_repair(), prices=(), prices_complete=False)
    assert "没有算完" in joined(screen_of(none))
    found = small_infeasible()
    assert found.infeasibility is not None
    cut = replace(found, infeasibility=replace(found.infeasibility, complete=False))
    assert "补救办法没有全部算完" in joined(screen_of(cut))


def test_what_to_do_next_differs_by_verdict() -> None:
    assert "portfoliorun-s调整方案.xlsx" in joined(screen_of(small_repair()))
    assert "更长的求解限时" in joined(screen_of(shipped_repair()))
    assert "逐条落实资金或放宽规则" in joined(screen_of(small_infeasible()))


@examples(10)
@given(portfolios(max_items=4))
def test_any_portfolio_can_be_shown_and_written(portfolio: Portfolio) -> None:
    result = repair_of(result_of(portfolio), 1)
    screen_of(result)
    sheet = openpyxl.load_workbook(io.BytesIO(reallocation_bytes(result)), data_only=True)["校核"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[6] in ("√", "×")]
    assert all(row[6] == "√" for row in rows), [row for row in rows if row[6] != "√"]
    screen_of(infeasible_of(result.run, 1))


@pytest.mark.parametrize("first", [0, 4])
def test_any_first_year_can_be_shown(first: int) -> None:
    screen_of(repair_of(less_bonds(), first))
    screen_of(infeasible_of(less_bonds(90), first))


def needless() -> Reallocation:
    """A repair whose play is no better than changing nothing: none is offered."""
    tried = small_repair()
    return _needless(OpenedCase(run=tried.run, case=tried.case), tried)


def test_where_the_play_is_no_better_the_first_line_says_so_and_there_is_no_plan() -> None:
    text = screen_of(needless())
    assert text.startswith("不必调整：照求得的最好方案推演，缺口由")
    assert "最大的调整" not in text and "谁来批" not in text
    assert "不用报批" in text
    book = openpyxl.load_workbook(io.BytesIO(reallocation_bytes(needless())))
    column = [str(cell.value) for cell in book.worksheets[0]["A"][:5]]
    assert any(value.startswith("不必调整") for value in column)
    document = reallocation_json(needless())["reallocation"]
    assert (document["verdict"], document["moves"]) == ("不必调整", [])


def test_ways_stand_side_by_side_with_promise_and_play() -> None:
    knee = small_repair()
    few = replace(knee, name=WayName.FEW, allowed=7)
    text = joined(screen_of(replace(knee, ways=(few, knee))))
    assert (
        "2种做法" in text and "少动（至" in text
    )  # the rest of the name stands in the lines below
    for name in ("少动", "折中"):
        assert f"{name}：承诺缺口" in text
    document = reallocation_json(replace(knee, ways=(few, knee)))["reallocation"]["ways"]
    assert [row["moves"] for row in document] == [len(knee.moves)] * 2
    assert document[1]["played_wan"] == played_aims(knee.case, knee.repaired, knee.outcome)["缺口"]


def with_alternatives(*, forced: bool = True) -> Reallocation:
    """A repair beside which another as good stands: here one of the same moves but the first."""
    repair = small_repair()
    move = repair.moves[0]
    year = Place(channel_id=move.channel_id, year=move.year)
    moved = abs(move.change_wan)
    least = Forced(
        place=year, moved_wan=moved, down_wan=moved, up_wan=0, offered_wan=2 * moved
    )  # fmt: skip
    free = Free(place=Place(item_no=move.item_no), offered_wan=moved)
    other = replace(repair, moves=repair.moves[1:])
    return replace(
        repair,
        alternatives=Alternatives(
            within=tuple(
                Within(weights=weights, most_wan=most)
                for weights, most in (
                    ({Aim.SHORTFALL: 1.0}, 500),
                    ({Aim.MOVEMENT: 1.0, Aim.DELAY: 0.1}, 123_456),
                )
            ),
            forced=(least,) if forced else (),
            free=(free,),
            others=(Alternative(repair=other, shared=len(other.moves)),),
        ),
    )


def test_what_is_forced_what_is_free_and_others_are_told_alike_everywhere() -> None:
    result = with_alternatives()
    move, portfolio = result.moves[0], result.case.portfolio
    channel = portfolio.channels[portfolio.channel_position[move.channel_id]].name
    least = yi_text(abs(move.change_wan))
    text = joined(screen_of(result))
    assert f"{move.year}年{channel}：至少调减{least}亿元" in text
    assert "没有哪个大项非动不可" in text and "没有哪个渠道年份非动不可" not in text
    items = {m.item_no for m in result.moves}
    assert f"本方案动了{len(items)}个大项，其中1个各有同样好的方案不动它" in text
    assert "个渠道年份没有算清" in text and "不等于可以一起不动" in text
    assert "缺口0.1、调整量＋0.1×滞后12.3亿元" in text
    document = reallocation_json(result)["reallocation"]["alternatives"]
    assert document["forced"][0]["down_wan"] == abs(move.change_wan)
    assert document["free"][0]["no"] == move.item_no
    assert len(document["others"][0]["moves"]) == len(result.moves) - 1
    book = openpyxl.load_workbook(io.BytesIO(reallocation_bytes(result)), data_only=True)
    rows = list(book["其他方案"].iter_rows(values_only=True))
    head = next(row for row in rows if row[0] == f"{move.year} 年{channel}")
    assert head[1:3] == (abs(move.change_wan) / 10_000,) * 2
    listed = [row for row in rows if row[0] == "其他方案 1"]
    assert listed[0][1:3] == (len(result.moves) - 1,) * 2
    assert [row[7] for row in listed[1:]] == [m.change_wan / 10_000 for m in result.moves[1:]]
    assert {row[9] for row in listed[1:]} == {"是"}


def test_where_nothing_is_forced_a_sentence_says_so_and_unasked_nothing_is_told() -> None:
    text = joined(screen_of(with_alternatives(forced=False)))
    assert "没有哪个渠道年份非动不可" in text and "没有哪个大项非动不可" in text
    plain = screen_of(small_repair())
    assert "不论怎样调" not in plain
    assert reallocation_json(small_repair())["reallocation"]["alternatives"] is None
