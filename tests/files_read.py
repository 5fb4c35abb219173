"""Workbooks that many tests read are read once: those of the same bytes as one of the latest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

#: Files and what was read of them, two entries each: a dozen big workbooks, some 100 MB.
MOST = 24


class Latest(OrderedDict[Hashable, Any]):
    """What was asked for last; what is asked for least is forgotten."""

    def __getitem__(self, key: Hashable) -> Any:
        self.move_to_end(key)
        return super().__getitem__(key)

    def __setitem__(self, key: Hashable, value: Any) -> None:
        super().__setitem__(key, value)
        while len(self) > MOST:
            self.popitem(last=False)
