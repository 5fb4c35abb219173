"""What the kernel works on is to Numba: lane values, tables, bundles of them, and instructions.

A *bundle* is a NamedTuple of arrays, numbers and bundles, handed over as one pointer to a list of
where each lies; a *table* is an array with nothing but its place and its columns. Numba would
hand over every array as eight numbers, through every call: some 900 arguments, and most of the
time it takes to compile. Nothing is checked at run time, neither bounds nor negative indices.
Arrays are C-contiguous, arenas have `WIDTH` float64 a row.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Callable
from functools import cache
from typing import Any, get_type_hints

import numpy as np
from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba.core import cgutils, types
from numba.core.imputils import lower_builtin, lower_getattr_generic
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_getattr,
    infer_global,
    signature,
)
from numba.extending import intrinsic, models, register_model

from portfolio.model.arrays import Ints, Mask
from portfolio.sim.lanes import vectors as v
from portfolio.sim.lanes.arenas import listed

#: Lanes of a machine vector: two registers, of which the widest hold 8 float64 and the usual 4.
WIDTH = int(os.environ.get(v.LANES_ASKED) or 0) or (
    16 if get_host_cpu_features().get("avx512f") else 8
)
W = WIDTH
DOUBLES = ir.VectorType(ir.DoubleType(), W)
BITS = ir.VectorType(ir.IntType(1), W)
MASK = ir.VectorType(ir.IntType(64), W)
SHORTS = ir.VectorType(ir.IntType(32), W)
BYTES = ir.VectorType(ir.IntType(8), W)
#: Where in what Numba holds an array as the place of the numbers stands.
DATA = 4
I32, I64 = ir.IntType(32), ir.IntType(64)

Builder = Any
Value = Any
#: A function of the builder and the values that gives the value.
Body = Callable[..., Value]


class LanesType(types.Type):  # type: ignore[misc]
    """A machine vector of float64."""

    def __init__(self) -> None:
        super().__init__("Lanes")


class FlagsType(types.Type):  # type: ignore[misc]
    """A machine vector of masks, all bits or none: single bits would be packed and unpacked."""

    def __init__(self) -> None:
        super().__init__("Flags")


class PlacesType(types.Type):  # type: ignore[misc]
    """A machine vector of columns."""

    def __init__(self) -> None:
        super().__init__("Places")


class TableType(types.Type):  # type: ignore[misc]
    """An array of one kind of numbers: where it lies, and its columns."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(f"Table({dtype})")


class BundleType(types.Type):  # type: ignore[misc]
    """A NamedTuple, as `Bundle` lays it out."""

    def __init__(self, kind: type) -> None:
        self.members = members_of(kind)
        super().__init__(f"Bundle({kind.__name__})")


@cache
def members_of(kind: Any) -> dict[str, Any]:
    """Types of a NamedTuple's fields."""
    hints = get_type_hints(kind)
    return {name: _kind_of(hints.get(name, int)) for name in kind._fields}


def _kind_of(hint: Any) -> Any:
    return BundleType(hint) if hasattr(hint, "_fields") else _KINDS[hint]


LANES, FLAGS, PLACES = LanesType(), FlagsType(), PlacesType()
_KINDS: dict[Any, Any] = {
    v.Arena: TableType(types.float64),
    Ints: TableType(types.int64),
    v.Ints32: TableType(types.int32),
    v.Ints16: TableType(types.int16),
    Mask: TableType(types.boolean),
    int: types.int64,
    bool: types.boolean,
}
DTYPES = {
    types.float64: np.float64,
    types.int64: np.int64,
    types.int32: np.int32,
    types.int16: np.int16,
    types.boolean: np.bool_,
}
NUMBERS = (LanesType, types.Float, types.Integer)


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, DOUBLES)


@register_model(FlagsType)
class _FlagsModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, MASK)


@register_model(PlacesType)
class _PlacesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, SHORTS)


