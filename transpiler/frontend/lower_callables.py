"""Live-ins that hold functions: what the lowering takes them for."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from loopwright.frontend.callables import (
    Found,
    find_function,
    helper_code,
    helpers_of,
    is_assigned,
    names_used,
)
from loopwright.frontend.called_objects import CALL, class_seen
from loopwright.frontend.classes import class_at
from loopwright.frontend.function_ref import FunctionRef
from loopwright.frontend.lower_modules import builtin, library, module_names
from loopwright.frontend.lower_params import live_in_key
from loopwright.frontend.lower_scope import Scope
from loopwright.frontend.lower_values import Closure, Entry, Library, Value, number
from loopwright.frontend.names import (
    bound_names,
    free_names,
    parameters,
    scope_locals,
    walk_scope,
)
from loopwright.frontend.overrides import overrides
from loopwright.frontend.region import CallableUse, LiveIn, Region
from loopwright.frontend.scopes import decorator_names, kind_of_name, site_of
from loopwright.ir.domain import Step, path_text, split_path
from loopwright.ir.nodes import Const
from loopwright.ir.types import BOOL, FLOAT, INT


def functions_held(
    cx: Scope, region: Region, functions: Mapping[str, FunctionRef]
) -> tuple[dict[str, Entry], dict[str, CallableUse]]:
    """The start state of the live-ins that hold functions, and what a guard must know of each.

    A live-in that the region rebinds, or whose function is not certain, is left out.
    """
    rebound = frozenset(n for s in region.statements for n in bound_names(s))
    cx.unit.seen = _classes_seen(region, functions)
    start: dict[str, Entry] = {}
    uses: dict[str, CallableUse] = {}
    for live_in in region.live_ins:
        target = functions.get(live_in.name)
        if target is None or live_in.path in region.stores or live_in.path in rebound:
            continue
        value = _value(cx, region, live_in, target)
        if value is None:
            cx.unit.unfit[live_in.path] = _why_unfit(region, live_in, target)
        else:
            key = live_in_key(cx, live_in)
            start[key] = Entry(value)
            fixed = {n for n, _ in value.fixed} if isinstance(value, Closure) else set()
            kept = tuple(pair for pair in target.values if pair[0] in fixed)
            found = _is_looked_up(cx, region, live_in)
            uses[key] = CallableUse(live_in.path, replace(target, values=kept), found)
    return start, uses


def _classes_seen(region: Region, functions: Mapping[str, FunctionRef]) -> dict[str, ast.ClassDef]:
    """The classes of objects that only a recording tells, by path: those whose `__call__` or another method
    was seen to run."""
    found: dict[str, ast.ClassDef] = {}
    for live_in in region.live_ins:
        target = functions.get(live_in.name)
        if target is None or not (
            _runs_when_called(live_in, target) or _is_of_object(region, live_in, target)
        ):
            continue
        function = find_function(region.module, target)
        if function is not None and isinstance(function.callee, ast.FunctionDef):
            owner = site_of(region.module, function.callee).owner
            if owner is not None:
                found[target.bound] = owner
    return found


def _runs_when_called(live_in: LiveIn, ref: FunctionRef) -> bool:
    """Whether the function is the `__call__` of the class of the object that the path leads to."""
    root, steps = split_path(live_in.path)
    named = ref.name.endswith(".__call__")
    return steps[-1:] == (CALL,) and named and ref.bound == path_text(root, steps[:-1])


def _is_of_object(region: Region, live_in: LiveIn, ref: FunctionRef) -> bool:
    """Whether the function is the method of that name of the class of the object that the path leads to,
    which the source does not tell."""
    root, steps = split_path(live_in.path)
    if not steps or steps[-1] != ("attr", ref.name.rpartition(".")[2]):
        return False
    if ref.bound != path_text(root, steps[:-1]):
        return False
    site = site_of(region.module, region.function)
    return class_at(region.module, site, root, steps[:-1]) is None


def _is_looked_up(cx: Scope, region: Region, live_in: LiveIn) -> bool:
    """Whether the function is a method that only the class of the object tells."""
    root, steps = split_path(live_in.path)
    if steps[-1:] == (CALL,):
        return True
    owner = _class_at(cx, root, steps[:-1]) if steps else None
    if owner is None or steps[-1][0] != "attr":
        return False
    attr = str(steps[-1][1])
    if is_assigned(region.module, owner, attr):
        return False
    guessed = path_text(root, steps[:-1]) in cx.unit.seen
    return guessed or bool(overrides(region.module, owner, attr))


def _class_at(cx: Scope, root: str, steps: tuple[Step, ...]) -> ast.ClassDef | None:
    return class_seen(cx.unit.module, cx.unit.site, cx.unit.seen, root, steps)


def _value(cx: Scope, region: Region, live_in: LiveIn, ref: FunctionRef) -> Value | None:
    root, steps = split_path(live_in.path)
    module, site = region.module, cx.unit.site
    imported = kind_of_name(module, site, root) == "import"
    if imported and len(steps) > 1:
        return None
    if steps and not imported and _class_at(cx, root, steps[:-1]) is None:
        return None
    if steps[-1:] == (CALL,) and not _runs_when_called(live_in, ref):
        return None
    if ref.library:
        found = library(ref.name)
        return found if isinstance(found, Library) else None
    function = find_function(module, ref)
    if function is None:
        return None
    node = function.callee
    # no guard looks for a nested function by its name
    name = f"<locals>.{function.qualname.partition('#')[0].rpartition('.')[2]}"
    name = name if function.code is not None else function.qualname
    if ref.bound:
        if steps and ref.bound != path_text(root, steps[:-1]):
            return None
        if not isinstance(node, ast.FunctionDef) or decorator_names(node):
            return None
        if function.foreign is None:
            if function.code is not None and _is_looked_up(cx, region, live_in):
                return None  # the class has another one of that name
            return Closure(node, function.qualname, ref.bound)
        fixed = fixed_names(function, ref)
        if fixed is None or private_name(node) or not _is_looked_up(cx, region, live_in):
            return None
        return Closure(node, name, ref.bound, fixed=fixed, names=_names_there(function, fixed))
    if not steps and function.around[-1:] == (region.function,) and _only_defined(region, root):
        # its variables are those of the call that runs the region
        return Closure(node, name, depth=cx.depth)
    fixed = fixed_names(function, ref)
    if fixed is None:
        return None
    static = isinstance(node, ast.FunctionDef) and decorator_names(node) == {"staticmethod"}
    if isinstance(node, ast.FunctionDef) and node.decorator_list and not static:
        return None
    names = None if function.foreign is None else _names_there(function, fixed)
    return Closure(node, name, fixed=fixed, names=names)


@lru_cache(maxsize=256)
def _names_there(function: Found, fixed: tuple[tuple[str, Value], ...]) -> Mapping[str, Value]:
    """What the global names of a function of another file mean; the functions there see the same names."""
    assert function.foreign is not None
    known = module_names(function.foreign.tree)
    around = frozenset[str]().union(*(scope_locals(f) for f in function.around))
    names: dict[str, Value] = {n: v for n, v in known.items() if isinstance(v, Library)}
    names |= {n: v for n, v in fixed if n not in around}
    for name, node in helpers_of(function).items():
        names[name] = Closure(node, f"<locals>.{name}", names=names)
    return names


def private_name(callee: ast.FunctionDef | ast.Lambda) -> str | None:
    """A name in the function that means another attribute in each class."""
    names = (n.attr for n in ast.walk(callee) if isinstance(n, ast.Attribute))
    return next((n for n in names if n.startswith("__") and not n.endswith("__")), None)


def _why_unfit(region: Region, live_in: LiveIn, ref: FunctionRef) -> str:
    told = f"`{live_in.path}` is `{ref.name}`"
    function = None if ref.library else find_function(region.module, ref)
    if function is None or function.foreign is None:
        return f"{told}, which kernels do not take along"
    private = private_name(function.callee)
    if ref.bound and private is not None:
        return f"{told}, which uses the private name `{private}` of a class of another file"
    known = module_names(function.foreign.tree)
    there = dict(ref.values)
    missing = [
        name
        for name in names_used(function)
        if name not in there and not isinstance(known.get(name) or builtin(name), Library)
    ]
    if not missing:
        return f"{told}, which kernels do not take along"
    return f"{told}, which uses `{missing[0]}`: neither a number nor a function of its file"


def fixed_names(function: Found, ref: FunctionRef) -> tuple[tuple[str, Value], ...] | None:
    """What the free names of a function stand for that functions around it bind, or another module; None if
    one of them is no constant."""
    known = dict(ref.values)
    around = frozenset[str]().union(*(scope_locals(f) for f in function.around))
    used = free_names(function.callee)
    wanted = around & used
    if function.foreign is not None:
        names = module_names(function.foreign.tree)
        wanted |= names_used(function).keys() - {
            n for n in names_used(function) if isinstance(names.get(n) or builtin(n), Library)
        }
        if any(helper_code(function, name) is None for name in helpers_of(function)):
            return None
    if not wanted <= known.keys():
        return None
    return tuple((name, _constant(known[name])) for name in sorted(wanted))


def _constant(text: str) -> Value:
    value = ast.literal_eval(text)
    return number(Const(value, {bool: BOOL, int: INT, float: FLOAT}[type(value)]))


def _only_defined(region: Region, name: str) -> bool:
    """Whether nothing but definitions of functions binds the name."""
    times = sum(bound_names(stmt).count(name) for stmt in region.function.body)
    defined = [
        p for p in walk_scope(region.function) if isinstance(p, ast.FunctionDef) and p.name == name
    ]
    return name not in parameters(region.function) and len(defined) == times
