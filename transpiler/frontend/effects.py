"""What a call of a function of the same module reads and rebinds through its arguments and globals.

`self.step(x)` reads whatever attributes of `self` the method reads, and so on through the calls that it
makes itself; a recursive call adds nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache

from loopwright.frontend.callables import Callee, candidates, may_hold_function
from loopwright.frontend.called_objects import CALL, called_methods, taken_from
from loopwright.frontend.classes import class_at, constructor, find_method, is_dataclass
from loopwright.frontend.held_objects import ARRAY_ATTRIBUTES, Held, as_taken, held_objects
from loopwright.frontend.homes import home_of, is_foreign
from loopwright.frontend.names import (
    Chain,
    bound_names,
    chain_of,
    parameters,
    reads,
    scope_locals,
    walk_scope,
)
from loopwright.frontend.overrides import of_unknown_class, overrides_at
from loopwright.frontend.raising import left_out
from loopwright.frontend.region import Module
from loopwright.frontend.scopes import (
    LIBRARIES,
    Site,
    class_meant,
    is_class_method,
    kind_of_name,
    local_functions,
    module_names,
    receiver,
    site_of,
)
from loopwright.ir.domain import Step


@dataclass(frozen=True, slots=True)
class Access:
    """A chain that is read or rebound; without steps, the object itself is used.

    `hidden`: a called function means another variable of that name than the caller would. `called`: what
    is read there is a function that is called; `maybe`: only a function that it may be makes the access.
    """

    root: str
    steps: tuple[Step, ...]
    store: bool = False
    hidden: bool = False
    called: bool = False
    maybe: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a known function: `args` are the chains passed, by parameter name; `around` the functions
    that the callee is nested in, `seen_from` those that the caller sees its names through."""

    callee: Callee
    args: tuple[tuple[str, Chain | None], ...]
    around: tuple[ast.FunctionDef, ...]
    seen_from: tuple[ast.FunctionDef, ...]


def callee_of(module: Module, site: Site, chain: Chain) -> Callee | None:
    """The function of this module that `chain` names, seen from the function of `site`."""
    found = _callee(module, site, chain)
    return found[0] if found is not None else None


def _callee(
    module: Module, site: Site, chain: Chain
) -> tuple[Callee, tuple[ast.FunctionDef, ...]] | None:
    kind = kind_of_name(module, site, chain.root)
    known = module_names(home_of(module, site.node))
    if kind == "function" and not chain.steps:
        scopes = (*site.enclosing, site.node)
        for depth in range(len(scopes), 0, -1):
            if chain.root in local_functions(scopes[depth - 1]):
                return local_functions(scopes[depth - 1])[chain.root], scopes[:depth]
        function = known.functions.get(chain.root)
        return None if function is None else (function, ())
    if kind == "class" and not chain.steps and chain.call is not None:
        owner = known.classes.get(chain.root)
        made = constructor(module, owner) if owner is not None else None
        if made is None or owner is None or is_dataclass(owner):
            return None
        return made, site_of(module, made).enclosing
    if chain.steps and chain.steps[-1][0] == "attr":
        owner = class_meant(module, site, chain.root)
        if owner is None:
            if overrides_at(module, site, chain):
                return None
            owner = class_at(module, site, chain.root, chain.steps[:-1])
        elif len(chain.steps) > 1:
            return None
        method = find_method(module, owner, str(chain.steps[-1][1])) if owner is not None else None
        if method is not None and is_foreign(method[1]):
            return None  # a property, or a method with a decorator
        if method is not None:
            return method[1], site_of(module, method[1]).enclosing
    method = _called_object(module, site, chain)
    return None if method is None else (method[1], site_of(module, method[1]).enclosing)


