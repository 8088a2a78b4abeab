"""Names and attributes: locals, variables of enclosing functions, globals, `self.w`, library names."""

from __future__ import annotations

import ast
import builtins
from typing import NoReturn

import numpy as np

from loopwright.frontend.classes import attribute_class, find_method
from loopwright.frontend.lower_alias import not_parted
from loopwright.frontend.lower_arith import strip_none, switch
from loopwright.frontend.lower_classes import (
    bound_method,
    class_member,
    class_named,
    inherited_constant,
    is_property,
)
from loopwright.frontend.lower_dtypes import dtype_attribute, dtype_object, is_object
from loopwright.frontend.lower_join import canonical
from loopwright.frontend.lower_modules import builtin, has_star, library, limit
from loopwright.frontend.lower_order import keep, present
from loopwright.frontend.lower_parts import describe, flatten
from loopwright.frontend.lower_scope import Again, Scope, Unreachable, decline
from loopwright.frontend.lower_values import (
    Arr,
    Begun,
    Closure,
    Deferred,
    Entry,
    Klass,
    Library,
    Maybe,
    Mixed,
    Number,
    Object,
    Origin,
    Origins,
    Rec,
    Tpl,
    Value,
    integer,
    number,
)
from loopwright.frontend.scopes import module_names
from loopwright.frontend.typing_rules import real_dtype
from loopwright.ir.nodes import Binary, Call, Cast, Dim, Expr, Transpose
from loopwright.ir.types import C128, F64, FLOAT, INT, Array, Num, Py, machine_dtype

_MOST_SPLIT = 3
"""More branches with all that follows in both sides would make a program too long."""
_OF_NUMPY = frozenset(np.__all__) & frozenset(dir(builtins))
"""Builtins that `from pylab import *` and the like replace."""


def _of_module(cx: Scope, name: str, node: ast.AST) -> Value | None:
    """What a global name that is no data stands for."""
    found = cx.unit.module_names.get(name) or class_named(cx, name)
    if found is None and not _is_global(cx, name):
        found = builtin(name)
    if found is not None and has_star(cx.unit.tree):
        _assume(cx, name, node)
    return found


def _assume(cx: Scope, name: str, node: ast.AST) -> None:
    """A name that an `import *` may have bound anew must be tested at the door."""
    if name in cx.unit.module_names:
        origin = module_names(cx.unit.module).imports.get(name)
    else:
        origin = f"builtins.{name}" if builtin(name) is not None else None
        if origin is not None and name in _OF_NUMPY:
            why = f"`{name}` may be another than the builtin: `import *`"
            decline(node, "LW301", why, "import the names that are used one by one")
    if origin is not None:
        cx.unit.assumed.add((name, origin))


def lookup(cx: Scope, name: str, node: ast.AST) -> Value:
    """The value of a name by Python's scoping rules."""
    key = cx.renamed.get(name, name)
    if key in cx.live:
        return read(cx, key, node)
    if name in cx.bound:
        raise Unreachable(f"`{name}` is not assigned", cx.at(node))
    outer = _defining_scope(cx, name)
    if outer is not None and name in outer.fixed:
        return outer.fixed[name]
    if outer is not None:
        return captured(cx, name, outer.depth, node)
    if cx.library is not None:
        ours = cx.library.get(name) or builtin(name)
        if ours is None:
            decline(node, "LW102", f"`{name}` of this library is not covered")
        return ours
    found = None
    if name not in cx.locals:
        found = read_path(cx, f"global {name}", node)
        if found is None:
            found = _of_module(cx, name, node)
    if found is None:
        not_known(cx, name, node)
    return found


def _is_global(cx: Scope, name: str) -> bool:
    return any(
        isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
        for stmt in cx.unit.tree.body
        if not isinstance(stmt, (ast.FunctionDef, ast.ClassDef))
        for n in ast.walk(stmt)
    )


def _defining_scope(cx: Scope, name: str) -> Scope | None:
    """The enclosing function whose variable `name` is, or that with `name` fixed around it."""
    at: Scope | None = cx
    while at is not None:
        if name in at.fixed or (at is not cx and name in at.locals):
            return at
        at = at.outer
    return None


