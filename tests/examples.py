"""How many examples a property is tried on, and how many of many like cases: all, or a share.

`pytest` tries a share (profile `quick`), `pytest --hypothesis-profile full` all, drawn anew each time,
`same` all as well but the same ones each time. A test says how
many all are: `@examples(60)` in place of `@settings(max_examples=60)`. So does one of which each
case takes seconds and the cases are of one kind, as all shipped scenarios repaired:
`@pytest.mark.parametrize("scenario", some(SHIPPED))`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, TypeVar

from hypothesis import settings

FULL, QUICK, SAME = "full", "quick", "same"
#: Per cent of the examples that `quick` tries, and how many it tries at the least.
SHARE, LEAST = 30, 10
#: Of cases of one kind `quick` tries every third, unless a test says otherwise.
EVERY = 3

T = TypeVar("T")


def examples(full: int, **others: Any) -> settings:
    """So many examples in the profile `full`; the share of them that the profile tries."""
    share = settings().max_examples  # of hundred: a profile says it so
    return settings(max_examples=max(min(full, LEAST), -(-full * share // 100)), **others)


def some(cases: Iterable[T], *, every: int = EVERY, always: Container[T] = ()) -> list[T]:
    """All cases in the profile `full`; in others the first, each so many after it, and some always."""
    whole = settings().max_examples == 100  # of hundred
    return [case for at, case in enumerate(cases) if whole or at % every == 0 or case in always]
