"""Damaged workbooks: every problem with its cell, the value found and the fix; nothing changed."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portfolio.model.problems import InputError, Problem
from portfolio.model.schema import TEMPLATES
from portfolio.read.workbook import file as workbook_file
from portfolio.read.workbook import read_workbook
from tests.read.sheets_in_memory import Book, in_memory, judged
from tests.read.shipped import (
    at,
    first_free_row,
    opened,
    place,
    put,
    put_row,
    saved,
    shipped_bytes,
)


@dataclass(frozen=True)
class Damage:
    """What is done to the shipped workbook, and (place, piece of found, piece of fix) expected."""

    name: str
    do: Callable[[Any], None]
    expected: tuple[tuple[str, str, str], ...]


def cell(
    sheet: str,
    key: str,
    row: int,
    value: object,
    found: str,
    fix: str,
    *,
    at_key: str = "",
    at_row: int = 0,
) -> Damage:
    """One cell changed, one problem in that very cell (or in `at_key`, `at_row`)."""
    return Damage(
        name=f"{sheet}-{key}-{value!r}"[:60],
        do=lambda book: put(book, sheet, key, row, value),
        expected=((place(sheet, at_key or key, at_row or row), found, fix),),
    )


def appended(
    sheet: str, expected: tuple[tuple[str, str, str], ...], name: str, **values: object
) -> Damage:
    """One row added at the end; `{row}` in an expected place is its number."""
    row = first_free_row(in_memory(), sheet)
    wanted = tuple((place(sheet, key, row), found, fix) for key, found, fix in expected)
    return Damage(name=name, do=lambda b: put_row(b, sheet, row, **values), expected=wanted)


def rename_sheet(book: Any) -> None:
    book["资金渠道"].title = "资金渠道表"


def drop_sheet(book: Any) -> None:
    del book["年度目标"]


def rename_column(book: Any) -> None:
    book["项目清单"]["F1"] = "投资总数（亿元）"


def drop_column(book: Any) -> None:
    book["依赖关系"].delete_cols(9)  # 滞后（季度）


def repeat_column(book: Any) -> None:
    book["项目清单"]["S1"] = "总投资（亿元）"


def clear_headers(book: Any) -> None:
    book["资金风险"].delete_rows(1)


def empty_sheet(book: Any) -> None:
    book["资金渠道"].delete_rows(1, 100)


def no_rows(book: Any) -> None:
    book["资金风险"].delete_rows(2, 100)


def cycle(book: Any) -> None:
    page = book["依赖关系"]
    page.delete_rows(2, 200)
    for row, (pred, succ) in enumerate([(22, 23), (23, 27), (27, 22)], start=2):
        put_row(
            book, "依赖关系", row, id=f"X{row}", pred_no=pred, succ_no=succ, type="同步开工（SS）",
            lag_quarters=0, strength="硬约束", reason="环", provenance="假设：试",
        )  # fmt: skip


def two_cycles(book: Any) -> None:
    cycle(book)
    for row, (pred, succ) in enumerate([(1, 2), (2, 1)], start=5):
        put_row(
            book, "依赖关系", row, id=f"X{row}", pred_no=pred, succ_no=succ, type="同步开工（SS）",
            lag_quarters=0, strength="硬约束", reason="环", provenance="假设：试",
        )  # fmt: skip


def drop_item_51(book: Any) -> None:
    book["项目清单"].delete_rows(52)


def drop_shares_of_58(book: Any) -> None:
    page = book["资金结构"]
    for row in range(page.max_row, 1, -1):
        if page[at("资金结构", "item_no", row)].value == 58:
            page.delete_rows(row)


def drop_years(book: Any) -> None:
    page = book["年度目标"]
    page.delete_rows(9, 2)  # 2026, 2027


def band_without_target(book: Any) -> None:
    put_row(book, "年度目标", 5, kind="区间", target_wan=None, upper_wan=4000)


def only_loans(book: Any) -> None:
    put(book, "资金结构", "channel", 2, "银行贷款")
    put(book, "资金结构", "share_bps", 2, 1)
    put(book, "资金结构", "max_share_bps", 2, 1)
    for row in (3, 4, 5):
        put(book, "资金结构", "share_bps", row, 0)


def late_channel_only(book: Any) -> None:
    put(book, "资金结构", "channel", 2, "新型政策性金融工具")
    put(book, "资金结构", "share_bps", 2, 1)
    put(book, "资金结构", "max_share_bps", 2, 1)
    for row in (3, 4, 5):
        put(book, "资金结构", "share_bps", row, 0)


def all_years_known_but_short(book: Any) -> None:
    for index, year in enumerate(range(2021, 2026)):
        put_row(
            book, "年度计划", 8 + index, item_no=1, year=year, money_wan=10, provenance="假设：试"
        )


def drop_rows(sheet: str, *rows: int) -> Callable[[Any], None]:
    def drop(book: Any) -> None:
        for row in sorted(rows, reverse=True):
            book[sheet].delete_rows(row)

    return drop


def strong_land(book: Any) -> None:
    """Land with private capital 0.9 (from 0.6): too much beside its other pairs."""
    put(book, "相关系数", "correlation", 5, 0.9)


def lasting_land(book: Any) -> None:
    """A channel that lasts and fleeting ones can't be so alike year by year."""
    put(book, "资金风险", "persistence", 4, 0.95)


