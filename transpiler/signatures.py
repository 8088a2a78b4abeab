"""The types to compile a region for: from a recording or from annotations; and lowering with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TypeVar

from loopwright.analysis.effects import summarise
from loopwright.diagnostics import NOWHERE, Declined
from loopwright.frontend.annotations import signatures as annotated_types
from loopwright.frontend.function_ref import FunctionRef
from loopwright.frontend.lower import lower
from loopwright.frontend.lower_params import unknown_type
from loopwright.frontend.names import bound_names
from loopwright.frontend.region import Lowered, Region
from loopwright.ir.domain import INT_LIMIT, Only, split_path, unpacked
from loopwright.ir.types import BOOL, INT, STR, Array, ListOf, Ragged, Type
from loopwright.kernels_effects import effects_of
from loopwright.report.results import RegionResult
from loopwright.workload.store import RegionRecord

T = TypeVar("T")
MOST_WAYS = 3
"""Kernels of one region for different types, at most: each is built, measured and verified by itself."""
LEAST_CALLS = 0.05
"""The part of the recorded calls that a further kernel is for, at least."""
_ONE_TYPE = "make its numbers all floats, or all ints"
_NAMED = "write the class or dtype itself in its place"


@dataclass(frozen=True, slots=True)
class Signature:
    """Types of the live-ins by name, observed int ranges, recorded values to try first, which functions
    live-ins hold, which pairs of live-ins always shared memory, what those are that no kernel takes, how many
    calls had them, what a call of the region took on average (0 if that is not known), and the memory orders
    of arrays that were seen ("C", "F", "A")."""

    types: Mapping[str, Type]
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    samples: tuple[Mapping[str, object], ...] = ()
    functions: Mapping[str, FunctionRef] = field(default_factory=dict)
    shared: tuple[tuple[str, str], ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    calls: int = 0
    seconds: float = 0.0
    layouts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def annotated(region: Region) -> list[Signature] | Declined:
    """The signatures that annotations and defaults tell."""
    found = annotated_types(region)
    return found if isinstance(found, Declined) else [Signature(types) for types in found]


def recorded(seen: RegionRecord) -> list[Signature]:
    """The signatures of a recording, most frequent first."""
    mean = seen.seconds / max(seen.calls, 1)
    return [
        Signature(
            s.types, s.ranges, s.samples, s.functions, s.shared, s.unknown, s.calls, mean, s.layouts
        )
        for s in seen.signatures
    ]


def inherited(seen: RegionRecord, region: Region, part: Region) -> RegionRecord | None:
    """What a recording of `region` tells about `part`, some of its statements that were not recorded apart.

    None if `part` reads something that `region` computes before it.
    """
    first = part.span
    before = [s for s in region.statements if s.lineno < first.line]
    rebound = {name for stmt in before for name in bound_names(stmt)}
    names = {live.path: live.name for live in region.live_ins}
    for live in part.live_ins:
        changed = split_path(live.path)[0] in rebound or live.path in region.stores
        if live.path not in names or changed:
            return None
    pairs = [(live.name, names[live.path]) for live in part.live_ins]

    def kept(of_region: Mapping[str, T]) -> dict[str, T]:
        return {name: of_region[outer] for name, outer in pairs if outer in of_region}

    signatures = tuple(
        replace(
            one,
            types=kept(one.types),
            unknown=kept(one.unknown),
            functions=kept(one.functions),
            ranges=kept(one.ranges),
            shapes=kept(one.shapes),
            layouts=kept(one.layouts),
            samples=tuple(kept(sample) for sample in one.samples),
            shared=tuple(
                (a, b)
                for (a, x), (b, y) in combinations(pairs, 2)
                if (x, y) in one.shared or (y, x) in one.shared
            ),
        )
        for one in seen.signatures
    )
    return replace(seen, id=part.id, signatures=signatures)


def lower_region(
    region: Region, signatures: Sequence[Signature], most: int = 1
) -> list[tuple[Lowered, Signature]] | Declined:
    """Lower `region` for the first signature that works, and for up to `most` in all; else the first
    one's refusal.

    Any but the first have samples and a part of the calls that pays for a kernel, and take what none before
    them takes. The samples of the signatures that are returned are by name of the domain's parameters.
    """
    refused: Declined | None = None
    ways: dict[object, tuple[Lowered, Signature]] = {}
    least = LEAST_CALLS * sum(one.calls for one in signatures)
    for signature in signatures:
        if ways and (not signature.samples or signature.calls < least):
            continue
        if (ways or refused) and _converts_in_vain(signature, signatures):
            continue
        for lowered, one in _attempts(region, signature):
            if isinstance(lowered, Declined):
                refused = refused or lowered
            else:
                ways.setdefault(_taken_by(lowered), (lowered, one))
            if len(ways) == most:
                return list(ways.values())
    if ways:
        return list(ways.values())
    assert refused is not None
    return refused


def _attempts(
    region: Region, signature: Signature
) -> Iterator[tuple[Lowered | Declined, Signature]]:
    """What becomes of `region` with a signature; if nothing does, with what live-ins are in its samples."""
    for one, always in _constant(signature):
        lowered = _only_reading(
            lower(
                region,
                one.types,
                _guard_ranges(one.ranges),
                one.functions,
                {n: v for n, v in always.items() if isinstance(v, str)},
                {n: v for n, v in always.items() if isinstance(v, int)},
                leave=bool(one.samples),
            )
        )
        if isinstance(lowered, Lowered):
            lowered = _apart(lowered, region, one)
        if isinstance(lowered, Declined):
            yield _as_seen(lowered, region, one), one
            continue
        domain = lowered.domain
        yield lowered, replace(one, samples=tuple(unpacked(domain, s) for s in one.samples))
        if one is signature:
            return


def _taken_by(lowered: Lowered) -> object:
    """What tells the calls that a kernel takes from those of another kernel of the same region."""
    domain = lowered.domain
    params = tuple(
        replace(p, type=replace(p.type, layout="A")) if isinstance(p.type, Array) else p
        for p in domain.params
    )
    return params, domain.groups, lowered.callables, lowered.methods, lowered.classes


def _converts_in_vain(signature: Signature, signatures: Sequence[Signature]) -> bool:
    """Whether more calls hand over a list that no kernel takes where this signature has one: each of them
    would look at all elements before it turns the call away."""
    lists = {n for n, t in signature.types.items() if isinstance(t, ListOf | Ragged)}
    return signature.calls < sum(
        other.calls
        for other in signatures
        if any(other.unknown.get(name, "").startswith("list of") for name in lists)
    )


def _as_seen(declined: Declined, region: Region, signature: Signature) -> Declined:
    """A missing type by what was seen there."""
    for live in region.live_ins:
        seen = signature.unknown.get(live.name)
        if seen is not None and declined.why == unknown_type(live.path):
            why = f"`{live.path}` is of type {seen}, which kernels do not take"
            return replace(declined, code="LW305", why=why, unlocks=_unlocks(seen))
    return declined


def _unlocks(seen: str) -> str | None:
    """What to do about a value of that type, if it is more than the code says."""
    if seen.endswith("list of float or int"):
        return _ONE_TYPE
    return _NAMED if seen == "type" or seen.endswith("DType") else None


def _constant(signature: Signature) -> Iterator[tuple[Signature, Mapping[str, Only]]]:
    """The signature with what live-ins always are; then, if some are different strings or bools in the
    samples, for those of each sample, since they may choose what runs."""
    always = _always(signature)
    yield signature, always
    open_ = [n for n, t in signature.types.items() if t in (STR, BOOL) and n not in always]
    tried: list[dict[str, Only]] = []
    for sample in signature.samples:
        texts: dict[str, Only] = {
            name: text for name in open_ if isinstance(text := sample.get(name), str | bool)
        }
        if texts and texts not in tried:
            tried.append(texts)
            alike = tuple(s for s in signature.samples if texts.items() <= s.items())
            yield replace(signature, samples=alike), {**always, **texts}


def _always(signature: Signature) -> dict[str, Only]:
    """The strings, ints and bools that live-ins are in all samples, ints in the whole recording."""
    found: dict[str, Only] = {}
    for name, t in signature.types.items():
        seen = [sample[name] for sample in signature.samples if name in sample]
        low, high = signature.ranges.get(name, (0, 0))
        alike = t in (STR, INT, BOOL) and low == high and len(set(seen)) == 1
        if alike and isinstance(seen[0], str | int):
            found[name] = seen[0]
    return found


def _only_reading(lowered: Lowered | Declined) -> Lowered | Declined:
    """Declined if the code changes a row of a list of rows, of which kernels get copies."""
    if isinstance(lowered, Declined):
        return lowered
    main = lowered.program.main
    written = summarise(lowered.program)[main.name].writes
    for k, param in enumerate(lowered.domain.params):
        if isinstance(param.type, Ragged) and k in written:
            return Declined(main.span, "LW110", f"a row of `{param.path}` is changed")
    return lowered


def _apart(lowered: Lowered, region: Region, signature: Signature) -> Lowered | Declined:
    """Declined if the guard of a kernel would have turned away every call that was recorded."""
    main = lowered.program.main
    params = lowered.domain.params
    changed = summarise(lowered.program)[main.name].writes
    written = {param.path for k, param in enumerate(params) if k in changed}
    path = {live.name: live.path for live in region.live_ins}
    known = {param.path for param in params}
    for pair in signature.shared:
        one, two = sorted((path[name] for name in pair), key=lambda p: p not in written)
        if one in written and two in known:
            why = f"`{one}` is changed, and shares memory with `{two}` in the recorded run"
            return Declined(main.span, "LW311", why)
    effects = effects_of(lowered.program, lowered.program)
    seen = {path[name]: set(layouts) for name, layouts in signature.layouts.items()}
    for k, param in enumerate(params):
        layouts = seen.get(param.path, set())
        never = "C" not in layouts if k in effects.ordered else layouts == {"F"}
        if layouts and never and k in effects.ordered | effects.likened:
            why = f"`{param.path}` is summed, and was never C-contiguous in the recorded run"
            return Declined(main.span, "LW312", why)
    return lowered


def _guard_ranges(seen: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Ints are guarded to the usual range, or to 64 bits where larger ones were seen."""
    large = 2**63 - 1
    return {
        name: (-large, large)
        for name, (low, high) in seen.items()
        if low < -INT_LIMIT or high > INT_LIMIT
    }


def as_declined(blank: RegionResult, why: Declined) -> RegionResult:
    """The result for a refusal, at its own place if it has one."""
    at = blank.span if why.at == NOWHERE else why.at
    return replace(
        blank,
        status="declined",
        span=at,
        code=why.code,
        reason=why.why,
        unlocks=why.unlocks,
        call=why.call,
    )
