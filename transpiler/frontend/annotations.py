"""Candidate types for the live-ins of a region from what the source says: annotations and defaults."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

from loopwright.diagnostics import Declined
from loopwright.frontend.annotation_types import annotation_choices, annotation_type
from loopwright.frontend.classes import class_at, lineage
from loopwright.frontend.names import walk_scope
from loopwright.frontend.region import LiveIn, Module, Region
from loopwright.frontend.scopes import site_of
from loopwright.ir.domain import split_path
from loopwright.ir.types import BOOL, FLOAT, INT, NONE, Array, ListOf, Py, Type

__all__ = ["annotation_choices", "annotation_type", "live_in_choices", "signatures"]
LIMIT = 6


def signatures(region: Region) -> tuple[Mapping[str, Type], ...] | Declined:
    """Up to six mappings from live-in name to type, the most likely first.

    Live-ins that nothing tells about are left out of the mappings. Declined (LW301) if the region has
    live-ins and nothing is known of any.
    """
    known = {
        i.name: narrow(region, i.path, c)
        for i in region.live_ins
        if (c := live_in_choices(region, i))
    }
    if region.live_ins and not known:
        names = ", ".join(f"`{i.path}`" for i in region.live_ins)
        return Declined(region.span, "LW301", f"nothing tells the types of {names}")
    every = itertools.islice(itertools.product(*(range(len(c)) for c in known.values())), 4096)
    open_ = [at for at, c in enumerate(known.values()) if len(c) > 1]
    # arrays of one function tend to be alike: readings that agree come before mixed ones
    ranked = sorted(every, key=lambda picks: (len({picks[at] for at in open_}), sum(picks), picks))
    found = [
        {name: c[at] for (name, c), at in zip(known.items(), picks, strict=True)}
        for picks in ranked[:LIMIT]
    ]
    return tuple(found)


def narrow(region: Region, path: str, choices: tuple[Type, ...]) -> tuple[Type, ...]:
    """`choices` of arrays in the order that the indexing in the function suggests, too low ranks left out."""
    arrays = [c for c in choices if isinstance(c, Array)]
    if len({a.ndim for a in arrays}) < 2:
        return choices
    least = max((_rank_shown(part, path) for part in ast.walk(region.function)), default=0)
    if least < 2:
        return choices
    dtypes = dict.fromkeys(a.dtype for a in arrays)
    others = tuple(c for c in choices if not isinstance(c, Array))
    return tuple(Array(d, least) for d in dtypes) + others


def _rank_shown(node: ast.AST, path: str) -> int:
    """The rank that one use of `path` needs: `x[i, j]`, `x[i][j]`, `x.shape[1]`, `n, m = x.shape`."""
    match node:
        case ast.Subscript(ast.Subscript(inner, first), _) if ast.unparse(inner) == path:
            return 0 if isinstance(first, ast.Slice | ast.Tuple) else 2
        case ast.Subscript(ast.Attribute(inner, "shape"), ast.Constant(int() as axis)):
            return axis + 1 if axis >= 0 and ast.unparse(inner) == path else 0
        case ast.Subscript(inner, ast.Tuple(elts)) if ast.unparse(inner) == path:
            return sum(not isinstance(e, ast.Constant) or isinstance(e.value, int) for e in elts)
        case ast.Assign([ast.Tuple(elts)], ast.Attribute(inner, "shape")):
            return len(elts) if ast.unparse(inner) == path else 0
        case _:
            return 0


def live_in_choices(region: Region, live_in: LiveIn) -> tuple[Type, ...]:
    """The types that the source suggests for one live-in; empty if it tells nothing."""
    module, site = region.module, site_of(region.module, region.function)
    root, steps = split_path(live_in.path)
    if not steps:
        for function in (region.function, *reversed(site.enclosing)):
            found = _local(module, function, root)
            if found:
                return found
        return _global(module, root) if live_in.kind == "global" else ()
    owner = class_at(module, site, root, steps[:-1])
    if owner is None or steps[-1][0] != "attr":
        return ()
    for cls in lineage(module, owner):
        choices = _attribute(module, cls, str(steps[-1][1]))
        if choices:
            return choices
    return ()


def _local(module: Module, function: ast.FunctionDef, name: str) -> tuple[Type, ...]:
    """A parameter's annotation or default, or the annotation of a local variable."""
    a = function.args
    positional = [*a.posonlyargs, *a.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(a.defaults))
    pairs = [
        *zip(positional, [*defaults, *a.defaults], strict=True),
        *zip(a.kwonlyargs, a.kw_defaults, strict=True),
    ]
    for arg, default in pairs:
        if arg.arg == name:
            if arg.annotation is not None:
                return annotation_choices(arg.annotation, module)
            return () if default is None else value_choices(default)
    for part in walk_scope(function):
        match part:
            case ast.AnnAssign(ast.Name(target), annotation) if target == name:
                return annotation_choices(annotation, module)
    return ()


