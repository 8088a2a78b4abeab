"""Conditions that the declared types decide, and ones that look alike and are decided by the input.

Each pair is a signature, the body of `f` and that of `g`, and what else the module holds.
"""

from __future__ import annotations

ROW = 'x: Annotated[NDArray[np.float64], "n"]'
COPY = "return x.copy()"


def _of_row(test: str) -> tuple[str, str, str]:
    """A row that is copied, unless `test` holds."""
    return ROW, COPY, f"if {test}:\n    return None\n{COPY}"


def _of_int(test: str, *more: str) -> tuple[str, ...]:
    """An int that is returned, unless `test` holds."""
    return "k: int", "return k", f"if {test}:\n    return -7\nreturn k", *more


DECIDED: dict[str, tuple[str, ...]] = {
    "the type of an int": _of_int("type(k) is not int"),
    "the type of an int among others": _of_int("type(k) in (float, complex)"),
    "an int of Python or of NumPy": _of_int("not isinstance(k, (int, np.integer))"),
    "a union of types": _of_int("not isinstance(k, int | np.integer)"),
    "an abstract number": _of_int("not isinstance(k, numbers.Integral)", "import numbers"),
    "an int is no bool": _of_int("isinstance(k, bool)"),
    "a scalar": _of_int("not np.isscalar(k)"),
    "an int is not called": _of_int("callable(k)"),
    "an int has no length": _of_int("hasattr(k, '__len__')"),
    "the interpreter's own constant": _of_int("not __debug__"),
    "a check for type checkers": _of_int("TYPE_CHECKING", "from typing import TYPE_CHECKING"),
    "a switch of the module": _of_int("_SWITCH and k > 3", "_SWITCH = False"),
    "a default of the type": (
        "a: int, k: int = 5",
        "return a + k",
        "if k is None or not isinstance(k, int):\n    return 0\nreturn a + k",
    ),
    "an array": _of_row("not isinstance(x, np.ndarray)"),
    "an array made of an array": (
        ROW,
        COPY,
        "x = np.asarray(x)\nif x.ndim != 1:\n    raise ValueError('rank')\nreturn x.copy()",
    ),
    "the kind of a dtype": _of_row("x.dtype.kind != 'f'"),
    "a dtype below another": _of_row("not np.issubdtype(x.dtype, np.floating)"),
    "an attribute of arrays": _of_row("not hasattr(x, 'shape')"),
    "a length below zero": _of_row("len(x) < 0"),
    "a union of which both are arrays": (
        "x: NDArray[np.float64] | NDArray[np.float32]",
        COPY,
        "if not isinstance(x, np.ndarray) or x.dtype.kind != 'f':\n    return None\nreturn x.copy()",
    ),
    "a dictionary": (
        "d: dict[str, int]",
        "return len(d)",
        "if d is None or not isinstance(d, dict):\n    return -1\nreturn len(d)",
    ),
}

OPEN: dict[str, tuple[str, ...]] = {
    "an int or None": (
        "k: int | None",
        "return k",
        "if type(k) is not int:\n    return 0\nreturn k",
    ),
    "an int or a float": (
        "k: int | float",
        "return k",
        "if not isinstance(k, (int, np.integer)):\n    return 0.5\nreturn k",
    ),
    "a bool or an int": (
        "k: int | bool",
        "return k",
        "if isinstance(k, bool):\n    return 0\nreturn k",
    ),
    "a default that is not of the type": (
        "a: int, k: int = None",
        "return a",
        "if not isinstance(k, int):\n    return 0\nreturn a",
    ),
    "a number that NumPy computed": (
        "k: int",
        "return k",
        "n = np.abs(np.int64(min(max(k, 0), 9)))\nif type(n) is not int:\n    return -1\nreturn k",
    ),
    "an element of an array": (
        ROW,
        "return len(x)",
        "for v in x:\n    if type(v) is not float:\n        return -1\nreturn len(x)",
    ),
    "a comparison of elements": (
        ROW,
        "return len(x)",
        "if len(x) and not isinstance(x[0] > 0, bool):\n    return -1\nreturn len(x)",
    ),
    "arrays of several dtypes": (
        "x: NDArray[np.float64] | NDArray[np.int64]",
        COPY,
        "if x.dtype.kind != 'f':\n    return None\nreturn x.copy()",
    ),
    "arrays of any rank": (
        "x: NDArray[np.float64]",
        COPY,
        "if x.ndim == 2:\n    return None\nreturn x.copy()",
    ),
    "an array of another name": (
        ROW,
        "return len(x)",
        "y = x.astype(np.float32)\nif y.dtype != np.float64:\n    return -1\nreturn len(x)",
    ),
    "an array made a matrix in place": (
        ROW,
        "return len(x)",
        "y = x.copy()\nn = len(x)\ny.shape = (1, n)\nif y.ndim != 1:\n    return -1\nreturn n",
    ),
    "a public switch": (
        "k: int",
        "return k + SWITCH - SWITCH",
        "if SWITCH:\n    return -7\nreturn k",
        "SWITCH = False",
    ),
    "a count that a helper keeps": _of_int(
        "_count() > 5",
        "_calls = 0\ndef _count():\n    global _calls\n    _calls += 1\n    return _calls",
    ),
    "a private global that a helper sets": (
        "k: int",
        "return k",
        "_count()\nif _calls > 5:\n    return -7\nreturn k",
        "_calls = 0\ndef _count():\n    global _calls\n    _calls += 1",
    ),
    "a private global that is set by its name": (
        "k: int",
        "return k",
        "globals()['_calls'] += 1\nif _calls > 5:\n    return -7\nreturn k",
        "_calls = 0",
    ),
    "a list or a tuple": (
        "v: list[int] | tuple[int, ...]",
        "return len(v)",
        "if not isinstance(v, list):\n    return -1\nreturn len(v)",
    ),
    "a sequence": (
        "v: Sequence[int]",
        "return len(v)",
        "if type(v) is not list:\n    return -1\nreturn len(v)",
        "from collections.abc import Sequence",
    ),
    "a parameter that is assigned": (
        "k: int",
        "return k",
        "k = float(k) if abs(k) < 99 else k\nif type(k) is not int:\n    return -1\nreturn k",
    ),
}
