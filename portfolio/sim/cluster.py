"""Tasks on other processes and machines, by Dask: a cluster of this machine's, or one that stands.

A portfolio goes out once, as the result of a task: it is made again wherever it is lost. So is
whatever a killed worker held or did; after a restart of the scheduler all that is not yet here is
asked for again. Nothing that comes back depends on who did it; that all run the same program is
checked by every task.
"""

from __future__ import annotations

import logging
import os
import pickle
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any, Generic, TypeVar

from portfolio.model.portfolio import Portfolio
from portfolio.sim.hands import LostTaskError, Pending, Task

T = TypeVar("T")

#: The address that stands for processes of this machine.
HERE = "local"
#: How long a scheduler is waited for: at first, and after it went away.
CONNECT_SECONDS, RETURN_SECONDS = 10, 120
#: A task is given up when it ended its workers so often, each time until the scheduler gave it up.
MOST_LOSSES = 3
#: Kills of its worker after which a scheduler of ours gives a task up: one may be beside by chance.
ALLOWED_FAILURES = 10
#: Tasks asked for where there are no workers yet: a cluster that grows by need sees the need.
AT_FIRST = 8
#: How often workers are counted.
COUNT_SECONDS = 5
#: What numbers depend on besides the program itself.
LIBRARIES = ("numpy", "scipy", "numba")
_SOURCES = ("model", "sim")


class NoClusterError(Exception):
    """There is no cluster to be had; the text says why."""


class DifferentProgramError(Exception):
    """A worker runs another program, or other libraries; the text says which."""


@cache
def program() -> str:
    """What a worker must have the same of: the program's sources and the libraries' releases."""
    home = Path(__file__).parents[1]
    told = blake2b(digest_size=8)
    for folder in _SOURCES:
        for path in sorted((home / folder).rglob("*.py")):
            told.update(path.relative_to(home).as_posix().encode())
            told.update(path.read_bytes().replace(b"\r\n", b"\n"))
    python = ".".join(map(str, sys.version_info[:2]))
    libraries = " ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"程序 {told.hexdigest()}，Python {python}，{libraries}"


def checked(expected: str, function: Callable[..., T], *arguments: Any) -> T:
    """Do a task on a worker that runs the same program.

    Raises
    ------
    DifferentProgramError
        It doesn't.
    """
    if program() != expected:
        raise DifferentProgramError(program())
    return function(*arguments)


