"""What names a dtype, and dtype objects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, refusal

X = np.arange(6.0).reshape(2, 3) + 0.5
N = np.arange(6, dtype=np.int32).reshape(2, 3)

MADE = """
def f(x):
    made = np.zeros(3, {})
    made[0] = 3
    return made
"""
TESTED = """
def f(x):
    return {}
"""


@pytest.mark.parametrize(
    "dtype",
    (
        "'i'", "'f'", "'d'", "'int'", "'float32'", "'i4'", "'<f8'", "'=i2'", "'|u1'", "'?'", "'B'",
        "'l'", "'c16'", "'intp'", "np.dtype('float64')", "np.dtype('<i4')", "np.dtype(int)",
        "np.dtype(np.float32)", "x.dtype", "x[0].dtype", "np.dtype(x.dtype)", "x[0, 0].dtype",
    ),
)  # fmt: skip
@pytest.mark.parametrize("x", (X, N), ids=("floats", "ints"))
def test_an_array_of_a_dtype(dtype: str, x: Any) -> None:
    assert_same(MADE.format(dtype), x)


@pytest.mark.parametrize(
    "dtype", ("'>f8'", "'e'", "'g'", "'O'", "'S3'", "'f8,i4'", "'2f8'", "'q'", "'zz'", "'a3'")
)
def test_what_is_no_dtype_of_ours_is_declined(dtype: str) -> None:
    declined = refusal(MADE.format(dtype), X)
    assert (declined.code, declined.why.split(" is ")[1]) == (
        "LW304",
        "not a dtype that the compiler knows",
    )


@pytest.mark.parametrize(
    "test",
    (
        "x.dtype == np.float64", "float == x.dtype", "x.dtype != 'i4'", "x.dtype in (np.int32, float)",
        "x.dtype.kind in 'iu'", "x.dtype.kind == 'f'", "x.dtype.itemsize", "x.dtype.type(2)",
        "x[0].sum().dtype == x.dtype", "np.issubdtype(x.dtype, np.integer)",
        "np.issubdtype(x.dtype, float)", "np.issubdtype(x.dtype, np.number)",
        "np.issubdtype('f4', np.floating)", "x.astype('i2')", "np.array([1, 2], 'f')",
        "np.array([[1, 2], [3, 4]], x.dtype)", "x.sum(dtype='f')",
    ),
)  # fmt: skip
@pytest.mark.parametrize("x", (X, N), ids=("floats", "ints"))
def test_what_a_dtype_tells(test: str, x: Any) -> None:
    assert_same(TESTED.format(test), x)


@pytest.mark.parametrize(
    ("test", "code"),
    (
        ("x.dtype == None", "LW304"),
        ("x.dtype == object", "LW304"),
        ("x.dtype is np.float64", "LW103"),
        ("x.dtype.char == 'd'", "LW103"),
        ("np.dtype('f8')(3)", "LW102"),
        ("np.issubdtype(x.dtype, None)", "LW102"),
    ),
)
def test_what_a_dtype_does_not_tell(test: str, code: str) -> None:
    assert refusal(TESTED.format(test), X).code == code


@pytest.mark.parametrize("text", ("np.zeros(2, np.longlong)", "np.longlong(x[0, 0])"))
def test_another_class_of_as_many_bits(text: str) -> None:
    assert refusal(TESTED.format(text), X).code in ("LW102", "LW304")
