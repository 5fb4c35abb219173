"""The answer that comes first, and who has to decide what by when, in words."""
