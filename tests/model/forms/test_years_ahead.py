"""Forms of years to come: money adds up by line, by year, by channel, by project."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from portfolio.model.facts import Budget, Execution, Facts
from portfolio.model.forms.entered import Purse
from portfolio.model.forms.planned.ahead import by_channel, by_project, listed_first, years_ahead
from portfolio.model.forms.planned.government_plan import Light, by_pot, government_plan, unpaid_wan
from portfolio.model.forms.planned.key_projects import key_projects
from portfolio.model.forms.planned.limits import Basis, channel_limits, entered_limits
from portfolio.model.forms.planned.pots import GOVERNMENT, Pot, is_government, pot_of
from portfolio.model.forms.planned.rolling_plan import DebtService, Stage, rolling_plan
from portfolio.model.items import BondUse, Kind, ProjectKind
from portfolio.model.money import BPS
from portfolio.model.portfolio import Portfolio, base_envelopes
from portfolio.model.projects import Project
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.from_facts import planned_money
from portfolio.model.reallocation.plan import lay_out
from portfolio.model.rules.parameters import derive
from portfolio.model.rules.replanned import replanned
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.sim.facts_of_plays import after
from tests.strategies import make_channel, make_item, make_portfolio, portfolios

MONTHS = st.integers(1, 110)


def begun(portfolio: Portfolio, months: int) -> Portfolio:
    """A portfolio some months of whose play are facts."""
    return replanned(after(portfolio, play(derive(portfolio)), months))


def plan_of(*years: tuple[int, int]) -> np.ndarray:
    """A plan of one item and as many channels as amounts a year, from 2026 on."""
    plan = np.zeros((PLAN_YEARS, 2, 1), dtype=np.int64)
    for k, amounts in enumerate(years):
        plan[5 + k, :, 0] = amounts
    return plan


@examples(60)
@given(portfolios(shocks=False), MONTHS)
def test_each_line_comes_to_its_total_and_each_year_to_what_is_left(
    portfolio: Portfolio, months: int
) -> None:
    begins = begun(portfolio, months)
    ahead = years_ahead(begins, begins)
    for line in ahead.lines:
        years = sum(line.year_wan(k) for k in range(3))
        assert line.before_wan + years + line.later_wan == line.total_wan
        assert min(line.before_wan, line.later_wan, *map(sum, line.years_wan)) >= 0
        assert line.total_wan == line.approved_wan  # no scenario, no overrun
    listed = key_projects(ahead, ahead.lines)
    assert listed.plan_wan == sum(line.year_wan(0) for line in ahead.lines)
    counts = [listed.count(kind) for kind in ProjectKind]
    assert sum(counts) == len(listed.listed)
    assert len(listed.listed) + len(listed.prepared) + listed.closed == len(ahead.lines)
    for row in listed.listed:
        assert row.line.before_wan + row.plan_wan <= row.line.total_wan
        assert row.quarters_wan[3] == row.plan_wan == sum(row.sources_wan)
        assert list(row.quarters_wan) == sorted(row.quarters_wan)


@examples(60)
@given(portfolios(), MONTHS)
def test_a_scenarios_costs_are_in_the_total_and_shown_as_overrun(
    portfolio: Portfolio, months: int
) -> None:
    begins = begun(portfolio, months)
    for line in years_ahead(begins, begins).lines:
        years = sum(line.year_wan(k) for k in range(3))
        assert line.before_wan + years + line.later_wan == line.total_wan
        assert line.overrun_wan == max(0, line.total_wan - line.approved_wan)


@examples(60)
@given(portfolios(), MONTHS, st.booleans())
def test_the_first_year_of_the_rolling_plan_is_the_government_plan(
    portfolio: Portfolio, months: int, shocked: bool
) -> None:
    begins = begun(portfolio, months)
    ahead = years_ahead(begins, begins)
    limits = channel_limits(ahead, ahead.lines, begins, begins, entered_limits(begins))
    year = government_plan(ahead, ahead.lines, limits[0], shocked=shocked)
    rolling = rolling_plan(ahead, ahead.lines, limits)
    assert {work.line.item.no: work.plan_wan for work in year.works} == {
        work.line.item.no: work.years[0].total_wan
        for work in rolling.works
        if work.years[0].total_wan
    }
    assert sum(w.government_wan for w in year.works) == sum(
        w.years[0].government_wan for w in rolling.arranged
    )
    assert sum(w.bonds_wan for w in year.works) == sum(w.years[0].bonds_wan for w in rolling.works)
    for work in year.works:
        assert sum(work.pots_wan) == work.plan_wan
    for work in rolling.of(Stage.RESERVE):
        assert not any(part.total_wan for part in work.years)


@examples(60)
@given(portfolios(), MONTHS, st.data())
def test_a_gap_is_what_the_need_passes_the_limit_by(
    portfolio: Portfolio, months: int, data: st.DataObject
) -> None:
    begins = begun(portfolio, months)
    ahead = years_ahead(begins, begins)
    told = data.draw(st.booleans())
    entered = {(c.id, y) for c in begins.channels for y in ahead.years} if told else frozenset()
    factor = data.draw(st.sampled_from((0, 3_000, 10_000)))
    envelopes = begins.envelopes
    cut = replace(
        envelopes,
        pooled_ask_wan=envelopes.pooled_ask_wan * factor // BPS,
        own_ask_wan=envelopes.own_ask_wan * factor // BPS,
    )
    shocked = replace(begins, envelopes=cut)
    for row in channel_limits(ahead, ahead.lines, shocked, begins, entered):
        for limit in row:
            if limit.basis is Basis.NONE:
                assert limit.limit_wan is limit.gap_wan is None
                continue
            assert limit.limit_wan is not None and limit.gap_wan is not None
            assert limit.gap_wan == sum(wan for _, wan in limit.short_wan)
            assert limit.gap_wan >= max(0, limit.need_wan - limit.limit_wan)
            if limit.channel.kind is Kind.POOLED:
                assert limit.gap_wan == max(0, limit.need_wan - limit.limit_wan)
            if limit.basis is Basis.COMPUTED:
                assert limit.gap_wan == 0 and limit.limit_wan == limit.need_wan


@given(st.integers(0, 10**9), st.lists(st.tuples(*[st.integers(0, 10**8)] * 2), min_size=1))
def test_an_amount_goes_first_where_it_is_listed_and_never_beyond_what_is_left(
    amount: int, projects: list[tuple[int, int]]
) -> None:
    listed, left = (np.array(each, dtype=np.int64) for each in zip(*projects, strict=True))
    amount = min(amount, int(left.sum()))
    given_ = listed_first(amount, listed, left)
    assert given_.sum() == amount and (given_ >= 0).all() and (given_ <= left).all()
    asked = np.minimum(listed, left)
    if amount <= asked.sum():
        assert (given_ <= asked).all()
    else:
        assert (given_ >= asked).all()


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=6), st.data())
def test_amounts_by_channel_keep_both_sums(channels: list[int], data: st.DataObject) -> None:
    total, amounts = sum(channels), []
    for _ in range(data.draw(st.integers(0, 5))):
        amounts.append(data.draw(st.integers(0, total - sum(amounts))))
    amounts.append(total - sum(amounts))
    rows = by_channel(np.array(amounts, dtype=np.int64), channels)
    assert [sum(row) for row in rows] == amounts
    assert [sum(column) for column in zip(*rows, strict=True)] == channels
    assert min(min(row) for row in rows) >= 0


@examples(60)
@given(portfolios(), MONTHS, st.data())
def test_projects_sum_to_their_item_in_every_figure(
    portfolio: Portfolio, months: int, data: st.DataObject
) -> None:
    begins = begun(portfolio, months)
    facts = begins.facts
    assume(facts is not None)
    assert facts is not None
    projects, rows = _made_projects(begins, facts, data)
    told = replace(begins, projects=projects, facts=replace(facts, by_project=rows))
    ahead = years_ahead(told, told)
    split = by_project(ahead, told)
    for line in ahead.lines:
        mine = [each for each in split if each.item.no == line.item.no]
        for k in range(3):
            sums = [sum(each) for each in zip(*(p.years_wan[k] for p in mine), strict=True)]
            assert tuple(sums) == line.years_wan[k]
        for name in ("total_wan", "before_wan", "later_wan", "approved_wan"):
            assert sum(getattr(each, name) for each in mine) == getattr(line, name)
        for each in mine:
            whole = each.before_wan + sum(map(sum, each.years_wan)) + each.later_wan
            assert whole == each.total_wan


def _made_projects(
    portfolio: Portfolio, facts: Facts, data: st.DataObject
) -> tuple[tuple[Project, ...], tuple[Execution, ...]]:
    """Two projects an item: the first has what was drawn, half of the rest is each's."""
    projects, rows = [], []
    drawn = derive(portfolio).opening.drawn_wan.sum(axis=0)
    rest = derive(portfolio).opening.rest_wan[-1].sum(axis=0)
    for i, item in enumerate(portfolio.items):
        half = int(rest[i]) // 2
        totals = (item.earlier_wan + int(drawn[i]) + half, int(rest[i]) - half)
        for k, (total, earlier) in enumerate(zip(totals, (item.earlier_wan, 0), strict=True)):
            year = data.draw(st.integers(0, PLAN_YEARS - 1))
            years = [0] * PLAN_YEARS
            years[year] = total - earlier
            projects.append(
                Project(
                    code=f"P{item.no}-{k}", name=f"项目{k}", item_no=item.no, total_wan=total,
                    earlier_wan=earlier, years_wan=tuple(years),
                )
            )  # fmt: skip
        rows.append(
            Execution(
                item_no=item.no, first_month=0, months=facts.asof_months, channel_id=None,
                done_wan=int(drawn[i]), project_code=f"P{item.no}-0",
            )
        )  # fmt: skip
    return tuple(projects), tuple(rows)


