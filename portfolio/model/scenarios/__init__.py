"""Scenarios: named lists of changes, laid on a portfolio without touching it."""

from portfolio.model.scenarios.apply import apply
from portfolio.model.scenarios.layers import ChangeLogEntry
from portfolio.model.scenarios.scenario import Layer, Scenario, merge
from portfolio.model.scenarios.select import find_channel, select_items
from portfolio.model.scenarios.verbs import Change

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
