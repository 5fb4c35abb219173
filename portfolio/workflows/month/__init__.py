"""A month's round: sheets out to the units, back again, the month closed and verified."""
