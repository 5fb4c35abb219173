"""Files of a stress test: workbook, run.json and, on request, the paths themselves."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from portfolio.model.problems import InputError
from portfolio.model.study.years import converted_wan
from portfolio.report.tables.render import path_bytes
from portfolio.report.tables.stress import path_columns
from portfolio.workflows import write_stress
from tests.report.stress_results import PATHS, shipped_pair, shipped_stress


def test_a_stress_test_writes_its_workbook_and_run_json(tmp_path: Path) -> None:
    paths = write_stress([shipped_stress()], tmp_path / "新")
    assert sorted(path.name for path in paths) == ["run.json", "压力测试.xlsx"]
    assert json.loads((tmp_path / "新" / "run.json").read_text("utf-8"))["stress"]["paths"] == PATHS


def test_same_results_same_bytes(tmp_path: Path) -> None:
    first = write_stress([shipped_stress()], tmp_path / "a", "csv")
    second = write_stress([shipped_stress()], tmp_path / "b", "csv")
    assert [a.read_bytes() for a in first] == [b.read_bytes() for b in second]


def test_path_level_results_have_a_row_a_path_and_whole_numbers(tmp_path: Path) -> None:
    result = shipped_stress()
    write_stress([result], tmp_path, "csv")
    content = (tmp_path / "路径结果.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\r\n") == PATHS + 1
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert [row[0] for row in rows] == [str(k) for k in range(1, PATHS + 1)]
    converted = converted_wan(result.run.portfolio, result.paths, 2024)
    assert converted is not None
    column = head.index("2024 折市重点（万元）")
    assert [int(row[column]) for row in rows] == converted.tolist()
    money = head.index("2023 完成投资（万元）")
    assert [int(row[money]) for row in rows] == result.paths.drawn_wan[:, 2].tolist()
    last = head.index("末项竣工")
    assert all(row[last].startswith("20") and "Q" in row[last] for row in rows)
    assert {row[head.index("风险 R1 征拆受阻")] for row in rows} <= {"0", "1"}
    assert len(set(head)) == len(head)


def test_parquet_holds_the_same(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    write_stress([shipped_stress()], tmp_path, "parquet")
    read = pandas.read_parquet(tmp_path / "路径结果.parquet")
    columns = path_columns(shipped_stress())
    assert list(read.columns) == list(columns) and len(read) == PATHS
    assert read["总造价（万元）"].tolist() == shipped_stress().paths.cost_wan.sum(axis=1).tolist()


def test_several_scenarios_have_a_file_each(tmp_path: Path) -> None:
    paths = write_stress(shipped_pair(), tmp_path, "csv")
    assert sorted(path.name for path in paths) == [
        "run.json", "压力测试.xlsx", "路径结果 三碰头.csv", "路径结果 基准.csv",
    ]  # fmt: skip


def test_without_pyarrow_the_fix_is_told_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = shipped_stress()
    path_bytes(path_columns(result), "csv")  # pandas is loaded before pyarrow is taken away
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError) as caught:
        write_stress([result], tmp_path / "新", "parquet")
    assert "--paths csv" in caught.value.problems[0].fix
    assert not (tmp_path / "新").exists()


def test_an_unknown_kind_of_file_is_refused() -> None:
    with pytest.raises(ValueError, match="json"):
        path_bytes(path_columns(shipped_stress()), "json")
