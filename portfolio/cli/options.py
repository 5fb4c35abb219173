"""The options of commands, made from what each can be asked, and the values they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click

from portfolio.model.problems import alive
from portfolio.workflows.asked import Option, options_of

Command = Callable[..., None]
#: What is read comes behind the options of the command's own.
READ = ("workbook", "scenario", "set", "asof")


#: Larger whole numbers fit in no array.
LARGEST_NUMBER = 2**62


class WholeNumber(click.ParamType[int]):
    """A whole number; told in Chinese what is none."""

    name = "整数"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        try:
            number = int(value)
        except ValueError:
            self.fail(f"“{str(value)[:40]}”不是整数", param, ctx)
        if abs(number) > LARGEST_NUMBER:
            self.fail(f"“{value}”过大", param, ctx)
        return number


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
        if (sign := alive(str(value))) or "\n" in str(value):
            self.fail(f"路径里有换行或控制字符（{sign or 'U+000A'}）", param, ctx)
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


#: How the values of each kind are read.
_KINDS: Mapping[str, Callable[[], click.ParamType[Any]]] = {
    "int": WholeNumber,
    "float": PositiveNumber,
    "Path": PathName,
}


class Given(dict[str, Any]):
    """What the command line holds, by the names of its options."""

    def of(self, kind: type) -> dict[str, Any]:
        """The fields of what a workflow is asked."""
        return {name: self[one.name] for name, one in options_of(kind).items() if one.name in self}


def folder_help(name: str) -> str:
    """The help of where files go by default: a folder of that name, see `outputs.output_folder`."""
    return f"输出文件夹（默认 out/{name}；不是随附的工作簿时，再加它的名字）"


def asking(
    *kinds: type, out: str = "", json: bool = True, last: tuple[str, ...] = ()
) -> Callable[[Command], Command]:
    """Make the options of a command from the classes of what it can be asked.

    The function takes what is given; with `out` (its help) also where files go, with `json`
    whether JSON is wanted. The options named `last` stand behind those of the other classes.
    """
    known = {one.name: one for kind in kinds for one in options_of(kind).values()}
    behind = (*last, *READ)
    order = [name for name in known if name not in behind]
    made = [_made(known[name]) for name in (*order, *(one for one in behind if one in known))]
    if out:
        made.append(click.option("-o", "--out", type=PathName(), metavar="文件夹", help=out))
    if json:
        said = "结果以 JSON 写到标准输出"
        made.append(click.option("--json", "as_json", is_flag=True, help=said))

    def decorate(function: Command) -> Command:
        @wraps(function)
        def called(**values: Any) -> None:
            function(Given({name: values.pop(name) for name in known}), **values)

        command: Command = called
        for each in reversed(made):
            command = each(command)
        return command

    return decorate


def _made(one: Option) -> Callable[[Command], Command]:
    """An option as click has it."""
    if one.flag is not None:
        return click.option(
            *one.words, one.name, is_flag=True, default=one.unset, flag_value=one.flag,
            help=one.about,
        )  # fmt: skip
    kind = OneOf(*one.choices) if one.choices else _KINDS.get(one.kind, lambda: click.STRING)()
    bare = {} if one.bare is None else {"is_flag": False, "flag_value": one.bare}
    return click.option(
        *one.words, one.name, type=kind, default=None if one.many else one.unset,
        multiple=one.many, metavar=one.metavar, help=one.about, **bare,
    )  # fmt: skip
