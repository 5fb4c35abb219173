"""The yearly list of works on record beside the play of the items: said once for every form."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.measures.list_record import MONTHS, ListYear, list_record
from portfolio.model.measures.results import RunResult
from portfolio.report.tables.fields import Fields, Table, money, number, ratio, text, year
from portfolio.report.words.outlook import year_mark
from portfolio.report.words.run import PLAYED
from portfolio.report.words.sources import CONVERTED, ON_RECORD

#: How the table is to be read.
READ = (
    "名单计划与完成是公布的事实，排在前；“大项折市重点”是本清单各大项折算的数，"
    "两份清单范围不同，并列对照，不作达标评判。"
)


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """A year of the list, and what the items' figure of it is: facts, play, or both."""

    of: ListYear
    mark: str | None


def _until(row: ListRow) -> str | None:
    if row.of.done_wan is None:
        return None
    return "全年" if row.of.months == MONTHS else f"1—{row.of.months} 月"


def _completion(row: ListRow) -> float | None:
    return None if row.of.completion is None else float(row.of.completion)


LIST_RECORD = Fields[ListRow](
    name="重点项目名单",
    fields=(
        year("year", "年份", lambda row: row.of.year, look="centre"),
        money("list_plan_wan", "名单计划", lambda row: row.of.plan_wan, source=ON_RECORD),
        text(
            "list_plan_kind",
            "计划性质",
            lambda row: row.of.plan_kind,
            look="centre",
        ),
        money("list_done_wan", "名单完成", lambda row: row.of.done_wan, source=ON_RECORD),
        text("until", "完成截至", _until, 12, look="centre"),
        number("months", "月数", lambda row: row.of.months),
        ratio("completion", "完成率", _completion),
        money(
            "converted_wan",
            "大项折市重点",
            lambda row: row.of.converted_wan,
            14,
            source=CONVERTED,
        ),
        text("mark", "大项数性质", width=14, look="centre"),
        text("provenance", "依据", lambda row: row.of.provenance, 70, look="wrap"),
    ),
)
LIST_SCREEN = LIST_RECORD.view(
    "year", "list_plan_wan", "list_plan_kind", "list_done_wan", "until", "completion",
    "converted_wan", "mark",
)  # fmt: skip
LIST_SHEET = LIST_RECORD.view(
    "year", "list_plan_wan", "list_plan_kind", "list_done_wan", "until", "completion",
    "converted_wan", "mark", "provenance",
)  # fmt: skip
LIST_DATA = LIST_RECORD.view(
    "year", "list_plan_wan", "list_plan_kind", "list_done_wan", "months", "converted_wan", "mark"
)


def list_table(result: RunResult, fields: Fields[ListRow] = LIST_SHEET) -> Table[ListRow]:
    """The years of which a plan or an outturn of the list is known."""
    portfolio = result.portfolio
    return fields.of(
        ListRow(of=one, mark=_mark(result, one))
        for one in list_record(portfolio, result.outcome, result.records)
    )


def _mark(result: RunResult, one: ListYear) -> str | None:
    if one.converted_wan is None:
        return None
    return year_mark(result.portfolio, one.year) or PLAYED
