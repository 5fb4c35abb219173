"""The batch engine: many paths on arrays, equal to the discrete-event engine in every integer."""
