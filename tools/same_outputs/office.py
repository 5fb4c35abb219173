"""What an office does month by month: cases on the made-up workbook, which the tree itself makes."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.same_outputs.case import Case
from tools.same_outputs.trees import Tree, write

#: The folder of made files in a case's folder.
FOLDER = "示例"
FACTS, PROJECTS = f"{FOLDER}/示例-执行数.xlsx", f"{FOLDER}/示例-项目.xlsx"
#: The month after the made-up facts, and what its sheets are collected in.
MONTH, SHEETS = "2026-11", f"{FOLDER}/收"
SHOCK = ("--set", "专项债券:2027=-30%")
OUT = ("-o", "out")
MADE_BY = (
    ("example", "-o", FOLDER),
    ("example", "--projects", "200", "-o", FOLDER),
    ("collect", "-w", PROJECTS, "-o", SHEETS),
)
MADE_ON = "1500000000"
#: On the workbook with facts; those of the quick form first.
QUICK_QUESTIONS = ("check", "run", "explain 13", "brief", "forms 1 2A 6", "pipeline", "backtest",
                   "due --on 2026-12-01")  # fmt: skip
QUESTIONS = ("run --json", "compare -s 基准", "stress -n 64", "report -n 0 --no-reallocate", "forms",
             "forms --unit 全部", "reallocate", "pipeline --json", "backtest --json")  # fmt: skip
#: Commands that take no scenario.
NO_SHOCK = ("check", "backtest", "due")
APPROVAL = ("--number", "某府〔2026〕9号", "--date", "2026-10-20")


def made_files(tree: Tree, python: str) -> dict[str, bytes]:
    """Files that the tree's own program makes up, by their names in a case's folder.

    A tree that can't make one yet makes none of those that rest on it.
    """
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        write(tree.files, here / "tree")
        environment = {
            **os.environ, "PYTHONPATH": str(here / "tree"), "PYTHONUTF8": "1",
            "SOURCE_DATE_EPOCH": MADE_ON,
        }  # fmt: skip
        work = here / "work"
        work.mkdir()
        for words in MADE_BY:
            done = subprocess.run(
                [python, "-m", "portfolio", *words],
                cwd=work, env=environment, capture_output=True, check=False,
            )  # fmt: skip
            if done.returncode:
                break
        return {
            path.relative_to(work).as_posix(): path.read_bytes()
            for path in sorted(work.rglob("*.xlsx"))
        }


def office_cases(made: Sequence[str]) -> Iterator[Case]:
    """Cases on those of the made files that are there, by their names."""
    if FACTS in made:
        yield from _questions()
        yield _case("diff", "inputs/十大工程.xlsx", FACTS, *OUT)
        yield _case("approve", "-w", FACTS, "--year", "2026", *APPROVAL, *OUT)
        yield _case("verify", FACTS)
        yield _case("run", "-w", FACTS, "--archive", "存档", *OUT)
    if PROJECTS in made:
        yield _case("collect", "-w", PROJECTS, *OUT)
        yield _case("forms", "-w", PROJECTS, *OUT, quick=False)
    if returned := [name for name in made if name.startswith(f"{SHEETS}/") and "清单" not in name]:
        yield _case("close", MONTH, *returned, "-w", PROJECTS, *OUT)
        yield _case("close", MONTH, returned[0], "-w", PROJECTS, "--without", "全部", *OUT)


def _case(*words: str, quick: bool = True) -> Case:
    engine = words[0] in ("stress", "report", "forms")
    return Case(group="office", words=words, brings=(FOLDER,), quick=quick, engine=engine)


def _questions() -> Iterator[Case]:
    for quick, several in ((True, QUICK_QUESTIONS), (False, QUESTIONS)):
        for asked in several:
            command = asked.split()
            shown = () if command[0] in ("check", "explain", "due") else OUT
            workbook = (FACTS,) if command[0] == "check" else ("-w", FACTS)
            shock = () if command[0] in NO_SHOCK else SHOCK
            yield _case(*command, *workbook, *shock, *shown, quick=quick)
