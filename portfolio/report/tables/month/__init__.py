"""Tables of a month's returns: who owes what, who sent what, what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.month.close import OfUnit, State
from portfolio.model.month.owed import Owed
from portfolio.model.month.returned import Asked, Weight
from portfolio.report.tables.fields import Fields, money, number, text


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A unit's file as it was made."""

    owed: Owed
    file: str


OWED = Fields[Sent](
    name="收数清单",
    fields=(
        text("unit", "责任单位", lambda row: row.owed.unit, 26),
        text("file", "发出文件", lambda row: row.file, 36),
        number("lines", "行数", lambda row: len(row.owed.lines), 9),
        number("must", "必须填的行", lambda row: row.owed.must, 11),
        number("funds", "资金行", lambda row: sum(len(line.funds) for line in row.owed.lines), 9),
        text("back", "收回日期", lambda _: None, 14),
        text("who", "联系人", lambda _: None, 14),
    ),
)

_TONES = {State.CAME: "good", State.WRONG: "bad", State.MISSING: "bad", State.AS_ZERO: "bad"}


def _month_done(row: OfUnit) -> int | None:
    """Nothing is known of a unit that sent nothing."""
    return None if row.state is State.MISSING else row.done_wan


UNITS = Fields[OfUnit](
    name="回收情况",
    fields=(
        text("unit", "责任单位", lambda row: row.owed.unit, 26),
        text("state", "情况", lambda row: str(row.state), 10, tone=lambda row: _TONES[row.state]),
        text("files", "文件", lambda row: "、".join(row.files), 36, look="wrap"),
        number("lines", "行数", lambda row: len(row.owed.lines), 8),
        number("must_mend", "须改", lambda row: row.must_mend, 8),
        number("to_check", "请核对", lambda row: row.to_check, 8),
        money("done_wan", "本月完成", _month_done, 12),
    ),
)

_WEIGHTS = {Weight.MUST: "bad", Weight.ASK: "gap", Weight.TOLD: ""}

ASKED = Fields[Asked](
    name="对账问题",
    fields=(
        text("unit", "责任单位", lambda row: row.unit or "（不明）", 18, look="wrap"),
        text("file", "文件", lambda row: row.file, 24, look="wrap"),
        text("place", "单元格", lambda row: row.place, 13),
        text("subject", "项目", lambda row: row.subject, 28, look="wrap"),
        text("rule", "类别", lambda row: str(row.rule), 14, look="wrap"),
        text(
            "weight", "处理", lambda row: str(row.weight), 9,
            tone=lambda row: _WEIGHTS[row.weight],
        ),
        text("found", "现在的数", lambda row: row.found, 40, look="wrap"),
        text("ask", "要问的话", lambda row: row.ask, 44, look="wrap"),
        text("reason", "单位的说明", lambda row: row.reason, 26, look="wrap"),
    ),
)  # fmt: skip
