"""What the trees that tell how results become Python objects are made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from loopwright.ir.domain import Domain
from loopwright.ir.nodes import (
    Either,
    Entries,
    Listed,
    Mapping,
    Nothing,
    OneOf,
    Pack,
    Parts,
    Perhaps,
    Picks,
    Rebuild,
    Rows,
    Same,
    Value,
)
from loopwright.ir.types import NONE


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the code around a region does with what the dispatch function gives.

    It assigns to `live_outs`, then to the attributes `stores`; `returns` tells that it returns one more
    value. With `nothing` to hand over True is given. `boxed`: it comes in a tuple of one, as it may be None,
    which by itself says that the original is to run.
    """

    live_outs: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    returns: bool = True
    nothing: bool = False
    boxed: bool = False

    @property
    def targets(self) -> tuple[str, ...]:
        return *self.live_outs, *self.stores

    @property
    def packed(self) -> bool:
        """Whether it is a tuple with a value for each."""
        return len(self.targets) + self.returns > 1

    def parts(self, given: Any) -> tuple[Any, ...]:
        """The values in what the dispatch function gave: for the targets, then the one to be returned."""
        if self.nothing:
            return (None,)
        (value,) = given if self.boxed else (given,)
        return tuple(value) if self.packed else (value,)


RETURNED = Delivery()
"""Of a body that sets no attributes and gives one value."""


def mapping(form: str, items: list[Any]) -> Any:
    """The dict or set of `Mapping`."""
    match form:
        case "dict":
            return dict(items)
        case "set":
            return set(items)
        case "Counter":
            return Counter(dict(items))
        case _:
            return defaultdict({"int": int, "float": float}[form], items)


def cut(whole: Any, ends: Any, array: bool) -> list[Any]:
    """The list of `Parts`; `whole` is a list or an array, `array` tells that the parts are arrays."""
    bounds = [int(end) for end in ends]
    pairs = zip(bounds[::2], bounds[1::2], strict=True)
    if array:
        return [np.array(whole[low:high], np.asarray(whole).dtype) for low, high in pairs]
    return [whole[low:high] for low, high in pairs]


def parts_of(rebuild: Rebuild) -> Iterator[Rebuild]:
    """A rebuild tree and all that it holds."""
    yield rebuild
    match rebuild:
        case Pack(items) | Listed(items) | Entries(_, items):
            for item in items:
                yield from parts_of(item)
        case Perhaps(_, item) | Rows(item, _):
            yield from parts_of(item)
        case Mapping(items, _):
            yield from parts_of(items)
        case _:
            pass


def may_be_none(rebuild: Rebuild, domain: Domain) -> bool:
    """Whether the object may be None."""
    match rebuild:
        case Value(_, t):
            return t == NONE
        case OneOf(_, _, types):
            return NONE in types
        case Same(param):
            return domain.params[param].type == NONE
        case Perhaps() | Nothing():
            return True
        case _:
            return False


def numbers_of(rebuild: Rebuild) -> tuple[int, ...]:
    """The numbers of the results that a rebuild tree names, in order, each once."""
    found: list[int] = []
    for part in parts_of(rebuild):
        match part:
            case Value(at, _) | Either(at, _, _) | Perhaps(at, _) | Picks(_, at):
                found.append(at)
            case OneOf(at, tag, _) | Parts(at, tag, _):
                found += [at, tag]
            case _:
                pass
    return tuple(dict.fromkeys(found))
