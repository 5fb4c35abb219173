"""The proof of same outputs on a tiny program: what differs is found and named, nothing else is."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from numba.core.caching import _CacheLocator

from tests.read.shipped import shipped_bytes
from tools.same_outputs import __main__ as command
from tools.same_outputs import office
from tools.same_outputs import record as recording
from tools.same_outputs.case import Case, chosen
from tools.same_outputs.cases import all_cases
from tools.same_outputs.compare import content_lines, differences, mask_of, without_values
from tools.same_outputs.given import GivenFiles, given_files
from tools.same_outputs.plain_workbook import plain_workbook
from tools.same_outputs.record import Record, read_record, record
from tools.same_outputs.trees import Tree, compiled_folder, share_compiled, store
from tools.same_outputs.workbook_damages import damaged_workbooks

#: A program of one command: it says a word, writes what it is told to, ends with a code.
PROGRAM = """
import sys
from pathlib import Path

def main(argv=None):
    words = list(sys.argv[1:] if argv is None else argv)
    print("说", *words, Path("inputs/计划.txt").read_text(), Path.cwd(), Path(__file__).parent)
    print("错", file=sys.stderr)
    Path("out").mkdir()
    Path("out", "数.json").write_text('{"a": 1, "timing": {"s": 2}}')
    sys.exit(0)

if __name__ == "__main__":
    main()
