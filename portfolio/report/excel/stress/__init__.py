"""压力测试.xlsx: one or more scenarios on the same luck, every table with its native chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from portfolio.model.study.result import StressResult
from portfolio.report.excel.blocks import Sheet, put_heading, put_lines
from portfolio.report.excel.book import (
    CREATED,
    LINE,
    ROW,
    Book,
    Worksheet,
    head_row,
    made_bytes,
    put,
    title,
)
from portfolio.report.excel.check_list import Check, put_checks
from portfolio.report.excel.stress.assumptions import write_assumptions
from portfolio.report.excel.stress.drivers import write_differences, write_tornado
from portfolio.report.excel.stress.items import write_causes, write_finishes, write_items
from portfolio.report.excel.stress.joint import write_joint
from portfolio.report.excel.stress.leverage import write_leverage
from portfolio.report.excel.stress.years import write_years
from portfolio.report.screen.console import lines_needed
from portfolio.report.words.run import reconciliation_lines, scenario_name, summary_text
from portfolio.report.words.stress import (
    ASSUMED,
    compared_pairs,
    headlines,
    judged_text,
    limit_lines,
    luck_text,
    paths_text,
    precision_text,
    reading_lines,
    total_changes,
    year_changes,
)

# --- Sheet 校核 of a stress test: where it comes from, and its sums computed once more


WIDTHS = (6, 26, 58, 18, 18, 14, 10)


def origin_pairs(results: Sequence[StressResult]) -> tuple[tuple[str, str], ...]:
    """Where the figures come from; the same of these give the same figures."""
    first = results[0]
    sampling = first.sampling
    return (
        ("情景", "、".join(result.run.scenario for result in results)),
        ("路径数", "、".join(paths_text(result) for result in results)),
        ("随机种子", str(sampling.seed)),
        (
            "相依与抽样",
            luck_text(sampling),
        ),
        ("推演引擎", sampling.engine),
        ("输入工作簿", first.run.workbook),
        ("输入文件 SHA-256", first.run.workbook_sha256),
        ("程序版本", first.run.version),
    )


def write_stress_checks(
    book: Book, name: str, results: Sequence[StressResult], checks: Sequence[Check]
) -> None:
    """Origin first, then every check with its difference by formula."""
    page = book.sheet(name, tab="#548235")
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    title(book, page, "校核：来源与合计复算")
    row = put_heading(book, page, 2, "来源（相同则各数相同）")
    for label, value in origin_pairs(results):
        put(page, row, 1, label, book.style("text"))
        page.merge_range(row, 2, row, len(WIDTHS) - 1, value, book.style("text"))
        row += 1
    row = put_heading(book, page, row + 1, "合计复算（差额应为零）")
    put_checks(book, page, checks, row + 1, row)
    page.freeze_panes(1, 0)
    page.fit_to_pages(1, 0)


# --- Sheet 首页: what this is, what it says, how to read it, and where to find what


HOME_WIDTHS = (24, 62, 42, 40)
LAST = len(HOME_WIDTHS) - 1
WIDTH = sum(HOME_WIDTHS)
#: The lead is set larger than the text.
LEAD_WIDTH = WIDTH * 11 // 13 - 4


def write_home(
    book: Book,
    page: Worksheet,
    results: Sequence[StressResult],
    contents: Mapping[str, tuple[str, Sequence[str]]],
) -> None:
    """The first sheet; `contents` are meaning and sheets by kind of sheet."""
    for column, width in enumerate(HOME_WIDTHS):
        page.set_column(column, column, width)
    page.write_string(
        0, 0, f"{results[0].calendar.list_name}压力测试（{ASSUMED}）", book.style("title")
    )
    page.set_row(0, 34)
    row = 1
    row = _reference(book, page, row, results[0])
    if len(results) > 1:
        row = _differences(book, page, row, results)
    for label, value in origin_pairs(results):
        put(page, row, 0, label, book.made({"bold": True, "valign": "top"}))
        page.merge_range(row, 1, row, LAST, "", book.style("line"))
        page.write_string(row, 1, value, book.style("line"))
        page.set_row(row, 2 + LINE * lines_needed(value, sum(HOME_WIDTHS[1:])))
        row += 1
    for heading, lines in (
        ("怎样读", reading_lines(results[0].calendar)),
        ("口径对照", reconciliation_lines(results[0].run.portfolio)),
        ("这个推演说不了什么", limit_lines(results)),
    ):
        row = put_heading(book, page, row + 1, heading)
        row = put_lines(book, page, row, [f"· {line}" for line in lines], LAST, WIDTH, style="line")
    _contents(book, page, row + 1, contents)
    page.fit_to_pages(1, 0)


def _reference(book: Book, page: Worksheet, row: int, result: StressResult) -> int:
    """The first scenario's sentences: what it is, how sure, which year first, who decides."""
    row = put_heading(book, page, row, f"情景：{scenario_name(result.run)}")
    if result.run.summary:
        row = put_lines(book, page, row, [summary_text(result.run)], LAST, WIDTH, style="line")
    for line in headlines(result):
        page.merge_range(row, 0, row, LAST, "", book.style("lead"))
        page.write_string(row, 0, line, book.style("lead"))
        page.set_row(row, 10 + (LINE + 3) * lines_needed(line, LEAD_WIDTH))
        row += 1
    return put_lines(book, page, row, _asked(result), LAST, WIDTH, style="line") + 1


def _asked(result: StressResult) -> list[str]:
    """What was asked of a scenario, answered."""
    said = [judged_text(result.calendar, judged) for judged in result.judged]
    return [
        *said,
        *(
            [precision_text(result.calendar, result.precision)]
            if result.precision is not None
            else []
        ),
    ]


def _differences(book: Book, page: Worksheet, row: int, results: Sequence[StressResult]) -> int:
    """Every other scenario in a row: what it is, and what it changes."""
    base = results[0]
    heading = f"各情景与“{base.run.scenario}”之差（{ASSUMED}；同一运气逐条相减，括号内为 95% 区间）"
    row = put_heading(book, page, row, heading)
    head_row(
        book, page, row, ["情景", "逐年：达标把握（百分点）、折市重点均值（亿元）", "全期", "说明"]
    )
    for other, comparison in compared_pairs(results):
        row += 1
        cells = (
            scenario_name(other.run),
            "\n".join(
                f"{year}：达标把握 {chance}；折市重点 {money}"
                for year, chance, money in year_changes(base, other, comparison)
            ),
            "\n".join(f"{label}：{text}" for label, text in total_changes(base, other, comparison)),
            "\n".join([*([summary_text(other.run)] if other.run.summary else []), *_asked(other)]),
        )
        deepest = 1
        for column, (text, width) in enumerate(zip(cells, HOME_WIDTHS, strict=True)):
            put(page, row, column, text or None, book.style("wrap"))
            lines = sum(lines_needed(line, width - 3) for line in text.split("\n"))
            deepest = max(deepest, lines)
        page.set_row(row, 4 + LINE * deepest)
    return row + 2


def _contents(
    book: Book, page: Worksheet, row: int, contents: Mapping[str, tuple[str, Sequence[str]]]
) -> None:
    """The sheets with links, one a row."""
    row = put_heading(book, page, row, "各表内容")
    link = book.made({"font_color": "#0563C1", "underline": 1})
    for meaning, sheets in contents.values():
        for name in sheets:
            page.write_url(row, 0, f"internal:'{name}'!A1", link, name)
            page.write_string(row, 1, meaning, book.made({}))
            page.set_row(row, ROW)
            row += 1


# --- 压力测试.xlsx: one or more scenarios on the same luck, every table with its native chart


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
