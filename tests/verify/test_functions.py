"""The door of `loopwright verify`: answers in time, whatever the functions do."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.verify.functions import Verdict, render

from .pool import verify_functions


def verify(folder: Path, source: str, **options: object) -> Verdict:
    file = folder / "pair.py"
    file.write_text("import numpy as np\nfrom numpy.typing import NDArray\n" + source)
    given = {"time_limit": 8.0, "inputs": 100, **options}
    return verify_functions(file, "f", file, "g", **given)  # type: ignore[arg-type]


def run(verdict: Verdict) -> dict[str, Any]:
    """What the program of a counterexample defines."""
    assert verdict.counterexample is not None
    scope: dict[str, Any] = {}
    exec(verdict.counterexample.program, scope)
    return scope


CRASHES = {
    "a crash by signal": "import ctypes\n    return ctypes.string_at(0)",
    "the end of the process": "import os\n    os._exit(0)",
    "an exit": "raise SystemExit",
    "an endless loop": "while n == 7: pass\n    return n + 1",
}


@pytest.mark.parametrize("body", CRASHES.values(), ids=CRASHES)
def test_a_candidate_that_ends_badly_is_different(body: str, tmp_path: Path) -> None:
    verdict = verify(
        tmp_path, f"def f(n: int) -> int:\n    return n + 1\ndef g(n):\n    {body}\n", inputs=2000
    )
    assert verdict.status == "different", render(verdict)


UNDECIDED = {
    "a file that does not import": (
        "import nothing_of_that_name\ndef f(n: int): ...\n",
        "nothing_of_that_name",
    ),
    "an original that always raises": (
        "def f(n: int):\n    raise ValueError\ndef g(n):\n    raise ValueError\n",
        "meaningful",
    ),
    "an original that varies by itself": (
        "import os\ndef f(n: int):\n    return os.urandom(4)\ndef g(n):\n    return b''\n",
        "on each run",
    ),
    "a branch that no input reaches": (
        "def f(x: float):\n    return x\ndef g(x):\n    if np.sin(x) == 5.0:\n"
        "        x = 5.0\n    return x\n",
        "np.sin(x) == 5.0 is never true",
    ),
}


@pytest.mark.parametrize(("source", "reason"), UNDECIDED.values(), ids=UNDECIDED)
def test_what_cannot_be_decided(source: str, reason: str, tmp_path: Path) -> None:
    verdict = verify(tmp_path, source, time_limit=12.0)
    assert verdict.status == "undecided", render(verdict)
    assert reason in verdict.reason


def test_the_answer_comes_in_time_even_if_importing_does_not_end(tmp_path: Path) -> None:
    begun = time.monotonic()
    verdict = verify(tmp_path, "def f(n: int): ...\nwhile True: pass\n", time_limit=1.5)
    assert verdict.status == "undecided"
    assert time.monotonic() - begun < 2.5


def test_examples_give_types_and_are_run(tmp_path: Path) -> None:
    source = (
        "def f(x, k):\n    return x[:k].sum()\n"
        "def g(x, k):\n    return x[:k].sum() if k != 12345 else 0.0\n"
    )
    found = verify(tmp_path, source, examples=[(np.ones(4), 12345)])
    assert found.status == "different"
    named = verify(tmp_path, source, examples=[{"x": np.ones(4), "k": 2}])
    assert "x: float64[_]" in named.evidence.note


def test_functions_without_arguments_are_compared(tmp_path: Path) -> None:
    source = "def f():\n    return 0.5\ndef g():\n    return 1 / 2\ndef h():\n    return 1\n"
    assert verify(tmp_path, source).status == "same"
    file = tmp_path / "pair.py"
    assert verify_functions(file, "f", file, "h", time_limit=8.0).status == "different"


def test_a_recorded_input_is_made_small(tmp_path: Path) -> None:
    source = (
        "def f(x, y, k):\n    return float((x - y).max(initial=0.0)) if k == 12345 else 0.0\n"
        "def g(x, y, k):\n    return float((x - y)[:3].max(initial=0.0)) if k == 12345 else 0.0\n"
    )
    x = np.linspace(0.1, 9.7, 50)
    found = verify(tmp_path, source, examples=[(x, x / 3, 12345)])
    scope = run(found)
    assert 4 <= len(scope["x"]) == len(scope["y"]) <= 8
    assert scope["k"] == 12345


def test_a_drawn_input_is_made_small(tmp_path: Path) -> None:
    found = verify(
        tmp_path,
        "def f(x: NDArray[np.float64], k: int):\n    return float(np.isnan(x).sum()) + (k > 700)\n"
        "def g(x, k):\n    return min(float(np.isnan(x).sum()), 1.0) + (k > 700)\n",
        inputs=3000,
    )
    scope = run(found)
    assert 2 <= scope["x"].size <= 8
    assert abs(scope["k"]) < 100


def test_the_same_seed_finds_the_same(tmp_path: Path) -> None:
    source = (
        "def f(x: NDArray[np.float64], n: int):\n    return x.sum() * n\n"
        "def g(x, n):\n    return x.sum() * n if n != len(x) + 2 or n < 5 else 0.5\n"
    )
    first, again, other = (verify(tmp_path, source, seed=s, inputs=3000) for s in (4, 4, 5))
    assert first.status == other.status == "different"
    assert first.evidence.inputs == again.evidence.inputs != other.evidence.inputs


def test_nothing_is_left_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = "def f(s: str, x: float):\n    return s, x\ndef g(s, x):\n    return s, x\n"
    assert verify(tmp_path, source, inputs=50).status == "same"
    assert {path.name for path in tmp_path.iterdir()} <= {"pair.py", "__pycache__"}


def test_a_tolerance_is_an_input(tmp_path: Path) -> None:
    source = (
        "def f(x: NDArray[np.float64]) -> float:\n    s = 0.0\n"
        "    for v in np.abs(x).ravel():\n        s += v\n    return s\n"
        "def g(x):\n    return 0.0 + np.abs(x).sum()\n"
    )
    assert verify(tmp_path, source, inputs=2000).status == "different"
    assert verify(tmp_path, source, accuracy="rtol=1e-9").status == "same"
    assert verify(tmp_path, source, accuracy="faithful").status == "same"


def test_other_modules_of_the_same_folder_can_be_imported(tmp_path: Path) -> None:
    for side, value in (("a", 1), ("b", 2)):
        (tmp_path / side).mkdir()
        (tmp_path / side / "helper.py").write_text(f"VALUE = {value}\n")
        (tmp_path / side / "m.py").write_text(
            "import helper\ndef f(n: int) -> int:\n    return n * helper.VALUE\n"
        )
    a, b = tmp_path / "a" / "m.py", tmp_path / "b" / "m.py"
    assert verify_functions(a, "f", b, "f", time_limit=8.0, inputs=50).status == "different"
    assert verify_functions(a, "f", a, "f", time_limit=8.0, inputs=50).status == "same"


def package(folder: Path, value: int) -> Path:
    inner = folder / "pkg" / "sub"
    inner.mkdir(parents=True)
    (folder / "pkg" / "__init__.py").write_text("")
    (inner / "__init__.py").write_text("")
    (folder / "pkg" / "early.py").write_text(f"_K = {value}\n")
    (folder / "pkg" / "late.py").write_text(f"_L = {value}\n")
    (inner / "mod.py").write_text(
        "from ..early import _K\ndef f(n: int) -> int:\n    return n * _K\n"
        "def g(n: int) -> int:\n    from ..late import _L\n    from pkg import late\n"
        "    return n * (_L + late._L)\n"
    )
    return inner / "mod.py"


@pytest.mark.parametrize("name", ["f", "g"], ids=["imports at the top", "imports in a function"])
def test_packages_of_one_name_keep_apart(name: str, tmp_path: Path) -> None:
    old, new, bad = (package(tmp_path / str(k), value) for k, value in enumerate((2, 2, 3)))
    assert verify_functions(old, name, new, name, time_limit=8.0, inputs=40).status == "same"
    verdict = verify_functions(old, name, bad, name, time_limit=8.0, inputs=40)
    assert verdict.status == "different"
    assert verdict.counterexample is not None
    program = [sys.executable, "-c", verdict.counterexample.program]
    said = subprocess.run(program, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said[0] != said[2] or name == "g"  # what it imports later is that of the second side


def test_what_keeps_a_file_from_loading_is_placed(tmp_path: Path) -> None:
    verdict = verify(tmp_path, "def f(n: int):\n    return n\n1 / 0\n")
    assert verdict.unloadable == f"{tmp_path / 'pair.py'}:5: ZeroDivisionError: division by zero"


def test_a_verdict_reads_and_its_program_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = "def f(n: int) -> int:\n    return n\ndef g(n):\n    return n if n < 3 else n + 1\n"
    verdict = verify(tmp_path, source, inputs=1000)
    assert verdict.counterexample is not None
    assert "n = 3" in verdict.counterexample.program
    exec(verdict.counterexample.program, {})
    assert capsys.readouterr().out.splitlines()[::2] == ["3", "4"]
    assert "first difference at result: expected 3, got 4" in render(verdict)
    assert json.loads(verdict.to_json())["status"] == "different"


def test_a_difference_of_long_arguments_is_short_to_read_and_runs(tmp_path: Path) -> None:
    source = (
        'def f(x: Annotated[NDArray[np.float64], "n"], k: list[int], s: str):\n'
        "    return len(x) > 700 and len(k) + len(s) > 900\n"
        "def g(x, k, s):\n    return len(x) > 700 and len(k) + len(s) > 900 and len(x) == 2\n"
    )
    head = "from typing import Annotated\nimport numpy as np\nfrom numpy.typing import NDArray\n"
    (tmp_path / "m.py").write_text(head + source)
    shown = "f(np.random.default_rng(0).random(2000)[::-2], list(range(800)), 'ab' * 200)"
    verdict = verify_functions(
        tmp_path / "m.py", "f", tmp_path / "m.py", "g", shown=shown, time_limit=20.0, inputs=60
    )
    assert verdict.status == "different" and verdict.counterexample is not None
    program = verdict.counterexample.program
    assert max(map(len, program.splitlines())) < 400
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    answers = [line for line in done.stdout.splitlines() if line in ("True", "False")]
    assert answers == ["True", "False"], done.stdout[:300] + done.stderr
