"""What a guarded piece of code means, as a hash that layout and comments do not change.

A fingerprint covers the guarded statements with their call, and what their free names are bound to, where
that is not an argument of the call: imports, the functions that they call (with what those refer to in
turn), methods of the same class, other assignments. So a kernel goes stale if a called function is edited,
or if `from math import sqrt` becomes `from cmath import sqrt`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.util import source_hash

from .guarded import Guarded, guarded_calls

_MAKING = {"__init__", "__new__", "__setattr__", "__getattribute__", "__post_init__"}
_SKIPPED = frozenset({"ctx", "type_comment", "kind", "type_ignores"})


def fingerprints(text: bytes, along: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """Kernel name to the fingerprints of its calls (one, unless the user copied code).

    `along` are qualified names of functions and methods that a kernel stands for although its code does
    not name them, for variables hold them. Raises SyntaxError for text that is not Python.
    """
    tree = ast.parse(text)
    found: dict[str, set[str]] = {}
    for guarded in guarded_calls(tree):
        more = [node for name in along.get(guarded.kernel, ()) for node in _defined(tree, name)]
        found.setdefault(guarded.kernel, set()).add(_fingerprint(tree, guarded, more))
    return found


def _defined(tree: ast.Module, qualname: str) -> list[ast.AST]:
    """The functions of that qualified name, at module level or in a class."""
    nodes: list[ast.AST] = [tree]
    for part in qualname.split("."):
        inside = (n for node in nodes for n in _scope(getattr(node, "body", [])))
        nodes = [n for n in inside if getattr(n, "name", None) == part]
    return nodes


def shape(node: object) -> str:
    """A text for a syntax tree, the same on every Python version, without positions."""
    if isinstance(node, ast.AST):
        fields = (
            f"{name}={shape(value)}"
            for name, value in ast.iter_fields(node)
            if name not in _SKIPPED and value is not None and value != []
        )
        # a constant None has a value that is None: the kind of node tells it
        return f"{type(node).__name__}({','.join(fields)})"
    if isinstance(node, list):
        return f"[{','.join(map(shape, node))}]"
    return f"{type(node).__name__}:{node!r}"


def _fingerprint(tree: ast.Module, guarded: Guarded, more: Sequence[ast.AST]) -> str:
    passed = {arg.id for arg in guarded.call.args if isinstance(arg, ast.Name)}
    local = {name for function in guarded.functions for name in _local_names(function)}
    stmts: list[ast.stmt] = [guarded.test, *(() if guarded.inside else guarded.original)]
    parts = [shape(node) for node in (*stmts, *more)]
    done: set[int] = set(map(id, (*stmts, *more, *guarded.functions)))
    reached: list[ast.AST] = list(stmts)
    for function in reversed(guarded.functions):
        nodes = list(_scope(function.body))
        parts += [shape(node) for node in nodes if isinstance(node, (ast.Global, ast.Nonlocal))]
        # what is reached inside of the function refers to the module in turn
        reached += _resolved(reached, _bindings(nodes, _bound_to_code), passed, None, done, parts)
    module = list(_scope(tree.body))
    parts += [shape(n) for n in module if isinstance(n, ast.ImportFrom) and n.names[0].name == "*"]
    names = _bindings(module, _bound)
    _resolved(reached, names, passed, guarded.owner, done, parts, local)
    _resolved(more, names, set(), guarded.owner, done, parts)
    return source_hash("\n".join(parts).encode("utf-8", "surrogatepass")).hex()


def _bindings(
    scope: Iterable[ast.AST], bound: Callable[[ast.AST], Iterable[str]]
) -> dict[str, list[ast.AST]]:
    found: dict[str, list[ast.AST]] = {}
    for node in scope:
        for name in bound(node):
            found.setdefault(name, []).append(node)
    return found


def _resolved(
    start: Iterable[ast.AST],
    bindings: dict[str, list[ast.AST]],
    passed: set[str],
    owner: ast.ClassDef | None,
    done: set[int],
    parts: list[str],
    hidden: Iterable[str] = (),
) -> list[ast.AST]:
    """Add the texts of what the names in `start` are bound to, followed through functions, to `parts`.

    `hidden` names are local to `start`; what is in `done` is not visited, and added to. Returns the nodes
    that were visited.
    """
    visited: list[ast.AST] = []
    named_classes: set[tuple[str, int]] = set()
    todo = list(start)
    skipped = passed | set(hidden)
    while todo:
        names = {n for node in todo for n in _names(node)} - skipped
        # what a default was is compiled along, whatever the call hands over
        names |= {n for node in todo for n in _defaults(node)}
        attributes = {n for node in todo for n in _attributes(node)}
        reached = [node for name in sorted(names) for node in bindings.get(name, ())]
        classes = [n for n in reached if isinstance(n, ast.ClassDef)]
        # an object's class need not be named where its methods are called
        known = (n for nodes in bindings.values() for n in nodes if isinstance(n, ast.ClassDef))
        for holder in dict.fromkeys((owner, *classes, *known)):
            reached += _methods(holder, attributes)
        for named in classes:
            reached += _methods(named, _MAKING)
        todo, skipped = [], passed
        for node in reached:
            if id(node) in done:
                continue
            if isinstance(node, ast.ClassDef):
                # not done: another of its methods may be reached later
                if (node.name, id(node)) not in named_classes:
                    named_classes.add((node.name, id(node)))
                    parts.append(f"class {node.name}")
                    own = [*node.bases, *node.decorator_list, *map(_value, node.body)]
                    parts += [shape(part) for part in own if part is not None]
                continue
            done.add(id(node))
            parts.append(shape(node))
            todo.append(node)
            visited.append(node)
    return visited


def _methods(owner: ast.ClassDef | None, names: set[str]) -> list[ast.AST]:
    if owner is None:
        return []
    return [n for n in owner.body if isinstance(n, ast.FunctionDef) and n.name in names]


def _value(stmt: ast.stmt) -> ast.stmt | None:
    """A statement of a class body that gives an attribute or a field."""
    return stmt if isinstance(stmt, (ast.Assign, ast.AnnAssign)) else None


def _scope(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of one scope; functions and classes are given but not entered."""
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop(0)
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            todo.extend(ast.iter_child_nodes(node))


