"""How a case ends: its column, in bounded time and memory."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from portfolio.model.problems import InputError, Problem

REFUSED, RIGHT, WRONG = "refused with place", "accepted, right", "wrongly accepted"
THROWN, HANG, LARGE, LOST = "traceback", "hang > 20 s", "> 2 GB", "lost"
COLUMNS = (REFUSED, RIGHT, WRONG, THROWN, HANG, LARGE, LOST)
#: The columns of which every case must be one.
GOOD = (REFUSED, RIGHT)
SECONDS, BYTES = 20, 2_000_000_000


class Hangs(BaseException):
    """A case took too long; no `except Exception` may hide it."""


@contextmanager
def _bounded() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Hangs

    # By the processor's clock: other work on the machine must not make a case hang.
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        unbounded()


def unbounded() -> None:
    """From here on a case has all the time it wants: what is ours has been done."""
    signal.setitimer(signal.ITIMER_PROF, 0)


def judged(case: Callable[[], bool], name: object = "") -> str:
    """The column of a case: it says whether what was accepted is right.

    name : what is said of the case where it ends in none of the good columns
    """
    try:
        with _bounded():
            column = RIGHT if case() else WRONG
    except InputError as error:
        column = REFUSED if _whole(error.problems) else THROWN
        if column == THROWN:
            print(f"  not whole: {error}"[:300], file=sys.stderr)
    except Hangs:
        column = HANG
    except MemoryError:
        column = LARGE
    except Exception as error:
        print(f"  {type(error).__name__}: {error}"[:300], file=sys.stderr)
        column = THROWN
    if name and column not in GOOD:
        print(f"  {name}: {column}", file=sys.stderr)
    return column


def _whole(problems: tuple[Problem, ...]) -> bool:
    """Whether each has its place, what was found and what to do."""
    return bool(problems) and all(each.place and each.found and each.fix for each in problems)
