"""Every command on the shipped workbook: exit code, streams, JSON, width."""

from __future__ import annotations

import json

import pytest

from portfolio.version import __version__
from tests.cli.command import contents, portfolio, said_no_english, started, too_wide

WORDS = {
    "check": ("check",),
    "run": ("run", "-o", "out"),
    "explain": ("explain", "重大科技基础设施"),
    "compare": ("compare", "-s", "基准", "-s", "专项债收紧", "-o", "out"),
    "graph": ("graph", "-o", "out"),
}
WITH_JSON = ("check", "run", "explain", "compare")


def both(tmp_path, *words):
    """The command as a process; run in this one it says, writes and ends with just the same.

    So what other tests see of `portfolio` in this process is what its users see.
    """
    folders = tmp_path / "process", tmp_path / "this"
    for folder in folders:
        folder.mkdir()
    process, this = (
        run(*words, cwd=folder) for run, folder in zip((started, portfolio), folders, strict=True)
    )
    assert (this.stdout, this.stderr) == (process.stdout, process.stderr)
    assert this.returncode == process.returncode
    assert contents(folders[0]) == contents(folders[1])
    return process


@pytest.mark.parametrize("command", WORDS)
def test_a_command_speaks_on_the_screen(command, tmp_path):
    done = both(tmp_path, *WORDS[command])
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) > 5
    assert said_no_english(done.stdout)
    assert too_wide(done.stdout) == []
    assert "\x1b[" not in done.stdout
    assert "…" not in done.stdout


@pytest.mark.parametrize(
    ("words", "code"), [(("rum",), 2), ((), 0), (("explain", "99"), 3), (("check", "--json"), 0)]
)
def test_a_process_and_this_one_say_the_same(words, code, tmp_path):
    assert both(tmp_path, *words).returncode == code


@pytest.mark.parametrize("command", WITH_JSON)
def test_json_is_all_that_stdout_holds(command, tmp_path):
    done = portfolio(*WORDS[command], "--json", cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout)
    assert ("已写出" in done.stderr) == ("-o" in WORDS[command])
    assert said_no_english(done.stderr)


def test_run_prints_the_json_it_writes(tmp_path):
    done = portfolio("run", "-o", "out", "--json", cwd=tmp_path)
    assert json.loads(done.stdout) == json.loads(
        (tmp_path / "out" / "run.json").read_text(encoding="utf-8")
    )


def test_compare_prints_one_result_a_scenario(tmp_path):
    done = portfolio(*WORDS["compare"], "--json", cwd=tmp_path)
    names = [result["origin"]["scenario"] for result in json.loads(done.stdout)]
    assert names == ["基准", "专项债收紧"]
    assert list(contents(tmp_path / "out")) == ["对比.xlsx"]


def test_explain_takes_a_number_a_name_or_a_part_of_it(tmp_path):
    by_name, by_number, by_part = (
        portfolio("explain", word, cwd=tmp_path) for word in ("重大科技基础设施", "1", "重大科技")
    )
    assert by_name.stdout == by_number.stdout == by_part.stdout


def test_explain_and_check_write_nothing(tmp_path):
    portfolio(*WORDS["check"], cwd=tmp_path)
    portfolio(*WORDS["explain"], cwd=tmp_path)
    assert contents(tmp_path) == {}


def test_graph_writes_three_files(tmp_path):
    portfolio(*WORDS["graph"], cwd=tmp_path)
    endings = sorted(name.rpartition(".")[2] for name in contents(tmp_path / "out"))
    assert endings == ["graphml", "html", "svg"]


def test_without_a_folder_files_go_to_one_named_after_the_scenario(tmp_path):
    done = portfolio("run", "-s", "专项债收紧", cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "out" / "专项债收紧" / "run.json").is_file()
    assert too_wide(done.stdout) == []


def test_set_is_told_as_old_and_new(tmp_path):
    done = portfolio("run", "--set", "专项债券:2023=-30%", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0
    assert "专项债券" in done.stdout
    assert "→" in done.stdout
    changes = (tmp_path / "out" / "情景改动.csv").read_text(encoding="utf-8-sig")
    assert len(changes.splitlines()) > 1


def test_init_makes_a_workbook_that_check_can_read(tmp_path):
    done = started("init", "新城", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert too_wide(done.stdout) == []
    made = contents(tmp_path / "新城")
    workbooks = [name for name in made if name.endswith(".xlsx")]
    assert len(workbooks) == 1
    assert any(name.endswith(".yaml") for name in made)
    judged = portfolio("check", tmp_path / "新城" / workbooks[0], cwd=tmp_path)
    assert judged.returncode in (0, 3)
    assert "Traceback" not in judged.stderr
    again = portfolio("init", "新城", cwd=tmp_path)
    assert again.returncode == 3
    assert contents(tmp_path / "新城") == made


@pytest.mark.parametrize("words", [("--help",), ("-h",), ("run", "--help"), ("explain", "-h")])
def test_help_is_chinese_and_fits_the_screen(words, tmp_path):
    done = portfolio(*words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "用法" in done.stdout
    assert said_no_english(done.stdout)
    assert too_wide(done.stdout) == []


def test_no_command_shows_the_commands(tmp_path):
    done = portfolio(cwd=tmp_path)
    assert done.returncode in (0, 2)
    assert "explain" in done.stdout + done.stderr
    assert said_no_english(done.stdout + done.stderr)


def test_version(tmp_path):
    assert started("--version", cwd=tmp_path).stdout == f"portfolio {__version__}\n"
