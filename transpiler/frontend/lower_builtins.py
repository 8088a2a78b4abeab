"""Builtin functions."""

from __future__ import annotations

import ast
from collections.abc import Callable

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import int_constant
from loopwright.frontend.lower_arith import binary, choose, strip_none, switch
from loopwright.frontend.lower_compare import compare, truth
from loopwright.frontend.lower_comprehension import dict_of, list_of, set_of
from loopwright.frontend.lower_convert import (
    cast,
    list_length,
    plain_column,
    string_length,
    table_length,
)
from loopwright.frontend.lower_counted import trip_count
from loopwright.frontend.lower_fold import extreme_by_key, quantified, reduce_items, total_of
from loopwright.frontend.lower_generators import generator_at
from loopwright.frontend.lower_hashes import constructed
from loopwright.frontend.lower_index import index_number
from loopwright.frontend.lower_iter import is_view, source_of
from loopwright.frontend.lower_list_index import row_count, whole
from loopwright.frontend.lower_lists import build_list, to_list
from loopwright.frontend.lower_names import dim
from loopwright.frontend.lower_numpy import ufunc
from loopwright.frontend.lower_order import eval_all, eval_spread, keep, present, spill
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_sorted import sorted_list
from loopwright.frontend.lower_strings import digit, ordinal
from loopwright.frontend.lower_tools import is_constant
from loopwright.frontend.lower_types import has_attribute, is_callable, is_instance, type_call
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Hashed,
    Letter,
    Library,
    Lst,
    Number,
    RaggedList,
    Rec,
    Row,
    String,
    Table,
    Text,
    Tpl,
    Value,
    integer,
    number,
    real,
)
from loopwright.frontend.typing_rules import real_dtype
from loopwright.ir.nodes import Call, Const, Reduce
from loopwright.ir.types import (
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    Num,
    Py,
    Scalar,
    element,
    is_scalar,
    kind_of,
    machine_dtype,
)

Handler = Callable[[Scope, ast.Call], Value]


def _one(cx: Scope, node: ast.Call) -> Value:
    if len(node.args) != 1 or node.keywords:
        decline(node, "LW102", "this form of the call is not covered")
    return present(cx, cx.eval(node.args[0]))


def absolute(cx: Scope, value: Value, node: ast.AST) -> Value:
    """`abs(x)`."""
    if isinstance(value, Arr):
        return ufunc(cx, "absolute", [value], node)
    if not isinstance(value, Number):
        decline(node, "LW102", f"abs of {describe(value)} is not covered")

    def one(v: tuple[Number, ...]) -> Value:
        t = v[0].type
        result: Scalar
        match t:
            case Py("complex"):
                result = FLOAT
            case Py("bool"):
                result = INT
            case Num(dtype):
                result = Num(real_dtype(dtype))
            case _:
                result = t
        return number(Call("abs", (v[0].expr,), result))

    value = strip_none(cx, value)
    if value.tag is not None and all(t in (FLOAT, Num("float64")) for t in value.types):
        return Number(Call("abs", (value.expr,), value.expr.type), value.types, value.tag)
    return switch(cx, (value,), one, node)


def _abs(cx: Scope, node: ast.Call) -> Value:
    return absolute(cx, _one(cx, node), node)