"""
GIVEN = GivenFiles(
    files={"inputs/计划.txt": "计".encode(), "scenarios/基准.yaml": b"", "坏/甲.xlsx": b"x"},
    workbook_sha256="ab" * 32,
    sheets=("甲", "乙"),
)
CASE = Case(words=("run", "一"), group="play")


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    monkeypatch.setenv("SAME_OUTPUTS_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(recording, "LIBRARIES", ())


def tiny(change: tuple[str, str] = ("", "")) -> Tree:
    text = PROGRAM.replace(*change) if change[0] else PROGRAM
    assert change == ("", "") or text != PROGRAM
    start = "from portfolio.cli import main\nmain()"
    files = {"__init__.py": "", "cli.py": text, "__main__.py": start}
    return Tree(source="tiny", files={f"portfolio/{k}": v.encode() for k, v in files.items()})


def recorded(
    folder: Path, change: tuple[str, str] = ("", ""), *cases: Case, given: GivenFiles = GIVEN
) -> Record:
    tree = tiny(change)
    return record(tree, given, cases or (CASE,), folder)


def told(old: Record, new: Record, **options: bool) -> list[str]:
    return [str(each).partition("\n  ")[2] for each in differences(old, new, **options)]


@pytest.fixture
def old(tmp_path) -> Record:
    return recorded(tmp_path / "old")


def test_a_tree_is_the_same_as_itself_and_its_place_is_not_told(old, tmp_path):
    assert told(old, recorded(tmp_path / "new")) == []
    kept = old.cases[CASE.name]
    assert old.content(kept["stdout"]).decode() == "说 run 一 计 <CWD> <SLOT>/tree/portfolio\n"
    assert old.content(kept["stderr"]).decode() == "错\n"
    assert (kept["code"], sorted(kept["files"])) == (0, ["out/", "out/数.json"])


def test_a_record_is_read_back(old):
    assert read_record(old.folder) == old


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("sys.exit(0)", "sys.exit(3)"), "exit code 0 → 3"),
        (("sys.exit(0)", "raise KeyError"), "exit code 0 → 1"),
        (('"说"', '"话"'), "stdout differs\n    @@ -1 +1 @@\n    -说 run"),
        (('"错"', '"错 "'), "stderr differs\n    @@ -1 +1 @@\n    -错\n    +错 "),
        (('"数.json"', '"量.json"'), "out/数.json: no longer written"),
        (('"a": 1', '"a": 2'), "out/数.json differs"),
        (('Path("out").mkdir()', 'Path("out").mkdir(); Path("空").mkdir()'), "空/: written anew"),
        (
            ('print("错"', 'Path("inputs/计划.txt").write_text("改"); print("错"'),
            "inputs/计划.txt: written anew",
        ),
    ],
)
def test_what_changed_is_said(change, said, old, tmp_path):
    assert any(text.startswith(said) for text in told(old, recorded(tmp_path / "new", change)))


def test_a_time_taken_is_left_out(old, tmp_path):
    assert told(old, recorded(tmp_path / "new", ('{"s": 2}', '{"s": 3}'))) == []
    assert told(old, recorded(tmp_path / "newer", ('"timing":', '"timed":')))


def test_a_case_only_one_record_has_is_a_difference_unless_the_common_ones_are_asked_for(
    old, tmp_path
):
    other = Case(words=("check",), group="play", cold=True)
    new = recorded(tmp_path / "new", ("", ""), CASE, other)
    assert told(old, new) == ["not in the first record"]
    assert told(old, new, common=True) == []
    assert told(new, recorded(tmp_path / "new", ('"说"', '"话"'), other)) != []


def test_other_given_files_are_told(old, tmp_path):
    files = GIVEN.files | {"scenarios/基准.yaml": b"#"}
    new = recorded(tmp_path / "new", given=replace(GIVEN, files=files))
    assert told(old, new) == ["recorded with other given files"]
    assert told(old, new, mask_workbook=True) == []


def test_a_cold_case_says_the_same_as_a_fork(tmp_path):
    cold = Case(words=CASE.words, group=CASE.group, cold=True)
    made = recorded(tmp_path / "new", ("", ""), CASE, cold)
    one, other = made.cases.values()
    outcome = ("code", "stdout", "stderr", "files")
    assert [one[key] for key in outcome] == [other[key] for key in outcome]


def test_a_file_brought_is_no_file_written_until_it_changes(tmp_path):
    case = Case(words=("run",), group="play", brings=("坏/甲.xlsx",))
    made = recorded(tmp_path / "one", ("", ""), case)
    assert "甲.xlsx" not in made.cases[case.name]["files"]
    change = ('print("错"', 'Path("甲.xlsx").unlink(); print("错"')
    gone = recorded(tmp_path / "two", change, case)
    assert any("甲.xlsx (gone): written anew" in text for text in told(made, gone))


def test_a_record_goes_on_with_what_is_missing(tmp_path):
    other = Case(words=("check",), group="play")
    recorded(tmp_path / "one")
    both = recorded(tmp_path / "one", ("", ""), other)
    assert set(both.cases) == {CASE.name, other.name}
    changed = recorded(tmp_path / "one", ('"说"', '"话"'), other)
    assert set(changed.cases) == {other.name}  # another tree: begun anew


def test_a_case_there_is_no_more_leaves_the_record(old, tmp_path):
    other = Case(words=("check",), group="play")
    tree = tiny()
    made = record(tree, GIVEN, (other,), old.folder, known=[other.name])
    assert set(made.cases) == set(read_record(old.folder).cases) == {other.name}


def test_a_changed_cell_is_named():
    one = plain_workbook({"甲": [["年", 1], ["=A1&1", True]]})
    other = plain_workbook({"甲": [["年", 2], ["=A1&2", 1]]})
    lines = content_lines(one, other, bytes, bytes)
    assert lines is not None
    assert lines[:3] == ["甲!B1: 1 → 2", "甲!A2: '=A1&1' → '=A1&2'", "甲!B2: True → 1"]
    assert "part xl/worksheets/sheet1.xml differs" in lines
    assert content_lines(one, one, bytes, bytes) is None


def test_parts_are_named_and_a_changed_packing_is_a_difference():
    one = plain_workbook({"甲": [["年"]]})
    other = plain_workbook({"甲": [["年"]], "乙": [["月"]]})
    lines = content_lines(one, other, bytes, bytes)
    assert lines is not None
    assert lines[0] == "part xl/worksheets/sheet2.xml: new"
    assert content_lines(one, one + b"\0", bytes, bytes) == [
        "all parts are the same; their order, dates or packing differ"
    ]


def test_of_a_workbook_its_sum_and_its_sheets_are_masked_and_nothing_else(old):
    mask = mask_of(old, (), mask_workbook=True)
    sums = ("ab" * 32, "ab" * 6, "ab" * 5)
    text = f"{sums[0]} {sums[1]} {sums[2]} 甲、乙 甲 乙"
    assert mask(text.encode()).decode() == f"<WORKBOOK> <WORKBOOK 12> {sums[2]} <SHEETS> 甲 乙"
    assert mask_of(old, (), mask_workbook=False)(text.encode()) == text.encode()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"timing": 1.5, "a": 1}', '{"timing": null, "a": 1}'),
        ('{"timing": {"x": [1, "}"]} }', '{"timing": null }'),
        ('{"x": "timing", "timings": 1}', '{"x": "timing", "timings": 1}'),
        ('"timing": 一', '"timing": 一'),
    ],
)
def test_only_the_value_of_a_key_is_left_out(text, left):
    assert without_values(text.encode(), ["timing"]).decode() == left


def test_what_numba_compiled_in_one_slot_serves_another(tmp_path):
    """The folder is Numba's own name for one source's; a function it has is not replaced."""
    kept = compiled_folder() / "lanes-1"
    first, second = (store() / name for name in ("slot1", "slot2"))
    names = [
        _CacheLocator.get_suitable_cache_subpath(str(slot / "tree/a/b.py"))
        for slot in (first, second)
    ]
    for slot, name, function in ((first, names[0], "f"), (second, names[1], "g")):
        slot.mkdir()
        (kept / name).mkdir(parents=True)
        for ending in ("1.nbc", "nbi"):
            (kept / name / f"b.{function}.{ending}").write_text(slot.name)
    (kept / names[0] / "b.g.nbi").write_text("slot1")
    share_compiled(["a/b.py", "c.txt"], second)
    found = {path.name: path.read_text() for path in (kept / names[1]).iterdir()}
    assert found == {
        "b.f.1.nbc": "slot1",
        "b.f.nbi": "slot1",
        "b.g.1.nbc": "slot2",
        "b.g.nbi": "slot2",
    }


def test_damaged_workbooks_are_the_same_each_time_and_all_different():
    files = dict(damaged_workbooks(shipped_bytes()))
    assert files == dict(damaged_workbooks(shipped_bytes()))
    assert len(set(files.values())) == len(files) > 150


def test_the_untouched_copy_has_the_values_of_the_workbook():
    copy = dict(damaged_workbooks(shipped_bytes()))["untouched.xlsx"]
    books = [openpyxl.load_workbook(io.BytesIO(each)) for each in (copy, shipped_bytes())]
    for sheet in ("项目清单", "资金结构", "依赖关系"):
        one, other = (list(book[sheet].iter_rows(values_only=True)) for book in books)
        assert one == other[: len(one)]
        assert not any(any(value is not None for value in row) for row in other[len(one) :])


def test_cases_have_names_of_their_own_and_the_quick_ones_are_some_of_all():
    inputs = {"十大工程.xlsx": shipped_bytes()}
    given = given_files(inputs, {"基准.yaml": b"", "三碰头.yaml": b""})
    cases = all_cases(given)
    full = chosen(cases, full=True, only=())
    quick = chosen(cases, full=False, only=())
    assert {each.name for each in full} == {each.name for each in cases}
    assert len(full) > len(quick) > 100
    assert {each.group for each in quick} == {each.group for each in full}
    assert chosen(cases, full=True, only=["help: run"])[0].words == ("run", "--help")


def test_cases_on_made_up_files_are_those_whose_files_are_there():
    made = (
        office.FACTS,
        office.PROJECTS,
        f"{office.SHEETS}/收数清单.xlsx",
        f"{office.SHEETS}/甲局.xlsx",
    )
    counts = [len(list(office.office_cases(made[:some]))) for some in (0, 1, 2, 4)]
    assert counts[0] == 0 and counts == sorted(set(counts))
    cases = list(office.office_cases(made))
    commands = {case.words[0] for case in cases}
    assert {"forms", "brief", "collect", "close", "approve", "diff", "backtest"} <= commands
    closed = next(case for case in cases if case.words[0] == "close")
    assert f"{office.SHEETS}/甲局.xlsx" in closed.words
    assert not any("收数清单" in word for word in closed.words)


def test_a_tree_makes_its_own_files_up_to_the_first_it_cannot():
    program = """
