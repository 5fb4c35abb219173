"""The sentences people read, each said once."""
