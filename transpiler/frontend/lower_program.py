"""One lowering of a region: for given types, constants and branches that are left to the original."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.classes import class_at
from loopwright.frontend.function_ref import FunctionRef
from loopwright.frontend.lower_callables import functions_held
from loopwright.frontend.lower_func import own_parameters, prepare, rules, settle_function
from loopwright.frontend.lower_grown import own_list, rebinds
from loopwright.frontend.lower_live import writes
from loopwright.frontend.lower_modules import module_names
from loopwright.frontend.lower_names import lookup
from loopwright.frontend.lower_params import (
    Parameters,
    live_in_key,
    parameters,
    read_fields,
    unknown,
)
from loopwright.frontend.lower_result import finished
from loopwright.frontend.lower_rows import next_form
from loopwright.frontend.lower_scope import Scope, Unit
from loopwright.frontend.lower_stmt import give_back
from loopwright.frontend.lower_tidy import tidy
from loopwright.frontend.lower_values import (
    NOTHING,
    Closure,
    Entry,
    Env,
    Klass,
    Lst,
    Number,
    Object,
    RaggedList,
    Row,
    Tpl,
    Value,
)
from loopwright.frontend.names import reads
from loopwright.frontend.region import (
    CallableUse,
    ClassUse,
    LiveIn,
    MethodUse,
    Region,
)
from loopwright.frontend.scopes import class_meant, classes_given, kind_of_name, site_of
from loopwright.frontend.streams import FORMS, stream_key
from loopwright.ir.domain import Domain, Only, split_path
from loopwright.ir.nodes import Func, Program, Var
from loopwright.ir.types import NONE, Chars, ListOf, Ragged, Type
from loopwright.ir.walk import used


@dataclass(frozen=True, slots=True)
class Along:
    """What a program holds beside its region; the fields are those of `Lowered`."""

    helpers: tuple[str, ...]
    methods: tuple[MethodUse, ...]
    classes: tuple[ClassUse, ...]
    assumed: tuple[tuple[str, str], ...]
    callables: tuple[CallableUse, ...]
    exact_lists: bool


def lower_region(
    region: Region,
    types: Mapping[str, Type],
    functions: Mapping[str, FunctionRef] | None = None,
    known: Mapping[str, Only] | None = None,
    leaves: frozenset[object] = frozenset(),
) -> tuple[Program, Domain, Along]:
    """The program, its domain without the ranges of integers, and what was compiled along.

    `known` are the strings and numbers that live-ins always are, `leaves` branches that are left to the
    original. Where one form of lists of arrays is not enough, the next is tried (`lower_rows`). Raises
    CannotLower.
    """
    unit = _unit(region, leaves)
    missing: CannotLower | None = None
    while True:
        try:
            program, domain, along = _lowered(unit, region, types, functions, known)
            fewer = read_fields(types, unit.fields, region.stores)
            if fewer:
                return lower_region(region, {**types, **fewer}, functions, known, leaves)
            return program, domain, along
        except CannotLower as error:
            # a type that is missing is so in every form
            missing = error if missing is None and error.declined.code == "LW301" else missing
            form = next_form(unit)
            if form is None:
                raise (missing or error) from None
        unit = _unit(region, leaves)
        unit.arrays_by = form


def _unit(region: Region, leaves: frozenset[object]) -> Unit:
    return Unit(
        rules(),
        region.module.tree,
        module_names(region.module.tree),
        region.owner,
        _self_name(region),
        tuple(v.path for v in region.live_ins),
        region.stores,
        region.module,
        site_of(region.module, region.function),
        leaves=leaves,
    )


def _lowered(
    unit: Unit,
    region: Region,
    types: Mapping[str, Type],
    functions: Mapping[str, FunctionRef] | None,
    known: Mapping[str, Only] | None,
) -> tuple[Program, Domain, Along]:
    cx = Scope(unit, None, None)
    cx.locals = _locals(region)
    cx.bound = frozenset[str]().union(*(writes(s) for s in region.statements))
    cx.returns = region.form == "body"
    prepare(cx, region.statements, region.live_outs)
    unit.main = cx
    unit.rebound = frozenset(n for s in region.statements for n in rebinds(s))
    start, unit.targets = functions_held(cx, region, functions or {})
    made, values = parameters(cx, types, region, known or {}, unit.targets)
    for module, form in FORMS.items():
        start[stream_key(module)] = Entry(made.module_stream(module, form))
    _enter(cx, region, made, values, known or {}, start)
    _add_objects(cx, region, start)
    cx.stores = dict.fromkeys(region.stores)

    def begin() -> None:
        cx.env = dict(start)
        for key in sorted(unit.grown):
            at = unit.lists[key]
            made.syms[at] = own_list(
                cx, key, made.syms[at], types[made.syms[at].name], region.statements[0]
            )

    def end() -> None:
        at = region.statements[-1]
        if region.form == "body":
            give_back(cx, NOTHING, at)
            return
        values = tuple(lookup(cx, name, at) for name in region.live_outs)
        give_back(cx, Tpl(values), at)

    settle_function(cx, region.statements, begin, end, region.statements[0])
    if cx.result is None:
        raise CannotLower(Declined(region.span, "LW111", "this code never ends normally"))
    for sym, param in zip(made.syms, made.params, strict=True):
        if sym.type == ListOf(NONE):
            unknown(param.path, region)
    needless = {v.name for v in values if not v.sure and live_in_key(cx, v) not in unit.used}
    if needless:
        kept = {name: t for name, t in types.items() if name not in needless}
        return lower_region(region, kept, functions, known, unit.leaves)
    return _made_of(cx, region, made)


def _enter(
    cx: Scope,
    region: Region,
    made: Parameters,
    values: Mapping[LiveIn, Value],
    known: Mapping[str, Only],
    start: Env,
) -> None:
    """Put the values of the live-ins into `start`."""
    unit = cx.unit
    for live_in, value in values.items():
        key = live_in_key(cx, live_in)
        start[key] = Entry(value)
        stays = split_path(live_in.path)[0] not in cx.bound and live_in.path not in region.stores
        if stays and isinstance(value, Number) and live_in.name in known:
            unit.told |= {key, f"closure {cx.depth} {key}"}
        for at, sym in enumerate(made.syms):
            if sym.name == live_in.name:  # no tuple, then
                cx.syms[(key, sym.type)] = sym
                if stays and not region.stores:
                    unit.constant.add(sym)
                if isinstance(value, Lst):
                    unit.lists[key] = at
        if isinstance(value, Row):
            cx.syms |= {(key, c.sym.type): c.sym for c in value.items.columns if isinstance(c, Var)}
        if isinstance(value, RaggedList) and isinstance(value.bounds, Var):
            cx.syms[(f"{key} bounds", value.bounds.type)] = value.bounds.sym


def _add_objects(cx: Scope, region: Region, start: Env) -> None:
    """Put objects, whose attributes are the live-ins, and nested functions into `start`."""
    unit = cx.unit
    for path in (*(v.path for v in region.live_ins), *region.stores, unit.self_path):
        root = split_path(path)[0] if path else ""
        if root and class_meant(region.module, unit.site, root) is not None:
            continue
        if not root or root in start or f"global {root}" in start:
            continue
        if root != path or path == unit.self_path:
            start[root] = Entry(Object(root, class_at(region.module, unit.site, root)))
            if root not in cx.locals:
                start.setdefault(f"global {root}", start[root])
    for name in _objects_called(region):
        if name not in cx.bound and name not in start and f"global {name}" not in start:
            held = Entry(Object(name, class_at(region.module, unit.site, name)))
            start[name if name in cx.locals else f"global {name}"] = held
    for name, owner in classes_given(region.module, unit.site, region.statements).items():
        if name not in cx.bound:
            start[name if name in cx.locals else f"global {name}"] = Entry(Klass(owner, name))
    for name, node in _nested(region).items():
        start.setdefault(name, Entry(Closure(node, name, depth=cx.depth)))


def _made_of(cx: Scope, region: Region, made: Parameters) -> tuple[Program, Domain, Along]:
    """The program of the statements that were lowered, without what it does not use."""
    unit = cx.unit
    own, body = own_parameters(made.syms, tidy(cx.out, cx.markers, set(made.syms)))
    needed = used(body)
    hidden = [(sym, each) for sym, each in made.hidden if sym in needed]
    name = unit.unique(region.qualname.split(".")[-1])
    main = Func(name, (*own, *(sym for sym, _ in hidden)), (), body, region.span)
    program = finished(unit, cx, main, region)
    compiled = {f.name for f in program.helpers}
    helpers = tuple(n for n in unit.inlined if n.split(".")[-1] in compiled or n in unit.run_here)
    params = tuple(
        replace(p, name=s.name, type=p.type if isinstance(p.type, (Chars, Ragged)) else s.type)
        for s, p in zip(own, made.params, strict=True)
    )
    along = Along(
        helpers,
        tuple(sorted(unit.methods)),
        tuple(sorted(unit.classes.values(), key=lambda u: (u.name, u.path, u.of_object))),
        tuple(sorted(unit.assumed)),
        tuple(sorted(unit.callables)),
        unit.exact_lists,
    )
    streams = tuple(
        replace(each, functions=tuple(sorted(unit.drawn.get(each.module, ()))))
        for _, each in hidden
    )
    return program, Domain(params, tuple(made.groups), streams), along


def _objects_called(region: Region) -> set[str]:
    """Variables that hold objects of known class whose methods are called."""
    site = site_of(region.module, region.function)
    return {
        chain.root
        for stmt in region.statements
        for chain in reads(stmt)
        if chain.call is not None
        and kind_of_name(region.module, site, chain.root) in ("local", "closure", "global")
        and class_at(region.module, site, chain.root) is not None
    }


def _self_name(region: Region) -> str:
    """The first parameter of a method."""
    args = region.function.args
    first = [*args.posonlyargs, *args.args]
    return first[0].arg if region.owner is not None and first else ""


def _nested(region: Region) -> dict[str, ast.FunctionDef]:
    """Functions defined in the function around the region, outside of it, that are bound only there."""
    found: dict[str, ast.FunctionDef] = {}
    inside = {id(n) for s in region.statements for n in ast.walk(s)}
    for stmt in region.function.body:
        if isinstance(stmt, ast.FunctionDef) and id(stmt) not in inside and not stmt.decorator_list:
            others = [s for s in region.function.body if s is not stmt]
            if not any(stmt.name in writes(s) for s in others):
                found[stmt.name] = stmt
    return found


def _locals(region: Region) -> frozenset[str]:
    a = region.function.args
    names = {p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs)}
    names |= {p.arg for p in (a.vararg, a.kwarg) if p is not None}
    return frozenset(names).union(*(writes(s) for s in region.function.body))
