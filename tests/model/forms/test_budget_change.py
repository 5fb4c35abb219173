"""New special bonds where none may be: what 打包 may get later, and what nothing may get."""

from __future__ import annotations

import pytest

from portfolio.model.forms.answers.budget_change import Change
from portfolio.model.rules.approval import approval_path
from tests.report.results import shipped_run

BUNDLED, BY_ITSELF = 26, 13  # 城市路网 is 打包, 综合性产业园区 may carry bonds


@pytest.mark.parametrize(
    ("item_no", "channel", "up", "net", "red"),
    [
        (BUNDLED, "SPB", 350_000, -10_000, False),  # what an earlier year gave up comes later
        (BUNDLED, "SPB", 350_000, 499, False),  # under 0.05 亿 is nobody's move
        (BUNDLED, "SPB", 350_000, 10_000, True),  # more in all than planned
        (BUNDLED, "GPB", 350_000, 350_000, False),
        (BUNDLED, "SPB", -360_000, -360_000, False),
        (BY_ITSELF, "SPB", 350_000, 350_000, False),
    ],
)
def test_bundled_works_get_no_more_bonds_than_planned_in_all(
    item_no: int, channel: str, up: int, net: int, red: bool
):
    portfolio = shipped_run().portfolio
    what = portfolio.channels[portfolio.channel_position[channel]]
    change = Change(
        item=portfolio.item(item_no), channel=what, year=2028,
        before_wan=400_000, after_wan=400_000 + up, net_wan=net, reasons=(),
        approval=approval_path(
            portfolio.calendar, channel_id=what.id, channel_group=what.group, year=2028,
            asof_quarter=23, increase=up > 0, from_reserve=False, livelihood=False,
        ),
    )  # fmt: skip
    assert change.forbidden is red
