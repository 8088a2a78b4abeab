"""The standard modules `heapq` and `bisect`, on lists of numbers and of tuples of numbers."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_alias import which
from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import bind
from loopwright.frontend.lower_convert import cast, list_length
from loopwright.frontend.lower_index import index_number
from loopwright.frontend.lower_list_methods import insert, pop_last
from loopwright.frontend.lower_lists import append, let_hold
from loopwright.frontend.lower_order import present, spill
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import NOTHING, Arr, Lst, Number, Value, integer, number, test
from loopwright.ir.nodes import Binary, Dim, Expr
from loopwright.ir.types import INT


def heap_call(cx: Scope, name: str, node: ast.Call) -> Value:
    """A call of the function `name` of `heapq`."""
    both = name in ("heappush", "heapreplace", "heappushpop")
    bound = bind(cx, node, ["heap", "item"] if both else ["heap"], required=1 + both)
    heap = _list(cx, bound["heap"], node)
    if heap.length is not None and which(cx, heap) is not None:
        decline(node, "LW102", "a heap that comes from outside and shrinks is not covered")
    match name:
        case "heappush":
            append(cx, heap, bound["item"], node)
            last = Binary("sub", list_length(heap), integer(1), INT)
            return library_call(cx, "heap_rise", [heap, number(integer(0)), number(last)], node)
        case "heappop":
            return library_call(cx, "heap_refill", [heap, pop_last(cx, heap, node)], node)
        case "heapreplace" | "heappushpop":
            item = spill(cx, bound["item"])
            let_hold(cx, heap.site, item, node)
            short = "heap_replace" if name == "heapreplace" else "heap_push_pop"
            return library_call(cx, short, [heap, item], node)
        case "heapify":
            return library_call(cx, "heap_make", [heap], node)
        case _:
            decline(node, "LW102", f"`heapq.{name}` is not covered")


def bisect_call(cx: Scope, name: str, node: ast.Call) -> Value:
    """A call of the function `name` of `bisect`."""
    if name not in (
        "bisect",
        "bisect_left",
        "bisect_right",
        "insort",
        "insort_left",
        "insort_right",
    ):
        decline(node, "LW102", f"`bisect.{name}` is not covered")
    bound = bind(cx, node, ["a", "x", "lo", "hi"], required=2)
    a = present(cx, bound["a"])
    if isinstance(a, Arr) and a.type.ndim == 1:
        length: Expr = Dim(a.expr, 0, INT)
    else:
        a = _list(cx, a, node)
        length = list_length(a)
    x = spill(cx, bound["x"])
    low = cx.hold(_position(cx, bound["lo"], node)) if "lo" in bound else integer(0)
    cx.check(test("ge", low, integer(0)), "lo must be non-negative")
    high = cx.hold(_position(cx, bound["hi"], node) if "hi" in bound else length)
    cx.check(test("ge", high, integer(0)), "a negative hi may stand for the length")
    short = "bisect_left" if name.endswith("_left") else "bisect_right"
    at = library_call(cx, short, [a, x, number(low), number(high)], node)
    if not name.startswith("insort"):
        return at
    if not isinstance(a, Lst) or not isinstance(at, Number):
        decline(node, "LW102", f"`bisect.{name}` into {describe(a)} is not covered")
    insert(cx, a, at.expr, x, node)
    return NOTHING


def _position(cx: Scope, value: Value, node: ast.AST) -> Expr:
    return cast(index_number(cx, value, node), INT)


def _list(cx: Scope, value: Value, node: ast.AST) -> Lst:
    value = present(cx, value)
    if not isinstance(value, Lst) or value.ndim > 1:
        decline(node, "LW102", f"this function of {describe(value)} is not covered")
    return value
