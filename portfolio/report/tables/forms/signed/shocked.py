"""An answer to a shock on a page: what is forbidden first, then the largest changes."""

from __future__ import annotations

from typing import Any

from portfolio.model.forms.lines import Rank
from portfolio.model.money import SEEN_WAN
from portfolio.report.tables.forms.columns import yi_said
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form, Size
from portfolio.report.tables.forms.signed.short import Asked, Short, in_few, sheet_of


def budget_change(form: Form) -> Short:
    """Form 5: changes by item, those that must not be applied for first."""
    sheet = sheet_of(form, "汇总")
    rows = [
        line.row
        for name in ("附件二", "附件三")
        for line in sheet_of(form, name).lines
        if line.rank is Rank.PART
    ]
    asks = [_of_change(row.one) for row in rows if _size(row.one) >= SEEN_WAN]
    up, down = (sum(getattr(row.one, key) for row in rows) for key in ("up_wan", "down_wan"))
    forbidden = sum(row.one.forbidden for row in rows)
    red = f"；红灯 {forbidden} 笔不得新增专项债" if forbidden else ""
    return Short(
        sheet=sheet,
        keys=("name", "cells", "up_wan", "down_wan", "after_wan"),
        asks=asks,
        lead=f"调增 {yi_said(up)} 亿元、调减 {yi_said(down)} 亿元，共 {len(rows)} 笔{red}，请审定。",
        what="笔",
        size=Size.A4,
        of_sums=lambda row: row.approval or NOT_APPLICABLE,
    )


def _size(change: Any) -> int:
    return int(change.up_wan + change.down_wan)


def _of_change(change: Any) -> Asked:
    forbidden = "不得新增专项债" if change.forbidden else ""
    return Asked(
        cells={
            "name": f"{change.item.name}（{change.year}年{change.channel.name}）",
            "cells": 1,
            "up_wan": change.up_wan,
            "down_wan": change.down_wan,
            "after_wan": change.after_wan,
        },
        said=in_few([forbidden, f"{change.approval.body}定", *map(str, change.reasons)]),
        weight=_size(change) + (10**12 if change.forbidden else 0),
        tones={"name": "bad"} if change.forbidden else {},
    )
