"""Whose budget pays: told of the item, else of all its projects alike, else not known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.facts import Level
from portfolio.model.projects import Project
from portfolio.model.projects.level import level_of
from tests.strategies import make_item

YEARS = np.zeros(15, dtype=np.int64)
UNTOLD = make_item(1, YEARS)
CITY = replace(make_item(2, YEARS), tier=Level.CITY)
DISTRICT = replace(make_item(3, YEARS), tier=Level.DISTRICT)


def project(no: int, tier: Level | None) -> Project:
    return Project(code=f"P-{no}-{tier}", name="甲", item_no=no, tier=tier)


@pytest.mark.parametrize(
    ("items", "projects", "level"),
    [
        ((CITY,), (project(2, Level.DISTRICT),), Level.CITY),  # the item's own word goes first
        ((UNTOLD,), (), None),
        ((UNTOLD,), (project(1, Level.CITY), project(1, Level.CITY)), Level.CITY),
        ((UNTOLD,), (project(1, Level.CITY), project(1, Level.DISTRICT)), None),
        ((UNTOLD,), (project(1, Level.CITY), project(1, None)), None),
        ((UNTOLD,), (project(2, Level.CITY),), None),  # of another item
        ((CITY, DISTRICT), (), None),
        ((CITY, UNTOLD), (), None),
        ((CITY, UNTOLD), (project(1, Level.CITY),), Level.CITY),
        ((), (), None),
    ],
)
def test_the_level_is_what_all_tell(items, projects, level) -> None:
    assert level_of(items, projects) is level
