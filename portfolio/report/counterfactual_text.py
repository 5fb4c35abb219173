"""“Why was this item cut, and what would keep it?” in Chinese, for a screen of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from portfolio.model.counterfactual import Counterfactual, KeptYear, Loosening, Shifted
from portfolio.model.money import small_yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.model.rulebook import RULE_BY_CODE
from portfolio.report.plain_text import wrapped

#: So many of the rules that clash, and of those whose loosening would do, are told.
TOLD = 5


def counterfactual_lines(answer: Counterfactual, portfolio: Portfolio) -> list[str]:
    """The answer as lines of at most 80 columns: what was cut, the price of keeping it, ways out."""
    item = portfolio.item(answer.item_no)
    lines = [*wrapped(f"{_asked(answer, item.label)}")]
    if not answer.cut:
        return [*lines, *wrapped("调整方案没有减少它，不需要另想办法。")]
    for kept in _cut_years(answer):
        lines += wrapped(_cut_text(kept, cumulated=_cumulated(answer)), 1)
    if answer.possible is None:
        return [*lines, *wrapped("限时内没有算出能否保住；加长限时再问一次。")]
    lines += _possible_lines(answer, portfolio) if answer.possible else _impossible_lines(answer)
    return [*lines, *_loosening_lines(answer)]


def counterfactual_data(answer: Counterfactual) -> dict[str, Any]:
    """The answer as it goes into JSON: everything in 万元."""
    data = asdict(answer)
    data["cut"] = answer.cut
    for key in ("years", "given", "taken", "conflict", "loosenings"):
        data[key] = [dict(entry) for entry in data[key]]
    for entry in (*data["conflict"], *data["loosenings"]):
        entry["title"] = _title(entry["rule"])
    return data


def _cumulated(answer: Counterfactual) -> bool:
    return len(answer.years) > 1


def _asked(answer: Counterfactual, label: str) -> str:
    years = [kept.year for kept in answer.years]
    if not _cumulated(answer):
        return f"问：{label} {years[0]} 年为什么减少，怎样才能保住？"
    return f"问：{label} {years[0]}—{years[-1]} 年为什么落后，怎样才能保住？"


def _cut_years(answer: Counterfactual) -> list[KeptYear]:
    """The years that lack most, in order of time."""
    cut = [kept for kept in answer.years if kept.cut]
    cut.sort(key=lambda kept: kept.plan_wan - kept.baseline_wan)
    return sorted(cut[:TOLD], key=lambda kept: kept.year)


def _cut_text(kept: KeptYear, *, cumulated: bool) -> str:
    when = f"至 {kept.year} 年末累计" if cumulated else f"{kept.year} 年"
    return (
        f"{when}：基准 {_yi(kept.baseline_wan)} 亿元，调整方案 {_yi(kept.plan_wan)} 亿元；"
        f"其中统筹资金 {_yi(kept.baseline_pooled_wan)} 亿元，"
        f"调整方案 {_yi(kept.plan_pooled_wan)} 亿元。"
    )


def _possible_lines(answer: Counterfactual, portfolio: Portfolio) -> list[str]:
    shortfall, delay = answer.shortfall_wan or 0, answer.delay_wan or 0
    if not shortfall and not delay:
        lines = wrapped(
            "可以保住，缺口与加权滞后都不变：减少它只是为了少动资金，或另有同样好的方案。"
        )
    else:
        lines = wrapped(
            f"可以保住，代价：{_change('缺口', shortfall, '亿元（折市重点）')}，"
            f"{_change('加权滞后', delay, '亿元·年')}。"
        )
    if answer.given:
        lines += wrapped("它多得的统筹资金（前几笔）：")
        lines += _shifted_lines(answer.given, portfolio)
    if answer.taken:
        lines += wrapped(f"其他大项让出的统筹资金，合计 {_yi(answer.others_wan)} 亿元（前几笔）：")
        lines += _shifted_lines(answer.taken, portfolio)
    return lines


def _change(name: str, wan: int, unit: str) -> str:
    if not wan:
        return f"{name}不变"
    return f"{name}{'多' if wan > 0 else '少'} {_yi(abs(wan))} {unit}"


def _shifted_lines(cells: Sequence[Shifted], portfolio: Portfolio) -> list[str]:
    lines = []
    for cell in cells:
        channel = portfolio.channels[portfolio.channel_position[cell.channel_id]].name
        label = portfolio.item(cell.item_no).label
        sign = "+" if cell.change_wan > 0 else ""
        lines += wrapped(
            f"{label} {cell.year} 年{channel}：{_yi(cell.before_wan)} → "
            f"{_yi(cell.after_wan)} 亿元（{sign}{_yi(cell.change_wan)}）",
            1,
        )
    return lines


def _impossible_lines(answer: Counterfactual) -> list[str]:
    lines = wrapped("在现有规则下保不住。")
    if answer.lacking_wan:
        lines = wrapped(f"在现有规则下保不住：它的投资最少还差 {_yi(answer.lacking_wan)} 亿元。")
    elif answer.lacking_wan == 0:
        lines = wrapped("在现有规则下保不住：投资总数能保，但保不了其中的统筹资金。")
    if not answer.conflict:
        return [*lines, *wrapped("限时内没有找出是哪些规则挡住。")]
    # Another conflict may stand behind this one: that one rule is let go needn't be enough.
    least = "最小的一组，至少要放开一条" if answer.conflict_is_minimal else "可能还能去掉几条"
    lines += wrapped(f"挡住它的规则（{least}）：")
    for member in answer.conflict[:TOLD]:
        lines += wrapped(f"{_place(member.where, member.year)}（{_title(member.rule)}）", 1)
    more = len(answer.conflict) - TOLD
    return [*lines, *(wrapped(f"另有 {more} 条。", 1) if more > 0 else [])]


def _loosening_lines(answer: Counterfactual) -> list[str]:
    if answer.possible and not answer.shortfall_wan and not answer.delay_wan:
        return []
    if not answer.loosenings:
        known = "试过的规则中" if not answer.complete else "它的各条规则和各渠道额度中，"
        return wrapped(f"{known}没有哪一条单独放宽，就能不增加缺口和滞后而保住它。")
    lines = wrapped("只放宽下面任何一条，就能保住它而不增加缺口和滞后（前置条件的时间不变）：")
    for one in answer.loosenings[:TOLD]:
        lines += wrapped(_loosening_text(one), 1)
    more = len(answer.loosenings) - TOLD
    if more > 0:
        lines += wrapped(f"另有 {more} 条，要放宽得更多。", 1)
    if not answer.complete:
        lines += wrapped("限时内没有逐条试完。", 1)
    return lines


def _loosening_text(one: Loosening) -> str:
    return f"{_place(one.where, one.year)}多 {_yi(one.more_wan)} 亿元（{_title(one.rule)}）"


def _place(where: str, year: int | None) -> str:
    return where if year is None or str(year) in where else f"{year} 年 {where}"


def _title(code: str) -> str:
    """A rule's title up to its colon; an unknown code stands for itself."""
    return RULE_BY_CODE[code].title.split("：")[0] if code in RULE_BY_CODE else code


def _yi(wan: int) -> str:
    return small_yi_text(wan)
