"""Another city from `init` to the report: facts to October, a shock of next year, no word of ours."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest

from portfolio import workflows
from portfolio.report.words.outlook import to_date_sentence
from tests.cli.test_other_calendar import ASSUMED, empty_list, row, told

FUNDS = ("一般公共预算", "地方政府专项债券", "企业自筹")
KINDS = ("城市轨道", "医院", "城中村/旧村改造")
#: What only the shipped workbook is about. A regulation's number and decimals are no year of ours.
OURS = re.compile(r"十四五|十大工程|广州|(?<![\d.〔/])2021(?!\d)")
SHOCK = ("--set", "专项债券:2027=-30%")
#: The steps after facts are entered: a further one is a line more.
STEPS: dict[str, Sequence[str]] = {
    "check": ("check",),
    "run": ("run", *SHOCK),
    "explain": ("explain", "5", *SHOCK),
    "compare": ("compare", "-s", "基准", "-s", "{scenario}"),
    "stress": ("stress", *SHOCK, "-n", "8"),
    "reallocate": ("reallocate", *SHOCK, "--no-prices"),
    "report": ("report", *SHOCK, "-n", "8"),
}
WRITING = ("run", "compare", "stress", "reallocate", "report")
SCENARIO = "标题: 明年专项债减三成\n变更:\n- 渠道额度: {渠道: 专项债券, 年份: T+1, 变动: -30%}\n"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of 2026–2030 with twelve items and what they drew to October 2026."""
    folder = tmp_path_factory.mktemp("新城")
    path = empty_list(folder)
    book = openpyxl.load_workbook(path)
    _fill(book)
    _enter_facts(book)
    new = path.with_name("新城.xlsx")
    book.save(new)
    (folder / "减三成.yaml").write_text(SCENARIO, encoding="utf-8")
    return new


def _fill(book: openpyxl.Workbook) -> None:
    """Twelve items of 60 to 115 亿元, each with two thirds of its money in the period."""
    for at in range(2, 14):
        no = at - 1
        total = 55 + 5 * no
        row(
            book["项目清单"], at, 序号=no, 大项名称=f"新城项目{no}", 工程=f"第{no % 3 + 1}工程",
            总投资=total, 优先级=no % 4 + 1, 风险类别=KINDS[no % 3], 阶段="可研",
            投资节奏="项目群" if no % 2 else "新开工", 最短工期=1, 合同锁定比例=0,
            最低资本金比例=0.2, 依据=ASSUMED,
            **{"“十五五”投资": total * 2 // 3, "2026年前已完成": 0},
        )  # fmt: skip
        row(
            book["资金结构"], at, 大项序号=no, 资金渠道=FUNDS[no % 3], 份额=1, 上限份额=1,
            依据=ASSUMED,
        )  # fmt: skip
    goals = book["年度目标"]
    for at in range(2, goals.max_row + 1):
        if (goals.cell(at, 1).value or 0) >= 2026:
            row(goals, at, 年度目标=60)
        if goals.cell(at, 1).value == 2026:
            row(goals, at, 名单计划=62, 名单计划性质="公布", 依据=ASSUMED)


def _enter_facts(book: openpyxl.Workbook) -> None:
    """A quarter's or month's row for each item, less than planned."""
    at = 2
    for no in range(1, 13):
        for period, money in (("2026Q1", 0.5), ("2026Q2", 1.0), ("2026Q3", 1.25), ("2026-10", 0.4)):
            row(book["月度执行"], at, 大项序号=no, 期间=period, 完成投资=money, 依据="月报")
            at += 1


def texts_of(folder: Path) -> Iterator[tuple[str, str]]:
    """What can be read in the files of a folder: cells, paragraphs, pages, tables, JSON."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".xlsx":
            for sheet in openpyxl.load_workbook(path):
                yield f"{path.name}!{sheet.title}", sheet.title
                for line in sheet.iter_rows():
                    for cell in line:
                        note = cell.comment.text if cell.comment else ""
                        yield f"{path.name}!{sheet.title}!{cell.coordinate}", f"{cell.value}{note}"
        elif path.suffix == ".docx":
            with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as parts:
                for name in parts.namelist():
                    if name.endswith(".xml"):
                        yield f"{path.name}!{name}", parts.read(name).decode("utf-8")
        elif path.suffix in (".html", ".csv", ".json", ".txt", ".md"):
            yield path.name, path.read_text(encoding="utf-8-sig")


def own_words(name: str, text: str) -> str:
    """A text without the scripts of others that the page carries."""
    if not name.endswith(".html"):
        return text
    return re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("step", STEPS)
def test_no_output_speaks_of_another_plan(step: str, city: Path, capsys, tmp_path: Path) -> None:
    scenario = city.parents[2] / "减三成.yaml"
    words = [word.format(scenario=scenario) for word in STEPS[step]]
    where = ("-o", tmp_path / "out") if step in WRITING else ()
    code, out, err = told(capsys, *words, "-w", city, *where)
    assert code == 0, err
    found = [
        (name, match[0])
        for name, text in (("stdout", out), ("stderr", err), *texts_of(tmp_path))
        for match in OURS.finditer(own_words(name, text))
    ]
    assert not found, found[:20]


def test_facts_to_october_are_what_the_run_begins_from(city: Path) -> None:
    seen = workflows.run(city).outlook
    assert seen is not None
    assert (seen.year, seen.months) == (2026, 10)
    assert seen.done_wan == 12 * 31_500
    assert seen.list_plan_wan == 620_000


def test_an_edited_repair_is_played_after_the_facts(city: Path, capsys, tmp_path: Path) -> None:
    """What the repair wrote is read back: its plan is played, and the past is as entered."""
    repaired = workflows.reallocate(city, [], list(SHOCK[1:]), price_seconds=0)
    assert repaired.plan_wan is not None
    code, _, err = told(capsys, "reallocate", *SHOCK, "--no-prices",
                        "-w", city, "-o", tmp_path)  # fmt: skip
    assert code == 0, err
    again = workflows.run(city, [str(tmp_path / "调整方案.xlsx")])
    assert repaired.outcome is not None
    assert (again.outcome.drawn_wan == repaired.outcome.drawn_wan).all()
    # What was adjusted in October to what was drawn by then can't make the year look on time.
    plain, seen = workflows.run(city).outlook, again.outlook
    assert plain is not None and seen is not None
    assert seen.first_completion == plain.completion
    assert "；为原计划" in to_date_sentence(seen) and "；为原计划" not in to_date_sentence(plain)
