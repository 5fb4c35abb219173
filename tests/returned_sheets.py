"""Returned sheets filled in as units would, seeded, with errors planted where a test wants them."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from portfolio.model.month.returned import Rule

HEADER = 5
#: Sheets of figures that only some units have: told up a little from what was told last.
FURTHER, RISEN = ("资金台账", "专项债券"), 101
#: A month is so much of the year's plan; arrivals and payments are so much of what is done.
MONTH_PARTS, ARRIVED, PAID = (2, 12), 105, 90


@dataclass(frozen=True)
class Planted:
    """An error that was planted: what it is found as, in which file and cell."""

    rule: Rule
    file: str
    place: str


@dataclass
class Form:
    """A unit's workbook, its two tables found by their headers."""

    path: Path
    book: Any = None
    columns: dict[str, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.book = openpyxl.load_workbook(self.path)
        for name in (each for each in self.book.sheetnames if each != "说明"):
            heads = [str(cell.value or "").replace("\n", "") for cell in self.book[name][HEADER]]
            self.columns[name] = {head.partition("（")[0]: k for k, head in enumerate(heads, 1)}

    def sheet(self, name: str) -> Worksheet:
        """One of the tables."""
        found: Worksheet = self.book[name]
        return found

    def cell(self, name: str, row: int, title: str) -> Any:
        """A cell by its row and the title of its column."""
        return self.sheet(name).cell(row, self.columns[name][title])

    def rows(self, name: str) -> list[int]:
        """Rows of lines: those above the sums."""
        sheet = self.sheet(name)
        last = sheet.max_row
        return [
            row for row in range(HEADER + 1, last + 1)
            if self.cell(name, row, "名称").value not in (None, "合计")
        ]  # fmt: skip

    def spare(self, name: str) -> list[int]:
        """Empty rows at the foot of a further sheet."""
        sheet = self.sheet(name)
        return [
            row for row in range(HEADER + 1, sheet.max_row + 1)
            if self.is_yellow(name, row, "项目代码")
            and all(self.cell(name, row, title).value is None for title in ("项目代码", "名称"))
        ]  # fmt: skip

    def add(self, name: str, values: Mapping[str, Any]) -> int:
        """Fill in the first empty row of a further sheet; the row."""
        row = self.spare(name)[0]
        for title, value in values.items():
            assert self.is_yellow(name, row, title), title
            self.cell(name, row, title).value = value
        return row

    def is_yellow(self, name: str, row: int, title: str) -> bool:
        """Whether a cell is to be filled in."""
        return not self.cell(name, row, title).protection.locked

    def place(self, name: str, row: int, title: str) -> str:
        """A cell as users name it."""
        return f"{name}!{self.cell(name, row, title).coordinate}"


def fill(form: Form, luck: random.Random) -> None:
    """Fill a form in soundly."""
    money: dict[tuple[Any, ...], int] = {}
    for row in form.rows("填报"):
        was = int(form.cell("填报", row, "上月止本年累计完成").value or 0)
        plan = int(form.cell("填报", row, "本年计划").value or 0)
        total, earlier = (form.cell("填报", row, t).value for t in ("总投资", "截至上年底累计完成"))
        room = max(0, int(total) - int(earlier) - was) if total and earlier is not None else plan
        month = min(plan * luck.randint(*MONTH_PARTS) // 100, room)
        key = tuple(form.cell("填报", row, t).value for t in ("大项序号", "项目代码"))
        money[key] = month
        if form.is_yellow("填报", row, "本年累计完成投资"):
            form.cell("填报", row, "本年累计完成投资").value = was + month
        before = form.cell("填报", row, "上月形象进度").value
        if before is not None:
            form.cell("填报", row, "形象进度").value = before
    _fill_funds(form, money, luck)
    for name in FURTHER:
        if name in form.columns:
            _fill_further(form, name)
    if form.columns.get("月报补充") and form.rows("月报补充"):
        row = form.rows("月报补充")[0]
        form.cell("月报补充", row, "形象进度说明").value = "主体工程过半"
        earlier = {
            form.cell("填报", row, "项目代码").value: form.cell(
                "填报", row, "截至上年底累计完成"
            ).value
            for row in form.rows("填报")
        }
        for row in form.rows("月报补充"):
            if form.is_yellow("月报补充", row, "去年同期累计"):
                code = form.cell("月报补充", row, "项目代码").value
                form.cell("月报补充", row, "去年同期累计").value = earlier[code]


def _fill_funds(form: Form, money: dict[tuple[Any, ...], int], luck: random.Random) -> None:
    left = dict(money)
    for row in form.rows("资金"):
        key = tuple(form.cell("资金", row, t).value for t in ("大项序号", "项目代码"))
        month, left[key] = left[key], 0  # all of the month by the first channel
        for title, part in (("完成投资", 100), ("到位", ARRIVED), ("支付", PAID)):
            to_fill = f"本年累计{title}"
            if form.is_yellow("资金", row, to_fill):
                was = form.cell("资金", row, f"上月止本年累计{title.removesuffix('投资')}").value
                form.cell("资金", row, to_fill).value = int(was or 0) + month * part // 100
    assert luck is not None


def _fill_further(form: Form, name: str) -> None:
    """Each figure a hundredth more than last month, payments as the sheet 资金 has them."""
    for row in form.rows(name):
        for title in form.columns[name]:
            was = form.columns[name].get(f"上月{title}")
            if was is None or not form.is_yellow(name, row, title):
                continue
            then: Any = form.sheet(name).cell(row, was).value
            if title == "累计支付":
                then = int(then or 0) + _paid_in_month(form, row)
            elif isinstance(then, int) and title in ("累计应付", "已支出", "实现收益"):
                then = then * RISEN // 100 if title != "已支出" else then + 1
            if title == "闲置原因":
                then = then or "示例：前期手续未完成"
            form.cell(name, row, title).value = then


def _paid_in_month(form: Form, of: int) -> int:
    """What 资金 says was paid in the month of a purse's project and channel."""
    titles = ("大项序号", "项目代码", "资金渠道", "级次")
    key = [form.cell("资金台账", of, title).value for title in titles]
    for row in form.rows("资金"):
        if [form.cell("资金", row, title).value for title in titles] == key:
            now = form.cell("资金", row, "本年累计支付").value
            return int(now or 0) - int(form.cell("资金", row, "上月止本年累计支付").value or 0)
    return 0


def _first(form: Form, wanted: Callable[[int], bool]) -> int:
    return next(row for row in form.rows("填报") if wanted(row))


def _value(form: Form, row: int, title: str) -> int:
    return int(form.cell("填报", row, title).value or 0)


def filled(out: Path, into: Path, seed: int = 1) -> list[Path]:
    """All forms of a folder filled in soundly, in another folder."""
    into.mkdir(parents=True, exist_ok=True)
    luck, paths = random.Random(seed), []
    for path in sorted(out.glob("*.xlsx")):
        if path.name == "收数清单.xlsx":
            continue
        form = Form(Path(shutil.copy(path, into / path.name)))
        fill(form, luck)
        form.book.save(form.path)
        paths.append(form.path)
    return paths


# --- Errors


Plant = Callable[[Form], Planted]


def _at(form: Form, rule: Rule, name: str, row: int, title: str) -> Planted:
    return Planted(rule=rule, file=form.path.name, place=form.place(name, row, title))


def _in_lines(title: str, rule: Rule, wanted: Callable[[Form, int], bool],
              value: Callable[[Form, int], Any]) -> Plant:  # fmt: skip
    def plant(form: Form) -> Planted:
        row = _first(form, lambda row: form.is_yellow("填报", row, title) and wanted(form, row))
        form.cell("填报", row, title).value = value(form, row)
        return _at(form, rule, "填报", row, title)

    return plant


def _whole(form: Form, row: int) -> bool:
    """Told as a whole, in its midst."""
    return (
        form.is_yellow("填报", row, "本年累计完成投资")
        and _value(form, row, "上月止本年累计完成") > 100
        and _value(form, row, "本年计划") > 100
    )


def _paid(form: Form) -> Planted:
    for row in form.rows("资金"):
        cell = form.cell("资金", row, "本年累计支付")
        if cell.value and int(cell.value) > 100:
            cell.value = 3 * int(form.cell("资金", row, "本年累计到位").value or 0) + 10**7
            return _at(form, Rule.PAID, "资金", row, "本年累计支付")
    raise AssertionError(form.path)


def _total(form: Form) -> Planted:
    row = form.rows("填报")[-1] + 1
    form.cell("填报", row, "本年累计完成投资").value = 123
    return _at(form, Rule.TOTAL, "填报", row, "本年累计完成投资")


def _locked(form: Form) -> Planted:
    row = _first(form, lambda row: _whole(form, row))
    form.cell("填报", row, "上月止本年累计完成").value = (
        _value(form, row, "上月止本年累计完成") - 50
    )
    return _at(form, Rule.LOCKED, "填报", row, "上月止本年累计完成")


def _extra(form: Form) -> Planted:
    sheet, last = form.sheet("填报"), form.rows("填报")[-1]
    sheet.insert_rows(last + 1)
    form.cell("填报", last + 1, "大项序号").value = form.cell("填报", last, "大项序号").value
    form.cell("填报", last + 1, "项目代码").value = "P99-999"
    form.cell("填报", last + 1, "名称").value = "新来的项目"
    form.cell("填报", last + 1, "本年累计完成投资").value = 5
    return _at(form, Rule.LOCKED, "填报", last + 1, "项目代码")


#: Twelve errors, each found by its own rule.
PLANTS: tuple[Plant, ...] = (
    _in_lines("本年累计完成投资", Rule.BELOW, _whole,
              lambda f, r: _value(f, r, "上月止本年累计完成") - 7),
    _in_lines("本年累计完成投资", Rule.OVER_TOTAL, _whole,
              lambda f, r: _value(f, r, "总投资") + 1),
    _paid,
    _in_lines("形象进度", Rule.PROGRESS,
              lambda f, r: (f.cell("填报", r, "上月形象进度").value or 0) > 0.02,
              lambda f, r: round(f.cell("填报", r, "上月形象进度").value - 0.01, 4)),
    _in_lines("本年累计完成投资", Rule.MONTH,
              lambda f, r: _whole(f, r) and _value(f, r, "总投资") - _value(f, r, "截至上年底累计完成")
              - _value(f, r, "上月止本年累计完成") > _value(f, r, "本年计划") * 3 // 10 + 9,
              lambda f, r: _value(f, r, "上月止本年累计完成") + _value(f, r, "本年计划") * 3 // 10 + 1),
    _total,
    _locked,
    _in_lines("本年累计完成投资", Rule.UNFILLED, _whole, lambda _f, _r: None),
    _in_lines("本年累计完成投资", Rule.BELOW,
              lambda f, r: _whole(f, r) and _value(f, r, "上月止本年累计完成") > 20_000,
              lambda f, r: _value(f, r, "上月止本年累计完成") // 10_000),
    _in_lines("本年累计完成投资", Rule.UNREADABLE, _whole, lambda _f, _r: "约3亿"),
    _extra,
    _in_lines("竣工日期", Rule.FINISHED,
              lambda f, r: _whole(f, r) and (f.cell("填报", r, "形象进度").value or 1) < 1,
              lambda _f, _r: "2026-11-20"),
)  # fmt: skip


def planted(forms: list[Path], seed: int = 1) -> list[Planted]:
    """Plant the twelve errors, each in a file of its own, where it can be."""
    luck, left = random.Random(seed), list(forms)
    luck.shuffle(left)
    found = []
    for plant in PLANTS:
        for path in list(left):
            form = Form(path)
            try:
                found.append(plant(form))
            except StopIteration:
                continue
            form.book.save(path)
            left.remove(path)
            break
        else:
            raise AssertionError(f"no form for error {len(found) + 1}")
    return found


def _in_further(sheet: str, title: str, rule: Rule, wanted: Callable[[Form, int], bool],
                value: Callable[[Form, int], Any]) -> Plant:  # fmt: skip
    def plant(form: Form) -> Planted:
        rows = form.rows(sheet) if sheet in form.columns else []
        row = next(row for row in rows if wanted(form, row))
        form.cell(sheet, row, title).value = value(form, row)
        return _at(form, rule, sheet, row, title)

    return plant


def _of(form: Form, sheet: str, row: int, title: str) -> int:
    return int(form.cell(sheet, row, title).value or 0)


def _copied(form: Form) -> Planted:
    """A bond's row pasted once more."""
    sheet, rows = (
        form.sheet("专项债券"),
        form.rows("专项债券") if "专项债券" in form.columns else [],
    )
    last = next(reversed(rows))
    values = [cell.value for cell in sheet[last]]
    sheet.insert_rows(last + 1)
    for place, value in enumerate(values, start=1):
        sheet.cell(last + 1, place).value = value
    return _at(form, Rule.LOCKED, "专项债券", last + 1, "项目代码")


def _any(_form: Form, _row: int) -> bool:
    return True


#: Errors of the sheets that only some units have.
FURTHER_PLANTS: tuple[Plant, ...] = (
    _in_further("资金台账", "累计应付", Rule.BELOW,
                lambda f, r: _of(f, "资金台账", r, "上月累计应付") > 10,
                lambda f, r: _of(f, "资金台账", r, "上月累计应付") - 5),
    _in_further("资金台账", "指标已下达", Rule.LEDGER,
                lambda f, r: _of(f, "资金台账", r, "现行预算") > 0,
                lambda f, r: _of(f, "资金台账", r, "现行预算") + 3),
    _in_further("资金台账", "累计支付", Rule.LEDGER,
                lambda f, r: _of(f, "资金台账", r, "累计支付") > 0,
                lambda f, r: _of(f, "资金台账", r, "累计支付") + 11),
    _in_further("专项债券", "已支出", Rule.LEDGER, _any,
                lambda f, r: _of(f, "专项债券", r, "已拨付") + 1),
    _in_further("专项债券", "已拨付", Rule.UNREADABLE, _any, lambda _f, _r: "全部"),
    _in_further("专项债券", "本期债券金额", Rule.LOCKED, _any,
                lambda f, r: _of(f, "专项债券", r, "本期债券金额") + 100),
    _copied,
    _in_further("资金台账", "累计应付", Rule.OVER_TOTAL,
                lambda f, r: _of(f, "资金台账", r, "累计应付") > 0,
                lambda f, r: _of(f, "资金台账", r, "累计应付") * 1_000),
    _in_further("资金台账", "上年结转到位", Rule.LEDGER,
                lambda f, r: _of(f, "资金台账", r, "上月上年结转到位") > 0,
                lambda f, r: _of(f, "资金台账", r, "上月上年结转到位") + 7),
    _in_further("专项债券", "到位日期", Rule.LEDGER, _any, lambda _f, _r: "2026-12-01"),
    _in_further("专项债券", "到位日期", Rule.LEDGER, _any, lambda _f, _r: "2026-11-30"),
    _in_further("月报补充", "去年同期累计", Rule.BELOW,
                lambda f, r: f.is_yellow("月报补充", r, "去年同期累计"), lambda _f, _r: 1),
    _in_further("月报补充", "去年同期累计", Rule.UNTOLD,
                lambda f, r: f.is_yellow("月报补充", r, "去年同期累计"), lambda _f, _r: None),
    _in_further("月报补充", "去年同期累计", Rule.LEDGER,
                lambda f, r: f.is_yellow("月报补充", r, "去年同期累计"), lambda _f, _r: 10**9),
    _in_further("月报补充", "上月形象进度说明", Rule.LOCKED, _any, lambda _f, _r: "已封顶"),
)  # fmt: skip


def planted_further(forms: list[Path], plant: Plant) -> tuple[Path, Planted]:
    """One error of the further sheets, in the first file that has a place for it."""
    for path in forms:
        form = Form(path)
        try:
            found = plant(form)
        except StopIteration:
            continue
        form.book.save(path)
        return path, found
    raise AssertionError(plant)
