"""Items and published totals: rows checked against each other, then made into values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from portfolio.model.calendar import Calendar
from portfolio.model.items import (
    Evidence,
    Item,
    Observation,
    PublicRecord,
    PublishedTotal,
    assumption,
    evidence_ids,
    is_evidence_id,
)
from portfolio.model.money import LARGEST_WAN, yi_text
from portfolio.model.plan import first_year_flaw
from portfolio.model.problems import did_you_mean, nearest
from portfolio.model.quarters import year_spans
from portfolio.model.schema.plan import OF_CLASSES, POINTS_TO_ITEM
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import referred

WORD_MARKS = re.compile(r"[；;、，,\n]")


@dataclass(frozen=True, kw_only=True)
class ItemIndex:
    """Names of the items by number, and of those whose number is lost.

    `unnumbered` are names of rows whose number could not be read, `doubled` of those whose
    number another row has too; `repeated` are these numbers: which item they mean can't be known.
    `deleted` are numbers that no item has and several rows point to, which is noted once.
    """

    names: Mapping[int, str]
    unnumbered: frozenset[str]
    doubled: frozenset[str] = frozenset()
    repeated: frozenset[int] = frozenset()
    deleted: frozenset[int] = frozenset()

    def excuses(self, no: int, name: str | None) -> bool:
        """Whether a number that no item has follows from one noted in the list of items.

        Without a name beside it, a gap in the numbers is taken to be the one that was lost.
        """
        lost = self.unnumbered | self.doubled
        if name in self.unnumbered:
            return True
        if not lost or not self.names or (name is not None and name not in lost):
            return False
        return no <= max(self.names) + len(lost)


def index_items(rows: Sequence[Row], findings: Findings) -> ItemIndex:
    """Index every item row; numbers and names used twice are noted."""
    names: dict[int, str] = {}
    first: dict[int | str, Row] = {}
    doubled: list[Row] = []
    repeated: set[int] = set()
    for row in rows:
        if row.sound("no"):
            no = row.whole("no")
            if no in first:
                findings.add(
                    row.place("no"),
                    f"序号 {no} 重复，第 {first[no].number} 行已用（{names[no]}）",
                    f"请改为没有用过的序号，例如 {_free_number(rows)}",
                )
                doubled += [first[no], row]
                repeated.add(no)
            else:
                first[no] = row
                names[no] = row.text_or_none("name") or ""
        if row.sound("name"):
            name = row.text("name")
            if name in first:
                findings.add(
                    row.place("name"),
                    f"大项名称“{name}”与第 {first[name].number} 行相同",
                    "请改为不同的名称，或删去重复的行",
                )
            first.setdefault(name, row)
    unnumbered = [row for row in rows if not row.sound("no")]
    return ItemIndex(
        names=names,
        unnumbered=_names_of(unnumbered),
        doubled=_names_of(doubled),
        repeated=frozenset(repeated),
    )


def _names_of(rows: Sequence[Row]) -> frozenset[str]:
    return frozenset(row.text("name") for row in rows if row.sound("name"))


def _free_number(rows: Sequence[Row]) -> int:
    used = {row.whole("no") for row in rows if row.sound("no")}
    return next(no for no in range(1, len(rows) + 2) if no not in used)


def orphans_in(
    tables: Mapping[str, Sequence[Row]], index: ItemIndex
) -> dict[int, list[tuple[Row, str]]]:
    """Rows that point to items which are not there, with the column that does, by item number.

    A row whose name beside is that of another item is a slip of the pen, and none of these.
    """
    found: dict[int, list[tuple[Row, str]]] = {}
    listed = set(index.names.values())
    for rows in tables.values():
        for row in rows:
            for key in POINTS_TO_ITEM:
                if key not in row.values or not row.sound(key):
                    continue
                no, name = row.whole(key), row.values.get(key.removesuffix("no") + "name")
                named = None if name is None else str(name)
                if no in index.names or named in listed or index.excuses(no, named):
                    continue
                found.setdefault(no, []).append((row, key))
    return found


def note_deleted(
    tables: Mapping[str, Sequence[Row]], index: ItemIndex, findings: Findings
) -> ItemIndex:
    """Note each item that several rows point to and that is gone, once, with all these rows."""
    if not index.names:
        return index
    orphans = {no: rows for no, rows in orphans_in(tables, index).items() if len(rows) > 1}
    for no, rows in orphans.items():
        names = [row.values.get(key.removesuffix("no") + "name") for row, key in rows]
        name = next((f"（{name}）" for name in names if name is not None), "")
        first, key = rows[0]
        findings.add(
            first.place(key),
            f"项目清单中没有序号 {no}{name}，却有 {len(rows)} 行指着它：{_rows_text(rows)}",
            "误删的请在项目清单中恢复这一行；确已取消的请删去这些行（portfolio check --fix "
            "可在另写的一份中一并取走），汇总校核的合计也要改；序号写错的请逐行改正",
        )
    return replace(index, deleted=frozenset(orphans))


def _rows_text(rows: Iterable[tuple[Row, str]]) -> str:
    """Rows by sheet: `资金结构 第 3–7、9 行；依赖关系 第 2 行`."""
    by_sheet: dict[str, set[int]] = {}
    for row, _ in rows:
        by_sheet.setdefault(row.sheet, set()).add(row.number)
    return "；".join(
        f"{sheet} 第 {year_spans(sorted(numbers))} 行" for sheet, numbers in by_sheet.items()
    )


def read_items(
    rows: Sequence[Row],
    class_keys: Mapping[str, str],
    calendar: Calendar,
    findings: Findings,
) -> tuple[Item, ...]:
    """Items of the rows that are whole; `class_keys` maps a risk class's title to its key."""
    items: list[Item] = []
    for row in rows:
        _check_money(row, calendar, findings)
        known_class = referred(row, "risk_class", OF_CLASSES, class_keys, findings)
        if known_class is not None and not row.refused:
            tags, aliases = _words(row, "tags"), _words(row, "aliases")
            items.append(row.made(Item, risk_class=known_class, tags=tags, aliases=aliases))
    total = sum(row.whole("total_wan") for row in rows if row.sound("total_wan"))
    if total > LARGEST_WAN:
        largest = max(
            (row for row in rows if row.sound("total_wan")), key=lambda r: r.whole("total_wan")
        )
        findings.add(
            largest.place("total_wan"),
            f"各大项总投资合计 {yi_text(total)} 亿元，过大",
            f"合计不能超过 {yi_text(LARGEST_WAN, 0)} 亿元，请检查单位（应为亿元）",
        )
    return tuple(items)


