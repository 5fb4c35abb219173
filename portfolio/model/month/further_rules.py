"""Rules of the figures in 资金台账, 专项债券 and 月报补充, each declared once.

They are judged when a sheet comes back, and the cells turn red by the same conditions while they
are typed. Names in a condition: a column's key is what was typed, `before_…` what was told the
month before, `now_…` the figure as it stands after the month, `line_…` and `funds_…` are of the
project's rows in 填报 and 资金.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from portfolio.model.month.returned import Rule, Weight
from portfolio.model.schema.returns import OF_BONDS, OF_PURSES, OF_WORDS, Further

#: So many times as much as the month before is a slip until it is confirmed.
SLIP_TIMES = 5


@dataclass(frozen=True, kw_only=True)
class FigureRule:
    """What must not be of a row's figures.

    keys : it is asked where one of them was told, at the first that was
    when : the condition of what is wrong
    found, ask : what was found and what to ask, with the figures in it
    weight : None: to be mended unless the unit says why
    typed : what the sheet says while it is typed; "": it is seen only when the sheet came back
    next : only where no rule before it was broken at the same cell
    any : asked where anything of the row was told
    """

    keys: tuple[str, ...]
    when: str
    rule: Rule
    found: str
    ask: str
    weight: Weight | None = None
    typed: str = ""
    next: bool = False
    any: bool = False


@cache
def rules_of(kind: Further) -> tuple[FigureRule, ...]:
    """The rules of a further sheet, in the order they are told."""
    return (*_not_more(kind), *_rising(kind), *_OWN[kind.into.name], *_slips(kind))


def _title(kind: Further, key: str) -> str:
    return kind.sheet.column(key).title


def _not_more(kind: Further) -> Iterator[FigureRule]:
    """Figures that can't be more than others of their row."""
    for more, less in kind.not_more:
        a, b = _title(kind, more), _title(kind, less)
        yield FigureRule(
            keys=tuple(key for key in (more, less) if key in kind.told),
            when=f"now_{more} > now_{less}", rule=Rule.LEDGER, weight=Weight.MUST,
            found=f"{a} {{now_{more}:,}} 万元，多于{b} {{now_{less}:,}} 万元",
            ask="哪一个数不对？单位是万元，都填累计数；锁定的数错了请来函更正",
            typed=f"{a}多于{b}；",
        )  # fmt: skip


def _rising(kind: Further) -> Iterator[FigureRule]:
    """What is counted up doesn't become less without a reason."""
    for key in kind.rising:
        title = _title(kind, key)
        yield FigureRule(
            keys=(key,), when=f"{key} < before_{key}", rule=Rule.BELOW,
            found=f"{title} {{{key}:,}} 万元，低于上月的 {{before_{key}:,}} 万元",
            ask="是核减、收回吗？是的请在“说明”写明原因和文号；填了当月数或按亿元填的请改正",
            typed=f"{title}低于上月，请写说明；",
        )  # fmt: skip


def _slips(kind: Further) -> Iterator[FigureRule]:
    """A figure that nothing else holds down isn't many times the month before's."""
    for key in kind.slips:
        title = _title(kind, key)
        yield FigureRule(
            keys=(key,), when=f"before_{key} > 0 and {key} >= {SLIP_TIMES} * before_{key}",
            rule=Rule.LEDGER, weight=Weight.ASK, next=True,
            found=f"{title} {{{key}:,}} 万元，是上月 {{before_{key}:,}} 万元的 {SLIP_TIMES} 倍以上",
            ask="多填了零吗？属实的请在“说明”写明", typed=f"{title}是上月的 {SLIP_TIMES} 倍以上，请核对或写说明；",
        )  # fmt: skip


