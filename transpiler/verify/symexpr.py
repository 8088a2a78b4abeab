"""Symbolic execution of expressions: numbers, lengths, elements, strings; everything else is unknown.

What is unknown may be anything, so that a path which is shown to have no input has none.
"""

from __future__ import annotations

import ast
import builtins
import operator
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import z3

from loopwright.verify.goals import span_of
from loopwright.verify.symbols import (
    UNKNOWN,
    AnyRank,
    Items,
    Known,
    Letters,
    Object,
    Run,
    State,
    Tuple,
    Unknown,
    Value,
)
from loopwright.verify.symcompare import compared
from loopwright.verify.symlib import (
    element,
    is_library,
    is_standard,
    letters_of,
    library,
    merged,
    negation,
    number_of,
    one_of,
    truth_of,
)
from loopwright.verify.terms import Num

_CHANGING = {"sort", "fill", "append", "extend", "insert", "pop", "remove", "clear", "reverse", "resize",
             "put", "partition", "setflags", "itemset", "update", "add", "discard", "shuffle",
             "fill_diagonal", "copyto", "place", "putmask"}  # fmt: skip
_FOLDED: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
    ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
    ast.LShift: operator.lshift, ast.RShift: operator.rshift,
}  # fmt: skip
_PLAIN = (int, float, str, type(None), np.dtype, type)


# ---------------------------------------------------------------- conditions


def decide(run: Run, node: ast.expr, state: State) -> Num:
    """The truth of a test; notes each of its conditions with the path that leads to it."""
    match node:
        case ast.BoolOp(op, values):
            also = isinstance(op, ast.And)
            here = state.fork()
            parts = []
            for part in values:
                truth = decide(run, part, here)
                parts.append(truth)
                here.assume(truth if also else negation(truth))
            state.stale, state.moved = here.stale, here.moved
            join = z3.And if also else z3.Or
            return Num("bool", join(*(p.term for p in parts)), all(p.exact for p in parts))
        case ast.UnaryOp(ast.Not(), operand):
            return negation(decide(run, operand, state))
    if isinstance(node, ast.Compare):
        return truth_of(run, evaluate(run, node, state))
    return _noted(run, node, evaluate(run, node, state), state)


def _noted(run: Run, node: ast.expr, value: Value, state: State) -> Num:
    truth = truth_of(run, value)
    run.record(node, span_of(node), state, truth, isinstance(value, Unknown | Object))
    return truth


# --------------------------------------------------------------- expressions


def evaluate(run: Run, node: ast.expr, state: State) -> Value:
    """The value of an expression."""
    match node:
        case ast.Constant(value):
            return Known(value)
        case ast.Name(name):
            return _name(run, name, state)
        case ast.Attribute(inner, name):
            return _attribute(run, evaluate(run, inner, state), name, state)
        case ast.Subscript(inner, index):
            return _subscript(run, evaluate(run, inner, state), index, state)
        case ast.BinOp(left, op, right):
            return _binary(run, op, evaluate(run, left, state), evaluate(run, right, state))
        case ast.UnaryOp(op, operand):
            return _unary(run, op, operand, state)
        case ast.Compare(left, ops, others):
            return _noted(run, node, _compare(run, left, ops, others, state), state)
        case ast.BoolOp(op, values):
            return _chosen_part(run, op, values, state)
        case ast.IfExp(test, body, orelse):
            truth = decide(run, test, state)
            a = evaluate(run, body, state.fork(truth))
            b = evaluate(run, orelse, state.fork(negation(truth)))
            return merged(run, truth, a, b)
        case ast.NamedExpr(ast.Name(name), inner):
            state.names[name] = evaluate(run, inner, state)
            return state.names[name]
        case ast.Tuple(parts) if not any(isinstance(p, ast.Starred) for p in parts):
            return Tuple(tuple(evaluate(run, part, state) for part in parts))
        case ast.Call():
            return _call(run, node, state)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            return _comprehension(run, node, state)
        case ast.Lambda() | ast.JoinedStr():
            return UNKNOWN
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            evaluate(run, child, state)
    return UNKNOWN


def _name(run: Run, name: str, state: State) -> Value:
    if name in run.loose[-1]:
        return UNKNOWN
    if name in state.names:
        return state.names[name]
    if name == "__debug__":
        return Known(__debug__)
    scope = run.scopes[-1].__globals__
    if name in scope and not run.steady.keeps(name):
        return UNKNOWN
    if name == "TYPE_CHECKING" and scope.get(name) is False:
        return Known(False)  # by its meaning (PEP 484)
    value = scope.get(name, getattr(builtins, name, None))
    if isinstance(value, types.ModuleType | types.FunctionType | types.BuiltinFunctionType | type):
        return Known(value)
    if isinstance(value, _PLAIN) and name in scope:
        if not name.startswith("_"):
            run.complete = False  # callers may change it
        return Known(value)
    return Known(value) if callable(value) else UNKNOWN


