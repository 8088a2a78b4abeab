"""What two pictures must share: tables of values that are the same and that are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.verify import codec, snapshot
from loopwright.verify.compare import Difference, bitwise, compare, relative
from loopwright.verify.observe import Observation, observe

NAN = float("nan")
ROW = [1.0]
BASE = np.arange(6.0)


def seen(result: Any, **args: Any) -> Observation:
    return observe(lambda: result, (), {}, seed=1, limit=5.0, shown=args)


SAME: dict[str, tuple[Any, Any]] = {
    "NaN and NaN": (NAN, NAN),
    "a NumPy double and a float": (np.float64(0.5), 0.5),
    "a NumPy int64 and an int": (np.int64(3), 3),
    "a NumPy bool and a bool": (np.True_, True),
    "NaN inside an array": (np.array([NAN, 1.0]), np.array([NAN, 1.0])),
    "other strides": (np.asfortranarray(np.eye(3)), np.eye(3)),
    "equal sets": ({3, 1}, {1, 3}),
    "long lists of floats": ([NAN] * 40, [NAN] * 40),
    "long lists of several types": ([NAN, 1, "a"] * 20, [NAN, 1, "a"] * 20),
}
OTHER: dict[str, tuple[Any, Any, str]] = {
    "zeros of two signs": (0.0, -0.0, "value"),
    "zeros of two signs among other things": ([0.0, 1] * 20, [0.0, 1] * 19 + [-0.0, 1], "value"),
    "an int and a float among other things": ([0.0, 1] * 20, [0.0, 1] * 19 + [0.0, 1.0], "type"),
    "ints among other things": ([0.0, 1] * 20, [0.0, 1] * 19 + [0.0, 2], "value"),
    "zeros of two signs in a long list": ([0.0] * 40, [0.0] * 39 + [-0.0], "value"),
    "an int and a float": (1, 1.0, "type"),
    "a bool and an int": (True, 1, "type"),
    "single and double precision": (np.float32(0.5), np.float64(0.5), "type"),
    "a list and a tuple": ([1], (1,), "type"),
    "a scalar and an array of rank 0": (1.0, np.array(1.0), "type"),
    "None and zero": (None, 0, "type"),
    "dtypes": (np.zeros(2), np.zeros(2, np.float32), "dtype"),
    "shapes": (np.zeros((2, 1)), np.zeros(2), "shape"),
    "an element": (np.array([1.0, 2.0]), np.array([1.0, 3.0]), "value"),
    "lengths": ([1, 2], [1], "length"),
    "the order of keys": ({"a": 1, "b": 2}, {"b": 2, "a": 1}, "order of keys"),
    "one row twice and two rows": ([ROW, ROW], [[1.0], [1.0]], "identity"),
    "a read-only array": (np.broadcast_to(1.0, 3), np.ones(3), "read-only"),
    "a generator and a list": (iter([1]), [1], "kind of result"),
    "items and then an exception": ((1 / v for v in (1, 0)), iter([1.0]), "end of items"),
}


@pytest.mark.parametrize(("a", "b"), SAME.values(), ids=SAME)
def test_the_same(a: Any, b: Any) -> None:
    assert compare(seen(a), seen(b)) is None


@pytest.mark.parametrize(("a", "b", "what"), OTHER.values(), ids=OTHER)
def test_a_difference(a: Any, b: Any, what: str) -> None:
    found = compare(seen(a), seen(b))
    assert isinstance(found, Difference)
    assert found.what == what


def test_strict_types_tell_numpy_scalars_from_python_numbers() -> None:
    assert compare(seen(np.float64(1.0)), seen(1.0), strict=True) is not None


def test_a_result_that_is_an_argument_is_not_a_copy_of_it() -> None:
    x, y = np.ones(3), np.ones(3)
    found = compare(seen(x, x=x), seen(y.copy(), x=y))
    assert found is not None and found.what == "identity"


def test_a_result_that_shares_memory_is_not_a_copy() -> None:
    x, y = np.ones(3), np.ones(3)
    found = compare(seen(x[1:], x=x), seen(y[1:].copy(), x=y))
    assert found is not None and found.what == "memory"


def test_a_stray_write_beside_a_view_is_seen() -> None:
    a, b = BASE.copy(), BASE.copy()
    b[0] = 9.0
    found = compare(seen(None, x=a[1:3]), seen(None, x=b[1:3]))
    assert found is not None and found.path.startswith("buffer around x")


TOLERATED: dict[str, tuple[Any, Any, bool]] = {
    "near": (1.0, 1.0 + 1e-9, True),
    "far": (1.0, 1.1, False),
    "infinity is exact": (np.inf, 1e308, False),
    "signs of infinity": (np.inf, -np.inf, False),
    "signs of zero": (0.0, -0.0, True),
    "the largest numbers": (1e308, -1e308, False),
    "zero and a denormal": (0.0, 5e-324, False),
    "complex numbers are compared by size": (1e-9 + 1j, 0 + 1j, True),
    "large complex numbers": (1.5e308 + 1.5e308j, 1.5e308 + 1e308j, False),
    "a part that is NaN": (complex(np.nan, 1.0), complex(np.nan, 2.0), False),
    "a part that is infinite": (complex(np.inf, 1.0), complex(np.inf, 1.0 + 1e-9), True),
    "half precision": (np.float16(1.0), np.float16(1.001), False),
}


@pytest.mark.parametrize(("a", "b", "close"), TOLERATED.values(), ids=TOLERATED)
def test_a_tolerance(a: Any, b: Any, close: bool) -> None:
    assert (compare(seen(a), seen(b), relative(1e-6)) is None) is close
    assert compare(seen(a), seen(b), bitwise) is not None


def test_a_picture_does_not_change_later() -> None:
    x = np.ones(2)
    picture = snapshot.take({"x": x})
    x[0] = 5.0
    assert picture["x"][0] == 1.0


def test_copies_keep_sharing_layout_and_flags() -> None:
    locked = np.broadcast_to(BASE[:2], (3, 2))
    window, whole, frozen, again = codec.copy((BASE[1:4], BASE, locked, BASE))
    assert again is whole
    assert np.shares_memory(window, whole) and not np.shares_memory(window, BASE)
    assert frozen.strides == locked.strides and not frozen.flags.writeable


def test_an_endless_call_is_cut_off() -> None:
    def endless() -> None:
        while True:
            pass

    assert observe(endless, (), {}, seed=1, limit=0.05).outcome == "timeout"


def test_rows_of_object_arrays_are_never_taken_for_one_another() -> None:
    def rows() -> list[Any]:
        sizes = (3, 40, 7, 63, 2, 63, 5)
        return [np.ones((n, n)).astype(object) for n in sizes]

    for _ in range(20):
        first = seen(rows())
        clutter = [[0.0] * n for n in range(60)]  # so that freed memory is reused differently
        second = seen(rows())
        del clutter[::2]
        assert compare(first, second) is None