@register_model(TableType)
class _TableModel(models.StructModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        members = [("data", types.CPointer(kind.dtype)), ("columns", types.int64)]
        super().__init__(manager, kind, members)


@register_model(BundleType)
class _BundleModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.IntType(64).as_pointer())


@infer_getattr
class _Members(AttributeTemplate):  # type: ignore[misc]
    key = BundleType

    def generic_resolve(self, value: Any, attr: Any) -> Any:  # type: ignore[override]
        return value.members.get(attr)


@lower_getattr_generic(BundleType)  # type: ignore[misc]
def _member(context: Any, builder: Builder, kind: Any, value: Value, name: str) -> Value:
    """A number of a bundle, or a table; nothing in a bundle changes in play."""
    place, member = 2 * list(kind.members).index(name), kind.members[name]
    first = _unchanging(builder, builder.load(builder.gep(value, [I64(place)])))
    if isinstance(member, types.Boolean):
        return builder.trunc(first, ir.IntType(1))
    if isinstance(member, BundleType):
        return builder.inttoptr(first, I64.as_pointer())
    if not isinstance(member, TableType):
        return first
    columns = _unchanging(builder, builder.load(builder.gep(value, [I64(place + 1)])))
    pointer = context.get_value_type(types.CPointer(member.dtype))
    table = ir.Constant(context.get_value_type(member), ir.Undefined)
    table = builder.insert_value(table, builder.inttoptr(first, pointer), 0)
    return builder.insert_value(table, columns, 1)


class Bundle:
    """A NamedTuple as the compiled kernel takes it: `listed`, the place and columns of everything.

    Raises
    ------
    TypeError
        An array is of another kind than it is declared.
    """

    def __init__(self, values: Any) -> None:
        self.held: list[Any] = []
        kind: Any = type(values)
        self.members = members_of(kind)
        self.listed = listed(values, self._place_of)

    def _place_of(self, name: str, value: Any) -> int:
        """Where something lies; it is held, so that it stays there."""
        if isinstance(value, np.ndarray):
            declared = self.members[name]
            if value.dtype != DTYPES[declared.dtype] or not value.flags.c_contiguous:
                raise TypeError(f"{name} is {value.dtype}, not {declared}")
            self.held.append(value)
            return int(value.ctypes.data)
        self.held.append(Bundle(value))
        return int(self.held[-1].listed.ctypes.data)


def _unchanging(builder: Builder, load: Value) -> Value:
    """Tell LLVM that what is loaded never changes, so that it is loaded once."""
    load.set_metadata("invariant.load", builder.module.add_metadata([]))
    return load


def _constant(number: float) -> Value:
    return ir.Constant(DOUBLES, [number] * W)


def _spread(builder: Builder, number: Value, kind: Any) -> Value:
    """A scalar as double in every lane."""
    if isinstance(number, ir.Constant):
        return _constant(float(number.constant))
    one = builder.insert_element(ir.Constant(DOUBLES, ir.Undefined), number, I32(0))
    zeros = ir.Constant(ir.VectorType(I32, W), [0] * W)
    return builder.shuffle_vector(one, ir.Constant(DOUBLES, ir.Undefined), zeros)


def _lanes(builder: Builder, kind: Any, value: Value) -> Value:
    """A value as lanes: itself, or a number in every lane."""
    if isinstance(kind, LanesType):
        return value
    if isinstance(kind, types.Integer):
        if isinstance(value, ir.Constant):
            return _constant(float(value.constant))
        value = builder.sitofp(value, ir.DoubleType())
    elif value.type != ir.DoubleType():
        value = builder.fpext(value, ir.DoubleType())
    return _spread(builder, value, kind)


