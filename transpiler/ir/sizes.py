"""How large an input is, as the guard of a kernel measures it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loopwright.ir.domain import Domain
from loopwright.ir.types import INT, Rng


def size_of(domain: Domain, leaves: Mapping[str, object]) -> int:
    """The size of an input by parameter name: elements of all arrays, lists and strings, 1 for each number.

    Where a stream is lent (`lends`), an int counts as its value if that is positive.
    """
    plain = sum(_elements(value) for value in leaves.values())
    if not lends(domain):
        return plain
    given = [leaves.get(name) for name in counted(domain)]
    return plain + sum(max(n, 1) - 1 for n in given if isinstance(n, int))


def lends(domain: Domain) -> bool:
    """Whether kernels must be lent a stream of random numbers. That takes as long as drawing a hundred of
    them, and how many a call draws is often told by an int alone."""
    return bool(domain.hidden) or any(
        isinstance(p.type, Rng) and p.type != Rng() for p in domain.params
    )


def counted(domain: Domain) -> tuple[str, ...]:
    """The names of the ints whose values count."""
    return tuple(p.name for p in domain.params if p.type == INT) if lends(domain) else ()


def _elements(value: object) -> int:
    size = getattr(value, "size", None)
    if isinstance(size, int):
        return size
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Sequence):
        return sum(_elements(item) for item in value) if value else 0
    return 1
