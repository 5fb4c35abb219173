"""Money in whole 万元: converted once at the edge, cut without losing a 万元.

1 亿元 = 10,000 万元. Amounts are int64 in arrays and `int` elsewhere; names end in `_wan`.
Factors are integers in basis points (`_bps`, 10,000 = 1).
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation, localcontext

import numpy as np
import numpy.typing as npt

WAN_PER_YI = 10_000
BPS = 10_000
#: Less than this (0.05 亿元) reads 0.0: no difference worth a line.
SEEN_WAN = 500
#: No portfolio may hold more than this (300,000 亿元): products of two amounts then fit int64.
LARGEST_WAN = 3_000_000_000

#: Digits with commas, if any, between groups of three: `1,5` is a slip for 1.5, never 15.
GROUPED_DIGITS = r"\d{1,3}(?:[,，]\d{3})+"
_TYPED = re.compile(rf"[+-]?(?:{GROUPED_DIGITS}|\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?")

#: 尾款 unless a workbook says otherwise: part of its cost that an item may owe at its finish.
DEFAULT_TAIL_BPS = 100

Wan = npt.NDArray[np.int64]


def exact_decimal(value: object) -> Decimal | None:
    """Read a cell's or a file's number as the decimal a person typed, or None if it is no number.

    Commas, also full-width ones, may only stand between groups of three digits.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        # Excel stores 0.1+0.2 style sums in 15 significant digits; a person sees those digits.
        value = f"{value:.15g}"
    text = str(value).strip()
    if not _TYPED.fullmatch(text):
        return None
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def digits_only(text: str) -> int | None:
    """The number that digits alone say; None for anything else, and for more than twelve of them."""
    return int(text) if text.isdecimal() and len(text) <= 12 else None


def scaled(value: object, scale: int) -> int | None:
    """Value × scale as an exact integer; None when it is no number or is finer than 1/scale."""
    if type(value) is int and abs(value) < 10**31:
        return value * scale
    number = exact_decimal(value)
    if number is None or number.adjusted() > 30:
        return None
    with localcontext() as context:
        context.prec = 60
        product = number * scale
    whole = product.to_integral_value()
    return int(whole) if whole == product else None


def yi_text(wan: int, digits: int = 1) -> str:
    """万元 as 亿元 text with thousands separators, rounded half up to `digits` decimals."""
    unit = 10 ** (4 - digits) if digits <= 4 else 1
    sign, size = ("-" if wan < 0 else ""), abs(int(wan))
    rounded = (size + unit // 2) // unit
    whole, part = divmod(rounded, 10**digits)
    if not rounded:
        sign = ""
    return f"{sign}{whole:,}" + (f".{part:0{digits}d}" if digits else "")


def small_yi_text(wan: int) -> str:
    """亿元 with one decimal; to the last 万元 where one decimal would read 0.0."""
    return yi_text(wan, 4 if 0 < abs(wan) < 500 else 1)


def differences(cumulated: Wan, axis: int = -1) -> Wan:
    """Parts of a cumulated amount: int64 of the same shape."""
    parts = cumulated.copy()
    before = (slice(None),) * (axis % cumulated.ndim)
    parts[(*before, slice(1, None))] -= cumulated[(*before, slice(None, -1))]
    return parts


def cut(amount: int, weights: Wan) -> Wan:
    """Share `amount` over `weights` by cumulative floors: c[j]*amount//c[-1], differenced.

    Parts sum to `amount` exactly (to 0 when every weight is 0), and no part exceeds its weight
    while `amount` <= sum of weights. Last axis shared; integers of any size.
    """
    total = np.cumsum(weights, axis=-1)
    whole = int(total[-1]) if total.size else 0
    if whole == 0:
        return np.zeros_like(weights)
    if whole * int(amount) >= 2**63:
        exact = [int(value) * int(amount) // whole for value in total]
        return differences(np.array(exact, dtype=np.int64))
    return differences(total * int(amount) // whole)


def cut_columns(amounts: Wan, weights: Wan) -> Wan:
    """`cut` for each column: weights[channel, item] shared to amounts[item] along the channels."""
    total = np.cumsum(weights, axis=0)
    whole = total[-1]
    safe = np.where(whole == 0, 1, whole)
    return differences(total * amounts // safe, axis=0)


def largest_remainder(amount: int, weights: list[float] | list[int]) -> list[int]:
    """Share `amount` over `weights` to the 万元, remainders to the largest first, ties in order.

    Float weights are quantised to 10⁻¹² of their sum first, so that the last bits of a machine's
    arithmetic can't decide a 万元.
    """
    total = sum(weights)
    if not total:
        if amount:
            raise ValueError("nothing to share the amount by")
        return [0] * len(weights)
    if all(isinstance(weight, int) for weight in weights):
        whole = [int(weight) for weight in weights]
    else:
        whole = [round(weight / total * 10**12) for weight in weights]
    base = sum(whole)
    floors = [amount * weight // base for weight in whole]
    rests = [amount * weight % base for weight in whole]
    missing = amount - sum(floors)
    for index in sorted(range(len(whole)), key=lambda k: (-rests[k], k))[:missing]:
        floors[index] += 1
    return floors
