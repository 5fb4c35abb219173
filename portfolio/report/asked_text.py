"""What a user asked of a stress test, answered; and what Ctrl-C left undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.study.result import Precision, StressResult
from portfolio.report.stress_wording import answer_text, judged_text, precision_text


def answer_lines(results: Sequence[StressResult], *, every: bool) -> Iterator[str]:
    """The asked precision and each `--fail-if` condition, scenario by scenario.

    Unless `every`, only what ends the command with another code than 0.
    """
    for result in results:
        said = []
        if result.precision is not None and (every or not result.precision.reached):
            said.append(asked_precision_text(result.calendar, result.precision))
        said += [
            judged_text(result.calendar, judged) for judged in result.judged if every or judged.met
        ]
        for text in said:
            yield f"情景 {result.run.scenario}：{text}"


def asked_precision_text(calendar: Calendar, precision: Precision) -> str:
    """Whether the asked quantity is as sure as asked; a finish after the play never is."""
    if not precision.open_ended:
        return precision_text(calendar, precision)
    return (
        f"所问 {precision.answer.text} ＝ {answer_text(calendar, precision.answer)}，"
        f"推演期内（至 {calendar.last_play_year}Q4）无法确定，尚未达到所要求的精度。"
    )


def undone_line(results: Sequence[StressResult], *, stopped: bool = False) -> str | None:
    """What Ctrl-C (`stopped`, or as the results tell) left undone; None where it never came."""
    for result in results:
        done, asked = len(result.paths), result.sampling.asked
        if done < asked:
            return (
                f"已中断：完成 {asked:,} 条路径中的 {done:,} 条，结果只按这些路径统计，文件已写出。"
            )
    done = len(results[0].paths)
    if any(result.sampling.extras_skipped for result in results):
        return (
            f"已中断：{done:,} 条路径全部完成，逐项去除风险与渠道杠杆没有算完，未列出；文件已写出。"
        )
    return f"已中断：{done:,} 条路径全部完成，文件已写出。" if stopped else None
