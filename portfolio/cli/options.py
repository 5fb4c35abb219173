"""Options that commands share, and the values they take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from portfolio.workflows import WORKBOOK_NAME

F = TypeVar("F", bound=Callable[..., Any])


class WholeNumber(click.ParamType[int]):
    """A whole number; told in Chinese what is none."""

    name = "整数"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        try:
            return int(value)
        except ValueError:
            self.fail(f"“{value}”不是整数", param, ctx)


class PositiveNumber(click.ParamType[float]):
    """A number of at least 0; told in Chinese what is none."""

    name = "数"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number."""
        try:
            number = float(value)
        except ValueError:
            self.fail(f"“{value}”不是数", param, ctx)
        if not 0 <= number < float("inf"):
            self.fail(f"“{value}”应为不小于 0 的数", param, ctx)
        return number


class PathName(click.Path):
    """A path; an empty one is no path, not the working folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        if not str(value).strip():
            self.fail("不能为空", param, ctx)
        return super().convert(value, param, ctx)


class OneOf(click.ParamType[str]):
    """One of some words; told in Chinese which."""

    name = "词"

    def __init__(self, *words: str) -> None:
        self.words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word."""
        if value not in self.words:
            self.fail(f"“{value}”，可用 {' 或 '.join(self.words)}", param, ctx)
        return str(value)


def shared(*, scenarios: bool, out: str = "", json: bool = True) -> Callable[[F], F]:
    """The common options, in one order for all commands."""
    options: list[Any] = [click.option("-w", "--workbook", type=PathName(), metavar="工作簿",
                            help=f"输入工作簿（默认 inputs/{WORKBOOK_NAME}）")]  # fmt: skip
    if scenarios:
        options += [
            click.option("-s", "--scenario", "scenarios", multiple=True, metavar="情景",
                         help="情景名或 YAML 文件，可重复"),
            click.option("--set", "sets", multiple=True, metavar="设定",
                         help="临时设定，如 专项债券:年份=-30%、土地出让:首年-末年=0.7、"
                              "一般公共预算:年份=120亿；可重复，最后生效"),
        ]  # fmt: skip
    if out:
        options.append(
            click.option("-o", "--out", type=PathName(), metavar="文件夹",
                         help=out)
        )  # fmt: skip
    if json:
        options.append(
            click.option("--json", "as_json", is_flag=True, help="结果以 JSON 写到标准输出")
        )

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate
