"""What must hold between the rows of facts of an item: periods, running totals, progress, dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median

from portfolio.model.facts import Level
from portfolio.model.items import Item
from portfolio.model.money import BPS
from portfolio.read.workbook.facts import LEDGERS, MONEY, Fact, Known, exact_yi
from portfolio.read.workbook.sheets.rows import Findings

#: So many times its neighbours: 万元 were taken for 亿元.
OTHER_UNIT = 1_000


def check_in_time(facts: Sequence[Fact], known: Known, findings: Findings) -> None:
    """Note what can't be true of the facts of each item together."""
    by_item: dict[int, list[Fact]] = {}
    for fact in facts:
        by_item.setdefault(fact.value.item_no, []).append(fact)
    for no, rows in by_item.items():
        check_told(rows, known.item.get(no), known, findings)
    _check_codes(facts, known, findings)


def check_told(rows: Sequence[Fact], item: Item | None, known: Known, findings: Findings) -> None:
    """Note what can't be true of facts together, of an item or of what stands for one.

    What is summed of projects was judged there by its periods.
    """
    _check_periods([fact for fact in rows if not fact.parts], findings)
    if item is None:
        return
    told = sorted(rows, key=lambda fact: (fact.value.end_month, fact.value.first_month))
    _check_units(told, findings)
    _check_running(told, known, findings)
    _check_approved(told, item, findings)
    _check_progress(told, findings)
    _check_once(told, findings)
    _check_completed(told, item, known.tail_bps, findings)


# --- Periods


def _check_periods(rows: Sequence[Fact], findings: Findings) -> None:
    """A period is told once: not twice, not as a month and in its quarter, not split and whole.

    The money of one channel may be told by 级次, a row each.
    """
    seen: dict[tuple[str | None, Level | None, int, int], Fact] = {}
    for fact in rows:
        value = fact.value
        key = (value.channel_id, value.level, value.first_month, value.months)
        if key in seen:
            channel = f"“{fact.row.text('channel')}”" if value.channel_id else "（未分渠道）"
            findings.add(
                fact.row.place("period"),
                f"大项 {value.item_no}{channel}的 {fact.period} 重复，"
                f"第 {seen[key].row.number} 行已有",
                "请合并为一行",
            )
            continue
        seen[key] = fact
    told = [fact for fact in seen.values() if fact.row.sound_any(*LEDGERS)]
    told.sort(key=lambda fact: (fact.value.first_month, -fact.value.months))
    _check_within(told, findings)
    _check_split(told, findings)


def _check_within(told: Sequence[Fact], findings: Findings) -> None:
    """Of one channel and 级次 no period lies within another; 级次 is told of all of them or none."""
    last: dict[tuple[str | None, Level | None], Fact] = {}
    for fact in told:
        value = fact.value
        wider = last.get((value.channel_id, value.level))
        if wider is not None and value.first_month < wider.value.end_month:
            findings.add(
                fact.row.place("period"),
                f"大项 {value.item_no} 的 {fact.period} 在第 {wider.row.number} 行的 "
                f"{wider.period} 之内，同一笔投资填了两次",
                "同一段时间只按月、按季或按年填一种，请删去其中之一",
            )
            continue
        others = [
            each
            for (channel, level), each in last.items()
            if channel == value.channel_id
            and (level is None) != (value.level is None)
            and value.first_month < each.value.end_month
        ]
        if others:
            findings.add(
                fact.row.place("level"),
                f"大项 {value.item_no} 的 {fact.period} 与第 {others[0].row.number} 行的 "
                f"{others[0].period} 重叠，一行填了级次，一行没有",
                "同一渠道同一段时间，级次要么都填，要么都不填；重复的请删去",
            )
            continue
        last[value.channel_id, value.level] = fact


def _check_split(told: Sequence[Fact], findings: Findings) -> None:
    """No ledger of a period is told both by channel and as a whole.

    完成投资 may be told as a whole where 到位 and 支付 are told by channel: that is how books are kept.
    """
    for key, title in LEDGERS.items():
        of = [fact for fact in told if fact.row.sound(key)]
        whole = [fact for fact in of if fact.value.channel_id is None]
        if whole and len(whole) < len(of) and _note_split(of, whole, title, findings):
            return


