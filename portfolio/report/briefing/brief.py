"""一页纸.docx: one A4 page for who decides: the answer, a table, a picture, who decides by when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from portfolio.model.facts import MONTHS
from portfolio.model.forms.answers.budget_change import budget_change
from portfolio.model.measures.answers.answer import Answer, Hit, RunningAnswer, ShockAnswer, answer
from portfolio.model.measures.answers.decisions import Decision, decisions, repair_decisions
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import drawn_by_item_wan
from portfolio.model.money import yi_text
from portfolio.model.paper import Paper
from portfolio.model.reallocation.result import Reallocation
from portfolio.model.rules.approval import RULE_BY_KIND
from portfolio.report.briefing.blocks import Briefing, Grid, PairBar, Paragraph, Picture, Role
from portfolio.report.briefing.charts import (
    CHINESE_FONTS,
    installed_fonts,
    picture_font,
    picture_png,
)
from portfolio.report.briefing.content import years_picture
from portfolio.report.briefing.document import (
    FANG,
    HEI,
    Face,
    Layout,
    PageSetup,
    docx_bytes,
    fits,
)
from portfolio.report.tables.fields import Fields, money, text
from portfolio.report.tables.office import labelled
from portfolio.report.words import reallocation as repair_words
from portfolio.report.words.answers.answer import answer_sentence
from portfolio.report.words.answers.decisions import decision_line, forbidden_line
from portfolio.report.words.outlook import example_mark
from portfolio.report.words.paper import NUMBER, signing_line

#: On every page of what is played.
PLAYED_NOT_COUNTED = "推演，非统计"
#: Fonts of GB/T 9704: named in the file, not put into it.
XIAOBIAOSONG, KAI = "方正小标宋简体", "楷体"
FONTS = (XIAOBIAOSONG, FANG, HEI, KAI)
#: What fonts are called where their files tell another name.
OTHER_NAMES = {
    XIAOBIAOSONG: ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"),
    FANG: ("FangSong", "STFangsong"),
    HEI: ("SimHei", "STHeiti"),
    KAI: ("KaiTi", "STKaiti"),
}
#: Items in the table, the most first; fewer where the page would overflow.
SHOWN_ITEMS = (5, 4, 3, 2)
#: Height of the picture.
PICTURE_HEIGHTS_MM = (50.0, 44.0, 38.0, 33.0)
#: Years drawn: so many before the answer's year, so many after it.
BEFORE, AFTER = 1, 4
SHOWN_DECISIONS, SHOWN_OMITS = 3, 2
_NUMERALS = "一二三四五六"
#: What no played page can hold.
NOT_IN_PLAY = "以后入库的项目，物价、利率与政策变化，中途追加额度或压缩内容"


def brief_bytes(
    run: RunResult, repair: Reallocation | None = None, *, fonts: Sequence[str] = CHINESE_FONTS
) -> bytes:
    """The page as a Word file; equal runs give equal bytes.

    `fonts` are looked for in turn for the picture; without any of them the page says so.
    """
    font = picture_font(fonts)
    found = answer(run)
    made, layout = _fitted(run, found, repair, drawn=font is not None)
    drawings = [
        picture_png(picture, font, layout.page.picture_mm)
        for picture in made.pictures
        if font is not None
    ]
    return docx_bytes(made, layout, drawings)


def brief_lines(run: RunResult, repair: Reallocation | None = None) -> tuple[str, ...]:
    """The page's paragraphs as plain text, without its table and picture."""
    made = brief(run, answer(run), repair, items=SHOWN_ITEMS[0])
    return tuple(paragraph.plain for paragraph in (*made.text, *made.closing))


def fonts_line() -> str:
    """Which fonts the page is set in, and which of them this machine doesn't have."""
    there = installed_fonts()
    lacking = [name for name in FONTS if not there & {name, *OTHER_NAMES[name]}]
    told = f"版式按 GB/T 9704：标题{XIAOBIAOSONG}、正文三号{FANG}，字体只写名称、不嵌入文件"
    if not lacking:
        return f"{told}。"
    return f"{told}；本机没有{'、'.join(lacking)}，打开时由文字处理软件以相近字体代替，请以装有这些字体的机器打印。"


# --- How it is set


