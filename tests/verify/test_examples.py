"""Types and inputs from examples: values, a text, a file, the docstring; and what is said without any."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from loopwright.verify.functions import Verdict, render

from .pool import verify_functions

HEAD = """from __future__ import annotations
import enum
from dataclasses import dataclass
import numpy as np
"""
PLAIN = "def f(x, k):\n    return x[:k].sum()\ndef g(x, k):\n    return x[:k].sum() if k != 12345 else 0.0\n"


def verify(folder: Path, source: str, f: str = "f", g: str = "g", **options: object) -> Verdict:
    file = folder / "pair.py"
    file.write_text(HEAD + source)
    given = {"time_limit": 8.0, "inputs": 150, **options}
    return verify_functions(file, f, file, g, **given)  # type: ignore[arg-type]


def test_an_expression_gives_types_and_an_input(tmp_path: Path) -> None:
    verdict = verify(tmp_path, PLAIN, shown="f(np.arange(3.0), 12345)")
    assert verdict.status == "different", render(verdict)
    assert "x: float64[_], k: int" in verdict.evidence.note


FILES = {
    "a list": "EXAMPLES = [(np.ones(4), 12345), (np.zeros((2, 2)), 1)]\n",
    "mappings": "EXAMPLES = [{'x': np.ones(4), 'k': 12345}, {'x': np.zeros((2, 2)), 'k': 1}]\n",
    "calls": "f(np.ones(4), 12345)\nf(np.zeros((2, 2)), k=1)\n",
    "an import": "from pair import f as call\ncall(np.ones(4), 12345)\ncall(np.zeros((2, 2)), 1)\n",
    "a script": (
        "if __name__ == '__main__':\n    f(np.ones(4), 12345)\n    f(np.zeros((2, 2)), 1)\n    1 / 0\n"
    ),
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_file_gives_types_and_inputs(text: str, tmp_path: Path) -> None:
    examples = tmp_path / "examples.py"
    examples.write_text(text)
    verdict = verify(tmp_path, PLAIN, shown=examples)
    assert verdict.status == "different", render(verdict)
    assert "x: float64[_] | float64[_, _], k: int" in verdict.evidence.note


BAD = {
    "no call": ("3 + 4", "no call of f"),
    "a name that is not there": ("f(y, 3)", "name 'y' is not defined"),
    "an endless loop": ("while True: pass", "no call of f: they ended by hang"),
}


@pytest.mark.parametrize(("text", "why"), BAD.values(), ids=BAD)
def test_examples_that_show_nothing_are_told(text: str, why: str, tmp_path: Path) -> None:
    verdict = verify(tmp_path, PLAIN, shown=text, time_limit=4.0)
    assert verdict.status == "undecided"
    assert why in verdict.reason


def test_given_values_that_do_not_fit_are_told(tmp_path: Path) -> None:
    verdict = verify(tmp_path, PLAIN, examples=[(1, 2, 3)])
    assert "does not fit f: too many positional arguments" in verdict.reason


def test_the_examples_of_a_docstring_are_used(tmp_path: Path) -> None:
    source = (
        'def f(x, k):\n    """Sum.\n\n    >>> data = np.arange(4.0)\n    >>> f(data, 12345)\n    """\n'
        "    return x[:k].sum()\n"
        "def g(x, k):\n    return x[:k].sum() if k != 12345 else 0.0\n"
    )
    verdict = verify(tmp_path, source)
    assert verdict.status == "different", render(verdict)
    assert "type of x from the examples in the docstring" in verdict.evidence.note


def test_an_example_of_a_docstring_outside_the_annotated_types_does_not_count(
    tmp_path: Path,
) -> None:
    source = (
        'def f(k: int) -> int:\n    """Double.\n\n    >>> f(0.5)\n    1.0\n    """\n    return 2 * k\n'
        "def g(k):\n    return 2 * k if type(k) is int else None\n"
    )
    assert verify(tmp_path, source).status == "same"


def test_a_global_that_the_examples_change_is_as_it_was(tmp_path: Path) -> None:
    source = (
        "_seen = []\ndef f(k: int) -> int:\n    _seen.append(k)\n    return k\n"
        "def g(k):\n    return k if not _seen or _seen[0] != 99 else 0\n"
    )
    verdict = verify(tmp_path, source, shown="f(99)")
    # `f` of the same module changes the list, so that nothing shows it to be empty
    assert verdict.status == "undecided", render(verdict)
    assert "_seen" in verdict.reason


UNKNOWN = {
    "nothing at all": (
        "def f(x, k: int):\n    return k\ndef g(x, k):\n    return k\n",
        ("the type of `x` in f is not known", "pair.py:5", "`x: float`", "--examples 'f(...)'"),
    ),
    "an annotation of elsewhere": (
        "from elsewhere_ import Frob\ndef f(x: Frob, k: int):\n    return k\ndef g(x, k):\n    return k\n",
        ("cannot be loaded",),
    ),
    "an annotation that says nothing": (
        "class Frob(dict):\n    pass\ndef f(x: Frob):\n    return x\ndef g(x):\n    return x\n",
        ("`Frob` is not understood",),
    ),
    "a class that cannot be made": (
        "class A:\n    def __init__(self, w):\n        self.w = w\n"
        "    def f(self, x: float):\n        return x\n"
        "def g(self, x):\n    return x\n",
        ("`self` of A.f is not known", "--examples 'A(...).f(...)'"),
    ),
}


@pytest.mark.parametrize(("source", "words"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_type_is_named_with_its_cure(
    source: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    verdict = verify(tmp_path, source, "A.f" if "A:" in source else "f")
    assert verdict.status == "undecided"
    assert all(word in verdict.reason for word in words), verdict.reason


KNOWN = {
    "the candidate's annotation": (
        "def f(x, k):\n    return x * k\ndef g(x: float, k: int) -> float:\n    return k * x\n",
        "x: float, k: int",
    ),
    "a default value": ("def f(k=2, s='a'):\n    return s * k\ng = f\n", "k: int, s: str"),
    "a default None": (
        "def f(x: float, out=None):\n    return x\ndef g(x, out=None):\n    return x\n",
        "out keeps its default None",
    ),
    "a default of an enumeration": (
        "class C(enum.Enum):\n    A = 1\n    B = 2\ndef f(c=C.A):\n    return c.value\ng = f\n",
        "c: C",
    ),
    "annotations as text": (
        "def f(x: 'list[Point]') -> float:\n    return float(len(x))\n"
        "@dataclass\nclass Point:\n    x: float\ng = f\n",
        "x: list[Point]",
    ),
    "stars without a type": (
        "def f(x: float, *a, **k):\n    return x\ng = f\n",
        "*a is left empty",
    ),
}


@pytest.mark.parametrize(("source", "note"), KNOWN.values(), ids=KNOWN)
def test_a_type_is_found_elsewhere(source: str, note: str, tmp_path: Path) -> None:
    verdict = verify(tmp_path, source, inputs=40)
    assert verdict.status == "same", render(verdict)
    assert note in verdict.evidence.note


def test_a_type_of_a_module_beside_is_followed(tmp_path: Path) -> None:
    (tmp_path / "shapes.py").write_text(
        "from dataclasses import dataclass\nfrom typing import Annotated\nimport numpy as np\n"
        "from numpy.typing import NDArray\nVec = Annotated[NDArray[np.float64], 'n']\n"
        "@dataclass\nclass Box:\n    low: Vec\n    high: Vec\n"
    )
    source = (
        "from shapes import Box, Vec as V\n"
        "def f(x: V, b: Box) -> float:\n    return float(len(x) + len(b.low))\n"
        "def g(x, b):\n    return float(len(x) + len(b.high)) if len(x) != 5 else 0.0\n"
    )
    verdict = verify(tmp_path, source, inputs=2000)
    assert verdict.status == "different", render(verdict)
    assert "x: float64[n], b: Box" in verdict.evidence.note


METHOD = """
@dataclass
class Line:
    slope: float
    def f(self, x: float) -> float:
        return self.slope * x
    def g(self, x: float) -> float:
        return x * self.slope if x != 2.5 else 0.0
    def h(self, x: float) -> float:
        return x * self.slope
