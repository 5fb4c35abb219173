"""Settings all tests share."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Machines are noisy: no test may fail for being slow.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("house")
