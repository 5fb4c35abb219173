"""Who plays the paths asked for: threads of this process, or a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from portfolio.model.problems import InputError
from portfolio.workflows.asked import CLUSTER_HERE, Drawing, Say

if TYPE_CHECKING:
    from portfolio.sim.cluster import Cluster
    from portfolio.sim.gathered import DiskFullError
    from portfolio.sim.stress import Workers

PLACE = "--cluster"
INSTALL = "请运行 pip install -c constraints.txt '.[cluster]'，或去掉 --cluster 用本机的线程"
LOOK = "请检查地址（如 tcp://10.0.0.5:8786）、调度进程是否在运行、防火墙是否放行；或去掉 --cluster"
SAME = "请在每台机器上用同一份程序和 constraints.txt 安装，然后重启计算进程"
SMALLER = "请查看计算进程的日志（多为内存不足），给它们更多内存；或去掉 --cluster 用本机的线程"


@contextmanager
def hands(asked: Drawing, say: Say | None = None) -> Iterator[Workers]:
    """Who plays; `say` is told of a block of paths that no worker survived.

    Raises
    ------
    InputError
        There is no such cluster, it runs another program, or it was lost before any path was done;
        or the disk is too small for the paths.
    """
    from portfolio.sim.gathered import DiskFullError

    try:
        if asked.cluster is None:
            yield asked.workers
        else:
            with _of_cluster(asked, say) as cluster:
                yield cluster
    except DiskFullError as error:
        raise _too_many(error) from error


@contextmanager
def _of_cluster(asked: Drawing, say: Say | None) -> Iterator[Cluster]:
    from portfolio.sim.cluster import DifferentProgramError, NoClusterError

    cluster: Cluster | None = None
    try:
        cluster = _begun(asked)
        yield cluster
        if cluster.given_up is not None and say is not None:
            say(_lost(cluster) + f"；之前的路径照常统计。{SMALLER}")
    except NoClusterError as error:
        fix = INSTALL if cluster is None and not _installed() else LOOK
        raise InputError.of(PLACE, str(error), fix) from error
    except DifferentProgramError as error:
        from portfolio.sim.cluster import program

        found = f"计算进程运行的与本机不同：本机 {program()}；对方 {error}"
        raise InputError.of(PLACE, found, SAME) from error
    except KeyboardInterrupt:
        if cluster is not None and cluster.given_up is not None:
            raise InputError.of(PLACE, _lost(cluster), SMALLER) from None
        raise
    finally:
        if cluster is not None:
            cluster.close()


def _begun(asked: Drawing) -> Cluster:
    from portfolio.sim.cluster import HERE, Cluster
    from portfolio.sim.lanes.many_paths import compiler_missing

    here = asked.cluster == CLUSTER_HERE
    if here and not compiler_missing():
        from portfolio.sim.lanes.compiled import ready

        ready()  # once, before there are several who would
    return Cluster(HERE if here else str(asked.cluster), asked.workers)


def _too_many(error: DiskFullError) -> InputError:
    """The paths asked for don't fit on the disk."""
    wanted, free = (f"{size / 2**30:,.1f} GB" for size in (error.wanted, error.free))
    return InputError.of(
        "-n",
        f"这么多路径要在临时文件夹“{error.folder}”里占 {wanted}，那里只剩 {free}",
        "请减少路径数，或腾出空间，或把环境变量 TMPDIR（Windows 为 TEMP）指到空间够的磁盘",
    )


def _lost(cluster: Cluster) -> str:
    from portfolio.sim.stress import Window

    arguments = () if cluster.given_up is None else cluster.given_up.arguments
    window = next((each for each in arguments if isinstance(each, Window)), None)
    if window is None:
        return "一块路径使每个做它的计算进程都退出，已停止"
    first, last = window.first_path, window.first_path + window.paths - 1
    return f"路径 {first:,}—{last:,} 这一块使每个做它的计算进程都退出，已停止"


def _installed() -> bool:
    from importlib.util import find_spec

    return find_spec("distributed") is not None
