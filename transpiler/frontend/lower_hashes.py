"""Dicts and sets that the function makes: keys that are ints, floats, characters or tuples of them.

Keys and values are lists in the order of insertion, beside the hashes of the keys and an index of them
(`library_hash.py`). Nothing is ever taken out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import NoReturn

from loopwright.frontend.lower_alias import hashed_in
from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_arith import choose
from loopwright.frontend.lower_convert import cast, list_length
from loopwright.frontend.lower_join import store_variable
from loopwright.frontend.lower_list_index import list_element
from loopwright.frontend.lower_listed import arrays_in
from loopwright.frontend.lower_lists import append, empty_list, let_hold, put
from loopwright.frontend.lower_order import eval_all, spill
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_structs import struct
from loopwright.frontend.lower_values import (
    NOTHING,
    Arr,
    Hashed,
    HashForm,
    Letter,
    Library,
    Number,
    Text,
    Tpl,
    Value,
    integer,
    is_made_dict,
    number,
    real,
    test,
    truth_const,
)
from loopwright.ir.nodes import Alloc, Binary, Const, Dim, Expr, If, Pt, Store, Var
from loopwright.ir.types import FLOAT, INT, Array, Num, Scalar, is_scalar, kind_of, machine_dtype

_SLOTS = 8
_INDEX = Array("int64", 1)
_LONGEST = 8
"""Tuples of more items are no keys."""
_KEYS = "use ints of 64 bits, floats, characters, or tuples of them"


# ---------------------------------------------------------------------- making


def empty(cx: Scope, form: HashForm, node: ast.AST) -> Hashed:
    """A dict or set without entries, made at `node`."""
    keys, values, hashes = (
        empty_list(cx, (part, cx.depth, id(node))) for part in ("keys", "values", "hashes")
    )
    slots = Alloc((integer(_SLOTS),), cast(integer(-1), Num("int64")), _INDEX)
    return Hashed(keys, values, hashes, slots, form)


def built(
    cx: Scope, form: HashForm, node: ast.AST, fill: Callable[[Callable[[], Hashed]], None]
) -> Value:
    """A dict or set that `fill` puts entries into; it is given what looks the present state up."""
    name = cx.fresh("entries")
    store_variable(cx, name, empty(cx, form, node))

    def present() -> Hashed:
        value = cx.live[name].value
        assert isinstance(value, Hashed)
        return value

    fill(present)
    return cx.live.pop(name).value


def dict_display(cx: Scope, node: ast.Dict) -> Value:
    """`{a: x, b: y}`."""
    if not node.keys:
        return empty(cx, "dict", node)
    made = struct(cx, node)
    if made is not None:
        return made
    if any(key is None for key in node.keys):
        decline(node, "LW103", "unpacking a dict into another one is not covered")
    pairs = [n for pair in zip(node.keys, node.values, strict=True) for n in pair if n is not None]
    values = [spill(cx, v) for v in eval_all(cx, pairs)]

    def fill(target: Callable[[], Hashed]) -> None:
        for key, value in zip(values[::2], values[1::2], strict=True):
            store(cx, target(), key, value, node)

    return built(cx, "dict", node, fill)


def set_display(cx: Scope, node: ast.Set) -> Value:
    """`{a, b}`."""
    values = [spill(cx, v) for v in eval_all(cx, node.elts)]

    def fill(target: Callable[[], Hashed]) -> None:
        for value in values:
            store(cx, target(), value, NOTHING, node)

    return built(cx, "set", node, fill)


def constructed(cx: Scope, name: str, node: ast.Call) -> Value:
    """`dict()`, `set()`, `Counter()`, `defaultdict(int)`, without entries."""
    if name == "defaultdict" and len(node.args) == 1 and not node.keywords:
        made = cx.eval(node.args[0])
        for form in ("int", "float"):
            if made == Library(f"builtins.{form}"):
                return empty(cx, form, node)
        decline(node, "LW102", "a defaultdict is covered for int and float only")
    if node.args or node.keywords:
        decline(node, "LW102", f"`{name}` is covered without arguments only")
    return empty(cx, "Counter" if name == "Counter" else "set" if name == "set" else "dict", node)


# --------------------------------------------------------------------- finding


def _hash(cx: Scope, base: Hashed, key: Value, node: ast.AST) -> Expr:
    """The hash of a key, an int."""
    found: Value = number(integer(0))
    for part in _words(base, key, node):
        mix = "mixed" if part.type == INT else "mixed_float"
        found = library_call(cx, mix, [found, number(part)], node)
    assert isinstance(found, Number)
    return cx.hold(found.expr, "hash")


def _words(base: Hashed, key: Value, node: ast.AST) -> Iterator[Expr]:
    """The ints and floats that a key consists of."""
    match key:
        case Letter(code):
            yield code
        case Number(expr, types, _) if (kind := _kind(types)) in ("i", "f"):
            if machine_dtype(expr.type) == "uint64":
                _no_key(base, key, node)
            yield cast(expr, INT if kind == "i" else FLOAT)
        case Tpl(items) if 0 < len(items) <= _LONGEST:
            for item in items:
                yield from _words(base, item, node)
        case _:
            _no_key(base, key, node)


def _no_key(base: Hashed, key: Value, node: ast.AST) -> NoReturn:
    place = "an item of a set" if base.form == "set" else "the key of a dict"
    decline(node, "LW103", f"{describe(key)} as {place} is not covered", _KEYS)


def _kind(types: tuple[Scalar, ...]) -> str | None:
    """Whether all are integers or all are float64; None for others, and for some of each."""
    if not all(is_scalar(t) for t in types):
        return None
    dtypes = {machine_dtype(t) for t in types}
    if all(kind_of(d) in "iu" for d in dtypes):
        return "i"
    return "f" if dtypes == {"float64"} else None


def _of_one_kind(cx: Scope, base: Hashed, key: Value, node: ast.AST) -> None:
    """Declined if an int is sought among floats, or stands among them: the two may be equal."""
    held = cx.unit.sites.element(base.keys.site)
    if held is not None and not _alike(held, key):
        decline(node, "LW102", f"ints and floats as the keys of {describe(base)} are not covered")


def _alike(held: Value, key: Value) -> bool:
    match held, key:
        case Number(_, types), Number(_, others):
            return _kind((*types, *others)) is not None
        case Tpl(items), Tpl(others) if len(items) == len(others):
            return all(map(_alike, items, others))
        case _:
            return True


def _no_arrays(value: Value, node: ast.AST) -> None:
    if is_made_dict(value) or any(True for _ in arrays_in(value)):
        shown = "dicts" if is_made_dict(value) else "arrays"
        decline(node, "LW103", f"{shown} as the values of a dict are not covered")


def _key(cx: Scope, key: Value) -> Value:
    """The key in variables; a constant of one character is one character."""
    if isinstance(key, Text) and len(key.value) == 1:
        key = Letter(integer(ord(key.value)))
    return spill(cx, key)


def _find(cx: Scope, base: Hashed, key: Value, start: Expr, node: ast.AST) -> Expr:
    """The position of the key, or -1 minus the slot where it may go."""
    given: list[Value] = [Arr(base.slots, _INDEX, base.keys.origins), base.hashes, base.keys, key]
    found = library_call(cx, "key_position", [*given, number(start)], node)
    assert isinstance(found, Number)
    return cx.hold(found.expr, "at")


def position(cx: Scope, base: Hashed, key: Value, node: ast.AST) -> Expr:
    """The position of the key, negative if it is not there."""
    key = _key(cx, key)
    start = _hash(cx, base, key, node)
    if cx.unit.sites.element(base.keys.site) is None:
        return integer(-1)  # nothing is ever put in
    _of_one_kind(cx, base, key, node)
    return _find(cx, base, key, start, node)


def _there(at: Expr) -> Expr:
    if isinstance(at, Const):
        return truth_const(False)
    return test("ge", at, integer(0))


def member(cx: Scope, base: Hashed, key: Value, node: ast.AST) -> Expr:
    """`key in base`."""
    return _there(position(cx, base, key, node))


def item(cx: Scope, base: Hashed, key: Value, node: ast.AST) -> Value:
    """`base[key]`; the kernel fails where Python raises KeyError."""
    match base.form:
        case "set":
            decline(node, "LW111", "a set has no items")
        case "int" | "float":
            at = _ensured(cx, base, key, _zero(base), node)
        case "Counter":
            return got(cx, base, key, _zero(base), node)
        case "dict":
            at = position(cx, base, key, node)
            cx.check(_there(at), "the dict has the key")
    return list_element(cx, base.values, at, node)


def got(cx: Scope, base: Hashed, key: Value, default: Value, node: ast.AST) -> Value:
    """`base.get(key, default)`."""
    if base.form == "set":
        decline(node, "LW102", "`get` of a set is not covered")
    at = position(cx, base, key, node)
    return choose(
        cx, _there(at), lambda: list_element(cx, base.values, at, node), lambda: default, node
    )


def _zero(base: Hashed) -> Value:
    return number(real(0.0) if base.form == "float" else integer(0))


# --------------------------------------------------------------------- storing


def store(cx: Scope, base: Hashed, key: Value, value: Value, node: ast.AST) -> None:
    """`base[key] = value`, or for a set `base.add(key)`."""
    value = spill(cx, value)
    if base.form == "set":
        value = number(integer(0))
    _no_arrays(value, node)
    let_hold(cx, base.values.site, value, node)
    _entered(cx, base, key, value, lambda at: put(cx, base.values, at, value), node)


def _ensured(cx: Scope, base: Hashed, key: Value, value: Value, node: ast.AST) -> Expr:
    """The position of the key, which is put in with `value` if it is not there."""
    _no_arrays(value, node)
    let_hold(cx, base.values.site, value, node)
    return _entered(cx, base, key, value, lambda at: None, node)


def _entered(
    cx: Scope,
    base: Hashed,
    key: Value,
    value: Value,
    present: Callable[[Expr], None],
    node: ast.AST,
) -> Expr:
    """Put an entry in, or call `present` with its position if the key is there; the position."""
    named = (h.slots for entry in cx.live.values() for h in hashed_in(entry.value))
    if not isinstance(base.slots, Var) or base.slots not in named:
        decline(node, "LW108", "only a dict or set that has a name may change")
    if any(origin.key[0] in ("param", "capture") for origin in base.keys.origins):
        decline(node, "LW108", f"{describe(base)} of another function may grow")
    if base.slots.sym in cx.iterated:
        why = f"{describe(base)} may grow where something runs over it"
        decline(node, "LW101", why, "note what is to be put in, and put it in behind the loop")
    key = _key(cx, key)
    start = _hash(cx, base, key, node)
    _of_one_kind(cx, base, key, node)
    let_hold(cx, base.keys.site, key, node)
    let_hold(cx, base.hashes.site, number(integer(0)), node)
    found = _find(cx, base, key, start, node)
    at = cx.sym(cx.fresh("at"), INT)
    cx.set(at, found)
    with cx.block() as there:
        present(Var(at))
    with cx.block() as absent:
        slot = Binary("sub", integer(-1), found, INT)
        cx.set(at, list_length(base.keys))
        cx.emit(Store(base.slots.sym, (Pt(slot),), cast(Var(at), Num("int64")), cx.span))
        append(cx, base.keys, key, node)
        append(cx, base.values, value, node)
        append(cx, base.hashes, number(start), node)
        _grow(cx, base, node)
    cx.emit(If(_there(found), tuple(there), tuple(absent), cx.span))
    return Var(at)


def _grow(cx: Scope, base: Hashed, node: ast.AST) -> None:
    """More slots once half of them are taken."""
    assert isinstance(base.slots, Var)
    size = Dim(base.slots, 0, INT)
    taken = Binary("mul", integer(2), list_length(base.hashes), INT)
    with cx.block() as more:
        wanted = number(Binary("mul", integer(4), size, INT))
        grown = library_call(cx, "slots_of", [base.hashes, wanted], node)
        assert isinstance(grown, Arr)
        cx.set(base.slots.sym, grown.expr)
    cx.emit(If(test("gt", taken, size), tuple(more), (), cx.span))


def augmented(
    cx: Scope,
    base: Hashed,
    key: Value,
    operand: Callable[[Value], tuple[Value, Value]],
    combine: Callable[[Value, Value], Value],
    node: ast.AST,
) -> None:
    """`base[key] op= operand()`; `operand` is given the old item, and returns it with the other one."""
    key = _key(cx, key)
    if base.form in ("set", "dict"):
        at = position(cx, base, key, node)
        cx.check(_there(at), "the dict has the key")
    else:
        at = _ensured(cx, base, key, _zero(base), node)
    old, other = operand(spill(cx, list_element(cx, base.values, at, node)))
    new = combine(old, other)
    let_hold(cx, base.values.site, new, node)
    put(cx, base.values, at, new)


# --------------------------------------------------------------------- methods


def hash_method(cx: Scope, base: Hashed, node: ast.Call, name: str) -> Value:
    """A method call that gives a value, or stands as a statement."""
    args = eval_all(cx, node.args)
    if node.keywords:
        decline(node, "LW102", f"`{name}` is covered without keyword arguments only")
    match name, args:
        case "get", [key]:
            return got(cx, base, key, NOTHING, node)
        case "get", [key, default]:
            return got(cx, base, key, default, node)
        case "setdefault", [key, default] if base.form != "set":
            at = _ensured(cx, base, key, spill(cx, default), node)
            return spill(cx, list_element(cx, base.values, at, node))
        case "most_common", ([] | [_]) if base.form == "Counter":
            known = [] if args in ([], [NOTHING]) else args
            return library_call(cx, "most_common_of" if known else "by_count", [base, *known], node)
        case "add", [key] if base.form == "set":
            store(cx, base, key, NOTHING, node)
            return NOTHING
        case _:
            decline(node, "LW102", f"method `{name}` of {describe(base)} is not covered")
