"""The extra runs of a stress test: what each source of luck and each channel's money does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from portfolio.workflows.luck_options import Told, counting

if TYPE_CHECKING:
    from portfolio.model.study.paths import Paths
    from portfolio.model.study.result import ChannelLeverage, LeverEffect, StressResult
    from portfolio.sim.stress import Luck, Study
    from portfolio.workflows.stopping import Stop

#: Extra runs (levers, leverage) use so many paths at most, by engine.
EXTRA_PATHS, SLOW_EXTRA_PATHS = 500, 100


def with_extras(
    results: Sequence[StressResult], luck: Luck, workers: int | None, tell: Told, stop: Stop
) -> list[StressResult]:
    """The results with levers and leverage; Ctrl-C leaves out those not done."""
    done = list(results)
    for k, result in enumerate(results):
        try:
            with stop.let_through():
                levers, leverage = _extras(result, luck, workers, tell)
        except KeyboardInterrupt:
            stopped = replace(result.sampling, extras_skipped=True)
            return [*done[:k], replace(result, sampling=stopped), *done[k + 1 :]]
        done[k] = replace(result, levers=levers, leverage=leverage)
    return done


def _extras(
    result: StressResult, luck: Luck, workers: int | None, tell: Told
) -> tuple[tuple[LeverEffect, ...], tuple[ChannelLeverage, ...]]:
    """Luck switched off source by source, and envelopes a little less, on the first paths."""
    from portfolio.model.study.levers import channel_leverage, lever_effects
    from portfolio.sim import levers as extra
    from portfolio.sim import stress as sim
    from portfolio.sim.many_paths import compiled_engine_missing

    portfolio, worry = result.run.portfolio, result.findings.worry
    most = SLOW_EXTRA_PATHS if compiled_engine_missing() else EXTRA_PATHS
    count, name = min(len(result.paths), most), result.run.scenario
    off = extra.switched_off(portfolio)
    lucks = [luck, *(replace(luck, off=each) for each in off.values())]
    base, *others = _whole(
        sim.study(
            [portfolio] * len(lucks),
            luck=lucks,
            paths=count,
            workers=workers,
            progress=counting(tell, f"正在逐项去除风险 {name}"),
        )
    )
    less = extra.less_money(portfolio)
    leaner = sim.study_same_draws(
        [each for _, each in less.values()],
        sim.window_draws(portfolio, luck, sim.Window(1, count)),
        workers=workers,
        progress=counting(tell, f"正在计算渠道杠杆 {name}"),
    )
    taken: Mapping[tuple[str, int], tuple[int, Paths]] = {
        cell: (wan, paths) for (cell, (wan, _)), paths in zip(less.items(), leaner, strict=True)
    }
    effects = lever_effects(
        portfolio,
        base,
        dict(zip(off, others, strict=True)),
        None if worry is None else worry.year,
    )
    return effects, channel_leverage(portfolio, base, taken)


def _whole(study: Study) -> tuple[Paths, ...]:
    """The paths of a study that must be whole."""
    if study.interrupted:
        raise KeyboardInterrupt
    return study.paths