#: Margins of GB/T 9704; room for a line or two is held back, for word processors differ.
PAGE = PageSetup(
    pages=1,
    margins_mm=(37.0, 35.0, 28.0, 26.0),
    footer_mm=22.0,
    picture_mm=(152.0, PICTURE_HEIGHTS_MM[0]),
    spare=18.0,
    fonts={
        Role.TITLE: XIAOBIAOSONG,
        Role.SUBTITLE: KAI,
        Role.LEAD: FANG,
        Role.HEADING: HEI,
        Role.BODY: FANG,
        Role.CAPTION: HEI,
        Role.NOTE: FANG,
    },
    cells=FANG,
    numbered=False,
)


def _layouts() -> Iterator[Layout]:
    """From 二号 and 三号 down, the letters of the lists before those of the answer.

    The picture gives way before letters become smaller than 五号.
    """
    for title, lead in ((22.0, 16.0), (20.0, 15.0), (18.0, 14.0), (16.0, 12.0)):
        for body in (14.0, 12.0, 11.0, 10.5, 10.0, 9.5, 9.0):
            for height in PICTURE_HEIGHTS_MM:
                if body < lead and (body >= 10.5 or lead <= 14.0):
                    yield _layout(title, lead, body, height)


def _layout(title: float, lead: float, body: float, height_mm: float) -> Layout:
    small = min(body, max(9.0, body - 1.5))
    return Layout(
        faces={
            Role.TITLE: Face(size=title, line=round(title * 1.35, 1), after=2),
            Role.SUBTITLE: Face(size=small, line=small * 1.4, after=4),
            Role.LEAD: Face(size=lead, line=round(lead * 1.75, 1), after=2, indent=2),
            Role.HEADING: Face(size=body, line=body * 1.5),
            Role.BODY: Face(size=body, line=round(body * 1.5, 1), indent=2),
            Role.CAPTION: Face(size=small, line=small * 1.4, before=3, after=1),
            Role.NOTE: Face(size=9.0, line=12.0, before=2),
        },
        table=Face(size=small, line=round(small * 1.35, 1)),
        page=replace(PAGE, picture_mm=(PAGE.picture_mm[0], height_mm)),
    )


def _fitted(
    run: RunResult, found: Answer, repair: Reallocation | None, *, drawn: bool
) -> tuple[Briefing, Layout]:
    """The largest letters with which it stays on the page; where none do, fewer items."""
    for items in SHOWN_ITEMS:
        made = brief(run, found, repair, items=items)
        for layout in _layouts():
            if fits(made, layout, drawn=drawn):
                return made, layout
    return made, layout


# --- What stands on it


def brief(run: RunResult, found: Answer, repair: Reallocation | None, *, items: int) -> Briefing:
    """The page's content with so many items in its table."""
    rows = decisions(run, found) if repair is None else repair_decisions(repair)
    title = _title(run, found)
    return Briefing(
        title=title,
        text=(
            Paragraph(text=title, role=Role.TITLE),
            Paragraph(text=_subtitle(run), role=Role.SUBTITLE),
            Paragraph(text=answer_sentence(run), role=Role.LEAD),
        ),
        grids=(_grid(run, found, items),),
        pictures=tuple(filter(None, (_picture(run, found),))),
        closing=(
            Paragraph(lead="谁定、何时定：", text=_decided(rows, run, repair)),
            Paragraph(lead="三条假设：", text=_numbered(_assumptions(run, rows))),
            Paragraph(lead="未含事项：", text=f"{'；'.join(_left_out(run, repair))}。"),
            *_signed(brief_paper(run, repair)),
        ),
        footer=f"{PLAYED_NOT_COUNTED}{example_mark(run.portfolio)}　数据来源：{run.workbook}"
        f"（sha256 {run.workbook_sha256[:12]}）；程序版本 {run.version}；情景：{run.label}",
    )


def brief_paper(run: RunResult, repair: Reallocation | None = None) -> Paper:
    """Who made the page, and the number of the plan that it is about."""
    return run.paper if repair is None else repair.paper


def _signed(paper: Paper) -> tuple[Paragraph, ...]:
    """The line that is signed, and below it the number."""
    signed = signing_line(replace(paper, number=""))
    number = [f"{NUMBER}：{paper.number}"] if paper.number else []
    return tuple(Paragraph(text=line, role=Role.NOTE) for line in (signed, *number))


def _title(run: RunResult, found: Answer) -> str:
    if run.changes:
        # What stands in brackets is told in the sentence below.
        return f"{re.sub('（[^）]*）$', '', run.title) or run.label}的影响"
    return f"{found.year}年投资完成情况（{'推演' if run.portfolio.facts is None else '预计'}）"


