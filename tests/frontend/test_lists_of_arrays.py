"""Lists whose elements are arrays of one shape, and what makes an array of them."""

from __future__ import annotations

from textwrap import indent
from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, refusal

X = np.array([0.5, -2.0, 3.0, 4.0, -0.0])
A = np.arange(6.0).reshape(3, 2)


def function(body: str, *names: str) -> str:
    return f"def f({', '.join(names)}):\n{indent(body, '    ')}\n"


COVERED: dict[str, tuple[str, Any]] = {
    "windows": ("return np.array([x[i : i + 2] for i in range(4)])", X),
    "windows, the last ones shorter": ("return np.array([x[i : i + 2] for i in range(9)])", X),
    "rows of a matrix": ("return np.array([row * 2 for row in x])", A),
    "a mean over computed rows": ("return np.mean([row * 2 for row in x], axis=0)", A),
    "stacked": ("return np.stack([x * i for i in range(3)])", A),
    "on top of each other": ("return np.vstack([x * i for i in range(3)])", A),
    "one behind the other": ("return np.concatenate([x * i for i in range(3)])", A),
    "side by side": ("return np.hstack([row + 1 for row in x])", A),
    "rows of an array": ("return np.concatenate(x), np.vstack(x)", A),
    "appended": (
        "r = []\nfor i in range(20):\n    r.append(x * i)\nreturn np.array(r), r[3].sum()",
        X,
    ),
    "appended and returned": ("r = []\nfor i in range(9):\n    r.append(x + i)\nreturn r", X),
    "appended behind changes of its own": (
        "r = []\nfor i in range(4):\n    v = np.zeros(3)\n    v[1] = i\n    r.append(v)\nreturn r",
        X,
    ),
    "tuples with an array": (
        "r = []\nfor i in range(9):\n    r.append((x * i, i))\ns = 0.0\n"
        "for v, k in r:\n    s += v[1] * k\nreturn s, r",
        X,
    ),
    "an element that gives way": (
        "r = [x * i for i in range(4)]\na = r[1]\nr[1] = r[2] + 0\nr[2] = a + 0\nreturn a + 0, np.array(r)",
        X,
    ),
    "popped and appended": ("r = [x * 1, x * 2]\na = r.pop()\nr.append(x * 7)\nreturn a, r", X),
    "turned": ("r = [x * i for i in range(4)]\nr.reverse()\nreturn r", X),
    "a part": ("r = [x * i for i in range(4)]\nreturn np.array(r[1:3]), np.array(r[::-1])", X),
    "summed": ("r = [x[:2], x[2:4]]\nreturn sum(v.sum() for v in r), len(r)", X),
    "arrays in a tuple": (
        "return np.max((x, x * -1), axis=0), np.array([x, x * 2]).T + 0, np.sum([x, x])",
        X,
    ),
    "integers beside floats": ("return np.array((x, np.arange(len(x))))", X),
    "rows of numbers": (
        "return np.array([[v, v * 2] for v in x]), [[v, 1] for v in x.tolist()]",
        X,
    ),
    "another dtype is a copy": ("y = x.astype(np.float32, copy=False)\ny[0] = 9\nreturn y", X),
    "the same dtype is none": ("y = x.astype(float, copy=False)\ny[0] = 9\nreturn y", X),
}


@pytest.mark.parametrize("body, x", COVERED.values(), ids=COVERED)
def test_lists_of_arrays_are_those_of_python(body: str, x: Any) -> None:
    assert_same(function(body, "x"), x)


DECLINED: dict[str, tuple[str, str]] = {
    "an array that is listed and changed": (
        "r = []\nv = np.zeros(3)\nfor i in range(4):\n    v[1] = i\n    r.append(v)\nreturn np.array(r)",
        "LW110",
    ),
    "an argument that is changed": ("r = [x]\nx[0] = 9\nreturn r[0].sum()", "LW110"),
    "an argument that a function changes": (
        "def g(v):\n    v[0] = 9\nr = [x]\ng(x)\nreturn r[0].sum()",
        "LW110",
    ),
    "an element in place": ("r = [x * 1, x * 2]\nr[0][1] = 5\nreturn np.array(r)", "LW110"),
    "an element by an operator": ("r = [x * 1, x * 2]\nr[0] += 5\nreturn np.array(r)", "LW110"),
    "an element by another name": (
        "r = [x * 1, x * 2]\nv = r[0]\nv += 1\nreturn np.array(r)",
        "LW110",
    ),
    "returned with an argument in it": ("return [x]", "LW110"),
    "returned with one array twice": (
        "r = []\nv = x * 2\nr.append(v)\nr.append(v)\nreturn r",
        "LW110",
    ),
    "returned beside its own part": ("r = [x * 1, x * 2]\nreturn r, r[:1]", "LW110"),
    "an argument that the loop over the list changes": (
        "a = x * 2\nb = x * 3\ns = 0.0\nfor r in [a, b]:\n    b[0] = 7.0\n    s += r[0]\nreturn s",
        "LW110",
    ),
    "returned with one array in two places": ("a = x * 2\nreturn [a, a]", "LW110"),
    "returned with one array in all places": ("a = x * 2\nreturn [a for _ in range(3)]", "LW110"),
    "returned with one array in a pair": (
        "r = []\na = x * 2\nr.append((a, a))\nreturn r",
        "LW110",
    ),
    "repeated": ("return np.array([x * 1] * 3)", "LW103"),
    "values of a dict": ("d = {}\nd[1] = x * 2\nreturn d[1] + 0", "LW103"),
    "sorted": ("return sorted([x * 1, x * 2])", "LW102"),
    "inserted": ("r = [x * 1]\nr.insert(0, x * 2)\nreturn np.array(r)", "LW102"),
}


@pytest.mark.parametrize("body, code", DECLINED.values(), ids=DECLINED)
def test_what_could_show_that_elements_are_copies_is_declined(body: str, code: str) -> None:
    assert refusal(function(body, "x"), X).code == code


LEFT: dict[str, str] = {
    "of no arrays": "return np.array([x[i:] for i in range(0)])",
    "of several shapes": "r = []\nr.append(x[:1] * 1)\nr.append(x * 1)\nr.pop()\nreturn len(r)",
}


@pytest.mark.parametrize("body", LEFT.values(), ids=LEFT)
def test_lists_without_one_shape_are_left_to_the_original(body: str) -> None:
    assert by_kernel(function(body, "x"), (X,)).failed
