"""Sentences of a back-test: how far the chances of years may be trusted, and where not."""

from __future__ import annotations

from portfolio.model.money import yi_text
from portfolio.model.record import words
from portfolio.model.record.backtest import Backtest
from portfolio.model.record.chance import YearChance
from portfolio.model.record.conditions import Judged
from portfolio.model.record.scores import Gain

LAST_TIME = "＊：同一地点上一次已知的完成率；没有的照计划。误差为 CRPS，单位百分点"
#: What no record can test.
UNTESTABLE = (
    "造价、单个大项的竣工、各渠道到位率、相关系数：没有实绩，不能检验",
    "记录看不出名单多久没完成一次：没完成的多半不公布",
    "完成率量的是“计划定得多松、干得多快”合在一起；定计划的办法一变，历年的完成率就不作数",
    "没有名单计划的年份：不给把握；多年以后的年份，记录说不上话",
)


def title(test: Backtest) -> str:
    """What the card is of."""
    until = "" if test.until is None else f"，只用到 {test.until} 年为止的数"
    return f"这些把握有多可信（{test.n} 个地区年，逐年只用此前的数{until}）"


def card_lines(test: Backtest) -> tuple[str, ...]:
    """The card: band, error, what it beats and what it does not."""
    band, even = test.band, test.evenness
    tenths = "·".join(map(str, even.tenths))
    seen = "看不出系统偏差" if even.p_value >= 0.05 else "有系统偏差"
    plain = test.gain_over("spread")
    return (
        f"八成区间装住 {band.inside}/{band.n}（95% 置信 {band.low:.0%}—{band.high:.0%}）；"
        f"实际落在预测的十等分里各有 {tenths} 次，{seen}（KS p={even.p_value:.2f}，"
        f"但只有 {test.n} 次）",
        f"平均误差（CRPS）{_points(test.crps)} 个百分点；“计划照完成”"
        f"{_points(test.naive_crps('plan'))}，“和上一次一样”{_points(test.naive_crps('last'))}，"
        f"“历年平均”{_points(test.naive_crps('mean'))}",
        f"与“历年完成率的分布”（{_points(test.naive_crps('spread'))}）相比{_gain_text(plain)}",
        f"是否完成计划（Brier，越小越好）：本模型 {test.brier:.3f}，“总会完成”"
        f"{test.brier_always:.3f}——{_yes_no_text(test)}",
    )


def unended_line(test: Backtest) -> str | None:
    """Years of which nobody published the whole: a test that the papers did not choose by it."""
    band, even = test.unended_band, test.unended_evenness
    if band is None or even is None:
        return None
    return (
        f"另有 {band.n} 个地区年只公布到九月以后、没有全年数：年初的八成区间装住 {band.inside} 个"
        f"（95% 置信 {band.low:.0%}—{band.high:.0%}，KS p={even.p_value:.2f}）；"
        "秋天的好消息也是挑过的"
    )


def _points(part: float) -> str:
    """Parts of the plan as percentage points."""
    return f"{100 * part:.1f}"


def _gain_text(found: Gain) -> str:
    between = f"（95% 置信 {100 * found.low:+.1f} 到 {100 * found.high:+.1f}）"
    size = f"{'少' if found.mean >= 0 else '多'} {abs(100 * found.mean):.1f}{between}"
    return f"{size}：{'更准' if found.is_shown else '没有显出更准'}"


def _yes_no_text(test: Backtest) -> str:
    if test.brier < test.brier_always:
        return "本模型更好"
    return "这一问上本模型不胜过“总会完成”"


def basis_line(test: Backtest) -> str:
    """What all of it rests on."""
    return words.basis_words(test.record, test.parts_used)


def audit_line(test: Backtest) -> str:
    """What papers say that appear whatever comes of a year."""
    told = [f"{row.source} {row.met}/{row.n}" for row in test.by_source if not row.selected]
    if not told:
        return "没有一条来自审计或督查：没完成的年份很可能没有公布"
    return f"不论结果好坏都会公布的来源中，完成的有：{'、'.join(told)}"


def chance_head(told: YearChance) -> str:
    """A year's target and how sure it is, or why it isn't told."""
    if told.refusal is not None or told.target_wan is None:
        return f"{told.year} 年：{words.chance_words(told)}"
    return f"{told.year} 年达到 {yi_text(told.target_wan, 0)} 亿元：{words.chance_words(told)}"


def chance_notes(told: YearChance) -> tuple[str, ...]:
    """What stands beside a year's chance."""
    if told.refusal is not None:
        return ()
    each = "；".join(f"{choice.variant} {choice.chance:.2f}" for choice in told.by_variant)
    level, money = words.level_words(told), words.money_words(told)
    plan = words.plan_words(told)
    found = [
        f"各种取舍：{each}" if each else None,
        words.hidden_words(told),
        f"{plan}；完成数为{level}，即{money}" if plan and level and money else plan,
    ]
    return tuple(line for line in found if line)


def profile_line(test: Backtest) -> str:
    """What the year's part by month is taken to be."""
    shares = "、".join(f"{month} 月 {test.profile.share(month):.0%}" for month in (6, 9, 10, 11))
    return f"年内曲线（{test.profile.pairs} 个年内数）：到 {shares}；12 月一个月占近一成"


def seasons_line(test: Backtest) -> str | None:
    """Whether figures within the year help."""
    if not test.seasons:
        return None
    early = "六月以前的年内数让预测更差，不用；6—8 月几乎没有帮助，话不变；九月起才用"
    return f"{early}（只有 {len(test.within)} 个可验的年内数）"


def judged_lines(judged: tuple[Judged, ...]) -> tuple[str, ...]:
    """What became of the conditions asked for."""
    return tuple(
        f"条件 {each.condition.text}：{'成立' if each.met else '不成立'}（{each.value:.4g}）"
        for each in judged
    )