def misnamed_register(book: Any) -> None:
    book["风险清单"].title = "风险清单（试）"


RISK = {
    "id": "R01", "name": "文物勘探延误", "probability": 0.2, "items": "24；28至30",
    "cost_low": 0, "cost_likely": 0.02, "cost_high": 0.05,
    "quarters_low": 1, "quarters_likely": 2, "quarters_high": 4, "provenance": "假设：试",
}  # fmt: skip


def risk(key: str, found: str, fix: str, *, at_key: str = "", **values: object) -> Damage:
    """One row of the register with some values wrong, told in the cell of `key`."""
    return Damage(
        name=f"风险清单-{key}-{values!r}"[:60],
        do=lambda book: put_row(book, "风险清单", 2, **(RISK | values)),
        expected=((place("风险清单", at_key or key, 2), found, fix),),
    )


def three_cells(book: Any) -> None:
    put(book, "项目清单", "total_wan", 2, "一百四十一")
    put(book, "依赖关系", "pred_no", 3, 99)
    put(book, "资金结构", "channel", 4, "专项债")
    put(book, "年度目标", "year", 5, 202)


def many_kinds(book: Any) -> None:
    rename_column(book)
    put(book, "资金渠道", "release_q1_bps", 2, 0.5)
    put(book, "资金结构", "share_bps", 2, 0.41)
    put(book, "年度计划", "money_wan", 2, -264)
    put(book, "资料依据", "id", 3, "D001")
    del book["公开记录"]


def same_row_thrice(book: Any) -> None:
    put(book, "项目清单", "plan_wan", 3, 94)
    put(book, "项目清单", "priority", 3, 7)
    put(book, "项目清单", "stage", 3, "初设")


