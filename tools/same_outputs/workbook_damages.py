"""Damaged copies of a workbook, made from its own cells: sheets and columns by their names."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import openpyxl

from tools.same_outputs.plain_workbook import Pages, packed, plain_workbook

_LARGE_SHEETS = ("事后数据", "公开记录")
_WITHOUT_ROWS = ("年度额度", "风险清单", *_LARGE_SHEETS)


@dataclass(frozen=True)
class Cell:
    """Values put into a row (in Excel's count; None for a row of its own at the end)."""

    sheet: str
    row: int | None
    values: Mapping[str, Any]

    def __call__(self, pages: Pages) -> None:
        """Put them."""
        page = pages[self.sheet]
        row = self.row if self.row is not None else len(page) + 1
        while len(page) < row:
            page.append([None] * len(page[0]))
        for header, value in self.values.items():
            page[row - 1][page[0].index(header)] = value


@dataclass(frozen=True)
class Several:
    """Damages one after another."""

    steps: tuple[Callable[[Pages], None], ...]

    def __call__(self, pages: Pages) -> None:
        """Do them."""
        for step in self.steps:
            step(pages)


@dataclass(frozen=True)
class Rows:
    """Rows taken out, the last first (in Excel's count); all below the headers without any."""

    sheet: str
    rows: tuple[int, ...] = ()

    def __call__(self, pages: Pages) -> None:
        """Take them out."""
        page = pages[self.sheet]
        for row in sorted(self.rows, reverse=True):
            del page[row - 1]
        if not self.rows:
            del page[1:]


@dataclass(frozen=True)
class Header:
    """A header renamed, or emptied."""

    sheet: str
    old: str
    new: str | None

    def __call__(self, pages: Pages) -> None:
        """Rename it."""
        headers = pages[self.sheet][0]
        headers[headers.index(self.old)] = self.new


@dataclass(frozen=True)
class SheetName:
    """A sheet renamed, or taken out."""

    old: str
    new: str | None

    def __call__(self, pages: Pages) -> None:
        """Rename it, in its place."""
        whole = {
            (self.new or "") if name == self.old else name: rows
            for name, rows in pages.items()
            if name != self.old or self.new
        }
        pages.clear()
        pages.update(whole)


def no_column(pages: Pages) -> None:
    """The column of lags gone."""
    page = pages["依赖关系"]
    at = page[0].index("滞后（季度）")
    for row in page:
        del row[at : at + 1]


def repeated_column(pages: Pages) -> None:
    """A header that stands twice."""
    pages["项目清单"][0].append("总投资（亿元）")


def no_shares_of_58(pages: Pages) -> None:
    """An item without money."""
    pages["资金结构"][:] = [row for row in pages["资金结构"] if row[0] != 58]


def _gate(number: int, pred: object, succ: object) -> Cell:
    values = {"编号": f"X{number}", "前置序号": pred, "后续序号": succ, "类型": "同步开工（SS）",
              "滞后（季度）": 0, "约束": "硬约束", "理由": "环", "依据": "假设：试"}  # fmt: skip
    return Cell("依赖关系", None, values)


def _only(channel: str) -> Several:
    """The first item paid from one channel."""
    first = {"资金渠道": channel, "份额（%）": 1, "上限份额（%）": 1}
    others = (Cell("资金结构", row, {"份额（%）": 0}) for row in (3, 4, 5))
    return Several((Cell("资金结构", 2, first), *others))


RISK = {"编号": "R01", "风险名称": "文物勘探延误", "发生概率（%）": 0.2, "影响大项": "24；28至30",
        "造价影响最低（%）": 0, "造价影响最可能（%）": 0.02, "造价影响最高（%）": 0.05,
        "工期影响最低（季度）": 1, "工期影响最可能（季度）": 2, "工期影响最高（季度）": 4,
        "依据": "假设：试"}  # fmt: skip
CYCLE = (Rows("依赖关系"), _gate(2, 22, 23), _gate(3, 23, 27), _gate(4, 27, 22))
MANY_KINDS = (
    Header("项目清单", "总投资（亿元）", "投资总额（亿元）"),
    Cell("资金渠道", 2, {"一季度下达（%）": 0.5}),
    Cell("资金结构", 2, {"份额（%）": 0.41}),
    Cell("年度计划", 2, {"投资（亿元）": -264}),
    Cell("资料依据", 3, {"编号": "D001"}),
    SheetName("公开记录", None),
)
KNOWN_YEARS = tuple(
    Cell("年度计划", None, {"大项序号": 1, "年份": year, "投资（亿元）": 10, "依据": "假设：试"})
    for year in range(2021, 2026)
)
SHEETS = ("项目清单", "汇总校核", "依赖关系", "资金渠道", "资金结构", "年度目标", "年度计划",
          "年度额度", "风险参数", "落地率", "资金风险", "阶段系数", "相关系数", "风险清单",
          "资料依据", "事后数据", "公开记录")  # fmt: skip
EMPTIED_HEADERS = (
    ("年度目标", "入列系数（%）"),
    ("年度目标", "年份"),
    ("资金结构", "大项序号"),
    ("资金结构", "资金渠道"),
    ("项目清单", "序号"),
    ("项目清单", "“十四五”投资（亿元）"),
    ("资金渠道", "编号"),
    ("资金渠道", "性质"),
    ("依赖关系", "类型"),
    ("阶段系数", "阶段"),
    ("相关系数", "相关系数"),
    ("风险参数", "名称"),
    ("资料依据", "编号"),
)
WHOLE: dict[str, Callable[[Pages], None]] = {
    **{f"without {name}": SheetName(name, None) for name in SHEETS},
    **{f"no rows in {name}": Rows(name) for name in SHEETS if name not in _WITHOUT_ROWS},
    **{f"no header {sheet} {key}": Header(sheet, key, None) for sheet, key in EMPTIED_HEADERS},
    "renamed sheet": SheetName("资金渠道", "资金渠道表"),
    "misnamed register": SheetName("风险清单", "风险清单（试）"),
    "renamed column": Header("项目清单", "总投资（亿元）", "投资总额（亿元）"),
    "column without its unit": Header("项目清单", "总投资（亿元）", "总投資"),
    "missing column": no_column,
    "repeated column": repeated_column,
    "no headers": Rows("资金风险", (1,)),
    "missing item": Rows("项目清单", (52,)),
    "cycle": Several(CYCLE),
    "two cycles": Several((*CYCLE, _gate(5, 1, 2), _gate(6, 2, 1))),
    "no shares": no_shares_of_58,
    "only loans": _only("银行贷款"),
    "no channel in 2021": _only("新型政策性金融工具"),
    "missing years": Rows("年度目标", (9, 10)),
    "band without target": Cell(
        "年度目标", 5, {"目标类型": "区间", "年度目标（亿元）": None, "区间上沿（亿元）": 4000}
    ),
    "known years short": Several(KNOWN_YEARS),
    "no realisation": Cell("落地率", 2, {"阶段": "概算"}),
    "a stage without factor": Rows("阶段系数", (4,)),
    "no group correlation": Rows("相关系数", (3,)),
    "no cost-time correlation": Rows("相关系数", (4,)),
    "contradicting pairs": Cell("相关系数", 5, {"相关系数": 0.9}),
    "contradicting persistence": Cell("资金风险", 4, {"延续性": 0.95}),
    "a number twice": Cell("项目清单", 5, {"序号": 5}),
    "a risk twice": Several((Cell("风险清单", 2, RISK), Cell("风险清单", 3, RISK))),
    "a risk": Cell("风险清单", 2, RISK),
    "four sheets": Several(
        (
            Cell("项目清单", 2, {"总投资（亿元）": "一百四十一"}),
            Cell("依赖关系", 3, {"前置序号": 99}),
            Cell("资金结构", 4, {"资金渠道": "专项债"}),
            Cell("年度目标", 5, {"年份": 202}),
        )
    ),
    "many kinds": Several(MANY_KINDS),
    "three in a row": Cell(
        "项目清单", 3, {"“十四五”投资（亿元）": 94, "优先级（1最先）": 7, "阶段": "初设"}
    ),
}
CELLS = (
    Cell("项目清单", 2, {"总投资（亿元）": "约141"}),
    Cell("项目清单", 2, {"总投资（亿元）": "141"}),
    Cell("项目清单", 2, {"总投资（亿元）": 141.00005}),
    Cell("项目清单", 2, {"“十四五”投资（亿元）": -112}),
    Cell("项目清单", 2, {"总投资（亿元）": 0}),
    Cell("项目清单", 2, {"“十四五”投资（亿元）": 0}),
    Cell("项目清单", 2, {"“十四五”投资（亿元）": 142}),
    Cell("项目清单", 2, {"2021年前已完成（亿元）": 30}),
    Cell("项目清单", 2, {"总投资（亿元）": 20_000_000}),
    Cell("项目清单", 2, {"总投资（亿元）": 1e+300}),
    Cell("项目清单", 2, {"总投资（亿元）": 290_000}),
    Cell("项目清单", 2, {"总投资（亿元）": True}),
    Cell("项目清单", 2, {"总投资（亿元）": dt.datetime(2021, 5, 1)}),
    Cell("项目清单", 2, {"总投资（亿元）": None}),
    Cell("项目清单", 2, {"总投资（亿元）": "#REF!"}),
    Cell("项目清单", 2, {"“十四五”投资（亿元）": "#DIV/0!"}),
    Cell("项目清单", 2, {"“十四五”投资（亿元）": "=F2*0.8"}),
    Cell("年度额度", 2, {"额度（亿元）": "=1/3"}),
    Cell("项目清单", 3, {"序号": 1}),
    Cell("项目清单", 3, {"序号": None}),
    Cell("项目清单", 3, {"序号": 2.5}),
    Cell("项目清单", 3, {"序号": -2}),
    Cell("项目清单", 3, {"大项名称": "重大科技基础设施"}),
    Cell("项目清单", 4, {"风险类别": "城市轨道交通"}),
    Cell("项目清单", 4, {"阶段": "可研批复"}),
    Cell("项目清单", 4, {"投资节奏": "新开"}),
    Cell("项目清单", 4, {"优先级（1最先）": 5}),
    Cell("项目清单", 3, {"合同锁定比例（%）": 80}),
    Cell("项目清单", 3, {"合同锁定比例（%）": 0.33333}),
    Cell("项目清单", 3, {"最低资本金比例（%）": "20%"}),
    Cell("项目清单", 3, {"最短工期（年）": 0}),
    Cell("项目清单", 6, {"类别": None}),
    Cell("汇总校核", 3, {"名称": "科技创新工成"}),
    Cell("汇总校核", 3, {"层级": "大工程"}),
    Cell("依赖关系", 2, {"前置序号": 99}),
    Cell("依赖关系", 2, {"前置大项": "高速公路"}),
    Cell("依赖关系", 2, {"后续大项": "重大科技设施"}),
    Cell("依赖关系", 2, {"类型": "进度"}),
    Cell("依赖关系", 2, {"前置须达到（占“十四五”投资）（%）": None}),
    Cell("依赖关系", 3, {"前置须达到（占“十四五”投资）（%）": 0.2}),
    Cell("依赖关系", 3, {"后续上限（占“十四五”投资）（%）": 0.5}),
    Cell("依赖关系", 3, {"滞后（季度）": 0.5}),
    Cell("依赖关系", 3, {"编号": "E001"}),
    Cell("依赖关系", None, {"编号": "X1", "前置序号": 5, "后续序号": 5, "类型": "同步开工（SS）", "滞后（季度）": 0, "约束": "软约束", "理由": "试", "依据": "假设：试"}),
    Cell("依赖关系", None, {"编号": "X1", "前置序号": 4, "后续序号": 1, "类型": "达到进度（PROGRESS）", "前置须达到（占“十四五”投资）（%）": 0.5, "后续上限（占“十四五”投资）（%）": 0.1, "滞后（季度）": 0, "约束": "软约束", "理由": "试", "依据": "假设：试"}),
    Cell("资金渠道", 2, {"二季度下达（%）": 0.35}),
    Cell("资金渠道", 3, {"渠道名称": "一般公共预算"}),
    Cell("资金渠道", 2, {"性质": "市统筹"}),
    Cell("资金渠道", 2, {"结转": "不适用"}),
    Cell("资金渠道", 2, {"起始年份": 20_211}),
    Cell("资金结构", 2, {"资金渠道": "中央预算投资"}),
    Cell("资金结构", 2, {"份额（%）": 0.5}),
    Cell("资金结构", 3, {"份额（%）": 0.3}),
    Cell("资金结构", 2, {"上限份额（%）": 0.39}),
    Cell("资金结构", 3, {"资金渠道": "中央预算内投资"}),
    Cell("资金结构", 2, {"大项序号": 77}),
    Cell("年度目标", 5, {"年份": 2021}),
    Cell("年度目标", 5, {"年份": 20_222}),
    Cell("年度目标", 5, {"目标类型": "下线"}),
    Cell("年度目标", 5, {"目标类型": "区间"}),
    Cell("年度目标", 5, {"区间上沿（亿元）": 4000}),
    Cell("年度目标", 5, {"入列系数（%）": None}),
    Cell("年度目标", 5, {"项目群年度权重（%）": 0.2}),
    Cell("年度计划", 2, {"大项序号": 120}),
    Cell("年度计划", 2, {"投资（亿元）": 2953}),
    Cell("年度计划", 2, {"年份": 2036}),
    Cell("年度额度", None, {"资金渠道": "银行贷款", "年份": 2023, "额度（亿元）": 5}),
    Cell("年度额度", None, {"资金渠道": "企业自筹", "年份": 2023, "额度（亿元）": 5}),
    Cell("年度额度", None, {"资金渠道": "一般公共预算", "年份": 2023, "大项序号": 5, "额度（亿元）": 5}),
    Cell("年度额度", None, {"资金渠道": "一般公共预算", "年份": 2023}),
    Cell("风险参数", 2, {"曲线参数 a": 0}),
    Cell("风险参数", 2, {"极端超支概率": "高"}),
    Cell("资金风险", 2, {"到位率均值（%）": 1.5}),
    Cell("阶段系数", 3, {"阶段": "规划"}),
    Cell("阶段系数", 2, {"造价系数": -1}),
    Cell("相关系数", 2, {"相关系数": 1}),
    Cell("相关系数", 2, {"相关系数": 0.9}),
    Cell("相关系数", 2, {"相关系数": -0.1}),
    Cell("相关系数", 3, {"相关系数": -0.12}),
    Cell("相关系数", 3, {"对象": "全局"}),
    Cell("相关系数", 3, {"对象": "同组"}),
    Cell("相关系数", 2, {"与": "外资"}),
    Cell("相关系数", 4, {"与": "企业自筹"}),
    Cell("相关系数", 5, {"与": "企业自愁"}),
    Cell("相关系数", 5, {"与": None}),
    Cell("相关系数", 5, {"与": "土地出让/净地出让收益"}),
    Cell("相关系数", 11, {"对象": "社会资本"}),
    Cell("相关系数", None, {"对象": "企业自筹", "与": "土地出让/净地出让收益", "相关系数": 0.1, "依据": "假设：试"}),
    Cell("风险清单", 2, RISK | {"发生概率（%）": 0}),
    Cell("风险清单", 2, RISK | {"发生概率（%）": 1.5}),
    Cell("风险清单", 2, RISK | {"造价影响最可能（%）": 0.06}),
    Cell("风险清单", 2, RISK | {"工期影响最低（季度）": 3}),
    Cell("风险清单", 2, RISK | {"造价影响最低（%）": -0.95}),
    Cell("风险清单", 2, RISK | {"造价影响最可能（%）": 0, "造价影响最高（%）": 0, "工期影响最低（季度）": 0, "工期影响最可能（季度）": 0, "工期影响最高（季度）": 0}),
    Cell("风险清单", 2, RISK | {"影响大项": "5；99"}),
    Cell("风险清单", 2, RISK | {"影响大项": "轨道"}),
    Cell("风险清单", 2, RISK | {"影响大项": "17-5"}),
    Cell("风险清单", 2, RISK | {"影响大项": dt.datetime(2026, 5, 17)}),
    Cell("风险清单", 2, RISK | {"影响大项": None}),
    Cell("项目清单", 2, {"依据": "D999"}),
    Cell("项目清单", 2, {"依据": "领导口头指示"}),
    Cell("项目清单", 2, {"依据": "D105；假设："}),
    Cell("项目清单", 2, {"依据": None}),
    Cell("资料依据", 3, {"编号": "D001"}),
)  # fmt: skip
#: Files that are no workbooks.
OTHER_FILES = {
    "empty": b"",
    "password": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    + "EncryptedPackage".encode("utf-16-le"),
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le"),
    "csv": "序号,名称\n1,甲\n".encode(),
    "html": b"<html><table></table></html>",
    "pdf": b"%PDF-1.7 \0",
    "bytes": b"\0\1\2\3",
    "cut zip": b"PK\x03\x04" + bytes(100),
}  # fmt: skip
OTHER_PACKAGES = ("word/document.xml", "ppt/presentation.xml", "content.xml", "xl/workbook.bin",
                  "readme.txt", "xl/workbook.xml")  # fmt: skip


def damaged_workbooks(workbook: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and contents; the same each time for the same workbook."""
    pages = _pages(workbook)
    damages: dict[str, Callable[[Pages], None]] = dict(WHOLE)
    for number, each in enumerate(CELLS):
        damages[f"cell{number:03d} {each.sheet} {'+'.join(each.values)[:20]}"] = each
    damages |= {
        f"pair{number:02d}": Several((CELLS[number], CELLS[-1 - number]))
        for number in range(0, len(CELLS) // 2, 5)
    }
    for name, do in damages.items():
        copy = {sheet: [list(row) for row in rows] for sheet, rows in pages.items()}
        do(copy)
        yield f"{_file_name(name)}.xlsx", plain_workbook(copy)
    yield "untouched.xlsx", plain_workbook(pages)
    for row in (4, 5):  # Excel keeps the first value of merged cells alone
        Cell("项目清单", row, {"总投资（亿元）": None})(pages)
    yield "merged.xlsx", plain_workbook(pages, merged=("项目清单", "F3:F5"))
    for name, content in OTHER_FILES.items():
        yield f"file {name}.xlsx", content
    for name in OTHER_PACKAGES:
        yield f"package {_file_name(name)}.xlsx", packed({name: b"x"})
    yield "half.xlsx", workbook[: len(workbook) // 2]
    yield "~$十大工程.xlsx", b"x"


def _file_name(name: str) -> str:
    return "".join("_" if letter in '/\\:*?"<>|' else letter for letter in name)


def _pages(workbook: bytes) -> Pages:
    """The values of all sheets; of those no plan rests on and that are large, the headers."""
    book = openpyxl.load_workbook(io.BytesIO(workbook), read_only=True)
    pages: Pages = {}
    for page in book.worksheets:
        most = 1 if page.title in _LARGE_SHEETS else None
        rows = [list(row) for row in page.iter_rows(max_row=most, values_only=True)]
        while rows and all(value is None for value in rows[-1]):
            rows.pop()
        pages[page.title] = rows
    return pages
