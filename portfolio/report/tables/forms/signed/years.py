"""The plans of years to come on a page each: what begins, what passes a limit, what lacks money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from portfolio.model.forms.lines import Rank
from portfolio.model.items import ProjectKind
from portfolio.report.tables.forms import government_plan as plan_tables
from portfolio.report.tables.forms import key_projects as list_tables
from portfolio.report.tables.forms import rolling_plan as rolling_tables
from portfolio.report.tables.forms.columns import yi_said
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form, FormSheet
from portfolio.report.tables.forms.signed.short import Asked, Short, asked_of, in_few, sheet_of

# --- 表3A


def key_projects(form: Form) -> Short:
    """Form 3A: what is to be begun in the year."""
    sheet = sheet_of(form, "汇总")
    new = [
        line.row
        for line in sheet.lines
        if line.rank is Rank.ITEM and any(_is_new(each) for each in line.row.rows)
    ]
    asks = [asked_of(sheet.fields, row, _new_said(row), _new_wan(row)) for row in new]
    total = sheet.lines[0].row
    kinds = [sum(_is_new(each) for each in total.rows), len(total.rows)]
    plan = total.sum(lambda row: row.plan_wan)
    return Short(
        sheet=sheet,
        keys=("no", "name", "count", "going_on", "new", "finishing", "total_wan", "before_wan",
              "plan_wan", *list_tables.SOURCES),
        asks=asks,
        lead=f"{form.period}计划投资 {yi_said(plan)} 亿元，共 {kinds[1]} 个，其中新开工 {kinds[0]} 个、"
        f"{yi_said(sum(map(_new_wan, new)))} 亿元，请审定。",
        what="个有新开工的大项",
    )  # fmt: skip


def _is_new(row: Any) -> bool:
    return bool(row.kind is ProjectKind.NEW)


def _new_wan(group: Any) -> int:
    return sum(row.plan_wan for row in group.rows if _is_new(row))


def _new_said(group: Any) -> list[str]:
    count = sum(map(_is_new, group.rows))
    stage = group.item.stage if group.item is not None else None
    return [
        f"新开工 {count} 个，本年 {yi_said(_new_wan(group))} 亿元",
        f"审批阶段：{stage or '未报'}",
        f"责任单位：{(group.item.owner if group.item is not None else None) or '未报'}",
    ]


# --- 表3B


def government_plan(form: Form) -> Short:
    """Form 3B: red and yellow lights; of the table of gaps the items left short."""
    if form.title == plan_tables.GAP_TITLE:
        return _gaps(form)
    sheet, lights = sheet_of(form, "额度校核"), sheet_of(form, "红灯与核对")
    asks = [_of_light(line.row) for line in lights.lines]
    red = sum(line.row.colour == "红" for line in lights.lines)
    total = sheet.lines[0].row
    verdict = f"红灯 {red} 处未消除，不得印发" if red else "没有红灯"
    return Short(
        sheet=sheet,
        keys=("name", "need_wan", "limit_wan", "gap_wan", "light"),
        asks=asks,
        lead=f"{form.period}政府投资项目计划 {yi_said(total.need_wan)} 亿元；{verdict}，"
        f"另有 {len(asks) - red} 处请核对。",
        what="处红灯与核对",
    )


def _of_light(row: plan_tables.LightRow) -> Asked:
    colour = f"light {row.colour}"
    return Asked(
        cells={"name": row.where, "light": row.colour},
        said=in_few([f"{row.light}（{yi_said(row.wan)} 亿元）", plan_tables.FIXES[row.light]]),
        weight=row.wan + (10**12 if row.colour == "红" else 0),
        tones={"light": colour},
    )


def _gaps(form: Form) -> Short:
    sheet, detail = sheet_of(form, "缺口（按渠道）"), sheet_of(form, "缺口（按大项）")
    asks, channel = [], ""
    for line in detail.lines:
        row = line.row
        if line.rank is Rank.GROUP:
            channel = row.name
        elif line.rank is Rank.PART:
            asks.append(
                Asked(
                    cells={"name": f"{row.name}（{channel}）", "need_wan": row.need_wan,
                           "limit_wan": row.given_wan, "gap_wan": row.gap_wan},
                    said=in_few([f"缺 {yi_said(row.gap_wan)} 亿元，请定压减、缓建或另筹",
                                 f"优先级 {row.priority}", row.owner or ""]),
                    weight=row.gap_wan,
                )
            )  # fmt: skip
    total = sheet.lines[0].row
    gap = yi_said(total.gap_wan) if isinstance(total.gap_wan, int) else NOT_APPLICABLE
    return Short(
        sheet=sheet,
        keys=("name", "need_wan", "limit_wan", "gap_wan", "light"),
        asks=asks,
        lead=f"{form.period}需求 {yi_said(total.need_wan)} 亿元，缺口 {gap} 亿元；"
        f"{len(asks)} 个大项装不下，请研究。本表不是计划。",
        what="个装不下的大项",
    )


# --- 表4


def rolling_plan(form: Form) -> Short:
    """Form 4: channels whose need passes their limit, or whose limit isn't told."""
    sheet, channels = sheet_of(form, "汇总"), sheet_of(form, "渠道平衡")
    years = [
        int(key[1:5]) for key in sheet.fields.by_key if key.endswith("_total_wan") and key[0] == "y"
    ]
    asks = [ask for row in _channel_rows(channels) if (ask := _of_channel(row, years)) is not None]
    total, sums_of = sheet.lines[0].row, rolling_tables.summed_keys(years)
    sums = [total.sum(lambda work, k=k: work.years[k].total_wan) for k in range(len(years))]
    told = "、".join(f"{year} 年 {yi_said(wan)}" for year, wan in zip(years, sums, strict=True))
    short = sum(ask.weight for ask in asks)
    untold = sum(row.years[0][0] is None for row in _channel_rows(channels))
    verdict = f"三年缺口合计 {yi_said(short)} 亿元" if asks else "已定额度的渠道没有缺口"
    unknown = f"；首年额度未报的渠道 {untold} 个，不能判断缺口，请财政填报" if untold else ""
    return Short(
        sheet=sheet,
        keys=("no", "name", *(key for key in sums_of if not key.endswith("bonds_wan"))),
        asks=asks,
        lead=f"三年安排 {told} 亿元；{verdict}{unknown}。",
        what="个有缺口的渠道",
        depth=2,
    )


def _channel_rows(sheet: FormSheet) -> Iterator[rolling_tables.ChannelRow]:
    """Each channel, its sums left out."""
    return (line.row for line in sheet.lines if line.rank is Rank.PART)


def _of_channel(row: rolling_tables.ChannelRow, years: Sequence[int]) -> Asked | None:
    """A channel with a gap in any of the years."""
    gaps = [gap if isinstance(gap, int) else 0 for _, _, gap in row.years]
    if not any(gaps):
        return None
    cells = {
        f"y{year}_total_wan": need for year, (_, need, _) in zip(years, row.years, strict=True)
    }
    told = [
        f"{year} 年缺 {yi_said(gap)} 亿元" for year, gap in zip(years, gaps, strict=True) if gap
    ]
    return Asked(
        cells={"name": row.name, **cells},
        said=in_few([*told, "请定压减、缓建或另筹"]),
        weight=sum(gaps),
    )
