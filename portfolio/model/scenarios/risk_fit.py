"""Whether the assumptions of the stress test fit together after a scenario is laid on them."""

from __future__ import annotations

from collections.abc import Mapping

from portfolio.model.problems import Problem
from portfolio.model.risk_checks import contradiction, contradiction_text, share_flaw
from portfolio.model.scenarios.draft import GENERAL_CORRELATIONS, Cell, Draft, ratio_text
from portfolio.model.scenarios.risk_cells import laid_pairs


def risk_problems(draft: Draft, places: Mapping[Cell, str]) -> list[Problem]:
    """What does not fit together after all is written; `places` of the cells that were changed."""
    problems = [
        *_range_problems(draft, places, "channel_risk", _channel_names(draft)),
        *_range_problems(draft, places, "realisation", {}),
    ]
    general = [place for cell, place in places.items() if cell[0] == "correlation"]
    everywhere, in_group, _ = (draft.values["correlation", name] for name in GENERAL_CORRELATIONS)
    flaw = share_flaw(everywhere, in_group)
    if general and flaw:
        problems.append(Problem(place=general[-1], found=flaw[0], fix=flaw[1]))
    return problems + _pair_problems(draft, places)


def _channel_names(draft: Draft) -> dict[str, str]:
    return {channel.id: channel.name for channel in draft.portfolio.channels}


def _range_problems(
    draft: Draft, places: Mapping[Cell, str], table: str, names: Mapping[str, str]
) -> list[Problem]:
    """Means outside their bounds, of the owners touched."""
    touched = {cell[1]: place for cell, place in places.items() if cell[0] == table}
    problems = []
    for owner, place in touched.items():
        low, mean, high = (draft.values[table, owner, name] for name in ("low", "mean", "high"))
        if not low <= mean <= high:
            found = (
                f"“{names.get(owner, owner)}”的均值 {ratio_text(mean)} 不在下限 {ratio_text(low)} "
                f"与上限 {ratio_text(high)} 之间"
            )
            problems.append(Problem(place=place, found=found, fix="请一并改下限或上限，或改均值"))
    return problems


def _pair_problems(draft: Draft, places: Mapping[Cell, str]) -> list[Problem]:
    """Correlations of channels that no luck can have, where they or a persistence were touched."""
    touched = [
        place
        for cell, place in places.items()
        if cell[0] == "channel_correlation" or cell[-1] == "persistence"
    ]
    if not touched:
        return []
    persistence = {
        cell[1]: value for cell, value in draft.values.items() if cell[-1] == "persistence"
    }
    names = _channel_names(draft)
    found = contradiction(list(names), laid_pairs(draft.portfolio.risk, draft.values), persistence)
    if found is None:
        return []
    said, fix = contradiction_text(found, names)
    return [Problem(place=touched[-1], found=said, fix=f"{fix}；也可把此处的改动改小")]
