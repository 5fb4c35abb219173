"""Sheets of evidence: where numbers come from, and what was observed afterwards."""

from __future__ import annotations

from portfolio.model.money import BPS
from portfolio.model.schema.layout import NOT_PLAYED, Cell, Column, Sheet, provenance
from portfolio.model.schema.plan import item_number

OBSERVATION_KINDS = ("实际", "状态", "年度计划", "基线", "仅目标")


def fact(
    key: str,
    header: str,
    *,
    required: bool = False,
    cell: Cell = Cell.TEXT,
    width: float = 12,
    unique: str = "",
) -> Column:
    """A column that records what a document says; not for editing."""
    return Column(
        key=key,
        header=header,
        cell=cell,
        required=required,
        editable=False,
        width=width,
        unique=unique,
    )


EVIDENCE = Sheet(
    name="资料依据",
    purpose="其他各表“依据”所指的资料：出自哪份文件的哪一处，用自己的话说明支持什么",
    spare_rows=20,
    may_be_empty=True,
    columns=(
        Column(key="id", header="编号", width=8, unique="资料编号"),
        Column(key="title", header="文件名称", width=50),
        Column(key="file", header="文件", width=28, note="文件名；网页填“网页”。"),
        Column(key="place", header="章节位置", required=False, width=54),
        Column(
            key="line",
            header="行号",
            cell=Cell.INTEGER,
            required=False,
            least=1,
            most=10_000_000,
            width=8,
        ),
        Column(key="supports", header="支持内容", width=70, note="用自己的话说明，不抄录原文。"),
    ),
)

OBSERVATIONS = Sheet(
    name="事后数据",
    purpose=f"各类报告中的实际完成、状态与年度计划，供以后回测；{NOT_PLAYED}",
    may_be_empty=True,
    frozen=2,
    columns=(
        fact("id", "编号", required=True, width=8, unique="编号"),
        fact("metric", "指标", required=True, width=34),
        item_number(required=False),
        Column(
            key="work_no",
            header="工程序号",
            cell=Cell.INTEGER,
            required=False,
            least=1,
            most=10,
            editable=False,
            width=10,
        ),
        fact("scope", "范围", required=True, width=9),
        fact("project", "项目", width=30),
        fact("period", "时期", required=True, width=16),
        Column(
            key="kind",
            header="类型",
            cell=Cell.CHOICE,
            choices=OBSERVATION_KINDS,
            editable=False,
            width=10,
        ),
        fact("planned", "规划值", cell=Cell.VALUE, width=16),
        fact("actual", "实际值", cell=Cell.VALUE, width=16),
        fact("annual_plan", "年度计划值", cell=Cell.VALUE, width=16),
        fact("unit", "单位", width=12),
        Column(
            key="ratio_bps",
            header="完成比例（%）",
            cell=Cell.SHARE,
            required=False,
            least=0,
            most=100 * BPS,
            editable=False,
            width=10,
        ),
        fact("comparability", "可比性", width=12),
        fact("note", "备注", width=44),
        provenance(),
    ),
)

PUBLIC_RECORDS = Sheet(
    name="公开记录",
    key=("period", "part", "universe", "metric"),
    purpose=f"公开报道的年度项目清单计划与完成数，供以后回测；{NOT_PLAYED}",
    may_be_empty=True,
    columns=(
        fact("period", "年份", required=True, width=11),
        fact("part", "时段", required=True, width=10),
        fact("universe", "口径", required=True, width=30),
        fact("metric", "指标", required=True, width=18),
        fact("value", "数值", cell=Cell.NUMBER, width=12),
        fact("unit", "单位", width=8),
        Column(
            key="share_of_year_bps",
            header="占全年计划（%）",
            cell=Cell.SHARE,
            required=False,
            least=0,
            most=100 * BPS,
            editable=False,
            width=12,
        ),
        fact("note", "备注", width=44),
        provenance(),
    ),
)
