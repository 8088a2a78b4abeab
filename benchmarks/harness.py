"""What the benchmarks share: finding programs, workloads for them, and timing versions side by side."""

from __future__ import annotations

import copy
import importlib.util
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"


def programs(names: list[str] | None = None) -> list[Path]:
    """The corpus programs, all or those whose stem is in `names`."""
    found = sorted(p for p in CORPUS.rglob("*.py"))
    if names:
        found = [p for p in found if p.stem in names]
        missing = set(names) - {p.stem for p in found}
        if missing:
            raise SystemExit(f"no corpus program named {', '.join(sorted(missing))}")
    return found


def write_workload(program: Path, folder: Path) -> Path:
    """A script that runs one program at each of its sizes; `folder` is where it is written."""
    script = folder / f"run_{program.stem}.py"
    script.write_text(
        f'"""Run {program.name} at each of its sizes."""\n\n'
        "import sys\n\nimport numpy as np\n\n"
        f"sys.path.insert(0, {str(program.parent)!r})\n"
        f"import {program.stem} as program\n\n"
        "for size in program.SIZES.values():\n"
        "    program.kernel(*program.inputs(size, np.random.default_rng(0)))\n"
    )
    return script


def load(path: Path, name: str) -> ModuleType:
    """Import one file under a name of our choice."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def plain_njit(path: Path) -> ModuleType:
    """The program with a bare `numba.njit` on each of its module-level functions but `inputs`."""
    import numba

    module = load(path, f"njit_{path.stem}")
    for name, value in list(vars(module).items()):
        own = getattr(value, "__module__", None) == module.__name__
        if callable(value) and hasattr(value, "__code__") and own and name != "inputs":
            setattr(module, name, numba.njit(value))
    return module


def largest_error(a: Any, b: Any) -> float:
    """0 for equal results, the largest relative difference of floats, inf for other differences."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if type(a) is not type(b) or a.dtype != b.dtype or a.shape != b.shape:
            return math.inf
        if a.dtype.kind not in "fc":
            return 0.0 if np.array_equal(a, b) else math.inf
        if np.array_equal(a, b, equal_nan=True):
            return 0.0
        if not np.array_equal(np.isfinite(a), np.isfinite(b)):
            return math.inf
        scale = np.maximum(np.abs(a), np.abs(b))
        with np.errstate(all="ignore"):
            return float(np.nanmax(np.where(a == b, 0.0, np.abs(a - b) / scale)))
    if isinstance(a, float) and isinstance(b, float):
        return largest_error(np.array(a), np.array(b))
    if isinstance(a, list | tuple) and type(a) is type(b) and len(a) == len(b):
        return max((largest_error(x, y) for x, y in zip(a, b, strict=True)), default=0.0)
    if isinstance(a, dict) and isinstance(b, dict) and list(a) == list(b):
        return max((largest_error(a[k], b[k]) for k in a), default=0.0)
    if isinstance(a, np.random.Generator) and isinstance(b, np.random.Generator):
        return largest_error(a.bit_generator.state, b.bit_generator.state)
    if isinstance(a, np.generic) or isinstance(b, np.generic):
        return largest_error(np.asarray(a), np.asarray(b))
    return 0.0 if type(a) is type(b) and a == b else math.inf


@dataclass
class SizeRow:
    """Seconds a warm call and the differences from the original's result, by version."""

    size_name: str
    size: int
    seconds: dict[str, float | None]
    error: dict[str, float]


@dataclass
class ProgramRow:
    program: str
    sizes: list[SizeRow]
    first_call: dict[str, float]
    notes: dict[str, str]


def compare(original: Path, ours: Path, *, rounds: int, njit: bool) -> ProgramRow:
    """Time the original, ours and plain njit in this process, interleaved."""
    versions: dict[str, ModuleType] = {
        "original": load(original, f"original_{original.stem}"),
        "ours": load(ours, f"ours_{original.stem}"),
    }
    notes: dict[str, str] = {}
    first: dict[str, float] = {}
    base = versions["original"]
    if njit:
        try:
            candidate = plain_njit(original)
            begun = time.perf_counter()
            candidate.kernel(*base.inputs(base.SIZES["test"], np.random.default_rng(0)))
            first["njit"] = time.perf_counter() - begun
            versions["njit"] = candidate
        except Exception as error:
            notes["njit"] = f"{type(error).__name__}"
    rows = []
    for size_name, size in base.SIZES.items():
        rows.append(_one_size(versions, size_name, size, rounds, first))
    return ProgramRow(original.stem, rows, first, notes)


_MOST_ROUNDS = 21
_SECONDS_A_SIZE = 1.5
"""Short calls get more rounds than were asked for, as they need them most."""


def _one_size(
    versions: dict[str, ModuleType],
    size_name: str,
    size: int,
    rounds: int,
    first: dict[str, float],
) -> SizeRow:
    base = versions["original"]

    def arguments() -> tuple[Any, ...]:
        return tuple(base.inputs(size, np.random.default_rng(0)))

    results: dict[str, Any] = {}
    estimate: dict[str, float] = {}
    for label, module in versions.items():
        for _ in range(2):  # the first call compiles or loads
            args = arguments()
            begun = time.perf_counter()
            result = module.kernel(*args)
            estimate[label] = time.perf_counter() - begun
            # what a kernel leaves in its arguments is part of its result
            results[label] = (result, list(args))
            first.setdefault(label, estimate[label])
    samples: dict[str, list[float]] = {label: [] for label in versions}
    batch = {label: max(1, min(100, int(5e-4 / max(t, 1e-9)))) for label, t in estimate.items()}
    begun_all = time.perf_counter()
    for number in range(_MOST_ROUNDS):
        if number >= rounds and time.perf_counter() - begun_all > _SECONDS_A_SIZE:
            break
        for label, module in versions.items():
            prepared = [copy.deepcopy(arguments()) for _ in range(batch[label])]
            begun = time.perf_counter()
            for args in prepared:
                module.kernel(*args)
            samples[label].append((time.perf_counter() - begun) / batch[label])
    seconds: dict[str, float | None] = {k: statistics.median(v) for k, v in samples.items()}
    errors = {k: largest_error(results["original"], results[k]) for k in versions}
    return SizeRow(size_name, size, seconds, errors)


def compare_in_child(
    original: Path, ours: Path, *, rounds: int = 3, njit: bool = True
) -> ProgramRow:
    """`compare` in a fresh process; raises RuntimeError with its last words if it fails."""
    command = [sys.executable, __file__, str(original), str(ours), str(rounds), str(int(njit))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError("\n".join(done.stderr.strip().splitlines()[-12:]))
    data = json.loads(done.stdout.splitlines()[-1])
    sizes = [SizeRow(**row) for row in data.pop("sizes")]
    return ProgramRow(sizes=sizes, **data)


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = call()
    return time.perf_counter() - begun, result


if __name__ == "__main__":
    row = compare(
        Path(sys.argv[1]), Path(sys.argv[2]), rounds=int(sys.argv[3]), njit=sys.argv[4] == "1"
    )
    print(json.dumps(asdict(row)))