def _called_object(
    module: Module, site: Site, chain: Chain
) -> tuple[ast.ClassDef, ast.FunctionDef] | None:
    """The `__call__` of the object at `chain`, if the object itself is called."""
    kinds = ("local", "closure", "global")
    if chain.call is None or kind_of_name(module, site, chain.root) not in kinds:
        return None
    owner = class_at(module, site, chain.root, chain.steps)
    return None if owner is None else find_method(module, owner, "__call__")


def base_of_call(module: Module, site: Site, chain: Chain) -> Chain | None:
    """The object that the method at `chain` is looked up on; None for functions and classes."""
    if _called_object(module, site, chain) is not None:
        return Chain(chain.root, chain.steps, chain.node)
    if not chain.steps or class_meant(module, site, chain.root) is not None:
        return None
    node = chain.node.value if isinstance(chain.node, ast.Attribute) else chain.node
    return Chain(chain.root, chain.steps[:-1], node)


def call_of(module: Module, site: Site, chain: Chain) -> Call | None:
    """The call (or the read of a property) at `chain`, if a function of this module runs there."""
    found = _callee(module, site, chain)
    if found is None:
        return None
    callee, around = found
    a = callee.args
    names = [p.arg for p in (*a.posonlyargs, *a.args)]
    args: list[tuple[str, Chain | None]] = []
    if isinstance(callee, ast.FunctionDef) and names:
        base = base_of_call(module, site, chain)
        made = not chain.steps and kind_of_name(module, site, chain.root) == "class"
        if is_class_method(callee):
            args.append((names.pop(0), None))
        elif made or (base is not None and receiver(site_of(module, callee)) is not None):
            args.append((names.pop(0), base))
    if chain.call is not None:
        args += [
            (n, _object(module, site, a)) for n, a in zip(names, chain.call.args, strict=False)
        ]
        keywords = [k for k in chain.call.keywords if k.arg is not None]
        args += [(str(k.arg), _object(module, site, k.value)) for k in keywords]
    return Call(callee, tuple(args), around, (*site.enclosing, site.node))


def _object(module: Module, site: Site, node: ast.expr) -> Chain | None:
    """The chain that an argument is; None for classes too, of which nothing is read as data."""
    chain = chain_of(node)
    if chain is None or class_meant(module, site, chain.root) is not None:
        return None
    return chain


def absorbed(module: Module, call: Call) -> list[Chain]:
    """Arguments that the callee uses only attribute by attribute: the object itself is not needed."""
    summary = accesses_of(module, call)
    found = []
    for name, chain in call.args:
        uses = [a for a in summary if a.root == name]
        if chain is not None and all(a.steps for a in uses) and (name, ()) in objects_of(uses):
            found.append(chain)
    return found


def expand(module: Module, call: Call) -> Iterator[Access]:
    """The accesses of a call in terms of the caller's names."""
    given = dict(call.args)
    own = parameters(call.callee)
    for access in accesses_of(module, call):
        if access.root not in own and is_foreign(call.callee):
            continue  # a name of another file
        if access.root not in own:
            there, here = _binder(call.around, access.root), _binder(call.seen_from, access.root)
            hidden = access.hidden or there is not here
            # what is perhaps not read at all is no obstacle
            if not (hidden and access.maybe):
                yield replace(access, hidden=hidden)
            continue
        chain = given.get(access.root)
        if chain is not None and (access.steps or access.called):
            yield replace(access, root=chain.root, steps=chain.steps + access.steps)


def _binder(scopes: tuple[ast.FunctionDef, ...], name: str) -> ast.FunctionDef | None:
    """The function whose local `name` is seen through `scopes` (innermost last); None for the module."""
    return next((f for f in reversed(scopes) if name in scope_locals(f)), None)


def objects_of(accesses: Iterable[Access]) -> frozenset[tuple[str, tuple[Step, ...]]]:
    """The paths from which some access goes on by a step that no array has."""
    return frozenset(
        (a.root, a.steps[:depth])
        for a in accesses
        for depth, (kind, key) in enumerate(a.steps)
        if kind == "item" or key not in ARRAY_ATTRIBUTES
    )


