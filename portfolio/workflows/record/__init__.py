"""How sure: the record back-tested, forecasts kept, and scored against what came."""
