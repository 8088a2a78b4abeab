"""The prover against the interpreter: of random programs and of mutants only what holds is proved."""

from __future__ import annotations

import random

import pytest
from arguments import HEADER
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import programs

from loopwright.diagnostics import CannotLower
from loopwright.frontend.region import Lowered
from loopwright.ir.nodes import Program
from loopwright.verify.prove import Proof, explain
from loopwright.verify.prove.prover import DEFECT

from .ir_pairs import disagreement, lowered, lowered_text, mutants
from .rewrites import blocks
from .test_prove import variants

ORIGINALS = {name: original for name, original, _, _ in blocks()}


def holds(found: Lowered, candidate: Program, tries: int, seed: int) -> bool:
    """Whether the candidate is proved; AssertionError if that is wrong."""
    said = explain(found.program, candidate, found.domain, seconds=2.0)
    if not isinstance(said, Proof):
        assert not said.startswith(DEFECT), said
        return False
    assert disagreement(found.program, candidate, tries, seed) is None
    return True


@settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(programs(), st.integers(0, 2**32))
def test_what_is_proved_of_a_drawn_program_holds(source: str, seed: int) -> None:
    try:
        found = lowered_text(HEADER + source)
    except CannotLower:
        return
    rng = random.Random(seed)
    for program in variants(found).values():
        if holds(found, program, 20, seed):
            for mutant in mutants(program, rng, 2):
                holds(found, mutant, 40, seed)


@pytest.mark.parametrize("name", ORIGINALS)
def test_a_mutant_is_proved_only_if_it_does_the_same(name: str) -> None:
    found = lowered(ORIGINALS[name])
    rng = random.Random(name)
    proved = tried = 0
    for program in variants(found).values():
        for mutant in mutants(program, rng, 4):
            tried += 1
            proved += holds(found, mutant, 40, tried)
    assert proved < tried
