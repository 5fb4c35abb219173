"""Measurements, run by hand with `python -m bench.run`; no test rests on a time."""
