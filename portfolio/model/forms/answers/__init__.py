"""Forms of answers to a shock: moves as annexes, options side by side."""
