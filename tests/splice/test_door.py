"""Dispatch functions at work: what they take, what they leave alone, what they give back."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from loopwright.diagnostics import CannotLower
from loopwright.ir.domain import Group
from loopwright.ir.nodes import (
    Either,
    Nothing,
    OneOf,
    Pack,
    Perhaps,
    Refill,
    Root,
    Rows,
    Same,
    Value,
)
from loopwright.ir.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    Array,
    ListOf,
    Num,
    Py,
    Ragged,
    Rng,
    TupleOf,
    Type,
)
from loopwright.kernels import write_kernels

from .rewriting import Kernel, entry, lowered, module_of

VEC, MAT, INTS = Array("float64", 1), Array("float64", 2), Array("int64", 1)
Door = Callable[..., Any]
Make = Callable[..., Door]

SOURCE = """
class C:
    def fit(self, X):
        return X


def f(a, b, c, d):
    return a
"""


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Make]:
    before = set(sys.modules)

    def make(
        params: dict[str, Type], text: str = "return True", where: str = "f", **more: Any
    ) -> Door:
        plain = {"".join(c if c.isalnum() else "_" for c in p): t for p, t in params.items()}
        names = ", ".join(
            f"{name}, {name}_bounds" if isinstance(t, Ragged) else name for name, t in plain.items()
        )
        body = "".join(f"    {line}\n" for line in text.splitlines())
        kernel = Kernel(where, params, f"def fast({names}):\n{body}", **more)
        module = module_of(SOURCE.encode(), tmp_path / "mod.py", tmp_path)
        folder = tmp_path / "folder"
        write_kernels(folder, "mod", [entry(lowered(module, kernel), kernel)])
        package = f"lwtest_{len(sys.modules)}"
        spec = spec_from_file_location(
            package, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert spec is not None
        sys.modules[package] = module_from_spec(spec)
        found: Door = importlib.import_module(f"{package}.mod").fast
        return found

    yield make
    for name in set(sys.modules) - before:
        if name.startswith("lwtest"):
            del sys.modules[name]


def swapped(array: np.ndarray) -> np.ndarray:
    return array.astype(array.dtype.newbyteorder())


def misaligned(n: int) -> np.ndarray:
    return np.zeros(8 * n + 1, np.uint8)[1:].view(np.float64)


class Sub(np.ndarray):
    pass


class Numbers(list):
    pass


ROWS, ARRAYS = Ragged(ListOf(INT)), Ragged(VEC)

VALUES: dict[str, tuple[Type, Any, bool]] = {
    "an array": (VEC, np.zeros(3), True),
    "an empty array": (VEC, np.zeros(0), True),
    "a strided array": (VEC, np.zeros(9)[::2], True),
    "a reversed array": (VEC, np.zeros(9)[::-1], True),
    "a Fortran array": (MAT, np.zeros((3, 4), order="F"), True),
    "a misaligned array": (VEC, misaligned(3), True),
    "a read-only array": (VEC, np.broadcast_to(np.float64(1.0), (3,)), True),
    "another dtype": (VEC, np.zeros(3, np.float32), False),
    "another rank": (VEC, np.zeros((3, 1)), False),
    "the other byte order": (VEC, swapped(np.zeros(3)), False),
    "a subclass": (VEC, np.zeros(3).view(Sub), False),
    "a masked array": (VEC, np.ma.zeros(3), False),
    "a list for an array": (VEC, [1.0], False),
    "None for an array": (VEC, None, False),
    "a NumPy scalar for an array": (Array("float64", 0), np.float64(1.0), False),
    "an array of rank 0": (Array("float64", 0), np.array(1.0), True),
    "an int": (INT, 5, True),
    "an int at the limit": (INT, 2**31, True),
    "an int beyond the limit": (INT, 2**31 + 1, False),
    "a bool for an int": (INT, True, False),
    "a NumPy int for an int": (INT, np.int64(5), False),
    "a float": (FLOAT, float("nan"), True),
    "an int for a float": (FLOAT, 1, False),
    "a NumPy float for a float": (FLOAT, np.float64(1.0), False),
    "a bool": (BOOL, False, True),
    "an int for a bool": (BOOL, 0, False),
    "a complex number": (Py("complex"), 1j, True),
    "a NumPy scalar": (Num("float32"), np.float32(1.0), True),
    "a wider NumPy scalar": (Num("float32"), np.float64(1.0), False),
    "a NumPy bool": (Num("bool"), np.bool_(True), True),
    "None": (NONE, None, True),
    "something for None": (NONE, 0, False),
    "a generator": (Rng(), np.random.default_rng(0), True),
    "the old random state": (Rng(), np.random.RandomState(0), False),
    "a list": (ListOf(FLOAT), [1.0, 2.0], True),
    "a list with an int": (ListOf(FLOAT), [1.0, 2], False),
    "a list of rows": (ListOf(INT, 2), [[1, 2], [3, 4]], True),
    "a list of NumPy scalars": (ListOf(Num("float64")), [np.float64(1.0)], True),
    "an empty list of NumPy scalars": (ListOf(Num("float64")), [], True),
    "a float among NumPy scalars": (ListOf(Num("float64")), [np.float64(1.0), 1.0], False),
    "NumPy scalars for floats": (ListOf(FLOAT), [np.float64(1.0)], False),
    "rows of NumPy scalars": (ListOf(Num("int64"), 2), [[np.int64(1)], [np.int64(2)]], True),
    "a ragged list": (ListOf(INT, 2), [[1, 2], [3]], False),
    "a list of ints out of range": (ListOf(INT), [2**40], False),
    "a tuple for a list": (ListOf(FLOAT), (1.0,), False),
    "rows of any lengths": (ROWS, [[1, 2], [], [3]], True),
    "rows of one length": (ROWS, [[1], [3]], True),
    "no rows": (ROWS, [], True),
    "the same row twice": (ROWS, [[1, 2]] * 2, True),
    "a row that is a tuple": (ROWS, [[1, 2], (3,)], False),
    "a row of another list class": (ROWS, [[1], Numbers([2])], False),
    "rows in a tuple": (ROWS, ([1], [2]), False),
    "a bool in a row": (ROWS, [[1], [True]], False),
    "a NumPy int in a row": (ROWS, [[1], [np.int64(1)]], False),
    "rows of NumPy ints": (
        Ragged(ListOf(Num("int32"))),
        [[np.int32(1)], [], [np.int32(2)] * 2],
        True,
    ),
    "another NumPy int in a row": (
        Ragged(ListOf(Num("int32"))),
        [[np.int32(1)], [np.int64(1)]],
        False,
    ),
    "an int among NumPy ints": (Ragged(ListOf(Num("int32"))), [[np.int32(1), 1]], False),
    "a row with an int out of range": (ROWS, [[1], [2**40]], False),
    "a row with an int beyond 64 bits": (ROWS, [[1], [2**70]], False),
    "rows that are arrays": (ARRAYS, [np.zeros(2), np.zeros(0)], True),
    "no arrays": (ARRAYS, [], True),
    "a row of another dtype": (ARRAYS, [np.zeros(2), np.zeros(2, np.float32)], False),
    "a row of the other byte order": (ARRAYS, [swapped(np.zeros(2))], False),
    "a row of two axes": (ARRAYS, [np.zeros((2, 2))], False),
    "a row without axes": (ARRAYS, [np.array(1.0)], False),
    "a row of a subclass": (ARRAYS, [np.zeros(2).view(Sub)], False),
    "a list among arrays": (ARRAYS, [np.zeros(2), [0.0]], False),
}


@pytest.mark.parametrize("case", VALUES.values(), ids=VALUES)
def test_what_is_taken(door: Make, case: tuple[Type, Any, bool]) -> None:
    kind, value, taken = case
    with np.errstate(all="ignore"):
        assert door({"a": kind})(value) is (True if taken else None)


def test_the_kernel_gets_contiguous_arrays_of_the_same_values(door: Make) -> None:
    text = "return a.flags.c_contiguous and a.flags.aligned and a.shape == (4, 3) and a[1, 2] == 9"
    X = np.arange(12.0).reshape(3, 4).T
    assert door({"a": MAT}, text)(X) is True
    assert X.flags.f_contiguous


def test_errors_asked_of_numpy_decline(door: Make) -> None:
    f = door({"a": VEC})
    with np.errstate(divide="raise"):
        assert f(np.zeros(3)) is None
    assert f(np.zeros(3)) is True


BIG = np.arange(20.0)
SHARING = {
    "apart": (np.zeros(3), np.ones(3), True),
    "the same array": (BIG, BIG, False),
    "overlapping views": (BIG[:10], BIG[5:15], False),
    "views side by side": (BIG[:10], BIG[10:], True),
    "a view and its base": (BIG[2:4], BIG, False),
    "a base and its view": (BIG, BIG[2:4], False),
    "no elements of the same array": (BIG[:0], BIG, True),
    "a view and another array": (BIG[2:4], np.zeros(4), True),
    "a written array with one place for all": (as_strided(np.ones(1), (3,), (0,)), BIG, False),
    "a read array with one place for all": (np.zeros(3), as_strided(np.ones(1), (3,), (0,)), True),
    "a written array that is read-only": (np.broadcast_to(0.0, 3), np.ones(3), False),
}


@pytest.mark.parametrize("case", SHARING.values(), ids=SHARING)
def test_written_arrays_share_nothing(
    door: Make, case: tuple[np.ndarray, np.ndarray, bool]
) -> None:
    written, read, taken = case
    f = door({"a": VEC, "b": VEC}, "a[:] = 0.0\nreturn True", writes=("a",))
    copy = written.copy()
    assert f(written, read) is (True if taken else None)
    assert taken or np.array_equal(written, copy)


def test_read_arrays_may_be_the_same(door: Make) -> None:
    assert door({"a": VEC, "b": VEC})(BIG, BIG) is True


def test_a_write_through_another_layout_arrives(door: Make) -> None:
    f = door({"a": MAT}, "a[:] = np.arange(6.0).reshape(2, 3)\nreturn True", writes=("a",))
    base = np.zeros((3, 4))
    view = base.T[1:3]
    assert f(view) is True
    assert view.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert not base[:, 0].any() and not base[:, 3].any()


FAILURES = {
    "a kernel that says no": "a[0] = 7.0\nrng.random()\nreturn (False, 0.0)",
    "a kernel that raises": "a[0] = 7.0\nrng.random()\nraise IndexError",
    "a kernel out of memory": "a[0] = 7.0\nraise MemoryError",
    "a result that cannot be rebuilt": "a[0] = 7.0\nreturn (True, 'text')",
}


@pytest.mark.parametrize("strided", [False, True], ids=["contiguous", "strided"])
@pytest.mark.parametrize("text", FAILURES.values(), ids=FAILURES)
def test_a_failure_leaves_everything_as_it_was(door: Make, text: str, strided: bool) -> None:
    f = door(
        {"a": VEC, "rng": Rng(), "b": ListOf(FLOAT)},
        f"b[0] = 9.0\n{text}",
        writes=("a", "b"),
        results=(FLOAT,),
        fails=True,
        draws="rng",
    )
    a = np.arange(10.0)[::2] if strided else np.arange(5.0)
    before, rng, numbers = a.copy(), np.random.default_rng(3), [1.0, 2.0]
    state = rng.bit_generator.state
    assert f(a, rng, numbers) is None
    assert np.array_equal(a, before) and numbers == [1.0, 2.0]
    assert rng.bit_generator.state == state


def test_lists_are_written_back_in_place(door: Make) -> None:
    f = door({"a": ListOf(INT, 2), "b": ListOf(FLOAT)}, "a[:] += 1\nb[:] = 0.5\nreturn True",
             writes=("a", "b"))  # fmt: skip
    a, b = [[1, 2], [3, 4]], [1.0]
    rows = list(a)
    assert f(a, b) is True
    assert a == [[2, 3], [4, 5]] and b == [0.5] and type(a[0][0]) is int
    assert all(old is new for old, new in zip(rows, a, strict=True))


def test_rows_come_joined_with_their_bounds(door: Make) -> None:
    text = "return a.tolist() == [1, 2, 3] and a_bounds.tolist() == [[0, 2], [2, 2], [2, 3]]"
    assert door({"a": ROWS}, text)([[1, 2], [], [3]]) is True
    strided = np.arange(6)[::-2]
    text = "return a.tolist() == [5, 3, 1, 0] and a_bounds.tolist() == [[0, 3], [3, 4]]"
    assert door({"a": Ragged(INTS)}, text)([strided, np.zeros(1, np.int64)]) is True


def test_a_list_of_rows_comes_back_as_the_same_object(door: Make) -> None:
    f = door({"a": ROWS, "b": INT}, "return True", rebuild=Pack((Same(0), Same(2))))
    rows = [[1], [2, 3]]
    assert f(rows, 7)[0] is rows and f(rows, 7)[1] == 7


def test_what_is_written_is_no_row(door: Make) -> None:
    f = door({"a": VEC, "b": ARRAYS}, "a[:] = 0\nreturn True", writes=("a",))
    a = np.ones(4)
    assert f(a, [np.ones(3), a[1:]]) is None
    assert a.all()
    assert f(a, [np.ones(3), a[1:].copy()]) is True
    g = door({"c": ListOf(INT), "d": ROWS}, "c[:] = 0\nreturn True", writes=("c",))
    row = [1, 2]
    assert g(row, [[3], row]) is None
    assert row == [1, 2]
    assert g(row, [[3], [1, 2]]) is True


def test_kernels_that_draw_ask_for_the_numpy_they_were_made_for(
    door: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    f = door({"rng": Rng()}, "rng.random()\nreturn True", draws="rng")
    rng = np.random.default_rng(3)
    assert f(rng) is True
    guard = sys.modules[f"{f.__module__.rpartition('.')[0]}.runtime.guard"]
    monkeypatch.setattr(guard, "_minor_version", "1.17")
    state = rng.bit_generator.state
    assert f(rng) is None
    assert rng.bit_generator.state == state


def test_written_lists_share_no_rows(door: Make) -> None:
    f = door({"a": ListOf(FLOAT), "b": ListOf(FLOAT, 2)}, "a[:] = 0\nreturn True", writes=("a",))
    row = [1.0, 2.0]
    assert f(row, [row, [3.0, 4.0]]) is None
    assert f(row, [[1.0, 2.0]]) is True


RESULTS: dict[str, tuple[Any, tuple[Type, ...], str, Any]] = {
    "an int": (None, (INT,), "np.int64(3)", 3),
    "a float": (None, (FLOAT,), "np.float64(0.5)", 0.5),
    "a bool": (None, (BOOL,), "np.bool_(True)", True),
    "a NumPy scalar": (None, (Num("float32"),), "0.5", np.float32(0.5)),
    "a NumPy bool": (None, (Num("bool"),), "True", np.bool_(True)),
    "a list": (None, (ListOf(INT),), "np.arange(3)", [0, 1, 2]),
    "a list of NumPy scalars": (
        None, (ListOf(Num("int64")),), "np.arange(2)", [np.int64(0), np.int64(1)]
    ),
    "two values": (None, (INT, FLOAT), "1, 2.0", (1, 2.0)),
    "the first of two types": (OneOf(0, 1, (INT, Num("float64"))), (FLOAT, INT), "2.0, 0", 2),
    "the second": (
        OneOf(0, 1, (INT, Num("float64"))), (FLOAT, INT), "2.0, 1", np.float64(2.0)
    ),
    "None among others": (
        Pack((OneOf(0, 1, (NONE, INT)), Value(0, FLOAT))), (FLOAT, INT), "2.0, 0", (None, 2.0)
    ),
    "a tuple that may be None": (
        Pack((Perhaps(1, Pack((Value(0, FLOAT),))), Nothing())), (FLOAT, BOOL), "2.0, True", ((2.0,), None)
    ),
    "a tuple that is None": (
        Pack((Perhaps(1, Pack((Value(0, FLOAT),))), Nothing())), (FLOAT, BOOL), "2.0, False", (None, None)
    ),
    "a list of tuples": (
        Rows(Pack((Value(0, INT), Value(1, Num("float32")))), 1), (ListOf(INT), ListOf(Num("float32"))),
        "np.arange(2), np.ones(2, np.float32)", [(0, np.float32(1)), (1, np.float32(1))]
    ),
    "a list of lists of two types": (
        Rows(OneOf(0, 1, (INT, Num("float64"))), 2), (ListOf(FLOAT, 2), ListOf(INT, 2)),
        "np.ones((1, 2)), np.array([[0, 1]])", [[1, np.float64(1.0)]]
    ),
    "a tuple that is None comes in another": (
        Perhaps(1, Pack((Value(0, FLOAT),))), (FLOAT, BOOL), "2.0, False", (None,)
    ),
    "so does one that may be": (
        Perhaps(1, Pack((Value(0, FLOAT),))), (FLOAT, BOOL), "2.0, True", ((2.0,),)
    ),
    "a list of two types": (
        Rows(OneOf(0, 1, (FLOAT, Num("float64"))), 1),
        (ListOf(FLOAT), ListOf(Num("int64"))),
        "np.array([0.5, -0.0]), np.array([1, 0])",
        [np.float64(0.5), -0.0],
    ),
    "a list of lists of numbers or None": (
        Rows(OneOf(0, 1, (NONE, INT, Num("float32"))), 2),
        (ListOf(Num("float32"), 2), ListOf(Num("int64"), 2)),
        "np.array([[0.5, 2.0], [3.0, 0.0]]), np.array([[2, 1], [1, 0]])",
        [[np.float32(0.5), 2], [3, None]],
    ),
    "a list of nested tuples": (
        Rows(Pack((Value(0, FLOAT), Pack((OneOf(1, 2, (INT, BOOL)),)))), 1),
        (ListOf(FLOAT), ListOf(INT), ListOf(Num("int64"))),
        "np.array([0.5, 2.0]), np.array([1, 7]), np.array([1, 0])",
        [(0.5, (True,)), (2.0, (7,))],
    ),
    "an empty list of tuples": (
        Rows(Pack((Value(0, FLOAT), Value(1, INT))), 1),
        (ListOf(FLOAT), ListOf(INT)),
        "np.zeros(0), np.zeros(0, int)",
        [],
    ),
    "a result that is None comes in a tuple": (
        OneOf(0, 1, (NONE, INT)), (FLOAT, INT), "2.0, 0", (None,)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RESULTS.values(), ids=RESULTS)
def test_what_comes_back(door: Make, case: tuple[Any, tuple[Type, ...], str, Any]) -> None:
    rebuild, types, text, wanted = case
    f = door({"a": VEC}, f"return (True, {text})", results=types, rebuild=rebuild)
    found = f(np.zeros(2))
    assert repr(found) == repr(wanted) and type(found) is type(wanted)


@pytest.fixture
def filler(door: Make) -> Door:
    """Puts 0.5 and np.float64(-0.0) into list `a`; gives up if `b` is empty."""
    text = "if len(b) == 0:\n    return (False, a, a)\nreturn (True, np.array([0.5, -0.0]), np.array([0, 1]))"
    return door(
        {"a": ListOf(FLOAT), "b": ListOf(FLOAT)}, text, results=(ListOf(FLOAT), ListOf(INT)),
        refills=(Refill(0, Rows(OneOf(0, 1, (FLOAT, Num("float64"))), 1)),), rebuild=Nothing(),
    )  # fmt: skip


def test_a_list_keeps_its_identity_and_gets_new_elements(filler: Door) -> None:
    a, b = [1.0], [2.0]
    assert filler(a, b) is True
    assert repr(a) == repr([0.5, np.float64(-0.0)]) and b == [2.0]


def test_a_list_is_as_it_was_if_the_kernel_gives_up(filler: Door) -> None:
    a: list[float] = [1.0]
    assert filler(a, []) is None and a == [1.0]


def test_a_list_that_gets_new_elements_is_no_other_argument(filler: Door) -> None:
    a = [1.0]
    assert filler(a, a) is None and a == [1.0]


def test_arguments_come_back_as_themselves(door: Make) -> None:
    f = door({"a": VEC, "b": ListOf(FLOAT)}, "a[:] = 1\nb[:] = 2\nreturn True", writes=("a", "b"),
             rebuild=Pack((Same(0), Same(1))))  # fmt: skip
    a, b = np.zeros(6)[::2], [0.0]
    first, second = f(a, b)
    assert first is a and second is b and a.tolist() == [1.0] * 3 and b == [2.0]


class Pair(NamedTuple):
    n: int
    x: np.ndarray


TUPLES: dict[str, tuple[Any, bool]] = {
    "a tuple of the very items": ((1, np.zeros(2)), True),
    "a list": ([1, np.zeros(2)], False),
    "a tuple that is too short": ((1,), False),
    "a tuple that is too long": ((1, np.zeros(2), 3), False),
    "a named tuple": (Pair(1, np.zeros(2)), False),
    "a bool in the place of an int": ((True, np.zeros(2)), False),
    "a float in the place of an int": ((1.0, np.zeros(2)), False),
    "a dict with such keys": ({0: 1, 1: np.zeros(2)}, False),
    "None": (None, False),
    "text": ("ab", False),
}


@pytest.mark.parametrize("case", TUPLES.values(), ids=TUPLES)
def test_tuples_are_taken_apart(door: Make, case: tuple[Any, bool]) -> None:
    value, taken = case
    groups = (Group("t", "t", ("t_0_", "t_1_")),)
    f = door({"t[0]": INT, "t[1]": VEC}, "return True", groups=groups)
    assert f(value) is (True if taken else None)


def test_an_empty_tuple_is_tested_too(door: Make) -> None:
    f = door({"a": INT}, "return True", groups=(Group("t", "t", ()),))
    assert f(1, ()) is True
    assert f(1, (2,)) is None and f(1, []) is None


def test_a_written_array_in_a_tuple_is_no_other_argument(door: Make) -> None:
    groups = (Group("t", "t", ("t_0_",)),)
    f = door({"t[0]": VEC, "a": VEC}, "t_0_[:] = 1\nreturn True", writes=("t[0]",), groups=groups)
    x = np.zeros(3)
    assert f((x,), x) is None
    assert f((x,), np.zeros(3)) is True and x.tolist() == [1.0] * 3


def test_the_argument_comes_back_where_the_result_is_its_memory(door: Make) -> None:
    f = door({"a": VEC, "b": VEC}, "return True, (a if b[0] else b if b[1] else a.copy())",
             results=(VEC,), rebuild=Either(0, (0, 1), VEC))  # fmt: skip
    a, yes, no = np.arange(3.0), np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    assert f(a, yes) is a and f(a, no) is no
    strided = np.arange(6.0)[::2]
    assert f(strided, yes) is strided
    fresh = f(a, np.zeros(3))
    assert fresh is not a and fresh.tolist() == a.tolist()
    assert f(yes, yes) is yes
    assert f(yes, yes[:]) is None  # two objects in one memory
    assert f(np.zeros(0), np.ones(2)) is None  # no memory


def test_the_list_comes_back_where_the_result_is_its_memory(door: Make) -> None:
    numbers = ListOf(INT, 1)
    f = door({"a": numbers}, "return True, (a if a[0] else a.copy())",
             results=(numbers,), rebuild=Either(0, (0,), numbers))  # fmt: skip
    a, other = [1, 2], [0, 2]
    assert f(a) is a
    fresh = f(other)
    assert fresh is not other and fresh == other and type(fresh[0]) is int
    assert f([]) is None


def test_an_array_that_cannot_be_told_leaves_all_as_it_was(door: Make) -> None:
    f = door({"a": VEC, "b": VEC}, "b[:] = 1\nreturn True, a.copy()", writes=("b",),
             results=(VEC,), rebuild=Either(0, (0,), VEC))  # fmt: skip
    b = np.zeros(2)
    assert f(np.zeros(0), b) is None and b.tolist() == [0.0, 0.0]


def test_an_object_comes_back_as_it_came(door: Make) -> None:
    f = door({"X": VEC}, "return True", where="C.fit", rebuild=Root("self"))
    model = SimpleNamespace()
    assert f(np.zeros(2), model) is model


def test_small_inputs_are_left_to_the_original(door: Make) -> None:
    f = door({"a": VEC, "b": ListOf(FLOAT), "c": INT}, min_work=10)
    assert f(np.zeros(4), [0.0] * 4, 1) is None
    assert f(np.zeros(4), [0.0] * 5, 1) is True
    g = door({"a": MAT, "b": ListOf(FLOAT, 2)}, min_work=10)
    assert g(np.zeros((2, 2)), [[0.0]] * 0) is None
    assert g(np.zeros((2, 2)), [[0.0] * 3, [1.0] * 3]) is True


def test_paths_are_fetched_from_plain_objects(door: Make) -> None:
    params: dict[str, Type] = {"self.w": VEC, "self.p['k']": FLOAT, "a": INT}
    f = door(params, "return (True, float(self_w.sum()) + self_p__k__ * a)", results=(FLOAT,))
    plain = SimpleNamespace(w=np.ones(3), p={"k": 0.5})
    assert f(plain, 4) == 5.0
    assert f(SimpleNamespace(w=np.ones(3), p={}), 4) is None
    assert f(SimpleNamespace(w=np.ones(3)), 4) is None
    assert f(np.ones(3), 4) is None


def test_rebound_attributes_must_be_plain_and_reached_once(door: Make) -> None:
    f = door({"self.w": FLOAT, "a.w": FLOAT}, "return (True, 1.0)", where="C.fit", rows=(0, 1),
             stores=("self.w",), results=(FLOAT,))  # fmt: skip
    one, two = type("P", (), {})(), type("P", (), {})()
    one.w = two.w = 0.5
    assert f(one, two) == 1.0
    assert f(one, one) is None
    frozen = type("F", (), {"__setattr__": lambda *_: None})()
    frozen.__dict__["w"] = 0.5
    assert f(frozen, two) is None and f(two, frozen) == 1.0


def test_sums_need_the_memory_order_that_the_original_saw(door: Make) -> None:
    f = door({"a": MAT}, sums="a")
    assert f(np.zeros((3, 4))) is True
    assert f(np.zeros((3, 4), order="F")) is None


def test_names_of_the_user_do_not_collide_with_ours(door: Make) -> None:
    names = ("type", "np", "kernel", "out")
    f = door(dict.fromkeys(names, INT), "return (True, type + np + kernel + out)", results=(INT,))
    assert f(1, 2, 3, 4) == 10


def test_a_type_that_has_no_test_is_refused(door: Make) -> None:
    with pytest.raises(CannotLower, match="LW608"):
        door({"a": TupleOf((INT, VEC))})
    with pytest.raises(CannotLower, match="LW608"):
        door({"a": INT}, results=(TupleOf((INT,)),))


def test_a_backend_that_cannot_be_loaded_declines_with_a_warning(door: Make) -> None:
    f = door({"a": VEC})
    for path in Path(f.__code__.co_filename).parent.glob("mod_numpy_*.py"):
        path.write_text("import no_such_module_anywhere\n")
    with pytest.warns(RuntimeWarning, match="original code runs"):
        assert f(np.zeros(3)) is None
