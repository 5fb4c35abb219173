"""Gates (前置条件) and the graph they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portfolio.model.money import BPS

if TYPE_CHECKING:
    import networkx as nx

    from portfolio.model.items import Item


class GateType(StrEnum):
    """How a gate's threshold is stated; all are one rule in the end."""

    SS = "SS"  # opens in the quarter the predecessor's clock first moves
    PROGRESS = "PROGRESS"  # opens when the predecessor has reached a fraction
    FS = "FS"  # opens when the predecessor is complete; the successor may not start before
    FF = "FF"  # opens when the predecessor is complete; the successor may not pass a ceiling


@dataclass(frozen=True, kw_only=True)
class Gate:
    """`succ` may not pass `holds` until `pred` has reached `at`, plus `lag_quarters`.

    `fraction_bps` and `holds_bps` are parts of plan-period money (the period's money);
    `holds_bps` 0 means “may not start”. `fraction_bps` is None for SS, FS and FF.
    `at_money_wan` and `holds_money_wan` stand in place of the parts where facts have moved an
    item's costs: money since the first year that comes to the same.
    """

    id: str
    pred_no: int
    succ_no: int
    type: GateType
    fraction_bps: int | None
    holds_bps: int
    lag_quarters: int
    hard: bool
    reason: str
    provenance: str
    at_money_wan: int | None = None
    holds_money_wan: int | None = None

    def at_wan(self, pred: Item) -> int | None:
        """Threshold in 万元 of the predecessor at approved cost, earlier money included.

        None for SS, which looks at the clock. FS and FF: all of the predecessor's money.
        """
        if self.type is GateType.SS:
            return None
        if self.at_money_wan is not None:
            return pred.earlier_wan + self.at_money_wan
        if self.type in (GateType.FF, GateType.FS):
            return pred.total_wan
        if self.fraction_bps is None:
            raise ValueError(f"gate {self.id} of type PROGRESS has no fraction")
        return pred.earlier_wan + pred.gated_wan * self.fraction_bps // BPS

    def holds_wan(self, succ: Item) -> int | None:
        """Ceiling in 万元 of the successor at approved cost; None means it may not start."""
        if self.holds_bps == 0:
            return None
        if self.holds_money_wan is not None:
            return succ.earlier_wan + self.holds_money_wan
        return succ.earlier_wan + succ.gated_wan * self.holds_bps // BPS


def gate_graph(items: Iterable[Item], gates: Iterable[Gate]) -> nx.MultiDiGraph[int]:
    """Directed multigraph of item numbers, one edge a gate (key: gate id, attribute `gate`)."""
    import networkx as nx

    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(item.no for item in items)
    for gate in gates:
        graph.add_edge(gate.pred_no, gate.succ_no, key=gate.id, gate=gate)
    return graph


def find_cycle(items: Iterable[Item], gates: Iterable[Gate]) -> list[Gate]:
    """Gates of one cycle in walking order, or an empty list."""
    import networkx as nx

    graph = gate_graph(items, gates)
    if nx.is_directed_acyclic_graph(graph):  # most are, and to know it is quicker than to look
        return []
    cycle = nx.find_cycle(graph)
    return [graph.edges[edge]["gate"] for edge in cycle]


def cycle_text(cycle: list[Gate]) -> str:
    """A cycle as a path: `22 → 23 → 27 → 22`."""
    return " → ".join(str(no) for no in [*(gate.pred_no for gate in cycle), cycle[0].pred_no])


def item_order(items: tuple[Item, ...], gates: tuple[Gate, ...]) -> list[int]:
    """Item positions in graph order: predecessors first, otherwise the workbook's order."""
    import networkx as nx

    position = {item.no: index for index, item in enumerate(items)}
    graph = gate_graph(items, gates)
    return [
        position[no] for no in nx.lexicographical_topological_sort(graph, key=position.__getitem__)
    ]


def graphml_text(items: Iterable[Item], gates: Iterable[Gate]) -> str:
    """The graph as GraphML: items with work and money, gates with type, thresholds and reason."""
    import networkx as nx

    by_no = {item.no: item for item in items}
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    for item in by_no.values():
        graph.add_node(
            item.no,
            label=item.label,
            name=item.name,
            work=item.work,
            category=item.category or "",
            priority=item.priority,
            total_wan=item.total_wan,
            plan_wan=item.plan_wan,
        )
    for gate in gates:
        at_wan = gate.at_wan(by_no[gate.pred_no])
        holds_wan = gate.holds_wan(by_no[gate.succ_no])
        thresholds = {"at_wan": at_wan, "holds_wan": holds_wan}
        graph.add_edge(
            gate.pred_no,
            gate.succ_no,
            key=gate.id,
            label=gate.id,
            type=gate.type.value,
            hard=gate.hard,
            lag_quarters=gate.lag_quarters,
            reason=gate.reason,
            **{name: value for name, value in thresholds.items() if value is not None},
        )
    lines = nx.generate_graphml(graph, named_key_ids=False)
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *lines, ""])
