"""Calls: what is called, and the arguments of functions of the program."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import replace

from loopwright.diagnostics import CannotLower
from loopwright.frontend.called_objects import class_seen
from loopwright.frontend.classes import lineage
from loopwright.frontend.lower_args import as_tuple
from loopwright.frontend.lower_arith import unary
from loopwright.frontend.lower_builtins import BUILTINS
from loopwright.frontend.lower_classes import bound_method, class_member, is_property
from loopwright.frontend.lower_comprehension import dict_of
from loopwright.frontend.lower_deque import plain_deque
from loopwright.frontend.lower_dicts import dict_method
from loopwright.frontend.lower_distance import distance_call
from loopwright.frontend.lower_dtypes import dtype_attribute, is_object
from loopwright.frontend.lower_fromiter import from_iterable
from loopwright.frontend.lower_hashes import constructed, hash_method
from loopwright.frontend.lower_join import store_variable
from loopwright.frontend.lower_list_methods import list_method
from loopwright.frontend.lower_live import reads
from loopwright.frontend.lower_math import math_call
from loopwright.frontend.lower_methods import array_method, number_method
from loopwright.frontend.lower_modules import library
from loopwright.frontend.lower_names import member, not_known, object_with, read_path
from loopwright.frontend.lower_numpy import numpy_call
from loopwright.frontend.lower_objects import BLANK, construct
from loopwright.frontend.lower_operators import operator_call, reduce_call
from loopwright.frontend.lower_order import effects, eval_all, in_order, keep, present
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_queue import bisect_call, heap_call
from loopwright.frontend.lower_scipy import norm_call, rank_call, scipy_linalg_call
from loopwright.frontend.lower_scope import Scope, decline, told_here
from loopwright.frontend.lower_special import special_call
from loopwright.frontend.lower_streams import draw, module_draw
from loopwright.frontend.lower_strings import string_method
from loopwright.frontend.lower_subscript import entry
from loopwright.frontend.lower_tools import items_got, repeat
from loopwright.frontend.lower_types import is_sparse
from loopwright.frontend.lower_values import (
    Arr,
    Closure,
    Generator,
    Hashed,
    Klass,
    Letter,
    Library,
    Lst,
    Number,
    Object,
    Rec,
    String,
    Table,
    Tpl,
    Value,
)
from loopwright.frontend.names import chain_of, place_text, yields
from loopwright.frontend.parse import is_literal
from loopwright.frontend.scopes import site_of
from loopwright.frontend.streams import drawing
from loopwright.ir.domain import split_path


def call(cx: Scope, node: ast.Call) -> Value:
    """The value of a call."""
    if any(k.arg is None for k in node.keywords):
        decline(node, "LW102", "arguments that are unpacked with two stars are not covered")
    if any(isinstance(a, ast.Starred) for a in node.args):
        return _starred(cx, node)
    if isinstance(node.func, ast.Attribute):
        attr = node.func.attr
        base = _object_called(cx, node.func.value, attr) or present(cx, cx.eval(node.func.value))
        match base:
            case Arr():
                return array_method(cx, base, attr, node)
            case Lst():
                return list_method(cx, base, node, attr)
            case Hashed():
                return hash_method(cx, base, node, attr)
            case Table():
                return dict_method(cx, base, node, attr)
            case Rec(parts, "dict") if attr == "get" and len(node.args) in (1, 2):
                return entry(cx, parts, eval_all(cx, node.args)[0], node)
            case Generator():
                return draw(cx, base, attr, node)
            case Number():
                return number_method(cx, base, attr, node)
            case Letter() | String():
                return string_method(cx, base, attr, node)
            case Object():
                inner = object_with(cx, base, attr, "__call__")
                callee = inner or member(cx, base, attr, node.func)
                return _apply(cx, callee, node, base)
            case Klass():
                return _apply(cx, class_member(cx, base, attr, node.func), node)
            case Library() if is_object(base):
                return _apply(cx, dtype_attribute(base, attr, node.func), node)
            case Library(name):
                return _library(cx, f"{name}.{attr}", node)
            case _:
                what = describe(base)
                decline(node, "LW102", f"method `{attr}` of {what} is not covered")
    items = items_got(cx, node)
    if items is not None:
        return cx.eval(items)
    return _apply(cx, cx.eval(node.func), node)


def generator_function(cx: Scope, node: ast.expr) -> tuple[Closure, Object | None] | None:
    """The generator function of the program that the node calls, and the object where it was looked up;
    None for other nodes."""
    if not isinstance(node, ast.Call) or chain_of(node.func) is None:
        return None
    if any(isinstance(a, ast.Starred) for a in node.args):
        return None
    base = None
    match node.func:
        case ast.Name(name) if hasattr(builtins, name):
            return None
        case ast.Name():
            callee = cx.eval(node.func)
        case ast.Attribute(ast.Name() as holder, attr):
            held = cx.eval(holder)
            if not isinstance(held, Object) or object_with(cx, held, attr, "__call__") is not None:
                return None
            base, callee = held, member(cx, held, attr, node.func)
        case _:
            return None
    if not isinstance(callee, Closure) or is_property(callee.node) or not yields(callee.node):
        return None
    return callee, base


def generator_call(cx: Scope, node: ast.expr) -> tuple[Closure, list[Value]] | None:
    """The generator function that the node calls, and the arguments; None for other nodes."""
    found = generator_function(cx, node)
    if found is None:
        return None
    assert isinstance(node, ast.Call)
    callee, base = found
    return callee, _arguments(cx, callee, node, _bound_to(cx, callee, base))


def _starred(cx: Scope, node: ast.Call) -> Value:
    """`f(a, *t)` for a tuple `t`: each of its items is an argument."""
    tuples: dict[str, Tpl] = {}
    lengths: list[int] = []
    for k, arg in enumerate(node.args):
        if not isinstance(arg, ast.Starred):
            continue
        if any(_binds(a) for a in node.args) or not _first(arg.value, node.args[:k]):
            decline(arg, "LW102", "a star is covered where nothing before it calls a function")
        with cx.block() as made:
            held = cx.eval(as_tuple(arg.value))
        if effects(cx, made) and (k > 0 or not isinstance(node.func, ast.Name)):
            decline(arg, "LW102", "a star before what has effects is covered as the first argument")
        cx.out.extend(made)
        value = present(cx, held)
        if not isinstance(value, Tpl):
            decline(arg, "LW102", f"unpacking {describe(value)} with a star is not covered")
        tuples[_starred_name(node, k)] = value
        lengths.append(len(value.items))
    for name, value in tuples.items():
        store_variable(cx, name, value)
    # one node for each length: what is learnt about a call is kept by the identity of its node
    key = (node, *lengths)
    plain = cx.unit.plain_calls.setdefault(key, _spread(node, iter(lengths)))
    result = call(cx, plain)
    for name in tuples if cx.env is not None else ():
        cx.live.pop(name, None)
    return result


def _binds(node: ast.expr) -> bool:
    return any(isinstance(n, (ast.NamedExpr, ast.Lambda)) for n in ast.walk(node))


def _first(node: ast.expr, before: list[ast.expr]) -> bool:
    """Whether the tuple may be evaluated before the arguments on its left."""
    return isinstance(node, ast.Name) or not any(
        isinstance(n, ast.Call) for a in before for n in ast.walk(a)
    )


def _starred_name(node: ast.Call, k: int) -> str:
    return f"star#{k} {place_text(node)}"


def _spread(node: ast.Call, lengths: Iterator[int]) -> ast.Call:
    args: list[ast.expr] = []
    for at, arg in enumerate(node.args):
        if isinstance(arg, ast.Starred):
            name = ast.Name(_starred_name(node, at), ast.Load())
            args += [ast.Subscript(name, ast.Constant(k), ast.Load()) for k in range(next(lengths))]
        else:
            args.append(arg)
    plain = ast.Call(node.func, args, node.keywords)
    for part in [plain, *[n for a in args if a not in node.args for n in ast.walk(a)]]:
        ast.copy_location(part, node)
    return plain


def _apply(cx: Scope, callee: Value, node: ast.Call, base: Object | None = None) -> Value:
    match callee:
        case Library(name):
            return _library(cx, name, node)
        case Closure() if not is_property(callee.node):
            given = _arguments(cx, callee, node, _bound_to(cx, callee, base))
            return _invoke(cx, callee, given, node)
        case Object() if (found := _call_method(cx, callee, node)) is not None:
            given = _arguments(cx, found, node, _bound_to(cx, found, callee))
            return _invoke(cx, found, given, node)
        case Klass():
            return construct(cx, callee, node, lambda init: _arguments(cx, init, node, BLANK))
        case Object(path) if path in cx.unit.paths:
            if f"{path}.__call__" in cx.unit.unfit:
                decline(node, "LW102", cx.unit.unfit[f"{path}.__call__"])
            not_known(cx, path, node)
        case _:
            decline(node, "LW102", f"{describe(callee)} cannot be called here")


def _call_method(cx: Scope, base: Object, node: ast.Call) -> Closure | None:
    """What runs when the object is called: as a recording tells, or its class."""
    seen = read_path(cx, f"{base.path}.__call__", node)
    return seen if isinstance(seen, Closure) else bound_method(cx, base, "__call__", node)


def _invoke(cx: Scope, callee: Closure, given: list[Value], node: ast.Call) -> Value:
    """The call; a refusal within a function of another file is told of the place of the call."""
    if yields(callee.node):
        decline(
            node, "LW103", f"`{callee.name}` makes a generator, which is run over where it is made"
        )
    try:
        return cx.unit.rules.function(cx, callee, given, node)  # type: ignore[return-value]
    except CannotLower as refused:
        if callee.names is None:
            raise
        raise told_here(refused, node) from None


def _object_called(cx: Scope, node: ast.expr, method: str) -> Object | None:
    """The object at a chain `a.b` whose method is called."""
    if not isinstance(node, ast.Attribute) or chain_of(node) is None:
        return None
    base = cx.eval(node.value)
    return object_with(cx, base, node.attr, method) if isinstance(base, Object) else None


def _bound_to(cx: Scope, callee: Closure, base: Object | None) -> Object | None:
    """The object that a method is bound to; `base` is where it was looked up."""
    path = callee.self_path
    if path is None or callee.static:
        return base
    if base is not None and base.path == path:
        return _seen_as(cx, base, callee)
    root, steps = split_path(path)
    return Object(path, class_seen(cx.unit.module, cx.unit.site, cx.unit.seen, root, steps))


def _seen_as(cx: Scope, base: Object, callee: Closure) -> Object:
    """The object, of the class whose method was found if that is the only one known, or derives from the one
    that the source shows."""
    assert isinstance(callee.node, ast.FunctionDef)
    owner = site_of(cx.unit.module, callee.node).owner
    if owner is None or (base.cls is not None and base.cls not in lineage(cx.unit.module, owner)):
        return base
    return replace(base, cls=owner)


def _library(cx: Scope, name: str, node: ast.Call) -> Value:
    package, _, short = name.partition(".")
    stream = drawing(name)
    if stream is not None:
        return module_draw(cx, *stream, node)
    match package:
        case "builtins" if short in BUILTINS:
            return BUILTINS[short](cx, node)
        case "math":
            return math_call(cx, short, node)
        case "collections" if short == "Counter" and len(node.args) == 1 and not node.keywords:
            return dict_of(cx, "Counter", node.args[0], node)
        case "collections" if short == "deque":
            plain_deque(cx, node)
            return BUILTINS["list"](cx, node)
        case "collections":
            return constructed(cx, short, node)
        case "heapq":
            return heap_call(cx, short, node)
        case "bisect":
            return bisect_call(cx, short, node)
        case "functools" if short == "reduce":
            return reduce_call(cx, node)
        case "operator":
            return operator_call(cx, short, node)
        case "itertools" if short == "repeat":
            return repeat(cx, node)
        case "numpy" if short == "fromiter":
            return from_iterable(cx, node)
        case "numpy":
            return numpy_call(cx, short, node)
        case "scipy" if short.startswith("special."):
            return special_call(cx, short.removeprefix("special."), node)
        case "scipy" if short in ("sparse.issparse", "sparse.isspmatrix"):
            return is_sparse(cx, node)
        case "scipy" if short.startswith("linalg."):
            return scipy_linalg_call(cx, short.removeprefix("linalg."), node)
        case "scipy" if short == "stats.rankdata":
            return rank_call(cx, node)
        case "scipy" if short.startswith("stats.norm."):
            return norm_call(cx, short.removeprefix("stats.norm."), node)
        case "scipy" if short.startswith("spatial.distance."):
            return distance_call(cx, short.removeprefix("spatial.distance."), node)
        case _:
            shown = short if package == "builtins" else name
            decline(node, "LW102", f"`{shown}` is not a function that the compiler knows")


def _arguments(cx: Scope, callee: Closure, node: ast.Call, base: Object | None) -> list[Value]:
    """The values of the parameters; `base` is the object whose method is called."""
    definition = callee.node
    a = definition.args
    body = definition.body if isinstance(definition.body, list) else [definition.body]
    if a.kwarg is not None and any(a.kwarg.arg in reads(part) for part in body):
        decline(node, "LW102", f"`{callee.name}` reads a dict of its arguments")
    positional = [p.arg for p in (*a.posonlyargs, *a.args)]
    bound: dict[str, Value] = {}
    first = base if callee.self_path is not None and not callee.static else callee.klass
    if first is not None:
        if not positional:
            decline(node, "LW102", f"`{callee.name}` has no parameter for what it is bound to")
        bound[positional[0]] = first
    free = [p for p in positional if p not in bound]
    if len(node.args) > len(free) and a.vararg is None:
        decline(node, "LW111", f"too many arguments for `{callee.name}`")
    names = [*free[: len(node.args)], *[""] * (len(node.args) - len(free))]
    names += [k.arg or "" for k in node.keywords]
    nodes = [*node.args, *[k.value for k in node.keywords]]
    values = in_order(cx, [lambda n=n: cx.eval(n) for n in nodes])  # type: ignore[misc]
    if a.vararg is not None:
        bound[a.vararg.arg] = Tpl(tuple(values[len(free) : len(node.args)]))
    for name, value in zip(names, values, strict=True):
        if name in bound:
            decline(node, "LW111", f"`{callee.name}` gets `{name}` twice")
        if name:
            bound[name] = value
    defaults = dict(zip(positional[len(positional) - len(a.defaults) :], a.defaults, strict=True))
    defaults |= {
        p.arg: d for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is not None
    }
    rest = [] if a.vararg is None else [a.vararg.arg]
    order = [*positional, *rest, *[p.arg for p in a.kwonlyargs]]
    for name in [name for name in bound if name not in order]:
        if a.kwarg is None:
            decline(node, "LW111", f"`{callee.name}` has no such parameter")
        keep(cx, bound.pop(name))
    given: list[Value] = []
    for name in order:
        if name not in bound:
            if name not in defaults:
                decline(node, "LW111", f"`{callee.name}` needs `{name}`")
            bound[name] = _default(cx, callee, defaults[name])
        given.append(bound[name])
    return given


def _default(cx: Scope, callee: Closure, node: ast.expr) -> Value:
    """A default argument, which must be a constant."""
    if is_literal(node):
        return cx.eval(node)
    names = cx.unit.module_names if callee.names is None else callee.names
    match node:
        case ast.UnaryOp(ast.USub(), inner):
            found = _of_library(names, inner)
        case _:
            inner, found = node, _of_library(names, node)
    if found is None or callee.library or callee.depth >= 0:
        decline(node, "LW102", "only constants are covered as default arguments")
    return found if inner is node else unary(cx, "neg", found, node)


def _of_library(names: Mapping[str, Value], node: ast.expr) -> Number | None:
    """The number that a library has at `np.inf` and the like."""
    chain = chain_of(node)
    root = None if chain is None else names.get(chain.root)
    if chain is None or not isinstance(root, Library) or any(k != "attr" for k, _ in chain.steps):
        return None  # a variable may have been another number where the function was defined
    found = library(".".join((root.name, *(str(key) for _, key in chain.steps))))
    return found if isinstance(found, Number) else None
