"""Expressions: the dispatch over the syntax tree, names, conditions, attributes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TypeVar

from loopwright.frontend.lower_arith import binary, choose, unary
from loopwright.frontend.lower_calls import call
from loopwright.frontend.lower_compare import both, compare, is_none, truth
from loopwright.frontend.lower_comprehension import hash_comprehension, list_comprehension
from loopwright.frontend.lower_contract import matmul
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_dicts import dict_item
from loopwright.frontend.lower_hashes import dict_display, set_display
from loopwright.frontend.lower_hashes import item as hashed_item
from loopwright.frontend.lower_join import store_variable
from loopwright.frontend.lower_list_methods import concatenated, repeated
from loopwright.frontend.lower_lists import list_display, repeat_list
from loopwright.frontend.lower_member import member
from loopwright.frontend.lower_names import attribute, lookup
from loopwright.frontend.lower_order import (
    effects,
    eval_all,
    eval_spread,
    has_stars,
    is_spread,
    keep,
    present,
)
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_ranges import with_range
from loopwright.frontend.lower_scope import Scope, Unreachable, decline
from loopwright.frontend.lower_spread import spread_display
from loopwright.frontend.lower_subscript import subscript
from loopwright.frontend.lower_types import same_object
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Closure,
    Hashed,
    Lst,
    Number,
    Table,
    Text,
    Tpl,
    Value,
    negated,
    number,
    truth_const,
)
from loopwright.ir.nodes import BinaryOp, CompareOp, Const, Expr, Logic, Stmt, UnaryOp
from loopwright.ir.types import BOOL, COMPLEX, FLOAT, INT, Scalar

T = TypeVar("T")

BINARY: dict[type[ast.operator], BinaryOp] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv",
    ast.Mod: "mod", ast.Pow: "pow", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor",
    ast.LShift: "lshift", ast.RShift: "rshift",
}  # fmt: skip
UNARY: dict[type[ast.unaryop], UnaryOp] = {
    ast.USub: "neg",
    ast.UAdd: "pos",
    ast.Invert: "invert",
}
COMPARE: dict[type[ast.cmpop], CompareOp] = {
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne",
}  # fmt: skip


def expr(cx: Scope, node: ast.expr) -> Value:
    """The value of an expression; statements for its effects are emitted before."""
    outer = cx.iterated
    value = _expr(cx, node)
    cx.iterated = outer
    return value


def _expr(cx: Scope, node: ast.expr) -> Value:
    match node:
        case ast.Constant(value):
            return constant(node, value)
        case ast.Name(name, ast.Load()):
            return lookup(cx, name, node)
        case ast.BinOp(left, op, right):
            cx.operands |= {left, right}
            return bin_op(cx, left, op, right, node)
        case ast.UnaryOp(ast.Not(), _) | ast.BoolOp() | ast.Compare() | ast.IfExp():
            return _branching(cx, node)
        case ast.UnaryOp(op, operand):
            return unary(cx, UNARY[type(op)], cx.eval(operand), node)
        case ast.Attribute():
            return attribute(cx, node)
        case ast.Subscript():
            base = present(cx, cx.eval(node.value))
            if isinstance(base, Table):
                return dict_item(cx, base, cx.eval(node.slice), node)
            if isinstance(base, Hashed):
                return hashed_item(cx, base, cx.eval(node.slice), node)
            return subscript(cx, base, node)
        case ast.Call():
            return call(cx, node)
        case ast.Tuple(elts):
            return Tpl(tuple(eval_spread(cx, elts)))
        case ast.List(elts) if is_spread(cx, elts):
            return spread_display(cx, elts, node)
        case ast.List(elts):
            return list_display(cx, elts, node)
        case ast.ListComp():
            return list_comprehension(cx, node)
        case ast.Dict():
            return dict_display(cx, node)
        case ast.Set():
            return set_display(cx, node)
        case ast.DictComp() | ast.SetComp():
            return hash_comprehension(cx, node)
        case ast.GeneratorExp():
            why = "a generator is covered where it is run over, or once behind where a name gets it"
            decline(node, "LW103", why)
        case ast.Lambda():
            return Closure(node, "<lambda>", depth=cx.depth)
        case ast.NamedExpr(ast.Name(name), value_node):
            given = cx.eval(value_node)
            if isinstance(given, Hashed) or (isinstance(given, Lst) and given.length is not None):
                decline(node, "LW103", f"{describe(given)} is assigned within an expression")
            store_variable(cx, cx.renamed.get(name, name), given)
            return lookup(cx, name, node)
        case _:
            what = type(node).__name__
            decline(node, "LW103", f"{what} is not covered")


def constant(node: ast.AST, value: object) -> Value:
    match value:
        case None:
            return NOTHING
        case bool():
            return number(Const(value, BOOL))
        case int():
            if abs(value) >= 2**63:
                decline(node, "LW103", "this integer does not fit 64 bits")
            return number(Const(value, INT))
        case float():
            return number(Const(value, FLOAT))
        case complex():
            return number(Const(value, COMPLEX))
        case str():
            return Text(value)
        case _:
            decline(node, "LW103", f"the constant {value!r} is not covered")


def bin_op(cx: Scope, left: ast.expr, op: ast.operator, right: ast.expr, node: ast.expr) -> Value:
    if isinstance(op, ast.Mult):
        display = repeat_list(cx, left, right, node)
        if display is not None:
            return display
    operands = with_range(cx, left, right) or eval_all(cx, (left, right))
    a, b = (present(cx, v) for v in operands)
    if isinstance(op, ast.MatMult):
        if not (isinstance(a, Arr) or isinstance(b, Arr)):
            decline(node, "LW103", "`@` needs an array")
        return matmul(cx, a, b, node)
    if isinstance(a, Lst) and isinstance(b, Lst) and isinstance(op, ast.Add):
        return concatenated(cx, a, b, node)
    if isinstance(op, ast.Mult) and isinstance(a, Lst) and isinstance(b, Number):
        return repeated(cx, a, b, node)
    if isinstance(op, ast.Mult) and isinstance(b, Lst) and isinstance(a, Number):
        return repeated(cx, b, a, node)
    return binary(cx, BINARY[type(op)], a, b, node)


def _branching(cx: Scope, node: ast.expr) -> Value:
    match node:
        case ast.UnaryOp(ast.Not(), operand):
            return number(cast(negated(condition(cx, operand)), BOOL))
        case ast.Compare(left, ops, comparators):
            if len(ops) == 1:
                a, b = eval_all(cx, (left, _searched(ops[0], comparators[0])))
                return one_comparison(cx, ops[0], a, b, node)
            cond, types = _chain(cx, left, ops, comparators, node)
            if len(types) != 1:
                decline(node, "LW302", "this comparison gives a bool or a np.bool by the path")
            return number(cast(cond, next(iter(types))))
        case ast.IfExp(test, body, orelse):
            cond = condition(cx, test)
            return choose(cx, cond, lambda: cx.eval(body), lambda: cx.eval(orelse), node)
        case ast.BoolOp(op, values):
            return _bool_op(cx, isinstance(op, ast.And), values, node)
        case _:
            raise AssertionError(node)


def _bool_op(cx: Scope, conjunction: bool, values: Sequence[ast.expr], node: ast.expr) -> Value:
    """`a and b`, `a or b` as values: the operand that decides."""
    first = cx.eval(values[0])
    if len(values) == 1:
        return first
    if isinstance(first, Number):
        first = Number(
            first.expr if first.types == (BOOL,) else cx.hold(first.expr),
            first.types,
            None if first.tag is None else cx.hold(first.tag, "tag"),
        )
    cond = truth(cx, first, node)

    def rest() -> Value:
        return _bool_op(cx, conjunction, values[1:], node)

    if not isinstance(cond, Const) and isinstance(first, Number) and first.types == (BOOL,):
        start = dict(cx.live)
        second, made = _tried(cx, rest)
        if not made and isinstance(second, Number) and second.types == (BOOL,):
            op = "and" if conjunction else "or"
            return number(Logic(op, first.expr, second.expr, BOOL))  # type: ignore[arg-type]
        cx.env = start
        cond = cx.hold(cond)
        first = number(cond)

    def keep() -> Value:
        return first

    return choose(cx, cond, rest, keep, node) if conjunction else choose(cx, cond, keep, rest, node)


# ------------------------------------------------------------------ conditions


def condition(cx: Scope, node: ast.expr) -> Expr:
    """The truth value of an expression, with short circuits."""
    match node:
        case ast.UnaryOp(ast.Not(), operand):
            return negated(condition(cx, operand))
        case ast.BoolOp(op, values):
            result = condition(cx, values[0])
            for value in values[1:]:
                result = _then(cx, isinstance(op, ast.And), result, value)
            return result
        case ast.Compare(left, ops, comparators) if len(ops) > 1:
            return _chain(cx, left, ops, comparators, node)[0]
        case _:
            return truth(cx, cx.eval(node), node)


def _then(cx: Scope, conjunction: bool, first: Expr, second: ast.expr) -> Expr:
    """`first and second` / `first or second`; the second is evaluated only if it decides."""
    if isinstance(first, Const):
        return condition(cx, second) if bool(first.value) == conjunction else first
    start, counter = dict(cx.live), cx.counter
    other, made = _tried(cx, lambda: condition(cx, second))
    if other is not None and not made:
        if isinstance(other, Const) and bool(other.value) == conjunction:
            return first
        return Logic("and" if conjunction else "or", first, other, BOOL)
    cx.env, cx.counter = start, counter
    held = cx.hold(first)

    def rest() -> Value:
        return number(truthy(condition(cx, second)))

    def keep() -> Value:
        return number(truth_const(not conjunction))

    left, right = (rest, keep) if conjunction else (keep, rest)
    value = choose(cx, held, left, right, second)
    assert isinstance(value, Number)
    return value.expr


def _tried(cx: Scope, operand: Callable[[], T]) -> tuple[T | None, list[Stmt]]:
    """An operand that may be left out, and the statements that it takes; None if it certainly fails."""
    with cx.block() as made:
        try:
            return operand(), made
        except Unreachable:
            return None, made


def truthy(cond: Expr) -> Expr:
    """A condition as a Python bool."""
    return cast(cond, BOOL)


def _chain(
    cx: Scope,
    left: ast.expr,
    ops: Sequence[ast.cmpop],
    comparators: Sequence[ast.expr],
    node: ast.expr,
) -> tuple[Expr, set[Scalar]]:
    """`a < b < c`: each operand is evaluated once, the later ones only while it holds."""
    values = eval_all(cx, (left, _searched(ops[0], comparators[0])))
    first = one_comparison(cx, ops[0], values[0], values[1], node)
    result, types = truth(cx, first, node), _types(first)
    middle = values[1]
    for op, comparator in zip(ops[1:], comparators[1:], strict=True):
        with cx.block() as made:
            other = cx.eval(comparator)
        if effects(cx, made):
            decline(comparator, "LW103", "a chained comparison with effects is not covered")
        cx.out.extend(made)
        compared = one_comparison(cx, op, middle, other, node)
        types |= _types(compared)
        result = both(result, truth(cx, compared, node))
        middle = other
    return result, types


def _types(value: Value) -> set[Scalar]:
    return set(value.types) if isinstance(value, Number) else set()


def _searched(op: ast.cmpop, node: ast.expr) -> ast.expr:
    """What `in` searches: a list or set that nobody else sees is as good as a tuple, and may hold strings.

    A set asks for a hash first, which all that may be an item of a tuple here has.
    """
    if not isinstance(op, (ast.In, ast.NotIn)):
        return node
    if isinstance(node, ast.Set) or (isinstance(node, ast.List) and not has_stars(node.elts)):
        return ast.copy_location(ast.Tuple(node.elts, ast.Load()), node)
    return node


def one_comparison(cx: Scope, op: ast.cmpop, a: Value, b: Value, node: ast.expr) -> Value:
    if isinstance(op, (ast.Is, ast.IsNot)):
        wanted = isinstance(op, ast.Is)
        if a == NOTHING:
            a, b = b, a
        if b == NOTHING:
            keep(cx, a)
            return number(cast(is_none(a, wanted), BOOL))
        if isinstance(a, Number) and isinstance(a.expr, Const):
            a, b = b, a
        same = same_object(cx, a, b)
        if same is not None:
            return number(truth_const(same == wanted))
        test = _is_bool(cx, a, b, node)
        return number(cast(test if wanted else negated(test), BOOL))
    if isinstance(op, (ast.In, ast.NotIn)):
        found = member(cx, a, b, node)
        return number(cast(found if isinstance(op, ast.In) else negated(found), BOOL))
    return compare(cx, COMPARE[type(op)], a, b, node)


def _is_bool(cx: Scope, a: Value, b: Value, node: ast.expr) -> Expr:
    """`a is True` or `a is False`: there is one object of each, so for a bool it is equality."""
    if not (isinstance(b, Number) and isinstance(b.expr, Const) and b.types == (BOOL,)):
        decline(node, "LW103", "`is` is covered for None, True, False, classes and functions only")
    if not isinstance(a, Number) or BOOL not in a.types:
        return truth_const(False)
    if a.types != (BOOL,):
        decline(node, "LW103", "`is` on a value that is a bool on some paths only")
    test = truth(cx, a, node)
    return test if b.expr.value else negated(test)
