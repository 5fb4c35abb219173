"""The JSON Schema of scenario files, generated from the declaration of the verbs.

Write it anew with ``python -m portfolio.read.scenario.schema scenarios/scenario.schema.json``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.read.scenario.types import (
    FACTOR,
    KIND,
    MEANT_MONEY,
    MONEY,
    NAMES,
    PART,
    SELECTOR,
    TEXT,
    TEXTS,
    YEARS,
    Field,
    Verb,
)
from portfolio.read.scenario.verbs import verbs_of

FILE_NAME = "scenario.schema.json"


#: Value types that many verbs share, by the name they have in the schema.
SHARED = {
    "大项选择": SELECTOR,
    "年份": YEARS,
    "名称": NAMES,
    "金额": MONEY,
    "新金额": MEANT_MONEY,
    "系数": FACTOR,
    "比例": PART,
    "文字": TEXT,
}


def scenario_schema(calendar: Calendar = SHIPPED) -> dict[str, Any]:
    """The schema (draft 2020-12): an editor completes and checks scenario files by it.

    `calendar` is of the workbook that the files are meant for.
    """
    schema = _referring(_whole(calendar))
    names = {name: _referring(kind.schema, top=True) for name, kind in SHARED.items()}
    whole: dict[str, Any] = _filled({**schema, "$defs": names}, calendar)
    return whole


def _filled(schema: Any, calendar: Calendar) -> Any:
    """The bounds of years as the numbers they are; all else is filled where it is declared."""
    if isinstance(schema, list):
        return [_filled(part, calendar) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: int(calendar.fill(value))
        if key in ("minimum", "maximum") and isinstance(value, str)
        else _filled(value, calendar)
        for key, value in schema.items()
    }


def _referring(schema: Any, *, top: bool = False) -> Any:
    """The schema with shared value types told by reference."""
    if isinstance(schema, list):
        return [_referring(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    bare = {key: value for key, value in schema.items() if key != "description"}
    for name, kind in SHARED.items():
        if bare == kind.schema and not top:
            about = {key: value for key, value in schema.items() if key == "description"}
            return {"$ref": f"#/$defs/{name}", **about}
    return {key: _referring(value) for key, value in schema.items()}


def _whole(calendar: Calendar) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "情景文件",
        "description": "对投资计划的一组变更；叠加时后者优先",
        "type": "object",
        "additionalProperties": False,
        "required": ["标题", "变更"],
        "properties": {
            "标题": TEXT.schema | {"description": "一句话的标题"},
            "类型": KIND.schema
            | {"description": "历史情形：说的是已过去的年份；极端压力：超出有过的记录"},
            "摘要": TEXT.schema | {"description": "情景说的是什么、为什么"},
            "来源": TEXT.schema | {"description": "数从何来"},
            "未涵盖": TEXTS.schema | {"description": "原设想中没有表达的部分"},
            "继承": NAMES.schema | {"description": "在哪个（些）情景之上；名称或文件"},
            "变更": {
                "type": "array",
                "description": "逐条变更；同一个量在一个文件里只能改一次",
                "items": {
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": False,
                    "properties": {verb.key: _verb_schema(verb) for verb in verbs_of(calendar)},
                },
            },
        },
    }


def _verb_schema(verb: Verb) -> dict[str, Any]:
    about = f"{verb.about}。例：{verb.example}"
    if verb.value is not None:
        about = f"{verb.about}。可写：{verb.value.about}。例：{verb.example}"
        return verb.value.type.schema | {"description": about}
    schema: dict[str, Any] = {
        "description": about,
        "type": "object",
        "additionalProperties": False,
        "properties": {field.key: _field_schema(field) for field in verb.fields},
    }
    required = [field.key for field in verb.fields if field.required]
    if required:
        schema["required"] = required
    if verb.exactly_one:
        schema["oneOf"] = [{"required": [key]} for key in verb.exactly_one]
    if verb.at_least_one:
        schema["anyOf"] = [{"required": [key]} for key in verb.at_least_one]
    return schema


def _field_schema(field: Field) -> dict[str, Any]:
    return field.type.schema | {"description": field.about}


def schema_text(calendar: Calendar = SHIPPED) -> str:
    """The schema as published: indented, Chinese as it is, one newline at the end."""
    return json.dumps(scenario_schema(calendar), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(schema_text(), encoding="utf-8", newline="\n")


# --- An empty scenario file that shows every verb: made from the declaration, so never behind it


HEAD = f"""\
# yaml-language-server: $schema={FILE_NAME}
标题: 我的情景
摘要: 这个情景说的是什么、为什么
来源: 数从何来
# 继承: 另一个情景的名称
变更: []

# 把 变更: [] 改成 变更: ，在下面逐条写要用的动作；同一个量在一个文件里只能改一次。
# 可用的动作：以“- ”开头的一行是例子，去掉前面的“# ”就能用；下面是它可写的各项。
"""


def scenario_template(calendar: Calendar = SHIPPED) -> str:
    """The text of the file."""
    lines: list[str] = []
    for verb in verbs_of(calendar):
        lines += ["#", f"# {verb.key}：{verb.about}", f"# {verb.example}"]
        if verb.value:
            lines.append(f"#     可写    {verb.value.about}")
        one_of = "、".join(verb.exactly_one)
        for field in verb.fields:
            need = "必填；" if field.required else ""
            if field.key in verb.at_least_one:
                need = f"{'、'.join(verb.at_least_one)} 至少写一个；"
            if field.key in verb.exactly_one:
                need = f"{one_of} 三者择一；" if len(verb.exactly_one) == 3 else f"{one_of} 择一；"
            lines.append(f"#     {field.key}    {need}{field.about}")
    return HEAD + "\n".join(lines) + "\n"


def verb_page() -> str:
    """The verbs and their fields as Markdown, for docs/情景写法.md."""
    lines: list[str] = []
    for verb in verbs_of(SHIPPED):
        lines += [f"### {verb.key}", "", f"{verb.about}。", ""]
        if verb.value:
            lines.append(f"* 可写：{verb.value.about}")
        lines += [f"* `{field.key}`：{field.about}" for field in verb.fields]
        lines += ["", "```yaml", verb.example, "```", ""]
    return "\n".join(lines).rstrip() + "\n"
