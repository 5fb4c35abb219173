"""Reading what a user asks of a stress test: quantities (`--about`) and conditions (`--fail-if`).

Quantities: `P(2025>=3800)`, `P(2025达标)`, `P(22<=2030Q4)`, `P(22按期)`, `P(全部按期)`,
`P(总造价<=60000)`, `P(造价(22)<=500)`, `P(22不超支)`, `P(总造价不超支)`, `P80(22)`, `P80(竣工)`,
`P80(总造价)`, `P10(2026)`, `均值(2026)`, `联合把握(22)`, `联合把握(全部)`. A year stands for its
converted investment (折市重点口径), an item (number or name) for its finish; money is in 亿元. A
A chance of a year whose list is planned is the record's: a condition goes by the range's lower end. A
condition is a quantity, an operator and a bound: `P(2025达标)<80%`, `P80(22)>2031Q2`.
"""

from __future__ import annotations

import re

from portfolio.model.calendar import Calendar
from portfolio.model.items import find_item
from portfolio.model.money import WAN_PER_YI, digits_only, exact_decimal, scaled
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.record.chance import YearChance, chance_of
from portfolio.model.record.words import chance_words
from portfolio.model.study.confidence import with_money
from portfolio.model.study.list_chance import speaks_of_list
from portfolio.model.study.result import MONEY, Condition, Form, Quantity, Subject, Unit
from portfolio.model.study.years import inclusion_by_year

HOW_TO_ASK = (
    "可写作 P(<full>>=3800)、P(<full>达标)、P(22<=<first+9>Q4)、P(22按期)、P80(22)、P80(总造价)、"
    "均值(<first+5>)、联合把握(22)（金额为亿元）"
)
HOW_TO_JUDGE = (
    "可写作 P(<full>达标)<80%、P80(22)><first+10>Q2、P80(总造价)>60000 或 联合把握(22)<0.5"
)
_OPERATORS = {
    "<=": "<=",
    ">=": ">=",
    "≤": "<=",
    "≥": ">=",
    "<": "<",
    ">": ">",
    "＜": "<",
    "＞": ">",
}
_OPERATOR = r"(?P<operator><=|>=|≤|≥|<|>|＜|＞)"
_BOUND = r"(?P<bound>[^()（）<>≤≥＜＞]+)"
_CONDITION = re.compile(rf"(?P<quantity>.+[)）])\s*{_OPERATOR}\s*{_BOUND}", re.DOTALL)
_CALL = re.compile(r"(?P<head>[^(（]+?)\s*[(（](?P<body>.*)[)）]", re.DOTALL)
_COMPARED = re.compile(rf"(?P<subject>.+?)\s*{_OPERATOR}\s*{_BOUND}", re.DOTALL)
_PERCENTILE = re.compile(r"[Pp](?P<percent>\d{1,2}(\.\d+)?)")
_OWN_WORDS = {word.value: word for word in (Subject.END, Subject.TOTAL_COST, Subject.EVERY_ITEM)}


def parse_condition(text: str, portfolio: Portfolio, place: str = "--fail-if") -> Condition:
    """Read a condition for a scenario's portfolio.

    Raises
    ------
    InputError
        It can't be read, or asks for what the portfolio does not have.
    """
    match = _CONDITION.fullmatch(text.strip())
    if match is None:
        raise InputError.of(place, f"“{text}”不是一个条件", portfolio.calendar.fill(HOW_TO_JUDGE))
    quantity = parse_quantity(match["quantity"], portfolio, place)
    operator = _OPERATORS[match["operator"]]
    if quantity.unit is Unit.CHANCE:
        bound = _part(match["bound"], place)
    else:
        operator, bound = _size(
            quantity.subject, operator, match["bound"], portfolio.calendar, place
        )
        if quantity.unit is Unit.QUARTER and bound >= PLAY_QUARTERS - 1 and operator != ">":
            end = portfolio.calendar.quarter_label(PLAY_QUARTERS - 1)
            raise InputError.of(
                place,
                f"“{text}”：推演只到 {end}，不能再与 {end} 比早晚",
                f"请写作 {quantity.text}>{end}，或与更早的季度比较",
            )
    return Condition(text=text.strip(), quantity=quantity, operator=operator, bound=bound)


