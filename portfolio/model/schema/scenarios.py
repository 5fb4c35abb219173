"""The sheet 情景: what-ifs a row a change, so that none needs a file of its own."""

from __future__ import annotations

from typing import Any

from portfolio.model.schema.funding import OF_CHANNELS
from portfolio.model.schema.layout import Cell, Column, Sheet, Table

SCENARIO_SHEET = "情景"
#: Verbs that a row can say: whose cells, when, and one value. What a file alone can say (新增大项,
#: 前置条件, the assumptions of the stress test) is left to files.
ACTIONS = (
    "渠道额度", "渠道延迟", "下达节奏", "贷款到位", "结转规则", "造价", "工期", "推迟开工", "停工",
    "施工进度", "优先级", "取消大项", "取消前置条件", "软前置条件", "分配方式", "资金替代", "短收处理",
    "年度目标", "入列系数", "合同锁定比例", "最低资本金比例", "年度上限", "计划安排",
)  # fmt: skip


def _words(key: str, header: str, width: float, note: str, **more: Any) -> Column:
    return Column(key=key, header=header, required=False, width=width, note=note, **more)


SCENARIOS = Sheet(
    name=SCENARIO_SHEET,
    purpose="如果……会怎样：一行一处改动，同名的各行合成一个情景，用 portfolio run -s 名称 推演，"
    "不必写文件；不用 -s 选它就不参与推演。可以为空，也可以没有这张表",
    may_be_empty=True,
    may_be_missing=True,
    key=("name", "verb", "channel", "item", "when"),
    frozen=2,
    spare_rows=30,
    columns=(
        Column(
            key="name",
            header="情景",
            width=26,
            note="情景的名称；同名的各行是一个情景。不得与情景文件同名。",
        ),
        Column(
            key="verb",
            header="动作",
            cell=Cell.CHOICE,
            choices=ACTIONS,
            width=14,
            note="改什么，从下拉列表选；与情景文件的动作相同，见 docs/情景写法.md。",
        ),
        _words(
            "channel",
            "渠道",
            26,
            "资金渠道表中的名称、编号或名称中独有的一段；多个用“；”隔开，或写 全部。",
            refers_to=OF_CHANNELS,
            many=True,
        ),
        _words(
            "item",
            "大项",
            26,
            "序号、名称或名称中独有的一段，多个用“；”隔开；也可写 全部、标签：交通、工程：…、"
            "风险类别：…。",
            many=True,
        ),
        _words(
            "when",
            "年份或季度",
            16,
            "如 <first+6>、<first+6>-<first+8>、<first+6>起、T+1（T 为今年）；"
            "季度如 <first+5>Q3、<first+6>Q1-<first+6>Q3。",
            cell=Cell.VALUE,
        ),
        _words(
            "change",
            "变动",
            16,
            "减三成写 -30%，增加写 +7%、+20亿；改为原来的七成写 0.7倍，改为多少写 120亿；"
            "季度数写 2季度；每年一个的用“；”隔开。",
            cell=Cell.VALUE,
        ),
        _words("about", "说明", 34, "为什么这样设，用一句话。"),
        _words("provenance", "依据", 34, "数从何来；用文字写，不必是资料编号。"),
    ),
)

_EXAMPLE = {"name": "示例：明年专项债减一成", "channel": "地方政府专项债券", "when": "T+1"}
#: What the made-up workbook holds, so that an office sees how rows are written.
EXAMPLE_ROWS: Table = [
    {
        **_EXAMPLE,
        "verb": "渠道额度",
        "change": "-10%",
        "about": "明年专项债券额度减一成，又晚一个季度下达。",
        "provenance": "假设：示例，不是预测",
    },
    {**_EXAMPLE, "verb": "渠道延迟", "change": "1季度"},
]