DAMAGES = [
    # sheets and columns
    Damage("renamed sheet", rename_sheet, (("资金渠道表!A1", "缺少工作表“资金渠道”", "是否为“资金渠道表”？"),)),
    Damage("missing sheet", drop_sheet, (("年度目标!A1", "缺少工作表“年度目标”", "恢复"),)),
    Damage("renamed column", rename_column, (("项目清单!F1", "缺少“总投资（亿元）”一列", "是否为“投资总数（亿元）”？"),)),
    Damage("missing column", drop_column, (("依赖关系!L1", "缺少“滞后（季度）”一列", "恢复这一列"),)),
    Damage("repeated column", repeat_column, (("项目清单!S1", "表头“总投资（亿元）”重复", "只留一列"),)),
    Damage("no headers", clear_headers, (("资金风险!A1", "不是表头", "表头须在前 6 行"),)),
    Damage("empty sheet", empty_sheet, (("资金渠道!A1", "没有表头", "表头须在前 6 行"),)),
    Damage("no rows", no_rows, (("资金风险!A2", "没有数据", "至少填一行"),)),
    # money
    cell("项目清单", "total_wan", 2, "约141", "文字“约141”不是数字", "金额（亿元，数字）"),
    cell("项目清单", "total_wan", 2, "1,41", "不是数字", "金额（亿元，数字）"),
    cell("项目清单", "total_wan", 2, 141.00005, "141.00005 亿元比万元更细", "整万元"),
    cell("项目清单", "plan_wan", 2, -112, "-112 亿元是负数", "不能为负"),
    cell("项目清单", "total_wan", 2, 0, "金额为 0", "应大于 0"),
    cell("项目清单", "first_year", 2, 2027, "首年是 2027 年，晚于 2025 年", "2025 年或更早"),
    cell("项目清单", "first_year", 26, 2023, "首年是 2023 年，2021年前却已完成", "不写首年"),
    Damage("money before the first year",
        lambda book: put(book, "项目清单", "first_year", 21, 2023),
        ((place("年度计划", "money_wan", 2), "首年是 2023 年，2021 年却有投资 264.0 亿元", "首年"),)),
    cell("项目清单", "plan_wan", 2, 142, "142.0 亿元大于总投资 141.0 亿元", "核对"),
    cell("项目清单", "earlier_wan", 2, 30, "之和大于总投资", "最多 29.0 亿元"),
    cell("项目清单", "total_wan", 2, 20_000_000, "20000000 亿元过大", "检查单位"),
    cell("项目清单", "total_wan", 2, 1e300, "1e+300过大", "检查单位"),
    cell("项目清单", "total_wan", 2, 290_000, "各大项总投资合计 340,253.0 亿元，"
    "过大", "300,000 亿元"),
    cell("项目清单", "total_wan", 2, True, "TRUE不是数字", "金额"),
    cell("项目清单", "total_wan", 2, dt.datetime(2021, 5, 1), "日期 2021-05-01不是数字", "常规格式"),
    cell("项目清单", "total_wan", 2, None, "“总投资（亿元）”是空的", "含 2021 年前"),
    cell("项目清单", "total_wan", 2, "#REF!", "Excel 错误值 #REF!", "改正公式"),
    cell("项目清单", "plan_wan", 2, "#DIV/0!", "Excel 错误值 #DIV/0!", "改正公式"),
    cell("项目清单", "plan_wan", 2, "=F2*0.8", "公式 “=F2*0.8” 没有保存计算结果", "用 Excel 打开并保存"),
    cell("年度额度", "envelope_wan", 2, "=1/3", "公式 “=1/3” 没有保存计算结果", "用 Excel 打开并保存"),
    # items
    cell("项目清单", "no", 3, 1, "序号 1 重复，第 2 行已用", "例如 2"),
    cell("项目清单", "no", 3, None, "“序号”是空的", "正整数"),
    cell("项目清单", "no", 3, 2.5, "2.5不是整数", "整数"),
    cell("项目清单", "no", 3, -2, "-2 超出范围", "1 至"),
    cell("项目清单", "name", 3, "重大科技基础设施", "与第 2 行相同", "不同的名称"),
    cell("项目清单", "risk_class", 4, "城市轨道交通", "没有风险类别“城市轨道交通”", "是否为“城市轨道”？"),
    cell("项目清单", "stage", 4, "可研批复", "“可研批复”不在可选范围内", "是否为“可研”？"),
    cell("项目清单", "profile", 4, "新开", "“新开”不在可选范围内", "是否为“新开工”？"),
    cell("项目清单", "priority", 4, 5, "5 超出范围", "1 至 4"),
    cell("项目清单", "contract_share_bps", 3, 80, "8000%超出范围", "0% 至 100%"),
    cell("项目清单", "contract_share_bps", 3, 0.33333, "33.333%比 0.01% 更细", "两位小数"),
    cell("项目清单", "min_capital_share_bps", 3, "2,0%", "不是数字", "比例（百分数）"),
    cell("项目清单", "min_duration_years", 3, 0, "0 超出范围", "1 至 30"),
    cell("项目清单", "category", 6, None, "有组别却没有类别", "类别"),
    Damage("missing item", drop_item_51, ((place("资金结构", "item_no", 313),
        "没有序号 51（殡葬综合服务），却有 3 行指着它：资金结构 第 313–315 行", "请删去这些行"),)),
    # totals
    cell("汇总校核", "name", 3, "科技创新工成", "没有工程“科技创新工成”", "是否为“科技创新工程”？"),
    cell("汇总校核", "level", 3, "大工程", "“大工程”不在可选范围内", "是否为“工程”？"),
    # gates
    cell("依赖关系", "pred_no", 2, 99, "没有序号 99", "“科技创新园区”的序号是 4"),
    cell("依赖关系", "pred_name", 2, "高速公路", "序号 4 是“科技创新园区”，"
    "这里写的是“高速公路”", "应为 25"),
    cell("依赖关系", "succ_name", 2, "重大科技设施", "序号 1 是“重大科技基础设施”", "是否为“重大科技基础设施”？"),
    cell("依赖关系", "type", 2, "进度", "“进度”不在可选范围内", "达到进度（PROGRESS）"),
    cell("依赖关系", "fraction_bps", 2, None, "没有写明前置须达到的比例", "大于 0"),
    cell("依赖关系", "fraction_bps", 3, 0.2, "不用前置须达到的比例", "清空"),
    cell("依赖关系", "holds_bps", 3, 0.5, "放行前不得开工", "清空后续上限"),
    cell("依赖关系", "lag_quarters", 3, 0.5, "0.5不是整数", "整数"),
    cell("依赖关系", "id", 3, "E001", "编号“E001”重复，第 2 行已用", "没有用过"),
    Damage("cycle", cycle, ((place("依赖关系", "pred_no", 2), "22 → 23 → 27 → 22（第 2、3、"
    "4 行）", "删去或改正"),)),
    Damage(
        "two cycles",
        two_cycles,
        (
            (place("依赖关系", "pred_no", 2), "22 → 23 → 27 → 22", "删去或改正"),
            (place("依赖关系", "pred_no", 5), "1 → 2 → 1（第 5、6 行）", "删去或改正"),
        ),
    ),
    appended(
        "依赖关系",
        (("succ_no", "大项 5 以自己为前置条件", "两个不同的大项"),),
        "gate to itself",
        id="X1", pred_no=5, succ_no=5, type="同步开工（SS）", lag_quarters=0, strength="软约束",
        reason="试", provenance="假设：试",
    ),
    appended(
        "依赖关系",
        (("pred_no", "4 → 1（达到进度（PROGRESS））与第 2 行重复", "删去一行"),),
        "repeated gate",
        id="X1", pred_no=4, succ_no=1, type="达到进度（PROGRESS）", fraction_bps=0.5, holds_bps=0.1,
        lag_quarters=0, strength="软约束", reason="试", provenance="假设：试",
    ),
    # channels and shares
    cell("资金渠道", "release_q2_bps", 2, 0.35, "合计 110%", "应为 100%", at_key="release_q1_bps"),
    cell("资金渠道", "name", 3, "一般公共预算", "渠道名称“一般公共预算”重复", "不同的"),
    cell("资金渠道", "kind", 2, "市统筹", "“市统筹”不在可选范围内", "是否为“统筹”？"),
    cell("资金渠道", "carry", 2, "不适用", "统筹渠道的结转填了“不适用”", "两年"),
    cell("资金渠道", "first_year", 2, 20211, "年份 20211 超出范围", "1990 至 2035"),
    cell("资金结构", "channel", 2, "中央预算投资", "没有“中央预算投资”", "是否为“中央预算内投资”？"),
    cell("资金结构", "share_bps", 2, 0.5, "大项 1 的资金份额合计 110%（共 4 行）", "多出 10%"),
    cell("资金结构", "share_bps", 3, 0.3, "大项 1 的资金份额合计 90%", "还差 10%", at_row=2),
    cell("资金结构", "max_share_bps", 2, 0.39, "份额 40% 大于上限份额 39%", "至少为 40%"),
    cell("资金结构", "channel", 3, "中央预算内投资", "“中央预算内投资”重复，第 2 行已有", "合并"),
    cell("资金结构", "item_no", 2, 77, "没有序号 77", "“重大科技基础设施”的序号是 1"),
    Damage("no shares", drop_shares_of_58, ((place("项目清单", "no", 59), "大项 58 粮食供应没有资金结构", "合计 100%"),)),
    Damage("only loans", only_loans, ((place("资金结构", "channel", 2), "只有随资本金的渠道", "至少给一个"),)),
    Damage(
        "no channel in 2021",
        late_channel_only,
        ((place("资金结构", "channel", 2), "2021 年没有可用的渠道："
        "新型政策性金融工具（2022 年起）", "2021 年已有"),),
    ),
    # years
    Damage("missing years", drop_years, ((place("年度目标", "year", 17), "缺少年份 2026–2027", "每年都要有一行"),)),
    cell("年度目标", "year", 5, 2021, "年份 2021 重复", "只留一行"),
    cell("年度目标", "year", 5, 20222, "年份 20222 超出范围", "2010 至 2035"),
    cell("年度目标", "kind", 5, "下线", "“下线”不在可选范围内", "是否为“下限”？"),
    cell("年度目标", "kind", 5, "区间", "“区间”没有填区间上沿", "大于年度目标", at_key="upper_wan"),
    Damage("band without target", band_without_target, (
        (place("年度目标", "target_wan", 5), "“区间”没有填年度目标", "区间的下沿"),)),
    cell("年度目标", "list_plan_kind", 10, "假设", "没有名单计划，却填了性质 假设", "或清空性质"),
    cell("年度目标", "upper_wan", 5, 4000, "却填了区间上沿 4,000.0 亿元", "清空"),
    cell("年度目标", "inclusion_bps", 5, None, "入列系数是空的", "70%"),
    cell("年度目标", "programme_weight_bps", 5, 0.2, "权重合计 100.5%", "多出 0.5%", at_row=4),
    cell("年度计划", "item_no", 2, 120, "没有序号 120", "“国际航空枢纽”的序号是 20"),
    cell("年度计划", "money_wan", 2, 2953, "多于“十四五”投资 2,952.0 亿元", "改小"),
    cell("年度计划", "year", 2, 2036, "年份 2036 超出范围", "2021 至 2035"),
    Damage(
        "known years short",
        all_years_known_but_short,
        ((place("年度计划", "money_wan", 12), "合计 50.0 亿元，"
        "少于“十四五”投资 112.0 亿元", "合计须相等"),),
    ),
    # envelopes
    appended(
        "年度额度",
        (("channel", "“银行贷款”是随资本金的渠道", "情景文件"),),
        "envelope of loans",
        channel="银行贷款", year=2023, envelope_wan=5,
    ),
    appended(
        "年度额度",
        (("item_no", "“企业自筹”是专属渠道，没有填大项", "大项序号"),),
        "envelope without item",
        channel="企业自筹", year=2023, envelope_wan=5,
    ),
    appended(
        "年度额度",
        (("item_no", "额度不分大项，这里填了大项 5", "清空"),),
        "pooled envelope with item",
        channel="一般公共预算", year=2023, item_no=5, envelope_wan=5,
    ),
    appended(
        "年度额度",
        (("envelope_wan", "都是空的", "至少填一个"),),
        "envelope of nothing",
        channel="一般公共预算", year=2023,
    ),
    # risk and evidence
    cell("风险参数", "beta_a", 2, 0, "0 超出范围", "0.05"),
    cell("风险参数", "p_tail", 2, "高", "文字“高”不是数字", "数字"),
    cell("资金风险", "mean", 2, 1.5, "均值 150.0% 不在下限", "核对"),
    Damage(
        "no 落地率",
        lambda book: put(book, "落地率", "stage", 2, "概算"),
        ((place("项目清单", "stage", 6), "没有“备案”一行", "补上"),),
    ),
    cell("阶段系数", "stage", 3, "规划", "阶段“规划”重复，第 2 行已用", "不同的"),
    cell("阶段系数", "cost_factor", 2, -1, "-1 超出范围", "0 至 10"),
    Damage("no stage factors", drop_rows("阶段系数", 2, 3, 4, 5, 6), (("阶段系数!A2", "没有数据", "至少填一行"),)),
    Damage(
        "a stage without factor",
        drop_rows("阶段系数", 4),  # 概算
        ((place("项目清单", "stage", 3), "阶段为“概算”，阶段系数表中却没有这一行", "补上“概算”"),),
    ),
    cell("相关系数", "correlation", 2, 1, "1 超出范围", "-0.9999 至 0.9999"),
    cell("相关系数", "correlation", 2, 0.9, "全局 0.9 与同组附加 0.15 之和 1.05 大于 1", "不得超过 1", at_row=3),
    cell("相关系数", "correlation", 2, -0.1, "-0.1 是负数", "0 以上"),
    cell("相关系数", "correlation", 3, -0.12, "-0.12 是负数", "0 以上"),
    cell("相关系数", "subject", 3, "全局", "“全局”重复，第 2 行已有", "删去一行"),
    cell("相关系数", "subject", 3, "同组", "没有“同组”", "是否为“同组附加”？"),
    cell("相关系数", "other", 2, "外资", "“全局”不分对象，“与”填了“外资”", "清空"),
    cell("相关系数", "other", 4, "企业自筹", "“造价”与“企业自筹”不成对", "与填“工期”"),
    Damage("no group correlation", drop_rows("相关系数", 3), (
        (place("相关系数", "subject", 11), "缺少“同组附加”一行", "没有相关填 0"),)),
    Damage("no cost-time correlation", drop_rows("相关系数", 4), (
        (place("相关系数", "subject", 11), "缺少“造价—工期”一行", "补上"),)),
    cell("相关系数", "other", 5, "企业自愁", "没有“企业自愁”", "是否为“企业自筹”？"),
    cell("相关系数", "other", 5, None, "没有填另一个资金渠道", "渠道名称"),
    cell("相关系数", "other", 5, "土地出让/净地出让收益", "与自己配成一对", "两个不同的"),
    cell("相关系数", "subject", 11, "社会资本", "资金渠道表中没有“社会资本”", "是否为“社会资本/PPP”？"),
    appended(
        "相关系数",
        (("subject", "这一对渠道与第 6 行重复", "次序不分先后"),),
        "repeated pair",
        subject="企业自筹", other="土地出让/净地出让收益", correlation=0.1, provenance="假设：试",
    ),
    Damage("contradicting pairs", strong_land, (
        (place("相关系数", "correlation", 5), "最强的一对是“土地出让/净地出让收益”与“社会资本/PPP”，0.9",
        "请减弱这一对，或把各对渠道的相关系数都乘以 0.8"),)),
    Damage("contradicting persistence", lasting_land, (
        (place("相关系数", "correlation", 5), "不能同时成立（连同延续性）", "都乘以 0.5"),)),
    Damage("misnamed register", misnamed_register, (
        ("风险清单（试）!A1", "有一张名为“风险清单（试）”的表", "改名为“风险清单”；自己的表请另取"),)),
    risk("probability", "0%超出范围", "0.01% 至 100%", probability=0),
    risk("probability", "150%超出范围", "0.01% 至 100%", probability=1.5),
    risk("cost_likely", "造价影响最低 0、最可能 0.06、最高 0.05 没有由小到大", "核对", cost_likely=0.06),
    risk("quarters_likely", "工期影响最低 3、最可能 2、最高 4 没有由小到大", "核对", quarters_low=3),
    risk("cost_low", "-95%超出范围", "-90% 至 500%", cost_low=-0.95),
    risk("cost_low", "造价影响与工期影响都是 0", "删去这一行", cost_likely=0, cost_high=0,
    quarters_low=0, quarters_likely=0, quarters_high=0),
    risk("items", "项目清单中没有序号 99", "1 至 58", items="5；99"),
    risk("items", "“轨道”不是大项序号", "用“；”隔开", items="轨道"),
    risk("items", "“17-5”前大后小", "5至17", items="17-5"),
    risk("items", "日期 2026-05-17不是文字", "改为文字", items=dt.datetime(2026, 5, 17)),
    risk("items", "“影响大项”是空的", "请写“5至17”", items=None),
    cell("项目清单", "provenance", 2, "D999", "没有编号“D999”", "是否为“D"),
    cell("项目清单", "provenance", 2, "领导口头指示", "没有编号“领导口头指示”", "假设：理由"),
    cell("项目清单", "provenance", 2, "D105；假设：", "没有写理由", "假设：理由"),
    cell("项目清单", "provenance", 2, None, "“依据”是空的", "资料依据中的编号"),
    cell("资料依据", "id", 3, "D001", "资料编号“D001”重复", "不同的"),
    # several at once
    Damage(
        "four sheets",
        three_cells,
        (
            (place("项目清单", "total_wan", 2), "“一百四十一”", "金额"),
            (place("依赖关系", "pred_no", 3), "没有序号 99", "“国家、省实验室”的序号是 2"),
            (place("资金结构", "channel", 4), "没有“专项债”", "是否为“地方政府专项债券”？"),
            (place("年度目标", "year", 5), "年份 202 超出范围", "2010 至 2035"),
        ),
    ),
    Damage(
        "many kinds",
        many_kinds,
        (
            ("项目清单!F1", "缺少“总投资（亿元）”一列", "是否为“投资总数（亿元）”？"),
            (place("资金渠道", "release_q1_bps", 2), "合计 125%", "100%"),
            (place("资金结构", "share_bps", 2), "合计 101%", "多出 1%"),
            (place("年度计划", "money_wan", 2), "-264 亿元是负数", "不能为负"),
            (place("资料依据", "id", 3), "“D001”重复", "不同的"),
            ("公开记录!A1", "缺少工作表“公开记录”", "恢复"),
        ),
    ),
    Damage(
        "three in a row",
        same_row_thrice,
        (
            (place("项目清单", "plan_wan", 3), "94.0 亿元大于总投资 93.0 亿元", "核对"),
            (place("项目清单", "priority", 3), "7 超出范围", "1 至 4"),
            (place("项目清单", "stage", 3), "“初设”不在可选范围内", "可用的有"),
        ),
    ),
]  # fmt: skip


