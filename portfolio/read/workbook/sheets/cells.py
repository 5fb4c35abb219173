"""Cells: from what stands in a sheet to exact values inside, or what is wrong with it and the fix."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from portfolio.model.facts import parse_date, parse_period
from portfolio.model.money import BPS, LARGEST_WAN, WAN_PER_YI, exact_decimal, scaled, yi_text
from portfolio.model.problems import alive, did_you_mean
from portfolio.model.schema import Cell, CellValue, Column

ERROR_VALUES = frozenset(
    (
        "#REF!",
        "#DIV/0!",
        "#VALUE!",
        "#NAME?",
        "#N/A",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#####",
    )
)
TEXT_CELLS = (Cell.TEXT, Cell.CHOICE)
#: Cells that hold a number.
NUMBER_CELLS = (Cell.INTEGER, Cell.YEAR, Cell.MONEY, Cell.SHARE, Cell.RATIO, Cell.NUMBER)
#: 万元 that a unit of money holds, as a fraction.
UNITS = {
    "亿元": Fraction(WAN_PER_YI),
    "百万元": Fraction(100),
    "万元": Fraction(1),
    "千元": Fraction(1, 10),
    "元": Fraction(1, WAN_PER_YI),
}
YI = "亿元"
#: A number that can be read in one way only: groups of three, a point before the decimals.
_ONE_READING = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
#: How running totals are called: 1-10月, 1至10月, 累计, 截至10月.
RUNNING = re.compile(r"\d\s*[-—–至~～]\s*\d{1,2}\s*月|累计|截至|上半年|前.季度")


class Refused(Exception):  # noqa: N818  # not an error of ours: carries what to tell the user
    """A cell can't be read: what is wrong with it, and the fix."""

    def __init__(self, found: str, fix: str) -> None:
        self.found, self.fix = found, fix
        super().__init__(found)


def without_value(formula: str) -> Refused:
    """What is wrong with a formula whose value is not in the file."""
    fix = "请用 Excel 打开并保存一次（让公式算出结果），或直接填入数值"
    return Refused(f"公式 {shown(formula)} 没有保存计算结果", fix)


def column_letter(index: int) -> str:
    """Column letter of an index from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def shown(value: object) -> str:
    """A value as found, for a message."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return "（空）"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime | dt.date):
        return f"日期 {value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:.15g}"
    text = str(value)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”" if isinstance(value, str) else text


