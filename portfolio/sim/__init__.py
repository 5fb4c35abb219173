"""Engines that play a plan."""