def problems_of(path: Path) -> tuple[Problem, ...]:
    """The problems of a file, which must not change by being judged."""
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    around = sorted(entry.name for entry in path.parent.iterdir())
    with pytest.raises(InputError) as raised:
        read_workbook(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert sorted(entry.name for entry in path.parent.iterdir()) == around
    return raised.value.problems


def problems_in(book: Book) -> tuple[Problem, ...]:
    """The problems of changed sheets."""
    with pytest.raises(InputError) as raised:
        judged(book)
    return raised.value.problems


#: Damages that are made to a file as well: each kind of value and each way to change a sheet.
IN_A_FILE = (
    "项目清单-total_wan-'#REF!'",
    "项目清单-plan_wan-'=F2*0.8'",
    "项目清单-total_wan-True",
    "项目清单-total_wan-datetime.datetime(2021, 5, 1, 0, 0)",
    "renamed sheet",
    "missing column",
    "no rows",
    "cycle",
    "many kinds",
)
#: What a cell may hold, in a damage or by mistake.
VALUES = (
    "约141", "141", 141.00005, -112, 0, 2.5, 20_000_000, 1e300, 1e-7, True, False, None,
    dt.datetime(2021, 5, 1), dt.datetime(2021, 5, 1, 13, 30), "#REF!", "#DIV/0!", "#N/A", "=F2*0.8", "=",
    "  ", " 序　号 ", "两\n行", "'=1", "20%", "²", "<&>", "9" * 40,
)  # fmt: skip


def test_sheets_in_memory_are_what_a_file_would_hold(tmp_path):
    """The same deeds on lists and on openpyxl's book, the book saved and read."""
    books = in_memory(), opened()
    for book in books:
        for row, value in enumerate(VALUES, start=2):
            put(book, "公开记录", "note", row, value)
        for damage in DAMAGES:  # once a sheet is gone, what would change it is left out
            with contextlib.suppress(KeyError):
                damage.do(book)
        book["项目清单"].merge_cells("F3:F5")
    memory, file = books[0].grids(), workbook_file.read_file(saved(books[1], tmp_path / "x.xlsx"))
    assert [grid.name for grid in memory] == [grid.name for grid in file.grids]
    for one, other in zip(memory, file.grids, strict=True):
        assert cells(one.values) == cells(other.values), one.name
        assert cells(one.formulas) == cells(other.formulas), one.name
        assert list(one.merged) == list(other.merged)


def cells(rows: Sequence[Sequence[object]]) -> list[list[tuple[str, object]]]:
    """What the rows hold, cell by cell, with its type; empty rows at the end are nothing."""
    held = [[(type(value).__name__, value) for value in row] for row in rows]
    while held and not held[-1]:
        held.pop()
    return held


def test_there_are_enough_different_damages():
    assert len({damage.name for damage in DAMAGES}) == len(DAMAGES) >= 45


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_each_problem_is_shown_with_place_value_and_fix(damage):
    book = in_memory()
    damage.do(book)
    assert_shown(damage, problems_in(book))


@pytest.mark.parametrize("name", IN_A_FILE)
def test_the_problems_of_a_damaged_file(name, tmp_path):
    (damage,) = [each for each in DAMAGES if each.name == name]
    book, same = opened(), in_memory()
    damage.do(book)
    damage.do(same)
    problems = problems_of(saved(book, tmp_path / "damaged.xlsx"))
    assert_shown(damage, problems)
    assert problems == problems_in(same)


def assert_shown(damage: Damage, problems: tuple[Problem, ...]) -> None:
    """Each problem expected is there; every problem has all its parts."""
    for where, found, fix in damage.expected:
        fitting = [problem for problem in problems if problem.place == where]
        assert any(found in p.found and fix in p.fix for p in fitting), [str(p) for p in problems]
    assert all(problem.found and problem.fix and "?" not in problem.place for problem in problems)


def test_one_wrong_cell_makes_one_problem(tmp_path):
    """No cascade: the sums and checks that rest on a refused cell stay silent."""
    book = opened()
    put(book, "资金结构", "share_bps", 2, "四成")
    assert len(problems_of(saved(book, tmp_path / "one.xlsx"))) == 1


@pytest.mark.parametrize("sheet", [sheet.name for sheet in TEMPLATES if not sheet.may_be_missing])
def test_a_missing_sheet_is_said_once(sheet):
    """What rests on it stays silent."""
    book = in_memory()
    del book[sheet]
    (problem,) = problems_in(book)
    assert problem.place == f"{sheet}!A1"


@pytest.mark.parametrize(
    ("sheet", "key"),
    [
        ("年度目标", "inclusion_bps"),
        ("年度目标", "year"),
        ("资金结构", "item_no"),
        ("资金结构", "channel"),
        ("项目清单", "no"),
        ("项目清单", "plan_wan"),
        ("资金渠道", "id"),
        ("资金渠道", "kind"),
        ("风险参数", "title"),
        ("资料依据", "id"),
        ("依赖关系", "type"),
        ("阶段系数", "stage"),
        ("相关系数", "subject"),
        ("相关系数", "other"),
        ("相关系数", "correlation"),
        ("资金风险", "persistence"),
    ],
)
def test_a_missing_column_is_said_once(sheet, key):
    book = in_memory()
    book[sheet][at(sheet, key, 1)] = None
    (problem,) = problems_in(book)
    assert problem.place.startswith(f"{sheet}!")
    assert "一列" in problem.found


@pytest.mark.parametrize(
    ("sheet", "key", "row"),
    [
        ("项目清单", "no", 6),
        ("资金结构", "item_no", 3),
        ("资金渠道", "id", 2),
        ("年度目标", "year", 5),
        ("阶段系数", "stage", 4),
        ("相关系数", "subject", 3),
        ("相关系数", "other", 5),
        ("相关系数", "correlation", 5),
    ],
)
def test_a_refused_key_is_said_once(sheet, key, row):
    book = in_memory()
    put(book, sheet, key, row, "#N/A")
    assert len(problems_in(book)) == 1


def test_a_risk_with_the_id_of_another_is_said_once():
    book = in_memory()
    put_row(book, "风险清单", 2, **RISK)
    put_row(book, "风险清单", 3, **(RISK | {"name": "台风"}))
    (problem,) = problems_in(book)
    assert problem.place == place("风险清单", "id", 3)
    assert "风险编号“R01”重复，第 2 行已用" in problem.found


def test_problems_come_in_the_order_of_the_workbook():
    book = in_memory()
    many_kinds(book)
    three_cells_rows = [("项目清单", 30), ("项目清单", 4)]
    for sheet, row in three_cells_rows:
        put(book, sheet, "stage", row, "未知")
    places = [problem.place for problem in problems_in(book)]
    items = [int(re.sub(r"\D", "", p.split("!")[1])) for p in places if p.startswith("项目清单")]
    assert items == sorted(items)
    sheets = list(dict.fromkeys(p.split("!")[0] for p in places))
    assert sheets.index("项目清单") < sheets.index("资金渠道") < sheets.index("公开记录")


def test_a_formula_with_its_value_is_fine(tmp_path):
    """Excel saves a formula with its value; put both in by hand as Excel would."""
    path = tmp_path / "formula.xlsx"
    with (
        zipfile.ZipFile(io.BytesIO(shipped_bytes())) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet2.xml":  # 项目清单, after the guide
                content, count = re.subn(
                    rb'(<c r="F2"[^>]*>)<v>141</v>', rb"\1<f>100+41</f><v>141</v>", content
                )
                assert count == 1
            new.writestr(name, content)
    assert read_workbook(path).portfolio.items[0].total_wan == 1_410_000


def test_a_formula_without_its_value_is_seen_behind_a_namespace_prefix(tmp_path):
    """Other writers than Excel name the elements `x:f` and the sheets as they like."""
    path = tmp_path / "prefixed.xlsx"
    with (
        zipfile.ZipFile(io.BytesIO(shipped_bytes())) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet2.xml":
                content, count = re.subn(
                    rb'(<c r="F2"[^>]*>)<v>141</v>', rb"\1<f>100+41</f>", content
                )
                assert count == 1
                content = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", content)
                content = content.replace(b'xmlns="', b'xmlns:x="', 1)
            new.writestr(name, content)
    (problem,) = problems_of(path)
    assert problem.place == place("项目清单", "total_wan", 2)
    assert "公式 “=100+41” 没有保存计算结果" in problem.found


def test_a_file_that_unpacks_to_too_much_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_file, "LARGEST_FILE_BYTES", 400_000)
    path = tmp_path / "大.xlsx"
    path.write_bytes(shipped_bytes())
    (problem,) = problems_of(path)
    assert "解开后有" in problem.found
    assert "只留" in problem.fix


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "found", "fix"),
    [
        (b"", "空的（0 字节）", "备份"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "打开密码", "清空密码"),
        (OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "旧版 Excel（.xls）", "另存为"),
        ("序号,名称\n1,甲\n".encode(), "文本文件（例如 CSV）", "另存为"),
        (b"<html><table></table></html>", "网页", "另存为"),
        (b"%PDF-1.7 \0", "PDF", "另存为"),
        (b"\0\1\2\3", "不是 .xlsx 工作簿", "另存为"),
        (b"PK\x03\x04" + b"\0" * 100, "不完整", "另存为"),
        (zipped("word/document.xml"), "Word 文档", "另存为"),
        (zipped("ppt/presentation.xml"), "演示文稿", "另存为"),
        (zipped("content.xml"), "OpenDocument", "另存为"),
        (zipped("xl/workbook.bin"), ".xlsb", "另存为"),
        (zipped("readme.txt"), "压缩包", "另存为"),
        (zipped("xl/workbook.xml"), "已损坏", "打开并修复"),
        (shipped_bytes()[:60_000], "不完整", "另存为"),
    ],
)  # fmt: skip
def test_other_files_are_named_for_what_they_are(content, found, fix, tmp_path):
    path = tmp_path / "计划.xlsx"
    path.write_bytes(content)
    (problem,) = problems_of(path)
    assert problem.place == str(path)
    assert found in problem.found
    assert fix in problem.fix


