"""The table of what an approved version changes."""

from __future__ import annotations

from portfolio.model.approved.promote import CellChange
from portfolio.report.tables.fields import Fields, money, text

CHANGED = Fields[CellChange](
    name="版本变动",
    fields=(
        text("item", "大项", width=22),
        text("channel", "渠道", width=20),
        money("before_wan", "现行版本", width=11),
        money("after_wan", "本次", width=11),
        money("change_wan", "增减", width=9, signed=True),
    ),
)