def is_blank(value: object) -> bool:
    """Nothing stands in the cell, or only blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def read_cell(column: Column, value: object, unit: str = YI) -> CellValue:
    """The value of a filled cell in the units used inside; `unit` is that of money.

    Raises
    ------
    Refused
        Wrong kind, too fine, out of bounds, or not of the closed set.
    """
    if isinstance(value, str) and value.strip().upper() in ERROR_VALUES:
        raise Refused(f"Excel 错误值 {value.strip()}", "请改正公式，或直接填入数值")
    if column.cell in TEXT_CELLS:
        return _choice(column, _text(value))
    if column.cell is Cell.VALUE:
        return value if isinstance(value, int | float) else _text(value)
    if column.cell is Cell.PERIOD:
        return _period(column, value)
    if column.cell in (Cell.DATE, Cell.DATE_OR_TEXT):
        return _date(column, value)
    return _number(column, value, unit)


def number_in(column: Column, text: str, unit: str = YI) -> Decimal | None:
    """The number that a text says, where it can be read in one way only; None otherwise."""
    said = unicodedata.normalize("NFKC", text).strip()
    if column.cell is Cell.MONEY and said.endswith(unit):
        said = said.removesuffix(unit).rstrip()
    share = column.cell in (Cell.SHARE, Cell.RATIO) and said.endswith("%")
    if share:
        said = said.removesuffix("%").rstrip()
    if not _ONE_READING.fullmatch(said):
        return None
    number = Decimal(said.replace(",", ""))
    return number / 100 if share else number


def _period(column: Column, value: object) -> str:
    """A month, quarter or year; Excel makes a date of a month that is typed."""
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%Y-%m}"
    text = _text(value)
    period = parse_period(text)
    if period is None:
        fix = column.note
        if RUNNING.search(text):
            fix = "这里填当期数，不填累计数：请用本月累计减上月累计，按月（或季、年）各填一行"
        raise Refused(f"{shown(value)}不是期间", fix)
    return period.label


def _date(column: Column, value: object) -> str:
    """A day or a month, as text."""
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%Y-%m-%d}"
    fix = "请填日期，写成 年-月-日、年-月 或 ××××年×月"
    if isinstance(value, bool | int | float | dt.time | dt.timedelta):
        raise Refused(f"{shown(value)}不是日期", f"{fix}；数字请先把单元格改为日期格式")
    date = parse_date(_text(value))
    if date is None and column.cell is Cell.DATE_OR_TEXT:
        return _text(value)
    if date is None:
        raise Refused(f"{shown(value)}不是日期", fix)
    return date


def _text(value: object) -> str:
    if isinstance(value, bool | dt.datetime | dt.date | dt.time):
        raise Refused(f"{shown(value)}不是文字", "请改为文字")
    if isinstance(value, float):
        return f"{value:.15g}"
    text = str(value).strip()
    if sign := alive(text):
        raise Refused(f"{shown(value)}里有看不见的控制字符（{sign}）", "请清空这一格后重新键入")
    return text


def _choice(column: Column, text: str) -> str:
    if text in column.choices:
        return column.choices[column.choices.index(text)]  # a member, where they are an enum's
    if not column.choices:
        return text
    inside = [choice for choice in column.choices if f"（{text.upper()}）" in choice]
    if len(inside) == 1:
        return inside[0]
    raise Refused(f"{shown(text)}不在可选范围内", did_you_mean(text, column.choices))


def _number(column: Column, value: object, unit: str) -> CellValue:
    if isinstance(value, str):
        number = exact_decimal(value.replace("%", "").replace("％", ""))
        if number is None:
            raise Refused(f"文字{shown(value)}不是数字", f"请填{_wanted(column, unit)}")
        raise Refused(f"文字{shown(value)}是文本格式的数字", "请把单元格改为数值格式后重新输入")
    if isinstance(value, bool | dt.datetime | dt.date | dt.time | dt.timedelta):
        raise Refused(
            f"{shown(value)}不是数字", f"请把单元格改为常规格式，填{_wanted(column, unit)}"
        )
    if not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        raise Refused(f"{shown(value)}不是有效的数字", f"请填{_wanted(column, unit)}")
    if column.cell in (Cell.RATIO, Cell.NUMBER):
        return _bounded(column, float(value), value)
    if column.cell is Cell.MONEY and unit != YI:
        return _bounded(column, _in_wan(column, value, unit), value, unit)
    scale = {Cell.MONEY: WAN_PER_YI, Cell.SHARE: BPS}.get(column.cell, 1)
    if abs(float(value)) > 10 * LARGEST_WAN:
        raise Refused(f"{shown(value)}过大", f"请检查单位，应填{_wanted(column)}")
    whole = scaled(value, scale)
    if whole is None:
        raise Refused(*_too_fine(column, value))
    return _bounded(column, whole, value)


def _in_wan(column: Column, value: object, unit: str) -> int:
    """Money of another unit, exactly."""
    number = exact_decimal(value)
    whole = None if number is None else Fraction(number) * UNITS[unit]
    if whole is None or whole.denominator != 1:
        fix = "金额换算后须为整万元，请改正；单位写错的请改单位"
        raise Refused(f"{shown(value)} {unit}比万元更细", fix)
    if abs(whole) > LARGEST_WAN:
        raise Refused(f"{shown(value)} {unit}过大", f"请检查单位，应填{_wanted(column, unit)}")
    return int(whole)


def _too_fine(column: Column, value: object) -> tuple[str, str]:
    if column.cell is Cell.MONEY:
        return f"{shown(value)} 亿元比万元更细", "金额最多四位小数（万元），请改为整万元"
    if column.cell is Cell.SHARE:
        return f"{_percent(value)}比 0.01% 更细", "比例最多到 0.01%，请改为两位小数的百分数"
    return f"{shown(value)}不是整数", f"请填{_wanted(column)}"


def _percent(value: object) -> str:
    number = exact_decimal(value)
    return shown(value) if number is None else f"{(number * 100).normalize():f}%"


def _bounded(column: Column, inside: float, value: object, unit: str = YI) -> CellValue:
    low, high = column.least, column.most
    if (low is None or inside >= low) and (high is None or inside <= high):
        return inside
    if column.cell is Cell.MONEY:
        if inside < 0 and low is not None and low >= 0:
            raise Refused(f"{shown(value)} {unit}是负数", "金额不能为负，请改正")
        if low is not None and 0 <= inside < low:
            raise Refused(f"金额为 {shown(value)}", "应大于 0；没有数的单元格请留空或删去该行")
        raise Refused(
            f"{shown(value)} {unit}过大",
            f"全部大项合计不能超过 {yi_text(LARGEST_WAN, 0)} 亿元，请检查单位（应为{unit}）",
        )
    if column.cell in (Cell.SHARE, Cell.RATIO):
        text = _percent(value)
        raise Refused(f"{text}超出范围", f"应在 {_range_text(column)} 之间；30% 请填 30% 或 0.3")
    if column.cell is Cell.YEAR:
        raise Refused(f"年份 {shown(value)} 超出范围", f"应在 {low:g} 至 {high:g} 之间")
    raise Refused(f"{shown(value)} 超出范围", f"应在 {low:g} 至 {high:g} 之间")


def _range_text(column: Column) -> str:
    scale = BPS if column.cell is Cell.SHARE else 1
    low = 100 * (column.least or 0) / scale
    return f"{low:g}% 至 {100 * (column.most or 0) / scale:g}%"


def _wanted(column: Column, unit: str = YI) -> str:
    return {
        Cell.MONEY: f"金额（{unit}，数字）",
        Cell.SHARE: "比例（百分数）",
        Cell.RATIO: "比例（百分数）",
        Cell.YEAR: "四位数的年份",
        Cell.INTEGER: "整数",
    }.get(column.cell, "数字")


def column_index(letters: str) -> int:
    """Index from 0 of a column letter: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - 64
    return index - 1
