"""压力测试.xlsx: one or more scenarios on the same luck, every table with its native chart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from portfolio.model.study.result import StressResult
from portfolio.report.excel.book import Book, Sheet, made_bytes
from portfolio.report.excel.check_list import Check, put_checks
from portfolio.report.excel.signed import kept_aside
from portfolio.report.excel.stress.assumptions import write_assumptions
from portfolio.report.excel.stress.drivers import write_differences, write_leverage, write_tornado
from portfolio.report.excel.stress.items import write_causes, write_finishes, write_items
from portfolio.report.excel.stress.joint import joint_rows, write_joint
from portfolio.report.excel.stress.sheet import StressSheet, stress_sheet
from portfolio.report.excel.stress.years import write_years
from portfolio.report.excel.styles import DARK, GREEN, LINE, MID, ORANGE, RED
from portfolio.report.screen.console import lines_needed
from portfolio.report.words import run as play
from portfolio.report.words import stress as words
from portfolio.report.words import stress_first as first
from portfolio.report.words.outlook import example_mark
from portfolio.report.words.stress_first import joint_left_out

# --- Sheet 校核 of a stress test: where it comes from, and its sums computed once more


WIDTHS = (6, 26, 58, 18, 18, 14, 10)


def origin_pairs(results: Sequence[StressResult]) -> tuple[tuple[str, str], ...]:
    """Where the figures come from; the same of these give the same figures."""
    sampling = results[0].sampling
    return (
        ("情景", "、".join(result.run.label for result in results)),
        ("路径数", "、".join(words.paths_text(result) for result in results)),
        ("随机种子", str(sampling.seed)),
        ("相依与抽样", words.luck_text(sampling)),
        ("推演引擎", sampling.engine),
        *play.origin_pairs(
            results[0].run, *((result.run.label, result.paper) for result in results)
        ),
    )


def write_stress_checks(
    book: Book, name: str, results: Sequence[StressResult], checks: Sequence[Check]
) -> None:
    """Origin first, then every check with its difference by formula."""
    sheet = book.sheet(name, tab=GREEN)
    sheet.set_widths(WIDTHS)
    sheet.title("校核：来源与合计复算")
    row = sheet.put_heading(2, "来源（相同则各数相同）")
    for label, value in origin_pairs(results):
        sheet.put(row, 1, label, "text")
        sheet.put_over((row, 2), (row, len(WIDTHS) - 1), value, "text")
        row += 1
    row = sheet.put_heading(row + 1, "合计复算（差额应为零）")
    put_checks(sheet, checks, row + 1, row)
    sheet.freeze_panes(1, 0)


# --- Sheet 首页: what this is, what it says, how to read it, and where to find what


HOME_WIDTHS = (24, 62, 42, 40)
LAST, WIDTH = len(HOME_WIDTHS) - 1, sum(HOME_WIDTHS)


def write_home(
    sheet: Sheet, results: Sequence[StressResult], contents: Iterable[tuple[str, str]]
) -> None:
    """The first sheet; `contents` are the sheets and what each holds."""
    sheet.set_widths(HOME_WIDTHS)
    sheet.title(f"{results[0].calendar.list_name}压力测试（{words.ASSUMED}）", height=34)
    row = _reference(sheet, 1, results[0])
    if len(results) > 1:
        row = _differences(sheet, row, results)
    row = sheet.put_pairs(row, origin_pairs(results), HOME_WIDTHS)
    for heading, lines in (
        ("怎样读", words.reading_lines(results[0].calendar)),
        ("口径对照", play.reconciliation_lines(results[0].run.portfolio)),
        ("这个推演说不了什么", words.limit_lines(results)),
    ):
        row = sheet.put_points(row + 1, heading, lines, HOME_WIDTHS)
    sheet.put_contents(row + 1, contents)


def _reference(sheet: Sheet, row: int, result: StressResult) -> int:
    """The first scenario's sentences: what it is, how sure its list is, its items, what moves it."""
    row = sheet.put_heading(row, f"情景：{play.scenario_name(result.run)}")
    if result.run.summary:
        row = sheet.put_lines(row, [play.summary_text(result.run)], LAST, WIDTH, style="line")
    lines = [*first.card_lines(result), first.items_line(result), first.ahead_line(result)]
    for line in (*lines, *first.extra_lines(result), words.cost_line(result)):
        if line:
            row = sheet.put_lead(row, line, HOME_WIDTHS)
    return sheet.put_lines(row, _asked(result), LAST, WIDTH, style="line") + 1


def _asked(result: StressResult) -> list[str]:
    """What was asked of a scenario, answered."""
    said = [words.judged_text(result.calendar, judged) for judged in result.judged]
    if result.precision is not None:
        said.append(words.precision_text(result.calendar, result.precision))
    return said


