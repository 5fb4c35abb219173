"""From an optimum to a plan that can be signed: few moves, whole 万元, none too small."""
