"""Backends: from IR to the source text of kernels."""

from __future__ import annotations

from importlib.metadata import entry_points

from loopwright.emit.base import Backend, KernelSource
from loopwright.emit.cython import Cython
from loopwright.emit.numba import Numba
from loopwright.emit.numpy import Numpy

BACKENDS: tuple[Backend, ...] = (Numba(), Cython(), Numpy())
"""The built-in backends, in the order of preference where nothing was measured."""


def backends() -> tuple[Backend, ...]:
    """The built-in backends and those of other packages (entry points `loopwright.backends`, each a
    Backend class). A failed import stops the run."""
    loaded = (point.load()() for point in entry_points(group="loopwright.backends"))
    return (*BACKENDS, *loaded)


def by_name(name: str) -> Backend:
    """The backend called `name`; KeyError, which lists those there are, if there is none."""
    known = {backend.name: backend for backend in backends()}
    if name not in known:
        raise KeyError(f"no backend `{name}`; there are {', '.join(known)}")
    return known[name]


__all__ = ["BACKENDS", "Backend", "KernelSource", "backends", "by_name"]
