"""Tests of a month's returns."""
