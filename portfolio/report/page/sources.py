"""Where the numbers of the page come from: document and place, or 假设, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.items import Evidence
from portfolio.model.provenance import assumption, evidence_ids
from portfolio.model.study.result import Driver, Level, Source, StressResult
from portfolio.report.key_figures import PLAYED
from portfolio.report.sentences import PLAYED_AGAIN, REPAIRED
from portfolio.report.stress_wording import luck_source

LISTED = "工作簿“项目清单”"
PLANNED = "计划：已知年份照工作簿“年度计划”，其余由投资节奏推算，假设"
ENVELOPE = "额度：计划所需加待分配资金，再按情景增减，假设"
CONVERTED = "推演的形象进度 × 入列系数，系数为假设"
COUNTED = "由同一行其他各列算得"

__all__ = ["PLAYED", "PLAYED_AGAIN", "REPAIRED", "luck_source"]


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