def _convert(to: Py) -> Handler:
    """`int(x)`, `float(x)`, `bool(x)`, `complex(x)`."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        if node.keywords:
            decline(node, "LW102", "this form of the call is not covered")
        if not node.args:
            return number(
                Const({"int": 0, "float": 0.0, "bool": False, "complex": 0j}[to.kind], to)
            )
        if to == COMPLEX and len(node.args) == 2:
            a, b = (_real_part(cx, v, node) for v in eval_all(cx, node.args))
            return number(Call("complex", (a.expr, b.expr), COMPLEX))
        value = _one(cx, node)
        return converted(cx, value, to, node)

    return handler


def _real_part(cx: Scope, value: Value, node: ast.AST) -> Number:
    if not isinstance(value, Number) or kind_of(machine_dtype(value.expr.type)) == "c":
        decline(node, "LW102", f"complex() of {describe(value)} is not covered")
    return strip_none(cx, value)


def converted(cx: Scope, value: Value, to: Py, node: ast.AST) -> Value:
    """The value as a Python number."""
    if isinstance(value, Text) and to == FLOAT:
        try:
            return number(real(float(value.value)))
        except ValueError:
            decline(node, "LW103", "this string is not a number")
    if isinstance(value, Letter) and to == INT:
        return number(digit(cx, value))
    if to == BOOL:
        return number(cast(truth(cx, value, node), BOOL))
    if not isinstance(value, Number):
        decline(node, "LW102", f"{to}() of {describe(value)} is not covered")
    value = strip_none(cx, value)
    source = kind_of(machine_dtype(value.expr.type))
    if source == "c" and to != COMPLEX:
        decline(node, "LW304", f"{to}() of a complex number raises TypeError")
    return number(cast(value.expr, to))


def _len(cx: Scope, node: ast.Call) -> Value:
    if len(node.args) == 1 and _is_range(cx, node.args[0]):
        steps = cx.hold(trip_count(cx, source_of(cx, node.args[0], ())), "n")
        return number(Call("max2", (steps, integer(0)), INT))
    value = _one(cx, node)
    match value:
        case Arr(_, t, _) if t.ndim:
            return number(dim(value, 0))
        case Lst():
            return number(list_length(value))
        case Row(items):
            return number(list_length(items))
        case RaggedList():
            return number(row_count(value))
        case Table():
            return number(table_length(value))
        case Hashed():
            return number(list_length(value.keys))
        case Tpl(parts):
            keep(cx, value)
            return number(integer(len(parts)))
        case Text() | Letter() | String():
            return number(string_length(value))
        case _:
            decline(node, "LW102", f"len of {describe(value)} is not covered")


def _is_range(cx: Scope, node: ast.expr) -> bool:
    """Whether the node makes a range, of which here only the length counts."""
    match node:
        case ast.Call(ast.Name("range") as name, args, []) if args:
            return cx.eval(name) == Library("builtins.range")
        case _:
            return False


def _round(cx: Scope, node: ast.Call) -> Value:
    args = eval_all(cx, node.args)
    if node.keywords or not 1 <= len(args) <= 2 or not isinstance(args[0], Number):
        decline(node, "LW102", "this form of round is not covered")
    value = strip_none(cx, args[0])
    if len(args) == 2:
        digits = int_constant(args[1], node, "the number of digits")
        if value.tag is not None or kind_of(machine_dtype(value.expr.type)) != "f":
            decline(node, "LW102", "round with digits is covered for floats only")
        return number(Call("round", (value.expr, integer(digits)), value.expr.type))
    kind = kind_of(machine_dtype(value.expr.type))
    refuses = Num("bool") in value.types
    if kind in "iub" and is_scalar(value.expr.type) and not refuses:
        return number(cast(value.expr, INT))
    if kind != "f" or refuses:
        decline(node, "LW304", f"round of {describe(value)} raises TypeError")
    return number(Call("round", (cast(value.expr, FLOAT),), INT))


def extreme(cx: Scope, largest: bool, a: Value, b: Value, node: ast.AST) -> Value:
    """`max(a, b)` or `min(a, b)` by Python's rule: the first stays unless the second beats it."""
    if isinstance(a, Number) and isinstance(b, Number):
        if a.tag is None and b.tag is None and a.types == b.types:
            return number(Call("max2" if largest else "min2", (a.expr, b.expr), a.type))
    a, b = spill(cx, a), spill(cx, b)
    better = truth(cx, compare(cx, "gt" if largest else "lt", b, a, node), node)
    return choose(cx, better, lambda: b, lambda: a, node)


def _extreme(largest: bool) -> Handler:
    def handler(cx: Scope, node: ast.Call) -> Value:
        if [k.arg for k in node.keywords] == ["key"]:
            return extreme_by_key(cx, largest, node)
        if [k.arg for k in node.keywords] == ["default"] and len(node.args) == 1:
            default = node.keywords[0].value
            if not is_constant(default):
                decline(node, "LW102", "only constants are covered as the default of min and max")
            beats = lambda old, new: extreme(cx, largest, old, new, node)  # noqa: E731
            return reduce_items(cx, node.args[0], None, beats, node, cx.eval(default))
        if node.keywords:
            decline(node, "LW102", "min and max are covered with `key`, or with `default`")
        if len(node.args) > 1:
            first, *rest = eval_all(cx, node.args)
            for other in rest:
                first = extreme(cx, largest, first, other, node)
            return first
        if generator_at(cx, node.args[0]) is None and not is_view(cx, node.args[0]):
            value = cx.eval(node.args[0])
            if isinstance(value, Tpl):
                first, *rest = value.items
                for other in rest:
                    first = extreme(cx, largest, first, other, node)
                return first
            if isinstance(value, Lst) and value.ndim == 1 and plain_column(cx, value) is not None:
                (column,) = whole(value).columns
                return number(
                    Reduce("max" if largest else "min", column, None, False, element(column.type))
                )
        return reduce_items(
            cx,
            node.args[0],
            None,
            lambda old, new: extreme(cx, largest, old, new, node),
            node,
        )

    return handler


def _sum(cx: Scope, node: ast.Call) -> Value:
    bound_start = [*node.args[1:], *[k.value for k in node.keywords if k.arg == "start"]]
    unknown = any(k.arg != "start" for k in node.keywords)
    if unknown or len(node.args) + len(node.keywords) > 2 or not node.args:
        decline(node, "LW102", "this form of sum is not covered")
    start = cx.eval(bound_start[0]) if bound_start else number(integer(0))
    return total_of(cx, node.args[0], start, lambda a, b: binary(cx, "add", a, b, node), node)


