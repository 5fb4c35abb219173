"""An 依据 taken apart: evidence ids, and the reason of what is assumed."""

from __future__ import annotations

import pytest

from portfolio.model.items import assumption, evidence_ids, is_evidence_id


@pytest.mark.parametrize(
    ("text", "ids", "reason"),
    [
        ("D012", ("D012",), None),
        ("D012；D034;D035、D036，D037,D038 D039", tuple(f"D0{n}" for n in (12, *range(34, 40))), None),
        ("D012；假设：取 D034 的一半；再议", ("D012",), "取 D034 的一半；再议"),
        ("假设: 判断", (), "判断"),
        ("假设：", (), ""),
        ("", (), None),
    ],
)  # fmt: skip
def test_ids_and_reason_are_taken_apart(text: str, ids: tuple[str, ...], reason: str | None):
    assert evidence_ids(text) == ids
    assert assumption(text) == reason


@pytest.mark.parametrize(
    ("text", "good"), [("D301", True), ("D 1", False), ("D1；D2", False), ("假设1", False)]
)
def test_an_evidence_id_is_one_that_can_be_pointed_to(text: str, good: bool):
    assert is_evidence_id(text) is good
