"""Normal scores and what ties them together: the factor copula of items, the years of channels.

Source of the model and its defaults: data/risk/correlation.md, section 2 (judgement).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.random import Generator, Philox
from numpy.random.bit_generator import ISeedSequence
from scipy.special import gammaincinv, ndtri, stdtr

from portfolio.model.arrays import Floats
from portfolio.model.items import ChannelRisk
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_YEARS
from portfolio.model.risk import (
    ChannelCorrelation,
    channel_correlation_matrix,
    innovation_correlation,
)
from portfolio.sim.luck.projects import draws_of

# --- Keyed streams of random numbers: what a stream gives depends on its key and nothing else


#: Paths of a chunk. Every stream of a chunk is drawn whole, however few of its paths are asked for.
CHUNK = 512


class _Key(ISeedSequence):
    """A key given as it is: numpy's own seeding asks the system for entropy first."""

    def __init__(self, words: npt.NDArray[np.uint64]) -> None:
        self.words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint64) -> npt.NDArray[Any]:
        """The key's words; Philox asks for two of 64 bits."""
        assert (n_words, np.dtype(dtype)) == (2, np.dtype(np.uint64))
        return self.words


@lru_cache(maxsize=65_536)
def _key(seed: int, purpose: str, name: str) -> Any:
    text = "\x1f".join((str(seed), purpose, name))
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return _Key(np.frombuffer(digest, dtype="<u8").astype(np.uint64))


def stream(seed: int, purpose: str, name: str, chunk: int) -> Generator:
    """The stream of that key, at its beginning."""
    counter = np.array([0, 0, 0, chunk], dtype=np.uint64)
    return Generator(Philox(_key(seed, purpose, name), counter=counter))


# --- Normal scores and what ties them together: the factor copula of items, the years of channels


Scores32 = npt.NDArray[np.float32]

#: Degrees of freedom of the copula with joint extremes.
TAIL_FREEDOM = 5
#: Entries of the table from t values to normal scores, by asinh of the value, and its end.
TAIL_CELLS, TAIL_END = 2**14, 9.0
#: A remainder of variance below this is none.
NO_VARIANCE = 1e-12
#: Correlations further from those asked for than this are a contradiction, not rounding.
ROUNDING = 1e-4


@dataclass(frozen=True, kw_only=True)
class Normals:
    """Independent normal numbers of a chunk; the path is the last axis.

    common [path] · group [group, path] · own and pace [draw, path], what an item's cost and its
    delay have for themselves, a bundle's several times (`draws_of`) · yearly [channel, year, path] for channels with a 到位率 ·
    spread [path], sqrt(chi²/5), None for the Gaussian copula
    """

    common: Floats
    group: Floats
    own: Floats
    pace: Floats
    yearly: Scores32
    spread: Floats | None


def groups(portfolio: Portfolio) -> tuple[tuple[str, ...], npt.NDArray[np.intp]]:
    """Correlation groups in order of appearance, and the position of each item's."""
    of_class = {risk.key: risk.corr_group for risk in portfolio.risk_classes}
    names = [of_class[item.risk_class] for item in portfolio.items]
    unique = tuple(dict.fromkeys(names))
    place = {name: index for index, name in enumerate(unique)}
    return unique, np.array([place[name] for name in names], dtype=np.intp)


def risky_channels(portfolio: Portfolio) -> tuple[ChannelRisk, ...]:
    """到位率 assumptions of the channels that have them, in the channels' order."""
    by_id = {risk.channel_id: risk for risk in portfolio.channel_risks}
    return tuple(by_id[channel.id] for channel in portfolio.channels if channel.id in by_id)


def keyed_normals(portfolio: Portfolio, *, seed: int, chunk: int, tails: str) -> Normals:
    """The numbers of a chunk, each row from the stream of its item, channel or group."""

    def rows(purpose: str, names: Sequence[object]) -> Floats:
        found = np.empty((len(names), CHUNK))
        for row, name in enumerate(names):
            stream(seed, purpose, str(name), chunk).standard_normal(out=found[row])
        return found

    numbers = _names(portfolio)
    spread = None
    if tails == "t5":
        chi2 = stream(seed, "tail", "", chunk).chisquare(TAIL_FREEDOM, size=CHUNK)
        spread = np.sqrt(chi2 / TAIL_FREEDOM)
    return Normals(
        common=rows("common", ("",))[0],
        group=rows("group", groups(portfolio)[0]),
        own=rows("cost", numbers),
        pace=rows("duration", numbers),
        yearly=_keyed_years(portfolio, seed, chunk),
        spread=spread,
    )


def _names(portfolio: Portfolio) -> list[str]:
    """What the draws of items are keyed by: the item, for the later ones of a bundle which as well."""
    return [
        str(item.no) if k == 0 else f"{item.no}/{k + 1}"
        for item, count in zip(portfolio.items, draws_of(portfolio).tolist(), strict=True)
        for k in range(count)
    ]


