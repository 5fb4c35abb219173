"""Risk classes, 到位率 and 落地率: rows checked, then made into values."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.items import ChannelRisk, Realisation, RiskClass
from portfolio.read.funding_rows import channel_ids, check_channel_name
from portfolio.read.tables import Findings, Row


def class_keys(rows: Sequence[Row]) -> dict[str, str]:
    """Risk class title → key, of every row that has both."""
    return {row.text("title"): row.text("key") for row in rows if row.sound("key", "title")}


def read_risk_classes(rows: Sequence[Row]) -> tuple[RiskClass, ...]:
    """Risk classes of the rows that are whole."""
    return tuple(row.made(RiskClass) for row in rows if row.is_whole)


def read_channel_risks(
    rows: Sequence[Row], channel_rows: Sequence[Row], findings: Findings
) -> tuple[ChannelRisk, ...]:
    """到位率 of each channel; every channel needs its row, once."""
    ids = channel_ids(channel_rows)
    risks: list[ChannelRisk] = []
    found: set[str] = set()
    for row in rows:
        channel = check_channel_name(row, ids, findings)
        _check_range(row, findings)
        if channel is None:
            continue
        found.add(channel)
        if row.is_whole:
            risks.append(row.made(ChannelRisk, channel_id=channel))
    missing = [name for name, channel in ids.items() if channel not in found]
    for name in missing if rows and len(found) == len(rows) else []:
        findings.add(
            f"{rows[0].sheet}!{rows[0].letters['channel']}{rows[-1].number + 1}",
            f"缺少资金渠道“{name}”的到位率",
            "请为它加一行；没有把握可照相近渠道填写，依据写“假设：…”",
        )
    return tuple(risks)


def _check_range(row: Row, findings: Findings) -> None:
    if not row.sound("mean", "low", "high"):
        return
    low, mean, high = (row.number_of(key) for key in ("low", "mean", "high"))
    if not low <= mean <= high:
        findings.add(
            row.place("mean"),
            f"均值 {mean:.1%} 不在下限 {low:.1%} 与上限 {high:.1%} 之间",
            "请核对这三个数",
        )


def read_realisations(
    rows: Sequence[Row], item_rows: Sequence[Row], findings: Findings
) -> tuple[Realisation, ...]:
    """落地率 by stage; items at stage 备案 need theirs."""
    for row in rows:
        _check_range(row, findings)
    known = {row.text("stage") for row in rows if row.sound("stage")}
    for row in item_rows if "落地率" not in findings.missing_sheets else ():
        if row.values["stage"] == "备案" and "备案" not in known:
            findings.add(
                row.place("stage"),
                "阶段为“备案”，落地率表中却没有“备案”一行",
                "请在落地率表中补上“备案”",
            )
            break
    return tuple(row.made(Realisation) for row in rows if row.is_whole)
