"""Change the program in one place at a time and see whether its tests notice.

    python -m tools.mutants portfolio/model/rules/allotment.py tests/sim/test_allotment.py

A copy of the tree is changed, never this one. Each mutant is one change of one expression: a
comparison's edge, a sign, `and` for `or`, a number by one, a condition turned round, `min` for
`max`. A survivor is a change no test of those named notices: a test is missing, or the change makes
no difference: those looked at and found to make none are kept with the reason in `survivors.py`, and are
not tried. `--number` takes so many at random (by `--seed`), `--list` shows them only.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tools.survivors import reason

ROOT = Path(__file__).parents[1]
#: Not copied: what is made, and what is large.
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "out", "*.egg-info")
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
}  # fmt: skip
#: What takes longest to be imported, and is the same for every mutant.
LIBRARIES = ("pytest", "numpy", "scipy.stats", "scipy.optimize", "scipy.sparse", "networkx",
             "simpy", "pandas", "pulp", "highspy", "openpyxl", "xlsxwriter", "yaml", "click", "lxml.etree")  # fmt: skip
NAMED = {"min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum",
         "maximum": "minimum"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A changed source: where and how; `text` is the line as it stands."""

    line: int
    text: str
    was: str
    now: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a source, in the order of its expressions."""
    tree, lines = ast.parse(source), source.splitlines()
    for place, node in enumerate(ast.walk(tree)):
        for changed in _changed(node):
            other = copy.deepcopy(tree)
            old = list(ast.walk(other))[place]
            new = _Put(old, changed).visit(other)
            yield Mutant(
                line=getattr(node, "lineno", 0),
                text=lines[getattr(node, "lineno", 1) - 1].strip(),
                was=ast.unparse(node)[:70],
                now=ast.unparse(changed)[:70],
                source=ast.unparse(ast.fix_missing_locations(new)),
            )


class _Put(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        """The node, or the one that takes its place."""
        return self.new if node is self.old else self.generic_visit(node)


def _is_text(node: ast.AST) -> bool:
    constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return constant or isinstance(node, ast.JoinedStr)


def _changed(node: ast.AST) -> Iterator[ast.AST]:
    """What an expression may be changed into."""
    new = copy.deepcopy(node)
    if isinstance(new, ast.Compare) and type(new.ops[0]) in COMPARED:
        new.ops[0] = COMPARED[type(new.ops[0])]()
        yield new
    elif isinstance(new, ast.BinOp) and type(new.op) in COUNTED:
        if not (_is_text(new.left) or _is_text(new.right)):
            new.op = COUNTED[type(new.op)]()
            yield new
    elif isinstance(new, ast.BoolOp):
        new.op = ast.Or() if isinstance(new.op, ast.And) else ast.And()
        yield new
    elif isinstance(new, ast.Constant) and type(new.value) is int:
        yield ast.Constant(value=new.value + 1)
    elif isinstance(new, ast.UnaryOp) and isinstance(new.op, ast.Not):
        yield new.operand
    elif isinstance(new, ast.IfExp):
        new.test = ast.UnaryOp(op=ast.Not(), operand=new.test)
        yield new
    elif isinstance(new, ast.Name) and new.id in NAMED and isinstance(new.ctx, ast.Load):
        yield ast.Name(id=NAMED[new.id], ctx=ast.Load())
    elif isinstance(new, ast.Attribute) and new.attr in NAMED:
        new.attr = NAMED[new.attr]
        yield new


def _passes(tree: Path, tests: list[str], seconds: float | None, *, mutated: bool = True) -> bool:
    """Whether the tests pass in a tree; one that hangs has noticed.

    Only the tree as it was keeps its bytecode: Python tells a mutant's from the last one's by the
    second it was written in and its size.
    """
    words = ["-n", "0", "-x", "-q", "-p", "no:cacheprovider", *tests]
    if mutated and hasattr(os, "fork"):
        return _passes_here(tree, words, seconds)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *words],
            cwd=tree,
            env={
                **os.environ,
                "PYTHONPATH": str(tree),
                "PYTHONDONTWRITEBYTECODE": "1" if mutated else "",
            },
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _passes_here(tree: Path, words: list[str], seconds: float | None) -> bool:
    """As `_passes`, in a copy of this process: the libraries are there, nothing of the program is."""
    for name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        _end_as_tests(tree, words)
    ends = None if seconds is None else time.monotonic() + seconds
    while (done := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if ends is not None and time.monotonic() > ends:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False
        time.sleep(0.02)
    return done[1] == 0


def _end_as_tests(tree: Path, words: list[str]) -> NoReturn:
    """Run the tests of a tree in silence and end the process with their code."""
    code = 1
    try:
        os.chdir(tree)
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(tree))
        os.environ["PYTHONPATH"], os.environ["PYTHONDONTWRITEBYTECODE"] = str(tree), "1"
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        import pytest

        code = int(pytest.main(words))
    finally:
        os._exit(code)


def main(words: list[str]) -> int:
    """Tell the survivors; 1 where there are any."""
    asked = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    asked.add_argument("file", type=Path)
    asked.add_argument("tests", nargs="*")
    asked.add_argument("--number", type=int)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--list", action="store_true")
    asked.add_argument("--seconds", type=float, default=600, help="after which a mutant hangs")
    given = asked.parse_args(words)
    place = given.file.resolve().relative_to(ROOT)
    found = [
        each
        for each in mutants((ROOT / place).read_text(encoding="utf-8"))
        if reason(place.as_posix(), each.text, each.was, each.now) is None
    ]
    if given.number is not None and given.number < len(found):
        found = sorted(random.Random(given.seed).sample(found, given.number), key=lambda m: m.line)
    if given.list:
        print("\n".join(f"{place}:{each.line}: {each.was} → {each.now}" for each in found))
        return 0
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        # Twice: what is changed is tried in another way than the tree as it was.
        if not all(_passes(tree, given.tests, None, mutated=way) for way in (False, True)):
            print("the tests fail as the program stands", file=sys.stderr)
            return 2
        for kept in (tree / place.parent / "__pycache__").glob(f"{place.stem}.*.pyc"):
            kept.unlink()
        survivors = 0
        for number, each in enumerate(found, start=1):
            (tree / place).write_text(each.source, encoding="utf-8")
            lives = _passes(tree, given.tests, given.seconds)
            survivors += lives
            if lives:
                print(f"survives {place}:{each.line}: {each.was} → {each.now}", flush=True)
            print(f"{number}/{len(found)}, {survivors} survive", file=sys.stderr, end="\r")
    print(f"\n{len(found)} mutants, {len(found) - survivors} noticed, {survivors} survive")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
