"""Who does the tasks of a study: threads of this process, or the processes of a cluster.

A task is a plain function with its arguments, so that it can be done anywhere; results come back
in order. What they are does not depend on who does them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)

#: How often the main thread looks up from waiting: Ctrl-C is heard on every system.
LOOK_UP_SECONDS = 0.5


class Task(Generic[T]):
    """A function of a module and its arguments."""

    def __init__(self, function: Callable[..., T], *arguments: Any) -> None:
        self.function = function
        self.arguments = arguments

    def __call__(self) -> T:
        """Do it here."""
        return self.function(*self.arguments)


class Pending(Protocol[T_co]):
    """A task under way."""

    def done(self) -> bool:
        """Whether it ended, in whatever way."""

    def result(self, timeout: float) -> T_co:
        """What came of it.

        Raises
        ------
        TimeoutError
            It did not end within `timeout` seconds.
        """


class Hands(Protocol):
    """Who does tasks."""

    def at_once(self) -> int:
        """How many tasks can be under way; it may change."""

    def begin(self, task: Task[T]) -> Pending[T]:
        """Begin a task as soon as there is a hand."""

    def rest(self) -> None:
        """Begin nothing more of what waits; what is under way on this machine is waited for."""


class Results(Protocol[T_contra]):
    """A list, or what takes results as one does."""

    def append(self, result: T_contra, /) -> None:
        """Take the next result."""

    def __len__(self) -> int:
        """How many there are."""


class LostTaskError(Exception):
    """A task ended every process that did it."""


class Threads:
    """Threads of this process, for one round of tasks."""

    def __init__(self, count: int | None) -> None:
        self.count = count or os.cpu_count() or 1
        self.pool = ThreadPoolExecutor(self.count)

    def at_once(self) -> int:
        """How many threads there are."""
        return self.count

    def begin(self, task: Task[T]) -> Pending[T]:
        """Begin a task."""
        return self.pool.submit(task)

    def rest(self) -> None:
        """Wait for what is under way."""
        self.pool.shutdown(wait=True, cancel_futures=True)


def in_order(
    tasks: Sequence[Task[T]],
    workers: Hands | int | None,
    told: Callable[[int], None],
    into: Results[T],
) -> bool:
    """Do tasks and put their results in order into a list; whether it was stopped before the last.

    `workers` are hands, or how many threads (None: as many as there are cores). At most one task
    more than there are hands is under way. Ctrl-C stops it, and a task that ends every process
    that does it (`Cluster.given_up`). The results without a gap at the beginning are kept, those under
    way on this machine included; a second Ctrl-C is let through.
    """
    hands = Threads(workers) if workers is None or isinstance(workers, int) else workers
    done = into
    under_way: list[Pending[T] | None] = []
    interrupted = False
    try:
        while len(done) < len(tasks):
            while len(under_way) < min(len(tasks), len(done) + hands.at_once() + 1):
                under_way.append(hands.begin(tasks[len(under_way)]))
            done.append(_result(under_way[len(done)]))
            under_way[len(done) - 1] = None  # a cluster need not keep what was fetched
            told(len(done))
    except (KeyboardInterrupt, LostTaskError):
        interrupted = len(done) < len(tasks)
    finally:
        hands.rest()
    while interrupted and len(done) < len(under_way) and _ended_well(under_way[len(done)]):
        done.append(_result(under_way[len(done)]))
    return interrupted


def _result(pending: Pending[T] | None) -> T:
    assert pending is not None
    while True:
        try:
            return pending.result(LOOK_UP_SECONDS)
        except TimeoutError:
            if pending.done() and isinstance(pending, Future):
                raise


def _ended_well(pending: Pending[Any] | None) -> bool:
    """Whether a task of this machine's threads came to its result."""
    return (
        isinstance(pending, Future)
        and pending.done()
        and not pending.cancelled()
        and pending.exception() is None
    )
