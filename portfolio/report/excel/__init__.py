"""The schedule as an Excel workbook: formulas with their stored values, the same bytes each time."""

from __future__ import annotations

from portfolio.report.excel.comparison import comparison_bytes
from portfolio.report.excel.schedule import schedule_bytes
from portfolio.report.excel.stress import stress_bytes

__all__ = ["comparison_bytes", "schedule_bytes", "stress_bytes"]
