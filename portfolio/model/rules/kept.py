"""What was found of a value before: measures ask for the same one over and over.

Portfolios and outcomes hold arrays: they have no hash, and are the same where they are one object.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
Found = TypeVar("Found")


def kept(
    most: int, rests_on: tuple[str, ...] = ()
) -> Callable[[Callable[P, Found]], Callable[P, Found]]:
    """Keep what a function found of the last `most` values it was asked about.

    rests_on : the attributes of the only argument that the answer rests on; without them an answer
        is of the very same arguments. An array that is kept can't be written into any more: it is
        everybody's
    """

    def keeping(function: Callable[P, Found]) -> Callable[P, Found]:
        known: deque[tuple[tuple[object, ...], Found]] = deque(maxlen=most)

        @wraps(function)
        def found(*args: P.args, **kwargs: P.kwargs) -> Found:
            asked: tuple[object, ...] = (*args, *kwargs.values())
            if rests_on:
                asked = tuple(getattr(asked[0], name) for name in rests_on)
            for of, answer in tuple(known):
                if len(of) == len(asked) and all(a is b for a, b in zip(of, asked, strict=True)):
                    return answer
            answer = function(*args, **kwargs)
            if isinstance(answer, np.ndarray):
                answer.flags.writeable = False
            known.append((asked, answer))
            return answer

        return found

    return keeping