#: What means something else where an item is named.
_NOT_ALIASES = re.compile(r"\d+(\s*[-–—~～至]\s*\d+)?|全部")


def check_aliases(rows: Sequence[Row], findings: Findings) -> None:
    """An alias is of one item, no item's name, and nothing that means something else."""
    names = {row.text("name"): row for row in rows if row.sound("name")}
    aliases: dict[str, Row] = {}
    for row in rows:
        for alias in _words(row, "aliases"):
            place, named = row.place("aliases"), names.get(alias)
            if _NOT_ALIASES.fullmatch(alias):
                findings.add(place, f"别名“{alias}”会被当作序号或全部大项", "请另取一个别名")
            elif named is not None and named is not row:
                found = f"别名“{alias}”是第 {named.number} 行的大项名称"
                findings.add(place, found, "请删去或另取一个别名")
            elif alias in aliases:
                found = f"别名“{alias}”与第 {aliases[alias].number} 行的别名相同"
                findings.add(place, found, "一个别名只能指一个大项，请删去其中一个")
            aliases.setdefault(alias, row)


def _words(row: Row, key: str) -> tuple[str, ...]:
    """Each word of a cell that holds several, once."""
    words = (word.strip() for word in WORD_MARKS.split(row.text_or_none(key) or ""))
    return tuple(dict.fromkeys(word for word in words if word))


