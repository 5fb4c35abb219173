"""The dependency graph as pictures and files."""
