"""Make docs/报表/: a page a form, from the forms' declarations and the usual calendar.

`python -m tools.form_pages` writes the pages; a test compares them with what stands there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from portfolio import workflows
from portfolio.model.forms.entered import Thresholds
from portfolio.model.forms.origins import Nature, nature
from portfolio.model.forms.source import Source
from portfolio.model.measures.years import ROLLING_YEARS
from portfolio.model.month.deadlines import EVERY_MONTH, USUAL, Deadline
from portfolio.report.tables.fields import Field, Fields
from portfolio.report.tables.forms import (
    BY_NUMBER,
    FORMS,
    FormKind,
    budget_change,
    government_plan,
    monthly,
    options,
)
from portfolio.workflows.inputs import load_workbook
from portfolio.workflows.run import run

FOLDER = Path(__file__).parents[1] / "docs" / "报表"
#: What a form is for, and how its lights are read; percentage points and months as they are set.
USES = {
    "1": "看谁慢、为什么、谁来解决。",
    "2A": "财政与单位双方对账：钱下达了、到了、付了多少，欠谁的。",
    "2B": "看每只债券用到哪里、剩多少、项目收益够不够还本付息。审计必看。",
    "3A": "下一年干什么、花多少、年底到什么程度；正式项目、预备项目分开。",
    "3B": "只列政府投资，与本级预算衔接；受冲击超额度时不印计划，只印缺口表。",
    "4": "三年（只有第一年约束）每个渠道够不够、缺多少，何时还本付息。",
    "5": "冲击下要报批的增减：新增债务项目（附件二）、其他增减项目（附件三）。是草稿，"
    "全口径收支平衡由财政部门编制。",
    "6": "每个问题有人、有措施、有时限；有佐证、复核过才销号。",
    "7": "一页看完：不动、少动、折中、完全修复各少完成多少，谁批，最早何时。",
}
LIGHTS = {
    "1": "以序时（已过月数÷12）为准：完成率不低于序时－{yellow:g} 个百分点绿，低 {yellow:g} 至 {red:g} "
    "个百分点黄，再低红；`问题台账`记了停工、资金断供的红；未开工的不亮。灯旁的数是超（欠）序时。"
    "界限是假设，在`设置`表`黄灯界限`、`红灯界限`改。总投资标红：调整后比原批准多一成以上，"
    "调概须先审计、报批。连续欠序时满 3 个月标红。",
    "2A": "支付多于到位与上年结转的标红，请核对；支付多于本年完成投资的计数，须列原因。",
    "2B": "到位满 {idle} 个月（假设，`设置`表`闲置月数`可改）仍未支出完的标红，须填闲置原因。",
    "3A": "没有灯。",
    "3B": "红灯未消除不得印发：渠道的计划超过额度；没有批概算的新开工；无收益或“可否专项债”为否的"
    "列了专项债；应付未付多于该年计划。黄灯逐项核对：打包的、超概算一成的、额度没有填的。",
    "4": "没有灯；“资金落实”写“未落实”的首年有缺口。",
    "5": "在无收益、负面清单或打包项目上新增专项债的亮红灯，不得照此申报。",
    "6": "时限已过仍未销的标“超期”，标红。",
    "7": "没有灯；可信度是几成，不是百分比。",
}
NATURES = {
    Nature.FACT: "填报的、已发生的；没有填的写“未报”，不推算",
    Nature.PLAN: "批准的计划、额度，登记的名称、单位等",
    Nature.AHEAD: "截至月以后按计划节奏算的；加了情景则为推演，该页印“推演，非统计”",
    Nature.PLAYED: "推演、求解得出，不是统计数，该页印“推演，非统计”",
    Nature.ARRANGED: "编号、个数、日历、固定的话",
    Nature.EMPTY: "留给财政填",
}


def example_source() -> Source:
    """The made-up example, played."""
    with TemporaryDirectory() as folder:
        (path,) = workflows.example(Path(folder))
        return Source(run=run(path), entered=load_workbook(path).for_forms)


def pages(source: Source) -> dict[str, str]:
    """Every page by its file's name."""
    return {f"表{kind.number}.md": _page(kind, source) for kind in FORMS}


