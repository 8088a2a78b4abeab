"""Drawn programs through the whole pipeline: each variant spliced, built and called as users call it."""

from __future__ import annotations

import importlib.util
import itertools
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from arguments import HEADER, OutOfBudget, draw_arguments, parameters, python_outcome
from levels import Counts, Finding, copies, difference, unlike

from loopwright.candidates import candidates
from loopwright.config import Options
from loopwright.diagnostics import Declined
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.parse import parse_text
from loopwright.frontend.region import Lowered, Module
from loopwright.kernels import Rewritten, kernels_home, write_kernels
from loopwright.pipeline import Candidate, Plan
from loopwright.signatures import annotated, lower_region
from loopwright.splice import Placement, splice
from loopwright.trial import Builders, Trial, Work
from loopwright.verify.sandbox import Board, Ended, in_fork

KERNEL = "f"
LIMIT_SECONDS = 60.0
_numbers = itertools.count()


_Seen = tuple[tuple[str, str, str] | None, int, int]
"""The parts of the first finding, the number of calls, and of those that a kernel answered."""


@dataclass(frozen=True)
class Output:
    """A file with one variant put in, and its kernels beside it."""

    variant: str
    path: Path


def examine_whole(
    source: str, seed: int, builders: Builders, counts: Counts, inputs: int = 12
) -> Finding | None:
    """The first difference from CPython of any variant that the default plan makes of `source`."""
    with tempfile.TemporaryDirectory(prefix="loopwright-") as folder:
        for output in _outputs(source, Path(folder), builders, counts):
            counts.built[output.variant] = counts.built.get(output.variant, 0) + 1

            def compared(board: Board, output: Output = output) -> _Seen:
                board.post("c", b"")  # from here on it counts how long this is at work
                return _compared(output, source, seed, inputs)

            end = in_fork(
                compared,
                deadline=time.monotonic() + 10 * LIMIT_SECONDS,
                stuck_after=LIMIT_SECONDS,
            )
            if isinstance(end, Ended):
                return Finding(output.variant, "crash", end.how)
            found, calls, ran = end.value
            counts.calls += calls
            counts.kernel_calls += ran
            if found is not None:
                return Finding(*found)
    return None


def _outputs(source: str, folder: Path, builders: Builders, counts: Counts) -> Iterator[Output]:
    text = HEADER + source
    name = f"drawn_{next(_numbers)}"
    module = parse_text(text, folder / f"{name}.py", name)
    assert not isinstance(module, Declined), module
    lowered = _lowered(module)
    if isinstance(lowered, Declined):
        counts.codes[lowered.code] = counts.codes.get(lowered.code, 0) + 1
        return
    options = Options(accuracy="bitwise")
    made = candidates(lowered, options, KERNEL, Plan())
    variants = [c for c in made if isinstance(c, Candidate)]
    work = Work(lowered, KERNEL, name, folder / "trials")
    for each in builders.submit(work, variants):
        variant, trial = each.result()
        if isinstance(trial, Declined):
            counts.codes[trial.code] = counts.codes.get(trial.code, 0) + 1
            continue
        yield _written(module, lowered, variant, trial, folder, builders)


def _lowered(module: Module) -> Lowered | Declined:
    region = region_of_function(module, KERNEL)
    if isinstance(region, Declined):
        return region
    signatures = annotated(region)
    if isinstance(signatures, Declined):
        return signatures
    found = lower_region(region, signatures)
    return found if isinstance(found, Declined) else found[0][0]


def _written(
    module: Module, lowered: Lowered, variant: Candidate, trial: Trial, folder: Path,
    builders: Builders,
) -> Output:  # fmt: skip
    label = variant.recipe.name
    root = folder / label.replace("-", "_")
    root.mkdir()
    path = root / module.path.name
    home = kernels_home(path, root)
    text = splice(module, [Placement(lowered, KERNEL, label)], home)
    assert isinstance(text, str), text
    data = text.encode()
    record = Rewritten(path.name, module.text.encode(), data)
    write_kernels(home.folder, home.module, [trial.entry], record)
    path.write_bytes(data)
    builders.make_ready(home.folder)
    return Output(label, path)


# ------------------------------------------------------------------ in a process of its own


def _compared(output: Output, source: str, seed: int, inputs: int) -> _Seen:
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    module = _imported(output.path)
    answered: list[bool] = []
    kernels = module._kernels
    dispatch = getattr(kernels, KERNEL)

    def counted(*roots: Any) -> Any:
        out = dispatch(*roots)
        answered.append(out is not None)
        return out

    setattr(kernels, KERNEL, counted)
    rng = random.Random(seed)
    names = parameters(source)
    for done in range(inputs):
        given = draw_arguments(names, rng)
        found = _one(module.f, source, given)
        if found is not None:
            kind, detail = found
            return (output.variant, kind, f"{detail}\n{given}"), done + 1, sum(answered)
    return None, inputs, sum(answered)


def _one(function: Any, source: str, given: dict[str, Any]) -> tuple[str, str] | None:
    theirs, mine = copies(given), copies(given)
    try:
        wanted = python_outcome(source, list(theirs.values()))
    except OutOfBudget:
        return None
    try:
        got = function(**mine)
    except Exception as error:
        if not isinstance(wanted, Exception):
            return f"crash {type(error).__name__}", f"{error!r}"[:300]
        if type(error) is not type(wanted):
            return "exception", f"raised {error!r}, not {wanted!r}"
        changed = [n for n in theirs if unlike(theirs[n], mine[n]) is not None]
        return ("argument", f"left {changed} otherwise at {error!r}") if changed else None
    return difference(wanted, got, theirs, mine)


def _imported(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module