def _note_split(
    told: Sequence[Fact], whole: Sequence[Fact], title: str, findings: Findings
) -> bool:
    """Note the first period told both ways; whether there is one."""
    for fact in told:
        if fact.value.channel_id is None:
            continue
        for each in whole:
            if (
                each.value.first_month < fact.value.end_month
                and fact.value.first_month < each.value.end_month
            ):
                findings.add(
                    each.row.place("channel"),
                    f"大项 {each.value.item_no} 的 {each.period} {title}没有分渠道，"
                    f"第 {fact.row.number} 行的 {fact.period} 却分了渠道",
                    f"同一段时间的{title}要么都分渠道，要么都不分；请补上渠道，或删去其中之一",
                )
                return True
    return False


# --- Money


def _check_units(rows: Sequence[Fact], findings: Findings) -> None:
    """No figure is a thousand times what the others of its kind are."""
    for key, title in MONEY.items():
        for _, alike in _alike(rows):
            told = [fact for fact in alike if fact.row.sound(key) and fact.row.whole(key)]
            for fact in told:
                money = abs(fact.row.whole(key))
                others = [abs(each.row.whole(key)) for each in told if each is not fact]
                if len(others) >= 2 and money >= OTHER_UNIT * median(others):
                    findings.add(
                        fact.row.place(key),
                        f"{title} {exact_yi(fact.row.whole(key))} 亿元，是同一大项其他各期"
                        f"（{exact_yi(int(median(others)))} 亿元上下）的 {OTHER_UNIT:,} 倍以上",
                        "请核对单位：应为亿元，不是万元",
                    )


def _alike(rows: Sequence[Fact]) -> Iterator[tuple[object, list[Fact]]]:
    """Rows by channel and length of their periods."""

    def key(fact: Fact) -> tuple[str, int]:
        return fact.value.channel_id or "", fact.value.months

    for found, group in groupby(sorted(rows, key=key), key=key):
        yield found, list(group)


def _check_running(rows: Sequence[Fact], known: Known, findings: Findings) -> None:
    """Running totals never fall below zero, of the item or of a channel."""
    for key, title in MONEY.items():
        told = [fact for fact in rows if fact.row.sound(key)]
        # What was told as a whole may have been of any channel.
        split = all(fact.value.channel_id for fact in told)
        whole, totals = 0, dict.fromkeys((fact.value.channel_id for fact in told), 0)
        for fact in told:
            channel, money = fact.value.channel_id, fact.row.whole(key)
            whole += money
            totals[channel] += money
            below = whole if whole < 0 else totals[channel] if split else 0
            if money < 0 and below < 0:
                of = ""
                if whole >= 0 and channel in known.channel:
                    of = f"“{known.channel[channel].name}”"
                findings.add(
                    fact.row.place(key),
                    f"大项 {fact.value.item_no} {of}到 {fact.period} 累计{title} "
                    f"{exact_yi(below)} 亿元，小于 0",
                    "核减不能多于此前的累计数，请改正",
                )
                break


def _check_approved(rows: Sequence[Fact], item: Item, findings: Findings) -> None:
    """What was drawn stays within the approved total, or the adjusted one that is in force."""
    approved, drawn = item.total_wan, item.earlier_wan
    at: dict[int, int] = {}
    for end, group in groupby(rows, key=lambda fact: fact.value.end_month):
        same = list(group)
        for fact in same:
            told = fact.value.approved_wan
            if told is None:
                continue
            if at.get(end, told) != told:
                findings.add(
                    fact.row.place("approved_wan"),
                    f"大项 {item.label} 在 {fact.period} 有两个调整概算："
                    f"{exact_yi(at[end])} 与 {exact_yi(told)} 亿元",
                    "同一期只能有一个，请改正",
                )
            elif told < drawn or told <= item.earlier_wan:
                findings.add(
                    fact.row.place("approved_wan"),
                    f"调整概算 {exact_yi(told)} 亿元，少于大项 {item.label} 此前已完成的 "
                    f"{exact_yi(drawn)} 亿元（含首年前）",
                    "调整概算填调整后的全部总投资，不是增减数；请改正",
                )
                continue
            at.setdefault(end, told)
            approved = told
        done = [fact.value.done_wan or 0 for fact in same]
        drawn += sum(done)
        if max(done) > max(approved, item.total_wan):
            return  # noted as of another unit
        if drawn > approved and sum(done) > 0:
            over = next(fact for fact in reversed(same) if fact.value.done_wan)
            findings.add(
                over.row.place("done_wan"),
                f"大项 {item.label} 到 {over.period} 累计完成 {exact_yi(drawn)} 亿元（含首年前），"
                f"超过{'调整概算' if at else '总投资'} {exact_yi(approved)} 亿元",
                "已批准调整概算的，请在这一期或之前填调整概算；填错的请改正",
            )
            return


