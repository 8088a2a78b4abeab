"""Two functions of the user against each other: `loopwright verify A.py:f B.py:g`.

Both files are imported in a child process only. Types come from annotations, examples or defaults; what
counts as a difference, and over which calls, is written in the user documentation.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from loopwright.verify.claim import Claim
from loopwright.verify.function_job import Example, FunctionJob
from loopwright.verify.oracle import Reading
from loopwright.verify.verdict import Evidence, Verdict, render, undecided
from loopwright.workers import WorkerFailed, Workers

__all__ = ["Verdict", "render", "verify_functions"]


def verify_functions(
    f_path: Path,
    f_name: str,
    g_path: Path,
    g_name: str,
    *,
    accuracy: str = "bitwise",
    time_limit: float = 60.0,
    examples: Sequence[Example] = (),
    trace: Sequence[Mapping[str, object]] | None = None,
    shown: str | Path | None = None,
    emit: Path | None = None,
    inputs: int = 4000,
    seed: int = 0,
    readings: Sequence[Reading] = (),
    claim: Claim | None = None,
    loose: tuple[bool, bool] = (False, False),
    roots: Sequence[Path] = (),
    workers: Workers | None = None,
) -> Verdict:
    """Compare function `f_name` of the file `f_path` (the original) with `g_name` of `g_path`.

    `examples` are argument tuples or mappings by parameter name; `trace` are recorded arguments by name;
    `shown` is Python text that calls the original, or a file that does or that has a list `EXAMPLES` of
    argument tuples. All are run, and give types to parameters without annotations. The search ends after
    `inputs` inputs if they reached every goal, else when its share of `time_limit` (seconds) is over; the
    answer comes within `time_limit`, always.
    With `emit`, a folder, the verdict holds the text of a pytest file to be put there. `readings` are the
    original as programs in high IR, the likeliest first: the yardstick of `faithful`, which else is the
    text of `f_name` on wider numbers. `claim` is both functions as programs: if they are proved to do the
    same for all that the types promise, the evidence says so. `loose` tells of each file that it will be
    gone, so that programs to be shown hold its text; what is imported from the folders `roots` each side has
    anew. `workers` runs the comparison, where one was started before.
    Never raises for what the functions do.
    """
    begun = time.monotonic()
    last_moment = begun + 0.93 * time_limit - 0.1
    job = FunctionJob(
        str(f_path), f_name, str(g_path), g_name, accuracy,
        (*examples, *(trace or ())), shown, emit, inputs, seed, begun, last_moment, tuple(readings), claim,
        loose, tuple(roots),
    )  # fmt: skip
    with contextlib.nullcontext(workers) if workers is not None else Workers() as ready:
        answer = ready.ask(FunctionJob.run, job, time_limit=max(0.05, time_limit - 0.05))
    if isinstance(answer, WorkerFailed):
        return undecided(answer.reason, Evidence("tested", 0, 0, time.monotonic() - begun))
    return answer
