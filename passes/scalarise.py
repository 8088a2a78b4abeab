"""Array expressions become loops over their elements.

`np.sum((X[i] - Y[j]) ** 2)` becomes one loop without a temporary. An array expression is held as a
shape and a function from the index to the element, so element-wise operations, views, `np.where` and
broadcasting compose; loops are written where the elements are needed: for a new array that is kept, a
store, a reduction, an operand of a library function, or where an element would be computed again and
again.

Legality. The elements of one expression are independent and pure, so they may be computed in any
order, once or several times. NumPy reads all operands of a store before it writes: the value is
computed into a temporary unless each element reads the stored array only in its own place. Lengths that
broadcasting demands to be equal are checked; a length that turns out to be 1 at run time where the code
does not say so makes the kernel fail, unless the pass is told that there are such (`stretch`). A name of
a view is replaced by its base while the base and the index keep their values. Sums are pairwise in
NumPy's order (`scalarise_pairwise`, `scalarise_reduce`).

Results keep every bit, except products (`Contract`), whose order of summation is the library's anyway,
and complex multiplication, which NumPy contracts to fused operations where the machine has them. Where
NumPy's own result depends on the machine, or the order of its sums on its buffers, the kernel gives up.

What has no form in loops here (sorting, linear algebra) stays a call with arguments in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from loopwright.diagnostics import CannotLower
from loopwright.ir.nodes import Program
from loopwright.passes.base import Applied, Example, Outcome, Pass, Refusal, Unchanged
from loopwright.passes.scalarise_contract import Mode
from loopwright.passes.scalarise_stmt import scalar_func


@dataclass(frozen=True, slots=True)
class Scalarise:
    """`contract`: whether `@` and its like stay calls of the library or become loops, whose sums are
    then ordered differently. `stretch`: axes of unknown length may be 1 at run time where broadcasting
    stretches them; their elements are then found by a step that may be 0, which no vector load has."""

    contract: Mode = "keep"
    stretch: bool = False

    name: ClassVar[str] = "scalarise"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def axpy(x: Annotated[NDArray[np.float64], "n"], y: Annotated[NDArray[np.float64], "n"], a: float) -> None:
    y[:] = a * x + y
""",
            """\
def axpy(y: float64[:], a: float, x: float64[:]) -> None:
    if not (x.shape[0] == y.shape[0]):
        raise Fail("operands could not be broadcast together")
    for i in range(y.shape[0]):
        y[i] = a * x[i] + y[i]
    return
""",
        ),
    )

    def run(self, program: Program) -> Outcome:
        helpers = {f.name: f for f in program.helpers}
        try:
            functions = [
                scalar_func(f, helpers, self.contract, self.stretch, f is program.main)
                for f in (*program.helpers, program.main)
            ]
        except CannotLower as refusal:
            return Unchanged((refusal.declined,))
        own = {f.name for f in program.helpers}
        added = tuple(f for name, f in helpers.items() if name not in own)
        result = replace(program, main=functions[-1], helpers=(*added, *functions[:-1]))
        if result == program:
            return Unchanged()
        return Applied(result, ("array expressions to loops",))

    def space(self, program: Program) -> Iterator[Pass]:
        yield self
        yield replace(self, contract="loops")
