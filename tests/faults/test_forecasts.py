"""Changed forecasts and rows of the record are refused with place and fix, or read as they are."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.fuzz.forecasts import (
    COMPLETION,
    DISTRIBUTION,
    changed_forecast,
    forecast_is_right,
    forecasts,
    record_is_right,
)
from bench.fuzz.judging import GOOD, REFUSED, judged
from bench.fuzz.months import changed_sheets, with_facts
from bench.fuzz.workbooks import shipped
from portfolio import workflows
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError

Made = tuple[Portfolio, dict[str, bytes]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    base = with_facts(tmp_path_factory.mktemp("facts"))
    return workflows.load_workbook(base).portfolio, forecasts(base)


def kept(folder: Path, name: str, content: bytes) -> Path:
    for path in folder.iterdir():
        path.unlink()
    (folder / name).write_bytes(content)
    return folder


def test_forecasts_are_read_as_they_were_kept(made: Made, tmp_path: Path):
    portfolio, whole = made
    for name, content in whole.items():
        assert forecast_is_right(kept(tmp_path, name, content), portfolio, written=True)


def test_changed_forecasts_are_refused_or_read_as_they_are(made: Made, tmp_path: Path):
    portfolio, whole = made
    found = []
    for k in range(150):
        luck = random.Random(f"forecast 19 {k}")
        name = luck.choice(sorted(whole))
        folder = kept(tmp_path, name, changed_forecast(whole[name], luck))
        found.append(judged(partial(forecast_is_right, folder, portfolio), f"forecast 19 {k}"))
    assert set(found) == set(GOOD)


def _more(data: dict[str, Any]) -> None:
    data["items"][3]["years"][0]["更多"] = 1


def _half(data: dict[str, Any]) -> None:
    data["origin"]["version"] = "\ud800"


def _otherwise(data: dict[str, Any]) -> None:
    data["items"][0]["finishes"][0] = data["items"][0]["finishes"][0].replace("Q", "-Q")


def _beyond(data: dict[str, Any]) -> None:
    data["years"][0]["plan_wan"] = 10**30


@pytest.mark.parametrize("change", [_more, _half, _otherwise, _beyond])
def test_what_can_not_have_been_kept_is_a_damaged_file(
    change: Callable[[dict[str, Any]], None], made: Made, tmp_path: Path
):
    portfolio, whole = made
    name = sorted(whole)[0]
    data = json.loads(whole[name])
    change(data)
    folder = kept(tmp_path, name, json.dumps(data).encode())
    with pytest.raises(InputError, match="文件损坏或被改动过") as raised:
        forecast_is_right(folder, portfolio)
    assert raised.value.problems[0].place == str(folder / name)


def test_what_python_takes_for_the_same_number_is_not_what_was_kept(made: Made, tmp_path: Path):
    portfolio, whole = made
    (name,) = [each for each in whole if json.loads(whole[each])["percents"] is not None][:1]
    for key, value in (("layout", True), ("layout", 1.0), ("percents", None)):
        data = json.loads(whole[name])
        data[key] = [float(each) for each in data[key]] if value is None else value
        folder = kept(tmp_path, name, json.dumps(data).encode())
        with pytest.raises(InputError, match=r"存档格式为|文件损坏") as raised:
            forecast_is_right(folder, portfolio)
        assert raised.value.problems[0].place == str(folder / name)


def test_a_name_twice_is_a_damaged_file(made: Made, tmp_path: Path):
    """Of two plans of one year nobody can tell which was kept."""
    portfolio, whole = made
    name = sorted(whole)[0]
    content = whole[name].replace(b'"plan_wan"', b'"plan_wan": 7, "plan_wan"', 1)
    folder = kept(tmp_path, name, content)
    assert judged(lambda: forecast_is_right(folder, portfolio)) == REFUSED


def test_changed_rows_of_the_record_are_refused_or_read_as_they_are(tmp_path: Path):
    change, path = changed_sheets(shipped(), (COMPLETION, DISTRIBUTION)), tmp_path / "x.xlsx"
    found = []
    for k in range(8):
        path.write_bytes(change(random.Random(f"record 19 {k}")))
        found.append(judged(partial(record_is_right, path, tested=k == 0), f"record 19 {k}"))
    assert set(found) == set(GOOD)
