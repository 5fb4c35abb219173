"""Repairing a plan: rules as linear constraints, solved, explained and priced."""
