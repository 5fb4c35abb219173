"""A workbook for another plan: made by `init`, filled with three items, checked and run."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest

from portfolio import workflows
from portfolio.cli import main
from portfolio.model.calendar import SHIPPED
from portfolio.model.problems import InputError

ASSUMED = "假设：测试"
ITEMS = (
    # number, name, work, total, period, before, class, stage, profile, known money by year
    (1, "新机场快线", "交通工程", 60, 40, 5, "城市轨道", "可研", "新开工", {2027: 6}),
    (2, "老城更新", "更新工程", 50, 50, 0, "城中村/旧村改造", "过半", "项目群", {}),
    (3, "东岸医院", "民生工程", 20, 12, 0, "医院", "可研", "新开工", {2026: 0, 2027: 2}),
)
#: What only the shipped workbook is about.
OTHERS = re.compile(r"十四五|十大工程|广州|(?<!\d)20(1\d|2[0-4])(?!\d)")


def told(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command played in this process."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as done:
        main([str(word) for word in words])
        raise SystemExit(0)
    said = capsys.readouterr()
    return int(done.value.code or 0), said.out, said.err


def row(sheet: openpyxl.worksheet.worksheet.Worksheet, at: int, **values: object) -> None:
    """Cells of a row by the beginning of their headers."""
    for header, value in values.items():
        cell = next(c for c in sheet[1] if str(c.value).startswith(header.replace("_", "")))
        sheet.cell(at, cell.column).value = value


def empty_list(folder: Path) -> Path:
    """A workbook of another city and period, begun in a folder, without an item."""
    workflows.init(
        folder / "计划", first_year=2026, period="2026-2030", name="十五五",
        list_name="新城大项目", place="新城",
    )  # fmt: skip
    return folder / "计划" / "inputs" / workflows.WORKBOOK_NAME


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of 2026–2030 with three items in it."""
    path = empty_list(tmp_path_factory.mktemp("新城"))
    book = openpyxl.load_workbook(path)
    known = 2
    for at, (no, name, work, total, period, before, kind, stage, profile, years) in enumerate(
        ITEMS, start=2
    ):
        row(
            book["项目清单"], at, 序号=no, 大项名称=name, 工程=work, 总投资=total,
            优先级=at - 1, 风险类别=kind, 阶段=stage, 投资节奏=profile, 最短工期=1,
            合同锁定比例=0, 最低资本金比例=0.2, 依据=ASSUMED,
            **{"“十五五”投资": period, "2026年前已完成": before},
        )  # fmt: skip
        for year, money in years.items():
            row(book["年度计划"], known, 大项序号=no, 年份=year, 投资=money, 依据=ASSUMED)
            known += 1
        row(
            book["资金结构"], at, 大项序号=no, 资金渠道="一般公共预算", 份额=1, 上限份额=1,
            依据=ASSUMED,
        )  # fmt: skip
    row(
        book["依赖关系"], 2, 编号="E1", 前置序号=1, 后续序号=3, 类型="达到进度（PROGRESS）",
        **{"前置须达到": 0.3}, 滞后=0, 约束="硬约束", 理由="先通车", 依据=ASSUMED,
    )  # fmt: skip
    for target in range(2, book["年度目标"].max_row + 1):
        if (book["年度目标"].cell(target, 1).value or 0) >= 2026:
            row(book["年度目标"], target, 年度目标=10)
    book.save(path)
    return path


def test_headers_and_messages_speak_of_the_period(made: Path, capsys, tmp_path: Path) -> None:
    code, out, err = told(capsys, "check", "-w", made)
    assert (code, err) == (0, "")
    assert "其中 2026—2030 年 102 亿元，2026 年前 5.0 亿元" in out.replace("\n", "").replace(
        "  ", ""
    )
    assert not OTHERS.search(out)
    book = openpyxl.load_workbook(made)
    headers = [str(cell.value) for cell in book["项目清单"][1]]
    assert "“十五五”投资（亿元）" in headers
    assert "2026年前已完成（亿元）" in headers
    guide = "".join(str(cell.value or "") for line in book["说明"].iter_rows() for cell in line)
    assert "计划期 2026—2040 年，推演到 2050 年" in guide
    assert "首年、计划期、名称、尾款比例和编制单位" in guide
    assert not OTHERS.search(guide)
    row(book["项目清单"], 2, **{"“十五五”投资": 70})
    row(book["年度计划"], 2, 年份=2025)
    book.save(tmp_path / "bad.xlsx")
    code, out, err = told(capsys, "check", "-w", tmp_path / "bad.xlsx")
    assert code == 3
    assert "“十五五”投资 70.0 亿元大于总投资 60.0 亿元" in err
    assert "2026" in err and not OTHERS.search(err.replace("2025", ""))


