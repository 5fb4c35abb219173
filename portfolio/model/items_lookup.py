"""Finding the item a user means: by number, full name or a unique part of the name."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.items import Item
from portfolio.model.problems import InputError, Problem, did_you_mean


def find_item(text: str, items: Sequence[Item], place: str = "大项") -> Item:
    """The one item that `text` means: its number, its number and name, its name or a part of it.

    Raises
    ------
    InputError
        No item, or more than one, is meant; the nearest name or the candidates are given.
    """
    word = text.strip()
    if word.isdecimal():
        found = [item for item in items if item.no == int(word)]
        if found:
            return found[0]
        numbers = [item.no for item in items]
        fix = f"序号为 {min(numbers)} 至 {max(numbers)}，也可输入名称" if numbers else "清单为空"
        raise InputError([Problem(place=place, found=f"没有序号为 {word} 的大项", fix=fix)])
    exact = [item for item in items if word in (item.name, item.label)]
    found = exact or [item for item in items if word and word in item.name]
    if len(found) == 1:
        return found[0]
    if found:
        names = "、".join(item.label for item in found)
        problem = Problem(
            place=place, found=f"“{text}”对应多个大项", fix=f"请从中选定一个：{names}"
        )
    else:
        hint = did_you_mean(word, [item.name for item in items])
        problem = Problem(place=place, found=f"没有名为“{text}”的大项", fix=hint)
    raise InputError([problem])
