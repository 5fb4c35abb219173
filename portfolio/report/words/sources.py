"""Where reported numbers come from: document and place, or 假设, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.gates import Gate
from portfolio.model.items import Evidence, Item, assumption, evidence_ids
from portfolio.model.measures.results import RunResult
from portfolio.model.study.findings import Driver, Level, Source
from portfolio.model.study.result import StressResult
from portfolio.report.words.stress import luck_text

LISTED = "工作簿“项目清单”"
PLANNED = "计划：已知年份照工作簿“年度计划”，其余由投资节奏推算，假设"
PLANNED_YEARS = "工作簿的年度计划（投资节奏为假设）× 入列系数（假设），与年度目标比较"
ENVELOPE = "额度：计划所需加年初预留，再按情景增减，假设"
#: The part of an envelope that nobody has voted.
ROOM = "其中再安排空间（假设）"
ROOM_SOURCE = (
    "以后年份在计划需要之外另留的钱（资金渠道表的待分配比例与额度下限比例），是假设，未经批准"
)
PLAYED = (
    "推演结果：工作簿的计划在本情景的额度、前置条件与实施能力之下逐季推演；投资节奏与额度为假设"
)
PROGRESS = "推演结果：累计完成 × 批准总额 ÷ 推演造价，逐年相减；造价上涨不算进度"
#: Of the yearly list of works, not of the items.
ON_RECORD = "当年重点项目名单，见工作簿“年度目标”与“公开记录”"
CONVERTED = "推演的形象进度 × 入列系数，系数为假设"
COUNTED = "由同一行其他各列算得"
RECORDED = "工作簿“公开记录”，与压力测试同年的投资额比较；入列系数与参数为假设"
REPAIRED = "预算调整：在全部规则之内求解，取整到万元并经审计"
PLAYED_AGAIN = "调整后的计划再推演一遍的结果"
#: So many documents are named before the rest is counted.
SHOWN_DOCUMENTS = 2


def source_text(provenance: str, evidence: Sequence[Evidence]) -> str:
    """An 依据 in words: each evidence by document and place, then what is assumed.

    Evidence the run doesn't hold is told by its id.
    """
    by_id = {each.id: each for each in evidence}
    parts = []
    for mark in evidence_ids(provenance):
        found = by_id.get(mark)
        parts.append(mark if found is None else f"{_document(found)}（{mark}）")
    assumed = assumption(provenance)
    if assumed is not None:
        parts.append(f"假设：{assumed}" if assumed else "假设")
    return "；".join(parts) or "工作簿未写依据"


def _document(evidence: Evidence) -> str:
    line = "" if evidence.line is None else f"，第 {evidence.line} 行"
    return f"《{evidence.title}》{evidence.place}{line}"


CHANGED = "情景改动：原值、新值与出处见“情景改动”表；工作簿原有依据："


def item_source(run: RunResult, item: Item) -> str:
    """Where an item's own figures are from; a scenario's, where it changed the item."""
    position = run.baseline.position.get(item.no)
    before = None if position is None else run.baseline.items[position]
    return _told(run, item.provenance, changed=before != item)


def gate_source(run: RunResult, gate: Gate) -> str:
    """Where a gate is from; a scenario's, where it changed the gate."""
    return _told(run, gate.provenance, changed=gate not in run.baseline.gates)


def _told(run: RunResult, provenance: str, *, changed: bool) -> str:
    told = source_text(provenance, run.evidence)
    return f"{CHANGED}{told}" if changed else told


def items_source(run: RunResult) -> str:
    """The documents that the items' own figures are from, and whether a scenario changed some."""
    titles = {each.id: each.title for each in run.evidence}
    items = run.portfolio.items
    marks = [mark for item in items for mark in evidence_ids(item.provenance)]
    found = list(dict.fromkeys(f"《{titles[mark]}》" for mark in marks if mark in titles))
    changed = "（情景改动了清单，见“情景改动”表）" if items != run.baseline.items else ""
    if not found:
        return f"依据见该表“依据”列{changed}"
    more = f"等 {len(found)} 份资料" if len(found) > SHOWN_DOCUMENTS else ""
    return f"依据 {'、'.join(found[:SHOWN_DOCUMENTS])}{more}，逐项见“依据”列{changed}"


def target_source(run: RunResult, year: int) -> str:
    """Where a year's target and 入列系数 are from, in words; a scenario's, where it set them."""
    target = next((each for each in run.portfolio.targets if each.year == year), None)
    if target is None:
        return "该年没有目标"
    changed = target not in run.baseline.targets
    return f"工作簿“年度目标”：{_told(run, target.provenance, changed=changed)}"


def target_sources(run: RunResult, years: Sequence[int]) -> tuple[str, ...]:
    """Where the targets of some years are from."""
    return tuple(target_source(run, year) for year in years)


def luck_source(result: StressResult) -> str:
    """Where a figure of the stress test comes from."""
    return f"压力测试 {len(result.paths):,} 条路径（{luck_text(result.sampling)}）；参数为假设"


def driver_source(result: StressResult, driver: Driver) -> str:
    """The 依据 of the parameter behind a driver, in words."""
    portfolio, evidence = result.run.portfolio, result.run.evidence
    if driver.level is Level.ITEM and driver.ref.isdecimal():
        item = portfolio.item(int(driver.ref))
        if driver.source is Source.VOLUME:
            found = [each.provenance for each in portfolio.realisations if each.stage == item.stage]
        else:
            found = [
                each.provenance for each in portfolio.risk_classes if each.key == item.risk_class
            ]
    elif driver.level is Level.CHANNEL:
        found = [
            each.provenance for each in portfolio.channel_risks if each.channel_id == driver.ref
        ]
    elif driver.level is Level.RISK:
        found = [each.provenance for each in portfolio.risk.register if each.id == driver.ref]
    else:
        found = []
    return source_text(found[0], evidence) if found else "压力测试参数，假设"
