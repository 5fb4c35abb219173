"""A month's returns: what each 责任单位 owes, what came back, what to ask, how a month is sealed."""
