"""What this machine can do at most: the bandwidth of the STREAM triad and the flop/s of dgemm.

    python benchmarks/limits.py

Each is the best of several runs, with one thread and with all, in a process of its own. The triad is counted
as STREAM does: 24 bytes an element. Source: McCalpin, "Memory bandwidth and machine balance in current high
performance computers", 1995.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

ELEMENTS = 16_000_000
ORDER = 2000
REPEATS = 20


def best(call: Callable[[], object], repeats: int) -> float:
    call()
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def bandwidth() -> float:
    """Bytes per second of a = b + s c over arrays that no cache holds."""
    import numba
    import numpy as np

    @numba.njit(parallel=True)
    def triad(a, b, c, scale):  # type: ignore[no-untyped-def]
        for i in numba.prange(len(a)):
            a[i] = b[i] + scale * c[i]

    a, b, c = (np.full(ELEMENTS, float(k)) for k in range(3))
    return 24 * ELEMENTS / best(lambda: triad(a, b, c, 3.0), REPEATS)


def flops() -> float:
    """Operations per second of the product of two matrices of doubles by NumPy's BLAS."""
    import numpy as np

    A = np.random.default_rng(0).random((ORDER, ORDER))
    return 2.0 * ORDER**3 / best(lambda: A @ A, REPEATS // 4)


def limits() -> dict[str, dict[str, float]]:
    """`one` thread and `all`: bytes and flops per second."""
    return {name: _in_child(threads) for name, threads in {"one": 1, "all": cores()}.items()}


def cores() -> int:
    """How many this process may use."""
    own = getattr(os, "sched_getaffinity", None)
    return len(own(0)) if own is not None else os.cpu_count() or 1


def _in_child(threads: int) -> dict[str, float]:
    names = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")
    command = [sys.executable, __file__, "--here"]
    environment = {**os.environ, **dict.fromkeys(names, str(threads))}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {"threads": threads, **measured}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--here", action="store_true", help="measure in this process, as it is")
    if parser.parse_args().here:
        print(json.dumps({"bytes": bandwidth(), "flops": flops()}))
        return
    for name, row in limits().items():
        print(f"{name}: {row['bytes'] / 1e9:.1f} GB/s, {row['flops'] / 1e9:.1f} Gflop/s")


if __name__ == "__main__":
    main()
