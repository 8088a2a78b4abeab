"""What variants are timed on: realistic inputs from small to large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from loopwright.frontend.region import Lowered
from loopwright.ir.sizes import size_of
from loopwright.signatures import Signature
from loopwright.tune.measure import typical
from loopwright.tune.timings import MeasureJob
from loopwright.verify.representative import representative
from loopwright.workers import Workers

Leaves = Mapping[str, object]


def inputs_for(
    lowered: Lowered, signature: Signature, job: MeasureJob, workers: Workers
) -> tuple[Leaves, ...]:
    """About five inputs by parameter name, small to large; `job` is what they are for.

    Calls of one size may differ in what they have to do, as those of a search that ends early: of the
    recorded ones the largest input is one on which the original takes as long as on average.
    """
    samples = signature.samples
    names = {p.name for p in lowered.domain.params if not p.bounds}
    whole = [{n: s[n] for n in names} for s in samples if names <= s.keys()]
    sizes = [size_of(lowered.domain, sample) for sample in whole]
    largest = [s for s, size in zip(whole, sizes, strict=True) if size == max(sizes)]
    if len(largest) > 1 and signature.seconds > 0.0:
        asked = replace(job, inputs=tuple(largest))
        first = largest[typical(asked, signature.seconds, workers=workers)]
        samples = (first, *samples)
    return tuple(representative(lowered.domain, samples, seed=0, program=lowered.program))