def _keyed_years(portfolio: Portfolio, seed: int, chunk: int) -> Scores32:
    """Normal numbers of the channels' years: float32[channel, year, path].

    They are most of all numbers of a chunk, so that each is looked up with 16 random bits: 65,536
    values of equal chance, the furthest at ±4.3. That is finer than the basis points they become.
    """
    risks, scores = risky_channels(portfolio), _sixteen_bit_normals()
    found = np.empty((len(risks), PLAY_YEARS, CHUNK), dtype=np.float32)
    for row, risk in enumerate(risks):
        luck = stream(seed, "receipt", risk.channel_id, chunk).bytes(2 * PLAY_YEARS * CHUNK)
        bits = np.frombuffer(luck, dtype="<u2").reshape(PLAY_YEARS, CHUNK)
        np.take(scores, bits, out=found[row], mode="clip")
    return found


@lru_cache(maxsize=1)
def _sixteen_bit_normals() -> Scores32:
    """The mean of each of 65,536 slices of equal chance, stretched to variance 1.

    Mean of a slice from a to b: (φ(a) − φ(b)) × 65,536.
    """
    edges = ndtri(np.arange(2**16 + 1) / 2**16)
    means = -np.diff(np.exp(-(edges**2) / 2)) / np.sqrt(2 * np.pi) * 2**16
    return np.asarray(means / means.std(), dtype=np.float32)


def item_scores(portfolio: Portfolio, normals: Normals) -> tuple[Floats, Floats]:
    """Scores of cost and of delay, standard normal each: float64[draw, path].

    Z = sqrt(rg) G + sqrt(rk) K + sqrt(1 − rg − rk) E; Y = r Z + sqrt(1 − r²) H. With a spread W
    all of G, K, E and H are divided by it, and t values turned into normal scores again.
    """
    risk = portfolio.risk
    everywhere, in_group = risk.global_correlation, risk.group_correlation
    r = risk.cost_time_correlation
    _, group = groups(portfolio)
    group = np.repeat(group, draws_of(portfolio))
    cost = np.sqrt(max(0.0, 1.0 - everywhere - in_group)) * normals.own
    cost += (np.sqrt(in_group) * normals.group)[group]
    cost += np.sqrt(everywhere) * normals.common
    delay = r * cost + np.sqrt(max(0.0, 1.0 - r * r)) * normals.pace
    if normals.spread is None:
        return cost, delay
    return _from_t(cost / normals.spread), _from_t(delay / normals.spread)


def _from_t(values: Floats) -> Floats:
    """Normal scores of the same chance as t values with 5 degrees of freedom."""
    by_size = _tail_table()
    place = np.arcsinh(values)
    return np.interp(place, np.linspace(-TAIL_END, TAIL_END, len(by_size)), by_size)


