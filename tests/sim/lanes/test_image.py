"""A play laid out as bytes is that play; WebAssembly plays it to the same bits."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from portfolio.model.measures.live import Image
from portfolio.model.portfolio import Portfolio
from portfolio.sim.lanes import kernel
from portfolio.sim.lanes.arenas import Play
from portfolio.sim.lanes.image import BASE, STEP, array_in, image_of
from portfolio.sim.lanes.inputs import LaneInputs
from portfolio.sim.live import play_without_luck
from tests.report.results import example_run, scenario_run, shipped_run
from tools.build_wasm import SHIPPED

NODE = shutil.which("node")
#: Puts an image in a memory, plays it and writes the memory to a file.
PLAYER = """
const fs = require("fs"), [engine, image, entry, base, out] = process.argv.slice(1);
const bytes = fs.readFileSync(image);
const memory = new WebAssembly.Memory({initial: Math.ceil((+base + bytes.length) / 65536)});
const all = new Uint8Array(memory.buffer);
all.set(bytes, +base);
const {play, __heap_base} = new WebAssembly.Instance(
    new WebAssembly.Module(fs.readFileSync(engine)), {env: {memory}}).exports;
if (__heap_base.value > +base) throw new Error("the image lies on what is the engine's own");
if (play(+entry, 0, 1) !== 0) throw new Error("not played");
fs.writeFileSync(out, all);
"""
REPLACED = """
标题: 土地断崖而其他统筹渠道顶上
继承: [土地出让断崖]
变更:
  - 资金替代: 可替代
  - 分配方式: 按顺序
"""
#: One play each of: nothing laid on it; shocks of all kinds; a shock inside a year; facts.
PLAYED = {
    "基准": shipped_run,
    "三碰头": lambda: shipped_run("三碰头"),
    "轨道审批推迟": lambda: shipped_run("轨道审批推迟"),
    "可替代": lambda: scenario_run(Path(tempfile.mkdtemp()), REPLACED),
    "年内": lambda: example_run("明年三碰头"),
    "执行数": example_run,
}


def played(portfolio: Portfolio) -> tuple[Image, Play]:
    """The image before the play, and the play done by NumPy rows."""
    play = play_without_luck(portfolio)
    image = image_of(play)
    kernel.play_blocks(play, 0, 1, play.s.shape[1])
    return image, play


def arrays_of(play: Play) -> dict[str, np.ndarray]:
    """What a play writes, by its way from the play."""
    arenas = {name: getattr(play, name) for name in ("u", "s", "t")}
    return arenas | {f"out.{name}": getattr(play.out, name) for name in play.out._fields}


def test_an_image_holds_every_array_and_number_where_it_says() -> None:
    portfolio = example_run().portfolio
    play = play_without_luck(portfolio)
    image = image_of(play)
    for name in LaneInputs._fields:
        value = getattr(play.x, name)
        found = array_in(image, f"x.{name}")
        assert found.tolist() == np.asarray(value).tolist()
        assert found.dtype == (value.dtype if isinstance(value, np.ndarray) else np.int64)
    ends = sorted((place.address, place.size) for place in image.places.values() if place.shape)
    assert all(start % STEP == 0 and start >= BASE for start, _ in ends)
    assert all(a + size <= b for (a, size), (b, _) in pairwise(ends))


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@pytest.mark.parametrize("name", PLAYED)
def test_webassembly_writes_the_same_bits(name: str, tmp_path: Path) -> None:
    image, play = played(PLAYED[name]().portfolio)
    (tmp_path / "image").write_bytes(image.memory)
    words = [SHIPPED, tmp_path / "image", image.entry, BASE, tmp_path / "memory"]
    subprocess.run([NODE, "-e", PLAYER, "--", *map(str, words)], check=True)
    memory = (tmp_path / "memory").read_bytes()
    assert play.out.drawn.any() and play.out.finish.any()
    for way, array in arrays_of(play).items():
        assert array_in(image, way, memory).tobytes() == array.tobytes(), way
