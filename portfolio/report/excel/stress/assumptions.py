"""Sheet 风险参数: every assumption a stress test used, with its basis."""

from __future__ import annotations

from collections.abc import Iterator

from portfolio.model.portfolio import Portfolio
from portfolio.model.risk import RiskSettings
from portfolio.report.excel.blocks import Sheet, parameter_format, put_heading
from portfolio.report.excel.book import LINE, ROW, Book, Worksheet, head_row, put, title
from portfolio.report.screen.console import lines_needed
from portfolio.report.tables.fields import Cell
from portfolio.report.words.run import assumption_lines, scenario_name
from portfolio.report.words.stress import ASSUMED

HEAD = 3
#: Name columns, numbers, then the basis.
NUMBERS = 9
WIDTHS = (30, 26, *[11] * NUMBERS, 74)
BASIS = 2 + NUMBERS
#: Texts of name and basis leave the cell's edge free.
MARGIN = 2

#: Bases of the usual correlations that belong to no pair of channels, as the sheet 相关系数 of the
#: input workbook has them; source: data/risk/correlation.md, sections 1 and 2.
EVERYWHERE_BASIS = (
    "假设：没有找到同一城市公共工程之间相关程度的公开估计，借用国防与航天成本估算的惯例"
    "（美国空军与多机构成本风险手册缺省 0.25—0.3，未核原文），数值为判断"
)
GROUP_BASIS = (
    "假设：没有找到同一城市公共工程之间相关程度的公开估计，同组合计 0.30，取惯例的上沿；数值为判断"
)
COST_TIME_BASIS = "假设：工期越长造价越高（Flyvbjerg等2004年对项目时长与超支的研究），数值为判断"
CHANGED = "假设：由输入工作簿的 相关系数 表或情景给出，不同于缺省值，依据见该处"

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
    yield (
        "相关系数（正态得分）",
        ("对象", "与", "相关系数"),
        (
            *(
                ((label, ""), (value,), basis if value == usual else CHANGED)
                for label, value, usual, basis in (
                    (
                        "任意两个大项的造价",
                        risk.global_correlation,
                        RiskSettings.global_correlation,
                        EVERYWHERE_BASIS,
                    ),
                    (
                        "同组大项另加",
                        risk.group_correlation,
                        RiskSettings.group_correlation,
                        GROUP_BASIS,
                    ),
                    (
                        "同一大项的造价与工期",
                        risk.cost_time_correlation,
                        RiskSettings.cost_time_correlation,
                        COST_TIME_BASIS,
                    ),
                )
            ),
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
        head_row(book, page, row, titles)
        named = 2 if titles[1] else 1
        if named == 1:
            page.merge_range(row, 0, row, 1, titles[0], book.style("head"))
        put(page, row, BASIS, "依据", book.style("head"))
        used = len(titles) - 2
        for names, numbers, basis in rows:
            row += 1
            _row(book, page, row, names[:named], numbers[:used], basis)
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
    names: tuple[str, ...],
    numbers: tuple[Cell, ...],
    basis: str,
) -> None:
    """An assumption: its names (one alone over both columns), its numbers, its basis."""
    wrap = book.style("wrap")
    widths: tuple[float, ...] = WIDTHS[:2]
    if len(names) == 1:
        page.merge_range(row, 0, row, 1, names[0], wrap)
        widths = (sum(WIDTHS[:2]),)
    else:
        for column, name in enumerate(names):
            put(page, row, column, name or None, wrap)
    for column, number in enumerate(numbers, start=2):
        put(page, row, column, number, parameter_format(book))
    put(page, row, BASIS, basis, wrap)
    texts = (*zip(names, widths, strict=True), (basis, WIDTHS[BASIS]))
    lines = max(lines_needed(text, width - MARGIN) for text, width in texts)
    page.set_row(row, max(ROW, 2 + LINE * lines))
