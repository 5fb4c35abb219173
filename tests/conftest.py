"""Settings all tests share, and what is made ready before the first of them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.examples import FULL, QUICK, SAME, SHARE
from tests.files_read import Latest

#: The day on which all files of tests are made: equal inputs are equal bytes on every day.
MADE_ON = "1767225600"  # 2026-01-01
os.environ.setdefault("SOURCE_DATE_EPOCH", MADE_ON)

# Machines are noisy: no test may fail for being slow.
# Of two runs of one tree `same` can't pass the one and fail the other: what is found is the change's.
for name, percent in ((FULL, 100), (SAME, 100), (QUICK, SHARE)):
    settings.register_profile(
        name,
        max_examples=percent,
        deadline=None,
        derandomize=name == SAME,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", QUICK))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Before any worker starts, and in none of them."""
    if hasattr(session.config, "workerinput"):
        return
    from tests import engine

    engine.prepare(session.config)


@pytest.fixture
def read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of how a file is read: nothing was read before."""
    from portfolio.read.workbook import file

    monkeypatch.setattr(file, "_kept", None)


@pytest.fixture(autouse=True, scope="session")
def _files_read_once() -> Iterator[None]:
    """The same bytes are the same workbook to every test of a process."""
    from portfolio.read.workbook.file import files_kept

    with files_kept(Latest()):
        yield
