"""The command brief: its files, its data, its screen."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import portfolio


def test_the_page_and_its_data_are_written_in_a_folder_with_a_human_name(tmp_path: Path) -> None:
    done = portfolio("brief", "--set", "SPB:2027=-30%", cwd=tmp_path, COLUMNS="80")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "out" / "一页纸 2027年地方政府专项债券减30%"
    assert sorted(path.name for path in folder.iterdir()) == ["brief.json", "一页纸.docx"]
    data = json.loads((folder / "brief.json").read_text(encoding="utf-8"))
    assert data["scenario"] == "临时设定 SPB:2027=-30%"
    assert data["title"] == "2027年地方政府专项债券减30%"
    said = "".join(line.strip() for line in done.stdout.splitlines())
    assert data["answer"]["text"].replace(" ", "") in said.replace(" ", "")
    year = data["years"][0]
    figures = {each["name"]: each.get("value_wan") for each in data["answer"]["figures"]}
    assert figures["2027 年比基准少完成"] == year["base_wan"] - year["drawn_wan"]
    assert data["decisions"][0]["authority"] == "本级人民代表大会"
    assert data["decisions"][0]["ask_by"] == "2027年一季度"


def test_data_alone_on_stdout(tmp_path: Path) -> None:
    done = portfolio("brief", "--json", "-o", "页", cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout) == json.loads(
        (tmp_path / "页" / "brief.json").read_text(encoding="utf-8")
    )


def test_what_is_wrong_is_told_and_nothing_written(tmp_path: Path) -> None:
    done = portfolio("brief", "-s", "没有的情景", "--set", "专项债券", cwd=tmp_path)
    assert done.returncode == 3
    assert "没有的情景" in done.stderr and "--set 专项债券" in done.stderr
    assert not list(tmp_path.iterdir())
