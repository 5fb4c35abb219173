"""The case, aims and result of a repair of the plan."""
