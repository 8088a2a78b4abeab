"""Lists of dicts and of objects from outside, of which only numbers are read."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from loopwright.ir.types import FLOAT, INT, Records
from loopwright.workload.codec import decode_type, encode_type
from loopwright.workload.types_of import copy_of, type_of

from .dispatching import agrees, declined, guarded

SOURCE = """
import numpy as np

class Best:
    def __init__(self, x):
        self.x = x

    def count(self, points):
        n = 0
        for p in points:
            if p.x > self.x:
                n += 1
                self.x = p.y
        return n

    def sinks(self, points):
        for p in points:
            self.x = p.x + 1.0
        return self.x

def length(points):
    t = 0.0
    for i in range(1, len(points)):
        p, q = points[i], points[i - 1]
        t += ((p.x - q.x) ** 2 + (p.y - q.y) ** 2) ** 0.5
    return t

def cross(o, a, b):
    return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x)

def next_on_hull(points, current):
    found = (current + 1) % len(points)
    for i in range(len(points)):
        if i != current and cross(points[current], points[i], points[found]) > 0:
            found = i
    return found

def rightmost(points):
    best = None
    for k, p in enumerate(points):
        if best is None or p.x > best.x:
            best = p
            at = k
    return best.y, at

def mean(points):
    return sum(p.k * p.x for p in points) / sum(p.k for p in points), max(p.y for p in points)

def ordered(points):
    return [p.x for p in sorted(points, key=lambda p: p.y)]

def relaxed(edges, n):
    d = [1e18] * n
    d[0] = 0.0
    for _ in range(n):
        for j in range(len(edges)):
            u, v, w = edges[j]["u"], edges[j]["v"], edges[j]["w"]
            if d[u] + w < d[v]:
                d[v] = d[u] + w
    return d

def by_key(edges, key):
    t = 0
    for e in edges:
        t += e[key]
    return t

def shared_out(edges):
    t = 0.0
    for j in range(len(edges)):
        u, v, w = (edges[j][k] for k in ["u", "v", "w"])
        t = t * 0.5 + (u - v) * w
    return t

def asked(edges):
    t = 0
    for e in edges:
        if "u" in e and e.get("w") > 0.0:
            t += e.get("v", 7)
    return t

def asked_for_more(edges):
    return sum(e.get("label", 0) for e in edges)

def picked(points):
    out = []
    for p in points:
        if p.x > 0:
            out.append(p)
    return out

def copied(points):
    t = 0.0
    for p in points:
        t += p.x
    return list(points), t

def kept(points):
    best = points[0]
    for p in points:
        if p.x > best.x:
            best = p
    return best

def equal(points):
    n = 0
    for p in points:
        if p == points[0]:
            n += 1
    return n

def is_first(points):
    n = 0
    for p in points:
        if p.x > 0 and p is points[0]:
            n += 1
    return n

def added(points):
    t = 0.0
    for p in points:
        t += p.x
    return t + sum(points)

def largest(points):
    t = 0.0
    for p in points:
        t += p.x
    return t, max(points)

def as_array(points):
    t = 0.0
    for p in points:
        t += p.x
    return t, np.array(points)

def sought(points, x):
    t = 0.0
    for p in points:
        t += p.x
    return t, x in points

def moved(points):
    for p in points:
        p.x = p.x + 1.0

def unpacked(points):
    t = 0.0
    for a, b in points:
        t += a + b
    return t

def labels(points):
    n = 0
    for p in points:
        if p.name == "a" and p.x > 0:
            n += 1
    return n
