"""Scenario files and options -> values, or problems with their places."""
