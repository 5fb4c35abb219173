"""Risk classes, 到位率 and 落地率: rows checked, then made into values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from portfolio.model.items import ChannelRisk, Realisation, RiskClass
from portfolio.model.risk import (
    BundleSettings,
    ChannelCorrelation,
    RegisteredRisk,
    RiskSettings,
    StageFactor,
    contradiction,
    contradiction_text,
    share_flaw,
)
from portfolio.model.schema.funding import OF_CHANNELS
from portfolio.model.schema.risk import ALL_ITEMS, COST, EVERYWHERE, IN_GROUP, TIME
from portfolio.read.workbook.funding import channel_ids, check_channel_name
from portfolio.read.workbook.items import ItemIndex
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import referred


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


# --- Stage factors, correlations and the risk register: rows checked, then made into values


MARKS = re.compile(r"[；;、，,\n]")
_RANGE = re.compile(r"(\d{1,6})\s*(?:[-–—~～至]\s*(\d{1,6}))?")
COST_ENDS = ("cost_low", "cost_likely", "cost_high")
QUARTER_ENDS = ("quarters_low", "quarters_likely", "quarters_high")
#: Rows of 相关系数 that are not of two channels, as they are told.
GENERAL = {EVERYWHERE: EVERYWHERE, IN_GROUP: IN_GROUP, COST: f"{COST}—{TIME}"}


def read_risk_settings(
    tables: Mapping[str, Sequence[Row]],
    index: ItemIndex,
    risks: Sequence[ChannelRisk],
    findings: Findings,
) -> RiskSettings:
    """Settings of the luck from 阶段系数, 相关系数, 风险清单 and 批次参数; problems are noted."""
    stages = read_stage_factors(tables["阶段系数"], tables["项目清单"], findings)
    general, pairs = read_correlations(tables["相关系数"], tables["资金渠道"], risks, findings)
    return RiskSettings(
        global_correlation=general.get(EVERYWHERE, 0.0),
        group_correlation=general.get(IN_GROUP, 0.0),
        cost_time_correlation=general.get(COST, 0.0),
        stage_factors=stages,
        channel_correlations=pairs,
        register=read_register(tables["风险清单"], index, findings),
        bundles=read_bundles(tables["批次参数"], findings),
    )


def read_stage_factors(
    rows: Sequence[Row], item_rows: Sequence[Row], findings: Findings
) -> tuple[StageFactor, ...]:
    """Factors by stage; every stage an item is at needs its row."""
    known = {row.text("stage") for row in rows if row.sound("stage")}
    whole = bool(rows) and all(row.sound("stage") for row in rows)
    for row in item_rows:
        if whole and row.sound("stage") and row.text("stage") not in known:
            known.add(row.text("stage"))  # said once
            findings.add(
                row.place("stage"),
                f"阶段为“{row.text('stage')}”，阶段系数表中却没有这一行",
                f"请在阶段系数表中补上“{row.text('stage')}”一行",
            )
    return tuple(row.made(StageFactor) for row in rows if row.is_whole)


def read_correlations(
    rows: Sequence[Row],
    channel_rows: Sequence[Row],
    risks: Sequence[ChannelRisk],
    findings: Findings,
) -> tuple[dict[str, float], tuple[ChannelCorrelation, ...]]:
    """The three general correlations by their subject, and the pairs of channels."""
    ids = channel_ids(channel_rows)
    general: dict[str, Row] = {}
    pairs: dict[frozenset[str], tuple[Row, ChannelCorrelation | None]] = {}
    for row in rows:
        if not row.sound("subject"):
            continue
        subject = _general_subject(row)
        if subject is not None:
            _keep_general(row, subject, general, findings)
        elif ids:  # else the sheet of channels is missing, which is noted
            _keep_pair(row, ids, pairs, findings)
    if rows and all(row.sound("subject") for row in rows):
        _note_missing_general(rows, general, findings)
    values = {
        subject: row.number_of("correlation")
        for subject, row in general.items()
        if row.sound("correlation")
    }
    _check_shares(general, values, findings)
    sound = [pair for _, pair in pairs.values() if pair is not None]
    if ids and len(sound) == len(pairs) and len(risks) == len(ids):
        _check_together(sound, pairs, ids, risks, findings)
    return values, tuple(sound)


def _general_subject(row: Row) -> str | None:
    """What a row not of two channels speaks of; None for a pair of channels."""
    subject, other = row.text("subject"), row.text_or_none("other")
    if subject in (EVERYWHERE, IN_GROUP):
        return subject
    return COST if {subject, other} & {COST, TIME} else None


def _keep_general(row: Row, subject: str, general: dict[str, Row], findings: Findings) -> None:
    if subject == COST and "other" in row.refused:
        return  # which is noted
    other = row.text_or_none("other")
    if subject in (EVERYWHERE, IN_GROUP) and other not in (None, subject):
        findings.add(row.place("other"), f"“{subject}”不分对象，“与”填了“{other}”", "请清空这一格")
    if subject == COST and {row.text("subject"), other} != {COST, TIME}:
        found = f"“{row.text('subject')}”与“{other or '（空）'}”不成对"
        findings.add(row.place("other"), found, f"对象填“{COST}”，与填“{TIME}”")
        return
    if subject in general:
        found = f"“{GENERAL[subject]}”重复，第 {general[subject].number} 行已有"
        findings.add(row.place("subject"), found, "请删去一行")
        return
    general[subject] = row


def _note_missing_general(
    rows: Sequence[Row], general: Mapping[str, Row], findings: Findings
) -> None:
    half = {COST, TIME}
    for subject, label in GENERAL.items():
        noted = subject == COST and any(
            {row.text("subject"), row.text_or_none("other")} & half for row in rows
        )
        if subject not in general and not noted:
            findings.add(
                f"{rows[0].sheet}!{rows[0].letters['subject']}{rows[-1].number + 1}",
                f"缺少“{label}”一行",
                "请补上这一行；没有相关填 0",
            )


def _keep_pair(
    row: Row,
    ids: Mapping[str, str],
    pairs: dict[frozenset[str], tuple[Row, ChannelCorrelation | None]],
    findings: Findings,
) -> None:
    """A pair of channels under its key; None instead of the pair where its number was refused."""
    ends = [_channel(row, key, ids, findings) for key in ("subject", "other")]
    if ends[0] is None or ends[1] is None:
        # Not to be judged with the others: an unreadable pair stands for itself.
        pairs[frozenset((f"{row.number}",))] = (row, None)
        return
    if ends[0] == ends[1]:
        found = f"“{row.text('subject')}”与自己配成一对"
        findings.add(row.place("other"), found, "请填两个不同的资金渠道")
        return
    key = frozenset((ends[0], ends[1]))
    if key in pairs:
        found = f"这一对渠道与第 {pairs[key][0].number} 行重复"
        findings.add(row.place("subject"), found, "请删去一行（次序不分先后）")
        return
    pairs[key] = (
        row,
        ChannelCorrelation(
            channel_id=ends[0],
            other_id=ends[1],
            correlation=row.number_of("correlation"),
            provenance=row.text_or_none("provenance") or "",
        )
        if row.sound("correlation")
        else None,
    )


def _channel(row: Row, key: str, ids: Mapping[str, str], findings: Findings) -> str | None:
    if not row.sound(key):
        if key not in row.refused and row.letters[key] != "?":
            findings.add(row.place(key), "没有填另一个资金渠道", "请填资金渠道表中的渠道名称")
        return None
    also = [*GENERAL] if key == "subject" else []
    return referred(row, key, OF_CHANNELS, ids, findings, also=also)


def _check_shares(
    general: Mapping[str, Row], values: Mapping[str, float], findings: Findings
) -> None:
    if EVERYWHERE in values and IN_GROUP in values:
        flaw = share_flaw(values[EVERYWHERE], values[IN_GROUP])
        worse = IN_GROUP if values[EVERYWHERE] >= 0 else EVERYWHERE
        if flaw is not None:
            findings.add(general[worse].place("correlation"), *flaw)


def _check_together(
    sound: Sequence[ChannelCorrelation],
    pairs: Mapping[frozenset[str], tuple[Row, ChannelCorrelation | None]],
    ids: Mapping[str, str],
    risks: Sequence[ChannelRisk],
    findings: Findings,
) -> None:
    """All pairs at once, with the persistence of the sheet 资金风险."""
    persistence = {risk.channel_id: risk.persistence for risk in risks}
    found = contradiction(list(ids.values()), sound, persistence)
    if found is not None:
        strongest = found.strongest
        row, _ = pairs[frozenset((strongest.channel_id, strongest.other_id))]
        names = {channel: name for name, channel in ids.items()}
        findings.add(row.place("correlation"), *contradiction_text(found, names))


def read_bundles(rows: Sequence[Row], findings: Findings) -> BundleSettings | None:
    """How bundles of projects are played under luck; None where nothing is said of it."""
    for row in rows[1:]:
        findings.add(row.place("life_quarters"), "批次参数多于一行", "只留一行，其余请删去")
    whole = [row.made(BundleSettings) for row in rows[:1] if row.is_whole]
    return whole[0] if whole else None


def read_register(
    rows: Sequence[Row], index: ItemIndex, findings: Findings
) -> tuple[RegisteredRisk, ...]:
    """Named risks of the rows that are whole."""
    risks = []
    for row in rows:
        numbers = _item_numbers(row, index, findings)
        _check_effect(row, findings)
        if row.is_whole and numbers:
            risks.append(row.made(RegisteredRisk, item_nos=numbers))
    return tuple(risks)


def _check_effect(row: Row, findings: Findings) -> None:
    """Low, likely and high in order, and some effect at all."""
    for ends, title in ((COST_ENDS, "造价影响"), (QUARTER_ENDS, "工期影响")):
        if row.sound(*ends):
            low, likely, high = (row.number_of(key) for key in ends)
            if not low <= likely <= high:
                findings.add(
                    row.place(ends[1]),
                    f"{title}最低 {low:g}、最可能 {likely:g}、最高 {high:g} 没有由小到大",
                    "请核对这三个数",
                )
    every = (*COST_ENDS, *QUARTER_ENDS)
    if row.sound(*every) and not any(row.number_of(key) for key in every):
        findings.add(
            row.place(COST_ENDS[0]), "造价影响与工期影响都是 0", "请填其中一种影响，或删去这一行"
        )


def _item_numbers(row: Row, index: ItemIndex, findings: Findings) -> tuple[int, ...]:
    """Numbers of the items a risk hits, in the order of the workbook; () after a problem."""
    if not row.sound("items"):
        return ()
    text = row.text("items")
    if text == ALL_ITEMS:
        return tuple(index.names)
    wanted: set[int] = set()
    for part in filter(None, (piece.strip() for piece in MARKS.split(text))):
        span = _RANGE.fullmatch(part)
        first = int(span[1]) if span else 0
        last = int(span[2] or first) if span else 0
        if span is None or last < first:
            found = f"“{part}”" + ("前大后小" if span else "不是大项序号")
            fix = f"请填序号、范围（如 5至17）或“{ALL_ITEMS}”，用“；”隔开"
            findings.add(row.place("items"), found, fix)
            return ()
        wanted |= {no for no in index.names if first <= no <= last}
        for no in dict.fromkeys((first, last)):
            if no not in index.names:
                if index.names and not index.excuses(no, None):
                    fix = f"项目清单的序号为 {min(index.names)} 至 {max(index.names)}，请改正"
                    findings.add(row.place("items"), f"项目清单中没有序号 {no}", fix)
                return ()
    return tuple(no for no in index.names if no in wanted)
