"""Click in Chinese: help, usage errors, exit codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from portfolio.model.problems import did_you_mean, inert
from portfolio.report.screen.console import padded, text_columns, wrapped

DEFECT, USAGE, PROBLEMS, INFEASIBLE = 1, 2, 3, 4
UNPROVEN, CONDITION_MET = 5, 6
INTERRUPTED = 130  # what shells expect after Ctrl-C


class ChineseFormatter(click.HelpFormatter):
    """Help broken where Chinese may be broken, each character counted as two columns."""

    def write_heading(self, heading: str) -> None:
        """A heading with a Chinese colon."""
        self.write(f"{heading}：\n")

    def write_text(self, text: str) -> None:
        """A paragraph."""
        for line in wrapped(text, columns=self.width - self.current_indent):
            self.write(f"{'':{self.current_indent}}{line.strip()}\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Terms and their meanings, side by side."""
        rows = list(rows)
        first = max(text_columns(term) for term, _ in rows) + col_spacing
        margin = " " * self.current_indent
        for term, meaning in rows:
            lines = wrapped(meaning, columns=self.width - self.current_indent - first)
            self.write(f"{margin}{padded(term, first)}{lines[0]}\n")
            for line in lines[1:]:
                self.write(f"{margin}{'':{first}}{line.strip()}\n")


class ChineseContext(click.Context):
    """A context that formats help for Chinese."""

    formatter_class = ChineseFormatter


class ChineseCommand(click.Command):
    """A command whose help is in Chinese."""

    context_class = ChineseContext

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first line."""
        pieces = self.collect_usage_pieces(ctx)
        words = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]…"}
        text = " ".join(words.get(piece, piece) for piece in pieces)
        formatter.write_usage(ctx.command_path, text, prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options; an argument is told of in the command's own words."""
        records = [
            record
            for param in self.get_params(ctx)
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx))
        ]
        if records:
            with formatter.section("选项"):
                formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option --help, told in Chinese."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本帮助"
        return option


class ChineseGroup(ChineseCommand, click.Group):
    """A group of commands whose help is in Chinese."""

    command_class = ChineseCommand

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the commands."""
        ChineseCommand.format_options(self, ctx, formatter)
        rows = [(name, command.get_short_help_str(60)) for name, command in self.commands.items()]
        with formatter.section("命令"):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Commands in the order they were written, the main job first."""
        return list(self.commands)


def usage_text(error: click.UsageError) -> str:
    """A usage error in Chinese, with what to do next."""
    command = error.ctx.command_path if error.ctx else "portfolio"
    return f"用法错误：{inert(_usage_reason(error))}\n请运行 {command} --help 查看用法。"


def _usage_reason(error: click.UsageError) -> str:
    name = getattr(error, "param_hint", None) or ""
    if isinstance(error, click.NoSuchOption):
        near = f"，是否为 {error.possibilities[0]}？" if error.possibilities else ""
        return f"没有选项 {error.option_name}{near}"
    if isinstance(error, click.MissingParameter):
        param: Any = error.param
        if isinstance(param, click.Argument) and error.ctx is not None:
            return f"缺少 {param.make_metavar(error.ctx)}"
        return f"缺少 {'/'.join(param.opts) if param else name}"
    if isinstance(error, click.BadParameter):
        opts = "/".join(error.param.opts) if error.param else str(name)
        return f"{opts} 的值不对（{error.message}）"
    if isinstance(error, click.BadOptionUsage):
        lacks = "requires" in error.message
        return f"选项 {error.option_name} {'后面缺少一个值' if lacks else '后面不带值'}"
    if error.message.startswith("No such command"):
        given = error.message.split("'")[1] if "'" in error.message else ""
        group = error.ctx.command if error.ctx else None
        known = list(group.commands) if isinstance(group, click.Group) else []
        return f"没有命令“{given}”，{did_you_mean(given, known)}"
    if "unexpected extra argument" in error.message:
        return f"多出了参数：{error.message[error.message.find('(') + 1 : -1].rstrip(')')}"
    return error.message