def _quantifier(every: bool) -> Handler:
    """`all(...)` and `any(...)`, which stop at the first decisive item."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        if len(node.args) != 1 or node.keywords:
            decline(node, "LW102", "this form of the call is not covered")
        return quantified(cx, node.args[0], every, node)

    return handler


def _list(cx: Scope, node: ast.Call) -> Value:
    if node.keywords or len(node.args) > 1:
        decline(node, "LW102", "this form of list() is not covered")
    if not node.args:
        return build_list(cx, [], node)
    if not isinstance(node.args[0], ast.Call) and generator_at(cx, node.args[0]) is None:
        copied = to_list(cx, cx.eval(node.args[0]), node)
        if copied is not None:
            return copied
    return list_of(cx, node.args[0], node)


def _sorted(cx: Scope, node: ast.Call) -> Value:
    if not node.args:
        decline(node, "LW102", "this form of sorted is not covered")
    if generator_at(cx, node.args[0]) is not None or _is_source(cx, node.args[0]):
        return sorted_list(cx, list_of(cx, node.args[0], node.args[0]), node)
    value = present(cx, cx.eval(node.args[0]))
    if isinstance(value, Table):
        value = list_of(cx, node.args[0], node.args[0])
    return sorted_list(cx, value, node)


def _is_source(cx: Scope, node: ast.expr) -> bool:
    """Whether the node is `range(...)`, `zip(...)` or the like."""
    if is_view(cx, node):
        return True
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    if node.func.id not in ("range", "enumerate", "zip", "reversed"):
        return False
    return cx.eval(node.func) == Library(f"builtins.{node.func.id}")


def _set(cx: Scope, node: ast.Call) -> Value:
    """`set()` and `set(items)`."""
    if len(node.args) == 1 and not node.keywords:
        return set_of(cx, node.args[0], node)
    return constructed(cx, "set", node)


def _dict(cx: Scope, node: ast.Call) -> Value:
    """`dict()` and `dict(pairs)`."""
    if len(node.args) == 1 and not node.keywords:
        return dict_of(cx, "dict", node.args[0], node)
    return constructed(cx, "dict", node)


def _tuple(cx: Scope, node: ast.Call) -> Value:
    if len(node.args) == 1 and not node.keywords and isinstance(node.args[0], ast.List):
        return Tpl(tuple(eval_spread(cx, node.args[0].elts)))
    value = _one(cx, node)
    if isinstance(value, (Tpl, Row)):
        return value
    decline(node, "LW102", f"tuple of {describe(value)} is not covered")


def _pow(cx: Scope, node: ast.Call) -> Value:
    if not 2 <= len(node.args) <= 3 or node.keywords:
        decline(node, "LW102", "this form of pow is not covered")
    a, b, *rest = eval_all(cx, node.args)
    if rest:
        ints = [a, b, *rest]
        if not all(isinstance(v, Number) and v.types == (INT,) for v in ints):
            decline(node, "LW102", "pow with a modulus is covered for ints")
        return library_call(cx, "modular_power", ints, node)
    return binary(cx, "pow", a, b, node)


def _divmod(cx: Scope, node: ast.Call) -> Value:
    if len(node.args) != 2 or node.keywords:
        decline(node, "LW102", "this form of divmod is not covered")
    a, b = (spill(cx, v) for v in eval_all(cx, node.args))
    return Tpl((binary(cx, "floordiv", a, b, node), binary(cx, "mod", a, b, node)))


def _slice(cx: Scope, node: ast.Call) -> Value:
    """`slice(stop)`, `slice(start, stop)` and `slice(start, stop, step)`."""
    if not 1 <= len(node.args) <= 3 or node.keywords:
        decline(node, "LW102", "this form of slice is not covered")
    given = [spill(cx, v) for v in eval_all(cx, node.args)]
    if len(given) == 1:
        given.insert(0, NOTHING)
    bounds = [v if v == NOTHING else number(index_number(cx, v, node)) for v in given]
    bounds += [NOTHING] * (3 - len(bounds))
    return Rec(Tpl(tuple(bounds), ("start", "stop", "step")), "slice")


def _none(cx: Scope, node: ast.Call) -> Value:
    decline(node, "LW102", "this builtin is covered only as what a loop runs over")


BUILTINS: dict[str, Handler] = {
    "abs": _abs,
    "int": _convert(INT),
    "float": _convert(FLOAT),
    "bool": _convert(BOOL),
    "complex": _convert(COMPLEX),
    "len": _len,
    "round": _round,
    "min": _extreme(False),
    "max": _extreme(True),
    "sum": _sum,
    "any": _quantifier(False),
    "all": _quantifier(True),
    "list": _list,
    "tuple": _tuple,
    "sorted": _sorted,
    "pow": _pow,
    "divmod": _divmod,
    "ord": ordinal,
    "slice": _slice,
    "dict": _dict,
    "set": _set,
    "isinstance": is_instance,
    "hasattr": has_attribute,
    "callable": is_callable,
    "type": type_call,
    "range": _none,
    "enumerate": _none,
    "zip": _none,
    "reversed": _none,
}