def _bound(node: ast.AST) -> list[str]:
    """The names that a statement binds itself."""
    match node:
        case ast.Import(names):
            return [alias.asname or alias.name.partition(".")[0] for alias in names]
        case ast.ImportFrom(_, names):
            return [alias.asname or alias.name for alias in names]
        case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
            return [name]
        case ast.Assign(targets):
            return [name for target in targets for name in _names(target)]
        case (
            ast.AnnAssign(target) | ast.AugAssign(target) | ast.NamedExpr(target) | ast.For(target)
        ):
            return list(_names(target))
        case ast.withitem(_, ast.expr() as target):
            return list(_names(target))
        case _:
            return []


def _bound_to_code(node: ast.AST) -> list[str]:
    """The names that a statement of a function binds to something that may be called."""
    match node:
        case ast.Assign(_, ast.Lambda() | ast.Name() | ast.Attribute()):
            return _bound(node)
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.ClassDef():
            return _bound(node)
        case _:
            return []


def _local_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    a = function.args
    every = (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg)
    names = {arg.arg for arg in every if arg is not None}
    for node in _scope(function.body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        else:
            names.update(_bound(node))
    for node in _scope(function.body):
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            names.difference_update(node.names)
    return names


def _names(node: ast.AST) -> Iterator[str]:
    return (n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def _defaults(node: ast.AST) -> Iterator[str]:
    """The names in defaults of the functions in `node`."""
    for part in ast.walk(node):
        if isinstance(part, ast.arguments):
            for default in (*part.defaults, *part.kw_defaults):
                yield from () if default is None else _names(default)


def _attributes(node: ast.AST) -> Iterator[str]:
    return (n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute))