def read(cx: Scope, key: str, node: ast.AST) -> Value:
    """The variable `key`, which is in the state."""
    entry = cx.live[key]
    if isinstance(entry.value, Mixed | Begun):
        at, split = entry.value.at, cx.unit.split
        if at is not None and at not in split and len(split) < _MOST_SPLIT:
            split.add(at)
            raise Again(cx)
    if isinstance(entry.value, Mixed):
        decline(node, entry.value.code, entry.value.reason)
    if isinstance(entry.value, Deferred):
        decline(node, "LW103", "a generator is covered where it is run over, not as a value")
    if entry.flag is not None:
        cx.at(node)
        cx.check(entry.flag, f"`{key}` may not be assigned")
    cx.unit.used.add(key)
    if isinstance(entry.value, (Closure, Library)) and key in cx.unit.targets:
        cx.unit.callables[cx.unit.targets[key]] = None
    if isinstance(entry.value, Begun):
        cx.at(node)
        cx.check(entry.value.there, f"`{key}` is a number still")
        return entry.value.array
    return entry.value


def captured(cx: Scope, name: str, depth: int, node: ast.AST) -> Value:
    """A variable of the enclosing function at `depth`."""
    if cx.depth == depth:
        return lookup(cx, name, node)
    found = read_path(cx, f"closure {depth} {name}", node)
    if found is None:
        decline(node, "LW301", f"the type of `{name}` is not known here")
    return found


def read_path(cx: Scope, key: str, node: ast.AST) -> Value | None:
    """A variable that is not the function's own; a helper gets it as an extra parameter.

    None if no function around has it.
    """
    if key in cx.live:
        return read(cx, key, node)
    if cx.caller is None:
        return None
    value = outside(cx.caller, key, node)
    if value is None:
        return None
    if not flatten(value) and not isinstance(value, (Number, Tpl, Maybe)):
        return value
    cx.captures[key] = value
    raise Again(cx)


def outside(caller: Scope, key: str, node: ast.AST) -> Value | None:
    """The value of such a variable where `caller` calls the helper."""
    words = key.split(" ")
    if words[0] == "closure" and caller.depth == int(words[1]):
        name = words[2]
        if name in caller.renamed and (
            name in caller.locals or name in caller.bound or _is_of_module(caller, name)
        ):
            why = f"`{name}` is a variable of a comprehension, and another one too"
            decline(node, "LW103", why, "rename one of the two")
        return lookup(caller, name, node)
    return read_path(caller, key, node)


def _is_of_module(cx: Scope, name: str) -> bool:
    """Whether a name stands for something outside of the functions."""
    unit = cx.unit
    start = unit.main.live if unit.main is not None and unit.main.env is not None else {}
    return f"global {name}" in start or name in unit.module_names or _is_global(cx, name)


def captured_entry(cx: Scope, key: str, value: Value) -> Entry:
    """The start state of a captured variable inside a helper."""
    if key in cx.unit.told:
        return Entry(value)
    hint = key.split(" ")[-1].replace(".", "_")
    name = "".join(c if c.isidentifier() or c.isdigit() else "_" for c in hint)
    return Entry(canonical(cx, f"{name}#{key}", value))


# ------------------------------------------------------------------ attributes


def attribute(cx: Scope, node: ast.Attribute) -> Value:
    """`base.attr` that is not called at once."""
    base = present(cx, cx.eval(node.value))
    match base:
        case Library() if is_object(base):
            return dtype_attribute(base, node.attr, node)
        case Library(name):
            return limit(name, node.attr) or library(f"{name}.{node.attr}")
        case Object():
            found = member(cx, base, node.attr, node)
            if isinstance(found, Closure) and is_property(found.node):
                return cx.unit.rules.function(cx, found, [base], node)  # type: ignore[return-value]
            return found
        case Klass():
            return class_member(cx, base, node.attr, node)
        case Arr():
            return _array_attribute(cx, base, node)
        case Tpl(items, fields) if node.attr in fields:
            return items[fields.index(node.attr)]
        case Rec(Tpl(items, fields), "object" | "slice") if node.attr in fields:
            cx.unit.fields.add(node.attr)
            return items[fields.index(node.attr)]
        case Number(_, (Num(dtype),)) if node.attr == "dtype":
            keep(cx, base)
            return dtype_object(dtype)
        case Number() if node.attr in ("real", "imag"):
            return switch(cx, (strip_none(cx, base),), lambda v: _part(v[0].expr, node), node)
        case _:
            decline(node, "LW103", f"attribute `{node.attr}` of {describe(base)} is not covered")


