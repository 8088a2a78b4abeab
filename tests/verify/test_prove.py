"""The prover: right rewrites are proved for all sizes, wrong ones never."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loopwright.frontend.region import Lowered
from loopwright.ir.nodes import Program, Sym
from loopwright.passes.parallel import Parallel
from loopwright.pipeline import Passes, array_passes, compiled_passes
from loopwright.verify.prove import Proof, explain
from loopwright.verify.prove.prover import DEFECT

from .ir_pairs import disagreement, lowered
from .rewrites import blocks

BLOCKS = {name: (original, right, wrong) for name, original, right, wrong in blocks()}
RIGHT = {f"{n}: {what}": (o, t) for n, (o, right, _) in BLOCKS.items() for what, t in right}
WRONG = {f"{n}: {what}": (o, t) for n, (o, _, wrong) in BLOCKS.items() for what, t in wrong}


def variants(found: Lowered) -> dict[str, Program]:
    """What the default pass lists make of a program."""
    ints = tuple((p.name, *p.ints) for p in found.domain.params)
    passes = Passes(found.program)
    made = {
        "compiled": passes.run(compiled_passes(ints)).program,
        "parallel": passes.run((*compiled_passes(ints), Parallel(min_work=0))).program,
        "array": passes.run(array_passes()).program,
    }
    return {k: p for k, p in made.items() if k == "array" or p.main.level == "low"}


def answer(original: Lowered, candidate: Program) -> Proof | str:
    return explain(original.program, candidate, original.domain, seconds=20.0)


def aligned(candidate: Lowered, original: Lowered) -> Lowered:
    """The candidate with the parameters of the original, in its order, also those that it does not use."""
    main = candidate.program.main
    own = dict(zip((p.name for p in candidate.domain.params), main.params, strict=True))
    theirs = zip(original.domain.params, original.program.main.params, strict=True)
    params = tuple(own.get(p.name) or Sym(sym.name, sym.type) for p, sym in theirs)
    assert {p.name for p in params} >= set(own)
    program = replace(candidate.program, main=replace(main, params=params))
    return replace(candidate, program=program, domain=original.domain)


def pair(texts: tuple[str, str]) -> tuple[Lowered, Lowered]:
    original, candidate = (lowered(text) for text in texts)
    return original, aligned(candidate, original)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_rewrite_is_proved(name: str) -> None:
    original, candidate = pair(RIGHT[name])
    program = variants(candidate)["compiled"]
    found = answer(original, program)
    assert isinstance(found, Proof), found
    assert disagreement(original.program, program, 40, 0) is None


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rewrite_is_not_proved(name: str) -> None:
    original, candidate = pair(WRONG[name])
    for kind, program in variants(candidate).items():
        found = answer(original, program)
        assert isinstance(found, str), (kind, found)
        assert not found.startswith(DEFECT)
    assert disagreement(original.program, candidate.program, 500, 1) is not None


@pytest.mark.parametrize("name", BLOCKS)
def test_what_the_passes_make_of_an_original_is_proved(name: str) -> None:
    original = lowered(BLOCKS[name][0])
    for kind in ("compiled", "parallel"):
        found = answer(original, variants(original)[kind])
        assert isinstance(found, Proof), (kind, found)


@pytest.mark.parametrize("extreme", ["maximum", "minimum"])
def test_the_greater_of_unsigned_numbers_is_not_that_of_signed_ones(extreme: str) -> None:
    text = """
def f(u: Annotated[NDArray[np.uint64], "n"], out: Annotated[NDArray[np.int64], "m"]):
    for i in range(min(len(u), len(out))):
        out[i] = {}
"""
    original = lowered(text.format(f"np.int64(np.{extreme}(u[i], np.uint64(5)))"))
    candidate = lowered(text.format(f"np.{extreme}(np.int64(u[i]), np.int64(5))"))
    assert isinstance(answer(original, original.program), Proof)
    assert isinstance(answer(original, aligned(candidate, original).program), str)


def test_a_variable_that_only_one_branch_sets_keeps_its_value_in_the_other() -> None:
    text = """
def f(a: F1):
    k = 3
    t = 1.0
    for i in range(len(a)):
        if a[i] > 0.5:
            t = a[i] * 2.0
            k = 5
        else:
            t = t + a[i]
        a[i] = t
    return t
"""
    original = lowered(text)
    for kind in ("compiled", "parallel"):
        assert isinstance(answer(original, variants(original)[kind]), Proof)
