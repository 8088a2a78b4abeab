"""`zip(*rows)`: what stands at one place of each row, as a tuple, for each place that all rows have.

The rows are lists, tuples of numbers or the rows of a matrix. `zip` takes them from the list before the loop:
from a list of tuples, which may get others meanwhile, they are copied.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from loopwright.frontend.lower_convert import cast, list_length
from loopwright.frontend.lower_counted import ONE, ZERO, Source
from loopwright.frontend.lower_join import store_variable
from loopwright.frontend.lower_lists import CHANGING, to_list
from loopwright.frontend.lower_live import writes
from loopwright.frontend.lower_names import dim
from loopwright.frontend.lower_order import present, spill
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    Arr,
    Library,
    Lst,
    Number,
    RaggedList,
    Row,
    Tpl,
    Value,
    integer,
    number,
    test,
)
from loopwright.frontend.names import place_text
from loopwright.ir.nodes import Expr, Select
from loopwright.ir.types import INT

_MAKING = frozenset(("enumerate", "list", "map", "reversed", "sorted", "zip"))
"""Builtins that give the rows one by one, or in a new list."""


@dataclass(frozen=True)
class _Rows:
    """The rows and a name for them. `held`: nobody but us has the name, and only while it is read."""

    name: str
    value: Value
    held: bool


def columns(cx: Scope, rows: ast.expr, node: ast.Call, body: Sequence[ast.stmt]) -> Source | None:
    """What a loop over `zip(*rows)` runs over; None if `rows` stands for something else."""
    found = _rows(cx, rows, node, body)
    if found is None:
        return None
    place = f"place#{place_text(node)}"
    column = _column(cx, found, place, node)

    def item(at: Expr) -> Value:
        store_variable(cx, place, number(at))
        made = _tuple(cx, found, column, node)
        cx.live.pop(place, None)
        return made

    return Source(ZERO, cx.hold(_width(cx, found, node), "n"), ONE, item)


def columns_at_once(
    cx: Scope, rows: ast.expr, n: int, node: ast.Call
) -> list[Callable[[], Value]] | None:
    """What makes the `n` items of `zip(*rows)`, which fails if it has not so many."""
    found = _rows(cx, rows, node, ())
    if found is None:
        return None
    element = _element(cx, found.value)
    if isinstance(element, Tpl) and len(element.items) != n:
        decline(node, "LW111", f"{len(element.items)} values for {n} targets raise ValueError")
    cx.check(test("eq", _width(cx, found, node), integer(n)), "values to unpack")
    parts = [_column(cx, found, str(k), node) for k in range(n)]
    return [lambda part=part: _tuple(cx, found, part, node) for part in parts]  # type: ignore[misc]


def _rows(cx: Scope, rows: ast.expr, node: ast.Call, body: Sequence[ast.stmt]) -> _Rows | None:
    made = rows if isinstance(rows, (ast.Name, ast.Attribute)) else _listed(cx, rows, node)
    if made is None:
        return None
    value = present(cx, cx.eval(made))
    mine = f"rows#{place_text(node)}"
    match value:
        case Lst(_, site, 1) if isinstance(cx.unit.sites.element(site), Tpl):
            copied = to_list(cx, value, node) if made is rows else value
            assert copied is not None
            return _Rows(mine, spill(cx, copied), True)
        case Arr() if value.type.ndim == 2:
            return _Rows(mine, spill(cx, value), True)
        case Lst(_, _, 2) | RaggedList(text=False) if made is not rows:
            return _Rows(mine, spill(cx, value), True)
        case Lst(_, _, 2) | RaggedList(text=False):
            if isinstance(rows, ast.Name) and not _changed(rows, body):
                return _Rows(rows.id, value, False)
            return None
        case _:
            return None


def _listed(cx: Scope, rows: ast.expr, node: ast.Call) -> ast.expr | None:
    """A comprehension for the rows, where they are made for `zip`; None for other nodes."""
    match rows:
        case ast.GeneratorExp(elt, generators) | ast.ListComp(elt, generators):
            pass
        case ast.Call(ast.Name(name) as func, _) if name in _MAKING:
            if cx.eval(func) != Library(f"builtins.{name}"):
                return None
            elt, generators = _each(rows, node)
        case ast.Call(ast.Attribute(_, "items"), [], []):
            elt, generators = _each(rows, node)
        case _:
            return None
    made = cx.unit.got.get(node)
    if made is None:
        made = cx.unit.got[node] = ast.copy_location(ast.ListComp(elt, generators), rows)
    return made


def _each(rows: ast.expr, node: ast.Call) -> tuple[ast.expr, list[ast.comprehension]]:
    name = f"row#{place_text(node)}"
    elt, target = ast.Name(name, ast.Load()), ast.Name(name, ast.Store())
    for part in (elt, target):
        ast.copy_location(part, rows)
    return elt, [ast.comprehension(target, rows, [], 0)]


def _changed(rows: ast.Name, body: Sequence[ast.stmt]) -> bool:
    """Whether the body may bind the name anew, or change the length of a list."""
    return any(rows.id in writes(stmt) or any(map(_may_resize, ast.walk(stmt))) for stmt in body)


def _may_resize(node: ast.AST) -> bool:
    return isinstance(node, ast.Delete) or (
        isinstance(node, ast.Attribute) and node.attr in CHANGING
    )


def _element(cx: Scope, value: Value) -> Value | None:
    return cx.unit.sites.element(value.site) if isinstance(value, Lst) else None


@contextmanager
def _name(cx: Scope, rows: _Rows) -> Iterator[None]:
    """The rows have their name."""
    if rows.held:
        store_variable(cx, rows.name, rows.value)
    yield
    if rows.held:
        cx.live.pop(rows.name, None)


def _width(cx: Scope, rows: _Rows, node: ast.Call) -> Expr:
    """The number of places that all rows have; no rows have none."""
    element = _element(cx, rows.value)
    match rows.value:
        case Lst() if isinstance(element, Tpl):
            some = test("gt", list_length(rows.value), integer(0))
            return Select(some, integer(len(element.items)), integer(0), INT)
        case Arr():
            some = test("gt", dim(rows.value, 0), integer(0))
            return Select(some, cast(dim(rows.value, 1), INT), integer(0), INT)
    # the module may mean something else by these names
    own = {name: f"{name}#" for name in ("len", "min")}
    with _name(cx, rows):
        for name, hidden in own.items():
            store_variable(cx, hidden, Library(f"builtins.{name}"))
        text = "min([len(row) for row in rows]) if len(rows) > 0 else 0"
        shortest = cx.eval(_parsed(cx, text, {"rows": rows.name, **own}, node))
        for hidden in own.values():
            cx.live.pop(hidden, None)
    assert isinstance(shortest, Number)
    return cast(shortest.expr, INT)


def _column(cx: Scope, rows: _Rows, place: str, node: ast.Call) -> ast.expr:
    """Python for the list of what stands at a place, a variable or a number."""
    at = place if place.isdigit() else "place"
    return _parsed(cx, f"[row[{at}] for row in rows]", {"rows": rows.name, "place": place}, node)


def _tuple(cx: Scope, rows: _Rows, column: ast.expr, node: ast.Call) -> Value:
    with _name(cx, rows):
        found = cx.eval(column)
    if not isinstance(found, Lst) or not isinstance(cx.unit.sites.element(found.site), Number):
        decline(node, "LW102", "zip of rows is covered for rows of numbers")
    return Row(found)


def _parsed(cx: Scope, text: str, names: dict[str, str], node: ast.Call) -> ast.expr:
    """The expression with those names; the same nodes at each lowering."""
    made = cx.unit.written.get((node, text))
    if made is None:
        made = ast.parse(text, mode="eval").body
        for part in ast.walk(made):
            ast.copy_location(part, node)
            if isinstance(part, ast.Name):
                part.id = names.get(part.id, part.id)
        cx.unit.written[node, text] = made
    return made
