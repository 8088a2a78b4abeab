"""Strings from outside, as arrays of code points: what is read of them.

One character of a string is a `Letter`, a part of it a `String`, a view. Questions whose answer depends
on Unicode's tables (`isdigit`, `lower`) are answered for ASCII; the kernel gives up on other characters.
"""

from __future__ import annotations

import ast

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import bind
from loopwright.frontend.lower_convert import cast, string_length
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    Arr,
    Letter,
    Number,
    String,
    Text,
    Value,
    integer,
    negated,
    number,
    test,
    truth_const,
)
from loopwright.ir.nodes import Binary, Compare, CompareOp, Expr, Load, Logic, Pt, Select
from loopwright.ir.types import BOOL, CODE, INT

_LONGEST = 16
"""Constants up to this length are compared letter by letter."""
_CLASSES: dict[str, tuple[tuple[int, int], ...]] = {
    "isdigit": ((48, 57),),
    "isdecimal": ((48, 57),),
    "isnumeric": ((48, 57),),
    "isupper": ((65, 90),),
    "islower": ((97, 122),),
    "isalpha": ((65, 90), (97, 122)),
    "isalnum": ((48, 57), (65, 90), (97, 122)),
    "isspace": ((9, 13), (28, 32)),
}


def ordinal(cx: Scope, node: ast.Call) -> Value:
    """`ord(c)`: the code point of a string of one character."""
    value = bind(cx, node, ["c"])["c"]
    match value:
        case Letter(code):
            return number(code)
        case Text(text) if len(text) == 1:
            return number(integer(ord(text)))
        case String(codes):
            one = test("eq", string_length(value), integer(1))
            cx.check(one, "ord() of another number of characters than one")
            return number(_letter(codes, 0))
        case _:
            decline(node, "LW102", f"ord() of {describe(value)} is not covered")


def digit(cx: Scope, value: Letter) -> Expr:
    """`int(c)` of one character."""
    code = cx.hold(value.code)
    cx.check(_among(code, ((48, 57),)), "a character that is no ASCII digit")
    return Binary("sub", code, integer(48), INT)


# ------------------------------------------------------------------ comparisons


def compare_strings(cx: Scope, op: CompareOp, a: Value, b: Value, node: ast.AST) -> Value:
    """One comparison of two strings, by code points as in Python; not two constants."""
    if op in ("eq", "ne"):
        same = _equal(cx, a, b, node)
        return number(same if op == "eq" else negated(same))
    x, y = _code(a), _code(b)
    if x is not None and y is not None:
        return number(Compare(op, x, y, BOOL))
    if isinstance(a, String) and isinstance(b, String):
        first, second = (a, b) if op in ("lt", "ge") else (b, a)
        less = _asked(cx, "text_less", [first.codes, second.codes], node)
        return number(less if op in ("lt", "gt") else negated(less))
    decline(node, "LW103", "this comparison of strings is not covered")


def _equal(cx: Scope, a: Value, b: Value, node: ast.AST) -> Expr:
    if isinstance(a, String) and isinstance(b, String):
        return _asked(cx, "same_text", [a.codes, b.codes], node)
    x, y = _code(a), _code(b)
    if x is not None and y is not None:
        return Compare("eq", x, y, BOOL)
    if isinstance(b, String):
        a, b = b, a
    if not isinstance(a, String):  # a letter and a constant of another length
        return truth_const(False)
    letters = [integer(ord(c)) for c in b.value] if isinstance(b, Text) else [_code(b)]
    if len(letters) > _LONGEST:
        decline(node, "LW103", f"comparing with a constant of more than {_LONGEST} characters")
    result: Expr = test("eq", string_length(a), integer(len(letters)))
    for k, letter in enumerate(letters):
        assert letter is not None
        result = Logic("and", result, Compare("eq", _letter(a.codes, k), letter, BOOL), BOOL)
    return result


def within(cx: Scope, a: Value, b: Value, node: ast.AST) -> Expr:
    """`a in b` for two strings."""
    if isinstance(a, Text) and isinstance(b, Text):
        return truth_const(a.value in b.value)
    code = _code(a)
    if isinstance(a, String) and isinstance(b, String):
        at = _asked(cx, "text_place", [b.codes, a.codes], node)
        return test("ge", at, integer(0))
    if code is None:
        decline(node, "LW103", "searching for this string is not covered")
    if isinstance(b, String):
        return _asked(cx, "text_has", [b.codes, number(code)], node)
    only = _code(b)
    letters = [integer(ord(c)) for c in sorted(set(b.value))] if isinstance(b, Text) else [only]
    code = cx.hold(code)
    result: Expr | None = None
    for letter in letters:
        assert letter is not None
        equal = Compare("eq", code, letter, BOOL)
        result = equal if result is None else Logic("or", result, equal, BOOL)
    return truth_const(False) if result is None else result


def _code(value: Value) -> Expr | None:
    """The code point of a string that is one character by its form."""
    match value:
        case Letter(code):
            return code
        case Text(text) if len(text) == 1:
            return integer(ord(text))
        case _:
            return None


def _letter(codes: Arr, at: int) -> Expr:
    return cast(Load(codes.expr, (Pt(integer(at)),), CODE), INT)


def _asked(cx: Scope, name: str, given: list[Value], node: ast.AST) -> Expr:
    answer = library_call(cx, name, given, node)
    assert isinstance(answer, Number)
    return answer.expr


# ---------------------------------------------------------------------- methods


def string_method(cx: Scope, base: Letter | String, name: str, node: ast.Call) -> Value:
    """A method call on a string from outside."""
    plain = not node.args and not node.keywords
    if name in _CLASSES and isinstance(base, Letter) and plain:
        return number(_among(_ascii(cx, base), _CLASSES[name]))
    if name in ("lower", "upper") and isinstance(base, Letter) and plain:
        code = _ascii(cx, base)
        moved, step = ((65, 90), 32) if name == "lower" else ((97, 122), -32)
        other = Binary("add", code, integer(step), INT)
        return Letter(Select(_among(code, (moved,)), other, code, INT))
    if name in ("count", "find", "index") and isinstance(base, String):
        sub = bind(cx, node, ["sub"])["sub"]
        sought = _code(sub)
        if sought is not None:
            short = "text_count" if name == "count" else "text_find"
            at = _asked(cx, short, [base.codes, number(sought)], node)
        elif isinstance(sub, String) and name != "count":
            at = _asked(cx, "text_place", [base.codes, sub.codes], node)
        else:
            decline(node, "LW102", "searching for this string is not covered")
        if name == "index":
            at = cx.hold(at)
            cx.check(test("ge", at, integer(0)), "substring not found")
        return number(at)
    decline(node, "LW102", f"`{name}` of a string is not covered")


def _ascii(cx: Scope, value: Letter) -> Expr:
    code = cx.hold(value.code)
    cx.check(test("lt", code, integer(128)), "a character beyond ASCII")
    return code


def _among(code: Expr, spans: tuple[tuple[int, int], ...]) -> Expr:
    """Whether the code lies in one of the closed spans."""
    parts = [
        Logic("and", test("le", integer(low), code), test("le", code, integer(high)), BOOL)
        for low, high in spans
    ]
    result: Expr = parts[0]
    for part in parts[1:]:
        result = Logic("or", result, part, BOOL)
    return result
