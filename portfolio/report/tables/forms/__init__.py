"""Every form there is, by its number: what it is called, what it needs, how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from portfolio.model.forms.source import Source
from portfolio.report.tables.forms import (
    bonds,
    budget_change,
    government_plan,
    key_projects,
    monthly,
    options,
    paid,
    rolling_plan,
    troubles,
)
from portfolio.report.tables.forms.form import Form


@dataclass(frozen=True, kw_only=True)
class FormKind:
    """A form that can be made.

    lacks : why a source can't fill it and what to do, as (what is found, fix); None where it can
    luck : it shows what many paths come to, where they were played
    answers : it shows answers to a shock: these are sought once the source can have them
    """

    number: str
    title: str
    made: Callable[[Source], Form]
    lacks: Callable[[Source], tuple[str, str] | None]
    luck: bool = False
    answers: bool = False


def needs_facts(source: Source) -> tuple[str, str] | None:
    """A form of what has happened can't be made where nothing was entered."""
    if source.portfolio.facts is not None:
        return None
    return "工作簿没有执行数", "请先在“月度执行”表填写执行数（见 docs/执行数.md）"


def needs_nothing(source: Source) -> tuple[str, str] | None:
    """A form of the plan can always be made."""
    del source
    return None


def needs_shock(source: Source) -> tuple[str, str] | None:
    """A form of answers to a shock needs one; it also says that there is no answer."""
    return budget_change.needs_repair(replace(source, repair=None))


#: In the order of their numbers.
FORMS: tuple[FormKind, ...] = (
    FormKind(
        number=monthly.NUMBER,
        title=monthly.TITLE,
        made=monthly.monthly_form,
        lacks=needs_facts,
        luck=True,
    ),
    FormKind(number=paid.NUMBER, title=paid.TITLE, made=paid.paid_form, lacks=needs_facts),
    FormKind(number=bonds.NUMBER, title=bonds.TITLE, made=bonds.bond_form, lacks=bonds.needs_bonds),
    FormKind(
        number=key_projects.NUMBER,
        title=key_projects.TITLE,
        made=key_projects.key_projects_form,
        lacks=needs_nothing,
    ),
    FormKind(
        number=government_plan.NUMBER,
        title=government_plan.TITLE,
        made=government_plan.government_plan_form,
        lacks=needs_nothing,
    ),
    FormKind(
        number=rolling_plan.NUMBER,
        title=rolling_plan.TITLE,
        made=rolling_plan.rolling_plan_form,
        lacks=needs_nothing,
    ),
    FormKind(
        number=budget_change.NUMBER,
        title=budget_change.TITLE,
        made=budget_change.budget_change_form,
        lacks=budget_change.needs_repair,
        answers=True,
    ),
    FormKind(
        number=troubles.NUMBER,
        title=troubles.TITLE,
        made=troubles.trouble_form,
        lacks=needs_facts,
    ),
    FormKind(
        number=options.NUMBER,
        title=options.TITLE,
        made=options.options_form,
        lacks=needs_shock,
        answers=True,
    ),
)
BY_NUMBER = {kind.number: kind for kind in FORMS}
