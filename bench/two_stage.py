"""A plan for now under sampled shocks: seconds to proof on the shipped plan."""

from __future__ import annotations

import time
from typing import NamedTuple

from bench.timing import show

#: Guide: 58 items × 100 scenarios proven within so many seconds.
GUIDE_SECONDS = 90
SCENARIOS = (
    "三碰头",
    "土地出让断崖",
    "建材涨价",
    "自筹违约",
    "专项债大幅收紧",
    "征拆受阻",
    "信贷收紧",
)


class Measured(NamedTuple):
    """One search; seconds of the processor."""

    scenario: str
    seconds: float
    rounds: int
    solves: int
    gap_yi: float
    proven: bool


def measure(scenario: str, samples: int, seconds: float | None) -> Measured:
    """Search once; models are built and the repair solved outside the clock."""
    from portfolio.model.reallocation.hedge import Risk, even
    from portfolio.optimize.questions.hedge import hedge
    from portfolio.optimize.questions.second_stage import stages
    from portfolio.optimize.repair import repair
    from portfolio.optimize.solver import SolveState
    from portfolio.sim.luck import draw
    from portfolio.workflows import open_case

    repaired = repair(open_case(None, [scenario]).case)
    if repaired.plan_wan is None:
        raise ValueError(f"{scenario} has no repair")
    laid = stages(repaired, repaired.plan_wan, 1)
    luck = draw(repaired.case.portfolio, seed=1, first_path=1, paths=samples)
    begun = time.process_time()
    found = hedge(
        laid.problem,
        laid.scenarios(luck.receipt_bps),
        even(samples),
        Risk(),
        start=laid.decision(repaired.plan_wan),
        seconds=seconds,
    )
    spent = time.process_time() - begun
    gap = float("inf")
    if found.best is not None and found.bound is not None:
        gap = max(0.0, found.best.value - found.bound)
    proven = found.state is SolveState.OPTIMAL
    return Measured(scenario, spent, found.rounds, found.solves, gap, proven)


def run(*, quick: bool) -> None:
    """Measure the shipped scenarios; `quick` one of them with few samples."""
    names, samples = (SCENARIOS[:1], 20) if quick else (SCENARIOS, 100)
    rows = []
    for name in names:
        each = measure(name, samples, None)
        proven = "yes" if each.proven else "no"
        rows.append(
            (name, f"{each.seconds:.1f}", each.rounds, each.solves, f"{each.gap_yi:.3f}", proven)
        )
    heads = ("scenario", "s", "rounds", "later models", "gap (yi)", "proven")
    show(f"two stages, 58 items, {samples} scenarios (processor time)", heads, rows)
    if not quick:
        print(f"  guide: {GUIDE_SECONDS} s")