# --- Small cases in which one rule decides


def test_kinds_are_by_the_money_before_and_after_the_year() -> None:
    # 2026 is the running year, 2027 the form's first.
    def kind(*years: tuple[int, int], pre: int = 0) -> ProjectKind | None:
        plan = plan_of(*years)
        item = make_item(1, plan[:, :, 0].sum(axis=1), pre)
        portfolio = make_portfolio(plan, items=(item,))
        facts = Facts(asof_months=72, rows=(), budgets=())
        told = replanned(replace(portfolio, facts=facts)) if pre else portfolio
        ahead = years_ahead(told, told)
        assert ahead.year == (2027 if pre else 2022)
        return ahead.lines[0].kind_in_first(ahead.tail_bps)

    # Without facts the running year is the first, 2021, and the form's 2022: nothing has begun.
    assert kind((100, 0), (100, 0)) is ProjectKind.PREPARED
    # With 50 done before and 200 in two years still to come it goes on; with all in one it ends.
    assert kind((100, 0), (100, 0), pre=50) is ProjectKind.GOING_ON
    assert kind((100, 0), pre=50) is ProjectKind.FINISHING


def test_a_gap_of_the_city_goes_to_the_lowest_class_first() -> None:
    # Two items ask 100 each of one channel in 2022, which has 150: the second class lacks 50.
    plan = np.zeros((PLAN_YEARS, 1, 2), dtype=np.int64)
    plan[1] = 100
    items = tuple(make_item(no, plan[:, :, no - 1].sum(axis=1), priority=no) for no in (1, 2))
    portfolio = make_portfolio(plan, items=items)
    shock = portfolio.envelopes.pooled_ask_wan.copy()
    shock[1, 0] = 150
    envelopes = replace(
        portfolio.envelopes,
        pooled_ask_wan=shock,
        pooled_reserve_wan=portfolio.envelopes.pooled_reserve_wan * 0,
    )
    shocked = replace(portfolio, envelopes=envelopes)
    ahead = years_ahead(shocked, portfolio)
    (limits, *_) = channel_limits(ahead, ahead.lines, shocked, portfolio, frozenset())
    assert [(row.basis, row.limit_wan, row.need_wan, row.gap_wan) for row in limits] == [
        (Basis.SHOCKED, 150, 200, 50)
    ]
    table = government_plan(ahead, ahead.lines, limits, shocked=True)
    assert table.is_gap_table
    assert [(s.item.no, s.need_wan, s.given_wan, s.gap_wan) for s in table.short] == [
        (2, 100, 50, 50)
    ]
    assert (Light.OVER_LIMIT, "渠道0") in table.lights
    # The same plan without a scenario is a plan with a red light.
    assert not government_plan(ahead, ahead.lines, limits, shocked=False).is_gap_table