def test_run_writes_a_schedule_of_the_period(made: Path, capsys, tmp_path: Path) -> None:
    code, out, err = told(capsys, "run", "-w", made, "-o", tmp_path / "out")
    assert code == 0
    assert "2026—2030 年 3 个大项" in out
    # A long path is broken over lines.
    texts = [re.sub(r"\n\s*", "", screen) for screen in (out, err)]
    for path in (tmp_path / "out").iterdir():
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            texts += [str(c.value) for s in book for line in s.iter_rows() for c in line if c.value]
            assert book.properties.title == "新城大项目进度计划"
        else:
            texts.append(path.read_text(encoding="utf-8-sig"))
    found = {m[0] for text in texts for m in OTHERS.finditer(text.replace(made.name, ""))}
    assert found == set()
    result = workflows.run(made)
    drawn = result.outcome.drawn_wan.reshape(25, 4, -1, 3).sum(axis=(1, 2))
    assert drawn[1, 0] == 60_000  # 2027 as it was typed in
    assert drawn[0, 2] == 0


def test_scenarios_and_options_are_read_by_the_workbooks_years(
    made: Path, capsys, tmp_path
) -> None:
    scenario = tmp_path / "晚.yaml"
    scenario.write_text(
        "标题: 晚\n变更:\n- 渠道额度: {渠道: 一般公共预算, 年份: 2041-2050, 部分: 待分配资金, 变动: -20%}\n"
        "- 停工: {大项: 1, 自: 2027Q1, 季度数: 2}\n"
        "- 新增大项: {编号: 4, 名称: 新桥, 工程: 交通工程, 总投资: 30亿, 十五五投资: 20亿, "
        "2026年前已完成: 1, 优先级: 2, 风险类别: 医院, 阶段: 可研, 投资曲线: 新开工, "
        "资金结构: {一般公共预算: 100%}}\n",
        encoding="utf-8",
    )
    code, _, _ = told(
        capsys, "run", "-w", made, "-s", scenario, "--set", "GPB:2027=-30%", "-o", tmp_path / "a"
    )
    assert code == 0
    changes = (tmp_path / "a" / "情景改动.csv").read_text(encoding="utf-8-sig")
    assert "停工（2027Q1 至 2027Q2）" in changes
    assert "其中“十五五”投资 20 亿元" in changes
    for words, said in (
        (("run", "--set", "GPB:2025=-30%"), "推演期为 2026–2050"),
        (("reallocate", "--asof", "2041Q1"), "2028Q4（2025Q4 至 2040Q3）"),
        (("report", "--asof", "2025Q4"), "请写 2026Q1 至 2040Q4 之间的季度，如 2029Q3"),
        (("reallocate", "--sweep", "GPB:2041=-50%..0%/2"), "计划期为 2026–2040"),
        (("stress", "-n", "8", "--about", "P(2025>=1)", "--precision", "1%"), "2026–2030"),
    ):
        code, _, err = told(capsys, *words, "-w", made)
        assert code == 3
        assert said in err.replace("\n      ", "")


def test_an_adjusted_plan_is_read_back_by_its_own_years(made: Path, capsys, tmp_path) -> None:
    shock = ("--set", "GPB:2027=-40%")
    code, _, err = told(
        capsys, "reallocate", "-w", made, *shock, "-o", tmp_path / "a", "--no-prices"
    )
    assert code == 0, err
    sheet = tmp_path / "a" / "调整方案.xlsx"
    code, _, err = told(capsys, "run", "-w", made, "-s", sheet, "-o", tmp_path / "b")
    assert code == 0, err


