"""What stress and replay share: the options by which the luck is drawn, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portfolio.model.calendar import Calendar
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.problems import Problem
    from portfolio.sim.stress import Luck

#: Told what is being done, how much of it is done, and of how much.
Told = Callable[[str, int, int], None]

PATHS, SEED = 2_000, 1
MOST_PATHS = 1_000_000
MOST_SEED = 2**63 - 1
MOST_WORKERS = 256
#: Words of `--tails`, and what the draws call them.
TAILS = {"正态": "gauss", "t5": "t5"}
#: Paths that may be asked for by what they are.
WISHES = ("最差", "中位", "最好")


def option_problems(n: int, seed: int, workers: int | None, tails: str) -> list[Problem]:
    """What is wrong with the options that both commands share."""
    from portfolio.model.problems import Problem

    found = [
        Problem(place=place, found=f"{value} 不在 {low:,} 至 {high:,} 之间", fix=fix)
        for place, value, low, high, fix in (
            ("-n", n, 1, MOST_PATHS, "路径数通常取 2000 至 100000"),
            ("--seed", seed, 0, MOST_SEED, "种子为非负整数，默认 1"),
            ("--workers", 1 if workers is None else workers, 1, MOST_WORKERS, "默认用全部处理器核"),
        )
        if not low <= value <= high
    ]
    if tails not in TAILS:
        found.append(Problem(place="--tails", found=f"没有“{tails}”", fix="可用 正态 或 t5"))
    return found


def precision_problems(
    precision: str | None, about: str | None, calendar: Calendar, *, sobol: bool
) -> list[Problem]:
    """What is wrong with the asked precision, its words apart."""
    from portfolio.model.problems import Problem

    how = calendar.fill("请写成 --precision 1% --about 'P(<first+5>>=3800)'")
    found = []
    if precision is not None and about is None:
        found.append(Problem(place="--precision", found="没有说明要算准什么", fix=how))
    if about is not None and precision is None:
        found.append(Problem(place="--about", found="没有说明要多准", fix=how))
    if precision is not None and sobol:
        found.append(
            Problem(place="--precision", found="不能与 --sobol 同用", fix="请去掉其中一个")
        )
    return found


def path_problems(path: int | str, n: int, *, sobol: bool) -> list[Problem]:
    """What is wrong with the path asked for."""
    from portfolio.model.problems import Problem

    if isinstance(path, str):
        if path in WISHES:
            return []
        return [
            Problem(
                place="--path",
                found=f"没有“{path}”",
                fix=f"请写路径号（从 1 起）或 {'、'.join(WISHES)}",
            )
        ]
    if path < 1 or path > MOST_PATHS:
        return [
            Problem(
                place="--path",
                found=f"没有第 {path:,} 条路径",
                fix=f"请取 1 至 {MOST_PATHS:,} 的整数",
            )
        ]
    if sobol and n >= 1 and path > (there := _sobol_paths(n)):
        return [
            Problem(
                place="--path",
                found=f"拟随机抽样共 {there:,} 条路径，没有第 {path:,} 条",
                fix="请与 stress 用同样的 -n；路径号不超过它的路径数",
            )
        ]
    return []


def check_year(year: int | None, portfolio: Portfolio) -> None:
    """Refuse a year that can't be looked at.

    Raises
    ------
    InputError
        The plan has no such year, or the year has no target or no 入列系数.
    """
    from portfolio.model.problems import InputError, Problem
    from portfolio.model.quarters import year_spans
    from portfolio.model.study.years import years_to_look_at

    known = years_to_look_at(portfolio)
    if year is None or year in known:
        return
    fix = f"可取 {year_spans(known)}" if known else "请在工作表“年度目标”中填写目标和入列系数"
    raise InputError([Problem(place="--year", found=f"{year} 年没有可对照的年度目标", fix=fix)])


def _sobol_paths(n: int) -> int:
    from portfolio.sim.stress import RANDOMISATIONS, sobol_size

    return RANDOMISATIONS * sobol_size(n)


def luck_of(seed: int, tails: str) -> Luck:
    """The luck of a study; the options have been judged."""
    from portfolio.sim.stress import Luck

    return Luck(seed=seed, tails=TAILS[tails])


def silent(_text: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def counting(tell: Told, text: str) -> Callable[[int, int], None]:
    """Tell counts under one text."""
    return lambda done, total: tell(text, done, total)


def say_notes(say: Callable[[str], None] | None, n: int, *, sobol: bool) -> None:
    """Say what a user should know before it starts: the engine, the number of paths."""
    from portfolio.sim.lanes.many_paths import compiler_missing, to_be_compiled
    from portfolio.sim.stress import RANDOMISATIONS, sobol_size

    if say is None:
        return
    if compiler_missing():
        say(
            "本机载入不了编译器 numba，推演约慢十倍，数相同（可运行 pip install --force-reinstall numba 修复）"
        )
    elif to_be_compiled():
        say("首次使用须为本机编译一次，空闲的电脑约 10 秒，忙时更久")
    if sobol and RANDOMISATIONS * sobol_size(n) != n:
        size = sobol_size(n)
        say(f"拟随机抽样每组的路径数须为 2 的幂：{RANDOMISATIONS} 组，每组 {size:,} 条")
