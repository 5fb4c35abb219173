"""The sheet 设置: a workbook's calendar, what its list is called, its tail. It may be left out."""

from __future__ import annotations

from portfolio.model.calendar import Calendar
from portfolio.model.forms.entered import IDLE_MONTHS, RED_BPS, YELLOW_BPS
from portfolio.model.money import BPS, DEFAULT_TAIL_BPS
from portfolio.model.schema.layout import Cell, CellValue, Column, Sheet

#: Years are written with four digits.
EARLIEST, LATEST = 1900, 2200
YES, NO = "是", "否"
PLANNED_MIX, REACHED_MIX = "恢复计划比例", "保持已到比例"
#: More than this is no tail: the works would be called finished with a third of them unpaid.
LARGEST_TAIL_BPS = 3_000


def _named(key: str, header: str, width: int, note: str) -> Column:
    """Who makes the papers; it may be left out."""
    return Column(
        key=key, header=header, required=False, may_be_missing=True, width=width, note=note
    )


def _light(key: str, header: str, note: str) -> Column:
    """How far behind 序时 a light of the monthly form begins."""
    return Column(
        key=key, header=header, cell=Cell.SHARE, required=False, may_be_missing=True, least=0,
        most=BPS, width=13, note=note,
    )  # fmt: skip


SETTINGS = Sheet(
    name="设置",
    purpose="首年、计划期、名称、尾款比例和编制单位；可以没有这张表",
    may_be_missing=True,
    columns=(
        Column(
            key="first_year",
            header="首年",
            cell=Cell.YEAR,
            least=EARLIEST,
            most=LATEST,
            width=10,
            note="第一个计划年，计划期从这一年起；此后共 15 个计划年，推演 25 年。",
        ),
        Column(
            key="period_last",
            header="计划期末年",
            cell=Cell.YEAR,
            least=EARLIEST,
            most=LATEST,
            width=12,
            note="计划期从首年到这一年，须早于最后一个计划年。",
        ),
        Column(key="period_name", header="计划期名称", width=16, note="各表表头与文字中的说法。"),
        Column(key="list_name", header="清单名称", width=20, note="各输出标题中的说法。"),
        Column(key="place", header="地点", width=16, note="清单属于哪个市（县、区）。"),
        Column(
            key="tail_bps",
            header="尾款比例（%）",
            cell=Cell.SHARE,
            required=False,
            may_be_missing=True,
            least=0,
            most=LARGEST_TAIL_BPS,
            width=13,
            note="竣工时可以尚欠的尾款占成本的比例，竣工后照付，不算滞后；"
            f"不填为 {DEFAULT_TAIL_BPS / 100:g}%，填 0 即付清才算竣工。",
        ),
        Column(
            key="mix",
            header="未完部分资金",
            cell=Cell.CHOICE,
            choices=(PLANNED_MIX, REACHED_MIX),
            required=False,
            may_be_missing=True,
            width=14,
            note=f"有“月度执行”时，各大项未完部分由哪些渠道出：{PLANNED_MIX}（留空即此，是假设），"
            f"或{REACHED_MIX}。",
        ),
        Column(
            key="example",
            header="示例数据",
            cell=Cell.CHOICE,
            choices=(YES, NO),
            required=False,
            may_be_missing=True,
            width=10,
            note="填“是”表示执行数是编造的示例，各输出都标明“示例数据”；真实数据请留空。",
        ),
        _light(
            "yellow_bps",
            "黄灯界限（%）",
            f"完成率低于序时多少个百分点以上亮黄灯；不填为 {YELLOW_BPS / 100:g}（假设）。",
        ),
        _light(
            "red_bps",
            "红灯界限（%）",
            f"低多少个百分点以上亮红灯，不得小于黄灯界限；不填为 {RED_BPS / 100:g}（假设）。",
        ),
        Column(
            key="idle_months",
            header="闲置月数",
            cell=Cell.INTEGER,
            required=False,
            may_be_missing=True,
            least=1,
            most=120,
            width=10,
            note=f"专项债券到位满多少个月仍未支出完算闲置（表2B）；不填为 {IDLE_MONTHS}（假设）。",
        ),
        _named("unit", "编制单位", 24, "写在各输出的页眉页脚与来源中；可不填。"),
        _named("author", "编制人", 12, "同上；不填时，要签字的表上留空待签。"),
        _named("reviewer", "复核人", 12, "同上；不填时，要签字的表上留空待签。"),
    ),
)

#: An office's own words for headers: read before all other sheets but 设置, whose words are fixed.
HEADER_WORDS = Sheet(
    name="列名对照",
    purpose="表头用的是自己的说法时，写明各是系统的哪一列；可以没有这张表",
    may_be_empty=True,
    may_be_missing=True,
    columns=(
        Column(key="sheet", header="表", width=14, note="哪张表，如 项目清单。"),
        Column(key="own", header="我们的列名", width=24, note="表头照抄；单位写不写都可以。"),
        Column(key="ours", header="系统列名", width=24, note="样表中的列名；单位写不写都可以。"),
    ),
)


def settings_row(calendar: Calendar) -> dict[str, CellValue]:
    """A calendar as the sheet's only row, with the usual tail."""
    return {
        "first_year": calendar.first_year,
        "period_last": calendar.period_last,
        "period_name": calendar.period_name,
        "list_name": calendar.list_name,
        "place": calendar.place,
        "tail_bps": DEFAULT_TAIL_BPS,
    }