def _declare(function: Callable[..., Any], kinds: tuple[Any, ...], result: Any, body: Body) -> None:
    """Give `function` a meaning for arguments of these kinds.

    `body(builder, context, given, *values)`: values that may be numbers come as lanes.
    """

    @infer_global(function)
    class _Template(AbstractTemplate):  # type: ignore[misc]
        def generic(self, given: Any, keywords: Any) -> Any:
            fits = len(given) == len(kinds) and all(map(_fits, given, kinds))
            return signature(result, *given) if fits and not keywords else None

    def lower(context: Any, builder: Builder, sig: Any, given: Any) -> Value:
        values = [
            _lanes(builder, kind, value) if allowed is NUMBERS else value
            for kind, value, allowed in zip(sig.args, given, kinds, strict=True)
        ]
        found = body(builder, context, sig.args, *values)
        return context.get_dummy_value() if result is types.none else found

    for choice in _choices(kinds):
        lower_builtin(function, *choice)(lower)


def _fits(kind: Any, allowed: Any) -> bool:
    return isinstance(kind, allowed)


def _choices(kinds: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Every combination of kinds, one class for each argument."""
    found: list[tuple[Any, ...]] = [()]
    for kind in kinds:
        found = [
            (*before, one) for before in found for one in (kind if kind is NUMBERS else (kind,))
        ]
    return found


def _operator(function: Callable[..., Any], result: Any, body: Body) -> None:
    """Give an operator a meaning where one side at least is lanes."""

    @infer_global(function)
    class _Template(AbstractTemplate):  # type: ignore[misc]
        def generic(self, given: Any, keywords: Any) -> Any:
            fits = len(given) == 2 and all(isinstance(kind, NUMBERS) for kind in given)
            fits = fits and any(isinstance(kind, LanesType) for kind in given)
            return signature(result, *given) if fits else None

    def lower(context: Any, builder: Builder, sig: Any, given: Any) -> Value:
        return body(builder, *(_lanes(builder, k, x) for k, x in zip(sig.args, given, strict=True)))

    for one, other in _choices((NUMBERS, NUMBERS)):
        if LanesType in (one, other):
            lower_builtin(function, one, other)(lower)


def _intrinsic(builder: Builder, name: str, result: Any, *values: Value) -> Value:
    kind = ir.FunctionType(result, [value.type for value in values])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), values)


def _floor(builder: Builder, value: Value) -> Value:
    return _intrinsic(builder, f"llvm.floor.v{W}f64", DOUBLES, value)


def _row(builder: Builder, context: Any, kind: Any, arena: Value, row: Value) -> Value:
    """Where a row of `WIDTH` elements begins."""
    data = builder.extract_value(arena, 0)
    return builder.gep(data, [builder.mul(_index(builder, row), I64(W))])


def _index(builder: Builder, value: Value) -> Value:
    return value if value.type.width == I64.width else builder.sext(value, I64)


def _element(
    builder: Builder, context: Any, kind: Any, table: Value, row: Value, column: Value
) -> Value:  # fmt: skip
    """Where an element of a table [row, column] lies."""
    columns = builder.extract_value(table, 1)
    flat = builder.add(builder.mul(_index(builder, row), columns), _index(builder, column))
    return builder.gep(builder.extract_value(table, 0), [flat])


def _ld(b: Builder, c: Any, kinds: Any, arena: Value, row: Value) -> Value:
    return b.load(b.bitcast(_row(b, c, kinds[0], arena, row), DOUBLES.as_pointer()), align=8)


def _st(b: Builder, c: Any, kinds: Any, arena: Value, row: Value, value: Value) -> Value:
    place = b.bitcast(_row(b, c, kinds[0], arena, row), DOUBLES.as_pointer())
    return b.store(value, place, align=8)


def _drawn(
    b: Builder, c: Any, kinds: Any, _arena: Value, draws: Value, row: Value, first: Value
) -> Value:  # fmt: skip
    element = c.get_data_type(kinds[1].dtype)
    several = ir.VectorType(element, W)
    place = _element(b, c, kinds[1], draws, row, first)
    size = kinds[1].dtype.bitwidth // 8
    found = b.load(b.bitcast(place, several.as_pointer()), align=size)
    return found if isinstance(element, ir.DoubleType) else b.sitofp(found, DOUBLES)


def _happens(
    b: Builder, c: Any, kinds: Any, draws: Value, row: Value, first: Value, _arena: Value
) -> Value:  # fmt: skip
    place = b.bitcast(_element(b, c, kinds[0], draws, row, first), BYTES.as_pointer())
    return _mask(b, b.icmp_unsigned("!=", b.load(place, align=1), ir.Constant(BYTES, [0] * W)))


def _put(
    b: Builder, c: Any, kinds: Any, results: Value, column: Value, first: Value, paths: Value,
    value: Value,
) -> None:  # fmt: skip
    element = c.get_data_type(kinds[0].dtype)
    several = ir.VectorType(element, W)
    whole = cgutils.alloca_once(b, several)
    b.store(b.fptosi(value, several), whole)
    lanes = b.bitcast(whole, element.as_pointer())
    with cgutils.for_range(b, _index(b, paths)) as loop:
        place = _element(b, c, kinds[0], results, b.add(_index(b, first), loop.index), column)
        b.store(b.load(b.gep(lanes, [loop.index])), place)


def _places(b: Builder, _c: Any, _k: Any, column: Value) -> Value:
    return b.fptosi(column, SHORTS)  # wider integers would be made one by one


def _neighbours(b: Builder, c: Any, kinds: Any, table: Value, row: Value, column: Value) -> Value:
    """Two numbers are loaded at once for each lane."""
    base = _element(b, c, kinds[0], table, row, I64(0))
    pair = ir.VectorType(ir.DoubleType(), 2)
    found = [ir.Constant(DOUBLES, ir.Undefined)] * 2
    for lane in map(I32, range(W)):
        place = b.gep(base, [b.sext(b.extract_element(column, lane), I64)])
        both = b.load(b.bitcast(place, pair.as_pointer()), align=8)
        found = [
            b.insert_element(lanes, b.extract_element(both, I32(side)), lane)
            for side, lanes in enumerate(found)
        ]
    return c.make_tuple(b, types.UniTuple(LANES, 2), found)


def _select(b: Builder, _c: Any, _k: Any, flags: Value, yes: Value, no: Value) -> Value:
    return b.select(_bits(b, flags), yes, no)


def _bits(b: Builder, flags: Value) -> Value:
    return b.icmp_signed("<", flags, ir.Constant(MASK, [0] * W))


def _mask(b: Builder, bits: Value) -> Value:
    return b.sext(bits, MASK)


def _as_number(b: Builder, flags: Value) -> Value:
    return b.bitcast(_bits(b, flags), ir.IntType(W))


def _halved(b: Builder, amount: Value) -> Value:
    """Half more, before a product with an inverse is floored."""
    return b.fadd(amount, _constant(0.5))


def _at() -> None:
    @infer_global(v.at)
    class _Template(AbstractTemplate):  # type: ignore[misc]
        def generic(self, given: Any, keywords: Any) -> Any:
            if not isinstance(given[0], TableType):
                return None
            return signature(given[0].dtype, given[0], *[types.int64] * (len(given) - 1))

    def _found(c: Any, b: Builder, sig: Any, place: Value) -> Value:
        value = _unchanging(b, b.load(place))
        if isinstance(sig.return_type, types.Boolean) and value.type.width != 1:
            return b.trunc(value, ir.IntType(1))
        return value

    def one(c: Any, b: Builder, sig: Any, given: Any) -> Value:
        return _found(c, b, sig, b.gep(b.extract_value(given[0], 0), [given[1]]))

    def two(c: Any, b: Builder, sig: Any, given: Any) -> Value:
        return _found(c, b, sig, _element(b, c, sig.args[0], *given))

    lower_builtin(v.at, TableType, types.Integer)(one)
    lower_builtin(v.at, TableType, types.Integer, types.Integer)(two)


def unbundled(kind: type) -> Any:
    """For compiled code: what turns `Bundle.listed` into the NamedTuple of that kind."""

    @intrinsic  # type: ignore[misc]
    def found(_context: Any, listed: Any) -> Any:
        def lower(_c: Any, builder: Builder, _s: Any, given: Any) -> Value:
            return builder.extract_value(given[0], DATA)

        return BundleType(kind)(listed), lower

    return found  # type: ignore[no-any-return]


@cache
def register() -> None:
    """Give every function of `vectors`, and the operators, their meaning."""
    array, integer, boolean = TableType, types.Integer, types.boolean
    arithmetic = {
        (operator.add, operator.iadd): lambda b, x, y: b.fadd(x, y),
        (operator.sub, operator.isub): lambda b, x, y: b.fsub(x, y),
        (operator.mul, operator.imul): lambda b, x, y: b.fmul(x, y),
        (v.vmin,): lambda b, x, y: b.select(b.fcmp_ordered("<", x, y), x, y),
        (v.vmax,): lambda b, x, y: b.select(b.fcmp_ordered(">", x, y), x, y),
    }
    for names, body in arithmetic.items():
        for name in names:
            _operator(name, LANES, body)
    comparisons = {
        operator.lt: "<", operator.le: "<=", operator.gt: ">", operator.ge: ">=", operator.eq: "==",
    }  # fmt: skip
    for name, sign in comparisons.items():
        _operator(name, FLAGS, lambda b, x, y, sign=sign: _mask(b, b.fcmp_ordered(sign, x, y)))
    _declare(v.ld, (array, integer), LANES, _ld)
    _declare(v.st, (array, integer, NUMBERS), types.none, _st)
    _declare(v.drawn, (array, array, integer, integer), LANES, _drawn)
    _declare(v.happens, (array, integer, integer, array), FLAGS, _happens)
    _declare(v.put, (array, integer, integer, integer, NUMBERS), types.none, _put)
    _declare(v.places, (LanesType,), PLACES, _places)
    _declare(v.neighbours, (array, integer, PlacesType), types.UniTuple(LANES, 2), _neighbours)
    _declare(v.every, (array, NUMBERS), LANES, lambda b, c, k, _arena, number: number)
    _declare(v.where, (FlagsType, NUMBERS, NUMBERS), LANES, _select)
    _declare(v.both, (FlagsType, FlagsType), FLAGS, lambda b, c, k, x, y: b.and_(x, y))
    _declare(v.either, (FlagsType, FlagsType), FLAGS, lambda b, c, k, x, y: b.or_(x, y))
    _declare(v.but, (FlagsType, FlagsType), FLAGS, lambda b, c, k, x, y: b.and_(x, b.not_(y)))
    _declare(v.no, (FlagsType,), FLAGS, lambda b, c, k, x: b.not_(x))
    number = ir.IntType(W)
    _declare(v.some, (FlagsType,), boolean,
             lambda b, c, k, x: b.icmp_unsigned("!=", _as_number(b, x), number(0)))  # fmt: skip
    _declare(v.everywhere, (FlagsType,), boolean,
             lambda b, c, k, x: b.icmp_unsigned("==", _as_number(b, x), number(2**W - 1)))  # fmt: skip
    _declare(v.inverse, (LanesType,), LANES, lambda b, c, k, x: b.fdiv(_constant(1.0), x))
    _declare(v.part, (LanesType, NUMBERS), LANES, lambda b, c, k, x, y: _floor(b, b.fdiv(x, y)))
    _declare(v.part_by, (LanesType, LanesType, LanesType), LANES,
             lambda b, c, k, x, _whole, y: _floor(b, b.fmul(_halved(b, x), y)))  # fmt: skip
    _declare(v.part_of_full, (LanesType,), LANES,
             lambda b, c, k, x: _floor(b, b.fmul(_halved(b, x), _constant(1e-4))))  # fmt: skip
    _at()
