"""Names in expressions and targets: what is read, what is bound, by Python's scoping rules.

The unit is the *chain*: a name followed by attribute and constant-text-key steps, as long as the source
goes on that way (`self.w`, `net['w1']`). Comprehensions, lambdas and nested functions are scopes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from loopwright.ir.domain import Step

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Scope = FunctionNode | ast.Lambda | ast.ClassDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """One occurrence of a chain. `call` is set where the chain is what is called."""

    root: str
    steps: tuple[Step, ...]
    node: ast.expr
    call: ast.Call | None = None


def chain_of(node: ast.expr) -> Chain | None:
    """The chain that `node` as a whole is, or None."""
    steps: list[Step] = []
    at = node
    while True:
        match at:
            case ast.Name(root):
                return Chain(root, tuple(reversed(steps)), node)
            case ast.Attribute(value, attr):
                steps.append(("attr", attr))
                at = value
            case ast.Subscript(value, ast.Constant(value=str() as key)):
                steps.append(("item", key))
                at = value
            case _:
                return None


PLACE = "_place"
"""The attribute of nodes of other files that tells where they stand there."""


def place_text(node: ast.expr | ast.stmt) -> str:
    """What tells a node from others in names that stand for parts of it."""
    place = getattr(node, PLACE, None)
    if place is None and not hasattr(node, "lineno"):
        return f"made {id(node)}"
    return f"{node.lineno} {node.col_offset}" if place is None else str(place)


def is_private(name: str) -> bool:
    """Whether the name (`__w`) means another one in each class."""
    return name.startswith("__") and not name.endswith("__")


def mangled(name: str, owner: ast.ClassDef | None) -> str:
    """The name that a private name (`__w`) of a class stands for; other names as they are."""
    if owner is None or not is_private(name):
        return name
    stem = owner.name.lstrip("_")
    return f"_{stem}{name}" if stem else name


@lru_cache(maxsize=16384)
def reads(node: ast.AST) -> tuple[Chain, ...]:
    """Chains that are read in `node`, in source order, unless their root is bound by an inner scope.

    Names that are only stored or deleted are left out; the base of a stored element (`x[i] = v`) is read.
    """
    return tuple(_reads(node, frozenset()))


def _reads(node: ast.AST, bound: frozenset[str]) -> Iterator[Chain]:
    match node:
        case ast.Name(root, ctx):
            if root not in bound and isinstance(ctx, ast.Load):
                yield Chain(root, (), node)
        case ast.Call(func, args, keywords):
            chain = chain_of(func)
            if chain is None:
                yield from _reads(func, bound)
            elif chain.root not in bound:
                yield Chain(chain.root, chain.steps, func, node)
            for part in (*args, *(k.value for k in keywords)):
                yield from _reads(part, bound)
        case ast.Attribute() | ast.Subscript():
            chain = chain_of(node)
            if chain is None:
                yield from _children(node, bound)
            elif chain.root not in bound and isinstance(node.ctx, ast.Load):
                yield chain
            elif chain.root not in bound:
                yield from _reads(node.value, bound)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() | ast.ClassDef():
            yield from _scope_reads(node, bound)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _comprehension_reads(node, bound)
        case _:
            yield from _children(node, bound)


def _children(node: ast.AST, bound: frozenset[str]) -> Iterator[Chain]:
    for child in children(node):
        yield from _reads(child, bound)


def _scope_reads(node: Scope, bound: frozenset[str]) -> Iterator[Chain]:
    outside: list[ast.AST] = []
    if isinstance(node, ast.ClassDef):
        outside = [*node.decorator_list, *node.bases, *node.keywords]
        inside: list[ast.AST] = list(node.body)
    else:
        outside = [d for d in (*node.args.defaults, *node.args.kw_defaults) if d is not None]
        if isinstance(node, ast.Lambda):
            inside = [node.body]
        else:
            outside += node.decorator_list
            inside = list(node.body)
    for part in outside:
        yield from _reads(part, bound)
    # methods do not see the names of their class body, so those hide nothing
    inner = bound if isinstance(node, ast.ClassDef) else bound | scope_locals(node)
    for part in inside:
        yield from _reads(part, inner)


def _comprehension_reads(node: Comprehension, bound: frozenset[str]) -> Iterator[Chain]:
    inner = bound
    for at, generator in enumerate(node.generators):
        yield from _reads(generator.iter, bound if at == 0 else inner)
        inner = inner | frozenset(bound_names(generator.target))
        for test in generator.ifs:
            yield from _reads(test, inner)
    parts = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
    for part in parts:
        yield from _reads(part, inner)


@lru_cache(maxsize=16384)
def bound_names(node: ast.AST) -> tuple[str, ...]:
    """Names that `node` binds in the scope that it stands in, nested statements included."""
    return tuple(_bound(node))


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(name, ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
            yield from _walrus_names(node.decorator_list)
        case ast.Lambda():
            yield from _walrus_names(
                [d for d in (*node.args.defaults, *node.args.kw_defaults) if d]
            )
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _walrus_names([node])
        case ast.Import(aliases):
            for alias in aliases:
                yield alias.asname or alias.name.split(".")[0]
        case ast.ImportFrom(_, aliases):
            for alias in aliases:
                yield alias.asname or alias.name
        case _:
            if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
                yield node.name
            if isinstance(node, ast.MatchMapping) and node.rest:
                yield node.rest
            for child in children(node):
                # statements are asked for at every level around them, expressions are not
                yield from bound_names(child) if isinstance(child, ast.stmt) else _bound(child)


def _walrus_names(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.NamedExpr) and isinstance(part.target, ast.Name):
                yield part.target.id


def assigned_pairs(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets and values of an assignment; those of `a, b = x, y` one by one."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        match target, node.value:
            case ((ast.Tuple(targets) | ast.List(targets)), (ast.Tuple(values) | ast.List(values))):
                starred = any(isinstance(part, ast.Starred) for part in (*targets, *values))
                if not starred and len(targets) == len(values):
                    yield from zip(targets, values, strict=True)
            case _:
                yield target, node.value


def parameters(node: FunctionNode | ast.Lambda) -> tuple[str, ...]:
    """Parameter names in order of declaration."""
    a = node.args
    every = [*a.posonlyargs, *a.args, a.vararg, *a.kwonlyargs, a.kwarg]
    return tuple(arg.arg for arg in every if arg is not None)


def declared_elsewhere(node: ast.AST) -> frozenset[str]:
    """Names that the scope of `node` declares `global` or `nonlocal`."""
    return frozenset(
        name
        for part in walk_scope(node)
        if isinstance(part, ast.Global | ast.Nonlocal)
        for name in part.names
    )


def walk_scope(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of one scope: bodies of nested functions and classes are not entered."""
    return iter(_nodes_of_scope(node) if isinstance(node, _SCOPES) else _walk_scope(node))


