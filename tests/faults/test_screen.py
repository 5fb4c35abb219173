"""What reaches a screen, a file's name or another program is inert."""

from __future__ import annotations

from pathlib import Path

import pytest

from portfolio.model.problems import LONGEST_TOLD, Problem, alive, inert, nearest
from portfolio.report.contents import LONGEST_STEM, file_stem
from tests.cli.command import portfolio
from tests.read.sheets_in_memory import in_memory
from tests.read.shipped import put
from tests.read.workbook.test_damaged_workbooks import problems_in

LIVE = ("\x1b[31m", "\x9b31m", "\u202e", "\u2066", "\x07", "\x00", "\ud800", "\u2028", "\ufffe")


@pytest.mark.parametrize("sign", LIVE)
def test_a_problem_shows_a_sign_by_its_number(sign: str):
    problem = Problem(place=f"a{sign}", found=f"b{sign}", fix=f"c{sign}")
    assert alive(str(problem)) is None
    assert str(problem).count(f"‹U+{ord(sign[0]):04X}›") == 3


def test_letters_are_left_as_they_are():
    text = "甲乙丙 abc\t—“”…①²\n"
    assert alive(text) is None
    assert inert(text) == text


def test_a_problem_cannot_fill_the_screen():
    assert len(Problem(place="a", found="b" * 1_000_000, fix="c").found) == LONGEST_TOLD + 1


@pytest.mark.parametrize(
    "words",
    [
        ("explain", "r\x1b[31mb\u202e"),
        ("run", "-s", "r\x1b[31mb\u202e"),
        ("run", "--set", "专\x1b[31m\u202e:2023=1"),
        ("run", "--a\x1b[31mb"),
        ("run", "-o", "a\x1b[31mb"),
        ("run", "-n", "\x1b[31m"),
        ("r\x1b[31mb",),
        ("check", "r\x1b[31mb\u202e.xlsx"),
        ("check", "a\nb.xlsx"),
        ("explain", "9" * 5_000),
        ("explain", "甲" * 5_000),
        ("replay", "--path", "9" * 5_000),
        ("stress", "-n", "9" * 400),
        ("check", "a" * 5_000 + ".xlsx"),
        ("run", "-s", "a" * 5_000 + ".yaml"),
        ("run", "-o", "a" * 5_000),
    ],
)
def test_an_argument_is_shown_inert(words: tuple[str, ...], tmp_path: Path):
    done = portfolio(*words, cwd=tmp_path)
    assert done.returncode in (2, 3), done.stderr
    assert alive(done.stdout + done.stderr) is None
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("sign", ["\u202e", "\x9b"])
def test_a_name_in_a_workbook_may_not_hold_such_a_sign(sign: str):
    book = in_memory()
    put(book, "项目清单", "name", 3, f"医院{sign}")
    problem = next(each for each in problems_in(book) if "控制字符" in each.found)
    assert problem.place == "项目清单!B3"
    assert "重新键入" in problem.fix


# --- Names of files and folders

PLAIN = ("三碰头", "2023年专项债券减30%", "基准", "a b", "a.b", "com10", "console")
ODD = (
    "a:b", "a?b", "a/b", "a\\b", "a|b", "CON", "con", "nul.txt", "COM1.x", "lpt9", "com¹", "a.", "a..",
    "a ", " a", ".a", "...", "a\nb", "a\x1bb", "a\u202eb", "甲" * 200, "甲" * 201, "a" * 80 + ".",
)  # fmt: skip


def test_usual_names_stay_as_they_are():
    assert [file_stem(name) for name in PLAIN] == list(PLAIN)
    assert file_stem("") == ""


def test_odd_names_become_lawful_and_distinct():
    stems = [file_stem(name) for name in (*ODD, *PLAIN)]
    assert len({stem.casefold() for stem in stems}) == len(stems)
    for stem in stems:
        assert 0 < len(stem) <= LONGEST_STEM
        assert not set(stem) & set('<>:"/\\|?*\n')
        assert alive(stem) is None
        assert stem == stem.strip(" .")
        assert stem.split(".")[0].upper() not in ("CON", "NUL", "COM1", "LPT9", "COM¹")


def test_the_nearest_of_many_names_is_found():
    names = [f"第{k}号污水处理厂" for k in range(20_000)]
    assert nearest("第77号污水处理场", [*names, "另一件事"]) in names
    assert nearest("完" * 500, names) is None
