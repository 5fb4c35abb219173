"""Tests of the answer that comes first."""
