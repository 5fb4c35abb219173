"""Gates: ends, parts, duplicates and cycles checked, then made into values."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.gates import Gate, GateType, cycle_text, find_cycle
from portfolio.model.sheets.plan_sheets import GATE_TYPES, HARD
from portfolio.read.project_rows import ItemIndex, check_item_number
from portfolio.read.tables import Findings, Row


def read_gates(rows: Sequence[Row], index: ItemIndex, findings: Findings) -> tuple[Gate, ...]:
    """Gates of the rows that are whole; ends, duplicates, ceilings and cycles are checked."""
    codes = {label: code for code, label in GATE_TYPES.items()}
    gates: list[tuple[Gate, Row]] = []
    edges: dict[tuple[int, int, str], int] = {}
    for row in rows:
        pred = check_item_number(row, "pred_no", "pred_name", index, findings)
        succ = check_item_number(row, "succ_no", "succ_name", index, findings)
        if not row.sound("type"):
            continue
        kind = GateType(codes[row.text("type")])
        _check_parts(row, kind, findings)
        if pred is None or succ is None:
            continue
        if pred == succ:
            findings.add(
                row.place("succ_no"),
                f"大项 {pred} 以自己为前置条件",
                "前置与后续须是两个不同的大项，请改正或删去该行",
            )
            continue
        edge = (pred, succ, row.text("type"))
        if edge in edges:
            findings.add(
                row.place("pred_no"),
                f"前置条件 {pred} → {succ}（{row.text('type')}）与第 {edges[edge]} 行重复",
                "请删去一行",
            )
        edges.setdefault(edge, row.number)
        gates.append((_gate(row, kind, pred, succ), row))
    _check_cycles(gates, findings)
    return tuple(gate for gate, _ in gates)


def _check_parts(row: Row, kind: GateType, findings: Findings) -> None:
    label = row.text("type")
    fraction, holds = row.values["fraction_bps"], row.values["holds_bps"]
    if kind is GateType.PROGRESS and fraction == 0:
        findings.add(
            row.place("fraction_bps"),
            "前置须达到的比例为 0%",
            "请填大于 0 的百分数，或改为“同步开工（SS）”",
        )
    if kind in (GateType.SS, GateType.FS) and holds:
        findings.add(
            row.place("holds_bps"),
            f"“{label}”在放行前不得开工，这里却填了后续上限 {row.whole('holds_bps') / 100:g}%",
            "请清空后续上限，或改用别的类型",
        )
    if kind is GateType.FF and not holds and "holds_bps" not in row.refused:
        findings.add(
            row.place("holds_bps"),
            f"“{label}”没有后续上限",
            "请填放行前后续大项最多做到的百分数；放行前不得开工的请用“完成后开工（FS）”",
        )


def _gate(row: Row, kind: GateType, pred: int, succ: int) -> Gate:
    return Gate(
        id=row.text_or_none("id") or f"第{row.number}行",
        pred_no=pred,
        succ_no=succ,
        type=kind,
        fraction_bps=row.whole_or_none("fraction_bps"),
        holds_bps=row.whole_or_none("holds_bps") or 0,
        lag_quarters=row.whole_or_none("lag_quarters") or 0,
        hard=row.values["strength"] == HARD,
        reason=row.text_or_none("reason") or "",
        provenance=row.text_or_none("provenance") or "",
    )


def _check_cycles(gates: list[tuple[Gate, Row]], findings: Findings) -> None:
    """Name every cycle that shares no gate with one named before."""
    rows = {gate.id: row for gate, row in gates}
    left = {gate.id: gate for gate, _ in gates}  # a repeated id is noted already
    while cycle := find_cycle((), left.values()):
        first = rows[cycle[0].id]
        numbers = "、".join(str(rows[gate.id].number) for gate in cycle)
        findings.add(
            first.place("pred_no"),
            f"前置条件成环：{cycle_text(cycle)}（第 {numbers} 行）",
            "互为前置则谁也不能放行，请删去或改正其中一行",
        )
        for gate in cycle:
            del left[gate.id]
