"""`--style inline`: array code in the place of the loop, only where it is proved for all that is promised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_tree import QUICK, state

from loopwright.cli import main

HEAD = "import numpy as np\nfrom numpy.typing import NDArray\nfrom jaxtyping import Float64\n"
BEFORE = '''\
"""Arrays."""
import numpy as np
from jaxtyping import Float64


def scale(x: Float64[np.ndarray, "n"], y: Float64[np.ndarray, "n"], k: float = 2.0):
    """`k` times `x`, and `y`."""

    out = np.zeros(len(x))  # the result
    # one by one
    for i in range(len(x)):
        out[i] = k * x[i] + y[i]
        # done
    return out


def told(x: Float64[np.ndarray, "n m"]):
    print("told", x.shape)
    out = np.empty(x.shape)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = abs(x[i, j] - 1.5) / 3.0
    i = "kept"
    return i, out


def total(x):  # nothing tells its type
    return sum(x)
'''
AFTER = '''\
"""Arrays."""
import numpy as np
from jaxtyping import Float64


def scale(x: Float64[np.ndarray, "n"], y: Float64[np.ndarray, "n"], k: float = 2.0):
    """`k` times `x`, and `y`."""

    # the result
    # one by one
    # done
    out = np.zeros(x.shape[0])
    out[:] = k * x + y[: x.shape[0]]
    return out


def told(x: Float64[np.ndarray, "n m"]):
    print("told", x.shape)
    out = np.empty((x.shape[0], x.shape[1]))
    out[:] = np.absolute(x - 1.5) / 3.0
    i = "kept"
    return i, out


def total(x):  # nothing tells its type
    return sum(x)
'''


@pytest.fixture(scope="module")
def replaced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `src`, and `out`, which was made of it."""
    folder = tmp_path_factory.mktemp("inline")
    (folder / "src").mkdir()
    (folder / "src" / "heat.py").write_bytes(BEFORE.replace("\n", "\r\n").encode())
    (folder / "pyproject.toml").write_text(QUICK)
    command = ["optimize", str(folder / "src"), "-o", str(folder / "out"), "--style", "inline"]
    assert main(command) == 0
    return folder


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with options for haste; the current one."""
    (tmp_path / "pyproject.toml").write_text(QUICK)
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def test_the_array_code_stands_where_the_loop_was(replaced: Path) -> None:
    text = (replaced / "out" / "heat.py").read_bytes().decode()
    assert text.replace("\r\n", "\n") == AFTER
    assert text.count("\r\n") == text.count("\n")


def test_it_computes_the_same_for_arrays_of_every_layout(replaced: Path) -> None:
    before, after = (_names((replaced / name / "heat.py").read_text()) for name in ("src", "out"))
    rng = np.random.default_rng(1)
    base = rng.normal(size=(12, 14))
    for x in (base, base.T, base[::2, ::-3], base[:0], base[:, :0], np.asfortranarray(base)):
        assert _same(before["told"](x), after["told"](x))
        row = x[:, 0] if x.shape[1] else x.ravel()
        assert _same(before["scale"](row, row[::-1], 0.5), after["scale"](row, row[::-1], 0.5))


def test_revert_gives_back_the_original_bytes(replaced: Path, tmp_path: Path) -> None:
    copy = tmp_path / "out"
    _copy(replaced / "out", copy)
    assert main(["check", str(copy)]) == 0
    assert main(["revert", str(copy)]) == 0
    assert state(copy) == state(replaced / "src")


def test_one_file_is_reverted_by_itself(replaced: Path, tmp_path: Path) -> None:
    copy = tmp_path / "out"
    _copy(replaced / "out", copy)
    assert main(["revert", str(copy / "heat.py")]) == 0
    assert state(copy) == state(replaced / "src")


def test_an_edited_file_is_not_reverted_and_its_original_stays(
    replaced: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "out"
    _copy(replaced / "out", copy)
    with (copy / "heat.py").open("ab") as file:
        file.write(b"# mine\n")
    before = state(copy)
    assert main(["revert", str(copy)]) == 2
    assert "it was edited since" in capsys.readouterr().err
    assert state(copy) == before and "_loopwright/manifest.json" in before


NEGATED = (
    "import numpy as np\nfrom jaxtyping import Float64\n\n\n"
    "def negated(x: Float64[np.ndarray, 'n']):\n    out = np.empty(len(x))\n"
    "    for i in range(len(x)):\n        out[i] = -x[i]\n    return (out,)\n"
)


def test_a_second_run_keeps_the_first_original(tree: Path) -> None:
    file = tree / "src" / "more.py"
    file.write_text(NEGATED)
    assert main(["optimize", "src", "--in-place", "--style", "inline"]) == 0
    assert file.read_text().endswith("    out[:] = -x\n    return (out,)\n")
    first = file.read_text()
    (tree / "src" / "two.py").write_text(NEGATED)
    assert main(["optimize", "src", "--in-place", "--style", "inline"]) == 0
    assert file.read_text() == first == (tree / "src" / "two.py").read_text()
    assert main(["revert", "src"]) == 0
    assert state(tree / "src") == dict.fromkeys(["more.py", "two.py"], NEGATED.encode())


def test_the_difference_alone_writes_nothing(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "src" / "more.py").write_text(NEGATED)
    assert main(["optimize", "src", "--diff", "--style", "inline"]) == 0
    printed = capsys.readouterr().out
    assert "+    out[:] = -x" in printed and "-    for i in range(len(x)):" in printed
    assert state(tree / "src") == {"more.py": NEGATED.encode()}


LOOP = (
    "    out = np.empty(len(x))\n    for i in range(len(x)):\n        out[i] = {}\n    return out\n"
)
VECTOR = "x: Float64[np.ndarray, 'n']"
REFUSED = {
    "a rank that the annotation leaves open": (
        "def f(x: NDArray[np.float64]):\n" + LOOP.format("x[i] * 2.0"),
        "leaves a choice of types",
    ),
    "lengths that need not agree": (
        f"def f({VECTOR}, y: Float64[np.ndarray, 'm']):\n" + LOOP.format("x[i] + y[i]"),
        "arrays whose lengths may differ",
    ),
    "a length that may also be 1": (
        f"def f({VECTOR}, y: Float64[np.ndarray, '#n']):\n" + LOOP.format("x[i] + y[i]"),
        "leaves a choice of types",
    ),
    "an argument that is written": (
        f"def f({VECTOR}, out: Float64[np.ndarray, 'n']):\n"
        "    for i in range(len(x)):\n        out[i] = x[i] * 2.0\n",
        "an argument that is written",
    ),
    "a sum that NumPy adds in another order": (
        f"def f({VECTOR}):\n    s = 0.0\n    for i in range(len(x)):\n        s += x[i]\n    return s\n",
        "not proved",
    ),
    "a function that arrays may round otherwise": (
        f"def f({VECTOR}):\n" + LOOP.format("np.exp(x[i])"),
        "not proved",
    ),
    "a division by a Python number that may be zero": (
        f"def f({VECTOR}, k: float):\n" + LOOP.format("1.0 / k + x[i]"),
        "not proved",
    ),
    "a default that the annotation does not admit": (
        f"def f({VECTOR}, k: float = None):\n" + LOOP.format("x[i] * k"),
        "the default of `k`",
    ),
    "a parameter that was bound anew before": (
        f"def f({VECTOR}):\n    print(1)\n    x = x[::2]\n    print(2)\n"
        + LOOP.format("x[i] * 2.0"),
        "no annotation of a parameter tells what `x` is here",
    ),
    "a global variable": (
        f"K = 3.0\ndef g():\n    global K\n    K = 4.0\ndef f({VECTOR}):\n"
        + LOOP.format("x[i] * K"),
        "no annotation of a parameter tells what `K` is here",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_proved_for_every_call_stays(
    case: str, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, why = REFUSED[case]
    (tree / "src" / "case.py").write_text(HEAD + source)
    before = state(tree / "src")
    assert main(["optimize", "src", "-o", "out", "--style", "inline"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "LW403" in printed and why in printed
    assert state(tree / "out") == before


def test_another_name_for_numpy_is_not_taken_for_it(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = (
        "import numpy\nfrom jaxtyping import Float64\n"
        + f"def f({VECTOR}):\n"
        + LOOP.format("x[i] * 2.0")
    )
    (tree / "src" / "case.py").write_text(source.replace("np.", "numpy."))
    assert main(["optimize", "src", "-o", "out", "--style", "inline"]) == 0
    assert "`np` has another meaning in this file, or none" in capsys.readouterr().out
    assert state(tree / "out") == state(tree / "src")


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--backend", "numba"], "style inline writes NumPy code"),
        (["--emit-tests", "kept"], "which --style inline replaces"),
    ],
    ids=["a compiled backend", "tests against the original"],
)
def test_flags_that_contradict_it_are_errors(
    flags: list[str], why: str, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "src" / "heat.py").write_text(BEFORE)
    assert main(["optimize", "src", "-o", "out", "--style", "inline", *flags]) == 2
    assert why in capsys.readouterr().err
    assert not (tree / "out").exists()


_FLOAT64 = "class Float64:\n    __class_getitem__ = classmethod(lambda cls, item: cls)\n"


def _names(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    exec(text.replace("from jaxtyping import Float64", _FLOAT64), found)
    return found


def _same(a: Any, b: Any) -> bool:
    pairs = zip(a, b, strict=True) if isinstance(a, tuple) else [(a, b)]
    return all(
        x is y or (x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes())
        for x, y in pairs
    )


def _copy(source: Path, target: Path) -> None:
    for name, data in state(source).items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(data)
