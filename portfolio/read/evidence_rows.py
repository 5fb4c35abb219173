"""Evidence, and what rests on it: every 依据 resolved, observations and records as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from portfolio.model.items import Evidence
from portfolio.model.problems import nearest
from portfolio.model.provenance import assumption, evidence_ids, is_evidence_id
from portfolio.model.records import Observation, PublicRecord
from portfolio.read.project_rows import ItemIndex
from portfolio.read.tables import Findings, Row


def read_evidence(rows: Sequence[Row], findings: Findings) -> tuple[Evidence, ...]:
    """Evidence of the rows that are whole."""
    for row in rows:
        if row.sound("id") and not is_evidence_id(row.text("id")):
            findings.add(
                row.place("id"),
                f"资料编号“{row.text('id')}”含有分隔符或“假设”",
                "编号只用字母和数字，例如 D301",
            )
    return tuple(
        row.made(Evidence, place=row.text_or_none("place") or "") for row in rows if row.is_whole
    )


def check_provenance(
    tables: Mapping[str, Sequence[Row]], evidence_rows: Sequence[Row], findings: Findings
) -> None:
    """Every 依据 points to evidence, or says 假设 with the reason."""
    known = {row.text("id") for row in evidence_rows if row.sound("id")}
    if evidence_rows and not known:
        return  # the column of ids is missing, which is noted
    for rows in tables.values():
        for row in rows:
            if "provenance" in row.values and row.sound("provenance"):
                _check_one(row, known, findings)


def _check_one(row: Row, known: set[str], findings: Findings) -> None:
    text, place = row.text("provenance"), row.place("provenance")
    for unknown in [part for part in evidence_ids(text) if part not in known]:
        near = nearest(unknown, sorted(known)) if len(unknown) <= 8 else None
        findings.add(
            place,
            f"资料依据表中没有编号“{unknown}”",
            f"是否为“{near}”？" if near else "请填资料依据表中的编号；没有资料的写“假设：理由”",
        )
    if assumption(text) == "":
        findings.add(place, "写了“假设”，没有写理由", "请写成“假设：理由”")


def read_observations(
    rows: Iterable[Row], index: ItemIndex, findings: Findings
) -> tuple[Observation, ...]:
    """Observations of the rows that are whole."""
    observations: list[Observation] = []
    for row in rows:
        known = not row.sound("item_no") or row.whole("item_no") in index.names
        if not known and index.names and not index.excuses(row.whole("item_no"), None):
            findings.add(
                row.place("item_no"),
                f"项目清单中没有序号 {row.whole('item_no')}",
                "请改为项目清单中的序号，或留空",
            )
        if row.is_whole:
            observations.append(row.made(Observation))
    return tuple(observations)


def read_public_records(rows: Iterable[Row]) -> tuple[PublicRecord, ...]:
    """Public records of the rows that are whole."""
    return tuple(row.made(PublicRecord) for row in rows if row.is_whole)
