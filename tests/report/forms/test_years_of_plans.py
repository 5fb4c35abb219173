"""Forms of years to come on plans made by hand: who is new, who is in reserve, what isn't told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from portfolio.model.forms.entered import Entered
from portfolio.model.forms.lines import Rank
from portfolio.model.forms.source import Source
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS
from portfolio.report.json.forms import forms_json
from portfolio.report.tables.forms import BY_NUMBER
from portfolio.report.tables.forms.form import NOT_APPLICABLE, FormSheet
from tests.report.forms.test_sums import number_of
from tests.report.results import result_of
from tests.strategies import make_channel, make_item, make_portfolio

GENERAL = make_channel(0, id="GPB", group="财政", name="一般公共预算")


def staged() -> Portfolio:
    """Without facts 2021 is the running year: items begin in 2021, 2022, 2023 and 2030."""
    plan = np.zeros((PLAN_YEARS, 1, 4), dtype=np.int64)
    for item, (first, years) in enumerate(((0, 5), (1, 3), (2, 2), (9, 2))):
        plan[first : first + years, 0, item] = 100
    names = ("在建", "新开", "后年开", "远期")
    items = tuple(
        replace(make_item(i + 1, plan[:, :, i].sum(axis=1)), name=names[i]) for i in range(4)
    )
    return make_portfolio(plan, channels=(GENERAL,), items=items)


def sheets(number: str, **entered: object) -> dict[str, FormSheet]:
    run = result_of(staged())
    source = Source(run=run, entered=Entered(**entered))  # type: ignore[arg-type]
    return {sheet.name: sheet for sheet in BY_NUMBER[number].made(source).sheets}


def names_of(sheet: FormSheet) -> list[str]:
    return [line.row.name for line in sheet.lines if line.rank is Rank.ITEM]


def test_the_list_has_who_spends_in_the_year_and_the_others_are_prepared() -> None:
    made = sheets("3A")
    assert names_of(made["正式项目"]) == ["在建", "新开"]
    assert names_of(made["预备项目"]) == ["后年开", "远期"]
    kinds = [made["正式项目"].fields["kind"].value(line.row)
             for line in made["正式项目"].lines if line.rank is Rank.ITEM]  # fmt: skip
    assert kinds == ["续建", "新开工"]
    starts = [made["预备项目"].fields["start"].value(line.row)
              for line in made["预备项目"].lines if line.rank is Rank.ITEM]  # fmt: skip
    assert starts == ["2023年1月", "2030年1月"]
    total = made["汇总"].lines[0].row
    counts = [number_of(made["汇总"], key, total) for key in ("going_on", "new", "finishing")]
    assert counts == [1, 1, 0] and number_of(made["汇总"], "count", total) == sum(counts)


def test_reserve_stands_in_no_sum_and_has_a_need_alone() -> None:
    sheet = sheets("4")["项目明细"]
    total = sheet.lines[0]
    assert total.row.name == "合计（不含储备）"
    arranged, reserve = sheet.lines[: total.parts + 1], sheet.lines[total.parts + 1 :]
    assert [line.row.name for line in reserve if line.rank is Rank.ITEM] == ["远期"]
    assert "远期" not in [line.row.name for line in arranged]
    far = next(line.row for line in reserve if line.rank is Rank.ITEM)
    assert sheet.fields["y2022_total_wan"].value(far) == NOT_APPLICABLE
    assert sheet.fields["later_wan"].value(far) == sheet.fields["total_wan"].value(far) == 200
    # 在建 500 + 新开 300 + 后年开 200; by the end of 2021 100; 2022 200, 2023 and 2024 300 each.
    told = [number_of(sheet, key, total.row) for key in (
        "total_wan", "before_wan", "y2022_total_wan", "y2023_total_wan", "y2024_total_wan",
        "later_wan",
    )]  # fmt: skip
    assert told == [1000, 100, 200, 300, 300, 100]
    assert told[0] == sum(wan or 0 for wan in told[1:])


def test_the_first_year_of_form_4_is_form_3b() -> None:
    year, rolling = sheets("3B")["项目明细"], sheets("4")["项目明细"]
    for mine, theirs in (("plan_wan", "y2022_total_wan"), ("government_wan", "y2022_government_wan"),
                         ("pot1_wan", "y2022_bonds_wan")):  # fmt: skip
        assert number_of(year, mine, year.lines[0].row) == number_of(
            rolling, theirs, rolling.lines[0].row
        )


def test_a_new_work_is_red_until_its_estimate_is_told() -> None:
    def lit(made: dict[str, FormSheet]) -> list[str]:
        return [str(line.row.light) for line in made["红灯与核对"].lines]

    assert "未批概算的新开工" in lit(sheets("3B"))
    told = sheets("3B", filings={"estimate": {2: "发改〔2022〕1号"}})
    assert "未批概算的新开工" not in lit(told)
    words = [told["项目明细"].fields["estimate"].value(line.row)
             for line in told["项目明细"].lines if line.rank is Rank.ITEM]  # fmt: skip
    assert words == [None, "发改〔2022〕1号"]  # the other isn't told, and stays 未报


def test_a_limit_that_nobody_entered_is_no_limit() -> None:
    sheet = sheets("3B")["额度校核"]
    for line in sheet.lines:
        if line.rank is Rank.PART:
            assert line.row.limit_wan is None and line.row.gap_wan == NOT_APPLICABLE
            assert line.row.basis == "推算" and line.row.light == NOT_APPLICABLE


def test_debt_that_nobody_told_is_null_in_data() -> None:
    run = result_of(staged())
    (data,) = forms_json([BY_NUMBER["4"].made(Source(run=run))])["forms"]
    debt = next(sheet for sheet in data["sheets"] if sheet["name"] == "还本付息")
    assert {line["principal_wan"] for line in debt["lines"]} == {None}
