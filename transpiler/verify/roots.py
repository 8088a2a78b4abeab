"""From leaf values to the objects at a call.

A domain's parameters are leaves (`X`, `self.w`, `self.p['W']`); a call needs the roots (`X`, `self`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Protocol

from loopwright.ir.domain import Domain, Step, packed, split_path


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


_NO_CLASSES: Mapping[str, type] = MappingProxyType({})


@dataclass
class Original:
    """The loaded reference: the function that CPython runs, and the classes of objects by their path."""

    entry: object
    classes: Mapping[str, type] = field(default_factory=dict)


def load_reference(reference: ReferenceText) -> Original:
    """Execute the reference's text in a fresh namespace. Runs code: only in a worker process."""
    namespace: dict[str, object] = {"__name__": "loopwright_reference"}
    exec(compile(reference.source, "<reference>", "exec"), namespace)
    classes = namespace.get("OBJECTS", {})
    assert isinstance(classes, dict)
    return Original(namespace[reference.entry], classes)


def build_roots(
    domain: Domain,
    roots: tuple[str, ...],
    leaves: Mapping[str, object],
    classes: Mapping[str, type] = _NO_CLASSES,
) -> tuple[object, ...]:
    """The arguments for `roots`, in order. `leaves` is keyed by parameter name and used as it is,
    `classes` by the paths of objects."""
    built: dict[str, object] = {}
    paths = {p.name: p.path for p in domain.params if not p.bounds}
    paths |= {g.name: g.path for g in domain.groups}
    known = {name: value for name, value in leaves.items() if name in paths}
    for name, value in packed(domain, known).items():
        root, steps = split_path(paths[name])
        if not steps:
            built[root] = value
            continue
        if root not in built:
            built[root] = {} if steps[0][0] == "item" else blank(classes.get(root, Bag))
        holder, path = built[root], root
        for (kind, key), (following, _) in pairwise(steps):
            path += f".{key}" if kind == "attr" else f"[{key!r}]"
            holder = _child(holder, kind, key, following, classes.get(path, Bag))
        _put(holder, steps[-1], value)
    for root in roots:
        built.setdefault(root, blank(classes.get(root, Bag)))
    for path in classes:
        root, steps = split_path(path)
        if root in roots:
            _complete(built[root], root, steps, classes)
    return tuple(built[root] for root in roots)


def _complete(
    holder: object, path: str, steps: tuple[Step, ...], classes: Mapping[str, type]
) -> None:
    """Make the objects on a path that hold no leaf: only methods of theirs are used."""
    for kind, key in steps:
        if kind != "attr" or not hasattr(holder, "__dict__"):
            return
        path += f".{key}"
        holder = _child(holder, kind, key, "attr", classes.get(path, Bag))


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


def _child(holder: object, kind: str, key: str | int, following: str, cls: type) -> object:
    store = vars(holder) if kind == "attr" else holder
    assert isinstance(store, dict)
    if key not in store:
        store[key] = {} if following == "item" else blank(cls)
    return store[key]


def _put(holder: object, step: tuple[str, str | int], value: object) -> None:
    kind, key = step
    if kind == "attr":
        setattr(holder, str(key), value)
    else:
        assert isinstance(holder, dict)
        holder[key] = value