def _check_money(row: Row, calendar: Calendar, findings: Findings) -> None:
    if not row.sound("total_wan", "plan_wan"):
        return
    total, plan = row.whole("total_wan"), row.whole("plan_wan")
    if plan > total:
        findings.add(
            row.place("plan_wan"),
            f"“{calendar.period_name}”投资 {yi_text(plan)} 亿元大于总投资 {yi_text(total)} 亿元",
            f"请核对这两个数：{row.place('plan_wan')} 与 {row.place('total_wan')}",
        )
    elif row.sound("earlier_wan") and plan + row.whole("earlier_wan") > total:
        findings.add(
            row.place("earlier_wan"),
            f"{calendar.first_year}年前已完成 {yi_text(row.whole('earlier_wan'))} 亿元与"
            f"“{calendar.period_name}”投资 "
            f"{yi_text(plan)} 亿元之和大于总投资 {yi_text(total)} 亿元",
            f"{calendar.first_year}年前已完成最多 {yi_text(total - plan)} 亿元",
        )
    elif row.sound("earlier_wan") and row.whole("earlier_wan") == total:
        findings.add(
            row.place("earlier_wan"),
            f"{calendar.first_year}年前已完成等于总投资 {yi_text(total)} 亿元，此后没有投资可推演",
            f"已全部完成的大项请删去这一行；还没有完成的请改正 {row.place('earlier_wan')}",
        )
    else:
        _check_first_year(row, calendar, findings)


def _check_first_year(row: Row, calendar: Calendar, findings: Findings) -> None:
    """The first year fits where the money lies: before, in or after the period."""
    first = row.whole_or_none("first_year")
    if first is None:
        return
    flaw = first_year_flaw(first, row.whole("plan_wan"), row.whole_or_none("earlier_wan"), calendar)
    if flaw is not None:
        findings.add(row.place("first_year"), *flaw)


def check_item_number(
    row: Row, key: str, name_key: str, index: ItemIndex, findings: Findings
) -> int | None:
    """The item a row points to; None when there is none (noted). A contradicting name is noted."""
    if not row.sound(key):
        return None
    no, names = row.whole(key), index.names
    if no not in names:
        if not names or no in index.deleted or index.excuses(no, row.text_or_none(name_key)):
            return None  # the sheet, the item's own number or that it is gone is noted
        findings.add(row.place(key), f"项目清单中没有序号 {no}", _number_hint(row, name_key, names))
        return None
    name = row.text_or_none(name_key)
    if no in index.repeated:
        return no  # either item may be meant
    if name is not None and names[no] and name != names[no]:
        other = [number for number, known in names.items() if known == name]
        fix = (
            f"若指“{name}”，序号应为 {other[0]}；否则名称应为“{names[no]}”"
            if other
            else f"名称应为“{names[no]}”。{did_you_mean(name, names.values())}"
        )
        findings.add(row.place(name_key), f"序号 {no} 是“{names[no]}”，这里写的是“{name}”", fix)
    return no


def _number_hint(row: Row, name_key: str, names: Mapping[int, str]) -> str:
    name = row.text_or_none(name_key)
    if name is not None:
        near = [no for no, known in names.items() if known == name]
        if near:
            return f"“{name}”的序号是 {near[0]}"
    if not names:
        return "请先修正项目清单的序号"
    return f"请改为项目清单中的序号（{min(names)} 至 {max(names)}）"


