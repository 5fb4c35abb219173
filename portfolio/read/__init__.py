"""Readers: a file becomes a value, or a list of problems with their places."""
