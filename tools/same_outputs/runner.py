"""Runs cases inside a tree's own interpreter: each in a fork of one process with all imported.

A script by itself, which knows of the tree only `portfolio.cli.main` and `python -m portfolio`.
Its one argument is a JSON file: what to run, where, how many at once.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import resource
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any


def import_all(libraries: list[str]) -> None:
    """Import what the cases will need, so that each fork begins where the imports end.

    Whether the modules can be imported in the order of each command is for the cold cases.
    """
    for name in libraries:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    package = importlib.import_module("portfolio")
    importlib.import_module("portfolio.cli")
    for found in pkgutil.walk_packages(package.__path__, "portfolio."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def play(words: list[str], seconds: int) -> int:
    """Run the command line in this process; return its exit code."""
    from portfolio.cli import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.alarm(seconds)
    sys.argv = ["portfolio", *words]
    code = 0
    try:
        main(words)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code or 120
    return code


def enter(case: dict[str, Any], folder: Path) -> None:
    """Make the case's folder this process's own, and its files this process's streams."""
    os.chdir(folder / "cwd")
    os.environ["TMPDIR"] = str(folder / "tmp")
    os.environ.update(case["environment"])
    for number, name in ((1, "stdout"), (2, "stderr")):
        made = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(made, number)
        os.close(made)
    silent = os.open(os.devnull, os.O_RDONLY)
    os.dup2(silent, 0)


def start(case: dict[str, Any], folder: Path) -> int:
    """Start a case in a fork; return the number of the process."""
    sys.stdout.flush()
    sys.stderr.flush()
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        enter(case, folder)
        if case["cold"]:
            signal.alarm(case["seconds"])  # kept by what takes this process's place
            os.execv(sys.executable, [sys.executable, "-m", "portfolio", *case["words"]])
        code = play(case["words"], case["seconds"])
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def main() -> None:
    """Run all cases, a few at a time; say of each on a line of JSON what it ended with."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    import_all(job["libraries"])
    gc.collect()
    gc.freeze()  # the forks share what is imported
    waiting = list(job["cases"])
    running: dict[int, tuple[dict[str, Any], float]] = {}
    while waiting or running:
        while waiting and len(running) < job["at_once"]:
            case = waiting.pop(0)
            running[start(case, Path(case["folder"]))] = (case, time.monotonic())
        number, status, used = os.wait4(-1, 0)
        case, began = running.pop(number)
        ended = {
            "code": os.waitstatus_to_exitcode(status),
            "seconds": round(time.monotonic() - began, 2),
            "cpu": round(used.ru_utime + used.ru_stime, 2),
        }
        print(json.dumps({"name": case["name"], **ended}), flush=True)
    total = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{total.ru_utime + total.ru_stime:.0f} s of processor time", file=sys.stderr)


if __name__ == "__main__":
    main()