import sys
from pathlib import Path

if sys.argv[1:] != ["example", "-o", "示例"]:
    sys.exit(3)
Path("示例").mkdir()
Path("示例/甲.xlsx").write_bytes(b"x")
"""
    files = {"portfolio/__init__.py": b"", "portfolio/__main__.py": program.encode()}
    tree = Tree(source="tiny", files=files)
    assert office.made_files(tree, sys.executable) == {"示例/甲.xlsx": b"x"}
    assert office.made_files(tiny(), sys.executable) == {}


def test_the_quick_form_is_the_usual_one(capsys):
    listed = {}
    for form in ("", "--quick", "--full"):
        assert command.main(["list", "--only", "cell", *form.split()]) == 0
        listed[form] = capsys.readouterr().out.splitlines()
    assert listed[""] == listed["--quick"]
    assert 10 < len(listed[""]) < len(listed["--full"])


def test_the_command_ends_with_1_where_something_differs(tmp_path, old, capsys):
    new = recorded(tmp_path / "new", ("sys.exit(0)", "sys.exit(3)"))
    pair = [str(old.folder), str(new.folder)]
    assert command.main(["compare", *pair]) == 1
    assert "exit code 0 → 3" in capsys.readouterr().out
    assert command.main(["compare", pair[0], pair[0]]) == 0
    assert command.main(["compare", pair[0], str(tmp_path)]) == 2
    assert command.main(["compare", *pair, "--only", "none such"]) == 2
