"""Make docs/API.md from the docstrings of the names that `import portfolio` offers.

`python -m tools.api_page` writes the page; a test compares it with what stands there.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import portfolio

PAGE = Path(__file__).parents[1] / "docs" / "API.md"
HEAD = f"""# Python API

{inspect.cleandoc(portfolio.__doc__ or "")}

```python
from pathlib import Path
import portfolio

result = portfolio.run(Path("inputs/十大工程.xlsx"), ["土地出让断崖"], ["专项债券:2024=-10%"])
print(result.outcome.drawn_wan.sum())  # 万元, [quarter, channel, item]
portfolio.write_run(result, Path("out/demo"))
```

Scenarios are names in `scenarios/` or files; sets are the words of `--set`. Money is integer 万元.
This page is made from the docstrings by `python -m tools.api_page`.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_entry(name) for name in portfolio.__all__)


def _entry(name: str) -> str:
    """One name: its signature and its docstring."""
    thing = getattr(portfolio, name)
    text = inspect.cleandoc(thing.__doc__ or "")
    if inspect.isclass(thing):
        return f"\n## `{name}`\n\n{text}\n"
    return f"\n## `{name}`\n\n```python\n{_signature(name, thing)}\n```\n\n{text}\n"


def _signature(name: str, function: object) -> str:
    """A signature as it stands in the source, a parameter a line where it is long."""
    assert callable(function)
    signature = inspect.signature(function)
    short = f"{name}{signature}".replace("'", "")
    if len(short) <= 88:
        return short
    kinds = inspect.Parameter
    lines = []
    starred = False
    for parameter in signature.parameters.values():
        if parameter.kind is kinds.KEYWORD_ONLY and not starred:
            lines.append("    *,")
            starred = True
        lines.append(f"    {parameter},")
    end = f") -> {signature.return_annotation}" if signature.return_annotation else ")"
    return "\n".join([f"{name}(", *lines, end]).replace("'", "")


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE.name}\n")
    PAGE.write_text(page(), encoding="utf-8")