def _attribute(run: Run, value: Value, name: str, state: State) -> Value:
    match value, name:
        case Items(lengths, _, True), "shape":
            return Tuple(lengths)
        case Items(lengths, _, True), "ndim":
            return Known(len(lengths))
        case Items(lengths, dtype, True), "size":
            size: Num | None = lengths[0] if lengths else run.theory.number(1)
            for length in lengths[1:]:
                size = None if size is None else run.theory.arithmetic("Mult", size, length)
            return size or UNKNOWN
        case ((Items(_, str(dtype), True) | AnyRank(dtype)), "dtype"):
            return Known(np.dtype(dtype))
        case AnyRank(), ("ndim" | "size"):
            number = run.theory.fresh("int", name)
            state.path = (*state.path, number.term >= 0)
            return number
        case Known(types.ModuleType() as module), _:
            found = getattr(module, name, None)
            fixed = is_standard(module) or callable(found) or isinstance(found, types.ModuleType)
            return Known(found) if hasattr(module, name) and fixed else UNKNOWN
        case Known(np.dtype() as known), ("kind" | "itemsize" | "char" | "name" | "type" | "names"):
            return Known(getattr(known, name))
        case Known(type() as known), "__name__":
            return Known(known.__name__)
        case _:
            return UNKNOWN


def _binary(run: Run, op: ast.operator, a: Value, b: Value) -> Value:
    if isinstance(a, Known) and isinstance(b, Known):
        if isinstance(a.value, type | types.UnionType) and isinstance(b.value, type):
            return Known(a.value | b.value) if isinstance(op, ast.BitOr) else UNKNOWN
        if isinstance(a.value, int | float) and isinstance(b.value, int | float):
            if abs(b.value) < 1000 or not isinstance(op, ast.Pow | ast.LShift):
                try:
                    return Known(_FOLDED[type(op)](a.value, b.value))
                except (ArithmeticError, ValueError, TypeError, KeyError):
                    return UNKNOWN
    x, y = number_of(run, a), number_of(run, b)
    if x is None or y is None:
        return UNKNOWN
    return run.theory.arithmetic(type(op).__name__, x, y) or UNKNOWN


def _unary(run: Run, op: ast.unaryop, operand: ast.expr, state: State) -> Value:
    if isinstance(op, ast.Not):
        return negation(truth_of(run, evaluate(run, operand, state)))
    value = evaluate(run, operand, state)
    if isinstance(value, Known) and type(value.value) in (int, float, bool):
        if isinstance(op, ast.USub):
            return Known(-value.value)
        return Known(+value.value if isinstance(op, ast.UAdd) else ~int(value.value))
    number = number_of(run, value)
    if number is None:
        return UNKNOWN
    match op:
        case ast.USub():
            return run.theory.negated(number)
        case ast.Invert() if number.kind == "int":
            one = run.theory.number(-1)
            return run.theory.arithmetic("Sub", one, number) or UNKNOWN if one else UNKNOWN
        case _:
            return number


def _compare(
    run: Run, left: ast.expr, ops: list[ast.cmpop], others: list[ast.expr], state: State
) -> Value:
    values = [evaluate(run, node, state) for node in (left, *others)]
    parts = [compared(run, op, a, b) for op, a, b in zip(ops, values, values[1:], strict=False)]
    if len(parts) == 1:
        return parts[0]
    truths = [truth_of(run, part) for part in parts]
    return Num("bool", z3.And(*(t.term for t in truths)), all(t.exact for t in truths))


def _chosen_part(run: Run, op: ast.boolop, values: list[ast.expr], state: State) -> Value:
    """`and`, `or` as values."""
    here = state.fork()
    truths: list[Num] = []
    for node in values[:-1]:
        truth = decide(run, node, here)
        truths.append(truth)
        here.assume(truth if isinstance(op, ast.And) else negation(truth))
    last = evaluate(run, values[-1], here)
    if not isinstance(last, Num) or last.kind != "bool" or not all(map(_is_test, values[:-1])):
        return UNKNOWN
    join = z3.And if isinstance(op, ast.And) else z3.Or
    exact = all(t.exact for t in (*truths, last))
    return Num("bool", join(*(t.term for t in (*truths, last))), exact)


