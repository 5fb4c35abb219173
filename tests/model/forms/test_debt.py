"""What issued bonds cost by year."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.forms.entered import Bond
from portfolio.model.forms.planned.debt import debt_service, yearly_interest


def bond(item_no: int = 1, **more: object) -> Bond:
    told: dict[str, object] = {
        "amount_wan": 10_000, "issued_on": "2026-03-15", "term_years": 3.0, "rate": 0.0215,
    }  # fmt: skip
    return Bond(
        item_no=item_no, project_code=None, bond_name="债", bond_code="1", **{**told, **more}
    )  # type: ignore[arg-type]


def test_interest_falls_due_each_year_after_issue_and_principal_at_the_end() -> None:
    # 10,000 at 2.15 %: 215 in 2027, 2028 and 2029, and the 10,000 with the last.
    debt = debt_service([bond()])
    assert debt is not None
    assert dict(debt.due_wan) == {
        (1, 2027): (0, 215), (1, 2028): (0, 215), (1, 2029): (10_000, 215),
    }  # fmt: skip


def test_a_begun_year_of_a_term_is_a_whole_one() -> None:
    debt = debt_service([bond(term_years=2.5)])
    assert debt is not None and debt.due_wan[1, 2029] == (10_000, 215)


def test_bonds_of_an_item_are_summed_and_those_that_tell_too_little_left_out() -> None:
    debt = debt_service([bond(), bond(), bond(2), bond(3, rate=None), bond(4, issued_on=None)])
    assert debt is not None
    assert debt.due_wan[1, 2027] == (0, 430) and debt.due_wan[2, 2027] == (0, 215)
    assert {no for no, _ in debt.due_wan} == {1, 2}
    assert debt_service([bond(term_years=None)]) is None
    assert debt_service([]) is None


def test_interest_is_rounded_half_up_from_the_rate_as_it_reads() -> None:
    assert yearly_interest(100, 0.025) == 3  # 2.5
    assert yearly_interest(1_000, 0.0215) == 22  # 21.5, though 0.0215 is a little less in binary
    assert yearly_interest(0, 0.03) == 0


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 10**6), st.integers(2020, 2030),
                  st.integers(1, 30)),
        max_size=6,
    )
)  # fmt: skip
def test_all_principal_falls_due_once(bonds: list[tuple[int, int, int, int]]) -> None:
    debt = debt_service(
        bond(no, amount_wan=wan, issued_on=f"{year}-01-01", term_years=float(term))
        for no, wan, year, term in bonds
    )
    paid = 0 if debt is None else sum(principal for principal, _ in debt.due_wan.values())
    assert paid == sum(wan for _, wan, _, _ in bonds)
