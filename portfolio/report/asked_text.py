"""What a user asked of a stress test, answered; and what Ctrl-C left undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portfolio.model.study.result import StressResult
from portfolio.report.stress_wording import judged_text, precision_text


def answer_lines(results: Sequence[StressResult], *, every: bool) -> Iterator[str]:
    """The asked precision and each `--fail-if` condition, scenario by scenario.

    Unless `every`, only what ends the command with another code than 0.
    """
    for result in results:
        said = []
        if result.precision is not None and (every or not result.precision.reached):
            said.append(precision_text(result.precision))
        said += [judged_text(judged) for judged in result.judged if every or judged.met]
        for text in said:
            yield f"情景 {result.run.scenario}：{text}"


def undone_line(results: Sequence[StressResult]) -> str | None:
    """What Ctrl-C left undone; None where nothing was."""
    stopped = [result for result in results if result.sampling.interrupted]
    if not stopped:
        return None
    done, asked = len(stopped[0].paths), stopped[0].sampling.asked
    if done < asked:
        return f"已中断：完成 {asked:,} 条路径中的 {done:,} 条，结果只按这些路径统计，文件已写出。"
    return f"已中断：{done:,} 条路径全部完成，逐项去除风险与渠道杠杆没有算完，未列出；文件已写出。"
