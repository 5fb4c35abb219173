"""`projects` of run.json: a project's total is the one form 1 shows."""

from __future__ import annotations

from pathlib import Path

from portfolio import workflows
from portfolio.model.forms.lines import Rank
from portfolio.model.forms.source import Source
from portfolio.report.json.projects import projects_json
from portfolio.report.tables.forms import BY_NUMBER
from portfolio.workflows.inputs import load_workbook


def test_a_total_that_was_adjusted_is_the_adjusted_one_as_on_form_1(tmp_path: Path) -> None:
    (path,) = workflows.example(tmp_path, projects=60)
    run = workflows.run(path)
    source = Source(run=run, entered=load_workbook(path).for_forms)
    sheet = next(s for s in BY_NUMBER["1"].made(source).sheets if s.name == "项目明细")
    shown = {x.row.code: x.row for x in sheet.lines if x.rank is Rank.PART and x.row.code}
    told = {each["code"]: each for each in projects_json(run)["projects"]}
    assert len(shown) > 50
    for code, row in shown.items():
        assert told[code]["total_wan"] == row.amounts.total_wan, code
        assert told[code]["prior_total_wan"] == row.prior_total_wan, code
    adjusted = [each for each in told.values() if each["prior_total_wan"] is not None]
    assert any(each["total_wan"] > each["prior_total_wan"] for each in adjusted)