def parse_quantity(text: str, portfolio: Portfolio, place: str = "--about") -> Quantity:
    """Read a quantity for a scenario's portfolio.

    Raises
    ------
    InputError
        It can't be read, or asks for what the portfolio does not have.
    """
    word = text.strip()
    match = _CALL.fullmatch(word)
    if match is None:
        raise InputError.of(place, f"读不懂“{text}”", portfolio.calendar.fill(HOW_TO_ASK))
    head, body = match["head"], match["body"].strip()
    percentile = _PERCENTILE.fullmatch(head)
    if head in ("P", "p"):
        return _chance(word, body, portfolio, place)
    if head == Form.JOINT.value:
        return _joint(word, body, portfolio, place)
    if percentile is None and head != Form.MEAN.value:
        raise InputError.of(
            place, f"“{text}”中的“{head}”不是可问的量", portfolio.calendar.fill(HOW_TO_ASK)
        )
    subject, year, item_no = _subject(body, portfolio, place)
    if subject is Subject.EVERY_ITEM:
        raise InputError.of(place, f"“{text}”：“全部”没有分位或均值", "请改用 竣工 或 总造价")
    if percentile is None:
        if subject not in MONEY:
            raise InputError.of(
                place, f"“{text}”：竣工可能晚于推演期末，没有均值", f"请改用 P50({body})"
            )
        return Quantity(text=word, form=Form.MEAN, subject=subject, year=year, item_no=item_no)
    percent = float(percentile["percent"])
    if percent <= 0:
        raise InputError.of(
            place, f"“{text}”：分位须在 0 与 100 之间", portfolio.calendar.fill(HOW_TO_ASK)
        )
    return Quantity(
        text=word,
        form=Form.PERCENTILE,
        subject=subject,
        year=year,
        item_no=item_no,
        percent=percent,
    )


def of_paths(quantity: Quantity, portfolio: Portfolio, place: str = "--about") -> Quantity:
    """The quantity, if more paths make it surer.

    Raises
    ------
    InputError
        It is the record's to tell.
    """
    year = quantity.year
    if quantity.form is Form.CHANCE and year is not None and speaks_of_list(portfolio, year):
        raise InputError.of(
            place,
            f"“{quantity.text}”：名单的把握来自历年完成率的记录，路径再多也不更准",
            f"请问别的量，如 P50({year})",
        )
    return quantity


def _chance(text: str, body: str, portfolio: Portfolio, place: str) -> Quantity:
    """`P(…)`: a comparison, or one of 达标, 按期, 不超支."""
    last = portfolio.calendar.last_full_list_year
    for word, wanted in (
        ("达标", (Subject.YEAR,)),
        ("按期", (Subject.ITEM_FINISH, Subject.END, Subject.EVERY_ITEM)),
        ("不超支", (Subject.ITEM_FINISH, Subject.TOTAL_COST)),
    ):
        if body.endswith(word):
            subject, year, item_no = _subject(
                body.removesuffix(word).strip(), portfolio, place, last
            )
            if subject not in wanted:
                raise InputError.of(
                    place, f"“{text}”：“{word}”不能这样用", portfolio.calendar.fill(HOW_TO_ASK)
                )
            if word == "达标":
                if year is not None and speaks_of_list(portfolio, year):
                    _check_told(text, chance_of(portfolio, year), place)
                else:
                    _check_target(text, year, portfolio, place)
            if word == "不超支" and subject is Subject.ITEM_FINISH:
                subject = Subject.ITEM_COST
            return Quantity(
                text=text, form=Form.CHANCE, subject=subject, year=year, item_no=item_no
            )
    match = _COMPARED.fullmatch(body)
    if match is None:
        raise InputError.of(
            place, f"“{text}”中没有可比较的条件", portfolio.calendar.fill(HOW_TO_ASK)
        )
    subject, year, item_no = _subject(match["subject"].strip(), portfolio, place, last)
    of_list = year is not None and speaks_of_list(portfolio, year)
    if not of_list:
        _check_list_is_open(text, year, portfolio.calendar, place)
    if subject is Subject.EVERY_ITEM:
        raise InputError.of(
            place, f"“{text}”：“全部”不能与数值比较", "请改用 竣工、总造价 或 全部按期"
        )
    operator, bound = _size(
        subject, _OPERATORS[match["operator"]], match["bound"], portfolio.calendar, place
    )
    if of_list and year is not None:
        if operator != ">=":
            raise InputError.of(
                place,
                f"“{text}”：名单的把握只说“达到”",
                f"请写作 P({year}>={match['bound'].strip()})",
            )
        _check_told(text, chance_of(portfolio, year, bound), place)
    return Quantity(
        text=text,
        form=Form.CHANCE,
        subject=subject,
        year=year,
        item_no=item_no,
        operator=operator,
        bound=bound,
    )


def _check_told(text: str, told: YearChance, place: str) -> None:
    """A chance of a year's list that the record can tell."""
    if told.refusal is not None:
        raise InputError.of(
            place,
            f"“{text}”：{chance_words(told)}",
            f"填好后再问；或问 P50({told.year})、均值({told.year})",
        )