def test_what_may_not_have_bonds_and_what_has_no_estimate_is_lit() -> None:
    bonds = make_channel(0, id="SPB", group="财政性债务")
    plan = np.zeros((PLAN_YEARS, 1, 3), dtype=np.int64)
    plan[1:3] = 100
    use = (BondUse.NOT, BondUse.BUNDLED, BondUse.LAWFUL)
    stages = ("概算", "概算", "可研")
    items = tuple(
        make_item(i + 1, plan[:, :, i].sum(axis=1), bond_use=use[i], stage=stages[i])
        for i in range(3)
    )
    portfolio = make_portfolio(plan, channels=(bonds,), items=items)
    ahead = years_ahead(portfolio, portfolio)
    (limits, *_) = channel_limits(ahead, ahead.lines, portfolio, portfolio, frozenset())
    works = government_plan(ahead, ahead.lines, limits, shocked=False).works
    assert [work.lights for work in works] == [
        (Light.NO_REVENUE,), (Light.BUNDLED,), (Light.NO_ESTIMATE,),
    ]  # fmt: skip
    assert [work.bonds_wan for work in works] == [100, 100, 100]


def test_an_entered_budget_is_a_limit_and_what_is_computed_is_none() -> None:
    plan = np.zeros((PLAN_YEARS, 1, 1), dtype=np.int64)
    plan[:3] = 100
    rows = (Execution(item_no=1, first_month=0, months=12, channel_id="C0", done_wan=100),)
    budget = Budget(channel_id="C0", year=2022, item_no=None, initial_wan=70)
    facts = Facts(asof_months=12, rows=rows, budgets=(budget,))
    portfolio = make_portfolio(plan)
    told = replace(portfolio, facts=facts)
    envelopes = base_envelopes(told.plan_wan, told.items, told.channels, told.calendar, asof_year=1)
    ask = envelopes.pooled_ask_wan.copy()
    ask[1, 0] = 70
    told = replace(told, envelopes=replace(envelopes, pooled_ask_wan=ask))
    ahead = years_ahead(told, told)
    first, second, _ = channel_limits(ahead, ahead.lines, told, told, entered_limits(told))
    assert [(row.basis, row.limit_wan, row.gap_wan) for row in first] == [(Basis.ENTERED, 70, 30)]
    assert [(row.basis, row.gap_wan) for row in second] == [(Basis.COMPUTED, 0)]
    (pot,) = [each for each in by_pot(first) if each.need_wan]
    assert (pot.limit_wan, pot.need_wan, pot.gap_wan) == (70, 100, 30)
    (pot,) = [each for each in by_pot(second) if each.need_wan]
    assert pot.limit_wan is None


