"""`python -m tools.same_outputs`: record a tree, compare two records, or both at once."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tools.same_outputs import __doc__ as about
from tools.same_outputs.case import chosen
from tools.same_outputs.cases import all_cases
from tools.same_outputs.compare import TIMING_KEYS, differences, names_compared
from tools.same_outputs.given import given_files
from tools.same_outputs.office import made_files
from tools.same_outputs.record import Record, read_record, record
from tools.same_outputs.trees import tree_of

REPOSITORY = Path(__file__).resolve().parents[2]
FAILED, NO_GOOD = 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; 1 if anything differs, 2 if it can't be told."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words and words[0] not in ("record", "compare", "stable", "list", "-h", "--help"):
        words = ["both", *words]
    options = _parser().parse_args(words)
    try:
        return int(options.do(options))
    except ValueError as error:
        print(error, file=sys.stderr)
        return NO_GOOD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.same_outputs",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="record|compare|stable|list|OLD NEW")
    one = commands.add_parser("record", help="run a tree's cases and keep what they end with")
    one.add_argument("tree", help="a folder or a git revision")
    one.add_argument("-o", "--out", type=Path, required=True, help="the record's folder")
    one.add_argument("--fresh", action="store_true", help="keep nothing recorded before")
    one.add_argument("--missing", action="store_true", help="only cases it does not hold yet")
    one.set_defaults(do=_record)
    two = commands.add_parser("compare", help="show what differs between two records")
    two.add_argument("old", type=Path)
    two.add_argument("new", type=Path)
    two.set_defaults(do=_compare)
    stable = commands.add_parser(
        "stable", help="record a tree twice: which cases vary by themselves"
    )
    stable.add_argument("tree")
    stable.set_defaults(do=_stable)
    both = commands.add_parser(
        "both", help="record two trees and compare them (the word is implied)"
    )
    both.add_argument("old")
    both.add_argument("new")
    both.set_defaults(do=_both)
    listed = commands.add_parser("list", help="show the names of the cases")
    listed.add_argument("tree", nargs="?", default=str(REPOSITORY))
    listed.set_defaults(do=_list)
    for command in (one, stable, both, listed):
        _add_choice(command)
    for command in (two, stable, both):
        _add_masks(command)
    for command in (one, two, stable, both, listed):
        command.add_argument("--only", action="append", default=[], metavar="WORD",
                             help="cases whose name has this in it; may be repeated")  # fmt: skip
    return parser


def _add_choice(command: argparse.ArgumentParser) -> None:
    form = command.add_mutually_exclusive_group()
    form.add_argument("--quick", dest="full", action="store_false", help="the usual form")
    form.add_argument("--full", dest="full", action="store_true", help="every case")
    command.set_defaults(full=False)  # a flag's own default is what it does not store
    command.add_argument("-j", dest="at_once", type=int, default=1, help="cases at once (1)")
    command.add_argument("--python", default=sys.executable, help="the interpreter")
    command.add_argument("--given", metavar="TREE",
                         help="whose workbook and scenarios are used (the tree's own; "
                         "of two trees the old one's)")  # fmt: skip


def _add_masks(command: argparse.ArgumentParser) -> None:
    command.add_argument("--common", action="store_true", help="only cases both records have")
    command.add_argument("--mask-workbook", action="store_true",
                         help="leave out the workbook's sum and its list of sheets")  # fmt: skip
    command.add_argument("--mask-key", action="append", default=list(TIMING_KEYS), metavar="KEY",
                         help="leave out the values of this key of JSON")  # fmt: skip


def _recorded(options: argparse.Namespace, tree: str, out: Path, given: str) -> Record:
    began = time.monotonic()
    program = tree_of(tree, REPOSITORY)
    source = program if given == tree else tree_of(given, REPOSITORY)
    made = made_files(source, options.python)
    files = given_files(source.part("inputs"), source.part("scenarios"), made)
    every = all_cases(files)
    cases = chosen(every, full=options.full, only=options.only)
    if not cases:
        raise ValueError("no case has such a name")
    kept = record(
        program, files, cases, out, python=options.python, at_once=options.at_once,
        fresh=getattr(options, "fresh", True), missing=getattr(options, "missing", False),
        known=[case.name for case in every],
    )  # fmt: skip
    print(f"{out}: {len(cases)} cases of {tree} in {time.monotonic() - began:.0f} s")
    return kept


def _record(options: argparse.Namespace) -> int:
    _recorded(options, options.tree, options.out, options.given or options.tree)
    return 0


def _shown(old: Record, new: Record, options: argparse.Namespace) -> int:
    which = {"only": options.only, "common": options.common}
    compared = len(names_compared(old, new, **which))
    if not compared:
        raise ValueError("no case to compare")
    differing = set()
    masks = {"keys": options.mask_key, "mask_workbook": options.mask_workbook}
    for each in differences(old, new, **which, **masks):
        print(each, flush=True)
        differing.add(each.case)
    if differing:
        print(f"{len(differing)} of {compared} cases differ")
        return FAILED
    print(f"{compared} cases: all the same")
    return 0


def _compare(options: argparse.Namespace) -> int:
    return _shown(read_record(options.old), read_record(options.new), options)


def _both(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        given = options.given or options.old
        old = _recorded(options, options.old, Path(folder, "old"), given)
        new = _recorded(options, options.new, Path(folder, "new"), given)
        return _shown(old, new, options)


def _stable(options: argparse.Namespace) -> int:
    options.old = options.new = options.tree
    return _both(options)


def _list(options: argparse.Namespace) -> int:
    tree = tree_of(options.tree, REPOSITORY)
    made = made_files(tree, options.python)
    files = given_files(tree.part("inputs"), tree.part("scenarios"), made)
    for case in chosen(all_cases(files), full=options.full, only=options.only):
        print(case.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
