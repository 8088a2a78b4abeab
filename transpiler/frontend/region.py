"""The data of the frontend: source modules, regions, and what lowering makes of them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from loopwright.diagnostics import Declined, Span
from loopwright.frontend.function_ref import FunctionRef
from loopwright.ir.domain import Domain
from loopwright.ir.nodes import Nothing, Program
from loopwright.ir.results import Delivery, may_be_none


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """One parsed file. `name` is its dotted import name below the tree's root."""

    path: Path
    name: str
    text: str
    tree: ast.Module


@dataclass(frozen=True, slots=True)
class LiveIn:
    """A value that the region reads from outside: `path` as in `ir.domain`, `name` an identifier.

    `called`: a function is expected there. `sure` is False where only a function reads it that such a path
    may hold: if it holds another one, the type is not needed.
    """

    name: str
    path: str
    kind: Literal["local", "attribute", "global", "closure"]
    called: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Reference:
    """The region as a stand-alone function, run by CPython: the meaning that a kernel must keep.

    `source` defines `entry(*roots)` (and what it calls) and needs only NumPy and the standard library;
    the user's module is not imported. It returns what the dispatch function returns on success.
    """

    source: str
    entry: str
    roots: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A unit that may be compiled.

    `form` is `body` (all statements of a function after its docstring, or its end from one of them on;
    results are returned) or `block` (some neighbouring statements; results are assigned to `live_outs`).
    `stores` are attribute paths that the region rebinds (`self.w = ...`), in order of first store; they
    follow the live-outs / precede the returned value among the results.
    `perhaps` are those of them that only a function rebinds which a variable or attribute may hold.
    `inner` are smaller regions to try if this one is declined.
    """

    id: str
    module: Module
    qualname: str
    form: Literal["body", "block"]
    function: ast.FunctionDef
    owner: ast.ClassDef | None
    statements: tuple[ast.stmt, ...]
    live_ins: tuple[LiveIn, ...]
    live_outs: tuple[str, ...]
    stores: tuple[str, ...]
    inner: tuple[Region, ...]
    span: Span
    perhaps: tuple[str, ...] = ()

    @property
    def returns(self) -> bool:
        """Whether a value to be returned is among the results; without one that of a body is None."""
        if self.form == "block" or not self.stores:
            return self.form == "body"
        nodes = (node for stmt in self.statements for node in ast.walk(stmt))
        return any(isinstance(node, ast.Return) and node.value is not None for node in nodes)


Binding: TypeAlias = Literal["method", "staticmethod", "classmethod", "property"]
"""What a function in the body of a class becomes: by its decorator, or a plain method."""


@dataclass(frozen=True, slots=True, order=True)
class MethodUse:
    """A method that was compiled along: `name` of the object at `path` must be `qualname` of the module,
    bound in that way."""

    path: str
    name: str
    qualname: str
    binding: Binding = "method"


@dataclass(frozen=True, slots=True, order=True)
class ClassUse:
    """A class that the region calls, or reads something of: the one of the global `name` of the module, or
    the one at `path`, or (`of_object`) that of the object there.

    `init` is the qualified name of the `__init__` that a call runs (None: the class is not called; "":
    it has none; `dataclass`: the one of that decorator). `methods` are triples of name, qualified name and
    binding, `constants` pairs of name and literal, `stored` the attributes that are set on its objects.
    """

    name: str
    path: str = ""
    of_object: bool = False
    init: str | None = None
    methods: tuple[tuple[str, str, Binding], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    stored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class CallableUse:
    """A variable or attribute whose value was compiled along: it must be `function`.

    `looked_up`: a method that is called there, which the class of the object must have.
    """

    path: str
    function: FunctionRef
    looked_up: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Lowered:
    """A region in IR for one signature. `helpers` are the qualified names of functions compiled along,
    `methods`, `classes` and `callables` what of the objects and classes in use must be as it was compiled,
    `left` is why branches could not be lowered, where the kernel gives up for this reason,
    `assumed` are global names and what they must stand for, where an `import *` may have bound them anew.
    `exact_lists`: the code asks for the class of a list, so that no subclass will do."""

    region: Region
    program: Program
    domain: Domain
    reference: Reference
    helpers: tuple[str, ...]
    methods: tuple[MethodUse, ...] = ()
    classes: tuple[ClassUse, ...] = ()
    assumed: tuple[tuple[str, str], ...] = ()
    callables: tuple[CallableUse, ...] = ()
    exact_lists: bool = False
    left: tuple[Declined, ...] = ()

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The paths of objects and classes whose methods and constants must be as they were compiled."""
        given = [use.path for use in self.methods] + [use.path for use in self.classes if use.path]
        return tuple(dict.fromkeys(given))

    @property
    def delivery(self) -> Delivery:
        """What is done with the result of the dispatch function."""
        region, rebuild = self.region, self.program.rebuild
        nothing = isinstance(rebuild, Nothing) and not (region.live_outs or region.stores)
        boxed = not nothing and may_be_none(rebuild, self.domain)
        return Delivery(region.live_outs, region.stores, region.returns, nothing, boxed)
