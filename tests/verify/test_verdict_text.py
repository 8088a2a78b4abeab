"""How verdicts read, as text and as JSON: golden files, some of hand-made verdicts, some of real runs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from loopwright.cli import main
from loopwright.verify.verdict import Counterexample, Evidence, Verdict, render, undecided

Golden = Callable[[str, str], None]
FOLDER = Path(__file__).parents[1] / "golden" / "verdicts"
SEEN = Evidence("tested", 412, 398, 6.25, ("lengths 0 to 257", "fortran", "one NaN"))
PROGRAM = "import numpy as np\n\nx = np.array([1.0, 2.0], dtype=np.float64)\nprint(f(x), g(x))"


def different(what: str, path: str, expected: str, got: str) -> Verdict:
    example = Counterexample(
        PROGRAM, f"returned {expected}", f"returned {got}", path, expected, got
    )
    return Verdict("different", SEEN, example, f"{what} differs at {path}")


MADE = {
    "same": Verdict("same", SEEN),
    "proved": Verdict(
        "same",
        Evidence("proved", 412, 398, 6.25, SEEN.classes, note="types: x: float64[n]; proved for all"),
    ),
    "same_with_notes": Verdict(
        "same",
        Evidence(
            "tested", 90, 90, 1.0, unreached=("m.py:7: an assert is never false",),
            note="type of k from its default value",
        ),
    ),
    "different_in_sharing": different("aliasing", "result", "the argument x", "an array of its own"),
    "different_in_an_argument": different("value", "args['x'][1]", "2.0", "-0.0"),
    "undecided_by_a_tie": Verdict(
        "undecided", SEEN,
        Counterexample(PROGRAM, "3", "4", "result", "3", "4"),
        "two numbers are equal within rounding, at result",
    ),
    "undecided_by_what_was_not_reached": undecided(
        "some code was not reached: m.py:12: k * k == 7 is never true",
        Evidence("tested", 4000, 4000, 9.5, unreached=("m.py:12: k * k == 7 is never true",)),
    ),
    "undecided_without_inputs": undecided("cannot be loaded: SyntaxError: invalid syntax"),
}  # fmt: skip
HEAD = """\
from typing import Annotated
import numpy as np
from numpy.typing import NDArray
V = Annotated[NDArray[np.float64], "n"]
"""
RUN = {
    "run_value": ("x: float", "return x + 1.0", "return x + 1.5"),
    "run_dtype": ("x: V", "return x + 1", "return (x + 1).astype(np.float32)"),
    "run_exception": (
        "k: int", "if k == 5:\n        raise ValueError('five')\n    return k",
        "if k == 5:\n        raise KeyError('five')\n    return k",
    ),
    "run_unknown_type": ("x", "return x", "return x"),
    "run_proved": ("x: V", "return x * 2.0 + 1.0", "y = x * 2.0\n    return y + 1.0"),
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_a_verdict_reads_as_it_did(name: str, golden: Golden) -> None:
    golden(f"verdicts/{name}.txt", render(MADE[name]) + "\n")
    golden(f"verdicts/{name}.json", MADE[name].to_json())


@pytest.mark.parametrize("name", RUN)
def test_a_run_reads_as_it_did(
    name: str, golden: Golden, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parameters, f, g = RUN[name]
    source = f"{HEAD}def f({parameters}):\n    {f}\n\n\ndef g({parameters}):\n    {g}\n"
    (tmp_path / "m.py").write_text(source)
    report = tmp_path / "verdict.json"
    place = str(tmp_path / "m.py")
    main(["verify", f"{place}:f", f"{place}:g", "--time-limit", "8", "--json", str(report)])
    golden(f"verdicts/{name}.txt", masked(capsys.readouterr().out, tmp_path))
    data = json.loads(report.read_text())
    assert data["status"] in ("same", "different", "undecided")
    assert data["evidence"].keys() == json.loads(MADE["same"].to_json())["evidence"].keys()


def masked(text: str, folder: Path) -> str:
    """Without what another machine or another pace changes: counts, seconds, folders, what was varied."""
    text = text.replace(str(folder), "FOLDER")
    text = re.sub(
        r"\d+ inputs, \d+ of them meaningful, [\d.]+ s", "N inputs, N of them meaningful, N s", text
    )
    text = re.sub(r"in \d+\.\d\d s", "in N s", text)
    return re.sub(r"  varied: .*\n", "", text)


def test_there_is_no_file_without_a_test() -> None:
    wanted = {f"{name}.{kind}" for name in MADE for kind in ("txt", "json")}
    wanted |= {f"{name}.txt" for name in RUN}
    assert {file.name for file in FOLDER.iterdir()} == wanted
