"""调整方案.xlsx: the verdict first, then moves, before and after, prices, the plan to edit, checks."""

from __future__ import annotations

from portfolio.model.reallocation import Reallocation
from portfolio.report.excel.book import CREATED, Book, made_bytes
from portfolio.report.excel.reallocation_again import write_again
from portfolio.report.excel.reallocation_cells import write_cells
from portfolio.report.excel.reallocation_checks import write_checks
from portfolio.report.excel.reallocation_edit import write_edit
from portfolio.report.excel.reallocation_home import write_guide, write_home
from portfolio.report.excel.reallocation_layout import (
    AGAIN,
    BROKEN,
    CELLS,
    CHECKS,
    CONFLICTS,
    EDIT,
    FLOWS,
    GUIDE,
    HOME,
    MOVES,
    PRICES,
    PROMISE,
    Facts,
)
from portfolio.report.excel.reallocation_lists import (
    write_broken,
    write_conflicts,
    write_luck,
    write_prices,
)
from portfolio.report.excel.reallocation_moves import write_flows, write_moves
from portfolio.report.excel.reallocation_promise import write_promise

CONTENTS = {
    MOVES: "每一笔：大项、渠道、年份、前后、理由、审批与最早生效",
    CELLS: "各大项各渠道逐年：调整前、调整后、增减，带小计",
    FLOWS: "按大项、按渠道年份汇总谁让出、谁得到，与额度对照",
    PRICES: "卡住结果的限额再放宽一点能换来什么，在多大范围内成立",
    CONFLICTS: "无可行解时：最省的补救与互相冲突的规则",
    PROMISE: "按年份、按大项：调整后的计划与其推演的差别和原因",
    BROKEN: "基准计划本身突破规则之处",
    EDIT: "可改的计划，改后可再推演",
    AGAIN: "目标与规则的逐项复算",
    CHECKS: "全部合计、限额、目标用公式复算，差额应为零",
    GUIDE: "怎样读、假设、规则、来源",
}
WITHOUT_PLAN = (CONFLICTS, BROKEN, GUIDE)


def reallocation_bytes(result: Reallocation) -> bytes:
    """The workbook's bytes; the same result gives the same bytes. Without a plan no plan sheets."""

    def fill(book: Book) -> None:
        book.workbook.set_properties({"title": "预算调整方案", "created": CREATED})
        home = book.sheet(HOME, tab="#1F3864")
        if result.plan_wan is None:
            write_home(book, home, result, {name: CONTENTS[name] for name in WITHOUT_PLAN})
            write_conflicts(book, result)
            write_broken(book, result)
        else:
            facts = Facts(result=result)
            aims = write_home(book, home, result, CONTENTS)
            write_moves(book, facts)
            write_cells(book, facts)
            write_flows(book, facts)
            write_prices(book, result)
            write_conflicts(book, result)
            write_promise(book, facts)
            write_luck(book, result)
            write_broken(book, result)
            write_edit(book, facts)
            write_again(book, facts)
            write_checks(book, facts, aims)
        write_guide(book, result)
        home.activate()

    return made_bytes(fill, result.calendar)
