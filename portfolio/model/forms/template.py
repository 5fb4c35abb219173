"""An office's own form: what stands in its head, to be found by names and not by place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TemplateSheet:
    """A sheet of a template: the texts of its first rows, "" where there is none."""

    name: str
    rows: tuple[tuple[str, ...], ...]
