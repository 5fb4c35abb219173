"""表5 预算调整方案：项目附表（草稿）: annexes 2 and 3 of a repair's moves, and their sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from portfolio.model.calendar import Calendar
from portfolio.model.forms import origins as at
from portfolio.model.forms.answers.budget_change import (
    Annex,
    BudgetChange,
    Change,
    ChangeSum,
    budget_change,
)
from portfolio.model.forms.lines import Line, Rank, above
from portfolio.model.forms.source import Source
from portfolio.model.reallocation.result import Reallocation, Verdict
from portfolio.report.tables.fields import Cell, Field, Fields, money, number, text
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form, FormSheet, MoneyUnit, Size
from portfolio.report.tables.forms.heads import form_of
from portfolio.report.tables.forms.planned import ROUNDED
from portfolio.report.words.answers import decisions
from portfolio.report.words.answers.decisions import forbidden_line
from portfolio.report.words.reallocation import level_line

NUMBER, TITLE = "5", "预算调整方案：项目附表（草稿）"
FILE_TITLE = "预算调整方案项目附表（草稿）"
#: What a year's moves are in the law's terms.
ADJUSTING, DRAFTING = "预算调整或调剂", "编入预算草案"


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """A change, or some of them summed; what is said of a change alone is None for a sum."""

    name: str
    changes: tuple[Change, ...]
    no: str | None = None
    alone: bool = False
    approval: str | None = None

    @property
    def one(self) -> Change | None:
        """The change itself."""
        return self.changes[0] if self.alone else None


def quarter_words(quarter: int | None, calendar: Calendar) -> str:
    """A quarter in words; None is too late in its year."""
    if quarter is None:
        return "当年来不及"
    return decisions.quarter_words(calendar, quarter)


def needs_repair(source: Source) -> tuple[str, str] | None:
    """A form of a repair needs a shock and a plan that answers it."""
    run, repair = source.run, source.repair
    if repair is not None:
        return _no_moves(repair)
    if run.portfolio.adjusted is not None:
        return "情景里已有调整后的计划", "请只用原来的冲击情景"
    if not run.changes:
        return "没有冲击情景", "请用 -s 情景 或 --set（如 --set 专项债券:T+1=-30%）给出冲击"
    return None


def _no_moves(repair: Reallocation) -> tuple[str, str] | None:
    if repair.verdict is Verdict.INFEASIBLE:
        return "在规则之内没有可行的调整方案", "请运行 portfolio reallocate（同一情景）看缺在哪里"
    if repair.verdict is Verdict.NONE_FOUND:
        return "没有求得调整方案，也没有证明没有", "请运行 portfolio reallocate（同一情景）看下一步"
    if not repair.moves:
        return "这个情景不需要调整", "换一个冲击更大的情景，或不出本表"
    return None


# --- Columns


def _sum(name: str) -> Callable[[ChangeRow], Cell]:
    return lambda row: sum(getattr(change, name) for change in row.changes)


def _of(told: Callable[[Change], Cell]) -> Callable[[ChangeRow], Cell]:
    return lambda row: None if row.one is None else told(row.one)


def _untold(_: ChangeRow) -> Cell:
    return None


def _filed(source: Source, key: str) -> Callable[[Change], Cell]:
    return lambda change: source.filed(key, None, change.item.no)


_AMOUNTS: tuple[Field[ChangeRow], ...] = (
    money("before_wan", "年初安排", _sum("before_wan"), 11, source=at.LATER),
    money("up_wan", "调增", _sum("up_wan"), 10, source=at.ANSWER),
    money("down_wan", "调减", _sum("down_wan"), 10, source=at.ANSWER),
    money(
        "after_wan",
        "调整后",
        _sum("after_wan"),
        11,
        formula="{before_wan}+{up_wan}-{down_wan}",
        source=at.ANSWER,
    ),
)
SUMMED = ("before_wan", "up_wan", "down_wan", "after_wan")


def _who() -> tuple[Field[ChangeRow], ...]:
    return (
        text("no", "序号", lambda row: row.no or NOT_APPLICABLE, 6, look="centre", source=at.HERE),
        text("name", "项目（大项）", width=32, source=at.LISTED),
        text("code", "项目代码", _of(lambda change: change.item.code), 14, source=at.LISTED),
        text("owner", "主管部门", _of(lambda change: change.item.owner), 14, source=at.LISTED),
    )


def _why(calendar: Calendar) -> tuple[Field[ChangeRow], ...]:
    def decided(change: Change) -> Cell:
        path = change.approval
        return f"{path.body}（最早 {quarter_words(path.effective_quarter, calendar)}）"

    return (
        text("why", "事由", _of(lambda c: "；".join(map(str, c.reasons))), 40, source=at.ANSWER),
        text("approval", "审批路径", _of(decided), 40, source=at.ANSWER),
        text("basis", "依据", _of(lambda change: change.approval.basis), 56, source=at.ANSWER),
    )


FORBIDDEN = "不得新增专项债"


def _light(change: Change) -> Cell:
    return FORBIDDEN if change.forbidden else NOT_APPLICABLE


def _debts(source: Source) -> Fields[ChangeRow]:
    def revenue(change: Change) -> Cell:
        told = source.filed("repayment", None, change.item.no)
        if told is not None:
            return told
        return None if change.revenue is None else f"有无收益：{change.revenue}"

    return Fields(
        name="附件二",
        fields=(
            *_who(),
            text("kind", "债务类型", lambda row: "专项债务" if row.alone else None, 10, source=at.HERE),
            text("subject", "功能科目", _of(_filed(source, "subject")), 10, source=at.FILINGS),
            money("limit_wan", "限额", _untold, 8, source=at.BY_HAND),
            money("balance_wan", "余额", _untold, 8, source=at.BY_HAND),
            *_AMOUNTS,
            text("revenue", "收益来源", _of(revenue), 14, source=at.REPAID),
            text("use", "可否专项债",
                 _of(lambda c: None if c.bond_use is None else str(c.bond_use)), 8,
                        source=at.LISTED),
            text("light", "灯", _of(_light), 12,
                 tone=lambda row: "light 红" if row.one and row.one.forbidden else "",
                 source=at.FORBIDDEN),
            *_why(source.portfolio.calendar),
        ),
    )  # fmt: skip


def _others(source: Source) -> Fields[ChangeRow]:
    return Fields(
        name="附件三",
        fields=(
            *_who(),
            text("subject", "科目", _of(_filed(source, "subject")), 12, source=at.FILINGS),
            *_AMOUNTS,
            *_why(source.portfolio.calendar),
        ),
    )


SUMS: Fields[ChangeRow] = Fields(
    name="汇总",
    fields=(
        text("name", "年度与资金渠道", width=26, source=at.CHANNELS),
        number("cells", "笔数", lambda row: len(row.changes), 8, source=at.ANSWER),
        *_AMOUNTS,
        text("approval", "性质与审批机关", width=36, source=at.ANSWER),
    ),
)


def columns(source: Source) -> dict[str, Fields[ChangeRow]]:
    """The columns by sheet."""
    return {each.name: each for each in (SUMS, _debts(source), _others(source))}


# --- Lines


def _total(change: Sequence[Change], below: Sequence[Line[ChangeRow]]) -> Iterator[Line[ChangeRow]]:
    yield from above(Rank.TOTAL, ChangeRow(name="合计", changes=tuple(change)), below)


def _annex_lines(made: BudgetChange, annex: Annex) -> tuple[Line[ChangeRow], ...]:
    groups = made.of(annex)
    below: list[Line[ChangeRow]] = []
    for k, group in enumerate(groups, start=1):
        parts = [
            Line(
                rank=Rank.PART,
                row=ChangeRow(name=change.item.name, changes=(change,), no=f"{k}.{j}", alone=True),
            )
            for j, change in enumerate(group.changes, start=1)
        ]
        name = f"{group.year}年 {group.channel.name}"
        below += above(Rank.GROUP, ChangeRow(name=name, changes=group.changes, no=str(k)), parts)
    changes = [change for group in groups for change in group.changes]
    return tuple(_total(changes, below)) if changes else ()


def _sum_lines(made: BudgetChange) -> tuple[Line[ChangeRow], ...]:
    years: dict[int, list[ChangeSum]] = {}
    for annex in Annex:
        for group in made.of(annex):
            years.setdefault(group.year, []).append(group)
    below: list[Line[ChangeRow]] = []
    for year in sorted(years):
        parts = [Line(rank=Rank.PART, row=_channel_row(group)) for group in years[year]]
        changes = tuple(change for group in years[year] for change in group.changes)
        word = ADJUSTING if made.voted(year) else DRAFTING
        whole = ChangeRow(name=f"{year}年", changes=changes, approval=word)
        below += above(Rank.GROUP, whole, parts)
    return tuple(_total(made.changes, below))


def _channel_row(group: ChangeSum) -> ChangeRow:
    told = dict.fromkeys(
        f"{change.approval.kind}（{change.approval.body}）" for change in group.changes
    )
    return ChangeRow(name=group.channel.name, changes=group.changes, approval="；".join(told))


# --- The form


def budget_change_form(source: Source) -> Form:
    """Form 5.

    Raises
    ------
    ValueError
        There is no repair to show.
    """
    if source.repair is None:
        raise ValueError("no repair")
    made, said = budget_change(source.repair), source.run.title or source.run.scenario
    fields = columns(source)
    sheets = (
        FormSheet(
            name="汇总",
            title=f"{TITLE}汇总",
            unit=MoneyUnit.YI,
            fields=fields["汇总"],
            lines=_sum_lines(made),
            summed=(*SUMMED, "cells"),
            repeated=1,
            size=Size.A4,
            pages=2,
            notes=_notes(source, made, said),
            played=True,
        ),
        FormSheet(
            name="附件二",
            title=f"{TITLE}——{Annex.DEBT}",
            unit=MoneyUnit.WAN,
            fields=fields["附件二"],
            lines=_annex_lines(made, Annex.DEBT),
            summed=SUMMED,
            breaks=("why",),
            notes=(
                "限额（年初、新增、现）与余额、功能科目由财政填报；附件二合计须等于债务转贷收入增加数。",
                "债券跟着项目走：已发行的改用途按例外办理（见“依据”）；未发行的按限额内调整。",
            ),
            played=True,
        ),
        FormSheet(
            name="附件三",
            title=f"{TITLE}——{Annex.OTHER}",
            unit=MoneyUnit.WAN,
            fields=fields["附件三"],
            lines=_annex_lines(made, Annex.OTHER),
            summed=SUMMED,
            breaks=("why",),
            notes=(
                "项目间调剂不是预算调整；是否减少该本预算总支出、是否调减重点支出，由财政判断。",
            ),
            played=True,
        ),
    )
    years = sorted({change.year for change in made.changes})
    period = f"{years[0]}年" if len(years) == 1 else f"{years[0]}—{years[-1]}年"
    return form_of(source, NUMBER, FILE_TITLE, period, sheets, answers=True)


def _notes(source: Source, made: BudgetChange, said: str) -> tuple[str, ...]:
    repair = source.repair
    drafted = sorted({change.year for change in made.changes if not made.voted(change.year)})
    voted = sorted({change.year for change in made.changes if made.voted(change.year)})
    verdict = "" if repair is None else f"求解：{repair.verdict}。"
    notes = [
        f"情景：{said}。{verdict}本附表为项目层面的草稿，只列有增减的项目和统筹资金，由预算调整方案推算得出。",
        "全口径收支平衡（收入总计＝支出总计）、科目和政府债务限额余额由财政部门编制，本表不平衡、不代替附件一。",
    ]
    if red := forbidden_line(made):
        notes.append(f"红灯：{red}（见附件二“灯”）。")
    if drafted:
        span = f"{drafted[0]}" if len(drafted) == 1 else f"{drafted[0]}—{drafted[-1]}"
        notes.append(f"{span} 年预算尚未批准：列入预算草案（人代会），不是预算调整。")
    if voted:
        notes.append(
            f"{'、'.join(map(str, voted))} 年预算已批准：增加或减少该本预算总支出、增加举债的报本级人大"
            "常委会（预算法第六十七条），总额不变的项目间调剂报本级政府。"
        )
    if untold := level_line([change.approval for change in made.changes]):
        notes.append(f"{untold}。")
    notes += ["年初安排为有增减的项目在该渠道该年的原安排，不是全部项目。", ROUNDED]
    return tuple(notes)
