"""`portfolio replay` as its users start it."""

from __future__ import annotations

import json

import pytest

from tests.cli.command import contents, portfolio, said_no_english, started, too_wide
from tests.cli.test_refusals import PROBLEMS, USAGE, refused

FEW = ("-n", "40")


def test_a_path_is_told_on_the_screen_and_nothing_is_written(tmp_path):
    done = started("replay", "--path", "7", *FEW, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("第 7 条路径（情景 基准，种子 1，正态）")
    for said in ("以假设参数为前提", "在 40 条路径中的位置", "逐年结果", "逐年经过", "滞后的大项"):
        assert said in done.stdout
    assert said_no_english(done.stdout + done.stderr)
    assert too_wide(done.stdout + done.stderr) == []
    assert contents(tmp_path) == {}


def test_the_worst_is_the_path_at_five_per_cent_and_is_told_alike_by_its_number(tmp_path):
    """Of 40 paths the second lowest: one is lower."""
    worst = json.loads(portfolio("replay", "--path", "最差", *FEW, "--json", cwd=tmp_path).stdout)
    standing = worst["standing"]
    assert standing["chosen"] == "最差"
    by_year = standing["ranks"][0]
    assert by_year["what"] == f"{standing['worry_year']} 年折市重点"
    assert (by_year["lower"], by_year["higher"]) == (1, 38)
    number = str(standing["path"])
    again = json.loads(portfolio("replay", "--path", number, *FEW, "--json", cwd=tmp_path).stdout)
    assert again["standing"] == {**standing, "chosen": None}
    assert (again["luck"], again["late"], again["events"]) == (
        worst["luck"],
        worst["late"],
        worst["events"],
    )


def test_the_worst_of_a_year_asked_for(tmp_path):
    words = ("replay", "--path", "最差", *FEW, "--year", "2026")
    told = json.loads(portfolio(*words, "--json", cwd=tmp_path).stdout)
    rank = told["standing"]["ranks"][0]
    assert (rank["what"], rank["lower"]) == ("2026 年折市重点", 1)
    assert told["standing"]["worry_year"] == 2026
    assert "按 --year 指定" in portfolio(*words, cwd=tmp_path).stdout


def test_scenarios_are_merged_and_the_luck_is_the_same(tmp_path):
    words = ("replay", "--path", "3", *FEW, "--json")
    plain = json.loads(portfolio(*words, cwd=tmp_path).stdout)
    other = portfolio(
        *words,
        "-s",
        "专项债收紧",
        "-s",
        "土地出让断崖",
        "--set",
        "专项债券:2023=-30%",
        cwd=tmp_path,
    )
    merged = json.loads(other.stdout)
    assert merged["origin"]["scenario"].startswith("专项债收紧+土地出让断崖+")
    factors = ("no", "cost_bps", "duration_bps", "volume_bps")
    lucks = [
        sorted([row[name] for name in factors] for row in told["luck"]["items"])
        for told in (plain, merged)
    ]
    assert lucks[0] == lucks[1]
    assert plain["years"] != merged["years"]


def test_the_story_is_written_where_asked(tmp_path):
    done = portfolio("replay", "--path", "中位", *FEW, "-o", "故事", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = contents(tmp_path / "故事")
    text = next(data for name, data in made.items() if name.endswith(".txt"))
    story = json.loads(next(data for name, data in made.items() if name.endswith(".json")))
    assert text is not None
    whole = text.decode("utf-8-sig").replace("\r\n", "\n")
    # The screen has the first turning points, the file all of them; the rest is alike.
    assert "条经过未列" in done.stdout
    assert "条经过未列" not in whole
    head, _, _ = done.stdout.partition("五、逐年经过")
    assert whole.startswith(head)
    assert len(whole) > len(done.stdout)
    assert f"第 {story['standing']['path']} 条路径" in done.stdout
    assert len(made) == 2


def test_a_path_of_a_quasi_random_study(tmp_path):
    done = portfolio("replay", "--path", "64", *FEW, "--sobol", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["standing"]["among"] == 64
    assert "8 组，每组 8 条" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "请用 --path"),
        (("--path", "1", "--year", "明年"), "--year 的值不对（“明年”不是整数）"),
        (("--path", "1", "-o", ""), "-o/--out 的值不对（不能为空）"),
        (("--path", "1", "-n", "很多"), "-n 的值不对（“很多”不是整数）"),
        (("--path", "1", "--tails", "厚"), "可用 正态 或 t5"),
    ],
)
def test_usage(words, said, tmp_path):
    assert said in refused(tmp_path, "replay", *words, code=USAGE)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--path", "最坏"), "最差、中位、最好"),
        (("--path", "0"), "没有第 0 条路径"),
        (("--path", "-3"), "-3"),
        (("--path", "65", *FEW, "--sobol"), "共 64 条路径，没有第 65 条"),
        (("--path", "1", "-n", "0"), "-n：0 不在"),
        (("--path", "1", "--year", "2050", *FEW), "--year：2050 年没有可对照的年度目标"),
        (("--path", "1", "-s", "专项债收緊"), "是否为“专项债收紧”？"),
    ],
)
def test_problems(words, said, tmp_path):
    assert said in refused(tmp_path, "replay", *words, code=PROBLEMS)
