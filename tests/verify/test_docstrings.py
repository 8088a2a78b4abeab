"""Types as docstrings tell them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from loopwright.verify.docstrings import type_texts
from loopwright.verify.functions import render
from loopwright.verify.kinds import describe
from loopwright.verify.parameters import parameters_of
from loopwright.verify.scope import find_function, scope_of

from .pool import verify_functions

PHRASES = {
    "int": "int",
    "int, optional": "int",
    "int, default=3": "int",
    "int, default: 3": "int",
    "float or None": "float | None",
    "positive int": "int",
    "bool, default True": "bool",
    "str": "str",
    "{'mean', 'sum'}": "'mean' | 'sum'",
    "{'mean', 'sum'}, optional": "'mean' | 'sum'",
    "ndarray of shape (n, m)": "float64[n, m] | float32[n, m] | int64[n, m]",
    "np.ndarray, shape (n, 3)": "float64[n, 3] | float32[n, 3] | int64[n, 3]",
    "ndarray, shape=(n,)": "float64[n] | float32[n] | int64[n]",
    "(n, n + 1) ndarray of float64": "float64[n, n+1]",
    "numpy array of floats": "float64[_] | float64[_, _]",
    "2D array of ints": "int64[_, _]",
    "float32 array, shape (n,)": "float32[n]",
    "np.ndarray": "float64[_] | float64[_, _] | float32[_] | float32[_, _] | int64[_] | int64[_, _]",
    "array_like of float, shape (n,)": "float64[n] | list[float]",
    "NDArray[np.float32]": "float32[...]",
    "list of float": "list[float]",
    "list of list of ints": "list[list[int]]",
    "list[tuple[int, float]]": "list[tuple[int, float]]",
    "sequence of str": "sequence[str]",
    "tuple of (int, float)": "tuple[int, float]",
    "(int, int)": "tuple[int, int]",
    "dict of str to float": "dict[str, float]",
    "callable": "callable",
    ":class:`~numpy.random.Generator`": "Generator",
    "scalar": "float | int",
    "float, Frobnicator": "float",
}


@pytest.mark.parametrize(("words", "kind"), PHRASES.items())
def test_a_phrase_reads(words: str, kind: str) -> None:
    source = f'def f(v):\n    """Do.\n\n    Parameters\n    ----------\n    v : {words}\n    """\n'
    tree = ast.parse(source)
    node = find_function(tree, "f")
    assert node is not None
    (parameter,) = parameters_of(node, scope_of(tree))
    assert describe(parameter.kind) == kind


NUMPY = """Scale.

Parameters
----------
x, y : ndarray of shape (n,)
    Points: both.
k : int, optional
    Not a type: prose.
*rest : float

Returns
-------
z : float
"""
GOOGLE = """Scale.

Args:
    x (np.ndarray): Points.
    k (tuple[int, int], optional): How many (or few): prose.
    mode: no type

Returns:
    y (float): no parameter
"""
SPHINX = """Scale.

:param int k: how many
:param x: points
:type x: numpy.ndarray
:rtype: float
"""
STYLES = {
    "NumPy": (NUMPY, {"x": "ndarray of shape (n,)", "y": "ndarray of shape (n,)",
                      "k": "int, optional", "rest": "float"}),
    "Google": (GOOGLE, {"x": "np.ndarray", "k": "tuple[int, int], optional"}),
    "Sphinx": (SPHINX, {"k": "int", "x": "numpy.ndarray"}),
    "prose": ("Parameters of a model: x : int\n", {}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "types"), STYLES.values(), ids=STYLES)
def test_a_manner_of_writing_reads(text: str, types: dict[str, str]) -> None:
    assert type_texts(text) == types


def test_a_docstring_is_enough_to_find_a_difference(tmp_path: Path) -> None:
    file = tmp_path / "pair.py"
    doc = '    """Sum.\n\n    Parameters\n    ----------\n'
    doc += '    x : ndarray of shape (n,)\n    k : int\n    """\n'
    file.write_text(
        f"def f(x, k):\n{doc}    return x[k:].sum()\n"
        "def g(x, k):\n    return x[k if k < 7 else 8:].sum()\n"
    )
    verdict = verify_functions(file, "f", file, "g", time_limit=8.0)
    assert verdict.status == "different", render(verdict)
    assert "type of x from the docstring" in verdict.evidence.note


def test_an_annotation_counts_more_than_the_docstring(tmp_path: Path) -> None:
    tree = ast.parse('def f(k: int):\n    """:param float k: number"""\n')
    node = find_function(tree, "f")
    assert node is not None
    assert describe(parameters_of(node, scope_of(tree))[0].kind) == "int"
