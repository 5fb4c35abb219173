"""Write the input workbook: the sheets of `portfolio.model.schema` with a guide in front."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portfolio.model import schema
from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.money import BPS, WAN_PER_YI
from portfolio.model.schema.layout import NOT_PLAYED, REPAIR_ONLY, STRESS_ONLY
from portfolio.report.files import write_files
from portfolio.report.screen.console import lines_needed

# --- The first sheet of the input workbook: what a finance officer should know before editing


@dataclass(frozen=True, kw_only=True)
class GuideLine:
    """One line of the guide; `look` is title, heading, text, editable or fixed."""

    left: str
    right: str = ""
    look: str = "text"


_RULES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "改完以后",
        (
            (
                "校核",
                "保存并关闭，在命令行运行 portfolio check（或 portfolio check 文件路径）。"
                "有问题会一次全部列出，"
                "写明哪张表、哪个单元格、现在的值和改法；"
                "没有问题则列出汇总核对和计划与前置条件的冲突。",
            ),
            (
                "推演",
                "运行 portfolio run，得到分年投资、滞后大项及原因，以及可上报的 Excel 进度计划。",
            ),
            (
                "可以做的",
                "改数、增删行、调整列的次序、加自己的列或工作表都可以，程序按表名和表头找数。"
                "不要改表名和表头，不要在数据区合并单元格；可以用公式，"
                "但须由 Excel 保存过计算结果。",
            ),
        ),
    ),
    (
        "单位",
        (
            (
                "金额",
                "一律为亿元，最细到万元（小数点后四位）；更细的数会被指出，不会自动四舍五入。",
            ),
            ("比例", "以百分数填写，例如 30%，最细到 0.01%。"),
            (
                "时间",
                "年份为四位数；滞后以季度计。计划期 <first>—<plan_end> 年，推演到 <play_end> 年。",
            ),
        ),
    ),
    (
        "入列系数与达标",
        (
            (
                "入列系数",
                "年度目标说的是市重点项目年度清单，大项的范围更宽。大项投资乘入列系数，"
                "折成市重点口径，再与年度目标相比。",
            ),
            (
                "清单后期",
                "大项是封闭清单：计划折市重点口径最后一次达到年度目标的次年起，"
                "与目标的差额列为“待入库”，不算投资下滑。",
            ),
        ),
    ),
    (
        "哪些是事实，哪些是假设",
        (
            (
                "事实",
                "规划公布的大项总投资与“<period>”投资、汇总数，公布的年度计划与完成数。",
            ),
            (
                "假设",
                "其余多数数字：<first> 年前已完成、年度上限、工期、资金份额、前置条件的比例、"
                "风险与到位率等，"
                "都是判断。“依据”列写“假设：理由”；同时列出的资料编号只说明有此关系或渠道，"
                "不证明数值。",
            ),
            ("依据怎样写", "例：D012；D034；假设：数值为判断。编号须在资料依据表中。"),
        ),
    ),
    (
        "前置条件怎样换成万元",
        (
            (
                "门槛",
                "前置大项的门槛＝<first>年前已完成＋前置须达到的比例×“<period>”投资（不是总投资乘比例，也不再折算）。",
            ),
            (
                "上限",
                "后续大项放行前的上限＝<first>年前已完成＋后续上限的比例×“<period>”投资；"
                "比例为 0 或留空表示不得开工。",
            ),
            (
                "类型",
                "同步开工：前置大项动工的季度放行。达到进度：前置达到门槛后放行。"
                "完成后开工、完成后收尾：前置全部投资完成后放行，前者放行前不得开工，"
                "后者放行前可做到上限。滞后另加季度。",
            ),
            (
                "例",
                "前置大项 <first>年前已完成 50 亿元、“<period>”投资 200 亿元、须达到 30%："
                "门槛＝50＋0.3×200＝110 亿元。",
            ),
        ),
    ),
    (
        "年度计划怎样算出来",
        (
            ("已知年份", "年度计划表中列出的年份照用，其余年份补足到规划公布数，精确到万元。"),
            (
                "项目群",
                "<first>—<last> 年按年度目标表的年度权重分配；<last> 年后从 <last> 年的水平直线递减。",
            ),
            (
                "新开工",
                "从 <first> 年起按所属风险类别的投资曲线展开，<first>—<last> 年合计等于公布数。",
            ),
            (
                "分渠道",
                "每年按资金结构的份额分到渠道；渠道尚未设立的年份，"
                "其份额由该大项其他渠道按比例承担。",
            ),
        ),
    ),
    (
        "年度额度与待分配资金",
        (
            (
                "额度",
                "某渠道某年的额度＝计划需要＋待分配资金（以后年份为再安排空间）。上级指定与专属渠道按大项分别计算；"
                "随资本金的渠道没有额度。",
            ),
            (
                "待分配资金",
                "统筹渠道在推演开始的当年和次年没有：专项债券随项目发行，政府性基金没有预备费，"
                "一般公共预算只认年度额度表里填的。",
            ),
            (
                "再安排空间",
                "以后各年另留的，是假设：取两者中较大的，计划需要×待分配比例，"
                "或把额度补到 <first>—<last> 年年均需要×额度下限比例所需的数；"
                "渠道设立之前为零，两个比例填 0 即不留。没有它，资金一旦被压减就无从补回。",
            ),
            ("自定额度", "年度额度表中填的数替代相应部分，留空的部分仍由系统推算。"),
        ),
    ),
    (
        "压力测试的参数",
        (
            (
                "造价与工期",
                "风险参数给出每个类别在可研阶段的超支与延期；大项的造价倍数＝1＋造价系数×类别超支，"
                "工期倍数＝1＋工期系数×类别延期，系数按大项的阶段取自阶段系数表。"
                "备案类大项没有超支，改按落地率折算规模。",
            ),
            (
                "相关",
                "任意两个大项的造价得分相关“全局”，同一相关组再加“同组附加”；"
                "同一大项的造价与工期另有一个系数。相关只改变一起好坏的程度，不改变各自的平均数。",
            ),
            (
                "资金",
                "各渠道每年的到位率按资金风险表的均值、离散、延续性抽取；"
                "相关系数表列出的渠道对同涨同落（正）或此涨彼落（负）。各对须能同时成立，"
                "否则会指出最强的一对和要缩小的倍数。",
            ),
            (
                "风险清单",
                "填写有名有姓的风险，例：R01；文物勘探延误；发生概率 20%；影响大项 24；25；28至30；"
                "造价影响 0%、2%、5%；工期影响 1、2、4（季度）；依据写“假设：理由”。"
                "发生时所列大项一起受影响，与其他风险叠加。本表随示例留空。",
            ),
            (
                "批次参数",
                "只填一行。投资节奏为“项目群”的大项按一批项目推演：项目数＝总投资÷单个项目，规模越悬殊，"
                "相当的项目数越少，造价、工期取它们的平均；时钟按项目延期的几成拉长，"
                "最多滞后延期×寿命÷2。停工并入项目延期，不再单独停。没有这张表则按单个项目推演。",
            ),
            (
                "都是假设",
                "这些参数几乎全是判断，由此得出的概率都以假设参数为前提，只取整数百分数。",
            ),
        ),
    ),
)


#: What to know of a workbook whose facts are made up.
ABOUT_EXAMPLE = (
    (
        "示例数据",
        "“月度执行”的全部行和“年度额度”中填了预算、结转的行都是编造的，只供试用，"
        "不代表任何大项的真实情况；由它得出的各项输出都标明“示例数据”。",
    ),
    (
        "怎样编的",
        "把随附的计划在一条抽定的运气下推演到截至月，再安排几个大项超支、晚开工、提前竣工，"
        "土地出让不足由别的渠道替代；到位、支付与入统按固定比例折算。",
    ),
    (
        "换成真实数据",
        "清空“月度执行”与“年度额度”中的示例行，填入本地数据，并清空“设置”表的“示例数据”。",
    ),
)


def _rules(calendar: Calendar) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """The rules for a calendar."""
    for heading, rules in _RULES:
        yield heading, tuple((left, calendar.fill(right)) for left, right in rules)


def _marked(mark: str, sheets: Sequence[schema.Sheet]) -> list[tuple[str, str]]:
    """Sheets that carry a mark as a whole, and columns that do, from the declaration."""
    whole = [
        sheet.name for sheet in sheets if mark in sheet.purpose and not _has_others(sheet, mark)
    ]
    parts = [
        (sheet.name, "、".join(c.header for c in sheet.columns if mark in c.note))
        for sheet in sheets
        if sheet.name not in whole
    ]
    return [
        ("整张表", "、".join(whole)),
        *((name, f"这些列：{headers}") for name, headers in parts if headers),
    ]


def _has_others(sheet: schema.Sheet, mark: str) -> bool:
    """Whether a sheet told by a mark has columns of figures in other use.

    A sheet that marks none of its columns is told by its purpose alone.
    """
    if not any(mark in column.note for column in sheet.columns):
        return False
    numbers = [
        c for c in sheet.columns if c.cell in (schema.Cell.NUMBER, schema.Cell.RATIO) and c.editable
    ]
    return any(mark not in column.note for column in numbers)


def guide_lines(
    about: Iterable[tuple[str, str]], calendar: Calendar, sheets: Sequence[schema.Sheet]
) -> tuple[GuideLine, ...]:
    """Every line of the guide; `about` is what to know of this workbook, as (title, text)."""
    lines = [
        GuideLine(left="重大项目投资计划　输入工作簿", look="title"),
        GuideLine(left="颜色", look="heading"),
        GuideLine(left="浅黄底、蓝字", right="可以修改的单元格（表头深蓝）", look="editable"),
        GuideLine(
            left="浅灰底、灰字",
            right="公布数或代码，一般不改（表头灰色）；改了会与汇总校核对不上",
            look="fixed",
        ),
    ]
    purposes = [(sheet.name, sheet.purpose) for sheet in sheets]
    sections = (
        ("本工作簿", tuple(about)),
        ("各表用途", purposes),
        (
            "只用于压力测试的内容",
            [
                *_marked(STRESS_ONLY, sheets),
                (
                    "怎样用",
                    "portfolio stress 按它们抽取几千条路径；改动它们，推演（run）结果不变。",
                ),
            ],
        ),
        (
            "只用于预算调整的内容",
            [
                *_marked(REPAIR_ONLY, sheets),
                (
                    "怎样用",
                    "portfolio reallocate 调整计划时守住它们；改动它们，推演（run）结果不变。",
                ),
            ],
        ),
        (
            "读入并检查、但本版不参与推演的内容",
            [
                *_marked(NOT_PLAYED, sheets),
                (
                    "为什么还在",
                    "供核对和以后回测；现在改动它们，推演、压力测试与预算调整的结果都不变，"
                    "但仍须填得合规。",
                ),
            ],
        ),
        *_rules(calendar),
    )
    for heading, rules in sections:
        if rules:
            lines.append(GuideLine(left=heading, look="heading"))
            lines += [GuideLine(left=left, right=right) for left, right in rules]
    lines.append(GuideLine(left="各列填法", look="heading"))
    said: set[tuple[str, str]] = set()
    for sheet in sheets:
        for column in sheet.columns:
            # A mark alone is told in a section of its own.
            bare = column.note.rstrip("。") in ("", NOT_PLAYED, REPAIR_ONLY, STRESS_ONLY)
            if not bare and (column.header, column.note) not in said:
                said.add((column.header, column.note))
                left = f"{sheet.name}　{column.header}"
                lines.append(GuideLine(left=left, right=column.note))
    return tuple(lines)


# --- Write the input workbook: the sheets of `portfolio.model.schema` with a guide in front


#: Excel's own limits on the text of an input message.
LONGEST_TITLE, LONGEST_MESSAGE = 32, 255
#: Not the clock: the same tables make the same bytes.
CREATED = dt.datetime(2021, 1, 1)

FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
GRID = {"border": 1, "border_color": "#D0D5DD"}
EDITABLE = {**FONT, **GRID, "bg_color": "#FFF9E5", "font_color": "#1F3B73"}
FIXED = {**FONT, **GRID, "bg_color": "#F2F4F7", "font_color": "#475467"}
HEADER = {
    **FONT,
    "bold": True,
    "font_color": "#FFFFFF",
    "border": 1,
    "border_color": "#98A2B3",
    "text_wrap": True,
    "align": "center",
}
HEADER_COLOURS = {True: "#1F4E79", False: "#667085"}
NUMBER_FORMATS = {
    schema.Cell.MONEY: "#,##0.0###",
    schema.Cell.SHARE: "0.00%",
    schema.Cell.RATIO: "0.0%",
    schema.Cell.INTEGER: "0",
    schema.Cell.YEAR: "0",
    schema.Cell.NUMBER: "0.####",
    schema.Cell.VALUE: "#,##0.####",
}


def write_input_workbook(
    path: Path,
    tables: Mapping[str, schema.Table],
    *,
    about: Sequence[tuple[str, str]] = (),
    calendar: Calendar = SHIPPED,
) -> None:
    """Write an input workbook of `tables` (sheet name → rows by column key, 万元 and bps).

    Sheets without a table are laid out empty. `about` (title, text) goes to the guide in front.
    The file is written whole or not at all.

    Raises
    ------
    InputError
        The file can't be replaced (open in Excel, or no right to write).
    KeyError
        A table or a column that the layout doesn't know.
    """
    write_files({path: input_workbook_bytes(tables, about=about, calendar=calendar)})


def input_workbook_bytes(
    tables: Mapping[str, schema.Table],
    *,
    about: Sequence[tuple[str, str]] = (),
    calendar: Calendar = SHIPPED,
) -> bytes:
    """An input workbook as bytes; the same tables give the same bytes.

    The sheet 设置 is written where `tables` have it, in front of the others.
    """
    import xlsxwriter

    _refuse_unknown(tables)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "重大项目投资计划 输入工作簿", "created": CREATED})
    styles = _Styles(book)
    sheets = schema.sheets_of(calendar)
    if schema.SETTINGS.name in tables:
        sheets = (schema.SETTINGS, *sheets)
    _write_guide(book, styles, guide_lines(about, calendar, sheets))
    for sheet in sheets:
        _write_sheet(book, styles, sheet, tables.get(sheet.name, []))
    book.close()
    return buffer.getvalue()


def to_cell(column: schema.Column, value: schema.CellValue) -> schema.CellValue:
    """The value as the sheet shows it: 亿元 for money, a part of 1 for a share."""
    if value is None:
        return None
    if column.cell is schema.Cell.MONEY:
        return int(value) / WAN_PER_YI
    if column.cell is schema.Cell.SHARE:
        return int(value) / BPS
    return value


def _refuse_unknown(tables: Mapping[str, schema.Table]) -> None:
    known = {
        sheet.name: {column.key for column in sheet.columns}
        for sheet in (schema.SETTINGS, *schema.TEMPLATES)
    }
    for name, rows in tables.items():
        for row in rows:
            if extra := row.keys() - known[name]:
                raise KeyError(f"{name}: {sorted(extra)}")


class _Styles:
    """Formats made once a book: XlsxWriter keeps every format it is asked for."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple[tuple[str, object], ...], Any] = {}

    def of(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(properties)
        return self.made[key]

    def cell(self, column: schema.Column, *, editable: bool) -> Any:
        base = EDITABLE if editable else FIXED
        if column.cell is schema.Cell.VALUE and column.editable:
            # As text, or Excel makes a number of -30% and a formula of =0.7.
            return self.of(**base, num_format="@", align="center", text_wrap=True)
        if column.cell in NUMBER_FORMATS:
            centred = column.cell in (schema.Cell.INTEGER, schema.Cell.YEAR)
            return self.of(
                **base,
                num_format=NUMBER_FORMATS[column.cell],
                align="center" if centred else "right",
                text_wrap=column.cell is schema.Cell.VALUE,
            )
        if column.cell is schema.Cell.CHOICE:
            return self.of(**base, align="center")
        if column.cell is schema.Cell.PERIOD:  # as text, or Excel makes a date of a month
            return self.of(**base, num_format="@", align="center")
        if column.cell is schema.Cell.DATE:
            return self.of(**base, num_format="yyyy-mm-dd", align="center")
        return self.of(**base, text_wrap=True, indent=1)


def _write_guide(book: Any, styles: _Styles, lines: Sequence[GuideLine]) -> None:
    page = book.add_worksheet(schema.GUIDE)
    page.hide_gridlines(2)
    page.set_column(0, 0, 42)
    page.set_column(1, 1, 120)
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    looks: dict[str, dict[str, object]] = {
        "title": {**FONT, "bold": True, "font_size": 16, "font_color": "#1F4E79"},
        "heading": {**FONT, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79"},
        "text": {**FONT, "text_wrap": True, "valign": "top"},
        "editable": {**EDITABLE, "text_wrap": True},
        "fixed": {**FIXED, "text_wrap": True},
    }
    for row, line in enumerate(lines):
        _write_guide_line(page, styles, looks, row, line)


def _write_guide_line(
    page: Any, styles: _Styles, looks: dict[str, dict[str, object]], row: int, line: GuideLine
) -> None:
    look = looks[line.look]
    left = look if line.look != "text" else {**look, "bold": True}
    page.write_string(row, 0, line.left, styles.of(**left))
    page.write_string(row, 1, line.right, styles.of(**look))
    lines = max(lines_needed(line.right, 120), lines_needed(line.left, 42))
    page.set_row(row, 28 if line.look == "title" else 17.0 * lines + 2)


def _write_sheet(
    book: Any, styles: _Styles, sheet: schema.Sheet, rows: Sequence[dict[str, schema.CellValue]]
) -> None:
    page = book.add_worksheet(sheet.name)
    last_row = len(rows) + sheet.spare_rows
    page.freeze_panes(1, sheet.frozen)
    page.autofilter(0, 0, max(last_row, 1), len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.print_area(0, 0, max(len(rows), 1), len(sheet.columns) - 1)
    page.set_footer("&C&A　第 &P 页，共 &N 页")
    page.set_row(0, 46)
    for place, column in enumerate(sheet.columns):
        header = styles.of(**HEADER, bg_color=HEADER_COLOURS[column.editable])
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.header, header)
        page.data_validation(1, place, max(last_row, 1), place, _validation(column))
        style = styles.cell(column, editable=column.editable)
        spare = styles.cell(column, editable=True)
        for number, row in enumerate(rows, start=1):
            _write_cell(page, number, place, to_cell(column, row.get(column.key)), style)
        for number in range(len(rows) + 1, last_row + 1):
            page.write_blank(number, place, None, spare)
    for number, row in enumerate(rows, start=1):
        page.set_row(number, _height(sheet, row))


def _write_cell(page: Any, row: int, place: int, value: schema.CellValue, style: Any) -> None:
    if value is None:
        page.write_blank(row, place, None, style)
    elif isinstance(value, str):
        page.write_string(row, place, value, style)
    else:
        page.write_number(row, place, value, style)


def _validation(column: schema.Column) -> dict[str, Any]:
    """A drop-down list for a closed set, and for every column the note as an input message."""
    rule: dict[str, Any] = {"validate": "any"}
    if column.choices:
        rule = {
            "validate": "list",
            "source": list(column.choices),
            "error_title": "不在可选范围内",
            "error_message": f"请从下拉列表中选择：{'、'.join(column.choices)}"[:LONGEST_MESSAGE],
        }
    elif column.refers_to:
        rule = {
            "validate": "list",
            "source": _list_reference(column.refers_to.sheet, column.refers_to.name),
            "error_title": "没有这个名称",
            "error_message": f"请从下拉列表中选择，名称在“{column.refers_to.sheet}”表中维护。",
            # Several may be written, or a part of a name: the list only offers.
            "show_error": not column.many,
        }
    if column.note:
        rule["input_title"] = column.header[:LONGEST_TITLE]
        rule["input_message"] = column.note[:LONGEST_MESSAGE]
    return rule


def _list_reference(sheet_name: str, key: str) -> str:
    """The filled cells of a column: grows when the user adds a row."""
    from xlsxwriter.utility import xl_col_to_name

    sheet = next(sheet for sheet in schema.TEMPLATES if sheet.name == sheet_name)
    letter = xl_col_to_name(sheet.columns.index(sheet.column(key)))
    cells = f"'{sheet_name}'!${letter}$2"
    return f"=OFFSET({cells},0,0,COUNTA({cells}:${letter}$9999),1)"


def _height(sheet: schema.Sheet, row: Mapping[str, schema.CellValue]) -> float:
    """Row height that shows every wrapped text whole (Excel does not fit it by itself)."""
    lines = 1
    for column in sheet.columns:
        value = row.get(column.key)
        if isinstance(value, str) and column.cell in (schema.Cell.TEXT, schema.Cell.VALUE):
            lines = max(lines, lines_needed(value, column.width - 2))
    return min(400.0, 15.0 * lines + 4)
