"""A month's returns on the screen: what was sent out, what came of it, what is verified."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rich.console import Console

from portfolio.model.approved.promote import Changes
from portfolio.model.approved.records import Record
from portfolio.model.calendar import Calendar
from portfolio.model.month.close import ClosedMonth
from portfolio.model.month.deadlines import Due, Nature
from portfolio.model.month.returned import Asked, Weight
from portfolio.model.month.seal import Verified
from portfolio.report.screen.console import fields_grid, head, note, say, screen
from portfolio.report.tables import month as tables
from portfolio.report.tables.month import approved
from portfolio.report.words import month as words

#: So many questions are shown; the list has all.
SHOWN = 12


def show_collected(sent: Sequence[tables.Sent], label: str, console: Console | None = None) -> None:
    """Who owes what."""
    out = console or screen()
    head(out, f"{words.owed_title(label)}：{words.owed_line(sent)}")
    out.print(fields_grid(tables.OWED.view("unit", "lines", "must", "funds").of(sent)))


def show_closed(month: ClosedMonth, file: str, console: Console | None = None) -> None:
    """The answer first, what to do next, the units, the questions."""
    out = console or screen()
    head(out, words.close_lead(month))
    for line in words.close_points(month):
        say(out, f"· {line}")
    sheets = month.sheets
    out.print(
        fields_grid(
            tables.UNITS.view("unit", "state", "lines", "must_mend", "to_check", "done_wan").of(
                sheets.units
            )
        )
    )
    for problem in sheets.unread:
        say(out, f"! {problem}", "red")
    for weight, style in ((Weight.MUST, "red"), (Weight.ASK, "yellow")):
        asked = [one for one in sheets.asked if one.weight is weight]
        if asked:
            head(out, f"{weight} {len(asked)} 处")
            _asked(out, asked, style, file)


def _asked(out: Console, asked: Sequence[Asked], style: str, file: str) -> None:
    for one in asked[:SHOWN]:
        where = "！".join(part for part in (one.file, one.place) if part)
        say(out, f"{where.replace('！', ' ')}　{one.subject}：{one.found}", style)
        say(out, f"  问：{one.ask}")
    if len(asked) > SHOWN:
        note(out, f"  另有 {len(asked) - SHOWN} 处，见 {file}")


def show_approved(
    record: Record,
    changes: Changes,
    calendar: Calendar,
    *,
    written: bool,
    console: Console | None = None,
) -> None:
    """Which version it is, then what it changes against the one in force."""
    out = console or screen()
    head(out, words.approved_lead(record, changes, written=written))
    for line in words.approved_lines(record, changes):
        say(out, f"· {line}")
    if changes.cells:
        out.print(fields_grid(approved.CHANGED.of(changes.cells[:SHOWN])))
        if len(changes.cells) > SHOWN:
            note(out, f"  另有 {len(changes.cells) - SHOWN} 格，见 approve.json（加 --json 全列）")
    if changes.spans:
        head(out, f"计划竣工变动 {len(changes.spans)} 项")
        for each in changes.spans[:SHOWN]:
            say(out, words.moved_finish(each, calendar))
        if len(changes.spans) > SHOWN:
            note(out, f"  另有 {len(changes.spans) - SHOWN} 项")


def show_verified(found: Verified, console: Console | None = None) -> None:
    """What holds, what doesn't, and what couldn't be seen."""
    out = console or screen()
    head(out, words.verified_lead(found))
    for flaw in found.flaws:
        say(out, f"! {flaw.name}：{flaw.found}", "red")
        say(out, f"  {flaw.fix}")
    for line in found.held:
        say(out, f"· {line}")
    for line in found.unseen:
        say(out, f"? {line}")


def show_due(
    due: Sequence[Due], since: dt.date, days: int, *, own: bool, console: Console | None = None
) -> None:
    """What falls due, a day after the other; whether a rule says the day."""
    out = console or screen()
    head(out, words.due_lead(due, since, days))
    for one in due:
        rule = one.deadline.nature is Nature.RULE
        forms = f"　表 {'、'.join(one.deadline.forms)}" if one.deadline.forms else ""
        say(out, f"{one.on:%m-%d}（{words.left_text(one.left)}）{one.deadline.what}{forms}",
            "bold" if rule else "")  # fmt: skip
        say(out, f"　　{one.deadline.who}　〔{one.deadline.nature}〕{one.deadline.basis}")
    note(out, words.DUE_OWN if own else words.DUE_USUAL)
