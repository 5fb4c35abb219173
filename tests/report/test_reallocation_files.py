"""Files of a repair: workbook, moves and run.json, all of them or none."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from portfolio.model.problems import InputError
from portfolio.model.reallocation.result import Reallocation
from portfolio.workflows import write_reallocation
from tests.report.reallocation_results import small_infeasible, small_repair

FILES = ["run.json", "调整方案.xlsx", "调整明细.csv"]


def moves_in(folder: Path) -> list[list[str]]:
    content = (folder / "调整明细.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("made", [small_repair, small_infeasible])
def test_a_repair_writes_its_three_files(made: Callable[[], Reallocation], tmp_path: Path) -> None:
    result = made()
    paths = write_reallocation(result, tmp_path / "新")
    assert sorted(path.name for path in paths) == FILES
    told = json.loads((tmp_path / "新" / "run.json").read_text("utf-8"))["reallocation"]
    assert told["verdict"] == result.verdict
    assert len(moves_in(tmp_path / "新")) == 1 + len(result.moves)


def test_the_list_of_moves_is_exact(tmp_path: Path) -> None:
    write_reallocation(small_repair(), tmp_path)
    head, *rows = moves_in(tmp_path)
    assert head[4:7] == ["调整前（亿元）", "调整后（亿元）", "增减（亿元）"]
    assert {row[6] for row in rows} == {"6.0000", "-27.2000"}


def test_same_results_same_bytes(tmp_path: Path) -> None:
    first = write_reallocation(small_repair(), tmp_path / "a")
    second = write_reallocation(small_repair(), tmp_path / "b")
    assert [a.read_bytes() for a in first] == [b.read_bytes() for b in second]


def test_nothing_is_written_where_one_file_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "run.json").mkdir()  # a folder stands where the last file should go
    with pytest.raises(InputError):
        write_reallocation(small_repair(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]
