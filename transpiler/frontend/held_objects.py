"""Names that hold an object for short: after `P = self.parameters` the entry `P["A"]` is one of that dict.

A name counts if it is bound once, by a statement of the list itself and before all that reads it, if it is
only used attribute by attribute (or key by key), and if nothing rebinds what it was taken from.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from loopwright.frontend.names import Chain, bound_names, chain_of, reads

if TYPE_CHECKING:
    from loopwright.frontend.effects import Access

ARRAY_ATTRIBUTES = frozenset(
    (
        "T",
        "base",
        "data",
        "dtype",
        "flags",
        "flat",
        "imag",
        "itemsize",
        "mT",
        "nbytes",
        "ndim",
        "real",
    )
) | {"shape", "size", "strides"}

Held = Mapping[str, Chain]


def held_objects(nodes: Sequence[ast.AST], found: Iterable[Access]) -> Held:
    """The names of `nodes` that hold an object, and where it was taken from; `found` are the accesses."""
    given = {
        name: chain
        for node in nodes
        if (pair := _taken(node)) is not None
        for name, chain in [pair]
    }
    if not given:
        return {}
    bound = [name for node in nodes for name in _bound(node)]
    found = list(found)
    return {
        name: chain
        for name, chain in given.items()
        if bound.count(name) == 1
        and chain.root not in bound
        and _read_behind(nodes, name, chain)
        and not any(a.store and _touches(a, chain) for a in found)
    }


def as_taken(access: Access, held: Held) -> Access:
    """An access by the name in terms of what the object was taken from."""
    chain = held.get(access.root)
    if chain is None:
        return access
    return replace(access, root=chain.root, steps=chain.steps + access.steps)


def _taken(node: ast.AST) -> tuple[str, Chain] | None:
    match node:
        case ast.Assign([ast.Name(name)], ast.Attribute() | ast.Subscript() as value):
            chain = chain_of(value)
            return None if chain is None else (name, chain)
        case _:
            return None


def _bound(node: ast.AST) -> list[str]:
    stored = [
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
    ]
    return [*stored, *(name for name in bound_names(node) if name not in stored)]


def _read_behind(nodes: Sequence[ast.AST], name: str, chain: Chain) -> bool:
    """Whether all that reads the name comes later, and goes on from it by a step that no array has."""
    ready = False
    for node in nodes:
        bases = {
            id(n.value)
            for n in ast.walk(node)
            if isinstance(n, ast.Attribute | ast.Subscript) and not isinstance(n.ctx, ast.Load)
            if chain_of(n) is not None
        }
        for each in reads(node):
            on = id(each.node) in bases or _goes_on(each)
            if each.root == name and not (ready and on):
                return False
        ready = ready or (isinstance(node, ast.Assign) and node.value is chain.node)
    return True


def _goes_on(chain: Chain) -> bool:
    steps = chain.steps[:-1] if chain.call is not None else chain.steps
    return bool(steps) and (steps[0][0] == "item" or steps[0][1] not in ARRAY_ATTRIBUTES)


def _touches(access: Access, chain: Chain) -> bool:
    """Whether the store rebinds the object, or what it is a part of."""
    return access.root == chain.root and access.steps == chain.steps[: len(access.steps)]
