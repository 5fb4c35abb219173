"""A play that goes on in a page: a plan without luck, as an image for `engine.wasm`."""

from __future__ import annotations

import numpy as np

from portfolio.model.luck import Draws
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.opening import opening
from portfolio.sim.lanes.arenas import Play
from portfolio.sim.lanes.inputs import LaneInputs, lane_inputs, net_own, net_pooled
from portfolio.sim.lanes.many_paths import laid_out

#: Lanes of a WebAssembly vector; one path leaves the second as a copy of the first.
LANES = 2


def inputs_without_luck(portfolio: Portfolio) -> LaneInputs:
    """The rules of a play without luck: no floor under envelopes, no bundles of projects."""
    x, begun, envelopes = lane_inputs(portfolio), opening(portfolio), portfolio.envelopes
    own = net_own(envelopes.own_wan, begun)[:, x.cell_channel, x.cell_item]
    return x._replace(
        own=np.ascontiguousarray(own),
        pooled_wan=net_pooled(envelopes.pooled_wan, begun),
        bundle=np.zeros_like(x.bundle),
    )


def play_without_luck(portfolio: Portfolio) -> Play:
    """The one path of a plan without luck, ready to be played."""
    return laid_out(inputs_without_luck(portfolio), Draws.none(portfolio), LANES)
