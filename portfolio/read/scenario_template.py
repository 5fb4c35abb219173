"""An empty scenario file that shows every verb: made from the declaration, so never behind it."""

from __future__ import annotations

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.read.scenario_schema import FILE_NAME
from portfolio.read.scenario_verbs import verbs_of

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
