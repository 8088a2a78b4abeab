"""Lists from outside that change their length, or the types of their elements.

The function works on a copy of its own, and hands it back when it ends; the caller then puts the
elements into the list that it was given (`Refill`). The copy stands for the list as long as no second
variable holds the list, so an assignment that would make one is declined. A helper that changes such a
list hands the copy back to its caller, as it does with attributes that it sets.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from loopwright.frontend.lower_alias import which
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_join import columns_of, store_variable
from loopwright.frontend.lower_list_index import copy_of, used_part
from loopwright.frontend.lower_listed import empty_column
from loopwright.frontend.lower_scope import Again, Scope, decline
from loopwright.frontend.lower_values import Lst, Number, Origin, integer, tag_const, test
from loopwright.ir.nodes import Alloc, Dim, Expr, Sym, Var
from loopwright.ir.types import INT, NONE, ListOf, Type, is_scalar, kind_of, machine_dtype


def own_copy(cx: Scope, value: Lst, node: ast.AST, change: str = "changes its length") -> str:
    """Make sure that the list from outside is the function's own copy of it; its key.

    Lowering starts again if it was not. Declined if the list is not certainly one live-in by its name.
    `change`: what happens to the list at `node`.
    """
    key = which(cx, value)
    if key is None or value.ndim > 1:
        decline(node, "LW108", f"a list that may come from outside {change}")
    learn(cx, key, node, change)
    held = cx.live[key].value if key in cx.live else None
    if not isinstance(held, Lst) or held.columns != value.columns:
        decline(node, "LW108", "a list that comes from outside is changed by another name")
    return key


def learn(cx: Scope, key: str, node: ast.AST, change: str) -> None:
    """From now on the function copies the live-in `key`, and hands it back."""
    unit = cx.unit
    main = unit.main
    assert main is not None
    if key not in unit.grown:
        if key in unit.stores or key in unit.rebound:
            decline(node, "LW108", f"`{key}` {change}, and is also assigned anew")
        if key in main.aliased:
            decline(node, "LW108", f"`{key}` {change}, and has a second name")
        unit.grown.add(key)
        unit.sites.frozen[unit.sites.find(unit.sites.keys["param", unit.lists[key]])] = False
        unit.sites.version += 1
    for scope in (main, cx):
        if key not in scope.stores:
            scope.stores[key] = None
            scope.result = None
            raise Again(scope)


def rebinds(node: ast.AST) -> Iterator[str]:
    """Names that a statement binds anew, augmented assignments left out."""
    updated = {id(n.target) for n in ast.walk(node) if isinstance(n, ast.AugAssign)}
    for n in ast.walk(node):
        if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load) and id(n) not in updated:
            yield n.id


def own_list(cx: Scope, key: str, given: Sym, declared: Type, node: ast.AST) -> Sym:
    """Start with a copy of the live-in `key`, which has symbols of its own; the parameter for the list."""
    assert isinstance(declared, ListOf)
    at = cx.unit.lists[key]
    cx.syms = {k: s for k, s in cx.syms.items() if s is not given}
    t = _entry_type(cx, declared, cx.unit.sites.site(("param", at)), node)
    if t != given.type:
        given = Sym(given.name, t)
    cx.liveness.always |= {key}
    _copy_parameter(cx, key, given, at)
    return given


def _entry_type(cx: Scope, t: ListOf, site: int, node: ast.AST) -> ListOf:
    """The type of a parameter that the function copies: that of a list which was always empty follows
    from what is put into it."""
    element = cx.unit.sites.element(site)
    types = [x for x in element.types if is_scalar(x)] if isinstance(element, Number) else []
    if t.elem == NONE:
        return ListOf(types[0] if types else INT)
    if t.elem == INT and any(kind_of(machine_dtype(x)) in "fc" for x in types):
        decline(node, "LW302", "a list of ints from outside gets a number of another kind")
    return t


def _copy_parameter(cx: Scope, key: str, given: Sym, at: int) -> None:
    """Bind the live-in `key` to a copy of parameter number `at`, in the columns of its present elements."""
    assert isinstance(given.type, ListOf)
    site = cx.unit.sites.site(("param", at))
    element = cx.unit.sites.element(site)
    types = columns_of(cx, site, 1)
    length = Dim(Var(given), 0, INT)
    columns: tuple[Expr, ...]
    if element is None or isinstance(element, Number):
        same = given.type == types[0]
        columns = (copy_of(Var(given)) if same else cast(Var(given), types[0]),)
        if isinstance(element, Number) and element.tag is not None:
            kind = tag_const(element.types.index(given.type.elem))
            columns = (*columns, Alloc((length,), kind, types[1]))
    else:
        cx.check(test("eq", length, integer(0)), "a list that gets tuples is not empty")
        columns = tuple(map(empty_column, types))
    store_variable(cx, key, Lst(columns, site, 1, frozenset({Origin(("param", at))})))


def copy_captures(cx: Scope, keys: Iterable[str]) -> None:
    """In a helper: bind the captured lists that it changes to copies."""
    for key in keys:
        value = cx.live[key].value if key in cx.live else None
        if key in cx.unit.grown and isinstance(value, Lst):
            columns = used_part(value)
            if value.length is None:
                columns = tuple(copy_of(c) for c in columns)
            store_variable(cx, key, Lst(columns, value.site, value.ndim, value.origins))


def handed_back(cx: Scope, key: str, value: Lst, node: ast.AST) -> None:
    """A helper has changed the list `key`, which is `value` now."""
    learn(cx, key, node, "is changed by a function")
    if cx.comprehending:
        why = "a function that changes a list is called in a comprehension"
        decline(node, "LW102", why, "write the comprehension as a loop")
    store_variable(cx, key, value)
