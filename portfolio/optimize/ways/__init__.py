"""Ways to weigh a repair's aims, and the repairs of few moves."""
