"""The sheet 储备项目: projects that could be started, for `portfolio pipeline` to choose from."""

from __future__ import annotations

from portfolio.model.pipeline.project import BEST, Readiness
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.schema.layout import Cell, Column, Sheet, money
from portfolio.model.schema.plan import OF_CLASSES

RESERVE = Sheet(
    name="储备项目",
    key=("code",),
    alike=("name",),
    purpose="还没有开工、可以选来补目标缺口的项目，只用于 portfolio pipeline，不参与推演。"
    "可以为空，也可以没有这张表",
    may_be_empty=True,
    may_be_missing=True,
    frozen=2,
    spare_rows=60,
    columns=(
        Column(key="code", header="项目代码", unique="储备项目代码", width=18,
               note="审批监管平台的代码，或本单位的编号。"),
        Column(key="name", header="项目名称", width=34),
        Column(key="risk_class", header="风险类别", refers_to=OF_CLASSES, width=22,
               note="风险参数表中的类别：投资曲线与建设期照同类大项。"),
        money("total_wan", "总投资"),
        Column(key="readiness", header="成熟度", cell=Cell.CHOICE, choices=tuple(Readiness), width=12,
               note="可开工：当年可开；可研已批：再等一年；建议书已批：再等两年；谋划：不选（等几年是假设）。"),
        Column(key="earliest", header="最早开工年", cell=Cell.YEAR, required=False,
               may_be_missing=True, least=0, most=PLAN_YEARS - 1, width=12,
               note="比成熟度更晚的才需要填。"),
        Column(key="score", header="价值评分", cell=Cell.INTEGER, required=False,
               may_be_missing=True, least=0, most=BEST, width=10,
               note="0—100，本单位评；同样守住目标时先选分高的。留空按 50。"),
        Column(key="mix", header="资金结构", required=False, may_be_missing=True, width=40,
               note="如 专项债券 40%；企业自筹 60%，合计 100%。留空照同类大项。"),
        Column(key="group", header="互斥组", required=False, may_be_missing=True, width=12,
               note="同一组只选一个，如 同一地块的两个方案。"),
        Column(key="linked_to", header="须先开工", required=False, may_be_missing=True, width=18,
               note="另一个储备项目的代码：它没有开工，本项目不开工。"),
        Column(key="provenance", header="依据", required=False, may_be_missing=True, width=40,
               note="数从何来，用文字写。"),
    ),
)  # fmt: skip
