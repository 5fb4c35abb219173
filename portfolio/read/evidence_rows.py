"""Evidence, and what rests on it: every 依据 resolved, observations and records as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from portfolio.model.items import Evidence
from portfolio.model.problems import nearest
from portfolio.model.provenance import assumption, evidence_ids, is_evidence_id
from portfolio.model.records import Observation, PublicRecord
from portfolio.read.project_rows import ItemIndex
from portfolio.read.tables import Findings, Row, note_repeated


def read_evidence(rows: Sequence[Row], findings: Findings) -> tuple[Evidence, ...]:
    """Evidence of the rows that are whole."""
    note_repeated(rows, "id", "资料编号", findings)
    for row in rows:
        if row.sound("id") and not is_evidence_id(row.text("id")):
            findings.add(
                row.place("id"),
                f"资料编号“{row.text('id')}”含有分隔符或“假设”",
                "编号只用字母和数字，例如 D301",
            )
    return tuple(
        Evidence(
            id=row.text("id"),
            title=row.text("title"),
            file=row.text("file"),
            place=row.text_or_none("place") or "",
            line=row.whole_or_none("line"),
            supports=row.text("supports"),
        )
        for row in rows
        if row.sound("id", "title", "file", "supports")
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


def _plain_or_none(value: object) -> float | str | None:
    return value if isinstance(value, int | float | str) else None


def read_observations(
    rows: Iterable[Row], index: ItemIndex, findings: Findings
) -> tuple[Observation, ...]:
    """Observations of the rows that are whole."""
    rows = list(rows)
    note_repeated(rows, "id", "编号", findings)
    observations: list[Observation] = []
    for row in rows:
        known = not row.sound("item_no") or row.whole("item_no") in index.names
        if not known and index.names and not index.excuses(row.whole("item_no"), None):
            findings.add(
                row.place("item_no"),
                f"项目清单中没有序号 {row.whole('item_no')}",
                "请改为项目清单中的序号，或留空",
            )
        if row.sound("id", "metric", "scope", "period", "kind"):
            observations.append(_observation(row))
    return tuple(observations)


def _observation(row: Row) -> Observation:
    return Observation(
        id=row.text("id"),
        metric=row.text("metric"),
        item_no=row.whole_or_none("item_no"),
        work_no=row.whole_or_none("work_no"),
        scope=row.text("scope"),
        project=row.text_or_none("project"),
        period=row.text("period"),
        kind=row.text("kind"),
        planned=_plain_or_none(row.values["planned"]),
        actual=_plain_or_none(row.values["actual"]),
        annual_plan=_plain_or_none(row.values["annual_plan"]),
        unit=row.text_or_none("unit"),
        ratio_bps=row.whole_or_none("ratio_bps"),
        comparability=row.text_or_none("comparability"),
        note=row.text_or_none("note"),
        provenance=row.text_or_none("provenance") or "",
    )


def read_public_records(rows: Iterable[Row]) -> tuple[PublicRecord, ...]:
    """Public records of the rows that are whole."""
    return tuple(
        PublicRecord(
            period=row.text("period"),
            part=row.text("part"),
            universe=row.text("universe"),
            metric=row.text("metric"),
            value=None if row.values["value"] is None else row.number_of("value"),
            unit=row.text_or_none("unit"),
            share_of_year_bps=row.whole_or_none("share_of_year_bps"),
            note=row.text_or_none("note"),
            provenance=row.text_or_none("provenance") or "",
        )
        for row in rows
        if row.sound("period", "part", "universe", "metric")
    )