class Cluster:
    """The workers behind a scheduler; `close` it when the work is done.

    given_up : the task that was given up because it ended every worker that did it
    """

    def __init__(self, address: str, workers: int | None = None) -> None:
        """Connect to `address`, or begin `workers` processes of this machine (`HERE`).

        Raises
        ------
        NoClusterError
            Dask isn't installed, or nobody answers at the address.
        """
        self.address, self.given_up = address, None
        self.generation, self._threads = 0, 0
        self._wanted, self._count_again, self._seen = (
            workers or os.cpu_count() or 1,
            0.0,
            time.monotonic(),
        )
        self._own: Any = None
        self._sent: dict[int, tuple[Portfolio, Any]] = {}
        self._waiting: list[_Remote[Any]] = []
        distributed = _distributed()
        if address == HERE:
            self._own = _own_cluster(distributed, self._wanted)
        self._client = self._connected(CONNECT_SECONDS)

    given_up: Task[Any] | None

    def at_once(self) -> int:
        """Twice the threads of its workers: none waits for the way there and back."""
        self.tend()
        return max(2 * self._threads, AT_FIRST)

    def tend(self) -> None:
        """Count the workers now and then; begin anew those of our own that did not come back.

        Raises
        ------
        NoClusterError
            There has been none for long.
        """
        now = time.monotonic()
        if now < self._count_again:
            return
        self._count_again = now + COUNT_SECONDS
        with suppress(Exception):  # of a scheduler that is away nothing new is known
            asked = self._client.sync(self._client.scheduler.ncores, callback_timeout=2)
            self._threads = sum(asked.values())
        if self._own is not None and self._threads < self._wanted:
            with suppress(Exception):
                self._own.scale(self._wanted)
        if self._threads:
            self._seen = now
        elif now - self._seen > RETURN_SECONDS:
            raise NoClusterError(f"“{self.address}”没有计算进程")

    def begin(self, task: Task[T]) -> Pending[T]:
        """Ask for a task."""
        pending = _Remote(self, task)
        self._waiting.append(pending)
        return pending

    def rest(self) -> None:
        """Ask for nothing any more."""
        for pending in self._waiting:
            pending.forget()
        self._waiting.clear()

    def close(self) -> None:
        """Leave the cluster; end it where it is our own."""
        self.rest()
        for each in (self._client, self._own):
            if each is not None:
                with suppress(Exception):  # what is gone need not be closed
                    each.close()

    def send(self, task: Task[T]) -> Any:
        """Ask for a task now: the client's own future of it."""
        arguments = [self._placed(each) for each in task.arguments]
        return self._client.submit(
            checked, program(), task.function, *arguments, pure=False, retries=0
        )

    def renew(self, generation: int) -> None:
        """The scheduler went away: connect again, once for all tasks that notice it.

        Raises
        ------
        NoClusterError
            It did not come back.
        """
        if generation != self.generation:
            return
        with suppress(Exception):
            self._client.close(timeout=1)
        self._client = self._connected(RETURN_SECONDS)
        self._sent.clear()
        self.generation += 1

    def _connected(self, seconds: float) -> Any:
        distributed, ends = _distributed(), time.monotonic() + seconds
        while True:
            try:
                return distributed.Client(
                    self.address if self._own is None else self._own,
                    timeout=max(1.0, ends - time.monotonic()),
                    set_as_default=False,
                )
            except (OSError, ValueError) as error:  # ValueError: no address at all
                if time.monotonic() >= ends or isinstance(error, ValueError):
                    raise NoClusterError(f"“{self.address}”没有应答") from error
                time.sleep(1)

    def _placed(self, argument: Any) -> Any:
        """An argument as it goes out: a portfolio as the result of a task of its own."""
        if not isinstance(argument, Portfolio):
            return argument
        known = self._sent.get(id(argument))
        if known is None:
            text = pickle.dumps(argument)
            known = argument, self._client.submit(pickle.loads, text, pure=False)
            self._sent[id(argument)] = known
        return known[1]


class _Remote(Generic[T]):
    """A task asked of a cluster, as often as it takes."""

    def __init__(self, cluster: Cluster, task: Task[T]) -> None:
        self._cluster, self._task, self._losses = cluster, task, 0
        self._send()

    def _send(self) -> None:
        self._generation = self._cluster.generation
        self._future = self._cluster.send(self._task)

    def done(self) -> bool:
        """Whether its result is there."""
        return bool(self._future.status == "finished")

    def result(self, timeout: float) -> T:
        """What came of it; what was lost on the way is asked for again.

        Raises
        ------
        TimeoutError
            It did not end in time.
        LostTaskError
            It ended every worker that did it.
        DifferentProgramError
            A worker runs another program.
        """
        distributed = _distributed()
        try:
            found: T = self._future.result(timeout=timeout)
        except distributed.KilledWorker as error:
            self._losses += 1
            if self._losses >= MOST_LOSSES:
                self._cluster.given_up = self._task
                raise LostTaskError from error
            self._send()
        except TimeoutError:
            self._cluster.tend()
            raise
        except Exception:
            if self._future.status == "error":  # of the task itself
                raise
            self._cluster.renew(self._generation)
            self._send()
        else:
            return found
        raise TimeoutError

    def forget(self) -> None:
        """Nobody waits for it any more."""
        with suppress(Exception):
            self._future.cancel()


def _distributed() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import distributed
    except ImportError as error:
        raise NoClusterError("没有安装 Dask") from error
    return distributed


def _own_cluster(distributed: Any, workers: int) -> Any:
    """Processes of this machine that listen to it alone and write nothing on the screen."""
    import dask

    dask.config.set({"distributed.scheduler.allowed-failures": ALLOWED_FAILURES})
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
    )