def _joint(text: str, body: str, portfolio: Portfolio, place: str) -> Quantity:
    subject, _, item_no = _subject(body, portfolio, place)
    if subject not in (Subject.ITEM_FINISH, Subject.EVERY_ITEM):
        raise InputError.of(
            place, f"“{text}”：联合把握只对大项或全部", "可写作 联合把握(22) 或 联合把握(全部)"
        )
    return Quantity(text=text, form=Form.JOINT, subject=subject, item_no=item_no)


def _subject(
    text: str, portfolio: Portfolio, place: str, last_year: int | None = None
) -> tuple[Subject, int | None, int | None]:
    """What is meant: a word of ours, a year of the play, an item's cost, or an item's finish.

    `last_year` is the last that may be asked about (None: the last played), told to who asks about
    a year out of the play.
    """
    calendar = portfolio.calendar
    if not text:
        raise InputError.of(
            place, "没有说明问的是哪一年或哪个大项", portfolio.calendar.fill(HOW_TO_ASK)
        )
    if text in _OWN_WORDS:
        if not with_money(portfolio).any():
            raise InputError.of(place, f"“{text}”：没有一个大项有待完成投资", "请核对年度计划")
        return _OWN_WORDS[text], None, None
    number = digits_only(text)
    if number is not None and number in calendar.play_years:
        year = number
        if inclusion_by_year(portfolio)[year - calendar.first_year] is None:
            raise InputError.of(
                place, f"{year} 年没有入列系数，不能折算", "请在工作表“年度目标”中填写入列系数"
            )
        return Subject.YEAR, year, None
    if len(text) == 4 and number is not None and all(item.no != number for item in portfolio.items):
        raise InputError.of(
            place,
            f"没有 {text} 年",
            f"年份须为 {calendar.first_year}–{last_year or calendar.last_play_year}；大项写序号或名称",
        )
    call = _CALL.fullmatch(text)
    if call is not None and call["head"] == "造价":
        return Subject.ITEM_COST, None, _item(call["body"].strip(), portfolio, place)
    return Subject.ITEM_FINISH, None, _item(text, portfolio, place)


def _item(text: str, portfolio: Portfolio, place: str) -> int:
    item = find_item(text, portfolio.items, place)
    if not with_money(portfolio)[portfolio.position[item.no]]:
        raise InputError.of(place, f"大项 {item.label} 没有待完成投资", "请选其他大项")
    return item.no


def _check_target(text: str, year: int | None, portfolio: Portfolio, place: str) -> None:
    _check_list_is_open(text, year, portfolio.calendar, place)
    targets = {target.year for target in portfolio.targets if target.target_wan is not None}
    if year not in targets:
        raise InputError.of(place, f"“{text}”：{year} 年没有目标", "请选有目标的年份")


def _check_list_is_open(text: str, year: int | None, calendar: Calendar, place: str) -> None:
    """No chance of a year in which the closed list runs down: it would say nothing."""
    if year is not None and year > calendar.last_full_list_year:
        raise InputError.of(
            place,
            f"“{text}”：{calendar.last_full_list_year + 1} 年起清单封闭，不列把握",
            f"可问 {calendar.first_year}–{calendar.last_full_list_year}；{year} 年可问 P50({year}) 或 均值({year})",
        )


def _size(
    subject: Subject, operator: str, text: str, calendar: Calendar, place: str
) -> tuple[str, int]:
    """A bound in 万元 or as a quarter, with the operator that goes with it."""
    if subject in MONEY:
        word = text.strip().removesuffix("元").removesuffix("亿").strip()
        wan = scaled(word, WAN_PER_YI)
        if wan is None:
            raise InputError.of(
                place, f"“{text.strip()}”不是亿元数（最多四位小数）", "例如 3800 或 3800亿"
            )
        return operator, wan
    word = text.strip()
    quarter = calendar.parse_quarter(word)
    if quarter is not None:
        return operator, quarter
    year = digits_only(word)
    if year is not None and year in calendar.play_years:
        # By or after a year: its last quarter; before or from it: its first.
        return operator, calendar.quarter_of(year, 4 if operator in ("<=", ">") else 1)
    raise InputError.of(
        place,
        f"“{word}”不是 {calendar.first_year}Q1 至 {calendar.last_play_year}Q4 的季度",
        calendar.fill("竣工与季度比较，例如 <first+9>Q4；造价写作 造价(22)<=500"),
    )


def _part(text: str, place: str) -> float:
    """A chance as a part of 1: `0.8` or `80%`."""
    word = text.strip()
    number = exact_decimal(word.rstrip("%％"))
    if number is not None and word[-1] in "%％":
        number /= 100
    if number is None or not 0 <= number <= 1:
        raise InputError.of(place, f"“{word}”不是把握", "把握写作 0.8 或 80%")
    return float(number)