def accesses(module: Module, site: Site, nodes: Iterable[ast.AST]) -> list[Access]:
    """All accesses in `nodes`, those of the functions called included, in source order; without those of
    code that is left to the original."""
    return accesses_and_held(module, site, tuple(nodes))[0]


def accesses_and_held(
    module: Module, site: Site, nodes: Sequence[ast.AST]
) -> tuple[list[Access], Held]:
    """All accesses in `nodes`, and the names by which some of them were made."""
    found = _accesses(module, site, nodes, frozenset())
    held = held_objects(nodes, found)
    if not held:
        return found, held
    taken = frozenset(chain.node for chain in held.values())
    return [as_taken(a, held) for a in _accesses(module, site, nodes, taken)], held


def _accesses(
    module: Module, site: Site, nodes: Sequence[ast.AST], taken: frozenset[ast.AST]
) -> list[Access]:
    # within a call that is being looked at, one of the same function counts for nothing
    of_node = _accesses_in.__wrapped__ if _IN_PROGRESS else _accesses_in
    return [access for node in nodes for access in of_node(module, site, node, taken)]


@lru_cache(maxsize=16384)
def _accesses_in(
    module: Module, site: Site, node: ast.AST, taken: frozenset[ast.AST]
) -> tuple[Access, ...]:
    found: list[Access] = []
    aside = left_out(node) | taken
    chains = [c for c in reads(node) if c.node not in aside]
    skip = {
        passed.node
        for chain in chains
        if chain.call is not None and (call := call_of(module, site, chain)) is not None
        for passed in absorbed(module, call)
    }
    for chain in chains:
        if chain.node not in skip:
            found += chain_accesses(module, site, chain)
    stored = (c for c in stored_chains(node) if c.node not in aside)
    return (*found, *(Access(c.root, c.steps, True) for c in stored))


def chain_accesses(module: Module, site: Site, chain: Chain) -> Iterator[Access]:
    """What one occurrence of a chain reads, in terms of data (names of functions and libraries drop out)."""
    yield from _read_at(module, site, chain)
    if chain.call is not None and not chain.steps:
        taken = taken_from(site.node, chain.root)
        if taken is not None:
            yield from _read_at(module, site, replace(taken, node=chain.node, call=chain.call))


def _read_at(module: Module, site: Site, chain: Chain) -> Iterator[Access]:
    call = call_of(module, site, chain)
    if call is not None:
        yield from expand(module, call)
        return
    kind = kind_of_name(module, site, chain.root)
    if kind in ("function", "class", "builtin") or class_meant(module, site, chain.root):
        return
    steps = chain.steps
    holds = chain.call is not None and may_hold_function(module, site, chain)
    if holds or (chain.call is None and steps and candidates(module, site, chain)):
        yield Access(chain.root, steps, called=True)
        yield from _of_candidates(module, site, chain)
        yield from _of_object(module, site, chain) if holds else ()
        return
    if chain.call is not None:
        if not steps:
            if kind != "import":
                yield Access(chain.root, ())
            return
        steps = steps[:-1]
    if kind == "import" and (
        is_library(home_of(module, site.node), chain.root) or (chain.call is not None and not steps)
    ):
        return
    yield Access(chain.root, steps)


def _of_candidates(module: Module, site: Site, chain: Chain) -> Iterator[Access]:
    """What the functions that a chain may hold access.

    Where not even the class of the object is known whose method is called, the methods of that name must not
    call others in the same way, as with objects that are called.
    """
    guessed = () if chain.call is None else of_unknown_class(module, site, chain)
    if guessed and _ON_A_GUESS:
        return
    for each in candidates(module, site, chain):
        base = base_of_call(module, site, chain) or _own(site)
        names = parameters(each.callee)[:1] if each.method else ()
        call = Call(
            each.callee,
            tuple((name, base) for name in names),
            each.around,
            (*site.enclosing, site.node),
        )
        if each.callee not in guessed:
            yield from _perhaps(expand(module, call))
            continue
        with _guessing(each.callee):
            found = list(expand(module, call))
        yield from _perhaps(found)


