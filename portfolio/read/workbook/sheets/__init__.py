"""A sheet of the workbook as it stands: cells, header, rows, and what is told of how it was read."""