def test_a_period_of_three_years_has_even_weights(tmp_path: Path) -> None:
    workflows.init(tmp_path / "计划", period="2026-2028")
    path = tmp_path / "计划" / "inputs" / workflows.WORKBOOK_NAME
    page = openpyxl.load_workbook(path)["年度目标"]
    column = next(c.column for c in page[1] if "权重" in str(c.value))
    weights = {r[0].value: r[column - 1].value for r in page.iter_rows(min_row=2)}
    assert [weights[year] for year in (2026, 2027, 2028, 2029)] == [0.3334, 0.3333, 0.3333, None]
    assert workflows.calendar_of(path).period_name == "计划期"


@pytest.mark.parametrize(
    ("said", "place", "found"),
    [
        ({"first_year": 2026, "period": "2027-2030"}, "--period", "计划期从 2027 年起"),
        ({"period": "2026"}, "--period", "不是计划期"),
        ({"period": "2026-2040"}, "--period", "末年不对"),
        ({"period": "2026-2025"}, "--period", "末年不对"),
        ({"first_year": 26}, "--first-year", "首年 26 不对"),
        ({"name": " "}, "--name", "空的"),
    ],
)
def test_init_refuses_what_is_no_calendar(said, place: str, found: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        workflows.init(tmp_path / "计划", **said)
    (problem,) = refused.value.problems
    assert problem.place == place
    assert found in problem.found
    assert not (tmp_path / "计划").exists()


def test_init_without_options_says_nothing_of_a_calendar(tmp_path: Path) -> None:
    workflows.init(tmp_path / "计划")
    path = tmp_path / "计划" / "inputs" / workflows.WORKBOOK_NAME
    assert "设置" not in openpyxl.load_workbook(path).sheetnames
    assert workflows.calendar_of(path) == SHIPPED


@pytest.mark.parametrize(
    ("cells", "place", "found"),
    [
        ({"首年": None}, "设置!A2", "“首年”是空的"),
        ({"首年": "abc"}, "设置!A2", "abc"),
        ({"计划期末年": 2040}, "设置!B2", "计划期末年 2040 不在首年 2026 之后的计划期内"),
        ({"计划期末年": 2025}, "设置!B2", "计划期末年 2025 不在"),
        ({"计划期名称": None}, "设置!C2", "“计划期名称”是空的"),
        ({"尾款比例": 0.4}, "设置!F2", "40%超出范围"),
        ({"尾款比例": "一成"}, "设置!F2", "一成"),
    ],
)
def test_a_damaged_sheet_of_settings_is_told_with_its_cell(
    cells, place: str, found: str, made: Path, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(made)
    row(book["设置"], 2, **cells)
    buffer = io.BytesIO()
    book.save(buffer)
    path = tmp_path / "bad.xlsx"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(InputError) as refused:
        workflows.check(path)
    # Alone: all headers and years are judged by it.
    assert [(p.place, found in p.found) for p in refused.value.problems] == [(place, True)]


def test_the_tail_is_read_from_the_settings_and_is_one_per_cent_without(
    made: Path, tmp_path: Path
) -> None:
    path, book = tmp_path / "tail.xlsx", openpyxl.load_workbook(made)
    assert workflows.load_workbook(made).portfolio.tail_bps == 100  # as init writes it
    for cell, tail in ((0.025, 250), (0, 0), (None, 100)):
        row(book["设置"], 2, 尾款比例=cell)
        book.save(path)
        assert workflows.load_workbook(path).portfolio.tail_bps == tail
    book["设置"].delete_cols(6)
    book.save(path)
    assert workflows.load_workbook(path).portfolio.tail_bps == 100


def test_two_rows_of_settings_are_one_too_many(made: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(made)
    row(book["设置"], 3, 首年=2027, 计划期末年=2030, 计划期名称="甲", 清单名称="乙", 地点="丙")
    book.save(tmp_path / "two.xlsx")
    with pytest.raises(InputError) as refused:
        workflows.check(tmp_path / "two.xlsx")
    assert [p.place for p in refused.value.problems] == ["设置!A3"]
