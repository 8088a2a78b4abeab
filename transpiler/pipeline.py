"""From a lowered region to candidate kernels: the pass lists, run one after the other, checked between.

A `Plan` gives the search space: each `Recipe` is one list of passes and one backend. What a recipe makes
of a program is a `Candidate`; a recipe that does not apply leaves a `Declined`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from loopwright.diagnostics import NOWHERE, Declined
from loopwright.emit import by_name as backend_named
from loopwright.emit.base import KernelSource
from loopwright.ir.check import check
from loopwright.ir.nodes import Program
from loopwright.passes.base import Applied, Pass
from loopwright.passes.batch import Batch
from loopwright.passes.chunks import Chunks
from loopwright.passes.fuse import Fuse
from loopwright.passes.grow import Grow
from loopwright.passes.hoist import Hoist
from loopwright.passes.induction import Induction
from loopwright.passes.inline import Inline
from loopwright.passes.interchange import Interchange
from loopwright.passes.legalise import Legalise
from loopwright.passes.normalise import Normalise
from loopwright.passes.parallel import Parallel
from loopwright.passes.powers import Powers
from loopwright.passes.preallocate import Preallocate
from loopwright.passes.precheck import Precheck
from loopwright.passes.reassociate import Reassociate
from loopwright.passes.scalarise import Scalarise
from loopwright.passes.skim import Skim
from loopwright.passes.vectorise import Vectorise

IntRanges = tuple[tuple[str, int, int], ...]
Observer = Callable[[Pass, Program], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """`bitwise` recipes keep every bit; the others need accuracy `faithful` or weaker. Without the passes
    `needs` it would be the same as another recipe. Where it makes a variant, that of `instead_of` is
    not built."""

    name: str
    backend: str
    passes: tuple[Pass, ...]
    threaded: bool = False
    needs: tuple[str, ...] = ()
    instead_of: str = ""

    @property
    def bitwise(self) -> bool:
        return all(p.bitwise for p in self.passes)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A variant as text. `program` is what was emitted; `applied` the passes that changed something."""

    recipe: Recipe
    program: Program
    source: KernelSource
    applied: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which variants compete. `extra` are passes of the caller's: one that is in a default list takes
    the place of the default there, any other runs just before `legalise`. `stretch`: axes may have length 1
    at run time where broadcasting stretches them, which takes variants that are slower elsewhere."""

    extra: tuple[Pass, ...] = ()
    stretch: bool = False

    def recipes(self, ints: IntRanges, *, exact: bool) -> tuple[Recipe, ...]:
        """The variants, cheapest to build first; `exact`: those that every region has keep every bit."""
        compiled = self._with_extra(compiled_passes(ints))
        if any(isinstance(p, Parallel) for p in self.extra):
            return (
                Recipe("numba", "numba", (*compiled, Parallel())),
                Recipe("cython", "cython", (*compiled, Parallel())),
            )
        powers = () if exact else (Powers(),)
        alone = (*compiled, *powers)
        # threads share the outer loop, which had better have independent iterations then
        shared = (*(p for p in compiled if not isinstance(p, Interchange)), Parallel())
        if self.stretch:
            wide = tuple(replace(p, stretch=True) if isinstance(p, Scalarise) else p for p in alone)
            return (
                Recipe("numba-stretched", "numba", wide),
                Recipe("cython-stretched", "cython", wide),
            )
        sums, vectors = Reassociate(), Batch()
        return (
            Recipe("numpy", "numpy", array_passes()),
            Recipe("numba", "numba", alone),
            Recipe("cython", "cython", alone),
            Recipe(
                "cython-vectors", "cython", (*alone, vectors), needs=(vectors.name,),
                instead_of="cython",
            ),
            Recipe("numba-sums", "numba", (*compiled, sums, *powers), needs=(sums.name,)),
            Recipe("numba-parallel", "numba", (*shared, *powers), threaded=True, needs=(Parallel.name,)),
            Recipe(
                "numba-parallel-sums", "numba", (*shared, sums, *powers), threaded=True,
                needs=(Parallel.name, sums.name), instead_of="numba-parallel",
            ),
            Recipe(
                "cython-parallel-vectors", "cython", (*alone, Chunks(), vectors), threaded=True,
                needs=(Chunks.name, vectors.name),
            ),
        )  # fmt: skip

    def _with_extra(self, passes: tuple[Pass, ...]) -> tuple[Pass, ...]:
        given = {p.name: p for p in self.extra}
        own = tuple(given.get(p.name, p) for p in passes)
        known = {p.name for p in passes} | {Parallel.name}
        more = tuple(p for p in self.extra if p.name not in known)
        low = next((k for k, p in enumerate(own) if isinstance(p, Legalise)), len(own) - 1)
        return (*own[:low], *more, *own[low:])


def compiled_passes(ints: IntRanges) -> tuple[Pass, ...]:
    """High IR to low IR, the order that compiled backends share."""
    return (
        Normalise(),
        Inline(),
        Grow(),
        Hoist(),
        Preallocate(),
        Induction(),
        Scalarise(),
        Normalise(),
        Fuse(),
        Legalise(int_ranges=ints),
        Precheck(),
        Interchange(),
        Skim(),
    )


def array_passes() -> tuple[Pass, ...]:
    """High IR to array code for NumPy."""
    return (Normalise(), Inline(), Hoist(), Induction(), Vectorise())


@dataclass(frozen=True, slots=True)
class Ran:
    """A program after some passes: the names of those that changed it, their notes, and the refusals."""

    program: Program
    applied: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refused: tuple[Declined, ...] = ()

    def then(self, each: Pass) -> Ran:
        """Run one more pass and check the IR.

        Raises IllegalIR with the pass's name if the pass leaves illegal IR: a defect of the pass.
        """
        outcome = each.run(self.program)
        if not isinstance(outcome, Applied):
            return replace(self, refused=(*self.refused, *outcome.declined))
        try:
            check(outcome.program)
        except Exception as error:
            error.add_note(f"after pass {each.name}")
            raise
        applied, notes = (*self.applied, each.name), (*self.notes, *outcome.notes)
        return Ran(outcome.program, applied, notes, self.refused)


class Passes:
    """Runs lists of passes on one program; lists that begin alike share the beginning."""

    def __init__(self, program: Program, observe: Observer | None = None) -> None:
        self._known: dict[tuple[Pass, ...], Ran] = {(): Ran(program)}
        self._observe = observe

    def run(self, passes: Sequence[Pass]) -> Ran:
        """The program after `passes`, in order, checked after each."""
        done = tuple(passes)
        while done not in self._known:
            done = done[:-1]
        ran = self._known[done]
        for each in passes[len(done) :]:
            ran = ran.then(each)
            done = (*done, each)
            self._known[done] = ran
            if self._observe is not None:
                self._observe(each, ran.program)
        return ran


def build_candidate(recipe: Recipe, passes: Passes, name: str) -> Candidate | Declined:
    """Make one variant of the program of `passes`, or say why it cannot be made."""
    backend = backend_named(recipe.backend)
    if (lacks := backend.missing()) is not None:
        return Declined(NOWHERE, "LW504", f"backend {recipe.backend}: {lacks}")
    ran = passes.run(recipe.passes)
    final, applied, refused = ran.program, ran.applied, ran.refused
    if backend.level == "low" and final.main.level != "low":
        return refused[-1] if refused else Declined(NOWHERE, "LW504", "the program has no low form")
    lacking = [name for name in recipe.needs if name not in applied]
    if lacking:
        why = f"{lacking[0]} changes nothing"
        return refused[-1] if refused else Declined(NOWHERE, "LW504", why)
    if backend.level == "high" and "vectorise" not in applied:
        return refused[-1] if refused else Declined(NOWHERE, "LW504", "no loop became array code")
    source = backend.emit(final, name)
    if isinstance(source, Declined):
        return source
    return Candidate(recipe, final, source, applied, ran.notes)