def _global(module: Module, name: str) -> tuple[Type, ...]:
    for stmt in module.tree.body:
        match stmt:
            case ast.AnnAssign(ast.Name(target), annotation) if target == name:
                return annotation_choices(annotation, module)
            case ast.Assign([ast.Name(target)], value) if target == name:
                return value_choices(value)
    return ()


def _attribute(module: Module, owner: ast.ClassDef, name: str) -> tuple[Type, ...]:
    """Class-level annotations, annotated assignments to `self.name`, then what `__init__` stores there."""
    annotations, stored = _attributes(owner)
    if name in annotations:
        return annotation_choices(annotations[name], module)
    for method, value in stored.get(name, ()):
        found = value_choices(value)
        if method is not None and isinstance(value, ast.Name):
            found = _local(module, method, value.id) or found
        if found and found != (NONE,):
            return found
    return ()


_Stored: TypeAlias = list[tuple[ast.FunctionDef | None, ast.expr]]


@lru_cache(maxsize=256)
def _attributes(owner: ast.ClassDef) -> tuple[dict[str, ast.expr], dict[str, _Stored]]:
    """The annotation of each attribute that has one, and what the class body and `__init__` assign."""
    annotations: dict[str, ast.expr] = {}
    stored: dict[str, _Stored] = {}
    for stmt in owner.body:
        match stmt:
            case ast.AnnAssign(ast.Name(target), annotation):
                annotations.setdefault(target, annotation)
            case ast.Assign([ast.Name(target)], value):
                stored.setdefault(target, []).append((None, value))
    for method in (s for s in owner.body if isinstance(s, ast.FunctionDef)):
        for part in walk_scope(method):
            match part:
                case ast.AnnAssign(ast.Attribute(ast.Name("self"), target), annotation):
                    annotations.setdefault(target, annotation)
                case ast.Assign([ast.Attribute(ast.Name("self"), target)], value):
                    if method.name == "__init__":
                        stored.setdefault(target, []).append((method, value))
    return annotations, stored


def value_choices(node: ast.expr) -> tuple[Type, ...]:
    """The type of a literal number or of a call that makes an array of a known rank; else empty."""
    match node:
        case ast.Constant(bool()):
            return (BOOL,)
        case ast.Constant(int()):
            return (INT,)
        case ast.Constant(float()):
            return (FLOAT,)
        case ast.Constant(None):
            return (NONE,)
        case ast.UnaryOp(ast.USub() | ast.UAdd(), operand):
            return value_choices(operand)
        case ast.List([first, *rest]):
            kinds = {t for e in (first, *rest) for t in value_choices(e)}
            if len(kinds) == 1 and isinstance(kind := kinds.pop(), Py) and kind != NONE:
                return (ListOf(kind),)
            return ()
        case ast.Call(ast.Attribute(_, "zeros" | "ones" | "empty" | "full"), [shape, *_]):
            if any(k.arg == "dtype" for k in node.keywords):
                return ()
            rank = len(shape.elts) if isinstance(shape, ast.Tuple) else 1
            return (Array("float64", rank),)
        case _:
            return ()
