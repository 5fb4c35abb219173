"""压力测试.xlsx: one or more scenarios on the same luck, every table with its native chart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from portfolio.model.study.result import StressResult
from portfolio.report.excel.book import CREATED, Book, made_bytes
from portfolio.report.excel.check_list import Check
from portfolio.report.excel.stress_assumptions import write_assumptions
from portfolio.report.excel.stress_blocks import Sheet
from portfolio.report.excel.stress_causes import write_causes
from portfolio.report.excel.stress_checks import write_stress_checks
from portfolio.report.excel.stress_differences import write_differences
from portfolio.report.excel.stress_finishes import write_finishes
from portfolio.report.excel.stress_home import write_home
from portfolio.report.excel.stress_items import write_items
from portfolio.report.excel.stress_joint import write_joint
from portfolio.report.excel.stress_leverage import write_leverage
from portfolio.report.excel.stress_tornado import write_tornado
from portfolio.report.excel.stress_years import write_years

HOME, DIFFERENCES, CHECKS, ASSUMPTIONS = "首页", "情景差异", "校核", "风险参数"
#: Only where it was measured.
LEVERAGE = "渠道杠杆"
Writer = Callable[[Book, Sheet], list[Check]]
#: Sheets of every scenario: name, meaning, writer, tab.
WRITERS: tuple[tuple[str, str, Writer, str], ...] = (
    ("逐年把握", "逐年达标把握、扇形图、期望缺口、待入库", write_years, "#2F75B5"),
    (
        "大项",
        "各大项竣工与造价的 P50–P90、按期把握、联合把握、造价准备、关键度",
        write_items,
        "#548235",
    ),
    ("龙卷风", "左右投资、滞后与造价的因素；去掉某种风险的变化", write_tornado, "#ED7D31"),
    ("竣工分布", "竣工直方图、汇合偏差", write_finishes, "#BF8F00"),
    ("联合把握", "造价与竣工散点、四象限、等联合把握线", write_joint, "#7030A0"),
    ("成因", "滞后分摊到各成因，合计相等", write_causes, "#C00000"),
    (LEVERAGE, "某渠道某年少 1 亿元的后果", write_leverage, "#00B0F0"),
)
#: Excel's limit for a sheet's name.
LONGEST_NAME = 31
#: What a sheet's name may not hold.
FORBIDDEN = "[]:*?/\\"


def stress_bytes(results: Sequence[StressResult]) -> bytes:
    """The workbook's bytes; the same results give the same bytes.

    Raises
    ------
    ValueError
        There are no results.
    """
    if not results:
        raise ValueError("no stress test to report")

    def fill(book: Book) -> None:
        book.workbook.set_properties(
            {"title": f"{results[0].calendar.list_name}压力测试", "created": CREATED}
        )
        home = book.sheet(HOME, tab="#1F3864")
        contents: dict[str, tuple[str, list[str]]] = {}
        checks: list[Check] = []
        taken = {HOME, DIFFERENCES, CHECKS}
        for name, meaning, write, tab in WRITERS:
            for result in results:
                if name == LEVERAGE and not result.leverage:
                    continue
                sheet = _sheet(book, name, result, results, tab, taken)
                checks += write(book, sheet)
                contents.setdefault(name, (meaning, []))[1].append(sheet.name)
        if len(results) > 1:
            write_differences(book, DIFFERENCES, results)
            contents[DIFFERENCES] = ("各情景与首个情景在同一运气下的差别", [DIFFERENCES])
        contents[ASSUMPTIONS] = ("本次用到的全部假设与依据", _assumptions(book, results, taken))
        write_stress_checks(book, CHECKS, results, checks)
        contents[CHECKS] = ("来源、路径数、种子、版本；合计复算", [CHECKS])
        write_home(book, home, results, contents)
        home.activate()

    return made_bytes(fill, results[0].calendar)


def _assumptions(book: Book, results: Sequence[StressResult], taken: set[str]) -> list[str]:
    """One sheet for the first scenario, and one for each whose assumptions differ from it."""
    names = []
    for k, result in enumerate(results):
        if k and _same_assumptions(results[0], result):
            continue
        sheet = _sheet(book, ASSUMPTIONS, result, results if k else [result], "#7F7F7F", taken)
        write_assumptions(book, sheet)
        names.append(sheet.name)
    return names


def _same_assumptions(first: StressResult, other: StressResult) -> bool:
    a, b = first.run.portfolio, other.run.portfolio
    return (
        (a.risk_classes, a.channel_risks, a.realisations, a.risk)
        == (b.risk_classes, b.channel_risks, b.realisations, b.risk)
        and {item.risk_class for item in a.items} == {item.risk_class for item in b.items}
    )  # fmt: skip


def _sheet(
    book: Book,
    name: str,
    result: StressResult,
    results: Sequence[StressResult],
    tab: str,
    taken: set[str],
) -> Sheet:
    """A new sheet, named after the scenario too where there are several."""
    wanted = name if len(results) == 1 else f"{name}·{result.run.scenario}"
    wanted = "".join("_" if mark in FORBIDDEN else mark for mark in wanted).strip("'")
    found, number = wanted[:LONGEST_NAME], 1
    while found.casefold() in {one.casefold() for one in taken}:
        number += 1
        tail = f"~{number}"
        found = wanted[: LONGEST_NAME - len(tail)] + tail
    taken.add(found)
    return Sheet(result=result, name=found, page=book.sheet(found, tab=tab), tab=tab)
