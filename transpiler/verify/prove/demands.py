"""Whatever the original may raise for, the candidate has tested.

For each `Demand` of the original a test of the candidate is looked for that has the same value, instance by
instance. Which instances belong together is learnt from the claims that are proved already: those of a
statement in the same loops.
"""

from __future__ import annotations

from collections.abc import Iterator

import islpy as isl

from loopwright.verify.prove.match import Matcher
from loopwright.verify.prove.presburger import over
from loopwright.verify.prove.terms import Demand, Model, NotProved, Position


def discharge(matcher: Matcher, a: Model, b: Model) -> int:
    """The number of demands; NotProved if one is not covered."""
    for need in a.demands:
        needed = over(need.domain.intersect(matcher.assume), need.name, need.space)
        if needed.is_empty():
            continue
        if not any(_covers(matcher, need, test, needed) for test in b.demands):
            raise NotProved(need.why)
    return len(a.demands)


def _covers(matcher: Matcher, need: Demand, test: Demand, needed: isl.Set) -> bool:
    tested = over(test.domain.intersect(matcher.assume), test.name, test.space)
    for pairs in _partners(matcher, need, test):
        both = pairs.intersect_domain(needed).intersect_range(tested)
        if not needed.is_subset(both.domain()):
            continue
        try:
            _prove(matcher, need, test, both)
        except NotProved:
            continue
        return True
    return False


def _prove(matcher: Matcher, need: Demand, test: Demand, pairs: isl.Map) -> None:
    left = Position(need.name, need.space, need.domain, need.truth)
    right = Position(test.name, test.space, test.domain, test.truth)
    matcher.prove(left, right, pairs)
    if not test.guards:
        return
    if len(test.guards) > len(need.guards):
        raise NotProved("a test in a branch")
    for mine, its in zip(need.guards, test.guards, strict=False):
        matcher.prove(left.at(mine), right.at(its), pairs)


def _partners(matcher: Matcher, need: Demand, test: Demand) -> Iterator[isl.Map]:
    """Relations between the instances of both that are worth a try."""
    if not need.space and not test.space:
        yield isl.Map.read_from_str(matcher.ctx, f"{{ {need.name}[] -> {test.name}[] }}")
        return
    seen: list[isl.Map] = []
    for claim in list(matcher.claims.values()):
        a, b = claim.a, claim.b
        if a.space[: len(need.space)] != need.space or b.space[: len(test.space)] != test.space:
            continue
        pairs = _shortened(claim.pairs, isl.dim_type.in_, len(need.space), need.name)
        pairs = _shortened(pairs, isl.dim_type.out, len(test.space), test.name)
        if not any(pairs.is_equal(other) for other in seen):
            seen.append(pairs)
            yield pairs


def _shortened(pairs: isl.Map, kind: isl.dim_type, keep: int, name: str) -> isl.Map:
    extra = pairs.dim(kind) - keep
    return pairs.project_out(kind, keep, extra).set_tuple_name(kind, name)