_OF_PURSES = (
    FigureRule(
        keys=("settled_wan",), when="settled_wan < funds_paid", rule=Rule.LEDGER,
        found="累计支付 {settled_wan:,} 万元，少于“资金”表本年累计支付 {funds_paid:,} 万元",
        ask="累计支付是开工以来付出的全部，填了当年数的请改；其他情形请在“说明”写明",
        typed="累计支付少于“资金”表本年支付；",
    ),
    FigureRule(
        keys=("settled_wan",), next=True, rule=Rule.LEDGER, weight=Weight.ASK,
        when="settled_wan >= before_settled_wan and settled_wan - before_settled_wan != funds_month",
        found="累计支付比上月多 {settled_more:,} 万元，“资金”表本月支付 {funds_month:,} 万元",
        ask="两处应是同一笔钱，哪一个对？", typed="累计支付的增加数与“资金”表本月支付不等；",
    ),
    FigureRule(
        keys=("carried_wan",), when="carried_wan != before_carried_wan", rule=Rule.LEDGER,
        weight=Weight.ASK,
        found="上年结转到位 {carried_wan:,} 万元，上月是 {before_carried_wan:,} 万元",
        ask="上年结转是年初的数，年内不变：更正的请在“说明”写明，没有用完的余额不填在这里",
        typed="上年结转与上月不同；",
    ),
    FigureRule(
        keys=("payable_wan",), when="payable_wan > line_total", rule=Rule.OVER_TOTAL,
        found="累计应付 {payable_wan:,} 万元，多于项目总投资 {line_total:,} 万元",
        ask="多填了零，还是总投资没有更新？属实的请在“说明”写明", typed="累计应付多于总投资，请写说明；",
    ),
    FigureRule(
        keys=("payable_wan",), next=True, rule=Rule.LEDGER, weight=Weight.ASK,
        when="payable_wan > 2 * before_payable_wan and payable_wan - before_payable_wan > line_plan",
        found="累计应付一个月从 {before_payable_wan:,} 增加到 {payable_wan:,} 万元，"
        "增加的多于全年计划 {line_plan:,} 万元",
        ask="多填了零吗？属实的请在“说明”写明", typed="累计应付一个月翻倍又多出全年计划，请核对或写说明；",
    ),
    FigureRule(
        keys=("payable_wan",), next=True, rule=Rule.LEDGER, weight=Weight.ASK,
        when="payable_wan != before_payable_wan and 2 * payable_wan > 3 * line_done",
        found="累计应付 {payable_wan:,} 万元，是项目累计完成投资 {line_done:,} 万元的 1.5 倍以上",
        ask="应付的是什么？没有完成的不计应付（预付款写“说明”）；多填了零的请改正",
        typed="累计应付是累计完成投资的 1.5 倍以上，请核对或写说明；",
    ),
)  # fmt: skip

_OF_BONDS = (
    FigureRule(
        keys=("service_paid_wan", "service_due_wan"), when="now_service_due_wan > now_service_paid_wan",
        rule=Rule.LEDGER, weight=Weight.ASK,
        found="应付本息 {now_service_due_wan:,} 万元，已付本息 {now_service_paid_wan:,} 万元",
        ask="差额何时、用什么钱付？是否由财政垫付？请在“说明”写明", typed="应付本息多于已付，请写说明；",
    ),
    FigureRule(
        keys=("arrived_on",), when="arrived_month > month", rule=Rule.LEDGER, weight=Weight.MUST,
        found="到位日期 {arrived_on}，在本月（{month}）以后",
        ask="请填钱实际到账的日期；还没有到位的留空", typed="到位日期在本月以后；",
    ),
    FigureRule(  # a day may be typed in several ways: compared only when it was read
        keys=("arrived_on",), when="arrived_on != before_arrived_on", rule=Rule.LEDGER,
        weight=Weight.ASK, next=True, found="到位日期 {arrived_on}，上月是 {before_arrived_on}",
        ask="闲置从到位日期算起：分批到位的填第一次，更正的请在“说明”写明",
    ),
    FigureRule(  # told by the day it is closed on
        keys=("spent_wan",), any=True, rule=Rule.LEDGER, weight=Weight.ASK,
        when="now_spent_wan < there_wan and months_there >= idle_months and now_idle_reason is None",
        found="到位 {months_there} 个月，已支出 {now_spent_wan:,} 万元，还有 {unspent:,} 万元没有支出",
        ask="为什么没有用？请填“闲置原因”；拟改作他用的填“拟调整至”",
    ),
)  # fmt: skip

_OF_WORDS = (
    FigureRule(
        keys=("last_year_wan",), when="last_year_wan < before_last_year_wan", rule=Rule.BELOW,
        found="去年同期累计 {last_year_wan:,} 万元，低于上月填的 {before_last_year_wan:,} 万元（少一个月的）",
        ask="去年同期是去年 1 月至同月的累计数；填了当月数或按亿元填的请改正，上月填错的请在“说明”写明",
        typed="去年同期低于上月，请写说明；",
    ),
    FigureRule(
        keys=("last_year_wan",), when="last_year_wan > line_earlier", rule=Rule.LEDGER,
        weight=Weight.ASK,
        found="去年同期累计 {last_year_wan:,} 万元，多于截至上年底累计完成 {line_earlier:,} 万元",
        ask="去年几个月的不会多于开工到去年底的，哪一个数不对？单位是万元",
        typed="去年同期多于截至上年底累计完成，请核对或写说明；",
    ),
)  # fmt: skip

_OWN = {
    OF_PURSES.into.name: _OF_PURSES,
    OF_BONDS.into.name: _OF_BONDS,
    OF_WORDS.into.name: _OF_WORDS,
}
