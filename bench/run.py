"""`python -m bench.run [engine|run|help|excel|kernel|stress|repair|aims|columns|sweep|hedge|report|month|resources|twins|shocks|all] [--quick] [--memory]`."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable

from bench import (
    aims,
    columns,
    commands,
    engine,
    excel,
    kernel,
    month,
    repair,
    report,
    resources,
    shocks,
    stress,
    sweep,
    twins,
    two_stage,
)

PARTS: dict[str, Callable[..., None]] = {
    "engine": engine.run,
    "run": commands.run,
    "help": commands.help_page,
    "excel": excel.run,
    "kernel": kernel.run,
    "stress": stress.run,
    "repair": repair.run,
    "aims": aims.run,
    "columns": columns.run,
    "sweep": sweep.run,
    "hedge": two_stage.run,
    "report": report.run,
    "month": month.run,
    "resources": resources.run,
    "twins": twins.run,
    "shocks": shocks.run,
}
USAGE = "usage: python -m bench.run [engine|run|help|excel|kernel|stress|repair|aims|columns|sweep|hedge|report|month|resources|twins|shocks|all] [--quick] [--memory]"
#: What a part runs in a process of its own: its answer on stdout as JSON.
WORKERS: dict[str, Callable[..., dict[str, object]]] = {
    "_path": lambda n, variant, repeats: engine.measure_path(int(n), variant, int(repeats)),
    "_split": lambda: dict(commands.measure_split()),
    "_stress": lambda items, quick: stress.measure(int(items), quick == "1"),
    "_repair": lambda items, quick: repair.measure(int(items), quick == "1"),
    "_stress_memory": lambda paths: stress.measure_memory(int(paths)),
}


def main(arguments: list[str]) -> int:
    if arguments and arguments[0] in WORKERS:
        print(json.dumps(WORKERS[arguments[0]](*arguments[1:])))
        return 0
    quick, memory = "--quick" in arguments, "--memory" in arguments
    names = [each for each in arguments if each not in ("--quick", "--memory")] or ["all"]
    if names == ["all"]:
        names = list(PARTS)
    if not set(names) <= set(PARTS):
        print(USAGE, file=sys.stderr)
        return 2
    _show_machine()
    for name in names:
        if name == "stress":
            stress.run(quick=quick, memory=memory)
        else:
            PARTS[name](quick=quick)
    return 0


def _show_machine() -> None:
    from importlib.metadata import PackageNotFoundError, version

    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores")
    found = []
    for name in (
        "numpy",
        "numba",
        "simpy",
        "openpyxl",
        "xlsxwriter",
        "scipy",
        "click",
        "highspy",
        "pulp",
    ):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    print(", ".join(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
