"""Sheet 风险参数: every assumption a stress test used, with its basis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from portfolio.model.portfolio import Portfolio
from portfolio.model.risk import RiskSettings
from portfolio.report.excel.blocks import placed
from portfolio.report.excel.stress.sheet import StressSheet
from portfolio.report.excel.styles import ROW
from portfolio.report.tables.fields import Field, Fields, Table, number, text
from portfolio.report.words.run import assumption_lines, scenario_name
from portfolio.report.words.stress import ASSUMED

HEAD = 3
#: Name columns, numbers, then the basis.
NUMBERS = 9
WIDTHS = (30, 26, *[11] * NUMBERS, 74)
BASIS = 2 + NUMBERS

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


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """How two things hang together, by what they are called."""

    name: str
    other: str | None
    correlation: float
    provenance: str


#: Numbers by the attribute that holds them.
CLASS = {
    "p_tail": "极端超支概率", "tail_pareto_alpha": "极端超支尾指数", "body_mu": "一般超支均值",
    "body_sd": "一般超支离散", "cost_cap": "超支上限（倍）", "sched_ln_mu": "工期对数均值",
    "sched_ln_sigma": "工期对数离散", "stoppages_per_year": "停工（次/年）",
    "stoppage_mean_quarters": "平均停工（季）",
}  # fmt: skip
STAGE = {"cost_factor": "造价系数", "duration_factor": "工期系数"}
REALISED = {"mean": "均值", "sd": "离散", "low": "下限", "high": "上限"}
RECEIPT = {"mean": "均值", "sd": "离散", "persistence": "延续性", "low": "下限", "high": "上限"}
REGISTER = {
    "probability": "发生概率", "cost_low": "造价最低", "cost_likely": "造价最可能",
    "cost_high": "造价最高", "quarters_low": "工期最低（季）", "quarters_likely": "工期最可能",
    "quarters_high": "工期最高",
}  # fmt: skip


BUNDLES = {
    "life_quarters": "项目寿命（季）", "stretch_bps": "批次拉长（万分比）",
    "project_wan": "单个项目（万元）", "size_cv2": "规模离散（CV²）",
    "floor_bps": "额度下限（万分比）",
}  # fmt: skip


def _name(title: str, value: Callable[[Any], str | None] | None = None) -> Field[Any]:
    return text("name", title, value, look="wrap")


def _other(title: str, value: Callable[[Any], str | None] | None = None) -> Field[Any]:
    return text("other", title, value, look="wrap")


def _part(heading: str, names: tuple[Field[Any], ...], numbers: Mapping[str, str]) -> Fields[Any]:
    """A part: one or two names, numbers, the basis."""
    looks: Iterator[Field[Any]] = (
        number(key, title, look="parameter") for key, title in numbers.items()
    )
    basis: Field[Any] = text("provenance", "依据", look="wrap")
    return Fields[Any](name=heading, fields=(*names, *looks, basis))


def parts(portfolio: Portfolio) -> Iterator[Table[Any]]:
    """The assumptions by sheet of the input workbook; classes only where an item has them."""
    risk, names = portfolio.risk, {channel.id: channel.name for channel in portfolio.channels}
    used = {item.risk_class for item in portfolio.items}
    stage = (_name("阶段", lambda row: row.stage),)
    yield _part(
        "风险类别（有大项的）",
        (
            _name("类别", lambda row: row.title),
            _other("相关组", lambda row: row.corr_group or None),
        ),
        CLASS,
    ).of(row for row in portfolio.risk_classes if row.key in used)
    yield _part("阶段系数（乘在类别的超支与延误上）", stage, STAGE).of(risk.stage_factors)
    yield _part("落地率（企业备案投资，代替超支）", stage, REALISED).of(portfolio.realisations)
    channel = _name("渠道", lambda row: names.get(row.channel_id, row.channel_id))
    yield _part("渠道年度到位率", (channel,), RECEIPT).of(portfolio.channel_risks)
    yield _part(
        "相关系数（正态得分）", (_name("对象"), _other("与")), {"correlation": "相关系数"}
    ).of(_correlations(risk, names))
    yield _part(
        "风险清单（点名的风险）",
        (
            _name("风险", lambda row: f"{row.id} {row.name}"),
            _other("影响大项", lambda row: "、".join(str(no) for no in row.item_nos) or None),
        ),
        REGISTER,
    ).of(risk.register)
    if risk.bundles is not None:
        batch = _name("适用", lambda row: "投资节奏为“项目群”的大项")
        yield _part("批次参数", (batch,), BUNDLES).of((risk.bundles,))


def _correlations(risk: RiskSettings, names: Mapping[str, str]) -> Iterator[Correlation]:
    for name, key, basis in (
        ("任意两个大项的造价", "global_correlation", EVERYWHERE_BASIS),
        ("同组大项另加", "group_correlation", GROUP_BASIS),
        ("同一大项的造价与工期", "cost_time_correlation", COST_TIME_BASIS),
    ):
        value = getattr(risk, key)
        said = basis if value == getattr(RiskSettings, key) else CHANGED
        yield Correlation(name=name, other=None, correlation=value, provenance=said)
    for pair in risk.channel_correlations:
        yield Correlation(
            name=names.get(pair.channel_id, pair.channel_id),
            other=names.get(pair.other_id, pair.other_id),
            correlation=pair.correlation,
            provenance=pair.provenance,
        )


def write_assumptions(sheet: StressSheet) -> None:
    """The parts one below the other, the basis in one column."""
    run = sheet.result.run
    sheet.set_widths(WIDTHS)
    sheet.title(
        f"风险参数：本次压力测试用到的全部假设 · {scenario_name(run)}",
        f"凡写“{ASSUMED}”的数都以本页为前提；标“假设”的没有资料直接给出。情景改动已反映在内。"
        "比例与概率以 1 为 100%。",
    )
    row = HEAD
    for table in parts(run.portfolio):
        row = _write_part(sheet, table, sheet.put_heading(row, table.name))
    row = sheet.put_heading(row, "其他假设")
    for at, line in enumerate(assumption_lines(run), start=row):
        sheet.put(at, 0, f"· {line}")
    sheet.freeze_panes(HEAD, 1)


def _write_part(sheet: StressSheet, table: Table[Any], row: int) -> int:
    """A part; a name alone stands over both columns of names. The row below, after an empty one."""
    if not table.rows:
        sheet.put(row, 0, "没有。")
        return row + 2
    alone = "other" not in table.fields.by_key
    block = placed(table, row)
    places = {key: place + (alone and key != "name") for key, place in block.places.items()}
    block = replace(block, places={**places, "provenance": BASIS})
    name, shown = block.places["name"], table.fields
    titles = [field.title for field in shown if field.key != "provenance"]
    sheet.head_row(row, [*titles[:1], "", *titles[1:]] if alone else titles)
    widths = [WIDTHS[block.places[field.key]] for field in shown]
    if alone:
        sheet.put_over((row, name), (row, name + 1), shown["name"].title, "head")
        shown = shown.view(*(field.key for field in shown if field.key != "name"))
        widths[0] = sum(WIDTHS[:2])
    sheet.put(row, BASIS, "依据", "head")
    for at, each in enumerate(table.rows, start=block.first):
        if alone:
            said = str(table.fields["name"].value(each))
            sheet.put_over((at, name), (at, name + 1), said, "wrap")
        sheet.put_rows(shown.of([each]), replace(block, first=at))
    sheet.fit_rows(table, block, widths, least=ROW)
    return block.below