"""


def test_a_method_gets_instances_of_its_class(tmp_path: Path) -> None:
    assert verify(tmp_path, METHOD, "Line.f", "Line.h").status == "same"
    found = verify(tmp_path, METHOD, "Line.f", "Line.g", inputs=3000)
    assert found.status == "different", render(found)


def test_instances_are_learnt_from_examples(tmp_path: Path) -> None:
    source = (
        "class Layer:\n    def __init__(self, w):\n        self.w = w\n"
        "    def f(self, x):\n        return self.w * x\n"
        "    def g(self, x):\n        return x * self.w if len(x) != 3 else x\n"
        "    def h(self, x):\n        return x * self.w\n"
    )
    shown = "layer = Layer(np.ones(1))\nlayer.f(np.arange(3.0))\nlayer.f(np.arange(4.0))"
    assert verify(tmp_path, source, "Layer.f", "Layer.h", shown=shown).status == "same"
    assert verify(tmp_path, source, "Layer.f", "Layer.g", shown=shown).status == "different"


def test_one_type_variable_is_one_type_within_a_call(tmp_path: Path) -> None:
    source = (
        "from typing import TypeVar\nfrom numpy.typing import NDArray\n"
        "F = TypeVar('F', np.float32, np.float64)\n"
        "def f(x: NDArray[F], y: NDArray[F]) -> str:\n    return str(x.dtype)\n"
        "def g(x, y):\n    return str(y.dtype)\n"
        "def h(x, y):\n    return 'float64'\n"
    )
    assert verify(tmp_path, source).status == "same"
    assert verify(tmp_path, source, g="h").status == "different"


def test_a_constructor_that_refuses_is_an_exception_of_the_call(tmp_path: Path) -> None:
    source = (
        "@dataclass\nclass P:\n    x: float\n    def __post_init__(self):\n"
        "        if not self.x > 0:\n            raise ValueError('x')\n"
        "def f(p: P) -> float:\n    return p.x\ndef g(p):\n    return p.x\n"
    )
    verdict = verify(tmp_path, source)
    assert verdict.status == "same", render(verdict)
    assert 0 < verdict.evidence.accepted < verdict.evidence.inputs


def test_everything_that_is_like_an_array_is_drawn(tmp_path: Path) -> None:
    source = (
        "from numpy.typing import ArrayLike\n"
        "def f(x: ArrayLike) -> str:\n    return str(np.asarray(x).dtype)\n"
        "def g(x):\n    a = np.asarray(x)\n    return 'int64' if a.dtype == {0!r} else str(a.dtype)\n"
    )
    for dtype in ("uint8", "object", "bool", "int32"):
        found = verify(tmp_path, source.replace("{0!r}", repr(dtype)), inputs=3000)
        assert found.status == "different", dtype
    listed = source.replace("a.dtype == {0!r}", "isinstance(x, list)")
    assert verify(tmp_path, listed, inputs=3000).status == "different"


def test_examples_are_values_of_the_caller(tmp_path: Path) -> None:
    named = verify(tmp_path, PLAIN, examples=[{"x": np.ones(4), "k": 2}, (np.ones(3), 5)])
    assert "x: float64[_]" in named.evidence.note
