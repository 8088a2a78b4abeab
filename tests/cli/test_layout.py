"""Files with odd layout through `optimize` and `revert`."""

from __future__ import annotations

import json
from pathlib import Path

from small_tree import QUICK, run

SOURCE = """\
import numpy as np
from numpy.typing import NDArray

try:
    LIMIT = 3
except ValueError :
    pass


def shared(X: NDArray[np.float64]) -> None:
    print(len(X)); k = 0
    for i in range(len(X)):
        X[i] = np.sqrt(X[i]) + 1.0
    # behind
    print(k)


def alone(X: NDArray[np.float64]) -> float:
\ttotal = 1.0; two = 2.0
\tfor x in X:
\t\ttotal += x * two
\t# behind
\treturn total
"""


def test_a_region_without_a_place_gives_way_to_its_parts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(QUICK)
    path, out = tmp_path / "src" / "mod.py", tmp_path / "fast"
    path.parent.mkdir()
    data = b"\xef\xbb\xbf" + SOURCE.replace("\n", "\r\n").encode().removesuffix(b"\r\n")
    path.write_bytes(data)
    done = run(
        "optimize", "src", "-o", out, "--backend", "numba", "--json", "report.json", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    regions = json.loads((tmp_path / "report.json").read_text())["regions"]
    assert [(r["name"], r["line"], r["status"]) for r in regions] == [
        ("shared", 12, "rewritten"), ("alone", 19, "rewritten"),
    ]  # fmt: skip
    text = (out / "mod.py").read_bytes().decode("utf-8-sig")
    assert "    print(len(X)); k = 0\r\n    if not _kernels.shared(X):" in text
    assert "\t# behind\r\n\treturn total" in text
    assert run("check", out, cwd=tmp_path).returncode == 0
    assert run("revert", out, cwd=tmp_path).returncode == 0
    assert {p.name: p.read_bytes() for p in out.rglob("*")} == {"mod.py": data}
