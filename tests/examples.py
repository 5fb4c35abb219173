"""How many random examples a property is tried on: all, or a share of them.

`pytest` tries a share (profile `quick`), `pytest --hypothesis-profile full` all. A test says how
many all are: `@examples(60)` in place of `@settings(max_examples=60)`.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings

FULL, QUICK = "full", "quick"
#: Per cent of the examples that `quick` tries, and how many it tries at the least.
SHARE, LEAST = 30, 10


def examples(full: int, **others: Any) -> settings:
    """So many examples in the profile `full`; the share of them that the profile tries."""
    share = settings().max_examples  # of hundred: a profile says it so
    return settings(max_examples=max(min(full, LEAST), -(-full * share // 100)), **others)
