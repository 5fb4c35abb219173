"""The words of a yearly investment plan: 建设性质, 建设起止年限, 年度建设目标, 备注."""

from __future__ import annotations

from fractions import Fraction

from portfolio.model.calendar import Calendar
from portfolio.model.gates import Gate
from portfolio.model.items import assumption, evidence_ids
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.year_to_date import Batch, Life, batch_in
from portfolio.model.measures.years import percent_number
from portfolio.report.words.run import awaited_text, causes_text, finish_text, quarter_text

#: 建设性质 of the batches.
NATURES = {
    Batch.COMPLETED: "建成",
    Batch.UNDER_WAY: "续建",
    Batch.STARTED: "新开工",
    Batch.RESERVE: "前期",
}
#: 建设性质 and batch of an item that was finished before the year and still has planned money in it.
DONE, DONE_BATCH = "已建成", "已投产"
#: A start is a start of money: what a reader must not take for the day work began on the ground.
STARTS = (
    "开工年份由计划推出：没有逐年填写的大项，投资节奏从<first>年起（假设），"
    "因此<first>年集中开工，不等于实际开工时间。"
)
BEGUN, REACHED = "开工建设，", "形象进度达到"
ALMOST = Fraction(999, 1000)


def nature_text(life: Life, year: int) -> str:
    """建设性质 in a year: 建成, 续建, 新开工, 前期; 已建成 for one finished before."""
    batch = batch_in(life, year)
    return DONE if batch is None else NATURES[batch]


def batch_text(life: Life, year: int) -> str:
    """The batch of a year as a word; 已投产 for an item finished before."""
    return batch_in(life, year) or DONE_BATCH


def span_text(calendar: Calendar, life: Life) -> str:
    """建设起止年限: `2021—2027`, `2021年前—2030`, `2023—2045以后`, 未开工."""
    if life.start is None and not life.begun_before:
        return "未开工"
    first = f"{calendar.first_year}年前" if life.begun_before else str(life.start)
    last = f"{calendar.last_play_year}以后" if life.finish is None else str(life.finish)
    return first if first == last else f"{first}—{last}"


def goal_text(planned: Life, played: Life, year: int, expected: Fraction, reached: Fraction) -> str:
    """年度建设目标: what the plan comes to by the year's end, and the play where it differs.

    expected, reached : progress at the year's end at approved cost, by plan and by play
    """
    plan, play = _came_to(planned, year, expected), _came_to(played, year, reached)
    if plan == play:
        return plan
    if batch_in(planned, year) is None:
        return f"{play}（计划{planned.finish}年建成）"
    if plan.startswith(BEGUN):
        play = play.removeprefix(BEGUN)
    return f"{plan}（推演{play.removeprefix(REACHED)}）"


def _came_to(life: Life, year: int, progress: Fraction) -> str:
    """What an item has come to by a year's end."""
    batch = batch_in(life, year)
    if batch is None or batch is Batch.COMPLETED:
        return DONE if batch is None else "建成"
    if batch is Batch.RESERVE:
        return "开展前期工作"
    # What is not finished is never 100.0 %.
    percent = percent_number(min(progress, ALMOST))
    reached = f"{REACHED}{percent}%"
    if batch is Batch.STARTED:
        return BEGUN.rstrip("，") if percent == "0.0" else f"{BEGUN}{reached}"
    return reached


def remark_text(result: RunResult, index: int, life: Life, year: int) -> str:
    """备注: the delay and its causes, gates still shut when the year begins, where it is from."""
    notes = [_delay_note(result, index), *_gate_notes(result, index, year)]
    if batch_in(life, year) is None:
        notes.append(
            f"推演已于{finish_text(result.calendar, result.outcome, index)}竣工，计划在本年仍有安排"
        )
    notes.append(_source_note(result.portfolio.items[index].provenance))
    return "；".join(note for note in notes if note)


def _delay_note(result: RunResult, index: int) -> str:
    portfolio, outcome = result.portfolio, result.outcome
    if not outcome.is_late(index):
        return ""
    delay = outcome.delay_quarters(index)
    planned = quarter_text(result.calendar, outcome.planned_finish[index])
    causes = causes_text(portfolio, outcome.causes[index], index)
    late = (
        "推演期内未竣工"
        if delay is None
        else f"推演{finish_text(result.calendar, outcome, index)}，滞后{delay}季"
    )
    return f"计划{planned}竣工，{late}" + (f"（{causes}）" if causes else "")


def _gate_notes(result: RunResult, index: int, year: int) -> list[str]:
    """The binding gates of an item that are shut when the year begins."""
    portfolio, no = result.portfolio, result.portfolio.items[index].no
    return [
        _gate_note(result, gate, opened)
        for gate, opened in zip(portfolio.gates, result.outcome.gate_opened, strict=True)
        if gate.succ_no == no
        and portfolio.binds(gate)
        and (opened is None or opened >= result.calendar.quarter_of(year))
        and opened != 0
    ]


def _gate_note(result: RunResult, gate: Gate, opened: int | None) -> str:
    pred = result.portfolio.item(gate.pred_no)
    opens = "推演未放行" if opened is None else f"推演{result.calendar.quarter_label(opened)}放行"
    return f"前置条件：{pred.label}{awaited_text(gate, pred)}（{opens}）"


def _source_note(provenance: str) -> str:
    """依据 in short: the ids, and that the rest is assumed where it is."""
    ids = "、".join(evidence_ids(provenance))
    if assumption(provenance) is None:
        return f"依据：{ids}" if ids else ""
    return f"依据：{ids}，其余为假设" if ids else "依据：假设"
