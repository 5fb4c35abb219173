"""What charts of the workbooks share: titles, axes and legends in one font, bars side by side."""

from __future__ import annotations

from typing import Any

from portfolio.report.excel.styles import FONT

CHART_FONT = {"name": FONT, "size": 10}
GRID_LINES = {"visible": True, "line": {"color": "#E0E0E0"}}


def chart_title(text: str, size: int = 13) -> dict[str, Any]:
    """A chart's title in the workbook's font."""
    return {"name": text, "name_font": {"name": FONT, "size": size, "bold": True}}


def axis(name: str | None = None, **more: object) -> dict[str, Any]:
    """An axis in the workbook's font."""
    named = {"name": name, "name_font": {**CHART_FONT, "bold": False}} if name else {}
    return {"num_font": CHART_FONT, **named, **more}


def grid_axis(name: str | None = None, num_format: str = "#,##0", **more: object) -> dict[str, Any]:
    """An axis of numbers with its lines across the chart."""
    return axis(name, num_format=num_format, major_gridlines=GRID_LINES, **more)


def legend(**more: object) -> dict[str, Any]:
    """A legend below the chart."""
    return {"position": "bottom", "font": CHART_FONT, **more}


def lying(num_format: str = "#,##0") -> tuple[dict[str, Any], dict[str, Any]]:
    """Both axes of lying bars, the first on top."""
    numbers = grid_axis(num_format=num_format, label_position="high")
    return numbers, axis(reverse=True, label_position="low", interval_unit=1)
