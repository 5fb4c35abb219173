"""进度计划.xlsx: its sheets in the order a director turns them."""

from __future__ import annotations

from portfolio.model.measures.results import RunResult
from portfolio.report.excel.book import Book, made_bytes
from portfolio.report.excel.schedule.changes import write_changes
from portfolio.report.excel.schedule.checks import write_checks
from portfolio.report.excel.schedule.funding import (
    write_causes,
    write_gaps,
    write_ledger,
    write_sources,
)
from portfolio.report.excel.schedule.items import write_gantt, write_plan, write_played
from portfolio.report.excel.schedule.layout import EVENTS, EVIDENCE, GATES, PROJECTS, Facts
from portfolio.report.excel.schedule.outlook import write_outlook
from portfolio.report.excel.schedule.overview import write_guide, write_listed, write_overview
from portfolio.report.excel.schedule.signed import keep_aside, write_page
from portfolio.report.excel.schedule.units import write_units
from portfolio.report.tables.office import project_table
from portfolio.report.tables.run import event_table, evidence_table, gate_table
from portfolio.report.words.outlook import example_mark


def schedule_bytes(result: RunResult) -> bytes:
    """The schedule of a run as the bytes of an .xlsx file; the same run gives the same bytes."""
    facts = Facts(result)

    def fill(book: Book) -> None:
        for write in (
            write_page,
            write_guide,
            write_overview,
            write_outlook,
            write_listed,
            write_units,
            write_plan,
            write_played,
            write_gantt,
            _write_projects,
            write_sources,
            write_gaps,
            write_ledger,
            write_causes,
            write_changes,
            _write_gates,
            _write_events,
            _write_evidence,
            write_checks,
            keep_aside,
        ):
            write(book, facts)

    mark = example_mark(result.portfolio)
    return made_bytes(fill, result.calendar, mark=mark, papers=[result.paper])


def _write_projects(book: Book, facts: Facts) -> None:
    """The projects; no sheet without any."""
    if not facts.result.portfolio.projects:
        return
    sheet = book.sheet(PROJECTS, tab="#548235")
    sheet.title(
        "项目（亿元）",
        "各项目按工作簿填报；推演按大项，竣工与滞后是所属大项的，不分到项目。留空为没有填报。",
    )
    sheet.put_table(project_table(facts.result), 3)


def _write_gates(book: Book, facts: Facts) -> None:
    sheet = book.sheet(GATES, tab="#7030A0")
    sheet.title(
        "依赖关系（前置条件）",
        "后续大项在前置大项达到条件以前不得超过所列累计投资；软约束只在情景要求时起作用。比例与强度均为假设。",
    )
    sheet.put_table(gate_table(facts.result), 3)


def _write_events(book: Book, facts: Facts) -> None:
    sheet = book.sheet(EVENTS, tab="#7F7F7F")
    sheet.title("事件日志", "按时间排列；可用筛选查看某一大项或渠道。")
    sheet.put_table(event_table(facts.result), 3, dense=True)


def _write_evidence(book: Book, facts: Facts) -> None:
    sheet = book.sheet(EVIDENCE, tab="#7F7F7F")
    sheet.title(
        "资料依据",
        "各表“依据”列编号所指的资料；标为“假设”的数没有资料给出，为判断。“行”为资料文本的行号。",
    )
    sheet.put_table(evidence_table(facts.result), 3)
