from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given

from portfolio.model.gates import Gate, GateType
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError
from portfolio.read.workbook import read_workbook
from portfolio.report.contents import graph_contents
from portfolio.report.files import write_all
from portfolio.report.graph.layout import CARD_HEIGHT, WIDTH, lay_out
from portfolio.report.graph.svg import COLUMN_PIXELS, radius
from portfolio.report.screen.console import text_columns
from portfolio.report.screen.graph import graph_text
from tests.examples import examples
from tests.strategies import make_item, make_portfolio, portfolios

SVG = "{http://www.w3.org/2000/svg}"
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


def many_items(n_items: int = 58, n_works: int = 10) -> Portfolio:
    """Items of several works with names that must be escaped and cut, hard and soft gates."""
    plan = np.zeros((15, 1, n_items), dtype=np.int64)
    plan[0, 0] = np.arange(1, n_items + 1) * 10**4
    items = tuple(
        make_item(
            no,
            plan[:, 0, no - 1],
            name=f"名称很长的<大项>&“{no}”、批发市场、物流园区整治提升",
            work=f"工程{no % n_works}",
        )
        for no in range(1, n_items + 1)
    )
    gates = tuple(
        Gate(
            id=f"G{k}",
            pred_no=k,
            succ_no=k + step,
            type=(GateType.SS, GateType.PROGRESS, GateType.FF)[k % 3],
            fraction_bps=2500 if k % 3 == 1 else None,
            holds_bps=5000 if k % 3 == 2 else 0,
            lag_quarters=k % 2,
            hard=k % 5 == 0,
            reason="</script><b>理由</b> & 说明",
            provenance="假设：测试",
        )
        for k, step in ((k, 1 + k % 7) for k in range(1, n_items - 7))
    )
    return make_portfolio(plan, items=items, gates=gates)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    paths = write_all(tmp_path_factory.mktemp("graph"), graph_contents(many_items()))
    return {path.suffix: path.read_text(encoding="utf-8") for path in paths}


def test_three_files_are_written_and_nothing_beside_them(tmp_path: Path) -> None:
    out_dir = tmp_path / "图" / "out"
    paths = write_all(out_dir, graph_contents(many_items()))
    assert [path.suffix for path in paths] == [".svg", ".html", ".graphml"]
    assert sorted(out_dir.iterdir()) == sorted(paths)


def test_the_same_portfolio_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write_all(tmp_path / "a", graph_contents(many_items()))
    second = write_all(tmp_path / "b", graph_contents(many_items()))
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_the_svg_has_each_item_and_gate_once_with_its_tooltip(written: dict[str, str]) -> None:
    portfolio = many_items()
    root = ElementTree.fromstring(written[".svg"])
    cards = [g for g in root.iter(f"{SVG}g") if g.get("class") == "card"]
    edges = [g for g in root.iter(f"{SVG}g") if (g.get("class") or "").startswith("edge")]
    numbers = sorted(int(card.get("data-no") or 0) for card in cards)
    assert numbers == [item.no for item in portfolio.items]
    assert {edge.get("data-id") for edge in edges} == {gate.id for gate in portfolio.gates}
    assert sum("hard" in (edge.get("class") or "") for edge in edges) == sum(
        gate.hard for gate in portfolio.gates
    )
    assert all(part.find(f"{SVG}title") is not None for part in cards + edges)


def test_nothing_leaves_the_files(written: dict[str, str]) -> None:
    for suffix in (".svg", ".html"):
        text = written[suffix].replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//\w|\bsrc=|\bhref=|@import|url\((?!#)", text)
    assert "default-src 'none'" in written[".html"]


def test_text_of_the_input_stays_text(written: dict[str, str]) -> None:
    assert "<b>理由" not in written[".html"]
    assert "<b>理由" not in written[".svg"]
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', written[".html"])
    assert found is not None
    data = json.loads(found.group(1))
    assert data["gates"][0]["reason"] == "</script><b>理由</b> & 说明"
    assert data["items"]["58"]["label"].startswith("58 名称很长的<大项>&")


def test_graphml_keeps_chinese_and_every_edge(written: dict[str, str]) -> None:
    portfolio = many_items()
    root = ElementTree.fromstring(written[".graphml"])
    names = {key.get("id"): key.get("attr.name") for key in root.iter(f"{GRAPHML}key")}
    nodes = list(root.iter(f"{GRAPHML}node"))
    assert len(nodes) == len(portfolio.items)
    labels = [d.text for d in nodes[0] if names[d.get("key")] == "label"]
    assert labels == [portfolio.items[0].label]
    edges = list(root.iter(f"{GRAPHML}edge"))
    assert {edge.get("id") for edge in edges} == {gate.id for gate in portfolio.gates}


def test_cards_do_not_touch_and_names_stay_inside_them(written: dict[str, str]) -> None:
    layout = lay_out(many_items())
    for one in layout.cards:
        assert one.x >= 0
        assert one.x + one.width <= WIDTH
        for other in layout.cards:
            if other is not one and other.column == one.column:
                assert abs(other.y - one.y) >= CARD_HEIGHT
    root = ElementTree.fromstring(written[".svg"])
    widths = {card.item.no: (card.x, card.width) for card in layout.cards}
    for group in root.iter(f"{SVG}g"):
        if group.get("class") != "card":
            continue
        left, width = widths[int(group.get("data-no") or 0)]
        for text in group.iter(f"{SVG}text"):
            end = float(text.get("x") or 0) + COLUMN_PIXELS * text_columns("".join(text.itertext()))
            assert end <= left + width


def test_the_circles_area_is_in_proportion_to_the_money() -> None:
    assert radius(4_000_000, 4_000_000) == 2 * radius(1_000_000, 4_000_000)


def test_a_file_in_the_way_is_a_problem(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        write_all(blocked, graph_contents(many_items()))
    assert caught.value.problems


def test_the_screen_text_fits_and_names_the_chains() -> None:
    text = graph_text(many_items())
    assert max(map(text_columns, text.splitlines())) <= 80
    assert "环节最多" in text
    assert "仅硬约束" in text
    assert "等待者最多的大项" in text


def test_a_portfolio_without_gates_is_drawn_too(tmp_path: Path) -> None:
    lonely = replace(many_items(), gates=())
    write_all(tmp_path, graph_contents(lonely))
    assert "0 条前置条件" in graph_text(lonely)


@examples(40)
@given(portfolios(max_items=12))
def test_every_portfolio_can_be_laid_out(portfolio: Portfolio) -> None:
    layout = lay_out(portfolio)
    assert {card.item.no for card in layout.cards} == set(portfolio.position)
    assert [edge.gate for edge in layout.edges] == list(portfolio.gates)


def test_the_shipped_portfolio_fits_a_screen_s_width_and_about_its_height() -> None:
    workbook = Path(__file__).parents[3] / "inputs" / "十大工程.xlsx"
    layout = lay_out(read_workbook(workbook).portfolio)
    assert len(layout.cards) == 58
    assert len(layout.edges) == 108
    assert len(layout.blocks) == 10
    assert layout.width == 1366
    assert layout.height <= 760
    assert min(card.width for card in layout.cards) >= 160