def read_totals(
    rows: Sequence[Row], item_rows: Sequence[Row], calendar: Calendar, findings: Findings
) -> tuple[PublishedTotal, ...]:
    """Published totals; a name that no item carries, or two rows for one total, is noted."""
    known = {
        level: dict.fromkeys(row.text(key) for row in item_rows if row.sound(key))
        for level, key in (("工程", "work"), ("类别", "category"), ("组", "group"))
    }
    totals: list[PublishedTotal] = []
    seen: dict[tuple[str, str, str | None], int] = {}
    for row in rows:
        if not row.sound("level", "name"):
            continue
        level, name = row.text("level"), row.text("name")
        if item_rows and level in known and name not in known[level]:
            found = f"项目清单中没有{level}“{name}”"
            findings.add(row.place("name"), found, did_you_mean(name, known[level]))
        key = (level, name, row.text_or_none("parent"))
        if key in seen:
            findings.add(
                row.place("name"), f"与第 {seen[key]} 行重复（{level}“{name}”）", "请删去一行"
            )
        seen.setdefault(key, row.number)
        if row.sound("total_wan", "plan_wan"):
            if row.whole("plan_wan") > row.whole("total_wan"):
                findings.add(
                    row.place("plan_wan"),
                    f"公布“{calendar.period_name}”投资 {yi_text(row.whole('plan_wan'))} 亿元大于公布总投资 "
                    f"{yi_text(row.whole('total_wan'))} 亿元",
                    "请核对这两个数",
                )
            totals.append(row.made(PublishedTotal))
    return tuple(totals)


# --- Evidence, and what rests on it: every 依据 resolved, observations and records as values


def read_evidence(rows: Sequence[Row], findings: Findings) -> tuple[Evidence, ...]:
    """Evidence of the rows that are whole."""
    for row in rows:
        if row.sound("id") and not is_evidence_id(row.text("id")):
            findings.add(
                row.place("id"),
                f"资料编号“{row.text('id')}”含有分隔符或“假设”",
                "编号只用字母和数字，例如 D301",
            )
    return tuple(
        row.made(Evidence, place=row.text_or_none("place") or "") for row in rows if row.is_whole
    )


def check_provenance(
    tables: Mapping[str, Sequence[Row]], evidence_rows: Sequence[Row], findings: Findings
) -> None:
    """Every 依据 points to evidence, or says 假设 with the reason."""
    known = {row.text("id") for row in evidence_rows if row.sound("id")}
    if evidence_rows and not known:
        return  # the column of ids is missing, which is noted
    for rows in tables.values():
        for row in rows:
            if "provenance" in row.values and row.sound("provenance"):
                _check_one(row, known, findings)


def _check_one(row: Row, known: set[str], findings: Findings) -> None:
    text, place = row.text("provenance"), row.place("provenance")
    for unknown in [part for part in evidence_ids(text) if part not in known]:
        near = nearest(unknown, sorted(known)) if len(unknown) <= 8 else None
        findings.add(
            place,
            f"资料依据表中没有编号“{unknown}”",
            f"是否为“{near}”？" if near else "请填资料依据表中的编号；没有资料的写“假设：理由”",
        )
    if assumption(text) == "":
        findings.add(place, "写了“假设”，没有写理由", "请写成“假设：理由”")


def read_observations(
    rows: Iterable[Row], index: ItemIndex, findings: Findings
) -> tuple[Observation, ...]:
    """Observations of the rows that are whole."""
    observations: list[Observation] = []
    for row in rows:
        known = not row.sound("item_no") or row.whole("item_no") in {*index.names, *index.deleted}
        if not known and index.names and not index.excuses(row.whole("item_no"), None):
            findings.add(
                row.place("item_no"),
                f"项目清单中没有序号 {row.whole('item_no')}",
                "请改为项目清单中的序号，或留空",
            )
        if row.is_whole:
            observations.append(row.made(Observation))
    return tuple(observations)


def read_public_records(rows: Iterable[Row]) -> tuple[PublicRecord, ...]:
    """Public records of the rows that are whole."""
    return tuple(row.made(PublicRecord) for row in rows if row.is_whole)
