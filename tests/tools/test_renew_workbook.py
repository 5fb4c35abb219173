"""The shipped workbook is what the program writes of its rows today."""

from __future__ import annotations

from tests.read.shipped import SHIPPED, shipped_bytes
from tools.renew_workbook import about_lines, renewed


def test_writing_the_shipped_workbook_anew_changes_no_byte():
    assert renewed(SHIPPED) == shipped_bytes()


def test_what_the_guide_says_of_this_workbook_is_kept():
    assert [title for title, _ in about_lines(SHIPPED)][:2] == ["内容", "两个口径"]
