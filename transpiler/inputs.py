"""What variants are timed on: realistic inputs from small to large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from loopwright.frontend.region import Lowered
from loopwright.ir.sizes import size_of
from loopwright.signatures import Signature
from loopwright.tune.measure import typical
from loopwright.tune.timings import MeasureJob
from loopwright.verify.representative import representative, usable_samples
from loopwright.workers import Workers


def inputs_for(
    lowered: Lowered, signature: Signature, job: MeasureJob, workers: Workers
) -> MeasureJob:
    """The job with about five inputs by parameter name, small to large.

    Calls of one size may differ in what they have to do, as those of a search that ends early: of the
    recorded ones the largest input is one on which the original takes as long as on average.
    """
    samples = usable_samples(lowered.domain, signature.samples)
    sizes = [size_of(lowered.domain, sample) for sample in samples]
    others: list[Mapping[str, object]] = []
    largest = [s for s, size in zip(samples, sizes, strict=True) if size == max(sizes)]
    if len(largest) > 1 and signature.seconds > 0.0:
        asked = replace(job, inputs=tuple(largest))
        chosen = typical(asked, signature.seconds, workers=workers)
        samples = [largest[chosen], *samples]
        others = [s for k, s in enumerate(largest) if k != chosen]
    inputs = representative(lowered.domain, samples, seed=0, program=lowered.program)
    return replace(
        job,
        inputs=tuple(inputs),
        made_up=not samples,
        recorded=frozenset(sizes),
        others=tuple(others),
    )