def test_pots_are_public_where_the_channels_are() -> None:
    for kind in Kind:
        for group in ("财政", "土地财政", "财政性债务", "中央资金", "政策性金融", "国资", "别的"):
            channel = make_channel(0, kind=kind, group=group)
            if group == "财政性债务":
                assert pot_of(channel) is Pot.BONDS
                continue
            assert is_government(channel) == (pot_of(channel) in GOVERNMENT)
    assert len(Pot) <= 8


def test_debt_service_is_by_year_and_after() -> None:
    due = {(1, 2027): (0, 30), (1, 2031): (1000, 30), (2, 2027): (0, 5)}
    debt = DebtService(due_wan=due)
    assert debt.years_of(1, 2027).interest == (2027, 2031)
    assert debt.years_of(1, 2028).interest == (2031,)
    assert debt.years_of(1, 2028).principal == (2031,)
    first, rest = debt.in_year(2027), debt.in_year(2030, and_after=True)
    assert (first.principal_wan, first.interest_wan) == (0, 35)
    assert (rest.principal_wan, rest.interest_wan) == (1000, 30)


def test_what_is_owed_beyond_the_years_plan_and_a_large_overrun_are_lit() -> None:
    plan = np.zeros((PLAN_YEARS, 1, 1), dtype=np.int64)
    plan[1:3] = 100
    portfolio = make_portfolio(plan)

    def lights(portfolio: Portfolio, owed: int) -> tuple[Light, ...]:
        ahead = years_ahead(portfolio, portfolio)
        made = government_plan(
            ahead, ahead.lines, (), shocked=False, estimated=(1,), unpaid={1: owed}
        )
        return made.works[0].lights

    assert lights(portfolio, 100) == ()
    assert lights(portfolio, 101) == (Light.UNPAID,)
    for cost, lit in ((11_000, ()), (11_100, (Light.OVERRUN,))):  # 10 % is no overrun yet
        dearer = replace(portfolio.conditions, cost_bps=np.array([cost], dtype=np.int64))
        assert lights(replace(portfolio, conditions=dearer), 0) == lit


