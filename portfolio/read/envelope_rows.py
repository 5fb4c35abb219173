"""A user's own envelopes: rows checked against channels and shares, then made into values."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.items import Kind, OwnEnvelope, Share
from portfolio.read.funding_rows import channel_ids, check_channel_name
from portfolio.read.project_rows import ItemIndex, check_item_number
from portfolio.read.tables import Findings, Row


def read_envelopes(
    rows: Sequence[Row],
    index: ItemIndex,
    channel_rows: Sequence[Row],
    shares: Sequence[Share],
    findings: Findings,
) -> tuple[OwnEnvelope, ...]:
    """A user's own envelopes of the rows that are whole."""
    ids = channel_ids(channel_rows)
    kinds = {row.text("id"): row.text("kind") for row in channel_rows if row.sound("id", "kind")}
    funded = {(share.item_no, share.channel_id) for share in shares}
    envelopes: list[OwnEnvelope] = []
    seen: dict[tuple[str, int, int | None], int] = {}
    for row in rows:
        channel = check_channel_name(row, ids, findings)
        no = check_item_number(row, "item_no", "item_name", index, findings)
        if channel is not None and channel in kinds:
            _check_item_use(row, channel, Kind(kinds[channel]), no, funded, findings)
        if not row.refused and not (row.sound("envelope_wan") or row.sound("reserve_wan")):
            findings.add(
                row.place("envelope_wan"), "额度与待分配资金都是空的", "至少填一个，或删去该行"
            )
        if channel is None or not row.sound("year"):
            continue
        key = (channel, row.whole("year"), no)
        if key in seen:
            findings.add(
                row.place("channel"), f"与第 {seen[key]} 行重复（同渠道同年份）", "请合并为一行"
            )
        seen.setdefault(key, row.number)
        envelopes.append(row.made(OwnEnvelope, channel_id=channel, item_no=no))
    return tuple(envelopes)


def _check_item_use(
    row: Row,
    channel: str,
    kind: Kind,
    no: int | None,
    funded: set[tuple[int, str]],
    findings: Findings,
) -> None:
    title = row.text("channel")
    if kind is Kind.CREDIT:
        findings.add(
            row.place("channel"),
            f"“{title}”是随资本金的渠道，没有年度额度",
            "请删去该行；要限制贷款，可在情景文件中调整",
        )
    elif kind is Kind.POOLED and row.sound("item_no"):
        findings.add(
            row.place("item_no"),
            f"“{title}”是统筹渠道，额度不分大项，这里填了大项 {row.whole('item_no')}",
            "请清空大项序号与名称",
        )
    elif kind in (Kind.EARMARKED, Kind.OWN):
        if not row.sound("item_no") and "item_no" not in row.refused:
            findings.add(row.place("item_no"), f"“{title}”是{kind}渠道，没有填大项", "请填大项序号")
        elif no is not None and (no, channel) not in funded:
            findings.add(
                row.place("item_no"),
                f"大项 {no} 的资金结构中没有“{title}”",
                "请先在资金结构表中加上这个渠道，或改正大项序号",
            )
