"""The tables of each result, every column declared once."""
