"""Forms of what is followed up each month: money paid, bonds spent, problems closed."""
