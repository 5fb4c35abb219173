"""Two changes to one quantity: a problem within a layer, the later wins across layers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.gates import GateType
from portfolio.model.problems import InputError
from portfolio.model.scenarios import Change, Layer, Scenario, apply, merge
from portfolio.model.scenarios.verbs import (
    EVERY_ITEM,
    CancelItem,
    EnvelopeChange,
    Factor,
    GateDrop,
    Part,
    Put,
    Selector,
)
from tests.examples import examples
from tests.model.four_items import YI, four_items
from tests.model.scenarios.sample_changes import assert_equal, gate_set, new_item, put

BASE = four_items()


def at(line: int) -> str:
    return f"x.yaml 第 {line} 行"


def layer(name: str, *changes: Change) -> Scenario:
    return Scenario(name=name, title=name, layers=(Layer(name=name, changes=changes),))


def envelope(line: int, bps: int, *years: int, part: Part = Part.BOTH) -> EnvelopeChange:
    return EnvelopeChange(
        place=at(line), channels=("SPB",), years=years, revisions=(Factor(bps=bps),), part=part
    )


def of_year(year: int) -> Part:
    """What a factor finds in a year: after 2025 nothing is asked for."""
    return Part.BOTH if year <= 2025 else Part.RESERVE


def cost(line: int, bps: int, *items: str | int) -> Put:
    return put("造价", place=at(line), selector=Selector.items(*items), cost_bps=bps)


def stop(line: int, quarter: int, count: int) -> Put:
    return put(
        "停工", place=at(line), selector=Selector.items(22), first_quarter=quarter, quarters=count
    )


CLASHES = [
    (
        (envelope(3, 9000, 2022, 2023), envelope(7, 8000, 2023, 2024)),
        "地方政府专项债券 2023年 额度",
    ),
    ((envelope(3, 9000, 2023), envelope(7, 8000, 2023, part=Part.RESERVE)), "2023年 待分配资金"),
    ((cost(3, 11_000, 22, 24), cost(7, 12_000, "24-44")), "造价系数（大项 24）"),
    ((stop(3, 4, 2), stop(7, 5, 2)), "停工（2022Q2 至 2022Q3）（大项 22）"),
    (
        (
            put("软前置条件", place=at(3), soft_gates_bind=True),
            put("软前置条件", place=at(7), soft_gates_bind=False),
        ),
        "软前置条件",
    ),
    (
        (gate_set(id="E001", lag_quarters=1), GateDrop(place=at(7), gates=("E001",))),
        "前置条件 E001",
    ),
    (
        tuple(CancelItem(place=at(line), selector=Selector.items(22)) for line in (3, 7)),
        "大项 22 国铁干线",
    ),
    ((new_item(), new_item(total_wan=200 * YI)), "大项 59"),
]


@pytest.mark.parametrize(("changes", "quantity"), CLASHES, ids=[q for _, q in CLASHES])
def test_two_changes_to_one_quantity_in_one_file(changes: tuple[Change, Change], quantity: str):
    with pytest.raises(InputError) as caught:
        apply(layer("x", *changes), BASE)
    (problem,) = caught.value.problems
    first, second = (change.place for change in changes)
    assert quantity in problem.found
    assert f"在 {first} 已有一处变更" in problem.found
    assert problem.place == second
    assert "同一文件里一个量只能改一次" in problem.fix


def test_parts_years_and_quarters_apart_do_not_clash():
    apply(
        layer(
            "x",
            envelope(3, 9000, 2023, part=Part.ASK),
            envelope(4, 9000, 2023, part=Part.RESERVE),
            envelope(5, 9000, 2024),
            stop(6, 4, 2),
            stop(7, 6, 2),
        ),
        BASE,
    )


def test_later_layer_wins_and_the_loser_is_told():
    merged = merge([layer("a", envelope(3, 9000, 2022, 2023)), layer("b", envelope(7, 5000, 2023))])
    portfolio, log = apply(merged, BASE)
    # The later factor is of the base, not of what the earlier made: 68 × 0.9 = 61.2 in 2022, which
    # has no reserve, and 68 × 0.5 = 34 in 2023, whose reserve of 6.8 is gone.
    assert portfolio.envelopes.pooled_wan[:3, 1].tolist() == [680_000, 612_000, 340_000]
    assert [(entry.new, entry.overridden_by) for entry in log] == [
        ("61.2 亿元", None),
        ("61.2 亿元", at(7)),
        ("34 亿元", None),
    ]
    assert str(log[1]).endswith(f"（未采用：被 {at(7)} 取代）")


def test_item_changes_are_beaten_only_where_they_overlap():
    merged = merge([layer("a", cost(3, 11_000, "全部")), layer("b", cost(7, 12_000, 24))])
    portfolio, log = apply(merged, BASE)
    assert portfolio.conditions.cost_bps.tolist() == [11_000, 12_000, 11_000, 11_000]
    assert [(entry.quantity, entry.overridden_by) for entry in log] == [
        ("造价系数：22 国铁干线、31 旧村庄改造、44 基础教育", None),
        ("造价系数：24 城市轨道交通", at(7)),
        ("造价系数：24 城市轨道交通", None),
    ]


def test_a_later_layer_may_bring_a_dropped_gate_back():
    drop, back = GateDrop(place=at(3), gates=("E001",)), gate_set(id="E001", lag_quarters=2)
    portfolio, _ = apply(merge([layer("a", drop), layer("b", back)]), BASE)
    assert portfolio.gates[0].lag_quarters == 2
    portfolio, log = apply(merge([layer("a", back), layer("b", drop)]), BASE)
    assert [gate.id for gate in portfolio.gates] == ["E002", "E003"]
    assert [entry.overridden_by for entry in log] == [at(3), None]


ADDED = gate_set(id="N1", pred="22", succ="44", type=GateType.SS, lag_quarters=1)


@pytest.mark.parametrize("named", ["n1", "22→44", "全部"])
def test_a_later_layer_drops_a_gate_an_earlier_one_added(named: str):
    drop = GateDrop(place=at(7), gates=(named,))
    portfolio, log = apply(merge([layer("a", ADDED), layer("b", drop)]), BASE)
    assert "N1" not in {gate.id for gate in portfolio.gates}
    told = [(entry.old[:2], entry.new[:2], entry.overridden_by) for entry in log]
    assert told[0] == ("无", "同步", at(7))
    assert told[-1] == ("同步", "取消", None)


def test_a_later_layer_revises_a_gate_an_earlier_one_added():
    for named in ({"id": "N1"}, {"pred": "22", "succ": "44"}):
        revise = replace(gate_set(**named, lag_quarters=3, hard=False), place=at(7))
        portfolio, log = apply(merge([layer("a", ADDED), layer("b", revise)]), BASE)
        gate = portfolio.gates[-1]
        assert (gate.id, gate.type, gate.lag_quarters, gate.hard) == ("N1", GateType.SS, 3, False)
        assert [str(entry) for entry in log] == [
            "前置条件 N1（22 国铁干线 → 44 基础教育）：无 → 同步开工（SS），后项不得开工，滞后 1 个季度，硬",
            "前置条件 N1（22 国铁干线 → 44 基础教育） 滞后：1 个季度 → 3 个季度",
            "前置条件 N1（22 国铁干线 → 44 基础教育） 强度：硬 → 软",
        ]


def test_an_added_gate_dropped_may_be_brought_back_by_a_third_layer():
    drop = GateDrop(place=at(7), gates=("N1",))
    back = replace(gate_set(id="N1", lag_quarters=3), place=at(9))
    portfolio, _ = apply(merge([layer("a", ADDED), layer("b", drop), layer("c", back)]), BASE)
    assert portfolio.gates[-1].lag_quarters == 3


def test_dropping_all_gates_leaves_those_the_same_file_adds_in_any_order():
    drop = GateDrop(place=at(7), gates=("全部",))
    for changes in ((ADDED, drop), (drop, ADDED)):
        assert [gate.id for gate in apply(layer("x", *changes), BASE)[0].gates] == ["N1"]


def test_a_gate_dropped_breaks_the_cycle_a_new_one_makes():
    portfolio, _ = apply(
        layer(
            "x",
            gate_set(pred="44", succ="22", type=GateType.SS),
            GateDrop(place=at(7), gates=("E003",)),
        ),
        BASE,
    )
    assert [gate.id for gate in portfolio.gates] == ["E001", "E002", "44→22"]


def test_naming_an_item_cancelled_before_is_a_problem_but_a_group_passes_over_it():
    cancel = CancelItem(place=at(3), selector=Selector.items(22))
    for named in (cost(7, 11_000, 22), gate_set(id="E001", lag_quarters=1)):
        with pytest.raises(InputError, match=r"大项 22 已在 x.yaml 第 3 行 取消"):
            apply(layer("x", cancel, named), BASE)
    portfolio, _ = apply(
        layer(
            "x", cancel, put("推迟开工", place=at(7), selector=EVERY_ITEM, start_delay_quarters=1)
        ),
        BASE,
    )
    assert portfolio.conditions.start_delay_quarters.tolist() == [1, 1, 1]


def test_cancelling_later_is_no_problem():
    cancel = CancelItem(place=at(3), selector=Selector.items(22))
    portfolio, _ = apply(merge([layer("a", cost(7, 11_000, 22)), layer("b", cancel)]), BASE)
    assert [item.no for item in portfolio.items] == [24, 31, 44]


def test_merge_of_one_is_that_one_and_of_none_the_base():
    one = layer("a", cost(3, 11_000, 22))
    assert merge([one]) is one
    assert merge([]).layers == ()
    assert merge([]).name == "基准"


def test_a_shared_parent_does_not_undo_the_first_child():
    parent = Layer(name="p", changes=(envelope(2, 9000, 2023),))
    a = Scenario(
        name="a", title="a", layers=(parent, Layer(name="a", changes=(envelope(3, 8000, 2023),)))
    )
    b = Scenario(
        name="b", title="b", layers=(parent, Layer(name="b", changes=(envelope(4, 7000, 2024),)))
    )
    portfolio, _ = apply(merge([a, b]), BASE)
    assert portfolio.envelopes.pooled_wan[2:4, 1].tolist() == [
        544_000,
        476_000,
    ]  # 68 × 0.8, 68 × 0.7


@st.composite
def single_layers(draw: st.DrawFn) -> Scenario:
    """A layer without clashes: each quantity at most once."""
    changes: list[Change] = [
        envelope(10 + year, draw(st.integers(0, 30_000)), year, part=of_year(year))
        for year in draw(st.sets(st.integers(2021, 2045), max_size=3))
    ]
    changes += [
        cost(100 + no, draw(st.integers(1000, 30_000)), no)
        for no in draw(st.sets(st.sampled_from((22, 24, 31, 44))))
    ]
    return layer(draw(st.text("abc", min_size=1, max_size=3)), *draw(st.permutations(changes)))


@examples(60)
@given(single_layers(), single_layers())
def test_merged_is_the_later_where_it_speaks_and_the_earlier_elsewhere(a: Scenario, b: Scenario):
    one, other = apply(a, BASE)[0], apply(b, BASE)[0]
    both, log = apply(merge([a, b]), BASE)
    for name in ("pooled_ask_wan", "pooled_reserve_wan"):
        base, first, second, got = (getattr(p.envelopes, name) for p in (BASE, one, other, both))
        touched = [c.years[0] - 2021 for c in b.changes if isinstance(c, EnvelopeChange)]
        expected = np.where(np.isin(np.arange(25), touched)[:, None], second, first)
        np.testing.assert_array_equal(got, expected)
        assert base.shape == got.shape
    touched_items = [c.selector for c in b.changes if isinstance(c, Put) and c.verb == "造价"]
    for k, item in enumerate(BASE.items):
        spoken = Selector.items(item.no) in touched_items
        assert both.conditions.cost_bps[k] == (other if spoken else one).conditions.cost_bps[k]
    assert sum(entry.overridden_by is None for entry in log) >= len(b.changes)


@examples(40)
@given(single_layers())
def test_order_within_a_layer_does_not_matter(scenario: Scenario):
    backwards = layer("x", *reversed(scenario.changes))
    assert_equal(apply(scenario, BASE)[0], apply(backwards, BASE)[0])
