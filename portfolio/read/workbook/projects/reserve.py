"""Rows of the sheet 储备项目 made into reserve projects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from portfolio.model.items import Channel
from portfolio.model.money import BPS, scaled
from portfolio.model.pipeline.project import Readiness, ReserveProject
from portfolio.model.problems import InputError
from portfolio.model.scenarios.select import find_channel
from portfolio.model.schema.plan import OF_CLASSES
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import referred

#: `专项债券 40%`, several parted by ；、， or blanks at will.
_PART = re.compile(r"(?P<channel>[^；;，,、%％]+?)\s*[:：]?\s*(?P<part>\d+(?:\.\d+)?)\s*[%％]")
_BETWEEN = re.compile(r"[；;，,、\s]*")
#: Of projects that have no score.
MIDDLE = 50


def read_reserve(
    rows: Sequence[Row],
    class_keys: Mapping[str, str],
    channels: Sequence[Channel],
    findings: Findings,
) -> tuple[ReserveProject, ...]:
    """Reserve projects of the rows that are whole; what is wrong is noted."""
    found: list[ReserveProject] = []
    for row in rows:
        key = referred(row, "risk_class", OF_CLASSES, class_keys, findings)
        mix = _mix(row, channels, findings)
        if key is None or not row.is_whole:
            continue
        found.append(
            row.made(
                ReserveProject,
                risk_class=key,
                readiness=Readiness(row.text("readiness")),
                score=MIDDLE if not row.sound("score") else row.whole("score"),
                mix_bps=mix,
            )
        )
    _check_links(rows, findings)
    return tuple(found)


def _mix(row: Row, channels: Sequence[Channel], findings: Findings) -> tuple[int, ...] | None:
    """Parts of the channels in their order; None where the class's are taken, or none is read."""
    text = row.text_or_none("mix")
    if text is None:
        return None
    place, parts, at = row.place("mix"), dict.fromkeys((c.id for c in channels), 0), 0
    example = "请写成 专项债券 40%；企业自筹 60%"
    while at < len(text):
        match = _PART.match(text, at)
        if match is None:
            findings.add(place, f"资金结构“{text}”读不懂", example)
            return None
        try:
            channel = find_channel(match["channel"], channels, place)
        except InputError as error:
            findings.problems += error.problems
            return None
        bps = scaled(match["part"], BPS // 100)
        if bps is None:
            findings.add(place, f"份额 {match['part']}% 太细", "最多写两位小数")
            return None
        parts[channel.id] += bps
        at = match.end()
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
    if sum(parts.values()) != BPS:
        findings.add(
            place, f"资金结构合计 {sum(parts.values()) / 100:g}%", "各渠道份额之和须为 100%"
        )
        return None
    return tuple(parts[channel.id] for channel in channels)


def _check_links(rows: Sequence[Row], findings: Findings) -> None:
    """Note links to nothing, to the project itself, and in a circle."""
    links = {row.text("code"): row.text_or_none("linked_to") for row in rows if row.sound("code")}
    for row in rows:
        if not row.sound("code", "linked_to"):
            continue
        code, linked = row.text("code"), row.text("linked_to")
        if linked not in links:
            findings.add(
                row.place("linked_to"),
                f"储备项目表中没有代码“{linked}”",
                "请改为表中的代码，或清空",
            )
            continue
        seen, at = {code}, row.text_or_none("linked_to")
        while at is not None and at not in seen:
            seen.add(at)
            at = links.get(at)
        if at == code:
            findings.add(
                row.place("linked_to"),
                "须先开工的项目首尾相接，成了圈",
                "请清空其中一个，使先后成立",
            )