def test_a_missing_file_names_the_near_one(tmp_path):
    (tmp_path / "十大工程.xlsx").write_bytes(b"x")
    with pytest.raises(InputError) as raised:
        read_workbook(tmp_path / "十大工程1.xlsx")
    assert "找不到" in raised.value.problems[0].found
    assert "是否为“十大工程.xlsx”？" in raised.value.problems[0].fix


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(InputError, match="也不存在"):
        read_workbook(tmp_path / "没有" / "十大工程.xlsx")


def test_a_folder_is_no_workbook(tmp_path):
    (tmp_path / "十大工程.xlsx").write_bytes(b"x")
    with pytest.raises(InputError, match="文件夹") as raised:
        read_workbook(tmp_path)
    assert "十大工程.xlsx" in raised.value.problems[0].fix


def test_excels_own_lock_file_is_no_workbook(tmp_path):
    (tmp_path / "~$十大工程.xlsx").write_bytes(b"x")
    with pytest.raises(InputError, match="临时锁文件"):
        read_workbook(tmp_path / "~$十大工程.xlsx")


def test_a_file_in_use_says_to_close_it(tmp_path, monkeypatch):
    path = tmp_path / "用着.xlsx"
    path.write_bytes(shipped_bytes())

    def refuse(self: Path, *_mode: str) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(workbook_file.Path, "open", refuse)
    with pytest.raises(InputError, match="正被占用") as raised:
        read_workbook(path)
    assert "关闭" in raised.value.problems[0].fix


