"""The hostile campaign: nasty and mutated inputs at every door, kills and errors while writing."""
