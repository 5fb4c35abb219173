"""What a self-test checked: each part, how much of it, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Tested:
    """A part of the self-test; `wrong` says what doesn't hold, nothing where all does."""

    what: str
    how: str
    wrong: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether it holds."""
        return not self.wrong