def test_a_number_that_stands_twice_is_said_once():
    """Item 4 became a second 5: what speaks of 4 or 5 elsewhere follows from that."""
    book = in_memory()
    put(book, "项目清单", "no", 5, 5)
    (problem,) = problems_in(book)
    assert problem.place == place("项目清单", "no", 6)
    assert "序号 5 重复" in problem.found
    page = book["依赖关系"]
    for row in range(2, page.max_row + 1):
        put(book, "依赖关系", "pred_name", row, None)
        put(book, "依赖关系", "succ_name", row, None)
    assert len(problems_in(book)) == 1


def test_a_number_that_never_was_is_said_beside_one_that_stands_twice():
    book = in_memory()
    put(book, "项目清单", "no", 5, 5)
    put(book, "依赖关系", "pred_no", 3, 999)
    put(book, "依赖关系", "pred_name", 3, None)
    assert len(problems_in(book)) == 2


def test_a_header_without_its_unit_is_found_by_its_likeness():
    book = in_memory()
    book["项目清单"]["F1"] = "总投資"
    (problem,) = problems_in(book)
    assert problem.place == "项目清单!F1"
    assert "是否为“总投資”？" in problem.fix


def test_a_refused_cell_in_a_merged_range_says_so(tmp_path):
    book = opened()
    book["项目清单"].merge_cells("F3:F5")
    problems = problems_of(saved(book, tmp_path / "merged.xlsx"))
    assert [problem.place for problem in problems] == ["项目清单!F4", "项目清单!F5"]
    assert all("合并单元格 F3:F5" in problem.found for problem in problems)
    assert all("请取消合并 F3:F5" in problem.fix for problem in problems)


def test_names_to_choose_from_come_in_the_order_of_the_sheet(tmp_path):
    """Not in the order of a set, which differs from run to run."""
    book = opened()
    put(book, "汇总校核", "name", 3, "甲乙丙丁")
    (problem,) = problems_of(saved(book, tmp_path / "total.xlsx"))
    works = [book["项目清单"][at("项目清单", "work", row)].value for row in range(2, 60)]
    assert problem.fix.startswith("可用的有：" + "、".join(list(dict.fromkeys(works))[:8]))
