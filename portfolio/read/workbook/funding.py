"""Channels and shares: rows checked, then made into values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portfolio.model.items import Carry, Channel, Item, Kind, OwnEnvelope, Share
from portfolio.model.money import BPS
from portfolio.model.problems import did_you_mean
from portfolio.model.schema.funding import (
    ENVELOPE_PARTS,
    NO_CARRY,
    OF_CHANNELS,
    OFFICE_PARTS,
    RELEASE,
)
from portfolio.read.workbook.items import ItemIndex, check_item_number
from portfolio.read.workbook.questions.asking import looked_at
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import off_by, referred


def channel_ids(rows: Sequence[Row]) -> dict[str, str]:
    """Channel name → id; a row without its id (noted) stands for itself by name."""
    return {
        row.text("name"): row.text_or_none("id") or row.text("name")
        for row in rows
        if row.sound("name")
    }


def read_channels(rows: Sequence[Row], findings: Findings) -> tuple[Channel, ...]:
    """Channels of the rows that are whole."""
    channels: list[Channel] = []
    for row in rows:
        _check_carry(row, findings)
        if not row.refused:
            carry = None if row.text("carry") == NO_CARRY else row.values["carry"]
            release = tuple(row.whole(key) for key in RELEASE)
            channels.append(row.made(Channel, carry=carry, release_bps=release))
    return tuple(channels)


def _check_carry(row: Row, findings: Findings) -> None:
    if not row.sound("kind", "carry"):
        return
    credit, none = row.text("kind") == Kind.CREDIT, row.text("carry") == NO_CARRY
    if credit and not none:
        fix = f"随资本金的渠道没有年度额度，请填“{NO_CARRY}”"
        findings.add(row.place("carry"), f"随资本金的渠道填了结转“{row.text('carry')}”", fix)
    elif none and not credit:
        fix = did_you_mean("", Carry)
        findings.add(row.place("carry"), f"{row.text('kind')}渠道的结转填了“{NO_CARRY}”", fix)


def check_channel_name(row: Row, ids: Mapping[str, str], findings: Findings) -> str | None:
    """The id of the channel a row names; None when there is none (noted)."""
    return referred(row, "channel", OF_CHANNELS, ids, findings)


def read_shares(
    rows: Sequence[Row],
    index: ItemIndex,
    ids: Mapping[str, str],
    item_rows: Sequence[Row],
    findings: Findings,
) -> tuple[Share, ...]:
    """Shares of the rows that are whole; each item's must sum to 100 %."""
    shares: list[Share] = []
    rows_of: dict[int, list[Row]] = {}
    strays: list[Row] = []
    seen: dict[tuple[int, str], int] = {}
    for row in rows:
        no = check_item_number(row, "item_no", "item_name", index, findings)
        channel = check_channel_name(row, ids, findings)
        (strays if no is None else rows_of.setdefault(no, [])).append(row)
        _check_limit(row, findings)
        if no is None or channel is None:
            continue
        if (no, channel) in seen:
            found = f"大项 {no} 的“{row.text('channel')}”重复，第 {seen[no, channel]} 行已有"
            findings.add(row.place("channel"), found, "请合并为一行")
            continue
        seen[no, channel] = row.number
        if row.sound("share_bps", "max_share_bps"):
            shares.append(row.made(Share, channel_id=channel))
    if rows:
        _check_sums(rows_of, _items_missed(strays, index), item_rows, findings)
    return tuple(shares)


def _check_limit(row: Row, findings: Findings) -> None:
    if row.sound("share_bps", "max_share_bps"):
        part, most = row.whole("share_bps"), row.whole("max_share_bps")
        if part > most:
            findings.add(
                row.place("max_share_bps"),
                f"份额 {part / 100:g}% 大于上限份额 {most / 100:g}%",
                f"上限份额至少为 {part / 100:g}%，或调低份额",
            )


def _items_missed(strays: Sequence[Row], index: ItemIndex) -> set[int]:
    """Items that rows without a usable number may belong to: by name, without one all."""
    names = {row.text_or_none("item_name") for row in strays}
    return {no for no, name in index.names.items() if None in names or name in names}


def _check_sums(
    rows_of: Mapping[int, list[Row]],
    missed: set[int],
    item_rows: Sequence[Row],
    findings: Findings,
) -> None:
    """Each item has shares, and they make 100 %; items whose rows were refused are left out."""
    known = rows_of.keys() | missed
    for row in item_rows:
        if row.sound("no") and row.whole("no") not in known:
            findings.add(
                row.place("no"),
                f"大项 {row.whole('no')} {row.text_or_none('name') or ''}没有资金结构",
                "请在资金结构表中为它填写各渠道份额，合计 100%",
            )
    for no, rows in rows_of.items():
        if no in missed or not all(row.sound("share_bps") for row in rows):
            continue  # a cell is noted already
        total = sum(row.whole("share_bps") for row in rows)
        if total != BPS:
            findings.add(
                rows[0].place("share_bps"),
                f"大项 {no} 的资金份额合计 {total / 100:g}%（共 {len(rows)} 行）",
                f"应为 100%，{off_by(total)}",
            )


