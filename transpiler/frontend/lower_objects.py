"""Objects that the region makes itself: their attributes are variables, and no object is ever built.

Each place that makes objects has one path, so that two objects of one place cannot be in use at a time:
where the first may still be, the region is declined. A helper that hands an object out hands out all its
attributes; for the caller the object gets the path of the call (a heap model by allocation sites with
call strings, as in Smaragdakis, Balatsouras, *Pointer Analysis*, 2015).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from loopwright.frontend.classes import constructor, is_dataclass, obstacle
from loopwright.frontend.lower_classes import MADE, class_use
from loopwright.frontend.lower_scope import Again, Scope, decline, span_of
from loopwright.frontend.lower_values import Closure, Klass, Object, Tpl, Value
from loopwright.frontend.scopes import site_of

BLANK: Final = Object(f"{MADE}new")
"""Stands for the object while the arguments of its constructor are evaluated."""


def construct(
    cx: Scope, klass: Klass, node: ast.Call, arguments: Callable[[Closure], list[Value]]
) -> Value:
    """`Name(...)`: a new object, its `__init__` compiled along. `arguments` evaluates the arguments for
    the parameters of `__init__`, the object (as `BLANK`) included."""
    owner, module = klass.node, cx.unit.module
    if klass.path:
        shown = f"type({klass.path})" if klass.of_object else klass.path
        decline(node, "LW102", f"`{shown}` may be a class that derives from `{owner.name}`")
    reason = obstacle(module, owner)
    if reason is not None:
        decline(node, "LW102", f"{reason}, so that making an object is not covered")
    init = constructor(module, owner)
    made = Object(_place(owner.name, cx, node), owner)
    use = class_use(cx, klass)
    if init is None:
        if node.args or node.keywords:
            decline(node, "LW111", f"`{owner.name}` takes no arguments")
        cx.unit.classes[klass] = replace(use, init="")
        begin(cx, made, node)
        return made
    plain = not is_dataclass(owner)
    name = site_of(module, init).qualname if plain else f"{owner.name}.__init__"
    if plain and init.decorator_list:
        decline(node, "LW102", f"`{name}` has a decorator")
    cx.unit.classes[klass] = replace(use, init=name if plain else "dataclass")
    callee = Closure(init, name, made.path)
    given = [made if v is BLANK else v for v in arguments(callee)]
    begin(cx, made, node)
    cx.unit.rules.function(cx, callee, given, node)
    return made


def _place(hint: str, cx: Scope, node: ast.AST) -> str:
    at = span_of(node)
    return f"{hint}{MADE}{cx.depth}_{at.line}_{at.col}"


def begin(cx: Scope, made: Object, node: ast.AST) -> None:
    """A new object at that path: an earlier one must be out of use."""
    holders = [name for name, entry in cx.live.items() if made in objects_in((entry.value,))]
    if holders:
        shown = holders[0].split(".")[-1]
        decline(node, "LW109", f"`{shown}` may hold another object that was made here")
    for key in [k for k in cx.live if k.startswith(f"{made.path}.")]:
        del cx.live[key]
    assert made.cls is not None
    cx.made[made.path] = made.cls


def objects_in(values: Iterable[Value]) -> set[Object]:
    """The objects that values consist of."""
    found: set[Object] = set()
    for value in values:
        match value:
            case Object():
                found.add(value)
            case Tpl(items):
                found |= objects_in(items)
            case _:
                pass
    return found


def hand_out(cx: Scope, values: Iterable[Value]) -> None:
    """Let a helper hand out the attributes of its own objects that are in `values`, or in their
    attributes."""
    todo = [o for o in objects_in(values) if o.path in cx.made]
    seen: set[str] = set()
    while todo:
        path = todo.pop().path
        if path in seen:
            continue
        seen.add(path)
        for key in [k for k in cx.live if k.startswith(f"{path}.")]:
            todo += [o for o in objects_in((cx.live[key].value,)) if o.path in cx.made]
            if key not in cx.stores:
                cx.stores[key] = None
                cx.result = None
                raise Again(cx)


def received(
    cx: Scope, made: dict[str, ast.ClassDef], stores: tuple[str, ...], value: Value, node: ast.AST
) -> tuple[tuple[str, ...], Value]:
    """What a helper hands out, in the caller's terms: the objects that the helper made get new paths.

    `made` are the helper's objects, `stores` the paths that `value` (a tuple: result, then stores) sets.
    """
    handed = {p.rpartition(".")[0] for p in stores} | {o.path for o in objects_in((value,))}
    new = {
        path: Object(_place(f"{path}~", cx, node), owner)
        for path, owner in made.items()
        if path in handed
    }
    for each in new.values():
        begin(cx, each, node)

    def moved(item: Value) -> Value:
        match item:
            case Object(path):
                return new.get(path, item)
            case Tpl(items):
                return replace(item, items=tuple(moved(i) for i in items))
            case _:
                return item

    paths = []
    for path in stores:
        holder, _, attr = path.rpartition(".")
        paths.append(f"{new[holder].path}.{attr}" if holder in new else path)
    return tuple(paths), moved(value)
