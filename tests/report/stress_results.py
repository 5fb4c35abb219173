"""Stress tests for the tests of their reports: a few paths by the batch engine."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np

from portfolio.model.calendar import SHIPPED
from portfolio.model.luck import Draws
from portfolio.model.measures.results import RunResult
from portfolio.model.portfolio import Portfolio
from portfolio.model.risk import RegisteredRisk
from portfolio.model.study.assess import compare, findings, usual_questions
from portfolio.model.study.drivers import channel_leverage, lever_effects
from portfolio.model.study.paths import Paths
from portfolio.model.study.queries import parse_condition, parse_quantity
from portfolio.model.study.query_answers import judge, parse_precision, precision, sampling_errors
from portfolio.model.study.result import Sampling, StressResult
from portfolio.sim.lanes.many_paths import play_many
from tests.report.results import result_of, shipped_run

PATHS, EXTRA = 120, 40
LESS_WAN = 500_000


def played(portfolio: Portfolio, draws: Draws) -> Paths:
    """The paths of some draws."""
    return play_many(portfolio, draws)


def some_luck(portfolio: Portfolio, paths: int, seed: int = 7) -> Draws:
    """Luck that makes some paths miss and some items late, without any model behind it."""
    rng = np.random.default_rng(seed)
    plain, items = Draws.none(portfolio, paths), len(portfolio.items)
    return replace(
        plain,
        cost_bps=rng.integers(9_500, 11_500, (paths, items)),
        volume_bps=rng.choice([10_000] * 9 + [8_000], (paths, items)),
        duration_bps=rng.choice([10_000] * 12 + [10_500, 13_000, 30_000], (paths, items)),
        stopped=rng.random(plain.stopped.shape) < 0.001,
        receipt_bps=rng.integers(9_300, 10_800, plain.receipt_bps.shape),
        happened=rng.random((paths, len(portfolio.risk.register))) < 0.5,
    )


def sampling(paths: int) -> Sampling:
    return Sampling(seed=7, asked=paths, interrupted=False, tails="正态", engine="逐事件推演")


def stress_of(run: RunResult, paths: int = 12) -> StressResult:
    """The stress test of any played portfolio, without extra runs."""
    made = played(run.portfolio, some_luck(run.portfolio, paths))
    return StressResult(
        run=run,
        sampling=sampling(paths),
        paths=made,
        findings=findings(run.portfolio, made, run.outcome),
    )


def with_register(portfolio: Portfolio) -> Portfolio:
    """The portfolio with a named risk."""
    risk = RegisteredRisk(
        id="R1", name="征拆受阻", probability=0.3, item_nos=(22, 23),
        cost_low=0.0, cost_likely=0.05, cost_high=0.2,
        quarters_low=0, quarters_likely=2, quarters_high=6, provenance="假设：判断",
    )  # fmt: skip
    return replace(portfolio, risk=replace(portfolio.risk, register=(risk,)))


@functools.cache
def shipped_stress(scenario: str | None = None) -> StressResult:
    """The shipped workbook stressed under a scenario, with every part a report can show."""
    run = shipped_run(scenario)
    portfolio = with_register(run.portfolio)
    run = replace(run, portfolio=portfolio)
    draws = some_luck(portfolio, PATHS)
    paths = played(portfolio, draws)
    found = findings(portfolio, paths, run.outcome)
    worry = None if found.worry is None else found.worry.year
    few = draws.take(slice(0, EXTRA))
    base = played(portfolio, few)
    calm = {
        "来源：造价风险": replace(few, cost_bps=np.full_like(few.cost_bps, 10_000)),
        "来源：工期风险": replace(few, duration_bps=np.full_like(few.duration_bps, 10_000)),
    }
    less = {("LAND", year): (LESS_WAN, _with_less(portfolio, few, year)) for year in (2022, 2024)}
    condition = parse_condition(f"P({worry}达标)<0.8", portfolio)
    asked = parse_quantity("P80(总造价)", portfolio)
    wanted = parse_precision("1%", asked.unit)
    halves = [played(portfolio, draws.take(slice(a, a + EXTRA))) for a in (0, EXTRA)]
    return StressResult(
        run=run,
        sampling=replace(
            sampling(PATHS),
            sobol=sampling_errors(portfolio, halves, usual_questions(SHIPPED, worry)),
        ),
        paths=paths,
        findings=found,
        levers=lever_effects(
            portfolio,
            base,
            {name: played(portfolio, luck) for name, luck in calm.items()},
            worry,
        ),
        leverage=channel_leverage(portfolio, base, less),
        precision=precision(asked, wanted, portfolio, paths),
        judged=(judge(condition, portfolio, paths),),
    )


@functools.cache
def shipped_pair() -> tuple[StressResult, ...]:
    """The baseline and a scenario on the same luck."""
    base, other = shipped_stress(), shipped_stress("三碰头")
    difference = compare(
        base.run.scenario,
        (base.run.portfolio, base.paths),
        other.run.scenario,
        (other.run.portfolio, other.paths),
    )
    return base, replace(other, comparison=difference)


def _with_less(portfolio: Portfolio, draws: Draws, year: int) -> Paths:
    position = portfolio.channel_position["LAND"]
    ask = portfolio.envelopes.pooled_ask_wan.copy()
    ask[year - 2021, position] -= LESS_WAN
    return played(
        replace(portfolio, envelopes=replace(portfolio.envelopes, pooled_ask_wan=ask)), draws
    )


__all__ = ["result_of", "shipped_pair", "shipped_stress", "some_luck", "stress_of"]
