"""The graph of gates on the screen: its longest chains, the items most others wait for."""

from __future__ import annotations

from portfolio.model.measures.graph import Chain, longest_chains, most_waited_for
from portfolio.model.money import yi_text
from portfolio.model.portfolio import Portfolio
from portfolio.report.screen.console import padded, shortened, wrapped

LISTED_ITEMS = 10


def graph_text(portfolio: Portfolio) -> str:
    """The longest chains and the items most others wait for, for a screen of 80 columns."""
    hard = sum(gate.hard for gate in portfolio.gates)
    lines = [
        f"{len(portfolio.items)} 个大项，{len(portfolio.gates)} 条前置条件"
        f"（硬约束 {hard}，软约束 {len(portfolio.gates) - hard}）",
    ]
    if portfolio.gates:
        lines += ["", *_chain_lines(portfolio), "", *_waited_lines(portfolio)]
    return "\n".join(lines) + "\n"


def _chain_lines(portfolio: Portfolio) -> list[str]:
    lines = ["最长的前置链（→ 右侧等待左侧；☆ 软约束）："]
    for title, hard_only in (("全部前置条件", False), ("仅硬约束", True)):
        chains = longest_chains(portfolio, hard_only=hard_only)
        measures = (
            ("环节最多", chains.by_gates),
            ("各环节工期之和最大", chains.by_quarters),
            ("投资合计最大", chains.by_money),
        )
        named: dict[tuple[int, ...], list[str]] = {}
        found = {}
        for measure, chain in measures:
            if chain is not None:
                key = tuple(item.no for item in chain.items)
                named.setdefault(key, []).append(measure)
                found[key] = chain
        lines.append(f"  {title}")
        for key, names in named.items():
            lines += wrapped(f"{'、'.join(names)}：{_chain_text(found[key])}", 2)
        if not named:
            lines.append("    无")
    return lines


def _chain_text(chain: Chain) -> str:
    path = chain.items[0].label
    for gate, item in zip(chain.gates, chain.items[1:], strict=True):
        path += f" {'→' if gate.hard else '→☆'} {item.label}"
    return (
        f"{path}（{len(chain.gates)} 个环节，各环节工期之和 {chain.quarters} 季，"
        f"总投资 {yi_text(chain.total_wan, 0)} 亿元）"
    )


def _waited_lines(portfolio: Portfolio) -> list[str]:
    rows = most_waited_for(portfolio)
    lines = [
        f"等待者最多的大项（共 {len(rows)} 个大项有其他大项等待，列前 {LISTED_ITEMS} 个）：",
        "  " + padded("大项", 34) + padded("直接等待（硬/软）", 20) + "连同间接（硬/软）",
    ]
    for row in rows[:LISTED_ITEMS]:
        direct = f"{row.direct:>3}（{row.direct_hard}/{row.direct_soft}）"
        through = f"{row.through:>3}（{row.through_hard}/{row.through_soft}）"
        lines.append(
            "  " + padded(shortened(row.item.label, 32), 34) + padded(direct, 20) + through
        )
    return lines
