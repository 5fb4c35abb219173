"""Why there is no plan, where what pays an item in a year is bound."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.items import BondUse
from portfolio.model.reallocation.parameters import derive_repair
from portfolio.optimize.questions.infeasible import explain_infeasible
from tests.optimize.small_cases import FREE_SHARES, LAST, A, B, small_case


def test_the_band_clashes_with_contract_and_envelope() -> None:
    # All of 10 is signed, A has 4 of it. With B at 15 % A needs 8.5: 4.5 more.
    case = small_case(
        {(LAST, A, 0): 10},
        envelopes={(LAST, A): 4, (LAST, B): 10},
        shares={(B, 0): 80},
        items={0: {"contract": 100}},
        settings=replace(FREE_SHARES, yearly_band_bps=1_500),
    )
    found = explain_infeasible(case, derive_repair(case))
    (need,) = found.needs
    assert (need.rule, need.lacking_wan) == ("voted_envelope", 45_000)
    # A band between two channels gives in twice: less of the contract (4 / 0.85 stays) is cheaper.
    assert need.alternative == "把 1 大项1 2035 年的合同下限从 100% 降到 47.05%"
    assert "yearly_band" in {member.rule for member in found.conflict}


def test_bonds_that_are_not_lawful_never_give_in() -> None:
    # 5 of A and 5 of B planned, A has 2: B may not bring 8, so that A lacks 3 of what is signed.
    case = small_case(
        {(LAST, A, 0): 5, (LAST, B, 0): 5},
        envelopes={(LAST, A): 2, (LAST, B): 10},
        shares={(B, 0): 100},
        items={0: {"contract": 100, "bond_use": BondUse.NOT}},
    )
    found = explain_infeasible(case, derive_repair(case))
    (need,) = found.needs
    assert (need.rule, need.lacking_wan) == ("voted_envelope", 30_000)
    assert "bonds_where_lawful" in {member.rule for member in found.conflict}
