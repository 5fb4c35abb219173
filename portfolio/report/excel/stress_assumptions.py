"""Sheet 风险参数: every assumption a stress test used, with its basis."""

from __future__ import annotations

from collections.abc import Iterator

from portfolio.model.portfolio import Portfolio
from portfolio.report.excel.book import LINE, ROW, Book, Worksheet, head_row, put, title
from portfolio.report.excel.stress_blocks import Sheet, parameter_format, put_heading
from portfolio.report.plain_text import lines_needed
from portfolio.report.stress_wording import ASSUMED
from portfolio.report.tables import Cell
from portfolio.report.wording import assumption_lines, scenario_name

HEAD = 3
#: Name columns, numbers, then the basis.
NUMBERS = 10
WIDTHS = (30, 26, *[11] * NUMBERS, 74)
BASIS = 2 + NUMBERS
#: Texts of name and basis leave the cell's edge free.
MARGIN = 2

#: A part: heading, titles of the two names and the numbers, rows of (names, numbers, basis).
Row = tuple[tuple[str, str], tuple[Cell, ...], str]
Part = tuple[str, tuple[str, ...], tuple[Row, ...]]


def parts(portfolio: Portfolio) -> Iterator[Part]:
    """The assumptions by sheet of the input workbook; classes only where an item has them."""
    names = {channel.id: channel.name for channel in portfolio.channels}
    used = {item.risk_class for item in portfolio.items}
    yield (
        "风险类别（有大项的）",
        (
            "类别", "相关组", "极端超支概率", "极端超支尾指数", "一般超支均值", "一般超支离散",
            "超支上限（倍）", "工期对数均值", "工期对数离散", "停工（次/年）", "平均停工（季）",
        ),
        tuple(
            (
                (risk.title, risk.corr_group),
                (
                    risk.p_tail, risk.tail_pareto_alpha, risk.body_mu, risk.body_sd, risk.cost_cap,
                    risk.sched_ln_mu, risk.sched_ln_sigma, risk.stoppages_per_year,
                    risk.stoppage_mean_quarters,
                ),
                risk.provenance,
            )
            for risk in portfolio.risk_classes
            if risk.key in used
        ),
    )  # fmt: skip
    yield (
        "阶段系数（乘在类别的超支与延误上）",
        ("阶段", "", "造价系数", "工期系数"),
        tuple(
            ((row.stage, ""), (row.cost_factor, row.duration_factor), row.provenance)
            for row in portfolio.risk.stage_factors
        ),
    )
    yield (
        "落地率（企业备案投资，代替超支）",
        ("阶段", "", "均值", "离散", "下限", "上限"),
        tuple(
            ((row.stage, ""), (row.mean, row.sd, row.low, row.high), row.provenance)
            for row in portfolio.realisations
        ),
    )
    yield (
        "渠道年度到位率",
        ("渠道", "", "均值", "离散", "延续性", "下限", "上限"),
        tuple(
            (
                (names.get(row.channel_id, row.channel_id), ""),
                (row.mean, row.sd, row.persistence, row.low, row.high),
                row.provenance,
            )
            for row in portfolio.channel_risks
        ),
    )
    yield from _correlations(portfolio, names)
    yield from _register(portfolio)


def _correlations(portfolio: Portfolio, names: dict[str, str]) -> Iterator[Part]:
    risk = portfolio.risk
    judged = "假设：判断（见输入工作簿 相关系数 表）"
    yield (
        "相关系数（正态得分）",
        ("对象", "与", "相关系数"),
        (
            (("任意两个大项的造价", ""), (risk.global_correlation,), judged),
            (("同组大项另加", ""), (risk.group_correlation,), judged),
            (("同一大项的造价与工期", ""), (risk.cost_time_correlation,), judged),
            *(
                (
                    (
                        names.get(pair.channel_id, pair.channel_id),
                        names.get(pair.other_id, pair.other_id),
                    ),
                    (pair.correlation,),
                    pair.provenance,
                )
                for pair in risk.channel_correlations
            ),
        ),
    )


def _register(portfolio: Portfolio) -> Iterator[Part]:
    yield (
        "风险清单（点名的风险）",
        (
            "风险", "影响大项", "发生概率", "造价最低", "造价最可能", "造价最高",
            "工期最低（季）", "工期最可能", "工期最高",
        ),
        tuple(
            (
                (f"{risk.id} {risk.name}", "、".join(str(no) for no in risk.item_nos)),
                (
                    risk.probability, risk.cost_low, risk.cost_likely, risk.cost_high,
                    risk.quarters_low, risk.quarters_likely, risk.quarters_high,
                ),
                risk.provenance,
            )
            for risk in portfolio.risk.register
        ),
    )  # fmt: skip


def write_assumptions(book: Book, sheet: Sheet) -> None:
    """The parts one below the other, the basis in one column."""
    page = sheet.page
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    title(
        book,
        page,
        f"风险参数：本次压力测试用到的全部假设 · {scenario_name(sheet.result.run)}",
        f"凡写“{ASSUMED}”的数都以本页为前提；标“假设”的没有资料直接给出。情景改动已反映在内。"
        "比例与概率以 1 为 100%。",
    )
    row = HEAD
    for heading, titles, rows in parts(sheet.result.run.portfolio):
        row = put_heading(book, page, row, heading)
        if not rows:
            page.write_string(row, 0, "没有。", book.made({}))
            row += 2
            continue
        head_row(book, page, row, [*titles, *[""] * (BASIS - len(titles)), "依据"])
        for names, numbers, basis in rows:
            row += 1
            _row(book, page, row, names, numbers, basis)
        row += 2
    row = put_heading(book, page, row, "其他假设")
    for line in assumption_lines(sheet.result.run):
        page.write_string(row, 0, f"· {line}", book.made({}))
        row += 1
    page.freeze_panes(HEAD, 1)
    page.fit_to_pages(1, 0)


def _row(
    book: Book,
    page: Worksheet,
    row: int,
    names: tuple[str, str],
    numbers: tuple[Cell, ...],
    basis: str,
) -> None:
    wrap = book.style("wrap")
    for column, name in enumerate(names):
        put(page, row, column, name or None, wrap)
    filled = (*numbers, *[None] * (NUMBERS - len(numbers)))
    for column, number in enumerate(filled, start=len(names)):
        put(page, row, column, number, parameter_format(book))
    put(page, row, BASIS, basis, wrap)
    texts = ((names[0], WIDTHS[0]), (names[1], WIDTHS[1]), (basis, WIDTHS[BASIS]))
    lines = max(lines_needed(text, width - MARGIN) for text, width in texts)
    page.set_row(row, max(ROW, 2 + LINE * lines))
