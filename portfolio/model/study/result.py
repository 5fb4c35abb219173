"""The result of a stress test: everything its reports show, as plain values.

Conventions as in `findings`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portfolio.model.calendar import Calendar
from portfolio.model.paper import Paper
from portfolio.model.study.findings import (
    Estimate,
    Findings,
)

if TYPE_CHECKING:
    from portfolio.model.measures.results import RunResult
    from portfolio.model.record.trial import Trial
    from portfolio.model.study.list_chance import ListChance
    from portfolio.model.study.paths import Paths


@dataclass(frozen=True, kw_only=True)
class LeverEffect:
    """What switching a source of luck off changes on the same luck otherwise (off − base).

    converted : of the worry year, 万元; investment : money drawn while the list is full, 万元
    """

    label: str
    paths: int
    converted: Estimate | None
    investment: Estimate
    cost: Estimate
    delay: Estimate


@dataclass(frozen=True, kw_only=True)
class ChannelLeverage:
    """What 1 亿元 less of a channel in a year costs, on the same luck; per 亿元 (unit-free).

    investment : investment lost over all years until the last played, loans in its train included
    investment_in_year : lost within that year
    investment_by_period_end : lost until the period's end (later years: until the year itself)
    loans : of `investment_in_year`, 随资本金 drawn less (a mean, without interval)
    delay_quarters : quarters of delay more, summed over the items
    """

    channel_id: str
    year: int
    less_wan: int
    paths: int
    investment: Estimate
    investment_in_year: Estimate
    investment_by_period_end: Estimate
    loans: float
    delay_quarters: Estimate


@dataclass(frozen=True, kw_only=True)
class YearDifference:
    """A year of a scenario less the reference's on the same luck; `chance` is None once the list runs down."""

    year: int
    chance: Estimate | None
    converted: Estimate | None
    converted_p50: Estimate | None
    investment: Estimate


@dataclass(frozen=True, kw_only=True)
class CalmDifference:
    """The same year of the plays without luck: the scenario's less the reference's, in 万元.

    converted_wan : None where the year has no 入列系数
    """

    converted_wan: int | None
    investment_wan: int


@dataclass(frozen=True, kw_only=True)
class ScenarioComparison:
    """A scenario less the reference, path by path; `Estimate.differs` says if it is more than chance.

    cost : total cost, 万元; delay : money-weighted mean delay, quarters; late_items : their number;
    end : the last finish, quarters
    """

    reference: str
    scenario: str
    paths: int
    years: tuple[YearDifference, ...]
    cost: Estimate
    delay: Estimate
    late_items: Estimate
    end: Estimate


@dataclass(frozen=True, kw_only=True)
class SamplingError:
    """One quantity by quasi-random sampling against plain sampling of the same size.

    standard_error : from the scatter of `randomisations` independent ones
    plain_standard_error : what plain sampling of as many paths would have
    """

    label: str
    unit: str
    randomisations: int
    paths: int
    mean: float
    standard_error: float
    plain_standard_error: float


class Unit(StrEnum):
    """What a quantity is measured in."""

    CHANCE = "把握"
    WAN = "万元"
    QUARTER = "季度"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An asked quantity (`--about`, `--fail-if`) and its interval, in parts of 1, 万元 or quarters.

    of_list : it is the record's chance of a year's list: the interval is the range over the choices
        of rows and the value its lower end
    """

    text: str
    unit: Unit
    estimate: Estimate
    of_list: bool = False


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A condition judged: `met` by the estimate; `sure` if the whole interval says the same."""

    text: str
    answer: Answer
    bound: float
    met: bool
    sure: bool


@dataclass(frozen=True, kw_only=True)
class Precision:
    """Whether an asked quantity is as sure as asked (half the interval, in the quantity's unit).

    paths_needed : about how many paths in all it would take; None where that can't be told
    open_ended : a finish of which the value or an end of the interval lies after the play: it has
        no width (`half_width` None), and is never sure (推演期内无法确定)
    """

    answer: Answer
    asked_half_width: float
    half_width: float | None
    reached: bool
    paths_needed: int | None
    open_ended: bool = False


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How the paths were made.

    asked, interrupted : paths asked for; whether the run was stopped with fewer
    extras_skipped : whether levers and leverage were asked for and left out by a stop
    tails : 正态 or t5; engine : the batch engine's name as people read it
    sobol : the quasi-random run's errors, () for plain sampling
    """

    seed: int
    asked: int
    interrupted: bool
    tails: str
    engine: str
    sobol: tuple[SamplingError, ...] = ()
    extras_skipped: bool = False


@dataclass(frozen=True, kw_only=True)
class StressResult:
    """The stress test of one scenario: the play without luck, the paths, and what they say.

    run : the same scenario played without luck, with portfolio, origin and evidence
    comparison : against the first scenario of the command on the same luck; None for the first
    listed : how sure the running year's list and the next are, by the record
    trial : how such forecasts did on the years that are known; None where no chance is told
    levers, leverage : from extra runs on fewer paths; () where not asked for
    levers_of : how many levers there are; those likely to move little are not played
    """

    run: RunResult
    sampling: Sampling
    paths: Paths
    findings: Findings
    levers: tuple[LeverEffect, ...] = ()
    levers_of: int = 0
    leverage: tuple[ChannelLeverage, ...] = ()
    comparison: ScenarioComparison | None = None
    precision: Precision | None = None
    judged: tuple[Judged, ...] = ()
    listed: tuple[ListChance, ...] = ()
    trial: Trial | None = None

    @property
    def calendar(self) -> Calendar:
        """The portfolio's calendar."""
        return self.run.portfolio.calendar

    @property
    def paper(self) -> Paper:
        """The run's paper, numbered by how the paths were made too."""
        made = self.sampling
        return self.run.paper.about(
            "stress", made.seed, len(self.paths), made.tails, bool(made.sobol),
            bool(self.levers), bool(self.leverage), [judged.text for judged in self.judged],
        )  # fmt: skip


# --- What can be asked of the paths: quantities and conditions, as they were read


class Form(StrEnum):
    """What is asked of a subject."""

    CHANCE = "把握"
    PERCENTILE = "分位"
    MEAN = "均值"
    JOINT = "联合把握"


class Subject(StrEnum):
    """What a question is about."""

    YEAR = "年份"
    ITEM_FINISH = "大项竣工"
    ITEM_COST = "大项造价"
    END = "竣工"
    TOTAL_COST = "总造价"
    EVERY_ITEM = "全部"


#: Subjects that are money; the others with a size are quarters.
MONEY = (Subject.YEAR, Subject.ITEM_COST, Subject.TOTAL_COST)


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A number asked of the paths.

    year, item_no : of the subject, None where it has none
    percent : of a percentile
    operator, bound : of a chance, 万元 or quarter; bound None means by the plan (达标 the target,
        按期 the planned finish, 不超支 the approved cost)
    """

    text: str
    form: Form
    subject: Subject
    year: int | None = None
    item_no: int | None = None
    percent: float | None = None
    operator: str | None = None
    bound: int | None = None

    @property
    def unit(self) -> Unit:
        """What it is measured in."""
        if self.form in (Form.CHANCE, Form.JOINT):
            return Unit.CHANCE
        return Unit.WAN if self.subject in MONEY else Unit.QUARTER


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A quantity compared with a bound, in parts of 1, 万元 or quarters."""

    text: str
    quantity: Quantity
    operator: str
    bound: float