# --- Progress and dates


def _check_progress(rows: Sequence[Fact], findings: Findings) -> None:
    """形象进度 never falls, and is one figure in a period."""
    before: Fact | None = None
    for fact in rows:
        progress = fact.value.progress_bps
        if progress is None:
            continue
        if before is not None and before.value.progress_bps is not None:
            same = before.value.end_month == fact.value.end_month
            was = before.value.progress_bps
            if same and was != progress:
                findings.add(
                    fact.row.place("progress_bps"),
                    f"大项 {fact.value.item_no} 在 {fact.period} 有两个形象进度："
                    f"{was / 100:g}% 与 {progress / 100:g}%",
                    "形象进度是整个大项的，同一期只能有一个，请改正",
                )
                continue
            if progress < was:
                findings.add(
                    fact.row.place("progress_bps"),
                    f"大项 {fact.value.item_no} 的形象进度从 {before.period} 的 {was / 100:g}% "
                    f"退到 {fact.period} 的 {progress / 100:g}%",
                    "形象进度填累计数，不得倒退，请改正",
                )
                continue
        before = fact


def _check_once(rows: Sequence[Fact], findings: Findings) -> None:
    """An item has one 开工日期 and one 竣工日期, in this order."""
    first: dict[str, Fact] = {}
    for key, title in (("started", "开工日期"), ("completed", "竣工日期")):
        for fact in rows:
            if not fact.row.sound(key):
                continue
            said = first.setdefault(key, fact)
            if said.row.text(key) != fact.row.text(key):
                findings.add(
                    fact.row.place(key),
                    f"大项 {fact.value.item_no} 的{title} {fact.row.text(key)} 与"
                    f"第 {said.row.number} 行的 {said.row.text(key)} 不同",
                    f"一个大项只有一个{title}，请改正",
                )
                break
    if len(first) == 2 and first["started"] is not first["completed"]:
        started, completed = first["started"], first["completed"]
        if (completed.value.completed_month or 0) < (started.value.started_month or 0):
            findings.add(
                completed.row.place("completed"),
                f"大项 {completed.value.item_no} 的竣工日期 {completed.row.text('completed')} 早于"
                f"第 {started.row.number} 行的开工日期 {started.row.text('started')}",
                "请核对这两个日期",
            )


def _check_completed(rows: Sequence[Fact], item: Item, tail_bps: int, findings: Findings) -> None:
    """After 竣工 only what is left to settle is drawn; its progress is all of it."""
    done = next((fact for fact in rows if fact.value.completed_month is not None), None)
    if done is None or done.value.completed_month is None:
        return
    end = done.value.completed_month + 1
    approved = [fact.value.approved_wan for fact in rows if fact.value.approved_wan is not None]
    left = (approved[-1] if approved else item.total_wan) * tail_bps // BPS
    for fact in rows:
        value = fact.value
        if value.first_month >= end and (value.done_wan or 0) > 0:
            left -= value.done_wan or 0
            if left < 0 and not fact.row.sound_any("problem", "provenance"):
                findings.add(
                    fact.row.place("done_wan"),
                    f"大项 {item.label} 已于 {done.row.text('completed')} 竣工，"
                    f"{fact.period} 又完成 {exact_yi(value.done_wan or 0)} 亿元",
                    f"竣工后只有尾款（{tail_bps / 100:g}% 以内不必说明）；更多的请在“问题”或“依据”中写明原因，"
                    "或改正竣工日期",
                )
                break
    for fact in rows:
        progress = fact.value.progress_bps
        if fact.value.first_month + fact.value.months >= end and progress not in (None, BPS):
            findings.add(
                fact.row.place("progress_bps"),
                f"大项 {item.label} 已于 {done.row.text('completed')} 竣工，"
                f"形象进度却是 {(progress or 0) / 100:g}%",
                "竣工后形象进度为 100%；没有竣工的请清空竣工日期",
            )
            break


def _check_codes(facts: Sequence[Fact], known: Known, findings: Findings) -> None:
    """A code of the statistics belongs to one item."""
    owner: dict[str, Fact] = {}
    for fact in facts:
        code = fact.value.statistics_code
        if code is None:
            continue
        first = owner.setdefault(code.upper(), fact)
        if first.value.item_no != fact.value.item_no:
            findings.add(
                fact.row.place("statistics_code"),
                f"入统代码“{code}”在第 {first.row.number} 行已用于大项 {first.value.item_no}",
                "一个入统代码只属于一个大项，请改正",
            )
