"""Assertions of `numpy.testing`: the kernel goes on where they surely pass, else the original runs."""

from __future__ import annotations

import ast
from collections.abc import Callable
from string import Formatter

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import bind, flag_of, int_constant
from loopwright.frontend.lower_library_args import floats, plain_number
from loopwright.frontend.lower_names import dim
from loopwright.frontend.lower_parts import describe, flatten
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Number,
    Value,
    number,
    real,
    test,
    truth_const,
)
from loopwright.ir.types import kind_of, machine_dtype

_SILENT = frozenset(("err_msg", "verbose"))


def _allclose(cx: Scope, node: ast.Call) -> Value:
    bound = bind(
        cx, _spoken(cx, node), ["actual", "desired", "rtol", "atol", "equal_nan"], required=2
    )
    equal_nan = "equal_nan" not in bound or flag_of(bound["equal_nan"], node, "equal_nan")
    rtol, atol = bound.get("rtol", number(real(1e-07))), bound.get("atol", number(real(0.0)))
    return _check(cx, bound, plain_number(rtol, node), plain_number(atol, node), equal_nan, node)


def _almost_equal(decimal: int) -> Callable[[Scope, ast.Call], Value]:
    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, _spoken(cx, node), ["actual", "desired", "decimal"], required=2)
        digits = int_constant(bound["decimal"], node, "decimal") if "decimal" in bound else decimal
        kinds = {
            kind_of(machine_dtype(e.type)) for k in ("actual", "desired") for e in flatten(bound[k])
        }
        if "f" not in kinds:
            decline(node, "LW102", "whether integers are almost equal is not covered")
        # NumPy lets one and a half times as much pass
        return _check(cx, bound, number(real(0.0)), number(real(10.0**-digits)), True, node)

    return handler


def _check(
    cx: Scope, bound: dict[str, Value], rtol: Value, atol: Value, equal_nan: bool, node: ast.AST
) -> Value:
    given = [bound["actual"], bound["desired"]]
    for k, value in enumerate(given):
        plain = plain_number(value, node) if isinstance(value, Number) else None
        given[k] = plain or floats(cx, value, node, 1, 2, 3)
        if plain is not None and machine_dtype(plain.type) not in ("float64", "int64"):
            decline(node, "LW102", f"an assertion about {describe(value)} is not covered")
    a, b = given
    if isinstance(a, Arr) and isinstance(b, Arr):
        if a.type.ndim != b.type.ndim:
            decline(node, "LW102", "an assertion about arrays of different rank is not covered")
        for axis in range(a.type.ndim):
            cx.check(test("eq", dim(a, axis), dim(b, axis)), "the arrays have one shape")
    name = "allclose" if isinstance(a, Arr) or isinstance(b, Arr) else "allclose_numbers"
    passes = library_call(cx, name, [a, b, rtol, atol, number(truth_const(equal_nan))], node)
    assert isinstance(passes, Number)
    cx.check(passes.expr, "assertion")
    return NOTHING


def _spoken(cx: Scope, node: ast.Call) -> ast.Call:
    """The call without what only the message of a failure needs, which is evaluated all the same."""
    for keyword in node.keywords:
        if keyword.arg in _SILENT:
            for part in _parts(keyword.value, node):
                cx.eval(part)
    kept = [k for k in node.keywords if k.arg not in _SILENT]
    return ast.copy_location(ast.Call(node.func, node.args, kept), node)


def _parts(message: ast.expr, node: ast.AST) -> list[ast.expr]:
    """What a text is put together from; declined where that might fail."""
    match message:
        case ast.Constant():
            return []
        case ast.JoinedStr(values):
            held = [v for v in values if isinstance(v, ast.FormattedValue)]
            if all(v.format_spec is None for v in held):
                return [v.value for v in held]
        case ast.Call(ast.Attribute(ast.Constant(value=str() as text), "format"), args, []):
            fields = [
                (name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None
            ]
            if len(fields) <= len(args) and all(field == ("", "") for field in fields):
                return list(args)
    decline(node, "LW102", "this message of an assertion is not covered")


TESTING: dict[str, Callable[[Scope, ast.Call], Value]] = {
    "testing.assert_allclose": _allclose,
    "testing.assert_almost_equal": _almost_equal(7),
    "testing.assert_array_almost_equal": _almost_equal(6),
}
