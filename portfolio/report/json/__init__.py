"""JSON as it is written and printed."""

from __future__ import annotations

import json
from typing import Any


def json_text(value: Any) -> str:
    """A value as JSON text, Chinese left readable; the same value gives the same text."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