def member(cx: Scope, base: Object, attr: str, node: ast.AST) -> Value:
    """`base.attr` of an object known by its path: a variable, a method, or a further object."""
    key = f"{base.path}.{attr}"
    found = read_path(cx, key, node)
    if found is None:
        found = bound_method(cx, base, attr, node)
    if found is not None:
        return found
    if key in cx.unit.unfit:
        decline(node, "LW102", cx.unit.unfit[key])
    if is_prefix(cx, key):
        known = None if base.cls is None else attribute_class(cx.unit.module, base.cls, attr)
        return Object(key, known)
    found = inherited_constant(cx, base, attr)
    if found is not None:
        return found
    not_known(cx, key, node)


def not_known(cx: Scope, key: str, node: ast.AST) -> NoReturn:
    """Decline, since it is not known what a path leads to."""
    decline(
        node,
        "LW301",
        f"the type of `{key}` is not known",
        f"annotate `{key}`, or record a workload with `loopwright trace`",
    )


def object_with(cx: Scope, base: Object, attr: str, method: str) -> Object | None:
    """The object that `base.attr` holds, whose class has that method, although nothing of it is data."""
    key = f"{base.path}.{attr}"
    if base.cls is None or is_prefix(cx, key) or read_path(cx, key, ast.Pass()) is not None:
        return None
    if find_method(cx.unit.module, base.cls, attr) is not None:
        return None
    known = attribute_class(cx.unit.module, base.cls, attr)
    if known is None or find_method(cx.unit.module, known, method) is None:
        return None
    return Object(key, known)


def is_prefix(cx: Scope, key: str) -> bool:
    """Whether some live-in's path begins with `key`."""
    return any(p.startswith((f"{key}.", f"{key}[")) for p in cx.unit.paths)


def _array_attribute(cx: Scope, base: Arr, node: ast.Attribute) -> Value:
    t = base.type
    match node.attr:
        case "shape":
            return Tpl(tuple(number(dim(base, axis)) for axis in range(t.ndim)))
        case "ndim":
            keep(cx, base)
            return number(integer(t.ndim))
        case "size":
            return number(size(base))
        case "T":
            return transpose(base, tuple(reversed(range(t.ndim))))
        case "dtype":
            keep(cx, base)
            return dtype_object(t.dtype)
        case "real" | "imag" if t.dtype.startswith("complex") or node.attr == "real":
            return part_of(cx, base, node.attr, node)
        case _:
            pass
    decline(node, "LW103", f"attribute `{node.attr}` of an array is not covered")


def part_of(cx: Scope, base: Arr, name: str, node: ast.AST) -> Arr:
    """`base.real`, or `base.imag` of a complex array. They are views in NumPy and copies here: declined where
    the array may change."""
    t = base.type
    if not t.dtype.startswith("complex"):
        return base
    cx.unit.parted |= {o.key for o in base.origins}
    not_parted(cx, base.origins, node)
    real = Array(real_dtype(t.dtype), t.ndim, t.layout)
    return Arr(Call(f"np.{name}", (base.expr,), real), real, views(base))


def _part(expr: Expr, node: ast.Attribute) -> Value:
    t = expr.type
    if isinstance(t, Py) and t.kind in ("int", "bool", "float"):
        if node.attr == "real":
            return number(expr)
        decline(node, "LW103", "`imag` of a real number is not covered")
    if isinstance(t, Py):
        part = Call(f"np.{node.attr}", (Cast(expr, C128),), F64)
        return number(Cast(part, FLOAT))
    return number(Call(f"np.{node.attr}", (expr,), Num(real_dtype(machine_dtype(t)))))


def dim(base: Arr, axis: int) -> Expr:
    return Dim(base.expr, axis, INT)


def size(base: Arr) -> Expr:
    """Number of elements."""
    result: Expr = integer(1)
    for axis in range(base.type.ndim):
        result = dim(base, axis) if axis == 0 else Binary("mul", result, dim(base, axis), INT)
    return result


def views(base: Arr) -> Origins:
    """The origins of a view of `base`."""
    return frozenset(Origin(o.key, False) for o in base.origins)


def transpose(base: Arr, axes: tuple[int, ...]) -> Arr:
    """A view with permuted axes."""
    t = base.type
    if axes == tuple(range(t.ndim)):
        return Arr(base.expr, t, views(base))
    layout = "A"
    if axes == tuple(reversed(range(t.ndim))):
        layout = {"C": "F", "F": "C", "A": "A"}[t.layout]
    permuted = Array(t.dtype, t.ndim, layout)  # type: ignore[arg-type]
    return Arr(Transpose(base.expr, axes, permuted), permuted, views(base))