def _differences(sheet: Sheet, row: int, results: Sequence[StressResult]) -> int:
    """Every other scenario in a row: what it is, and what it changes."""
    base = results[0]
    note = f"{words.ASSUMED}；同一运气逐条相减，括号内为 95% 区间"
    row = sheet.put_heading(row, f"各情景与“{base.run.label}”之差（{note}）")
    sheet.head_row(row, ["情景", "逐年：达到比例（百分点）、折市重点均值（亿元）", "全期", "说明"])
    for other, comparison in words.compared_pairs(results):
        row += 1
        years = words.year_changes(base, other, comparison)
        totals = words.total_changes(base, other, comparison)
        summary = [play.summary_text(other.run)] if other.run.summary else []
        cells = (
            play.scenario_name(other.run),
            "\n".join(f"{year}：达到比例 {sure}；折市重点 {money}" for year, sure, money in years),
            "\n".join(f"{label}：{text}" for label, text in totals),
            "\n".join([*summary, *_asked(other)]),
        )
        sheet.put_row(row, [text or None for text in cells], "wrap")
        lines = (
            lines_needed(text, width - 3) for text, width in zip(cells, HOME_WIDTHS, strict=True)
        )
        sheet.set_row(row, 4 + LINE * max(lines))
    return row + 2


# --- 压力测试.xlsx: one or more scenarios on the same luck, every table with its native chart


HOME, DIFFERENCES, CHECKS, ASSUMPTIONS = "首页", "情景差异", "校核", "风险参数"
#: Only where it was measured.
LEVERAGE = "渠道杠杆"
#: Only where there is something to be seen.
JOINT = "联合把握"
Writer = Callable[[StressSheet], list[Check]]
#: Sheets of every scenario: name, meaning, writer, tab.
WRITERS: tuple[tuple[str, str, Writer, str], ...] = (
    (
        "大项",
        "各大项竣工与造价的 P50–P90、按期把握、联合把握、造价准备、关键度",
        write_items,
        GREEN,
    ),
    ("龙卷风", "左右投资、滞后与造价的因素；去掉某种风险的变化", write_tornado, ORANGE),
    ("竣工分布", "竣工直方图、汇合偏差", write_finishes, "#BF8F00"),
    (JOINT, "造价与竣工散点、四象限、等联合把握线", write_joint, "#7030A0"),
    ("成因", "滞后分摊到各成因，合计相等", write_causes, RED),
    (LEVERAGE, "某渠道某年少 1 亿元的后果", write_leverage, "#00B0F0"),
    (
        words.APPENDIX,
        "封闭清单逐年达到目标的比例（不是达标概率）、往年与公开记录的对照、扇形图、期望缺口、待入库",
        write_years,
        MID,
    ),
)


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
        home = book.sheet(HOME, tab=DARK)
        contents: list[tuple[str, str]] = []
        left_out: list[str] = []
        checks: list[Check] = []
        taken = {HOME, DIFFERENCES, CHECKS}
        for name, meaning, write, tab in WRITERS:
            for result in results:
                if name == LEVERAGE and not result.leverage:
                    continue
                if name == JOINT and (why := joint_left_out(joint_rows(result))) is not None:
                    left_out.append(f"{name}（{result.run.label}）：{why}")
                    continue
                sheet = stress_sheet(book, name, result, results, tab, taken)
                checks += write(sheet)
                contents.append((sheet.name, meaning))
        if len(results) > 1:
            write_differences(book, DIFFERENCES, results)
            contents.append((DIFFERENCES, "各情景与首个情景在同一运气下的差别"))
        assumed = _assumptions(book, results, taken)
        contents += [(name, "本次用到的全部假设与依据") for name in assumed]
        write_stress_checks(book, CHECKS, results, checks)
        contents.append((CHECKS, "来源、路径数、种子、版本；合计复算"))
        contents += [("（从略）", why) for why in left_out]
        write_home(home, results, contents)
        kept_aside(book, (CHECKS, *assumed))
        home.activate()

    calendar = results[0].calendar
    mark = example_mark(results[0].run.portfolio)
    papers = [result.paper for result in results]
    return made_bytes(fill, calendar, f"{calendar.list_name}压力测试", mark, papers)


def _assumptions(book: Book, results: Sequence[StressResult], taken: set[str]) -> list[str]:
    """One sheet for the first scenario, and one for each whose assumptions differ from it."""
    names = []
    for k, result in enumerate(results):
        if k and _same_assumptions(results[0], result):
            continue
        of = results if k else [result]
        sheet = stress_sheet(book, ASSUMPTIONS, result, of, "#7F7F7F", taken)
        write_assumptions(sheet)
        names.append(sheet.name)
    return names


def _same_assumptions(first: StressResult, other: StressResult) -> bool:
    a, b = first.run.portfolio, other.run.portfolio
    return (
        (a.risk_classes, a.channel_risks, a.realisations, a.risk)
        == (b.risk_classes, b.channel_risks, b.realisations, b.risk)
        and {item.risk_class for item in a.items} == {item.risk_class for item in b.items}
    )  # fmt: skip
