"""表2A 资金到位与支付表: by channel in 亿元, by item, project and channel in 万元."""

from __future__ import annotations

from portfolio.model.facts import month_label
from portfolio.model.forms import origins as at
from portfolio.model.forms.finance.paid import PurseReport, PurseRow, purse_report
from portfolio.model.forms.source import Source
from portfolio.model.measures.planned import agreed_version
from portfolio.report.tables.fields import Field, Fields, text
from portfolio.report.tables.forms.columns import amount, number_in_list, part, ratio_of
from portfolio.report.tables.forms.form import Form, FormSheet, MoneyUnit
from portfolio.report.tables.forms.heads import form_of, month_words

NUMBER, TITLE = "2A", "资金到位与支付表"
NOTHING_OWED = "没有 0.05 亿元以上的应付未付，或“资金台账”没有填累计应付"
_THERE = "(N({received_wan})+N({carried_wan}))"


def _over(row: PurseRow) -> str:
    return "bad" if row.overpaid else ""


_AMOUNTS: tuple[Field[PurseRow], ...] = (
    amount("money", "initial_wan", "年初预算（计划）", source=at.BUDGETED),
    amount("money", "adjusted_wan", "调整后预算", source=at.BUDGETED),
    amount("money", "issued_wan", "指标已下达", source=at.ISSUED),
    amount("money", "received_wan", "到位", source=at.EXECUTION),
    amount("money", "carried_wan", "上年结转到位", source=at.ISSUED),
    amount("money", "paid_wan", "支付", tone=_over, source=at.EXECUTION),
    part("paid_part", "支付率", ratio_of(lambda row: row.money.paid_part), 8, tone=_over,
         formula=lambda row: None if row.money.paid_part is None else f"{{paid_wan}}/{_THERE}",
         source=at.IN_HAND),
    amount("money", "done_wan", "本年完成投资", source=at.EXECUTION),
    amount("money", "unpaid_wan", "应付未付", source=at.PURSES),
    amount("money", "retained_wan", "质保金", source=at.PURSES),
    amount("money", "left_wan", "结余", tone=_over,
           formula=lambda row: None if row.money.left_wan is None
           else f"{_THERE}-{{paid_wan}}", source=at.IN_HAND),
    amount("money", "idle_wan", "其中闲置超一年", source=at.PURSES),
)  # fmt: skip
SUMMED = ("initial_wan", "adjusted_wan", "issued_wan", "received_wan", "carried_wan", "paid_wan",
          "done_wan", "unpaid_wan", "retained_wan", "idle_wan")  # fmt: skip

CHANNELS: Fields[PurseRow] = Fields(
    name="按渠道",
    fields=(
        number_in_list(),
        text("name", "资金渠道／级次", width=32, source=at.CHANNELS),
        *_AMOUNTS,
    ),
)
ITEMS: Fields[PurseRow] = Fields(
    name="项目明细",
    fields=(
        number_in_list(6.5),
        text("name", "大项／项目", width=24, source=at.LISTED),
        text("code", "项目代码", width=12, source=at.LISTED),
        text("owner", "责任单位", width=12, source=at.LISTED),
        text("channel", "资金渠道", width=22, source=at.CHANNELS),
        text("level", "级次", width=8, look="centre", source=at.LEVELS),
        *_AMOUNTS,
    ),
)

#: What is owed, by whom and to be paid from which channel.
UNPAID: Fields[PurseRow] = Fields(
    name="应付未付",
    fields=(
        number_in_list(7),
        text("name", "责任单位／项目", width=36, source=at.LISTED),
        text("code", "项目代码", width=14, source=at.LISTED),
        text("channel", "资金渠道", width=28, source=at.CHANNELS),
        text("level", "级次", width=9, look="centre", source=at.LEVELS),
        *(ITEMS[key] for key in ("received_wan", "carried_wan", "paid_wan", "left_wan",
                                 "unpaid_wan", "retained_wan")),
    ),
)  # fmt: skip


def paid_form(source: Source) -> Form:
    """Form 2A."""
    report, when = purse_report(source), month_words(source)
    return form_of(
        source,
        NUMBER,
        TITLE,
        when,
        (
            FormSheet(
                name="按渠道",
                title=f"{when}{TITLE}（按渠道汇总）",
                unit=MoneyUnit.YI,
                fields=CHANNELS,
                lines=report.channels,
                summed=SUMMED,
                pages=2,
                notes=_notes(source, report),
                cautions=_until(source),
            ),
            FormSheet(
                name="项目明细",
                title=f"{when}{TITLE}（项目×渠道）",
                unit=MoneyUnit.WAN,
                fields=ITEMS,
                lines=report.items,
                summed=SUMMED,
                breaks=("received_wan",),
            ),
            FormSheet(
                name="应付未付",
                title=f"{when}{TITLE}（应付未付清单）",
                unit=MoneyUnit.WAN,
                fields=UNPAID,
                lines=report.unpaid,
                summed=tuple(key for key in SUMMED if key in UNPAID.by_key),
                notes=(
                    "已完成工程按合同应付而没有付的（不含未到期的质保金），0.05 亿元以上的，多的在前；"
                    "别处的预付不抵减，所以合计大于“按渠道”的净额。没有填“资金台账”累计应付的不判断。",
                ),
                empty=NOTHING_OWED,
            ),
        ),
    )


def _until(source: Source) -> tuple[str, ...]:
    """Up to when the purses were told, where that is before the as-of."""
    facts, told = source.portfolio.facts, [purse.until for purse in source.entered.purses]
    asof = 0 if facts is None else facts.asof_months
    last = max((until for until in told if until <= asof), default=asof)
    if last >= asof:
        return ()
    said = month_label(last - 1, source.portfolio.calendar)
    return (f"“资金台账”填到 {said}：预算、下达、结转、应付、质保金是那时的数，请更新到当月。",)


def _by_version(source: Source) -> tuple[str, ...]:
    version = agreed_version(source.portfolio, source.year)
    if version is None:
        return ()
    return (
        "“资金台账”“年度额度”都没有预算的渠道，年初预算、调整后预算列批准的计划："
        f"{version.label}。",
    )


def _notes(source: Source, report: PurseReport) -> tuple[str, ...]:
    over = f"支付多于到位与上年结转的 {report.overpaid} 行已标红，请核对。"
    ahead = f"支付多于本年完成投资的 {report.ahead_of_works} 行，请列明原因（预付款或往年应付）。"
    return (
        "到位：到项目单位或可用指标，不是授信额、认缴额或转贷到财政；支付：国库或共管账户付出，"
        "不是拨付。支付率＝支付÷（到位＋上年结转）；结余＝到位＋上年结转－支付，未报的不计在内。",
        "应付未付＝累计应付－累计支付，不含未到期的质保金，小于 0 的是预付；年初预算、下达、结转、应付、"
        "质保金取自“资金台账”，没有的取自“年度额度”，都没有的为未报。",
        *_by_version(source),
        "渠道的预算有而没有分到项目的，在明细末尾列“未分解到项目”。",
        *((over,) if report.overpaid else ()),
        *((ahead,) if report.ahead_of_works else ()),
        "因四舍五入，分项之和与合计略有出入。",
    )
