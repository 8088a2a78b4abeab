"""From leaf values to the objects at a call.

A domain's parameters are leaves (`X`, `self.w`, `self.p['W']`); a call needs the roots (`X`, `self`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

from loopwright.ir.domain import Domain, packed, split_path


class ReferenceText(Protocol):
    """The region as a stand-alone function (`frontend.region.Reference` is one)."""

    @property
    def source(self) -> str: ...
    @property
    def entry(self) -> str: ...
    @property
    def roots(self) -> tuple[str, ...]: ...


class Bag:
    """A plain object to hang attributes on, where the region's class is not known."""


@dataclass
class Original:
    """The loaded reference: the function that CPython runs, and the class of its `self` if any."""

    entry: object
    owner: type = field(default=Bag)


def load_reference(reference: ReferenceText) -> Original:
    """Execute the reference's text in a fresh namespace. Runs code: only in a worker process."""
    namespace: dict[str, object] = {"__name__": "loopwright_reference"}
    exec(compile(reference.source, "<reference>", "exec"), namespace)
    owner = namespace.get("Owner", Bag)
    assert isinstance(owner, type)
    return Original(namespace[reference.entry], owner)


def build_roots(
    domain: Domain, roots: tuple[str, ...], leaves: Mapping[str, object], owner: type = Bag
) -> tuple[object, ...]:
    """The arguments for `roots`, in order. `leaves` is keyed by parameter name and used as it is."""
    built: dict[str, object] = {}
    paths = {p.name: p.path for p in domain.params if not p.bounds}
    paths |= {g.name: g.path for g in domain.groups}
    known = {name: value for name, value in leaves.items() if name in paths}
    for name, value in packed(domain, known).items():
        root, steps = split_path(paths[name])
        if not steps:
            built[root] = value
            continue
        holder = built.setdefault(root, _holder(root, steps[0][0], owner))
        for (kind, key), (following, _) in pairwise(steps):
            holder = _child(holder, kind, key, following)
        _put(holder, steps[-1], value)
    for root in roots:
        built.setdefault(root, blank(owner))
    return tuple(built[root] for root in roots)


def read_leaf(path: str, roots: Mapping[str, object]) -> object:
    """The value at `path`, after a call for instance."""
    root, steps = split_path(path)
    value = roots[root]
    for kind, key in steps:
        value = getattr(value, str(key)) if kind == "attr" else value[key]  # type: ignore[index]
    return value


def write_leaf(path: str, roots: Mapping[str, object], value: object) -> None:
    """Set the attribute or item at `path`, as the assignment `path = value` does."""
    root, steps = split_path(path)
    holder = roots[root]
    for kind, key in steps[:-1]:
        holder = getattr(holder, str(key)) if kind == "attr" else holder[key]  # type: ignore[index]
    kind, key = steps[-1]
    if kind == "attr":
        setattr(holder, str(key), value)
    else:
        holder[key] = value  # type: ignore[index]


def blank(cls: type) -> object:
    """An instance of `cls` whose `__init__` has not run."""
    make: Any = cls.__new__
    made: object = make(cls)
    return made


def _holder(root: str, first: str, owner: type) -> object:
    if first == "item":
        return {}
    return blank(owner) if root == "self" else Bag()


def _child(holder: object, kind: str, key: str | int, following: str) -> object:
    store = vars(holder) if kind == "attr" else holder
    assert isinstance(store, dict)
    if key not in store:
        store[key] = {} if following == "item" else Bag()
    return store[key]


def _put(holder: object, step: tuple[str, str | int], value: object) -> None:
    kind, key = step
    if kind == "attr":
        setattr(holder, str(key), value)
    else:
        assert isinstance(holder, dict)
        holder[key] = value
