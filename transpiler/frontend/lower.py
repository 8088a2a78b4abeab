"""The door of lowering: a region and the types of its live-ins become a program in high IR."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.function_ref import FunctionRef
from loopwright.frontend.lower_program import Along, lower_region
from loopwright.frontend.reference import reference
from loopwright.frontend.region import (
    Lowered,
    Region,
)
from loopwright.ir.domain import Domain, Only, Param
from loopwright.ir.nodes import Program, Sym
from loopwright.ir.types import INT, Type

_BY_PATH = ("LW107", "LW110", "LW302")
"""Refusals of what is of one kind on one path and of another on another, or shares memory on one."""
_MOST_LEFT = 4


def lower(
    region: Region,
    types: Mapping[str, Type],
    int_ranges: Mapping[str, tuple[int, int]] | None = None,
    functions: Mapping[str, FunctionRef] | None = None,
    texts: Mapping[str, str] | None = None,
    numbers: Mapping[str, bool | int] | None = None,
    *,
    leave: bool = False,
) -> Lowered | Declined:
    """The region for one signature. `types`, `int_ranges`, `functions` (what live-ins are functions, and
    which), `texts` and `numbers` (the strings, ints and bools that live-ins always are) are keyed by
    `LiveIn.name`. Where the strings as constants are not enough, they may be any. The numbers may be any,
    unless a function of NumPy has to know one before it runs. With `leave`, branches that cannot be lowered
    are left to the original, which starts anew where one of them is taken.

    Declined tells the first construct that has no translation, or the live-in whose type is missing; for the
    constants, with which lowering comes further.
    """
    if region.perhaps:
        less = _without(region, region.perhaps)
        lowered = lower(less, types, int_ranges, functions, texts, numbers, leave=leave)
        if isinstance(lowered, Lowered):
            return lowered
    try:
        (program, domain, along), left = _with_branches_left(
            region, types, functions, dict(texts or {}), numbers or {}, leave
        )
    except CannotLower as error:
        if error.needs in region.perhaps:  # the functions that are held do not set it
            less = _without(region, (str(error.needs),))
            return lower(less, types, int_ranges, functions, texts, numbers, leave=leave)
        if not texts:
            return error.declined
        lowered = lower(region, types, int_ranges, functions, numbers=numbers, leave=leave)
        if isinstance(lowered, Lowered):
            return lowered
        return max((error.declined, lowered), key=_progress)
    domain = replace(domain, params=tuple(_guarded(p, int_ranges or {}) for p in domain.params))
    read = {path for _, path in domain.paths}
    needless = frozenset(v.path for v in region.live_ins if not v.sure and v.path not in read)
    objects = tuple(dict.fromkeys(use.path for use in along.methods))
    text = reference(region, along.helpers, along.callables, needless, objects)
    lowered = Lowered(
        region,
        program,
        domain,
        text,
        along.helpers,
        along.methods,
        along.classes,
        along.assumed,
        along.callables,
        along.exact_lists,
        left,
    )
    for path in region.perhaps:  # what is not set here is not handed back as if it were
        less = replace(_without(lowered.region, (path,)), perhaps=())
        found = lower(less, types, int_ranges, functions, texts, numbers, leave=leave)
        lowered = found if isinstance(found, Lowered) else lowered
    return lowered


def _without(region: Region, paths: Collection[str]) -> Region:
    """The region if nothing in it rebinds these attributes."""
    return replace(
        region,
        stores=tuple(path for path in region.stores if path not in paths),
        perhaps=tuple(path for path in region.perhaps if path not in paths),
    )


def _progress(declined: Declined) -> tuple[int, int]:
    """Where in the region lowering stopped."""
    at = declined.call or declined.at
    return at.line, at.col


def _guarded(param: Param, ranges: Mapping[str, tuple[int, int]]) -> Param:
    if isinstance(param.only, int) and param.type == INT:
        return replace(param, ints=(param.only, param.only))
    return replace(param, ints=ranges[param.name]) if param.name in ranges else param


def _with_branches_left(
    region: Region,
    types: Mapping[str, Type],
    functions: Mapping[str, FunctionRef] | None,
    known: Mapping[str, Only],
    numbers: Mapping[str, bool | int],
    leave: bool,
) -> tuple[tuple[Program, Domain, Along], tuple[Declined, ...]]:
    """The region without the branches that cannot be lowered, if `leave` allows it and they are few; and why
    they cannot. Raises the first refusal."""
    left: dict[object, Declined] = {}
    first: CannotLower | None = None
    while True:
        try:
            found = _with_constants(region, types, functions, dict(known), numbers, frozenset(left))
            return found, tuple(left.values())
        except CannotLower as error:
            first = first or error
            told = error.branch is not None and error.branch not in left
            if not leave or not told or len(left) == _MOST_LEFT or error.needs in region.perhaps:
                raise first from None
            left[error.branch] = error.declined


def _with_constants(
    region: Region,
    types: Mapping[str, Type],
    functions: Mapping[str, FunctionRef] | None,
    known: dict[str, Only],
    numbers: Mapping[str, bool | int],
    leaves: frozenset[object],
) -> tuple[Program, Domain, Along]:
    """The region with the constants `known`, and those of `numbers` without which it cannot be lowered."""
    while True:
        try:
            return lower_region(region, types, functions, known, leaves)
        except CannotLower as error:
            needed = error.needs.name if isinstance(error.needs, Sym) else ""
            if needed in known or needed not in numbers:
                found = _with_flags(region, types, functions, known, numbers, leaves, error)
                if found is None:
                    raise
                return found
            known[needed] = numbers[needed]


def _with_flags(
    region: Region,
    types: Mapping[str, Type],
    functions: Mapping[str, FunctionRef] | None,
    known: Mapping[str, Only],
    numbers: Mapping[str, bool | int],
    leaves: frozenset[object],
    error: CannotLower,
) -> tuple[Program, Domain, Along] | None:
    """The region for fixed values of its flags, where a type depends on the path that they choose; of no
    more flags than it takes."""
    flags = {n: v for n, v in numbers.items() if isinstance(v, bool) and n not in known}
    if error.declined.code not in _BY_PATH or not flags:
        return None
    found = _tried(region, types, functions, {**known, **flags}, leaves)
    for name in tuple(flags) if found is not None and len(flags) > 1 else ():
        fewer = {n: v for n, v in flags.items() if n != name}
        without = _tried(region, types, functions, {**known, **fewer}, leaves)
        if without is not None:
            found, flags = without, fewer
    return found


def _tried(
    region: Region,
    types: Mapping[str, Type],
    functions: Mapping[str, FunctionRef] | None,
    known: Mapping[str, Only],
    leaves: frozenset[object],
) -> tuple[Program, Domain, Along] | None:
    try:
        return lower_region(region, types, functions, known, leaves)
    except CannotLower:
        return None
