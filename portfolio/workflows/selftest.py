"""An installed copy tested in about a minute: for who has to rely on it, or to audit it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.model.audit.tested import Tested
from portfolio.model.money import yi_text
from portfolio.read import bundled_files
from portfolio.version import __version__
from portfolio.workflows.asked import Progress, silent
from portfolio.workflows.inputs import load_workbook

if TYPE_CHECKING:
    from portfolio.model.portfolio import Portfolio
    from portfolio.read.workbook import Workbook

#: So many paths are played by both engines, under so many scenarios besides the plan.
PATHS, SCENARIOS, SEED = 12, 3, 20_261_130


@dataclass(frozen=True, kw_only=True)
class SelfTest:
    """All parts of a self-test, of which copy and on which workbook."""

    tested: tuple[Tested, ...]
    version: str
    workbook_sha256: str

    @property
    def right(self) -> bool:
        """Whether every part holds."""
        return all(one.right for one in self.tested)


def selftest(progress: Progress | None = None) -> SelfTest:
    """Test the installed copy on the shipped workbook: sums, cases by hand, identities, engines."""
    tell = progress or silent
    loaded = load_workbook(bundled_files.shipped_workbook())
    tested = []
    for part in (_published, _plan, _hand_worked, _identities, _engines):
        for one in part(loaded, tell):
            tested.append(one)
    return SelfTest(tested=tuple(tested), version=__version__, workbook_sha256=loaded.sha256)


def _published(loaded: Workbook, _: Progress) -> Iterator[Tested]:
    """The sums that were published."""
    from portfolio.model.items import reconcile

    totals = reconcile(loaded.portfolio.items, loaded.totals)
    wrong = tuple(
        check.published.name
        for check in totals
        if check.total_diff_wan or check.plan_diff_wan or check.count_diff
    )
    items = loaded.portfolio.items
    whole, period = (sum(getattr(i, key) for i in items) for key in ("total_wan", "plan_wan"))
    yield Tested(
        what=f"公布数：{len(items)} 个大项，{len(totals)} 个公布合计",
        how=f"逐项相加与公布的合计相等：总投资 {yi_text(whole)}、计划期 {yi_text(period)} 亿元",
        wrong=wrong,
    )


def _plan(loaded: Workbook, _: Progress) -> Iterator[Tested]:
    """The plan is the published money, to the 万元."""
    from portfolio.model.audit import audit_plan

    portfolio = loaded.portfolio
    years = portfolio.plan_wan.sum(axis=(1, 2))
    before = sum(item.earlier_wan for item in portfolio.items)
    total = sum(item.total_wan for item in portfolio.items)
    wrong = [str(breach) for breach in audit_plan(portfolio)]
    if int(years.sum()) + before != total:
        wrong.append(f"各年合计加首年前 {int(years.sum()) + before}，总投资 {total} 万元")
    yield Tested(
        what=f"年度计划：{len(portfolio.items)} 项 × {len(portfolio.channels)} 个渠道 × {len(years)} 年",
        how="分年、分渠道之和与总投资一万元不差",
        wrong=tuple(wrong),
    )


def _hand_worked(_: Workbook, tell: Progress) -> Iterator[Tested]:
    """Cases that can be worked on paper."""
    from portfolio.sim.selftest import hand_worked

    tell("正在推演手算例")
    for case in hand_worked():
        said = () if case.right else (f"手算 {list(case.expected)}，推演 {list(case.played)}",)
        yield Tested(what=f"手算例：{case.name}", how=case.sum, wrong=said)


def _identities(loaded: Workbook, tell: Progress) -> Iterator[Tested]:
    """Money is neither made nor lost, in the plan and in every shipped scenario."""
    from portfolio.sim.selftest import identities

    wrong: list[str] = []
    count, scenarios = 0, _scenarios(loaded)
    for name, portfolio in scenarios:
        tell(f"正在审计 {name}")
        held, found = identities(portfolio)
        wrong += [f"{name}：{one}" for one in found]
        count += held
    yield Tested(
        what=f"恒等式：基准与随附情景共 {len(scenarios)} 个",
        how=f"不认识引擎的审计逐条复核规则；统筹渠道额度＝下达＋作废 {count:,} 处逐格相等",
        wrong=tuple(wrong),
    )


def _engines(loaded: Workbook, tell: Progress) -> Iterator[Tested]:
    """Two engines say the same integers of the same luck."""
    from portfolio.sim.selftest import paths_that_differ

    wrong: list[str] = []
    chosen = _scenarios(loaded)[: SCENARIOS + 1]
    for name, portfolio in chosen:
        tell(f"正在比较两个引擎：{name}")
        wrong += [f"{name} 第 {k} 条路径" for k in paths_that_differ(portfolio, SEED, PATHS)]
    cells = PATHS * len(chosen) * loaded.portfolio.plan_wan[0].size * 100
    yield Tested(
        what=f"两个引擎：{len(chosen)} 个情景 × {PATHS} 条路径",
        how=f"逐季、逐渠道、逐项 {cells:,} 个数完全相等，竣工季相同",
        wrong=tuple(wrong),
    )


def _scenarios(loaded: Workbook) -> list[tuple[str, Portfolio]]:
    """The plan and each shipped scenario as it is played."""
    from portfolio.model.scenarios import apply
    from portfolio.read.scenario.file import read_scenario, scenario_files
    from portfolio.workflows.inputs import BASELINE

    files = scenario_files(bundled_files.scenario_folder())
    found = {BASELINE: loaded.portfolio}
    for path in files:
        scenario = read_scenario(path, calendar=loaded.portfolio.calendar)
        found.setdefault(path.stem, apply(scenario, loaded.portfolio)[0])
    return list(found.items())
