"""Tests of what two workbooks differ in."""
