"""Writing a report: the page of all scenarios, and each asked one's briefing and Excel files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from portfolio.model.dossier import Dossier
from portfolio.report.files import REALLOCATION, SCHEDULE, file_stems, files_read, write_all
from portfolio.report.json_text import json_text

PAGE = "报告.html"
BRIEFING = "简报.docx"
ANNUAL_PLAN = "年度投资计划表.xlsx"
ADJUSTED_LEAD = (
    "照调整方案改过的计划：计划各列为调整后的安排，累计完成、到位率、起止年限为照此推演一遍的结果。"
)
BEFORE_ARRIVAL = (
    "统筹与上级资金即调整后的安排；专属资金与贷款按到位前的数列示（推演再按情景打折、推迟），"
    "与 调整方案.xlsx 的承诺数不同。"
)
ADJUSTED_PLAN = "年度投资计划表（调整后）.xlsx"


def write_report(dossiers: Sequence[Dossier], out_dir: Path) -> tuple[Path, ...]:
    """Write 报告.html, 简报.docx, 年度投资计划表.xlsx, 进度计划.xlsx and run.json; all or none.

    A scenario with a repair has its 调整方案.xlsx too, and one with moves the yearly plan as adjusted. Where several scenarios are asked for, their
    own files bear their names.

    Raises
    ------
    InputError
        The folder can't be written, the disk is full, or a file is open in another program.
    """
    from portfolio.report.briefing import briefing_bytes
    from portfolio.report.excel import schedule_bytes
    from portfolio.report.excel.annual_plan import annual_plan_bytes
    from portfolio.report.page import page_text
    from portfolio.report.report_json import report_json

    contents = {PAGE: page_text(dossiers).encode("utf-8")}
    asked = [dossier for dossier in dossiers if dossier.asked]
    names = [dossier.name for dossier in asked]
    for file, made in (
        (BRIEFING, briefing_bytes),
        (ANNUAL_PLAN, annual_plan_bytes),
        (SCHEDULE, lambda dossier: schedule_bytes(dossier.run)),
        (REALLOCATION, _repair_bytes),
        (ADJUSTED_PLAN, _adjusted_bytes),
    ):
        stem, suffix = file.rsplit(".", 1)
        for named, dossier in zip(file_stems(stem, names), asked, strict=True):
            content = made(dossier)
            if content is not None:
                contents[f"{named}.{suffix}"] = content
    contents["run.json"] = json_text(report_json(dossiers)).encode("utf-8")
    return write_all(out_dir, contents, files_read(dossier.run for dossier in dossiers))


def _repair_bytes(dossier: Dossier) -> bytes | None:
    from portfolio.report.excel.reallocation import reallocation_bytes

    return None if dossier.repair is None else reallocation_bytes(dossier.repair)


def _adjusted_bytes(dossier: Dossier) -> bytes | None:
    """The yearly plan after the moves; None where nothing is moved."""
    from portfolio.model.reallocation_findings import planned, played_run
    from portfolio.report.excel.annual_plan import annual_plan_bytes
    from portfolio.report.reallocation_wording import bearing, played_line

    repair = dossier.repair
    if repair is None or repair.repaired is None or not repair.moves:
        return None
    run = played_run(repair)
    # Decided after the shock began the play counts the shock twice: its columns only orient.
    orients = "，推演各列只供参考" if bearing(repair) is None else ""
    title = f"{run.title or run.scenario}，调整后{orients}"
    promised = planned(repair)
    # The play delays and rations own money itself: its plan holds what is arranged before that.
    as_promised = (run.portfolio.plan_wan[: len(promised)] == promised).all()
    lead = ADJUSTED_LEAD + ("" if as_promised else BEFORE_ARRIVAL) + (played_line(repair) or "")
    return annual_plan_bytes(replace(dossier, run=replace(run, title=title)), lead)