def columns_of(number: str, source: Source) -> dict[str, tuple[Fields[Any], dict[str, str]]]:
    """A form's columns by sheet, with the headings that stand over some, by their keys.

    Those of an answer need no answer: their columns are the same for any.
    """
    year = source.portfolio.calendar.first_year + source.year
    if number == monthly.NUMBER:  # also the sheets that this source has no lines for
        made = (monthly.SUMMARY, monthly.UNITS, monthly.PROJECTS, monthly.PREPARED)
        return {each.name: (each, {}) for each in made}
    if number == budget_change.NUMBER:
        return {name: (fields, {}) for name, fields in budget_change.columns(source).items()}
    if number == options.NUMBER:
        ahead = range(year + 1, year + 1 + ROLLING_YEARS)
        page = options.columns(source.portfolio.calendar, ahead)
        return {page.name: (page, _over(options.GROUPS))}
    found = {
        sheet.name: (sheet.fields, _over(sheet.groups or {}))
        for sheet in BY_NUMBER[number].made(source).sheets
    }
    if number == government_plan.NUMBER:
        found |= {
            f"{government_plan.GAP_TITLE}：{name}": (each, {})
            for name, each in government_plan.GAP_COLUMNS.items()
        }
    return found


def _over(groups: Any) -> dict[str, str]:
    return {key: heading for heading, keys in groups.items() for key in keys}


def _page(kind: FormKind, source: Source) -> str:
    """One page; years are said as steps from the as-of's, T."""
    limits = Thresholds()
    lights = LIGHTS[kind.number].format(
        yellow=limits.yellow_bps / 100, red=limits.red_bps / 100, idle=limits.idle_months
    )
    parts = [
        f"# 表{kind.number} {kind.title}",
        USES[kind.number],
        f"```sh\n{_command(kind)}\n```",
        "怎么算、要填哪些表见[报表](../报表.md)。T 是截至月所在的年。"
        "本页由表的声明生成：`python -m tools.form_pages`。",
        f"## 何时交、给谁\n\n{_calendar(kind.number)}",
        f"## 怎么看灯\n\n{lights}",
        f"## 每栏取自哪里\n\n{_natures(kind.number, source)}",
        *_tables(kind.number, source),
    ]
    year = source.portfolio.calendar.first_year + source.year
    return _from_t("\n\n".join(parts), year) + "\n"


def _command(kind: FormKind) -> str:
    shock = " --set 专项债券:T+1=-30%" if kind.answers else ""
    return f"portfolio forms {kind.number} -w 清单.xlsx{shock}"


def _from_t(text: str, year: int) -> str:
    def said(found: re.Match[str]) -> str:
        step = int(found[0]) - year
        return f"T+{step}" if step > 0 else f"T{step}".replace("-", "－") if step else "T"

    return re.sub(r"(?<!\d)20\d\d(?!\d)", said, text)


def _calendar(number: str) -> str:
    rows = [each for each in USUAL if number in each.forms]
    head = "| 时间 | 事项 | 谁 → 谁 | 依据 |\n| --- | --- | --- | --- |\n"
    note = (
        "\n\n日期是惯例；本市的填在`报送日历`表，以它为准。到期的用 `portfolio due` 看。"
        if rows
        else ""
    )
    table = "\n".join(
        f"| {_when(each)} | {each.what} | {each.who} | {each.nature}：{each.basis} |"
        for each in rows
    )
    return f"{head}{table}{note}" if rows else NO_DAY


NO_DAY = "日历上没有固定日期：冲击来了、要定方案时用。到期的事用 `portfolio due` 看。"


def _when(each: Deadline) -> str:
    if each.months == EVERY_MONTH:
        return f"每月 {each.day} 日前"
    return f"{'、'.join(map(str, each.months))} 月 {each.day} 日前"


def _natures(number: str, source: Source) -> str:
    """What the kinds of this form's columns mean."""
    sheets = columns_of(number, source).values()
    had = {nature(each.source) for fields, _ in sheets for each in fields}
    return "\n".join(f"* **{one}**：{said}。" for one, said in NATURES.items() if one in had)


def _tables(number: str, source: Source) -> Iterator[str]:
    for name, (fields, over) in columns_of(number, source).items():
        rows = "\n".join(_row(each, over) for each in fields)
        yield f"### {name}\n\n| 栏 | 取自 | 性质 |\n| --- | --- | --- |\n{rows}"


def _row(field: Field[Any], over: dict[str, str]) -> str:
    heading = f"{over[field.key]}：" if field.key in over else ""
    return f"| {heading}{field.title} | {field.source} | {nature(field.source)} |"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages(example_source()).items():
        sys.stdout.write(f"{FOLDER.name}/{name}\n")
        (FOLDER / name).write_text(text, encoding="utf-8")
