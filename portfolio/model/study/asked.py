"""What can be asked of the paths: quantities and conditions, as they were read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.study.result import Unit


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
