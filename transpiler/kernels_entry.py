"""A chosen kernel, and the call that leads to it."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass

from loopwright.emit import backends
from loopwright.emit.base import KernelSource
from loopwright.frontend.region import Lowered
from loopwright.ir.domain import split_path
from loopwright.ir.nodes import Program, Root
from loopwright.ir.results import parts_of

_WORD = re.compile(r"\w+")
_TAKEN = frozenset(dir(builtins)) | {"guard", "none", "lists", "streams", "math", "numba", "numpy"}
"""Names that mean something in the files of dispatch functions and kernels, besides those of the backends."""


@dataclass(frozen=True, slots=True)
class KernelEntry:
    """`name` is the dispatch function; `program` what `source` was emitted from.

    Inputs whose size (`ir.sizes.size_of`) is less than `min_work` are left to the original. `comment`
    tells backend, evidence and speed-up in a few words. `prelude` is the import block of the backend's
    file; None takes it from the backend of that name. Several entries of one name are tried in order; they
    may be for different types of the same region.
    """

    lowered: Lowered
    name: str
    backend: str
    program: Program
    source: KernelSource
    min_work: int = 0
    comment: str = ""
    prelude: str | None = None


@dataclass(frozen=True, slots=True)
class CallRoots:
    """The arguments of a dispatch function, in order.

    `optional` ones come last and may be left out; they are not needed by the kernel but for tests on
    the objects that hold its attributes and methods.
    """

    all: tuple[str, ...]
    optional: tuple[str, ...]


def call_roots(lowered: Lowered) -> CallRoots:
    """The names to pass at the call in place of `lowered.region`."""
    returned = (r.name for r in parts_of(lowered.program.rebuild) if isinstance(r, Root))
    needed = tuple(dict.fromkeys((*lowered.domain.roots, *returned)))
    given = lowered.reference.roots
    order = list(given if set(given) >= set(needed) else needed)
    extra = [split_path(path)[0] for path in lowered.region.stores]
    extra += [split_path(path)[0] for path in lowered.looked_at]
    for use in lowered.callables:
        paths = (use.path, use.function.bound)
        extra += [split_path(path)[0] for path in paths if path]
    order += [root for root in dict.fromkeys(extra) if root not in order]
    optional: list[str] = []
    for root in reversed(order):
        if root in needed:
            break
        optional.insert(0, root)
    return CallRoots(tuple(order), tuple(optional))


def shared_roots(ways: Sequence[Lowered]) -> CallRoots:
    """The arguments of a dispatch function that tries kernels of several lowerings of one region."""
    each = [call_roots(way) for way in ways]
    found = tuple(dict.fromkeys(root for roots in each for root in roots.all))
    needed = {root for roots in each for root in roots.all if root not in roots.optional}
    optional = tuple(root for root in found if root not in needed)
    ordered = (*(root for root in found if root in needed), *optional)
    return CallRoots(ordered, optional)


def kernel_name(qualname: str, taken: set[str]) -> str:
    """An identifier for the dispatch function of a region in `qualname`, unique in its module; added to
    `taken`.

    It has no two underscores in a row: those set apart what else is called by it.
    """
    words = qualname.replace(".<locals>", "").split(".")
    base = re.sub(r"[\W_]+", "_", "_".join(words)).strip("_").lower() or "kernel"
    meant = _TAKEN.union(*(_WORD.findall(backend.prelude) for backend in backends()))
    name, number = base, 1
    while name in taken or name in meant or keyword.iskeyword(name):
        number += 1
        name = f"{base}_{number}"
    taken.add(name)
    return name
