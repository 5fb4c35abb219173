"""Many paths of several portfolios on the same luck: in chunks, on all cores, to be stopped any time.

Results depend on the seed and the path numbers alone: not on chunks, workers or what was known
before. Memory holds at most one chunk more than there are workers, and the results (`Gathered`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from portfolio.model.luck import Draws
from portfolio.model.portfolio import Portfolio
from portfolio.model.study.paths import Paths
from portfolio.sim.gathered import Gathered
from portfolio.sim.hands import Hands, Task, in_order
from portfolio.sim.lanes.many_paths import Standing, play_many, stand
from portfolio.sim.luck import Off, draw, draw_sobol, draw_without
from portfolio.sim.luck.scores import CHUNK

#: Told how many paths are done, and of how many; several portfolios count as one.
Told = Callable[[int, int], None]
T = TypeVar("T")

#: `until` stops here, however unsure the answer still is.
MOST_PATHS = 200_000
#: Independent randomisations of a quasi-random study.
RANDOMISATIONS = 8
#: Who plays: hands, or how many threads; None: as many as there are cores.
Workers = Hands | int | None


class Window(NamedTuple):
    """Consecutive paths: the number of the first, counted from 1, and how many."""

    first_path: int
    paths: int


@dataclass(frozen=True, kw_only=True)
class Luck:
    """What the paths of a study are drawn by; `off` takes a source of luck away."""

    seed: int
    tails: str = "gauss"
    off: Off = frozenset()


@dataclass(frozen=True, kw_only=True)
class Study:
    """Paths 1 to n of each portfolio, on the same luck.

    paths : one a portfolio, all of the same length
    parts : for a quasi-random study the paths of each randomisation by portfolio, else ()
    asked : how many paths were asked for; fewer may be there where the user stopped the study
    interrupted : the user stopped it; in the very last moment all paths may be there
    """

    paths: tuple[Paths, ...]
    asked: int
    interrupted: bool = False
    parts: tuple[tuple[Paths, ...], ...] = ()


def study(
    portfolios: Sequence[Portfolio],
    *,
    luck: Luck | Sequence[Luck],
    paths: int,
    workers: Workers = None,
    progress: Told | None = None,
    known: Sequence[Paths] = (),
    engine: str | None = None,
) -> Study:
    """Play paths 1 to `paths` of each portfolio.

    `luck` is one for all portfolios or one each. `known` are the first paths of an earlier study
    of the same portfolios and luck; only the rest is played. Ctrl-C leaves the chunks finished by
    all portfolios.

    Raises
    ------
    KeyboardInterrupt
        Stopped before any path was done.
    """
    each = [luck] * len(portfolios) if isinstance(luck, Luck) else list(luck)
    start = len(known[0]) if known else 0
    parts = windows(start + 1, paths)
    tasks = [
        Task(play_window, portfolios[k], each[k], window, engine)
        for window in parts
        for k in range(len(portfolios))
    ]
    sizes = [window.paths for window in parts for _ in portfolios]
    rooms = _Rooms(len(portfolios), paths)
    for room, part in zip(rooms.rooms, known, strict=False):
        room.add(part)
    tell = _counted(sizes, progress, start * len(portfolios))
    interrupted = in_order(tasks, workers, tell, rooms)
    if not rooms.whole and not known and paths > 0:
        raise KeyboardInterrupt
    joined = tuple(room.paths() for room in rooms.rooms)
    return Study(paths=joined, asked=paths, interrupted=interrupted)


class _Rooms:
    """The paths of several portfolios: a window is kept once all have played it.

    whole : how many windows are kept
    """

    def __init__(self, portfolios: int, paths: int) -> None:
        self.rooms = [Gathered(paths) for _ in range(portfolios)]
        self.whole = 0
        self._window: list[Paths] = []

    def append(self, part: Paths, /) -> None:
        """Take the paths of a window of the next portfolio."""
        self._window.append(part)
        if len(self._window) == len(self.rooms):
            self._keep()

    def __len__(self) -> int:
        """Parts taken."""
        return self.whole * len(self.rooms) + len(self._window)

    def _keep(self) -> None:
        """All or nothing: Ctrl-C in between is raised afterwards."""
        stopped, ends = False, self.rooms[0].rows + len(self._window[0])
        for room, part in zip(self.rooms, self._window, strict=True):
            while room.rows < ends:
                try:
                    room.add(part)
                except KeyboardInterrupt:
                    stopped = True
        self.whole, self._window = self.whole + 1, []
        if stopped:
            raise KeyboardInterrupt


def until(
    portfolios: Sequence[Portfolio],
    *,
    luck: Luck,
    sure: Callable[[tuple[Paths, ...]], bool],
    paths: int,
    most: int = MOST_PATHS,
    workers: Workers = None,
    progress: Told | None = None,
    engine: str | None = None,
) -> Study:
    """Double the paths until `sure` says that they are enough, or `most` is reached."""
    found = Study(paths=(), asked=0)
    asked = min(paths, most)
    while True:
        found = study(
            portfolios,
            luck=luck,
            paths=asked,
            workers=workers,
            progress=progress,
            known=found.paths,
            engine=engine,
        )
        if found.interrupted or asked >= most or sure(found.paths):
            return found
        asked = min(2 * asked, most)


def study_sobol(
    portfolios: Sequence[Portfolio],
    *,
    luck: Luck,
    paths: int,
    workers: Workers = None,
    progress: Told | None = None,
    engine: str | None = None,
) -> Study:
    """Play `RANDOMISATIONS` independent scrambled Sobol sequences, together at least `paths` paths.

    Each has a power of two of paths (`sobol_size`). Path k of the study is row k − 1 of the
    randomisations one after another. Ctrl-C leaves the randomisations done by all portfolios.

    Raises
    ------
    KeyboardInterrupt
        Stopped before any randomisation was done.
    """
    size = sobol_size(paths)
    tasks = [
        Task(play_randomisation, portfolio, luck, randomisation, size, engine)
        for randomisation in range(RANDOMISATIONS)
        for portfolio in portfolios
    ]
    found: list[Paths] = []
    interrupted = in_order(tasks, workers, _counted([size] * len(tasks), progress, 0), found)
    whole = len(found) // len(portfolios)
    if not whole:
        raise KeyboardInterrupt
    parts = tuple(
        tuple(found[k : whole * len(portfolios) : len(portfolios)]) for k in range(len(portfolios))
    )
    joined, stopped = _joined(parts)
    return Study(
        paths=joined,
        asked=size * RANDOMISATIONS,
        interrupted=interrupted or stopped,
        parts=parts,
    )


def _joined(pieces: Sequence[Sequence[Paths]]) -> tuple[tuple[Paths, ...], bool]:
    """The pieces of each portfolio as one, and whether Ctrl-C came; a second one is let through."""
    try:
        return tuple(Paths.joined(each) for each in pieces), False
    except KeyboardInterrupt:
        return tuple(Paths.joined(each) for each in pieces), True


def study_without(
    portfolio: Portfolio,
    *,
    luck: Luck,
    offs: Sequence[Off],
    paths: int,
    workers: Workers = None,
    progress: Told | None = None,
    base: Paths | None = None,
) -> tuple[Paths, ...]:
    """The first paths of a study with one thing after another off; the luck is drawn once.

    `base`, the study itself, comes before them if given.

    Raises
    ------
    KeyboardInterrupt
        Stopped before all were done.
    """
    tasks = [
        Task(play_many, portfolio, draws)
        for window in windows(1, paths)
        for draws in draw_without(
            portfolio,
            seed=luck.seed,
            first_path=window.first_path,
            paths=window.paths,
            tails=luck.tails,
            offs=offs,
        )
    ]
    sizes = [window.paths for window in windows(1, paths) for _ in offs]
    found = _all_of(tasks, workers, _counted(sizes, progress, 0))
    each = (Paths.joined(found[k :: len(offs)]) for k in range(len(offs)))
    return (*(() if base is None else (base,)), *each)


def study_with_less(
    portfolio: Portfolio,
    less: Sequence[tuple[int, Portfolio]],
    draws: Draws,
    *,
    workers: int | None = None,
    progress: Told | None = None,
) -> tuple[Paths, tuple[Paths, ...]]:
    """Play draws on a portfolio, and on others that differ from it in the envelopes of one year.

    Threads of this process play: where paths stand at a year's start is laid out for its processor.

    `less` is that year, counted from 0, and the portfolio; what comes before the year is played
    once for all.

    Raises
    ------
    KeyboardInterrupt
        Stopped before all were done.
    """
    found: dict[int, Paths] = {}
    standing = None
    for year in sorted({year for year, _ in less}):
        standing = stand(portfolio, draws, year, standing) if year else None
        here = [k for k, (of, _) in enumerate(less) if of == year]
        done, total = len(draws) * len(found), len(draws) * len(less)
        tell = _counted([len(draws)] * len(here), progress, done, total)
        played = _all_of([Task(_play_on, less[k][1], draws, standing) for k in here], workers, tell)
        found |= dict(zip(here, played, strict=True))
    base = play_many(portfolio, draws, since=standing)
    return base, tuple(found[k] for k in range(len(less)))


def _all_of(tasks: Sequence[Task[T]], workers: Workers, told: Callable[[int], None]) -> list[T]:
    found: list[T] = []
    if in_order(tasks, workers, told, found):
        raise KeyboardInterrupt
    return found


def one_draw(portfolio: Portfolio, luck: Luck, path: int, *, sobol_of: int | None = None) -> Draws:
    """The luck of one path by its number; `sobol_of`: in a quasi-random study of so many paths.

    Raises
    ------
    ValueError
        The study has no such path.
    """
    if sobol_of is None:
        return window_draws(portfolio, luck, Window(path, 1))
    size = sobol_size(sobol_of)
    randomisation, row = divmod(path - 1, size)
    if not 0 <= randomisation < RANDOMISATIONS:
        raise ValueError(f"path {path} of {RANDOMISATIONS * size}")
    return sobol_draws(portfolio, luck, randomisation, size).take(slice(row, row + 1))


def sobol_size(paths: int) -> int:
    """Paths of one randomisation: the smallest power of two that gives `paths` in all."""
    each = -(-paths // RANDOMISATIONS)
    return 1 << max(0, each - 1).bit_length()


def windows(first_path: int, last_path: int) -> tuple[Window, ...]:
    """Paths `first_path` to `last_path`, broken where the draws' chunks end."""
    found = []
    while first_path <= last_path:
        end = min(last_path, -(-first_path // CHUNK) * CHUNK)
        found.append(Window(first_path, end - first_path + 1))
        first_path = end + 1
    return tuple(found)


def window_draws(portfolio: Portfolio, luck: Luck, window: Window) -> Draws:
    """The luck of a window of paths."""
    return draw(
        portfolio,
        seed=luck.seed,
        first_path=window.first_path,
        paths=window.paths,
        tails=luck.tails,
        off=luck.off,
    )


def sobol_draws(portfolio: Portfolio, luck: Luck, randomisation: int, size: int) -> Draws:
    """The luck of one randomisation."""
    return draw_sobol(
        portfolio,
        seed=luck.seed,
        randomisation=randomisation,
        paths=size,
        tails=luck.tails,
        off=luck.off,
    )


def play_window(portfolio: Portfolio, luck: Luck, window: Window, engine: str | None) -> Paths:
    """Draw and play a window of paths."""
    return play_many(portfolio, window_draws(portfolio, luck, window), engine=engine)


def _play_on(portfolio: Portfolio, draws: Draws, since: Standing | None) -> Paths:
    return play_many(portfolio, draws, since=since)


def play_randomisation(
    portfolio: Portfolio, luck: Luck, randomisation: int, size: int, engine: str | None
) -> Paths:
    """Draw one randomisation of a quasi-random study, and play it a chunk at a time."""
    draws = sobol_draws(portfolio, luck, randomisation, size)
    return Paths.joined(
        play_many(portfolio, draws.take(slice(row, row + CHUNK)), engine=engine)
        for row in range(0, len(draws), CHUNK)
    )


def _counted(
    sizes: Sequence[int], progress: Told | None, before: int, total: int | None = None
) -> Callable[[int], None]:
    """Tell paths instead of tasks."""
    total = before + sum(sizes) if total is None else total

    def tell(tasks_done: int) -> None:
        if progress is not None:
            progress(before + sum(sizes[:tasks_done]), total)

    return tell
