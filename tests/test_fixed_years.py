"""The calendar is data: no year, period, list or place of one workbook stands in the program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "portfolio"
#: Years from the shipped workbook's first to its last, and its names.
FIXED = re.compile(r"(?<!\d)20(2[0-9]|3[0-9]|4[0-5])(?!\d)|十四五|十五五|十大工程|广州")
#: What may stand nevertheless: file, a pattern of the whole literal, and why.
EXCEPTIONS = (
    (
        "model/calendar.py",
        r"2021|2025|十四五|十大工程|广州",
        "the shipped workbook's calendar itself",
    ),
    ("read/bundled_files.py", r"十大工程\.xlsx", "the name of the shipped workbook's file"),
    (
        "read/scenario/schema.py",
        r"https://json-schema.org/.*",
        "the version of the schema's language",
    ),
    (
        "model/rules/approval.py",
        r".*(法|条例|报告|指引|通过|公开报道|财预|假设|按大会).*",
        "cited documents",
    ),
    (
        "model/rules/rulebook.py",
        r".*国办发〔2024〕52号.*",
        "a cited document",
    ),
    ("report/input_workbook.py", r"2021", "a fixed date makes the same bytes"),
)


def literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Words and numbers of a module, docstrings apart, and every name in it."""
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in told:
            yield node.lineno, str(node.value)
        for name in ("id", "attr", "arg", "name"):
            if isinstance(word := getattr(node, name, None), str):
                yield getattr(node, "lineno", 0), word


def excused(file: str, text: str) -> bool:
    return any(
        file == name and re.fullmatch(pattern, text, re.DOTALL) for name, pattern, _ in EXCEPTIONS
    )


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.stem)
def test_no_module_knows_a_year_or_a_name_of_the_shipped_workbook(path: Path) -> None:
    file = path.relative_to(PACKAGE).as_posix()
    found = [
        f"{file}:{line}: {text}"
        for line, text in literals(ast.parse(path.read_text(encoding="utf-8")))
        if FIXED.search(text) and not excused(file, text)
    ]
    assert found == []


def assets() -> list[Path]:
    folder = PACKAGE / "report" / "assets"
    kinds = {".js", ".html", ".css"}
    return sorted(p for p in folder.rglob("*") if p.suffix in kinds and p.parent.name != "vendor")


@pytest.mark.parametrize("path", assets(), ids=lambda p: p.name)
def test_no_script_of_the_page_knows_one(path: Path) -> None:
    assert FIXED.findall(path.read_text(encoding="utf-8")) == []


def test_the_search_finds_what_it_seeks_and_every_exception_is_used() -> None:
    seen = {(name, pattern): False for name, pattern, _ in EXCEPTIONS}
    for name, pattern in seen:
        tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
        seen[name, pattern] = any(
            FIXED.search(text) and re.fullmatch(pattern, text, re.DOTALL)
            for _, text in literals(tree)
        )
    assert all(seen.values()), seen
    sample = ast.parse('def f(pre2021):\n    """2021"""\n    return f"{pre2021} 到 2045Q4", 2030\n')
    found = {text for _, text in literals(sample) if FIXED.search(text)}
    assert found == {"pre2021", " 到 2045Q4", "2030"}
