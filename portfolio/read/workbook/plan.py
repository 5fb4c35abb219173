"""Gates: ends, parts, duplicates and cycles checked, then made into values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.gates import Gate, GateType, cycle_text, find_cycle
from portfolio.model.items import Item, ListPlanKind, RiskClass, Target, TargetKind
from portfolio.model.money import BPS, yi_text
from portfolio.model.plan import baseline_years
from portfolio.model.quarters import year_spans
from portfolio.model.schema.plan import GATE_TYPES, HARD
from portfolio.read.workbook.items import ItemIndex, check_item_number
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import off_by


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


# --- Targets and known years: rows checked year by year, then made into values


def read_targets(rows: Sequence[Row], calendar: Calendar, findings: Findings) -> tuple[Target, ...]:
    """Targets by year; each plan year must be there once, the programme weights make 100 %."""
    by_year: dict[int, Row] = {}
    targets: list[Target] = []
    for row in rows:
        if not row.sound("year"):
            continue
        year = row.whole("year")
        if year in by_year:
            findings.add(
                row.place("year"),
                f"年份 {year} 重复，第 {by_year[year].number} 行已有",
                "每年只留一行",
            )
            continue
        by_year[year] = row
        _check_target(row, year, calendar, findings)
        if row.sound("kind"):
            targets.append(row.made(Target, list_plan_kind=_plan_kind(row)))
    missing = [year for year in calendar.plan_years if year not in by_year]
    if missing and rows and all(row.sound("year") for row in rows):
        findings.add(
            f"{rows[0].sheet}!{rows[0].letters['year']}{rows[-1].number + 1}",
            f"缺少年份 {year_spans(missing)}",
            f"{calendar.first_year} 至 {calendar.last_plan_year} 年每年都要有一行；没有目标的年份，年度目标可以留空",
        )
    _check_weights(by_year, calendar, findings)
    return tuple(sorted(targets, key=lambda target: target.year))


def _plan_kind(row: Row) -> ListPlanKind | None:
    """How the plan of the year's list is known: in print unless it says otherwise."""
    if row.values["list_plan_wan"] is None:
        return None
    return ListPlanKind(row.text_or_none("list_plan_kind") or ListPlanKind.PUBLISHED)


def _check_target(row: Row, year: int, calendar: Calendar, findings: Findings) -> None:
    if row.values["kind"] == TargetKind.BAND and row.sound("target_wan", "upper_wan"):
        low, high = row.whole("target_wan"), row.whole("upper_wan")
        if high <= low:
            findings.add(
                row.place("upper_wan"),
                f"区间上沿 {yi_text(high)} 亿元不大于年度目标 {yi_text(low)} 亿元",
                "区间上沿须大于年度目标",
            )
    if (
        year >= calendar.first_year
        and not row.sound("inclusion_bps")
        and "inclusion_bps" not in row.refused
    ):
        findings.add(row.place("inclusion_bps"), "入列系数是空的", "请填百分数，例如 70%")
    weight = row.values["programme_weight_bps"]
    if year in calendar.period and weight is None and "programme_weight_bps" not in row.refused:
        findings.add(
            row.place("programme_weight_bps"),
            "项目群年度权重是空的",
            calendar.fill("<first>—<last> 年必填，合计 100%"),
        )
    if year not in calendar.period and weight is not None:
        findings.add(
            row.place("programme_weight_bps"),
            f"{year} 年填了项目群年度权重 {row.whole('programme_weight_bps') / 100:g}%",
            calendar.fill("只有 <first>—<last> 年用权重，其他年份请清空"),
        )


def _check_weights(by_year: Mapping[int, Row], calendar: Calendar, findings: Findings) -> None:
    rows = [by_year[year] for year in calendar.period if year in by_year]
    if len(rows) < calendar.period_years or not all(
        row.sound("programme_weight_bps") for row in rows
    ):
        return  # said already
    total = sum(row.whole("programme_weight_bps") for row in rows)
    if total != BPS:
        findings.add(
            rows[0].place("programme_weight_bps"),
            f"{calendar.first_year}—{calendar.period_last} 年的项目群年度权重合计 {total / 100:g}%",
            f"应为 100%，{off_by(total)}",
        )