def _of_object(module: Module, site: Site, chain: Chain) -> Iterator[Access]:
    """What is accessed if the chain holds no function but an object that is called.

    Which class it has a recording tells. Objects that such an object calls must be of known classes: classes
    that call each other's objects would lead to ever longer paths.
    """
    methods = () if _ON_A_GUESS else called_methods(module, site, chain)
    if not methods:
        return
    yield Access(chain.root, (*chain.steps, CALL), called=True, maybe=True)
    base = Chain(chain.root, chain.steps, chain.node)
    found: list[Access] = []
    for method in methods:
        args = tuple((name, base) for name in parameters(method)[:1])
        call = Call(method, args, (), (*site.enclosing, site.node))
        with _guessing(method):
            found += expand(module, call)
    yield from _perhaps(found)


def _perhaps(found: Iterable[Access]) -> Iterator[Access]:
    """What is accessed if it is that function which runs; a name that means something else here is then not
    known."""
    return (replace(access, maybe=True) for access in found if not access.hidden)


def _own(site: Site) -> Chain | None:
    """`self` in a method: what a method is bound to that a variable holds."""
    name = None if is_class_method(site.node) else receiver(site)
    return None if name is None else Chain(name, (), ast.Name(name, ast.Load()))


def is_library(module: Module, name: str) -> bool:
    """True if the imported `name` stands for NumPy, math or typing, or something of them."""
    origin = module_names(module).imports.get(name, "")
    return any(origin == lib or origin.startswith(lib + ".") for lib in LIBRARIES)


def stored_chains(node: ast.AST) -> Iterator[Chain]:
    """Attribute and text-key chains that `node` rebinds, in source order."""
    parts = [p for p in (node, *walk_scope(node)) if isinstance(p, ast.Attribute | ast.Subscript)]
    parts.sort(key=lambda p: (getattr(p, "lineno", 0), getattr(p, "col_offset", 0)))
    for part in parts:
        if isinstance(part.ctx, ast.Store):
            chain = chain_of(part)
            if chain is not None:
                yield chain


_IN_PROGRESS: set[Callee] = set()
_ON_A_GUESS: set[Callee] = set()
"""The method that is being looked at because some object of unknown class may have it."""


@contextmanager
def _guessing(method: Callee) -> Iterator[None]:
    _ON_A_GUESS.add(method)
    try:
        yield
    finally:
        _ON_A_GUESS.clear()


def accesses_of(module: Module, call: Call) -> tuple[Access, ...]:
    """The accesses of a callee, rooted at its parameters or at names of an outer scope."""
    if call.callee in _IN_PROGRESS:
        return ()
    return _accesses_of(module, call.callee, call.around, bool(_ON_A_GUESS))


@lru_cache(maxsize=4096)
def _accesses_of(
    module: Module, callee: Callee, around: tuple[ast.FunctionDef, ...], on_a_guess: bool
) -> tuple[Access, ...]:
    _IN_PROGRESS.add(callee)
    try:
        own = frozenset(parameters(callee))
        if isinstance(callee, ast.FunctionDef):
            local = frozenset(n for s in callee.body for n in bound_names(s)) - own
            every = accesses(module, site_of(module, callee), callee.body)
            return tuple(dict.fromkeys(a for a in every if a.hidden or a.root not in local))
        found: list[Access] = []
        for chain in reads(callee.body):
            if chain.root in own:
                found.append(Access(chain.root, chain.steps[:-1] if chain.call else chain.steps))
            else:
                found += chain_accesses(module, site_of(module, around[-1]), chain)
        return tuple(dict.fromkeys(found))
    finally:
        _IN_PROGRESS.discard(callee)
