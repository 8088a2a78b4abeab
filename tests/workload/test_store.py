"""A recording comes back as it was written, and a damaged file is a sentence."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.ir.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    Array,
    ListOf,
    Num,
    Ragged,
    Rng,
    TupleOf,
    Type,
)
from loopwright.workload.store import Recording, RegionRecord, Signature, load, merge, save
from loopwright.workload.types_of import copy_of, layout_of, range_of, shape_of, type_of

VALUES: dict[str, object] = {
    "none": None,
    "true": True,
    "a big int": 2**80,
    "minus zero": -0.0,
    "nan": float("nan"),
    "infinity": float("inf"),
    "complex": complex(1.5, -0.0),
    "text": "ä\n",
    "a NumPy scalar": np.float32(1.1),
    "an array": np.arange(6.0).reshape(2, 3),
    "a Fortran array": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "an empty array": np.zeros((0, 3), np.uint8),
    "a short list": [1, 2.5, True],
    "a long list": [float(i) for i in range(100)],
    "a long list of big ints": [2**70] * 50,
    "a long list of NumPy scalars": [np.float32(i / 3) for i in range(100)],
    "a short list of NumPy scalars": [np.float64(0.1), 0.1],
    "nested lists": [[1.0] * 40, [2.0] * 40],
    "a tuple": (1, (2.0, "x")),
}


def recording(**samples: object) -> Recording:
    one = Signature(
        types={name: type_of(v) or NONE for name, v in samples.items()},
        calls=3,
        unknown={"o": "object"},
        ranges={"n": (-(2**70), 5)},
        shapes={"x": ((2, 3), (0,))},
        layouts={"x": ("C", "F")},
        samples=(samples,),
    )
    record = RegionRecord("a/b.py", "f/0:body", "abc", 3, 0.5, 0.25, (one,))
    return Recording({record.key: record}, 2.0)


def same(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray | np.generic):
        return (
            type(a) is type(b)
            and isinstance(b, np.ndarray | np.generic)
            and (a.dtype, a.shape, a.tobytes("A")) == (b.dtype, b.shape, b.tobytes("A"))
            and a.flags.f_contiguous == b.flags.f_contiguous
        )
    return type(a) is type(b) and repr(a) == repr(b)


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_values_come_back_with_every_bit(value: object, tmp_path: Path) -> None:
    before = recording(v=value)
    save(before, tmp_path / "r")
    (record,) = load(tmp_path / "r").regions.values()
    assert same(record.signatures[0].samples[0]["v"], value)
    assert [p.name for p in tmp_path.iterdir()] == ["r"]


def test_everything_but_samples_comes_back_equal(tmp_path: Path) -> None:
    before = recording(n=3)
    save(before, tmp_path / "r")
    assert load(tmp_path / "r") == before


@pytest.mark.parametrize("bits", ["PCG64", "MT19937", "Philox", "SFC64", "PCG64DXSM"])
def test_a_generator_goes_on_where_it_was(bits: str, tmp_path: Path) -> None:
    rng = np.random.Generator(getattr(np.random, bits)(5))
    rng.random(3)
    save(recording(rng=copy_of(rng)), tmp_path / "r")
    (record,) = load(tmp_path / "r").regions.values()
    again = record.signatures[0].samples[0]["rng"]
    assert isinstance(again, np.random.Generator)
    assert again.random(4).tolist() == rng.random(4).tolist()


@pytest.mark.parametrize(
    "made",
    [lambda: random.Random(5), lambda: np.random.RandomState(5)],
    ids=["Random", "RandomState"],
)
def test_other_streams_come_back_with_what_they_keep(tmp_path: Path, made: Any) -> None:
    rng = made()
    normal = getattr(rng, "randn", getattr(rng, "gauss", None))
    normal(*[0.0, 1.0][: 2 * isinstance(rng, random.Random)])
    save(recording(rng=copy_of(rng)), tmp_path / "r")
    (record,) = load(tmp_path / "r").regions.values()
    again = record.signatures[0].samples[0]["rng"]
    for state in ("getstate", "get_state"):
        if hasattr(rng, state):
            assert repr(getattr(again, state)()) == repr(getattr(rng, state)())


def _damaged(tmp_path: Path) -> dict[str, Path]:
    good = tmp_path / "good"
    save(recording(x=np.arange(100)), good)
    data = good.read_bytes()
    cases = {
        "missing": tmp_path / "missing",
        "empty": tmp_path / "empty",
        "text": tmp_path / "text",
        "cut": tmp_path / "cut",
        "other": tmp_path / "other",
        "shape": tmp_path / "shape",
    }
    cases["empty"].write_bytes(b"")
    cases["text"].write_text("hello")
    cases["cut"].write_bytes(data[: len(data) // 2])
    with zipfile.ZipFile(cases["other"], "w") as archive:
        archive.writestr("recording.json", json.dumps({"format": "something else"}))
    with zipfile.ZipFile(cases["shape"], "w") as archive:
        archive.writestr("recording.json", "[1, 2]")
    return cases


@pytest.mark.parametrize("case", ["missing", "empty", "text", "cut", "other", "shape"])
def test_a_file_that_is_no_recording_raises_a_sentence(case: str, tmp_path: Path) -> None:
    file = _damaged(tmp_path)[case]
    with pytest.raises(ValueError, match=str(file)):
        load(file)


def test_object_arrays_are_not_loaded(tmp_path: Path) -> None:
    save(recording(x=np.arange(3)), tmp_path / "r")
    with zipfile.ZipFile(tmp_path / "r") as archive:
        head = archive.read("recording.json")
    np.save(tmp_path / "o.npy", np.array([{}], object), allow_pickle=True)
    with zipfile.ZipFile(tmp_path / "evil", "w") as archive:
        archive.writestr("recording.json", head)
        archive.write(tmp_path / "o.npy", "0.npy")
    with pytest.raises(ValueError, match="evil"):
        load(tmp_path / "evil")


def test_merging_adds_calls_and_joins_signatures() -> None:
    a, b = recording(n=1), recording(n=7)
    both = merge([a, b])
    (record,) = both.regions.values()
    assert (record.calls, record.seconds, both.seconds, record.share) == (6, 1.0, 4.0, 0.25)
    (one,) = record.signatures
    assert one.calls == 6
    assert [s["n"] for s in one.samples] == [1, 7]


def test_merging_nothing_is_empty() -> None:
    assert merge([]) == Recording({}, 0.0)


TYPES: dict[str, tuple[object, Type | None]] = {
    "bool is not int": (True, BOOL),
    "a NumPy float is not float": (np.float64(1), Num("float64")),
    "an array": (np.zeros((2, 2), np.int32), Array("int32", 2)),
    "a strided array": (np.zeros((4, 4))[::2], Array("float64", 2)),
    "a list of floats": ([1.0, 2.0], ListOf(FLOAT)),
    "a rectangular list of lists": ([[1], [2]], ListOf(INT, 2)),
    "a ragged list of lists": ([[1], [2, 3]], Ragged(ListOf(INT))),
    "rows some of which are empty": ([[], [2.5]], Ragged(ListOf(FLOAT))),
    "rows that are all empty": ([[], []], None),
    "rows of several types": ([[1], [2.5]], None),
    "a row among numbers": ([[1], 2], None),
    "a row that is a tuple": ([[1], (2,)], None),
    "a list with a shared row": ([[0]] * 2, Ragged(ListOf(INT))),
    "a list of arrays": ([np.zeros(2), np.zeros(0)], Ragged(Array("float64", 1))),
    "a list of arrays of two axes": (
        [np.zeros((2, 2)), np.zeros((0, 2)).T.T],
        Ragged(Array("float64", 2)),
    ),
    "a list of arrays of two widths": ([np.zeros((2, 2)), np.zeros((2, 3))], None),
    "a list of arrays of two dtypes": ([np.zeros(2), np.zeros(2, int)], None),
    "a list of arrays without axes": ([np.array(1.0)], None),
    "a mixed list": ([1, 2.0], None),
    "a list with a bool": ([1, True], None),
    "an empty list": ([], ListOf(NONE)),
    "empty rows": ([[], []], None),
    "a list of NumPy numbers": ([np.float64(1)], ListOf(Num("float64"))),
    "a list of NumPy numbers of two kinds": ([np.float64(1), np.float32(1)], None),
    "a tuple": ((1, 2.0), TupleOf((INT, FLOAT))),
    "a tuple of something else": ((1, object()), None),
    "a generator": (np.random.default_rng(), Rng()),
    "a random state": (np.random.RandomState(1), Rng("RandomState")),
    "a random state on other bits": (np.random.RandomState(np.random.PCG64(1)), None),
    "a random": (random.Random(1), Rng("Random")),
    "a random of the system": (random.SystemRandom(), None),
    "an object array": (np.array([None]), None),
    "half precision": (np.zeros(2, np.float16), None),
    "foreign byte order": (np.zeros(2, ">f8"), None),
    "a subclass of ndarray": (np.ma.zeros(2), None),
    "an array without axes": (np.array(1.0), None),
    "a dict with names for keys": ({"a": 1}, None),
}


@pytest.mark.parametrize(("value", "expected"), TYPES.values(), ids=TYPES.keys())
def test_types_of_values(value: object, expected: Type | None) -> None:
    assert type_of(value) == expected


def test_shapes_layouts_and_ranges() -> None:
    grid = np.zeros((2, 3))
    assert (shape_of(grid), shape_of([[1, 2]]), shape_of([[1], []]), shape_of(1)) == (
        (2, 3),
        (1, 2),
        None,
        None,
    )
    assert [layout_of(x) for x in (grid, grid.T, grid[:, ::2], 1)] == ["C", "F", "A", None]
    assert range_of([[3, -1], [2, 9]], ListOf(INT, 2)) == (-1, 9)
    assert range_of(1.0, FLOAT) is None
