"""The sentences of a scenario that may be read out: play, years, chances, repair."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.dossier import Dossier
from portfolio.model.measures import year_measures
from portfolio.report.headline import headline
from portfolio.report.key_figures import PLAYED
from portfolio.report.reallocation_wording import played_line, verdict_line
from portfolio.report.stress_headline import chances_sentence
from portfolio.report.stress_wording import luck_source
from portfolio.report.wording import reconciliation_lines, year_notes

LISTED = "工作簿“项目清单”各大项之和，依据列指向规划纲要附件 1；2021 年前的部分为假设"
INCLUSION = "工作簿“年度目标”的入列系数与目标，依据见该表：系数为假设，有两年公开数支持"
PLANNED_YEARS = "工作簿的年度计划（投资节奏为假设）× 入列系数（假设），与年度目标比较"
REPAIRED = "预算调整：在全部规则之内求解，取整到万元并经审计"
PLAYED_AGAIN = "调整后的计划再推演一遍的结果"


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence and where its numbers are from."""

    text: str
    source: str


def reconciliation(dossier: Dossier) -> tuple[Sentence, ...]:
    """The two lines every report opens with."""
    listed, universes = reconciliation_lines(dossier.run.portfolio)
    return Sentence(text=listed, source=LISTED), Sentence(text=universes, source=INCLUSION)


def sentences(dossier: Dossier) -> tuple[Sentence, ...]:
    """What page and screen say first of a scenario, the play's sentence before the others."""
    run, stress, repair = dossier.run, dossier.stress, dossier.repair
    told = [Sentence(text=headline(run), source=PLAYED)]
    told += [
        Sentence(text=note, source=PLANNED_YEARS)
        for note in year_notes(year_measures(run.portfolio, run.outcome))
    ]
    if stress is not None:
        told.append(Sentence(text=chances_sentence(stress), source=luck_source(stress)))
    if repair is not None:
        told.append(Sentence(text=f"预算调整{verdict_line(repair)}", source=REPAIRED))
        played = played_line(repair)
        if played is not None:
            told.append(Sentence(text=played, source=PLAYED_AGAIN))
    return tuple(told)