def check_first_money(
    rows: Sequence[Row],
    items: Sequence[Item],
    channels: Sequence[Channel],
    shares: Sequence[Share],
    first_years: Mapping[int, int],
    findings: Findings,
) -> None:
    """Each item has a channel, and one that is capital, in the first year it spends money.

    `first_years` names that year for items that don't start in the first year.
    """
    place = {
        row.whole("item_no"): row.place("channel") for row in reversed(rows) if row.sound("item_no")
    }
    by_id = {channel.id: channel for channel in channels}
    used: dict[int, list[Channel]] = {}
    for share in shares:
        if share.share_bps and share.channel_id in by_id:
            used.setdefault(share.item_no, []).append(by_id[share.channel_id])
    for item in items:
        if item.no not in used:
            continue  # noted already
        first = first_years[item.no]
        there = [channel for channel in used[item.no] if channel.first_year <= first]
        capital = [channel for channel in used[item.no] if channel.kind is not Kind.CREDIT]
        if not there:
            names = "、".join(f"{c.name}（{c.first_year} 年起）" for c in used[item.no])
            findings.add(
                place[item.no],
                f"大项 {item.label} 在 {first} 年没有可用的渠道：{names}",
                f"请给它一个 {first} 年已有的渠道，或在年度计划表中把此前各年填 0",
            )
        elif not capital:
            findings.add(
                place[item.no],
                f"大项 {item.label} 只有随资本金的渠道，没有资本金",
                "贷款按资本金到位比例到位，请至少给一个统筹、上级指定或专属渠道份额",
            )
        elif all(channel.kind is Kind.CREDIT for channel in there):
            start = min(channel.first_year for channel in capital)
            findings.add(
                place[item.no],
                f"大项 {item.label} 的资本金渠道 {start} 年才有，{first} 年只有贷款",
                f"请给它一个 {first} 年已有的资本金渠道",
            )


def check_plausible(rows: Sequence[Row], ids: Mapping[str, str], findings: Findings) -> None:
    """Note channels of 财力参考 that there are none of, and years told twice."""
    seen: dict[tuple[str, int], int] = {}
    for row in rows:
        channel = check_channel_name(row, ids, findings)
        if channel is None or not row.sound("year"):
            continue
        key = (channel, row.whole("year"))
        if key in seen:
            found = f"与第 {seen[key]} 行重复（同渠道同年份）"
            findings.add(row.place("channel"), found, "请只留一行")
        seen.setdefault(key, row.number)


# --- A user's own envelopes: rows checked against channels and shares, then made into values


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
        _check_envelope(row, findings)
        if channel is None or not row.sound("year"):
            continue
        key = (channel, row.whole("year"), no)
        if key in seen:
            findings.add(
                row.place("channel"), f"与第 {seen[key]} 行重复（同渠道同年份）", "请合并为一行"
            )
        seen.setdefault(key, row.number)
        envelopes.append(_envelope(row, channel, no))
    return tuple(envelopes)


def _envelope(row: Row, channel: str, no: int | None) -> OwnEnvelope:
    """An envelope as entered; a budget is the whole of it, and nothing is kept back."""
    budget = _budget(row)
    if budget is None:
        return row.made(OwnEnvelope, channel_id=channel, item_no=no)
    return row.made(
        OwnEnvelope,
        channel_id=channel,
        item_no=no,
        envelope_wan=row.whole(budget),
        reserve_wan=0,
    )


def _budget(row: Row) -> str | None:
    """The column of the budget in force; None: none was entered."""
    return next((key for key in ("adjusted_wan", "initial_wan") if row.sound(key)), None)


def _check_envelope(row: Row, findings: Findings) -> None:
    """A row tells something, and only one thing of how much there is.

    One that was looked at may tell that there is nothing to tell: no budget was published.
    """
    nothing = not row.sound_any(*ENVELOPE_PARTS, *OFFICE_PARTS)
    if not row.refused and nothing and not looked_at(row):
        fix = "至少填一个，或删去该行；核实过没有预算的，“依据”写“已核对”"
        findings.add(row.place("envelope_wan"), "额度与待分配资金都是空的", fix)
    budget = _budget(row)
    for key in ENVELOPE_PARTS if budget else ():
        if row.sound(key):
            findings.add(
                row.place(key),
                "填了预算，又填了自定的额度或待分配资金",
                "有预算的，额度就是预算：请清空额度与待分配资金，或清空预算",
            )
            return


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
