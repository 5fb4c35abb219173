"""Scenarios: named lists of changes, laid on a portfolio without touching it."""

from portfolio.model.scenarios.applying import apply
from portfolio.model.scenarios.changes import Change
from portfolio.model.scenarios.layers import ChangeLogEntry
from portfolio.model.scenarios.lookup import find_channel, select_items
from portfolio.model.scenarios.scenario import Layer, Scenario, merge

__all__ = [
    "Change",
    "ChangeLogEntry",
    "Layer",
    "Scenario",
    "apply",
    "find_channel",
    "merge",
    "select_items",
]
