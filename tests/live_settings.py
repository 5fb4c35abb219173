"""Settings of the page that plays, drawn at random, and the page's own scripts playing them in Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import portfolio.report.assets
from portfolio.model.measures.live import Live
from portfolio.report.page.live import Drawn, engine_data, live_data

NODE = shutil.which("node")
ASSETS = Path(portfolio.report.assets.__file__).parent
#: Settings a process plays; each leaves its memory on disk until it is looked at.
AT_ONCE = 100
#: Plays each setting of `settings` one after another, as the page does it: a line of JSON each.
PLAYER = """
const fs = require("fs"), vm = require("vm"), [assets, given, folder] = process.argv.slice(1);
["live_engine.js", "live_file.js", "live_luck.js"].forEach(name => vm.runInThisContext(fs.readFileSync(`${assets}/${name}`, "utf8")));
const {engine, live, extended, settings} = JSON.parse(fs.readFileSync(given, "utf8"));
openLive(engine, live).then(found => {
    found.set(noSetting());
    const base = found.against(found.play());
    settings.forEach((setting, k) => {
        found.set(setting);
        const result = found.play(), text = settingText(found, setting, extended);
        fs.writeFileSync(`${folder}/${k}.bin`, new Uint8Array(found.memory.buffer));
        const late = live.items.map((_, i) => found.isLate(result, i));
        const years = live.years.map((_, y) => found.year(result, y));
        const again = settingText(found, settingOf(text, found, extended), extended);
        process.stdout.write(JSON.stringify({base, text, again, result, late, years}) + "\\n");
    });
}).catch(error => { console.error(error); process.exit(1); });
"""

#: Plays the lucky paths of each setting: what came of them in `k.bin`, a line of JSON about the years.
LUCKY_PLAYER = """
const fs = require("fs"), vm = require("vm"), [assets, given, folder] = process.argv.slice(1);
["live_engine.js", "live_file.js", "live_luck.js"].forEach(name => vm.runInThisContext(fs.readFileSync(`${assets}/${name}`, "utf8")));
const {engine, live, draws, extended, settings} = JSON.parse(fs.readFileSync(given, "utf8"));
(async () => {
    const plain = await openLive(engine, live), found = await openLucky(engine, live, plain, draws);
    const player = new LuckyPlayer(found);
    const played = setting => new Promise(done => player.play(setting, done));
    const start = await played(noSetting());
    for (let k = 0; k < settings.length; k += 1) {
        const setting = settings[k], result = await played(setting);
        fs.writeFileSync(`${folder}/${k}.bin`, new Uint8Array(found.memory.buffer));
        console.log(JSON.stringify({
            text: settingText(found, setting, extended), reaches: luckyReaches(found, setting),
            start: luckyChecksum(start), checksum: luckyChecksum(result),
            years: live.years.map((_, y) => luckyYear(found, result, start, y)),
        }));
    }
})().catch(error => { console.error(error); process.exit(1); });
"""


def random_setting(live: Live, chance: np.random.Generator) -> dict[str, Any]:
    """Some sliders moved anywhere they go, most left alone."""

    def bps(least: int, most: int) -> int:
        return 100 * int(chance.integers(least // 100, most // 100 + 1))

    def here(part: float) -> bool:
        return bool(chance.random() < part)

    years = range(live.from_year, live.until_year + 1)
    items: dict[int, dict[str, int]] = {}
    for k in chance.choice(len(live.items), size=int(chance.integers(0, 9)), replace=False):
        own: dict[str, int] = {}
        if here(0.5):
            own["delay"] = int(chance.integers(0, live.most_delay + 1))
        if here(0.5):
            own["cost"] = bps(live.cheapest_bps, live.most_bps)
        if here(0.5):
            own["priority"] = int(chance.choice(live.priorities))
        items[live.items[k].no] = own
    moved = 0.3 if here(0.8) else 0.0
    envelopes = {
        channel.id: {
            y: bps(0, live.most_bps) for y in years if channel.asked_wan[y] and here(moved)
        }
        for channel in live.channels
    }
    return {
        "envelopes": envelopes,
        "reserve": bps(0, live.most_bps) if here(0.3) else None,
        "target": bps(live.cheapest_bps, live.most_bps) if here(0.3) else None,
        "items": items,
        "gates": {
            live.gates[g].id: not live.gates[g].hard for g in range(len(live.gates)) if here(0.05)
        },
    }


def played_in_node(
    live: Live,
    settings: Sequence[dict[str, Any]],
    extended: Sequence[str],
    folder: Path,
    player: str = PLAYER,
) -> Iterator[dict[str, Any]]:
    """What the page's scripts make of settings, each with `memory`, the engine's after the play."""
    assert NODE is not None
    drawn = Drawn()
    record = {
        "engine": engine_data(),
        "live": live_data(live, drawn),
        "draws": (drawn.packed or [None])[0],
        "extended": list(extended),
    }
    given = folder / "given.json"
    words = [NODE, "-e", player, "--", str(ASSETS), str(given), str(folder)]
    for start in range(0, len(settings), AT_ONCE):
        some = list(settings[start : start + AT_ONCE])
        given.write_text(json.dumps({**record, "settings": some}), encoding="utf-8")
        done = subprocess.run(words, check=True, capture_output=True, text=True, encoding="utf-8")
        for k, line in enumerate(done.stdout.splitlines()):
            file = folder / f"{k}.bin"
            yield {**json.loads(line), "memory": file.read_bytes()}
            file.unlink()
