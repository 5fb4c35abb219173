"""What disagrees in a row that a unit added: whose it is, of what channel or bond it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from portfolio.model.month.addable import Addable
from portfolio.model.month.further import ToldFurther
from portfolio.model.month.owed import Line
from portfolio.model.month.returned import Asked, Rule, Weight
from portfolio.model.problems import did_you_mean
from portfolio.model.schema import plain
from portfolio.model.schema.returns import OF_BONDS, OF_PURSES, OF_WORDS

#: Asks at a cell: rule, column, what was found, what to ask, what it does.
Ask = Callable[[Rule, str, str, str, Weight | None], Asked]


def added_asked(told: ToldFurther, line: Line, may: Addable, ask: Ask) -> Iterator[Asked]:
    """All that is asked of a row that was added; one that is right is to be confirmed."""
    kind, shown = told.asked.kind, told.asked.shown
    wrong: list[Asked] = []
    name = shown.get("name")
    if name is not None and plain(str(name)) not in (plain(line.name), plain(line.item_name)):
        wrong.append(
            ask(
                Rule.ADDED, "name", f"新增的行写的是“{name}”，{line.project_code or line.item_no} 是“{line.name}”",
                "代码和名称哪一个不对？名称可以不填", Weight.MUST,
            )
        )  # fmt: skip
    if kind is OF_PURSES:
        wrong += _purse(told, line, may, ask)
    elif kind is OF_BONDS:
        wrong += _bond(told, line, may, ask)
    yield from wrong
    if not wrong and kind is not OF_WORDS:
        yield ask(
            Rule.ADDED, kind.keys[-1], f"新增一行：{told.asked.label}",
            "结账时加入工作簿，请科里凭文件核对；单位请在“说明”写明文号", Weight.ASK,
        )  # fmt: skip


def _purse(told: ToldFurther, line: Line, may: Addable, ask: Ask) -> Iterator[Asked]:
    channel, known = told.asked.shown.get("channel"), may.channels.get(line.item_no, ())
    if channel is None:
        yield ask(
            Rule.ADDED, "channel", "新增的行没有资金渠道", "请从列表中选一个渠道", Weight.MUST
        )
    elif channel not in known:
        yield ask(
            Rule.ADDED, "channel", f"“{line.item_name}”的资金结构没有“{channel}”",
            f"{did_you_mean(str(channel), known)}；渠道确实变了的，先报科里改资金结构", Weight.MUST,
        )  # fmt: skip
    if not told.is_told and told.asked.shown.get("budget_wan") is None:
        yield ask(
            Rule.ADDED, "budget_wan", "新增的行一个数也没有", "请填到本月底的数，不要的请清空这一行",
            Weight.MUST,
        )  # fmt: skip


def _bond(told: ToldFurther, line: Line, may: Addable, ask: Ask) -> Iterator[Asked]:
    shown, titles = told.asked.shown, {c.key: c.title for c in told.asked.kind.sheet.columns}
    lacking = [
        key for key in ("bond_code", "bond_name", "amount_wan") if shown.get(key) is None
    ]  # fmt: skip
    if lacking:
        yield ask(
            Rule.ADDED, lacking[0], f"新增的债券没有填{'、'.join(titles[key] for key in lacking)}",
            "请按发行文件填写", Weight.MUST,
        )  # fmt: skip
    if told.asked.whose in may.barred:
        yield ask(
            Rule.ADDED, "project_code", f"“{line.name}”的“可否专项债”是“否”",
            "债券是给这个项目的吗？确实已发行的请在“说明”写明文号", None,
        )  # fmt: skip
    known, amount = may.bonds.get(str(shown.get("bond_code"))), shown.get("amount_wan")
    if known is None:
        return
    if shown.get("bond_name") is not None and plain(str(shown["bond_name"])) != plain(known.name):
        yield ask(
            Rule.ADDED, "bond_name", f"债券 {shown['bond_code']} 在工作簿中是“{known.name}”",
            "编码和名称哪一个不对？", Weight.MUST,
        )  # fmt: skip
    if isinstance(amount, int) and known.issue_wan is not None:
        whole = known.amount_wan + amount
        if whole > known.issue_wan:
            yield ask(
                Rule.ADDED, "amount_wan",
                f"债券 {shown['bond_code']} 各项目金额合计 {whole:,} 万元，多于发行额 {known.issue_wan:,} 万元",
                "这一行的金额对吗？从别的项目调整来的，先报科里改原来的行", Weight.MUST,
            )  # fmt: skip
