"""`python -m bench.run [engine|run|help|excel|all] [--quick]`."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable

from bench import commands, engine, excel

PARTS: dict[str, Callable[..., None]] = {
    "engine": engine.run,
    "run": commands.run,
    "help": commands.help_page,
    "excel": excel.run,
}
USAGE = "usage: python -m bench.run [engine|run|help|excel|all] [--quick]"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["_path"]:
        n, variant, repeats = arguments[1:]
        print(json.dumps(engine.measure_path(int(n), variant, int(repeats))))
        return 0
    if arguments == ["_split"]:
        print(json.dumps(commands.measure_split()))
        return 0
    quick = "--quick" in arguments
    names = [argument for argument in arguments if argument != "--quick"] or ["all"]
    if names == ["all"]:
        names = list(PARTS)
    if not set(names) <= set(PARTS):
        print(USAGE, file=sys.stderr)
        return 2
    _show_machine()
    for name in names:
        PARTS[name](quick=quick)
    return 0


def _show_machine() -> None:
    from importlib.metadata import version

    libraries = ("numpy", "simpy", "openpyxl", "xlsxwriter", "scipy", "click")
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores")
    print(", ".join(f"{name} {version(name)}" for name in libraries))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