def _subtitle(run: RunResult) -> str:
    """That it is played, up to when it is facts, and the unit."""
    facts, parts = run.portfolio.facts, [PLAYED_NOT_COUNTED]
    if facts is not None and facts.asof_months:
        year, month = divmod(facts.asof_months - 1, MONTHS)
        until = f"{run.calendar.first_year + year}年{month + 1}月底"
        parts.append(f"截至{until}为执行数{example_mark(run.portfolio)}，其后为推演")
    return f"（{'；'.join(parts)}）"


def _numbered(lines: Sequence[str]) -> str:
    """`一是…；二是…；三是…。`."""
    told = (
        f"{numeral}是{line.rstrip('。')}" for numeral, line in zip(_NUMERALS, lines, strict=False)
    )
    return f"{'；'.join(told)}。"


def _decided(rows: Sequence[Decision], run: RunResult, repair: Reallocation | None) -> str:
    """The first decisions by date; with a repair its verdict before them."""
    told = [decision_line(row, run.calendar) for row in rows[:SHOWN_DECISIONS]]
    if any(not row.path.body_known for row in rows[:SHOWN_DECISIONS]):
        told[-1] += "（级次未填，写“本级”）"
    more = len(rows) - len(told)
    if more > 0:
        told.append(f"另有 {more} 项见 {repair_words.PLAN_FILE}")
    if repair is None:
        return f"{'；'.join(told)}。"
    verdict = repair_words.verdict_line(repair).rstrip("。")
    red = forbidden_line(budget_change(repair))
    told = [f"调整方案{verdict}", *([f"但{red}"] if red else []), *told]
    return f"{'；'.join(told)}。"


def _assumptions(run: RunResult, rows: Sequence[Decision]) -> tuple[str, ...]:
    """Three: what the scenario supposes, what the plan rests on, what the deadlines rest on."""
    used = [change for change in run.changes if not change.overridden_by and not change.past]
    if used:
        first = used[0]
        more = f"等 {len(used)} 处" if len(used) > 1 else ""
        supposed = (
            f"情景为设想：{first.quantity}由 {first.old} 改为 {first.new}{more}，其余与基准相同"
        )
    elif run.changes:
        supposed = "情景的改动都在截至月以前，不影响推演"
    else:
        supposed = "未执行的月份按现有额度、前置条件和实施能力逐季推演，不中途应变"
    timing = next((a for row in rows if (a := RULE_BY_KIND[row.kind].assumed)), "")
    timing = re.split("[；。]", re.sub("（[^）]*）", "", timing))[0]
    return (
        supposed,
        "投资节奏、未填的年度额度、资金结构和入列系数为假设，不是批复",
        f"审批时限{timing}" if timing else "审批时限按现行规定计",
    )


def _left_out(run: RunResult, repair: Reallocation | None) -> tuple[str, ...]:
    """What the page can't say: the scenario's own limits first."""
    omits = [line.rstrip("。") for line in run.omits[:SHOWN_OMITS]]
    no_repair = "，未求调整方案" if repair is None and run.changes else ""
    return (*omits, NOT_IN_PLAY, f"本页未做压力测试，不含达标概率{no_repair}")


