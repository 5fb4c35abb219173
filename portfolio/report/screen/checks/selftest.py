"""A self-test on the screen: each part with what was checked."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from portfolio.model.audit.tested import Tested
from portfolio.report.screen.console import head, note, say, screen

#: So much of what is wrong is shown of a part.
SHOWN = 5


def show_selftest(
    tested: Sequence[Tested], version: str, workbook_sha256: str, console: Console | None = None
) -> None:
    """The answer, then every part."""
    out = console or screen()
    wrong = [one for one in tested if not one.right]
    said = f"有 {len(wrong)} 项不符，请不要用于正式材料" if wrong else "全部相符"
    head(out, f"自检 {len(tested)} 项，{said}（版本 {version}）")
    for one in tested:
        say(out, f"{'√' if one.right else '×'} {one.what}", "" if one.right else "red")
        say(out, one.how, depth=1)
        for line in one.wrong[:SHOWN]:
            say(out, f"不符：{line}", "red", depth=1)
    note(out, f"随附工作簿指纹 {workbook_sha256[:12]}；“手算例”的数可用纸笔复核，见上面各行。")
