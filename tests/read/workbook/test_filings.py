"""申报补充: what is filed for approval, of an item or of one of its projects, each its own."""

from __future__ import annotations

from tests.read.workbook.test_for_forms import read


def test_what_is_filed_is_told_of_whom_it_is_and_what_is_empty_is_not_told():
    entered, problems, _ = read(
        申报补充=[{"item_no": 4, "estimate": "发改〔2025〕1号", "subject": "2120399"}]
    )
    assert not problems
    assert entered.filings["estimate"] == {4: "发改〔2025〕1号"}
    assert entered.filings["subject"] == {4: "2120399"}
    assert entered.filings["aims"] == entered.filings["repayment"] == {}


def test_a_filing_of_no_item_is_told_with_its_cell():
    entered, problems, _ = read(申报补充=[{"item_no": 999, "aims": "按期完成"}])
    assert [problem.place for problem in problems] == ["申报补充!A2"]
    assert not entered.filings["aims"]
