"""Which new projects the targets need: starts by class, reserve projects by name."""
