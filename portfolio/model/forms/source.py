"""What forms are made of: a play of the plan, and what the workbook tells for forms alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from portfolio.model.facts import MONTHS, Facts
from portfolio.model.forms.entered import Entered

if TYPE_CHECKING:
    from portfolio.model.forms.answers.options import Options
    from portfolio.model.forms.spread import Spread
    from portfolio.model.measures.results import RunResult
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.reallocation.result import Reallocation


@dataclass(frozen=True, kw_only=True)
class Source:
    """A played plan and what is told for forms.

    run : the plan as played, of the baseline or of a scenario
    entered : what the sheets for forms hold; nothing of it is played
    repair : the plan moved in answer to the scenario, with `options` the answers side by side;
        None where no form asks for it, or nothing is shocked
    spread : the as-of's year on many paths with luck; None where none were played
    sealed : 结账号 of the as-of month, as papers bear it; "" where it wasn't closed
    """

    run: RunResult
    entered: Entered = field(default_factory=Entered)
    repair: Reallocation | None = None
    options: Options | None = None
    spread: Spread | None = None
    sealed: str = ""

    def filed(self, key: str, code: str | None, item_no: int) -> str | None:
        """What an office files of a project, or of an item; None: it isn't told."""
        return self.entered.filings.get(key, {}).get(item_no if code is None else code)

    @property
    def portfolio(self) -> Portfolio:
        """The portfolio that was played."""
        return self.run.portfolio

    @property
    def facts(self) -> Facts:
        """The facts; a form that has none to show is not made.

        Raises
        ------
        ValueError
            There are none.
        """
        if self.portfolio.facts is None:
            raise ValueError("there are no facts")
        return self.portfolio.facts

    @property
    def year(self) -> int:
        """Index of the year that forms are of: the as-of's; without facts the first."""
        return 0 if self.portfolio.facts is None else self.portfolio.facts.year

    @property
    def months(self) -> int:
        """Months of that year that are past; 0 without facts."""
        facts = self.portfolio.facts
        return 0 if facts is None else facts.asof_months - MONTHS * facts.year

    @property
    def season(self) -> Fraction | None:
        """What of a year is usually done by the as-of month; None where no curve is set."""
        outlook = self.run.outlook
        return None if outlook is None else outlook.season
