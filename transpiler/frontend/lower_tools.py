"""What `itertools.repeat` and `pairwise` give to a loop, and `operator.itemgetter` to a key."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import lru_cache

from loopwright.frontend.lower_args import bind
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_counted import ONE, ZERO, Source, fixed, ordinal, sub, trip_count
from loopwright.frontend.lower_index import index_number
from loopwright.frontend.lower_order import spill
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    Entry,
    Library,
    Mixed,
    Number,
    Repeated,
    Tpl,
    Value,
    integer,
)
from loopwright.frontend.names import chain_of
from loopwright.ir.nodes import Binary, Expr
from loopwright.ir.types import INT

_ENDLESS = 2**62
SourceOf = Callable[[ast.expr], Source]


def repeat(cx: Scope, node: ast.Call) -> Value:
    """`itertools.repeat(x)` and `repeat(x, n)`, to be run over once."""
    bound = bind(cx, node, ["object", "times"], required=1)
    item = bound["object"]
    if not isinstance(item, Number):
        decline(node, "LW102", "repeat is covered for numbers")
    times: Expr = integer(_ENDLESS)
    if "times" in bound:
        times = cx.hold(cast(index_number(cx, bound["times"], node), INT), "n")
    return Repeated(spill(cx, item), times)


def items_got(cx: Scope, node: ast.Call) -> ast.expr | None:
    """`x[k]` for `operator.itemgetter(k)(x)`, and a tuple for several keys; None for other calls."""
    match node:
        case ast.Call(ast.Call(func, [_, *_] as keys, []), [ast.Name() as item], []):
            pass
        case _:
            return None
    if chain_of(func) is None or not all(is_constant(k) for k in keys):
        return None
    if cx.eval(func) != Library("operator.itemgetter"):
        return None
    made = cx.unit.got.get(node)
    if made is None:
        parts: list[ast.expr] = [ast.Subscript(item, k, ast.Load()) for k in keys]
        made = parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())
        for part in (made, *parts):
            ast.copy_location(part, node)
        cx.unit.got[node] = made
    return made


def is_constant(node: ast.expr) -> bool:
    """Whether the node is a literal, perhaps with a sign."""
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant)


def run_over(cx: Scope, node: ast.expr, value: Repeated) -> Source:
    """The items; a name that held them has none left."""
    if isinstance(node, ast.Name):
        cx.live[cx.renamed.get(node.id, node.id)] = Entry(
            Mixed("an iterator that was run over", code="LW103")
        )
    return Source(ZERO, value.times, ONE, lambda at: value.item)


def pairs(cx: Scope, node: ast.Call, body: Sequence[ast.stmt], source_of: SourceOf) -> Source:
    """`itertools.pairwise(x)`; the first of a pair is read when it is the second of the one before."""
    if len(node.args) != 1 or node.keywords:
        decline(node, "LW102", "pairwise takes one argument")
    source = source_of(node.args[0])
    if source.dynamic is not None or source.lazy:
        decline(node, "LW102", "pairwise of what changes, or may fail, meanwhile is not covered")
    around: Sequence[ast.AST] = body or [
        found for found in _comprehensions(cx.unit.tree) if _holds(found, node)
    ]
    if any(_may_write(part) for each in around for part in ast.walk(each) if part is not node):
        decline(node, "LW102", "pairwise is covered where the loop changes no list")
    whole = fixed(cx, source)

    def item(at: Expr) -> Value:
        after = ordinal(cx, whole, Binary("add", at, ONE, INT))
        return Tpl((ordinal(cx, whole, at), after))

    return Source(ZERO, sub(trip_count(cx, whole), ONE), ONE, item, over=whole.over)


@lru_cache(maxsize=64)
def _comprehensions(tree: ast.Module) -> tuple[ast.expr, ...]:
    kinds = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    return tuple(n for n in ast.walk(tree) if isinstance(n, kinds))


def _holds(comprehension: ast.AST, node: ast.AST) -> bool:
    return any(part is node for part in ast.walk(comprehension))


def _may_write(node: ast.AST) -> bool:
    """Whether the node may change an element of a list."""
    match node:
        case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.AugAssign(target=ast.Subscript()):
            return True
        case ast.Call(ast.Name(name)):
            return name not in (
                "abs",
                "bool",
                "float",
                "int",
                "len",
                "max",
                "min",
                "print",
                "range",
            )
        case ast.Call(ast.Attribute(_, name)):
            return name != "append"
        case _:
            return False