def read_known_years(
    rows: Sequence[Row], index: ItemIndex, findings: Findings
) -> dict[tuple[int, int], Row]:
    """Rows of known money by (item number, year); duplicates are noted."""
    known: dict[tuple[int, int], Row] = {}
    for row in rows:
        no = check_item_number(row, "item_no", "item_name", index, findings)
        if no is None or not row.sound("year"):
            continue
        key = (no, row.whole("year"))
        if key in known:
            findings.add(
                row.place("year"),
                f"大项 {no} 的 {key[1]} 年重复，第 {known[key].number} 行已有",
                "每个大项每年只留一行",
            )
        known.setdefault(key, row)
    return known


def check_known_years(
    known: Mapping[tuple[int, int], Row],
    items: Sequence[Item],
    targets: Sequence[Target],
    classes: Sequence[RiskClass],
    calendar: Calendar,
    findings: Findings,
) -> None:
    """Known money fits the item's sums, in the period and after it, and leaves the rest somewhere."""
    by_key = {risk.key: risk for risk in classes}
    weights = {target.year: target.programme_weight_bps or 0 for target in targets}
    programme = tuple(weights.get(year, 0) for year in calendar.period)
    rows_of: dict[int, dict[int, Row]] = {}
    for (no, year), row in known.items():
        if row.sound("money_wan"):
            rows_of.setdefault(no, {})[year] = row
    for item in items:
        rows = rows_of.get(item.no, {})
        risk = by_key.get(item.risk_class)
        if not rows or risk is None or sum(programme) != BPS:
            continue
        if item.after_period_wan < 0:  # its sums contradict each other, which is noted
            continue
        if not _fits(item, rows, calendar, findings):
            continue
        if _before_first(item, rows, findings):
            continue
        years = {year: row.whole("money_wan") for year, row in rows.items()}
        try:
            baseline_years(item, years, programme, risk, calendar)
        except ValueError:
            row = rows[max(rows)]
            findings.add(
                row.place("money_wan"),
                f"大项 {item.label} 已知年份之外的投资无处安排",
                "请补上其余年份的投资，或删去一个已知年份",
            )


def _before_first(item: Item, rows: Mapping[int, Row], findings: Findings) -> bool:
    """Note known money before the year an item is said to begin in."""
    early = [
        row for year, row in rows.items() if item.first_year is not None and year < item.first_year
    ]
    early = [row for row in early if row.whole("money_wan")]
    for row in early:
        findings.add(
            row.place("money_wan"),
            f"大项 {item.label} 的首年是 {item.first_year} 年，{row.whole('year')} 年却有投资 "
            f"{yi_text(row.whole('money_wan'))} 亿元",
            "请改正项目清单的首年，或把这一年的投资改为 0",
        )
    return bool(early)


def _fits(item: Item, rows: Mapping[int, Row], calendar: Calendar, findings: Findings) -> bool:
    spans = (
        (f"“{calendar.period_name}”投资", item.plan_wan, calendar.period),
        (
            f"{calendar.period_last} 年后投资",
            item.after_period_wan,
            calendar.plan_years[calendar.period_years :],
        ),
    )
    fits = True
    for title, money, span in spans:
        inside = [rows[year] for year in span if year in rows]
        given = sum(row.whole("money_wan") for row in inside)
        if given > money:
            verdict, fix = "多于", "请改小，或核对项目清单"
        elif len(inside) == len(span) and given < money:
            verdict, fix = "少于", "各年都已列出，合计须相等；请改正，或删去一年由系统推算"
        else:
            continue
        fits = False
        findings.add(
            inside[-1].place("money_wan"),
            f"大项 {item.label} 已知年份合计 {yi_text(given)} 亿元，"
            f"{verdict}{title} {yi_text(money)} 亿元",
            fix,
        )
    return fits
