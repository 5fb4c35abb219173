"""The tables of a plan of starts: every column said once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from portfolio.model.pipeline.reserve import Chosen, Left
from portfolio.model.pipeline.result import CaseResult, HeldFrom
from portfolio.model.pipeline.shown import ChannelLoad, ClassStarts, Effect, PlanYear
from portfolio.report.tables.fields import Cell, Fields, decimal, money, number, ratio, text, year


def _tone(row: PlanYear) -> str:
    return "bad" if row.short_wan else "good"


YEARS = Fields[PlanYear](
    name="逐年",
    fields=(
        year("year", "年份"),
        money("starts_wan", "新开工总投资", short="新开工"),
        money("target_wan", "目标"),
        money("old_wan", "现清单完成（折市重点）", short="现清单", width=14),
        money("new_wan", "新项目完成（折市重点）", short="新项目", width=14),
        money("converted_wan", "合计（折市重点）", short="合计", width=14, tone=_tone),
        money("short_wan", "仍缺", tone=_tone),
        money("played_wan", "放进清单推演", short="推演", width=14),
    ),
)


def _short(row: CaseResult) -> int:
    """What lacks in the years that were to be held."""
    plan = row.shown
    return sum(
        short
        for need, short in zip(plan.need.years, plan.short_wan, strict=True)
        if need.year >= plan.held_from
    )


def _grow(row: CaseResult) -> str | None:
    """By how much limits would have to grow, in words."""
    if row.plan is not None or row.lacking is None:
        return None
    if row.lacking.growth_wan is None:
        return "放宽统筹渠道也不够"
    return growth_text(row)


def growth_text(row: CaseResult) -> str:
    """Channels whose limits would have to grow, and by how much a year."""
    assert row.lacking is not None
    names = {one.channel.id: one.channel.short_name for one in row.need.bearing}
    grown = row.lacking.growth_wan or {}
    return "、".join(f"{names[key]} {wan / 10_000:,.1f}" for key, wan in grown.items())


CASES = Fields[CaseResult](
    name="三种情况",
    fields=(
        text("name", "情况", width=28),
        text(
            "held",
            "目标",
            lambda row: f"{row.shown.held_from} 年起{'守住' if row.plan is not None else '守不住'}",
            16,
        ),
        money("peak_wan", "最高一年新开工", lambda row: row.shown.peak_wan, short="最高一年"),
        money("total_wan", "新开工合计", lambda row: row.shown.total_wan, short="合计"),
        money("short_wan", "仍缺合计", _short, short="仍缺"),
        money("city_wan", "其中统筹渠道", lambda row: row.shown.city_wan, short="统筹"),
        text("growth", "要守住，上限每年须增（亿元）", _grow, 34, look="wrap"),
    ),
)


def _of(which: str) -> Callable[[HeldFrom], Cell]:
    def value(row: HeldFrom) -> Cell:
        return None if row.plan is None else int(getattr(row.plan, which))

    return value


def _before(row: HeldFrom) -> Cell:
    """What lacks in the years before the one from which targets hold."""
    if row.plan is None:
        return None
    pairs = zip(row.plan.need.years, row.plan.short_wan, strict=True)
    return sum(short for need, short in pairs if need.year < row.year)


HELD = Fields[HeldFrom](
    name="从哪一年起守住",
    fields=(
        year("year", "从哪一年起守住", width=16, short="从何年起守住"),
        text(
            "can", "渠道承受得了", lambda row: "是" if row.plan is not None else "否", look="centre"
        ),
        money("peak_wan", "最高一年新开工", _of("peak_wan"), 16, short="最高一年"),
        money("total_wan", "新开工合计", _of("total_wan"), 14, short="合计"),
        money("before_wan", "此前各年仍缺", _before, 14, short="此前缺"),
        money(
            "first_wan",
            "首年新开工",
            lambda row: None if row.plan is None else row.plan.starts_wan[0],
            14,
        ),
        money(
            "unlimited_wan",
            "渠道不限时最高一年",
            lambda row: None if row.unlimited is None else row.unlimited.peak_wan,
            20,
            short="不限渠道时",
        ),
    ),
)
CHOSEN = Fields[Chosen](
    name="选中的储备项目",
    fields=(
        year("year", "开工年"),
        text("code", "项目代码", lambda row: row.candidate.project.code, 18),
        text("name", "项目名称", lambda row: row.candidate.project.name, 30),
        text("class", "类别", lambda row: row.candidate.of.title, 24),
        text("readiness", "成熟度", lambda row: str(row.candidate.project.readiness), 12),
        number("score", "价值评分", lambda row: row.candidate.project.score, 10, short="评分"),
        money("total_wan", "总投资", lambda row: row.candidate.project.total_wan),
        money("planned_wan", "期内到来", lambda row: int(row.money_wan.sum())),
    ),
)
LEFT = Fields[Left](
    name="没有选的储备项目",
    fields=(
        text("code", "项目代码", lambda row: row.project.code, 18),
        text("name", "项目名称", lambda row: row.project.name, 30),
        text("readiness", "成熟度", lambda row: str(row.project.readiness), 12),
        number("score", "价值评分", lambda row: row.project.score, 10, short="评分"),
        money("total_wan", "总投资", lambda row: row.project.total_wan),
        text("reason", "没有选的理由", width=50, look="wrap"),
    ),
)
MOVED = Fields[Effect](
    name="假设及其影响",
    fields=(
        text("name", "假设", lambda row: row.moved.name, 32),
        text("now", "现取", lambda row: row.moved.now, 24),
        text("then", "改为", lambda row: row.moved.then, 24),
        money("peak_wan", "最高一年新开工", width=16, short="最高一年"),
        money("peak_more_wan", "最高一年比现取", width=16, short="增减", signed=True),
        money("total_wan", "新开工合计", width=14, short="合计"),
        money("total_more_wan", "合计比现取", width=14, short="增减", signed=True),
        text(
            "said",
            "结果",
            lambda row: "守不住" if row.peak_wan is None else "守得住",
            10,
            look="centre",
        ),
    ),
)


def channel_fields(years: Sequence[int], shown: Sequence[int] = ()) -> Fields[ChannelLoad]:
    """What channels bear by year, old and new together; `shown` are the years wanted of them."""

    def at(k: int) -> Callable[[ChannelLoad], Cell]:
        return lambda row: row.both_wan[k]

    return Fields(
        name="各渠道",
        fields=(
            text("name", "渠道", lambda row: row.channel.short_name, 26),
            text("kind", "类别", lambda row: str(row.channel.kind), 10),
            money("mean_wan", "计划期年均", short="期内年均"),
            money("limit_wan", "上限"),
            *(
                money(f"y{each}", f"{each}", at(k))
                for k, each in enumerate(years)
                if not shown or each in shown
            ),
            money("most_wan", "最高一年"),
            ratio("growth", "比年均", signed=True),
            money("new_wan", "其中新项目合计", lambda row: sum(row.new_wan), 16, short="新项目"),
        ),
    )


def class_fields(years: Sequence[int]) -> Fields[ClassStarts]:
    """What starts by class and year."""

    def at(k: int) -> Callable[[ClassStarts], Cell]:
        return lambda row: row.starts_wan[k]

    return Fields(
        name="各类",
        fields=(
            text("title", "类别", width=28),
            ratio("part", "占现清单"),
            decimal("years", "投资年限", lambda row: round(row.years, 1)),
            *(money(f"y{each}", f"{each}", at(k)) for k, each in enumerate(years)),
            money("total_wan", "合计"),
        ),
    )