@lru_cache(maxsize=1)
def _tail_table() -> Floats:
    """Normal scores by asinh of the t value; linear between, true to 1e-6."""
    size = np.sinh(np.linspace(-TAIL_END, 0.0, TAIL_CELLS // 2 + 1))
    left = ndtri(stdtr(TAIL_FREEDOM, size))
    left[-1] = 0.0
    return np.concatenate([left, -left[-2::-1]])


def receipt_scores(
    risks: Sequence[ChannelRisk],
    correlations: Sequence[ChannelCorrelation],
    yearly: Scores32,
) -> Scores32:
    """Scores of the yearly 到位率: float32[channel, year, path], overwriting `yearly`.

    z[0] as in the long run, z[y] = φ z[y−1] + sqrt(1 − φ²) e[y]; the e of channels tied to one
    another are mixed so that the z have the given correlations in every year.
    """
    for members, first, later in _ties(tuple(risks), tuple(correlations)):
        rows = list(members)
        alone = yearly[rows]
        for weights, years in ((first, slice(0, 1)), (later, slice(1, None))):
            for k, row in enumerate(rows):
                # Added one by one, in order: a matrix product may round by its number of columns.
                yearly[row, years] = sum(
                    np.float32(weights[k, j]) * alone[j, years]
                    for j in range(k + 1)
                    if weights[k, j]
                )
    exact = np.array([risk.persistence for risk in risks])[:, None]
    fading, fresh = exact.astype(np.float32), np.sqrt(1 - exact**2).astype(np.float32)
    for year in range(1, yearly.shape[1]):
        yearly[:, year] *= fresh
        yearly[:, year] += fading * yearly[:, year - 1]
    return yearly


@lru_cache(maxsize=64)
def _ties(
    risks: tuple[ChannelRisk, ...], correlations: tuple[ChannelCorrelation, ...]
) -> tuple[tuple[tuple[int, ...], Floats, Floats], ...]:
    """Channels tied to one another: positions, weights of the first and of later years.

    Every channel's weights fall on itself and on those before it in the portfolio's order, so
    that a channel added at the end changes no other, and one tied to none changes nothing.
    """
    place = {risk.channel_id: index for index, risk in enumerate(risks)}
    used = tuple(
        pair
        for pair in correlations
        if pair.correlation and pair.channel_id in place and pair.other_id in place
    )
    found = []
    for ids in _components(used, place):
        inside = tuple(pair for pair in used if pair.channel_id in ids)
        matrix = channel_correlation_matrix(ids, inside)
        fading = np.array([risks[place[channel]].persistence for channel in ids])
        later = innovation_correlation(matrix, fading)
        found.append(
            (tuple(place[channel] for channel in ids), lower_factor(matrix), lower_factor(later))
        )
    return tuple(found)


def _components(
    pairs: Sequence[ChannelCorrelation], place: Mapping[str, int]
) -> list[tuple[str, ...]]:
    """Sets of channels tied by pairs, each in the order of their places."""
    of: dict[str, set[str]] = {}
    for pair in pairs:
        joined = of.get(pair.channel_id, {pair.channel_id}) | of.get(pair.other_id, {pair.other_id})
        of.update(dict.fromkeys(joined, joined))
    return list(
        dict.fromkeys(
            tuple(sorted(of[channel], key=place.__getitem__))
            for channel in sorted(of, key=place.__getitem__)
        )
    )


def lower_factor(matrix: Floats) -> Floats:
    """Lower-triangular L with L Lᵀ = matrix and rows of length 1; semidefinite matrices too.

    Raises
    ------
    ValueError
        No numbers can have these correlations.
    """
    size = len(matrix)
    lower = np.zeros((size, size))
    for k in range(size):
        rest = float(matrix[k, k] - (lower[k, :k] ** 2).sum())
        if rest > NO_VARIANCE:
            lower[k, k] = np.sqrt(rest)
            lower[k + 1 :, k] = (
                matrix[k + 1 :, k] - (lower[k + 1 :, :k] * lower[k, :k]).sum(axis=1)
            ) / lower[k, k]
    if not np.allclose(lower @ lower.T, matrix, rtol=0, atol=ROUNDING):
        raise ValueError("correlations of channels contradict one another")
    return np.asarray(lower / np.sqrt((lower**2).sum(axis=1, keepdims=True)))


# --- Quasi-random normal numbers: a scrambled Sobol sequence instead of one stream a row


#: Binary digits of a coordinate.
BITS = 30


def sobol_normals(
    portfolio: Portfolio, *, seed: int, randomisation: int, paths: int, tails: str
) -> Iterator[Normals]:
    """Normal numbers of consecutive chunks of a sequence; `paths` is a power of two.

    Dimensions, the best first: what all items share, the spread of the t copula (kept free for the
    Gaussian one, so that both have the same luck), the groups, cost and delay of the items with
    the most money first, the years of the channels year by year. What a bundle is drawn more than
    once is keyed.
    """
    from scipy.stats import qmc  # takes half a second, and few ask for it

    n_groups, n_items = len(groups(portfolio)[0]), len(portfolio.items)
    n_channels = len(risky_channels(portfolio))
    sizes = [2, n_groups, 2 * n_items, n_channels * PLAY_YEARS]
    ends = np.cumsum(sizes)
    scramble = int(stream(seed, "sobol", str(randomisation), 0).integers(2**63))
    # Named `seed` in every release; newer ones call it `rng` as well.
    sequence = qmc.Sobol(int(ends[-1]), bits=BITS, seed=scramble)
    by_money = sorted(range(n_items), key=lambda i: (-portfolio.items[i].total_wan, i))
    place = np.empty(n_items, dtype=np.intp)
    place[by_money] = np.arange(n_items)
    first = np.cumsum(draws_of(portfolio)) - draws_of(portfolio)
    names = [f"{name}/sobol {randomisation}" for name in _names(portfolio)]

    def with_later(purpose: str, chunk: int, firsts: Floats) -> Floats:
        found = np.empty((len(names), firsts.shape[1]))
        for row in sorted({*range(len(names))} - {*first.tolist()}):
            luck = stream(seed, purpose, names[row], chunk)
            found[row] = luck.standard_normal(CHUNK)[: firsts.shape[1]]
        found[first] = firsts
        return found

    for chunk in range(-(-paths // CHUNK)):
        # The middle of a cell: 0 would be a score without end.
        points = sequence.random(min(paths, CHUNK)).T + 0.5 ** (BITS + 1)
        shared, group, items, years = np.split(points, ends[:-1])
        yield Normals(
            common=ndtri(shared[0]),
            group=ndtri(group),
            own=with_later("cost", chunk, ndtri(items[2 * place])),
            pace=with_later("duration", chunk, ndtri(items[2 * place + 1])),
            yearly=_by_channel(ndtri(years), n_channels),
            spread=_spread(shared[1]) if tails == "t5" else None,
        )


def _by_channel(years: Floats, n_channels: int) -> Scores32:
    """Rows year by year as float64[channel, year, path]."""
    by_year = years.reshape(PLAY_YEARS, n_channels, -1)
    return np.ascontiguousarray(by_year.transpose(1, 0, 2), dtype=np.float32)


def _spread(chance: Floats) -> Floats:
    """Quantiles of sqrt(chi²/ν)."""
    chi2 = 2.0 * gammaincinv(TAIL_FREEDOM / 2.0, chance)
    return np.asarray(np.sqrt(chi2 / TAIL_FREEDOM))