"""


@dataclass
class Point:
    x: float
    y: float
    k: int = 1
    name: str = "a"


class Slotted:
    __slots__ = ("k", "x", "y")

    def __init__(self, x: float, y: float, k: int) -> None:
        self.x, self.y, self.k = x, y, k

    def __repr__(self) -> str:
        return f"Slotted({self.x}, {self.y}, {self.k})"


POINTS = [Point(1.5, 2.0), Point(-0.0, 3.0, 4), Point(0.25, -1.0, 2)]
EDGES: list[dict[str, Any]] = [
    {"u": 0, "v": 1, "w": 2.5, "label": "a"},
    {"u": 1, "v": 2, "w": 0.5, "label": "b"},
    {"v": 2, "u": 0, "w": 4.0},
]
SLOTTED = [Slotted(1.0, 2.0, 3), Slotted(0.5, -2.0, 1), Slotted(2.0, 2.5, 1)]


@pytest.mark.parametrize(
    ("name", "args", "others"),
    [
        ("length", (POINTS,), [(POINTS[:1],), (SLOTTED,), ([POINTS[0]] * 3,)]),
        ("next_on_hull", (POINTS, 1), [(SLOTTED, 0), ([Point(0.0, 0.0)], 0)]),
        ("rightmost", (POINTS,), [(SLOTTED,), ([Point(float("nan"), 1.0), *POINTS],)]),
        ("mean", (POINTS,), [(SLOTTED,), ([*SLOTTED, *POINTS],)]),
        ("ordered", (POINTS,), [(SLOTTED[::-1],)]),
        ("shared_out", (EDGES,), [(EDGES[1:],)]),
        ("asked", (EDGES,), [(EDGES[:1],)]),
        ("relaxed", (EDGES, 3), [([{"u": 0, "v": 1, "w": 1.0}], 2)]),
    ],
)
def test_the_kernel_runs_and_does_the_same(
    name: str, args: tuple[Any, ...], others: list[tuple[Any, ...]]
) -> None:
    case = guarded(SOURCE, name, *args)
    for each in (args, *others):
        assert agrees(case, *each)


def test_only_what_is_read_is_fetched() -> None:
    case = guarded(SOURCE, "length", POINTS)
    without = [SimpleNamespace(x=1.0, y=2.0), SimpleNamespace(x=0.5, y=1.0)]
    assert agrees(case, without)
    assert "'k'" not in case.text


class Observed(Point):
    @property
    def y(self) -> float:  # type: ignore[override]
        return 1.0

    @y.setter
    def y(self, value: float) -> None:
        pass


class Made(Point):
    def __getattr__(self, name: str) -> Any:
        return 1.0


class Watched(Point):
    def __getattribute__(self, name: str) -> Any:
        return object.__getattribute__(self, name)


REFUSED: dict[str, Any] = {
    "no elements": [],
    "an attribute of another type": [Point(1.0, 2), *POINTS],
    "a NumPy attribute": [Point(np.float64(1.0), 2.0)],
    "an attribute that is missing": [*POINTS, SimpleNamespace(x=1.0)],
    "a slot that is not set": [*SLOTTED, Slotted.__new__(Slotted)],
    "a property": [Observed(1.0, 2.0)],
    "a class with __getattr__": [Made(1.0, 2.0)],
    "a class with __getattribute__": [*POINTS, Watched(1.0, 2.0)],
    "a tuple of objects": tuple(POINTS),
    "a dict": [{"x": 1.0, "y": 2.0}],
    "numbers": [1.0, 2.0],
}


@pytest.mark.parametrize("points", REFUSED.values(), ids=REFUSED)
def test_other_objects_run_the_original(points: Any) -> None:
    case = guarded(SOURCE, "length", POINTS)
    assert case.kernel(points) is None


@pytest.mark.parametrize(
    "edges",
    [[{"u": 0, "v": 1}], [OrderedDict(u=0, v=1, w=1.0)], [{"u": 0, "v": 1, "w": 1}], [POINTS[0]]],
    ids=["an entry is missing", "a subclass of dict", "a value of another type", "an object"],
)
def test_other_dicts_run_the_original(edges: Any) -> None:
    case = guarded(SOURCE, "relaxed", EDGES, 3)
    assert case.kernel(edges, 2) is None


def test_an_object_whose_attribute_is_set_may_be_in_the_list() -> None:
    """What the kernel has of the others is a copy; a store of the same name would not reach it."""
    points = [Point(1.0, 2.0), Point(4.0, 0.5), Point(1.5, 0.0)]
    assert declined(SOURCE, "Best.count", lambda s: s["Best"](0.0), points).code == "LW103"
    assert declined(SOURCE, "Best.sinks", lambda s: s["Best"](0.0), points).code == "LW103"


@pytest.mark.parametrize(
    "name",
    [
        "picked", "copied", "kept", "equal", "is_first", "added", "largest", "as_array", "moved", "unpacked",
        "labels",
    ],
)  # fmt: skip
def test_what_needs_more_than_numbers_is_declined(name: str) -> None:
    assert declined(SOURCE, name, POINTS).code in ("LW101", "LW102", "LW103", "LW104", "LW107")
    one = [SimpleNamespace(x=1.0), SimpleNamespace(x=0.5)]
    assert declined(SOURCE, name, one).code in ("LW101", "LW102", "LW103", "LW104", "LW107")


def test_a_number_is_no_object() -> None:
    assert declined(SOURCE, "sought", [SimpleNamespace(x=1.0)], 1.0).code == "LW103"


def test_a_key_may_be_a_string_that_is_always_the_same() -> None:
    case = guarded(SOURCE, "by_key", EDGES, "w")
    assert agrees(case, EDGES[1:], "w")
    assert not agrees(case, EDGES, "u")
    assert not agrees(case, EDGES, "label")


def test_an_entry_that_is_no_number_is_declined() -> None:
    assert declined(SOURCE, "by_key", EDGES[:2], "label").code == "LW103"
    assert declined(SOURCE, "asked_for_more", EDGES).code == "LW103"


@pytest.mark.parametrize(
    ("value", "names"),
    [(POINTS, ("k", "x", "y")), (EDGES, ("u", "v", "w")), (SLOTTED, ("k", "x", "y"))],
    ids=["objects", "dicts", "slots"],
)
def test_a_recording_knows_the_numbers(value: Any, names: tuple[str, ...]) -> None:
    form = "dict" if isinstance(value[0], dict) else "object"
    kinds = (INT, INT, FLOAT) if form == "dict" else (INT, FLOAT, FLOAT)
    assert type_of(value) == Records(kinds, names, form)
    assert decode_type(encode_type(type_of(value))) == type_of(value)  # type: ignore[arg-type]
    held = value[0] if isinstance(value[0], dict) else {n: getattr(value[0], n) for n in names}
    assert copy_of(value)[0] == {n: held[n] for n in copy_of(value)[0]}  # type: ignore[index]


@pytest.mark.parametrize(
    "value",
    [[*POINTS, {"x": 1.0}], [*EDGES, POINTS[0]], [{}], [{1: 2.0}], [Made(1.0, 2.0)], [object()]],
    ids=["mixed", "mixed the other way", "nothing", "other keys", "__getattr__", "plain object"],
)
def test_a_recording_does_not_guess(value: Any) -> None:
    assert type_of(value) is None
