"""The same source gives the same code, whatever order sets of strings have in a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SOURCE = """
import numpy as np
from numpy.typing import NDArray

def split(a: list[float], b: list[float], c: list[float], d: list[float], x: NDArray[np.float64]) -> None:
    for i in range(x.shape[0]):
        a.append(x[i])
        b.append(-x[i])
        c.append(2 * x[i])
        d.append(3 * x[i])
"""


def test_several_lists_that_grow(tmp_path: Path) -> None:
    file = tmp_path / "mod.py"
    file.write_text(SOURCE)
    command = [sys.executable, "-m", "loopwright", "opt", str(file), "--emit", "numba"]
    texts = set()
    for seed in ("1", "2", "3"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=120, check=True
        )
        assert "d_" in done.stdout
        texts.add(done.stdout)
    assert len(texts) == 1
