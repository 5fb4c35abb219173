"""The sheets of plan versions: written by `portfolio approve` alone, held by `verify`."""

from __future__ import annotations

from portfolio.model.schema.layout import Cell, Column, Sheet, money

INITIAL, ADJUSTED = "年初计划", "调整计划"
_BY_HAND = "由 portfolio approve 写入，portfolio verify 核验。不要改动"

VERSIONS = Sheet(
    name="计划版本",
    key=("number",),
    purpose=f"每个批准的计划版本一行：哪一年的、文号、日期、何时起生效、明细的指纹；{_BY_HAND}",
    may_be_empty=True,
    may_be_missing=True,
    sealed=True,
    columns=(
        Column(key="number", header="序号", cell=Cell.INTEGER, least=1, most=9_999, width=6),
        Column(key="kind", header="版本", cell=Cell.CHOICE, choices=(INITIAL, ADJUSTED), width=10),
        Column(key="time", header="第几次", cell=Cell.INTEGER, least=1, most=999, required=False,
               width=8, note="该年的第几次调整；年初计划留空。"),
        Column(key="year", header="年度", cell=Cell.INTEGER, least=1_900, most=2_999, width=8),
        Column(key="approved_on", header="批准日期", cell=Cell.DATE, width=12),
        Column(key="document", header="批准文号", width=24),
        Column(key="authority", header="批准机关", required=False, width=16),
        Column(key="effective", header="生效月", cell=Cell.PERIOD, width=10,
               note="从这一月起，年度计划与滞后比这一版。"),
        Column(key="rows", header="明细行数", cell=Cell.INTEGER, least=0, most=1_000_000, width=9),
        money("plan_wan", "该年计划", least=0, width=14),
        Column(key="rows_mark", header="指纹", width=20,
               note="这一版在“计划版本明细”中全部各行（SHA-256）。"),
        Column(key="base_mark", header="所批工作簿指纹", width=20,
               note="批准时所用工作簿文件（SHA-256）。"),
        Column(key="note", header="说明", required=False, width=40),
        Column(key="mark", header="版本号", width=20,
               note="由本行各列与上一行的版本号算出；报表上印前 12 位。"),
    ),
)  # fmt: skip

CELLS = Sheet(
    name="计划版本明细",
    key=("number", "item_no", "channel"),
    purpose="各计划版本批准的数：大项一行合计（写计划开工、竣工），其下每个资金渠道一行；" + _BY_HAND,
    may_be_empty=True,
    may_be_missing=True,
    sealed=True,
    columns=(
        Column(key="number", header="版本序号", cell=Cell.INTEGER, least=1, most=999_999, width=9),
        Column(key="item_no", header="大项序号", cell=Cell.INTEGER, least=1, most=999_999, width=9),
        Column(key="item_name", header="大项名称", required=False, beside="item_no", width=28),
        Column(key="channel", header="资金渠道", required=False, width=22,
               note="留空的是大项各渠道合计。"),
        money("plan_wan", "该年计划", least=0, width=14),
        Column(key="start", header="计划开工", cell=Cell.PERIOD, required=False, width=10,
               note="季度；首年前开工的和没有资金的留空。"),
        Column(key="finish", header="计划竣工", cell=Cell.PERIOD, required=False, width=10,
               note="季度；没有资金的留空。"),
    ),
)  # fmt: skip
