"""What a word means where an item, a project or a unit may be asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portfolio.model.items import (
    Item,
    items_called,
    items_like,
    no_such_number,
    the_one,
)
from portfolio.model.money import digits_only
from portfolio.model.problems import InputError
from portfolio.model.projects import Project

#: So many projects are named where several are meant.
NAMED = 8


@dataclass(frozen=True, kw_only=True)
class Meant:
    """An item (and the project of it that was named), or a 责任单位."""

    item: Item | None = None
    project: Project | None = None
    owner: str | None = None


def owners_of(items: Sequence[Item], projects: Sequence[Project]) -> tuple[str, ...]:
    """Every 责任单位, in the order of the lists."""
    told = (*(item.owner for item in items), *(project.owner for project in projects))
    return tuple(dict.fromkeys(owner for owner in told if owner))


def find_meant(
    text: str, items: Sequence[Item], projects: Sequence[Project], place: str = "大项"
) -> Meant:
    """What is called just so goes before what has the word in its name; items go first.

    Raises
    ------
    InputError
        Nothing, or more than one, is meant; the nearest names or the candidates are given.
    """
    word, owners = text.strip(), owners_of(items, projects)
    item_of = {item.no: item for item in items}
    mine = [project for project in projects if project.item_no in item_of]
    numbered = [item for item in items if item.no == digits_only(word)]
    if found := numbered or items_called(word, items):
        return Meant(item=the_one(text, found, items, place))
    coded = [project for project in mine if project.code == word]
    named = [project for project in mine if word in (project.name, project.label)]
    if same := coded or named:
        return _of_project(text, same, item_of.__getitem__, place)
    if word in owners:
        return Meant(owner=word)
    if word.isdecimal():
        raise no_such_number(word, items, place)
    if found := items_like(word, items):
        return Meant(item=the_one(text, found, items, place))
    if like := [project for project in mine if word and word in project.name]:
        return _of_project(text, like, item_of.__getitem__, place)
    units = [owner for owner in owners if word and word in owner]
    if len(units) == 1:
        return Meant(owner=units[0])
    if units:
        fix = f"请从中选定一个：{'、'.join(units)}"
        raise InputError.of(place, f"“{text}”对应多个责任单位", fix)
    also = [*(project.name for project in mine), *owners]
    return Meant(item=the_one(text, (), items, place, also))


def _of_project(
    text: str, found: Sequence[Project], item_of: Callable[[int], Item], place: str
) -> Meant:
    if len(found) == 1:
        return Meant(item=item_of(found[0].item_no), project=found[0])
    names = "、".join(project.label for project in found[:NAMED])
    more = f" 等 {len(found)} 个" if len(found) > NAMED else ""
    raise InputError.of(place, f"“{text}”对应多个项目", f"请写项目代码，选定一个：{names}{more}")
