"""Which list from outside a value is, and whether a second variable would hold it, or a dict."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Hashed, Lst, Maybe, Origin, Origins, Tpl, Value


def live_in(cx: Scope, origin: Origin) -> str | None:
    """The key of the list that is a live-in, if the object is that list itself."""
    lists = cx.unit.lists
    match origin:
        case Origin(("param", int() as k), True):
            return next((key for key, at in lists.items() if at == k), None)
        case Origin(("capture", _, str() as key), True) if key in lists:
            return key
        case _:
            return None


def which(cx: Scope, value: Lst) -> str | None:
    """The key of the live-in that the list certainly is."""
    keys = {live_in(cx, origin) for origin in value.origins}
    return keys.pop() if len(keys) == 1 else None


def refuse_second_name(cx: Scope, name: str, value: Value) -> None:
    """Raises CannotLower if variable `name` would hold a list that the function has its own copy of."""
    if isinstance(value, Tpl):
        for item in value.items:
            refuse_second_name(cx, name, item)
    elif isinstance(value, Maybe):
        refuse_second_name(cx, name, value.value)
    elif isinstance(value, Lst):
        keys = {live_in(cx, origin) for origin in value.origins}
        if keys & cx.unit.grown and keys != {name}:
            why = (
                "a list that comes from outside, and of which a copy is changed, gets a second name"
            )
            raise CannotLower(Declined(cx.span, "LW108", why))


def refuse_second_dict(cx: Scope, name: str, value: Value) -> None:
    """Raises CannotLower if variable `name` would hold a dict that may be one that something else holds:
    the index of a dict that grows is another array."""
    mine = list(hashed_in(value))
    if not mine or "#" in name:
        return
    others = [h for key, entry in cx.live.items() if key != name for h in hashed_in(entry.value)]
    for k, one in enumerate(mine):
        if any(one.keys.origins & other.keys.origins for other in (*mine[:k], *others)):
            why = f"{describe(one)} gets a second name"
            raise CannotLower(Declined(cx.span, "LW108", why))


def hashed_in(value: Value) -> Iterator[Hashed]:
    """The dicts and sets in a value."""
    match value:
        case Hashed():
            yield value
        case Tpl(items):
            for item in items:
                yield from hashed_in(item)
        case _:
            pass


def not_parted(cx: Scope, origins: Origins, node: ast.AST) -> None:
    """Declined if an array changes of which a part is used."""
    if {o.key for o in origins} & cx.unit.parted & cx.unit.changed:
        decline(node, "LW110", "a complex array is changed, of which a part is used")