def _is_test(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


# ------------------------------------------------------------------ elements


def _subscript(run: Run, value: Value, index: ast.expr, state: State) -> Value:
    if isinstance(index, ast.Slice):
        for part in (index.lower, index.upper, index.step):
            if part is not None:
                evaluate(run, part, state)
        return _slice(run, value, index, state)
    at = evaluate(run, index, state)
    match value, at:
        case Tuple(values), Known(int() as k) if -len(values) <= k < len(values):
            return values[k]
        case Letters(term), Known(int() as k) if k >= 0:
            state.path = (*state.path, z3.Length(term) > k)
            return Letters(z3.SubString(term, k, 1))
        case Letters(term), Known(-1):
            state.path = (*state.path, z3.Length(term) > 0)
            return Letters(z3.SubString(term, z3.Length(term) - 1, 1))
        case Items(), Tuple(values) if value.array and len(values) <= len(value.lengths):
            inner: Value = value
            for each in values:
                inner = _item(run, inner, each, state)
            return inner
        case Items(), _:
            return _item(run, value, at, state)
        case _:
            return UNKNOWN


def _item(run: Run, value: Value, at: Value, state: State) -> Value:
    index = number_of(run, at)
    if not isinstance(value, Items) or not value.lengths or index is None or index.kind != "int":
        return UNKNOWN
    length = value.lengths[0]
    if not state.moved or value.array:
        low, high = run.theory.negated(length), length
        state.path = (*state.path, index.term >= low.term, index.term < high.term)
    if len(value.lengths) == 1:
        return element(run, value, (index.term,), state)
    return Items(value.lengths[1:], value.dtype, True, value.name, (*value.prefix, index.term))


def _slice(run: Run, value: Value, index: ast.Slice, state: State) -> Value:
    """Only the length matters: it is at most the whole."""
    if isinstance(value, Letters) and index.step is None:
        bounds = [evaluate(run, b, state) if b else Known(0) for b in (index.lower, index.upper)]
        match bounds:
            case [Known(int() as low), Known(int() as high)] if 0 <= low < high:
                return Letters(z3.SubString(value.term, low, high - low))
        return UNKNOWN
    if not isinstance(value, Items) or len(value.lengths) != 1 or (state.moved and not value.array):
        return UNKNOWN
    length = run.theory.fresh("int", "part")
    state.path = (*state.path, length.term >= 0, length.term <= value.lengths[0].term)
    return Items((length,), value.dtype, value.array)


# --------------------------------------------------------------------- calls


def _call(run: Run, node: ast.Call, state: State) -> Value:
    if isinstance(node.func, ast.Attribute):
        owner = evaluate(run, node.func.value, state)
        if not isinstance(owner, Known):
            return _method(run, owner, node, state)
        callee: Value = _attribute(run, owner, node.func.attr, state)
    else:
        callee = evaluate(run, node.func, state)
    function = callee.value if isinstance(callee, Known) else None
    plain = getattr(function, "py_func", function)
    if isinstance(plain, types.FunctionType) and not is_library(plain) and run.call is not None:
        return run.call(run, plain, node, state)
    args = [evaluate(run, arg, state) for arg in node.args]
    others = {k.arg: evaluate(run, k.value, state) for k in node.keywords}
    if not is_library(function) or "out" in others:
        state.stale = state.moved = True
    if getattr(function, "__name__", "") in _CHANGING:
        state.stale = True
    return UNKNOWN if others else library(run, function, args, state)


def _method(run: Run, owner: Value, node: ast.Call, state: State) -> Value:
    args = [evaluate(run, arg, state) for arg in node.args]
    for keyword in node.keywords:
        evaluate(run, keyword.value, state)
    assert isinstance(node.func, ast.Attribute)
    name = node.func.attr
    if name in _CHANGING or not isinstance(owner, Items | AnyRank | Letters | Num):
        state.stale = state.moved = True
    text = letters_of(args[0]) if len(args) == 1 else None
    if isinstance(owner, Letters) and text is not None:
        match name:
            case "startswith":
                return Num("bool", z3.PrefixOf(text, owner.term))
            case "endswith":
                return Num("bool", z3.SuffixOf(text, owner.term))
    return owner if name == "item" and isinstance(owner, Num) else UNKNOWN


# ------------------------------------------------------------ comprehensions


def _comprehension(
    run: Run, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, state: State
) -> Value:
    here = state.fork()
    for generator in node.generators:
        bind(run, generator.target, one_of(run, evaluate(run, generator.iter, here), here), here)
        for each in generator.ifs:
            here.assume(decide(run, each, here))
    for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
        value = evaluate(run, part, here)
    state.stale, state.moved = here.stale, here.moved
    if not isinstance(node, ast.ListComp):
        return UNKNOWN
    length = run.theory.fresh("int", "part")
    state.path = (*state.path, length.term >= 0)
    kept = isinstance(value, Num) and not value.wraps
    return Items((length,), value.kind if kept and isinstance(value, Num) else None, False)


def bind(run: Run, target: ast.expr, value: Value, state: State) -> None:
    """Assign to a name, a tuple of names, or into an object."""
    match target:
        case ast.Name(name):
            state.names[name] = value
        case ast.Tuple(parts) | ast.List(parts):
            fits = isinstance(value, Tuple) and len(value.values) == len(parts)
            for k, part in enumerate(parts):
                bind(
                    run,
                    part,
                    value.values[k] if fits and isinstance(value, Tuple) else UNKNOWN,
                    state,
                )
        case ast.Starred(inner):
            bind(run, inner, UNKNOWN, state)
        case _:
            for child in ast.iter_child_nodes(target):
                if isinstance(child, ast.expr):
                    evaluate(run, child, state)
            state.stale = state.moved = True