# --- The table


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the table: the whole, an item, or the rest.

    before_wan, now_wan : the baseline's play and the scenario; or the plan and what comes about
    years_wan : missing over the years told together; None where only one year is told
    late : how the finish changes, or how late it is
    """

    name: str
    before_wan: int
    now_wan: int
    years_wan: int | None = None
    late: str = "—"

    @property
    def change_wan(self) -> int:
        """More than before; negative for less."""
        return self.now_wan - self.before_wan


def _grid(run: RunResult, found: Answer, items: int) -> Grid:
    if isinstance(found, ShockAnswer):
        return _shock_grid(run, found, items)
    return _running_grid(run, found, items)


def _shock_grid(run: RunResult, found: ShockAnswer, items: int) -> Grid:
    """The whole first, then the items that lose most in the year, then all others together."""
    first = found.hits[:items]
    whole = Line(
        name="合计",
        before_wan=found.base_wan[0],
        now_wan=found.drawn_wan[0],
        years_wan=-found.less_years_wan,
    )
    shown = [_hit_line(hit) for hit in first]
    rest = Line(
        name=f"其余 {len(run.portfolio.items) - len(shown)} 个大项",
        before_wan=whole.before_wan - sum(line.before_wan for line in shown),
        now_wan=whole.now_wan - sum(line.now_wan for line in shown),
        years_wan=-found.less_years_wan - sum(line.years_wan or 0 for line in shown),
    )
    span = f"{found.years[0]}—{found.years[-1]}年"
    fields = Fields[Line](
        name="影响",
        fields=(
            text("name", "大项", width=36),
            money("before_wan", f"{found.year}年基准", width=26),
            money("now_wan", "本情景", width=20),
            money("change_wan", "较基准", width=18, signed=True),
            money("years_wan", f"{span}较基准", width=40, signed=True),
            text("late", "竣工较基准", width=22, look="right"),
        ),
    )
    return Grid(
        caption=f"完成投资受影响的大项（{_of(len(first), len(found.hits))}，单位：亿元）",
        table=fields.of((whole, *shown, rest)),
    )


def _of(shown: int, among: int) -> str:
    return f"前 {shown} 个，共 {among} 个" if shown < among else f"共 {among} 个"


def _hit_line(hit: Hit) -> Line:
    later = "—" if hit.later is None else f"迟 {hit.later} 季" if hit.later > 0 else "不变"
    if hit.later is not None and hit.later < 0:
        later = f"早 {-hit.later} 季"
    return Line(
        name=labelled(hit.item),
        before_wan=hit.base_wan,
        now_wan=hit.drawn_wan,
        years_wan=-hit.less_years_wan,
        late=later,
    )


def _running_grid(run: RunResult, found: RunningAnswer, items: int) -> Grid:
    """The whole first, then the items that lack most to their plan, then all others together."""
    shown = [
        Line(
            name=labelled(row.item),
            before_wan=row.plan_wan,
            now_wan=row.drawn_wan,
            late=_lateness(run, run.portfolio.position[row.item.no]),
        )
        for row in found.short[:items]
    ]
    whole = Line(name="合计", before_wan=found.this.plan_wan, now_wan=found.this.drawn_wan)
    rest = Line(
        name=f"其余 {len(run.portfolio.items) - len(shown)} 个大项",
        before_wan=whole.before_wan - sum(line.before_wan for line in shown),
        now_wan=whole.now_wan - sum(line.now_wan for line in shown),
    )
    expected = "推演" if run.portfolio.facts is None else "预计"
    fields = Fields[Line](
        name="年度",
        fields=(
            text("name", "大项", width=56),
            money("before_wan", f"{found.year}年度计划", width=26),
            money("now_wan", f"{expected}完成", width=24),
            money("change_wan", "与年度计划差额", width=28, signed=True),
            text("late", "竣工", width=26, look="right"),
        ),
    )
    told = (
        f"低于年度计划的大项{_of(len(shown), len(found.short))}"
        if shown
        else "各大项都不低于年度计划"
    )
    return Grid(
        caption=f"完成投资与年度计划（{told}，单位：亿元）",
        table=fields.of((whole, *shown, rest)),
    )


def _lateness(run: RunResult, index: int) -> str:
    outcome = run.outcome
    if not outcome.is_late(index):
        return "按期"
    quarters = outcome.delay_quarters(index)
    return "未竣工" if quarters is None else f"滞后 {quarters} 季"


# --- The picture


def _picture(run: RunResult, found: Answer) -> Picture | None:
    """The years around the answer's: without and with the scenario, or against the targets."""
    first, last = run.calendar.first_year, run.calendar.last_plan_year
    low = max(first, min(found.year - BEFORE, last - BEFORE - AFTER))
    years = range(low, min(last, low + BEFORE + AFTER) + 1)
    if isinstance(found, RunningAnswer):
        return years_picture(run, years)
    now = drawn_by_item_wan(run.outcome).sum(axis=1)
    base = drawn_by_item_wan(run.baseline_outcome).sum(axis=1)
    pairs = tuple(
        PairBar(year=year, base_wan=int(base[year - first]), drawn_wan=int(now[year - first]))
        for year in years
    )
    told = "；".join(
        f"{bar.year} 年 {yi_text(bar.base_wan)} → {yi_text(bar.drawn_wan)}" for bar in pairs
    )
    return Picture(
        caption="各年完成投资：基准与本情景（单位：亿元；柱上为差额）",
        words=f"各年完成投资，基准与本情景（亿元）：{told}。",
        bars=pairs,
    )
