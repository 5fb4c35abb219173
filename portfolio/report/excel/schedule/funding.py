"""Sheets 资金来源, 资金缺口 and 资金台账: channels by year."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.items import Channel
from portfolio.model.measures.years import ChannelYear
from portfolio.model.money import SEEN_WAN, Wan
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.book import Book, Sheet
from portfolio.report.excel.schedule.layout import CAUSES, GAPS, LEDGER, SOURCES, Facts, year_key
from portfolio.report.excel.styles import LINE, RED
from portfolio.report.screen.console import lines_needed
from portfolio.report.tables.fields import Field, Fields, Table, Unit, money, text
from portfolio.report.tables.run import LATE, ItemRow, channel_table, late_rows, of_items
from portfolio.report.words.sources import ROOM_SOURCE

TOP, LEDGER_HEAD = 3, 3
#: What stands before the years.
NAMES = ("channel", "group", "kind")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A channel with a figure for each year."""

    channel: Channel
    years_wan: tuple[int, ...]


def _year(k: int, year: int, gap: bool) -> Field[Row]:
    """The column of a year; a gap stands out."""

    def wan(row: Row) -> int:
        return row.years_wan[k]

    def tone(row: Row) -> str:
        return "gap" if gap and wan(row) >= SEEN_WAN else ""

    return money(year_key(year), f"{year}年", wan, 10, look="gap" if gap else "", tone=tone)


def by_channel(
    facts: Facts, values: Wan, place: int, *, gap: bool = False
) -> tuple[Table[Row], Block]:
    """Channel × year, the first or second table of its sheet; gaps have no sum across years."""
    keys = [year_key(year) for year in facts.years]
    fields = Fields[Row](
        name="按渠道",
        fields=(
            text("channel", "渠道", lambda row: row.channel.name, 34),
            text("group", "类别", lambda row: row.channel.group),
            text("kind", "性质", lambda row: str(row.channel.kind)),
            *(_year(k, year, gap) for k, year in enumerate(facts.years)),
            money(
                "total",
                "合计",
                lambda row: sum(row.years_wan),
                10,
                formula=f"SUM({{{'+'.join(keys)}}})",
            ),
        ),
    )
    if gap:
        fields = fields.view(*NAMES, *keys)
    channels = facts.result.portfolio.channels
    table = fields.of(
        Row(channel=channel, years_wan=tuple(values[:, c].tolist()))
        for c, channel in enumerate(channels)
    )
    # Caption, headings, channels, total and an empty row.
    head = TOP + place * (len(channels) + 4) + 1
    return table, placed(table, head, GAPS if gap else SOURCES)


def write_sources(book: Book, facts: Facts) -> None:
    """Plan and play by channel and year."""
    sheet = book.sheet(SOURCES, tab="#548235")
    sheet.title("资金来源（亿元）", "上表为计划，下表为推演的完成投资（按实际付款渠道）。")
    _write(sheet, "计划投资（按渠道）", *by_channel(facts, facts.plan_by_channel, 0))
    _write(sheet, "完成投资（按渠道）", *by_channel(facts, facts.drawn_by_channel, 1))


def write_gaps(book: Book, facts: Facts) -> None:
    """What each channel left unserved in each year; years are not summed."""
    sheet = book.sheet(GAPS, tab="#C00000")
    sheet.title(
        "资金缺口（亿元）",
        "当年需要而没有渠道能够安排的资金（随资本金渠道：年末一季应到未到的贷款）。未到位部分下年继续申请，逐年不可相加。",
    )
    _write(sheet, "资金缺口（按渠道）", *by_channel(facts, facts.gap, 0, gap=True))
    after = len(NAMES) + len(facts.years)
    sheet.set_column(after, after, 10)


def write_ledger(book: Book, facts: Facts) -> None:
    """The ledger of every channel and year as a list."""
    sheet = book.sheet(LEDGER, tab="#548235")
    sheet.title(
        "资金台账",
        "额度＋上年顺延＝下达＋失效＋顺延下年；下达＋上年结转＝完成投资＋结转下年＋收回。"
        "顺延：上级指定与专属资金当年用不上的随大项到下年（年初预留除外）。"
        "随资本金渠道没有额度，随资本金同比例到位；截至月以前的年份只有额度与完成数，没有下达、结转的记录。"
        f"额度中的再安排空间单列一栏：{ROOM_SOURCE}。",
    )
    sheet.put_table(channel_table(facts.result), LEDGER_HEAD, dense=True)


def ledger(facts: Facts) -> tuple[Table[ChannelYear], Block]:
    """The ledger and where it stands."""
    table = channel_table(facts.result)
    return table, placed(table, LEDGER_HEAD, LEDGER)


def _write(sheet: Sheet, caption: str, table: Table[Row], block: Block) -> None:
    """A table with its caption above and the sums of its years below."""
    sheet.put(block.head - 1, 0, caption, "subtitle")
    sheet.put_at(table, block)
    sheet.put_row(block.last + 1, ("合计", None, None), "text", "total")
    sheet.put_sums(table, block, [f.key for f in table.columns if f.unit is Unit.MONEY])
    sheet.set_widths(table.widths)
    names = block.places["kind"] + 1
    sheet.freeze_panes(TOP, names)
    sheet.repeat_columns(0, names - 1)


# --- Sheet 滞后原因: every quarter of delay with its cause; the causes sum to the delay


HEAD = 3


def late_items(facts: Facts) -> tuple[Table[ItemRow], Block]:
    """The late items and where they stand."""
    table = of_items(LATE, facts.result).of(late_rows(facts.result))
    return table, placed(table, HEAD, CAUSES)


def write_causes(book: Book, facts: Facts) -> None:
    """One row a late item, one column a kind of cause, and the story in words."""
    sheet, (table, block) = book.sheet(CAUSES, tab=RED), late_items(facts)
    on_time = len(facts.result.portfolio.items) - len(table.rows)
    sheet.title(
        f"滞后原因：{len(table.rows)} 个大项滞后，{on_time} 个按期或提前",
        "滞后的每一季只记一个原因，各原因之和等于滞后季数；"
        f"未竣工的大项统计到推演期末（{facts.result.calendar.last_play_year}Q4）。",
    )
    sheet.put_at(table, block)
    for at, row in enumerate(table.rows, start=block.first):
        lines = lines_needed(row.story, int(table.fields["story"].width) - 2)
        sheet.set_row(at, 2 + LINE * lines)
    if not table.rows:
        sheet.put(block.first, 0, "没有滞后的大项。", "bold")
    sheet.set_widths(table.widths)
    sheet.freeze_panes(block.first, block.places["name"] + 1)
    sheet.repeat_rows(HEAD)
