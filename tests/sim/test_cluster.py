"""Paths played by other processes: the same bytes, whatever becomes of those who play them."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

import numpy as np
import pytest

from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError
from portfolio.model.study.paths import Paths
from portfolio.sim import cluster as sim_cluster
from portfolio.sim.cluster import HERE, Cluster, DifferentProgramError, NoClusterError
from portfolio.sim.hands import Task, in_order
from portfolio.sim.luck.scores import CHUNK
from portfolio.sim.stress import Luck, study, study_sobol
from portfolio.workflows.asked import CLUSTER_HERE, Stress
from portfolio.workflows.hands import hands
from tests.sim.lucky_items import lucky_items

pytest.importorskip("distributed")
# Processes that are killed leave their sockets to whoever talked to them.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:distributed"),
]
LUCK = Luck(seed=7)
MANY = 5 * CHUNK + 88


@contextmanager
def of(address: str = HERE, workers: int = 2) -> Iterator[Cluster]:
    cluster = Cluster(address, workers)
    try:
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(scope="module")
def items() -> Portfolio:
    return lucky_items()


@pytest.fixture(scope="module")
def whole(items) -> Paths:
    return study([items], luck=LUCK, paths=MANY, workers=1).paths[0]


def equal(one: Paths, other: Paths) -> bool:
    pairs = [(getattr(one, f.name), getattr(other, f.name)) for f in fields(Paths)]
    return all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in pairs)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_any_number_of_processes_gives_the_same_bytes(items, whole, workers):
    with of(workers=workers) as cluster:
        assert equal(study([items], luck=LUCK, paths=MANY, workers=cluster).paths[0], whole)
        if workers == 2:
            alone = study_sobol([items], luck=LUCK, paths=200, workers=1).paths[0]
            assert equal(
                study_sobol([items], luck=LUCK, paths=200, workers=cluster).paths[0], alone
            )


def kill_one(cluster: Cluster) -> bool:
    """Kill a worker of a cluster of this machine, if there is one."""
    there = [each.pid for each in cluster._own.workers.values() if getattr(each, "pid", None)]
    try:
        os.kill(random.Random(len(there)).choice(there), signal.SIGKILL)
    except (IndexError, ProcessLookupError):  # the last one killed is not yet begun anew
        return False
    return True


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal on this system")
def test_workers_killed_on_the_way_change_nothing(items, whole):
    killed = 0
    with of() as cluster:

        def kill(_done: int, _total: int) -> None:
            nonlocal killed
            killed += kill_one(cluster)

        found = study([items], luck=LUCK, paths=MANY, workers=cluster, progress=kill)
    assert killed
    assert not found.interrupted
    assert equal(found.paths[0], whole)


def end_this_process(_window: object) -> None:
    os._exit(1)


def doubled(number: int) -> int:
    return 2 * number


def test_a_task_that_ends_every_worker_is_named_and_what_came_before_is_kept(monkeypatch):
    monkeypatch.setattr(sim_cluster, "MOST_LOSSES", 2)
    monkeypatch.setattr(sim_cluster, "ALLOWED_FAILURES", 0)
    found: list[int] = []
    tasks = [Task(doubled, 1), Task(doubled, 2), Task(end_this_process, 3), Task(doubled, 4)]
    with of(workers=1) as cluster:
        assert in_order(tasks, cluster, lambda _done: None, found)
        assert found == [2, 4]
        assert cluster.given_up is tasks[2]


def test_an_error_of_a_task_is_raised_as_it_is():
    with of(workers=1) as cluster, pytest.raises(TypeError, match="unsupported operand"):
        in_order([Task(doubled, None)], cluster, lambda _done: None, [])


def test_another_program_on_a_worker_is_refused(items, monkeypatch):
    with of(workers=1) as cluster:
        monkeypatch.setattr(sim_cluster, "program", lambda: "程序 另一个")
        with pytest.raises(DifferentProgramError, match="numpy"):
            study([items], luck=LUCK, paths=8, workers=cluster)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Site:
    """A scheduler and its workers as a site begins them, each a process of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.running: list[subprocess.Popen[bytes]] = []
        self.begin()

    def begin(self) -> None:
        self._run(
            "dask_scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"
        )
        for _ in range(2):
            self._run("dask_worker", self.address, "--nthreads", "1", "--no-dashboard")

    def _run(self, module: str, *arguments: str) -> None:
        line = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
        nowhere = subprocess.DEVNULL
        self.running.append(subprocess.Popen(line, stdout=nowhere, stderr=nowhere))

    def end(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()
        self.running.clear()


@pytest.fixture
def site() -> Iterator[Site]:
    there = Site()
    yield there
    there.end()


def test_a_scheduler_that_is_begun_anew_changes_nothing(items, whole, site, monkeypatch):
    monkeypatch.setattr(sim_cluster, "CONNECT_SECONDS", 120)
    begun = 0
    with of(site.address) as cluster:

        def restart(done: int, _total: int) -> None:
            nonlocal begun
            if not begun and done >= CHUNK:
                begun += 1
                site.end()
                time.sleep(0.5)
                site.begin()

        found = study([items], luck=LUCK, paths=MANY, workers=cluster, progress=restart)
    assert begun
    assert cluster.generation >= 1
    assert equal(found.paths[0], whole)


def test_nobody_at_the_address_is_a_problem_with_a_way_out(monkeypatch):
    monkeypatch.setattr(sim_cluster, "CONNECT_SECONDS", 1)
    asked = Stress(cluster=f"tcp://127.0.0.1:{free_port()}")
    with pytest.raises(InputError) as raised, hands(asked):
        pass
    (problem,) = raised.value.problems
    assert problem.place == "--cluster"
    assert "没有应答" in problem.found
    assert "防火墙" in problem.fix


def test_dask_that_is_not_installed_is_a_problem_with_a_way_out(monkeypatch):
    def missing() -> None:
        raise NoClusterError("没有安装 Dask")

    monkeypatch.setattr(sim_cluster, "_distributed", missing)
    monkeypatch.setattr("portfolio.workflows.hands._installed", lambda: False)
    with pytest.raises(InputError) as raised, hands(Stress(cluster=CLUSTER_HERE)):
        pass
    (problem,) = raised.value.problems
    assert "cluster" in problem.fix
    assert "没有安装" in problem.found


def test_results_come_in_order_and_threads_do_the_same_tasks():
    tasks = [Task(doubled, number) for number in range(20)]
    found: list[int] = []
    assert not in_order(tasks, 3, lambda _done: None, found)
    assert found == list(range(0, 40, 2))
    assert np.array_equal(Task(doubled, np.arange(3))(), [0, 2, 4])
