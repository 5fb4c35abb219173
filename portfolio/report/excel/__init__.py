"""Workbooks: formulas with their stored values, the same bytes each time."""
