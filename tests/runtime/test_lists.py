"""Lists of numbers to arrays and back, exact or not at all."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import loopwright.runtime
from loopwright.diagnostics import Declined
from loopwright.emit.build import build_natives, toolchain
from loopwright.extensions import prepare
from loopwright.runtime import lists as plain_lists
from loopwright.workers import Workers


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """`lists` in a copy of the runtime that has its compiled part."""
    if isinstance(toolchain(), Declined):
        pytest.skip("no C compiler here")
    folder = tmp_path_factory.mktemp("natives")
    package = folder / "runtime_with_natives"
    shutil.copytree(Path(loopwright.runtime.__file__).parent, package)
    with Workers(prepare) as workers:
        built = build_natives(package, workers=workers, cache_dir=folder / "cache")
    assert isinstance(built, Path), built
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        found = importlib.import_module("runtime_with_natives.lists")
    assert set(found._FILL) == {float, int, bool}
    return found


@pytest.fixture(params=["plain", "compiled"])
def lists(request: pytest.FixtureRequest) -> ModuleType:
    if request.param == "plain":
        assert not plain_lists._FILL
        return plain_lists
    module: ModuleType = request.getfixturevalue("compiled")
    return module


ROW = [1.0, 2.0]
TAKEN = {
    "floats": ([1.0, -0.0, float("inf")], float, 1),
    "ints": ([1, -(2**62)], int, 1),
    "bools": ([True, False], bool, 1),
    "complex numbers": ([1j, 2.0 + 0j], complex, 1),
    "an empty list": ([], float, 1),
    "rows": ([[1, 2, 3], [4, 5, 6]], int, 2),
    "no rows": ([], int, 2),
    "empty rows": ([[], []], int, 2),
    "NumPy scalars": ([np.float64(0.5), np.float64(-0.0)], np.float64, 1),
    "rows of NumPy scalars": ([[np.int8(1)], [np.int8(2)]], np.int8, 2),
    "NumPy bools": ([np.True_, np.False_], np.bool_, 1),
    "three levels": ([[[1.0], [2.0]], [[3.0], [4.0]]], float, 3),
}


@pytest.mark.parametrize("case", TAKEN.values(), ids=TAKEN)
def test_there_and_back(lists: ModuleType, case: tuple[list[Any], type, int]) -> None:
    values, kind, ndim = case
    array = lists.to_array(values, kind, ndim)
    assert array is not None and array.ndim == ndim and array.flags.c_contiguous
    rows = list(values)
    wanted = repr(values)
    lists.write_back(values, array, issubclass(kind, np.generic))
    assert repr(values) == wanted
    assert all(a is b for a, b in zip(rows, values, strict=True)) or ndim == 1


REFUSED = {
    "an int among floats": ([1.0, 2], float, 1),
    "a bool among ints": ([1, True], int, 1),
    "a NumPy scalar among floats": ([1.0, np.float64(2.0)], float, 1),
    "a float among NumPy scalars": ([np.float64(1.0), 2.0], np.float64, 1),
    "another NumPy scalar": ([np.float64(1.0), np.float32(2.0)], np.float64, 1),
    "an int beyond 64 bits": ([2**63], int, 1),
    "rows of different length": ([[1.0], [1.0, 2.0]], float, 2),
    "a row twice": ([ROW, ROW], float, 2),
    "a tuple as row": ([(1.0,), (2.0,)], float, 2),
    "a tuple": ((1.0, 2.0), float, 1),
    "an array": (np.zeros(2), float, 1),
    "rows where numbers are expected": ([[1.0]], float, 1),
    "numbers where rows are expected": ([1.0], float, 2),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_refused(lists: ModuleType, case: tuple[Any, type, int]) -> None:
    assert lists.to_array(*case) is None


def test_a_subclass_of_list_is_refused_unless_it_acts_like_list(lists: ModuleType) -> None:
    own = type("Own", (list,), {})
    assert lists.to_array(own([1.0]), float).tolist() == [1.0]
    assert lists.to_array(own([[1], [2]]), int, 2).tolist() == [[1], [2]]
    assert lists.to_array([own([1]), own([2])], int, 2) is None
    turned = type("Turned", (list,), {"__getitem__": lambda self, at: 0.0})
    assert lists.to_array(turned([1.0]), float) is None


def test_ints_out_of_the_guarded_range_are_refused(lists: ModuleType) -> None:
    assert lists.to_array([0, 11], int, 1, (-10, 10)) is None
    assert lists.to_array([-11], int, 1, (-10, 10)) is None
    assert lists.to_array([-10, 10], int, 1, (-10, 10)) is not None


def test_elements_are_made_of_those_of_several_columns(lists: ModuleType) -> None:
    values, tags = np.array([[1.0, 2.0], [0.0, 3.0]]), np.array([[0, 1], [1, 2]])

    def make(value: float, tag: int) -> object:
        return (int, np.float64, float)[tag](value)

    made = lists.rows(make, values, tags, ndim=2)
    assert repr(made) == repr([[1, np.float64(2.0)], [np.float64(0.0), 3.0]])
    assert lists.rows(make, values[:0, 0], tags[:0, 0]) == []
    assert repr(lists.rows(None, values[0], tags[1])) == "[(1.0, 1), (2.0, 2)]"


def test_apart_looks_at_rows(lists: ModuleType) -> None:
    a, b = [[1.0], [2.0]], [[3.0], [4.0]]
    assert lists.apart(a, 2, ((b, 2),))
    assert not lists.apart(a, 2, ((a, 2),))
    assert not lists.apart(a, 2, ((b, 2), (a[1], 1)))
    assert not lists.apart(a[0], 1, ((a, 2),))


NUMBERS = st.one_of(
    st.floats(), st.integers(-(2**64), 2**64), st.booleans(), st.just(np.float64(0.5)), st.none()
)
ROWS = st.lists(st.lists(st.floats(), max_size=4), max_size=4)


@given(
    values=st.one_of(
        st.lists(st.floats()),
        st.lists(st.integers(-(2**63) - 1, 2**63)),
        st.lists(st.booleans()),
        st.lists(NUMBERS),
        ROWS,
    ),
    kind=st.sampled_from([float, int, bool]),
    ndim=st.integers(1, 2),
    limits=st.sampled_from([(-(2**63), 2**63 - 1), (-5, 100)]),
)
@settings(max_examples=400, deadline=None)
def test_the_compiled_part_does_what_the_plain_one_does(
    compiled: ModuleType, values: list[Any], kind: type, ndim: int, limits: tuple[int, int]
) -> None:
    assert shown(compiled.to_array(values, kind, ndim, limits)) == shown(
        plain_lists.to_array(values, kind, ndim, limits)
    )
    one, two = (each.to_rows(values, kind, limits) for each in (compiled, plain_lists))
    assert (one is None) == (two is None)
    if one is not None and two is not None:
        assert list(map(shown, one)) == list(map(shown, two))


def shown(array: Any) -> Any:
    return None if array is None else (array.dtype, array.shape, array.tobytes())


def test_arrays_of_the_compiled_part_are_filled_to_the_end(compiled: ModuleType) -> None:
    """A list cannot be longer or shorter than was asked for, but for a defect: nothing is then written
    behind the array."""
    floats = compiled._FILL[float]
    for room, rows in ((1, [[1.0, 2.0]]), (3, [[1.0], [2.0]]), (0, [[1.0]]), (1, [(1.0,)])):
        kept = np.full(8, 7.0)
        assert not floats(rows, kept[2 : 2 + room])
        assert (kept[[0, 1, *range(2 + room, 8)]] == 7.0).all()


@given(
    st.lists(
        st.one_of(
            st.tuples(st.integers(), st.floats()),
            st.tuples(st.none()),
            st.none(),
            st.lists(st.none()),
        )
    ),
    st.integers(1, 3),
)
@settings(max_examples=200, deadline=None)
def test_the_compiled_part_takes_tuples_apart_as_the_plain_one_does(
    compiled: ModuleType, values: list[Any], count: int
) -> None:
    assert repr(compiled.records(values, count)) == repr(plain_lists.records(values, count))


def test_items_of_tuples_live_as_long_as_they_are_held(compiled: ModuleType) -> None:
    items = [object() for _ in range(3)]
    before = [sys.getrefcount(item) for item in items]
    found = compiled.records([(item, 1) for item in items], 2)
    assert found == (items, [1, 1, 1])
    del found
    assert [sys.getrefcount(item) for item in items] == before