@lru_cache(maxsize=2048)
def _nodes_of_scope(node: ast.AST) -> tuple[ast.AST, ...]:
    # a function is walked for many questions, and a method for every attribute that is asked for
    return tuple(_walk_scope(node))


def _walk_scope(node: ast.AST) -> Iterator[ast.AST]:
    todo = children(node)
    while todo:
        part = todo.pop()
        yield part
        if not isinstance(part, _SCOPES):
            todo += children(part)


def children(node: ast.AST) -> list[ast.AST]:
    """What `ast.iter_child_nodes` yields but for `ctx`, in half the time."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
            found.append(value)
    return found


@lru_cache(maxsize=4096)
def scope_locals(node: Scope) -> frozenset[str]:
    """The local names of a function, lambda or class body, parameters included."""
    if isinstance(node, ast.Lambda):
        return frozenset(parameters(node)) | frozenset(_walrus_names([node.body]))
    names = {name for stmt in node.body for name in bound_names(stmt)}
    if not isinstance(node, ast.ClassDef):
        names |= set(parameters(node))
    return frozenset(names) - declared_elsewhere(node)


def free_names(node: ast.AST) -> frozenset[str]:
    """Roots of all chains that `node` reads."""
    return frozenset(chain.root for chain in reads(node))


def yields(function: ast.FunctionDef | ast.Lambda) -> bool:
    """Whether a function is a generator function."""
    return any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in walk_scope(function))


def calls_itself(function: ast.FunctionDef | ast.Lambda) -> bool:
    """Whether the text of a function calls one of its name."""
    return isinstance(function, ast.FunctionDef) and calls(function, function.name)


def calls(node: ast.AST, name: str | None) -> bool:
    """Whether `node` holds a call of a function of that name."""
    return any(isinstance(n, ast.Call) and _called(n.func) == name for n in ast.walk(node))


def _called(func: ast.expr) -> str:
    match func:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
        case _:
            return ""
