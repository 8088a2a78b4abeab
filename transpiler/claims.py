"""Two functions of the user as programs over one domain, for `verify` to prove that they do the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from loopwright.diagnostics import Declined
from loopwright.frontend.lower import lower
from loopwright.frontend.names import parameters
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.parse import parse_module
from loopwright.frontend.region import Lowered, Region
from loopwright.ir.nodes import Program, Sym
from loopwright.signatures import annotated
from loopwright.verify.claim import Claim


def claim_of(f_path: Path, f_name: str, g_path: Path, g_name: str) -> Claim | None:
    """The functions for the types that the original's annotations tell; None where these leave a choice,
    where a function reads anything but its arguments, or where it has no translation."""
    try:
        return _claim(f_path, f_name, g_path, g_name)
    except Exception:  # a defect here must not cost the comparison on inputs
        return None


def _claim(f_path: Path, f_name: str, g_path: Path, g_name: str) -> Claim | None:
    f, g = _region(f_path, f_name), _region(g_path, g_name)
    if f is None or g is None:
        return None
    ours, theirs = parameters(f.function), parameters(g.function)
    signatures = annotated(f)
    if isinstance(signatures, Declined) or len(signatures) != 1 or len(ours) != len(theirs):
        return None
    types = signatures[0].types
    by_position = {theirs[ours.index(name)]: t for name, t in types.items()}
    left, right = lower(f, types), lower(g, by_position)
    if not (is_plain(left) and is_plain(right)):
        return None
    assert isinstance(left, Lowered) and isinstance(right, Lowered)
    positions = tuple(ours.index(p.path) for p in left.domain.params)
    if not {theirs.index(p.path) for p in right.domain.params} <= set(positions):
        return None
    names = [theirs[at] for at in positions]
    candidate = _aligned(right, names, left.program)
    lines = f.function.lineno, g.function.lineno
    return Claim(left.program, candidate, left.domain, positions, len(ours), lines)


def _region(path: Path, name: str) -> Region | None:
    """The body of a plain function whose live-ins are its parameters, each of which must be given."""
    module = parse_module(path, path.parent)
    if isinstance(module, Declined) or "." in name:
        return None
    try:
        region = region_of_function(module, name)
    except KeyError:
        return None
    if isinstance(region, Declined):
        return None
    a = region.function.args
    if region.function.decorator_list or a.vararg or a.kwarg or a.kwonlyargs or a.defaults:
        return None
    known = parameters(region.function)
    if any(live.path not in known or live.called for live in region.live_ins):
        return None
    return region


def is_plain(found: Lowered | Declined) -> bool:
    """Nothing but the arguments decides what the program does."""
    return isinstance(found, Lowered) and not (
        found.helpers
        or found.methods
        or found.classes
        or found.assumed
        or found.callables
        or found.domain.groups
        or found.domain.hidden
        or found.region.stores
        or any(p.bounds for p in found.domain.params)
    )


def _aligned(found: Lowered, names: list[str], other: Program) -> Program:
    """The program with parameters for `names`, of the types of the other program's where it has none."""
    main = found.program.main
    own = {p.path: sym for p, sym in zip(found.domain.params, main.params, strict=True)}
    params = tuple(
        own.get(name) or Sym(sym.name, sym.type)
        for name, sym in zip(names, other.main.params, strict=True)
    )
    return replace(found.program, main=replace(main, params=params))