def test_what_is_owed_is_the_last_told_of_each_channel() -> None:
    def purse(channel: str, until: int, payable: int | None, settled: int) -> Purse:
        return Purse(
            item_no=1, project_code=None, channel_id=channel, level=None, until=until,
            payable_wan=payable, settled_wan=settled,
        )  # fmt: skip

    told = [purse("A", 69, 90, 10), purse("A", 70, 100, 60), purse("B", 70, 10, 30),
            purse("C", 70, None, 5)]  # fmt: skip
    assert unpaid_wan(told) == {1: 40}  # B is prepaid, C isn't told


@examples(40)
@given(portfolios(shocks=False), MONTHS)
def test_the_years_of_an_adjusted_plan_are_as_they_were_decided(
    portfolio: Portfolio, months: int
) -> None:
    begins = begun(portfolio, months)
    facts = begins.facts
    assume(facts is not None)
    assert facts is not None
    laid = lay_out(begins, planned_money(begins), asof_quarter=max(0, months // 3 - 1))
    ahead = years_ahead(laid, begins)
    first = ahead.year - laid.calendar.first_year
    for line in ahead.lines:
        place = laid.position[line.item.no]
        for k in range(3):
            if first + k < len(laid.plan_wan):
                assert line.years_wan[k] == tuple(laid.plan_wan[first + k, :, place].tolist())
        years = sum(line.year_wan(k) for k in range(3))
        assert line.before_wan + years + line.later_wan == line.total_wan
        assert min(line.before_wan, line.later_wan) >= 0


def test_an_approved_total_is_whole_where_a_scenario_leaves_nothing_of_the_cost() -> None:
    # 1 万元 at half its cost is floor(0.5) = 0: nothing to share the approved 1 by.
    plan = np.zeros((PLAN_YEARS, 1, 1), dtype=np.int64)
    plan[1] = 1
    portfolio = make_portfolio(plan)
    project = Project(code="P", name="项目", item_no=1, total_wan=1, earlier_wan=0)
    halved = replace(portfolio.conditions, cost_bps=np.array([5_003], dtype=np.int64))
    told = replace(portfolio, projects=(project,), conditions=halved)
    ahead = years_ahead(told, told)
    (line,), (part,) = ahead.lines, by_project(ahead, told)
    assert (line.total_wan, line.approved_wan) == (0, 1)
    assert part.project == project
    assert (part.total_wan, part.approved_wan) == (0, 1)
