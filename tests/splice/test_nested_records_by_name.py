"""Lists of lists of dicts and of objects from outside, of which only numbers are read; dicts of lists."""

from __future__ import annotations

import copy
from collections import OrderedDict
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from loopwright.ir.domain import packed, unpacked
from loopwright.ir.types import FLOAT, INT, DictOf, Num, Ragged, Records
from loopwright.workload.codec import Encoder, decode_type, decode_value, encode_type
from loopwright.workload.types_of import copy_of, type_of

from .dispatching import agrees, declined, guarded, lowering_of

SOURCE = """
def entry(x, i, j):
    return x[i][j]["mean"], len(x[i]), len(x)

def likelihood(x, i, j):
    t = 1.0
    for value, params in zip([0.5, 1.0, 1.5], x[i]):
        t = t * value + params["mean"] - params["var"]
    return t

def total(x, i, j):
    t = 0.0
    for row in x:
        for each in row:
            t = 0.5 * t + each["mean"] * each["var"]
    return t

def rows_of_numbers(x, i, j):
    return [[each["mean"] for each in row] for row in x if len(row) > j]

def least(x, i, j):
    first = min(x[i], key=lambda each: each["var"])
    return first["mean"], [each["var"] for each in sorted(x[i], key=lambda each: each["mean"])]

def best(x, i, j):
    found = None
    for k, row in enumerate(x[1:]):
        for each in reversed(row):
            if found is None or each["mean"] > found["mean"]:
                found = each
                i += k
    return found["var"], i

def longest(x, i, j):
    row = []
    for each in x:
        if len(each) > len(row):
            row = each
    return sum(each["mean"] for each in row)

def asked(x, i, j):
    return sum(each.get("var", 9.0) for row in x for each in row if "mean" in each)

def weighted(row, by):
    return sum(each["mean"] * by for each in row)

def by_helper(x, i, j):
    t = 0.0
    for row in x:
        t = 0.5 * t + weighted(row, 2.0)
    return t

def written(x, out, j):
    for k in range(j):
        out[k] = x[k][0]["mean"]
    return x[j][0]["var"]

def extended(x, out, j):
    for row in x:
        out.append(len(row))
        for each in row:
            out.append(each["n"])
    return len(out)

def a_row(x, i, j):
    for k in range(j):
        i += k
    return x[i]

def a_dict(x, i, j):
    for k in range(j):
        i += k
    return x[i][j]

def some_rows(x, i, j):
    return [row for row in x if len(row) > j]

def copied(x, i, j):
    return list(x[i]), sum(each["mean"] for each in x[i])

def flat(x, i, j):
    return [each for row in x for each in row]

def set_here(x, i, j):
    for row in x:
        for each in row:
            each["mean"] = 0.0

def added_to(x, i, j):
    x[i][j]["mean"] += 1.0
    return sum(each["mean"] for each in x[i])

def replaced(x, i, j):
    for k in range(j):
        x[i][k] = x[i][0]

def row_replaced(x, i, j):
    for k in range(len(x)):
        x[k] = x[i]

def grown(x, i, j):
    for row in x:
        row.append({"mean": 0.0, "var": 0.0})

def sorted_in_place(x, i, j):
    for row in x:
        row.sort(key=lambda each: each["mean"])
    return x[0][0]["mean"]

def same_row(x, i, j):
    n = 0
    for row in x:
        if row is x[i]:
            n += 1
    return n

def equal_rows(x, i, j):
    return x[i] == x[j], [each["mean"] for each in x[i]]

def all_entries(x, i, j):
    t = 0.0
    for each in x[i]:
        t += sum(each.values())
    return t

def entries(x, i, j):
    n = 0
    for each in x[i]:
        n += len(each)
    return n

def another_key(x, i, j):
    n = 0
    for each in x[i]:
        if "label" in each:
            n += 1
    return n

def summed(x, i, j):
    return sum(x[i]), sum(each["mean"] for each in x[i])
"""
TABLE: list[Any] = [
    [{"mean": 1.5, "var": 2.0, "n": 3, "label": "a"}, {"var": -1.0, "mean": 0.25, "n": 1}],
    [{"mean": -3.0, "var": 0.5, "n": 2}],
    [{"mean": m, "var": v, "n": n} for m, v, n in ((-0.0, 4.0, 1), (9.0, 1.0, 0), (2.0, 0.0, 7))],
]
SHARED = {"mean": 1.0, "var": float("nan"), "n": 5}
OTHERS: list[Any] = [
    [],
    [[], [], []],
    [[], [{"mean": 1.0, "var": 2.0}], []],
    [[SHARED] * 2] * 3,
    TABLE[::-1],
]
REFUSED: dict[str, Any] = {
    "a list of dicts": TABLE[0],
    "rows that are tuples": [tuple(TABLE[0])],
    "a tuple of rows": tuple(TABLE),
    "a row that is none": [*TABLE, None],
    "an entry that is none": [[*TABLE[0], None]],
    "an entry is missing": [*TABLE, [{"mean": 1.0}]],
    "a value of another type": [*TABLE, [{"mean": 1, "var": 2.0}]],
    "a NumPy value": [[{"mean": 1.0, "var": np.float64(2.0)}]],
    "a bool": [[{"mean": True, "var": 2.0}]],
    "a subclass of dict": [*TABLE, [OrderedDict(mean=1.0, var=2.0)]],
    "objects": [[SimpleNamespace(mean=1.0, var=2.0)]],
    "tuples": [[(1.0, 2.0)]],
    "numbers": [[1.0, 2.0]],
}
NAMES = [
    "entry", "likelihood", "total", "rows_of_numbers", "least", "best", "longest", "asked", "by_helper",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_kernel_runs_and_does_the_same(name: str) -> None:
    case = guarded(SOURCE, name, TABLE, 0, 0)
    places = [(0, 0), (1, 0), (-1, -1), (2, 1), (7, 0)]
    answered = [agrees(case, x, i, j) for x in (TABLE, *OTHERS) for i, j in places]
    assert sum(answered[:4]) >= 3
    assert sum(answered) >= 8


@pytest.mark.parametrize("x", REFUSED.values(), ids=REFUSED)
def test_other_lists_run_the_original(x: Any) -> None:
    assert not agrees(guarded(SOURCE, "total", TABLE, 0, 0), x, 0, 0)


def test_only_what_is_read_is_fetched() -> None:
    case = guarded(SOURCE, "rows_of_numbers", TABLE, 0, 0)
    assert agrees(case, [[{"mean": 2.0}], [{"mean": 1.0, "var": None}]], 0, 0)
    assert "'var'" not in case.text


def test_numbers_of_numpy() -> None:
    table = [[{k: np.float64(v) for k, v in d.items() if k != "label"} for d in r] for r in TABLE]
    for name in ("likelihood", "total", "least"):
        case = guarded(SOURCE, name, table, 0, 0)
        assert agrees(case, table, 2, 1)
        assert agrees(case, table[::-1], 0, 0)
        assert not agrees(case, TABLE, 0, 0)


@pytest.mark.parametrize(
    "name",
    [
        "a_row", "a_dict", "some_rows", "copied", "flat", "set_here", "added_to", "replaced", "row_replaced",
        "grown", "sorted_in_place", "same_row", "equal_rows", "all_entries", "entries", "another_key",
        "summed",
    ],
)  # fmt: skip
def test_what_needs_more_than_numbers_is_declined(name: str) -> None:
    assert declined(SOURCE, name, TABLE, 0, 0).code.startswith("LW1")


def test_what_was_written_before_a_failure_is_as_python_leaves_it() -> None:
    case = guarded(SOURCE, "written", TABLE, [0.0] * 4, 2)
    assert agrees(case, TABLE, [0.0] * 4, 2)
    for j in (3, 4):
        assert not agrees(case, TABLE, [0.0] * 4, j)
    assert not agrees(case, TABLE, [0.0], 2)


def test_an_empty_row_that_the_kernel_appends_to_runs_the_original() -> None:
    case = guarded(SOURCE, "extended", TABLE, [1], 0)
    assert agrees(case, TABLE, [1, 2], 0)
    row: list[Any] = []
    assert case.kernel([row], row) is None
    assert case.kernel(row, row) is None


OBJECTS = """
class Node:
    def __init__(self, w, b, name):
        self.w, self.b, self.name = w, b, name

class Net:
    def __init__(self, layers):
        self.layers = layers
        self.w = 0.0
        self.sum = 0.0

    def forward(self, x):
        t = 0.0
        for layer in self.layers:
            for node in layer:
                t = 0.5 * t + node.w * x + node.b
        return t

    def summed(self, x):
        for layer in self.layers:
            for node in layer:
                self.sum += node.w * x
        return self.sum

    def sinks(self, x):
        for layer in self.layers:
            for node in layer:
                self.w = node.w + x
        return self.w

    def counted(self, x):
        for layer in self.layers:
            self.w += len(layer) * x
        return self.w

    def trained(self, x):
        for layer in self.layers:
            for node in layer:
                node.w += x

    def named(self, x):
        n = 0
        for layer in self.layers:
            for node in layer:
                if node.name == "a":
                    n += 1
        return n

def longer(graph, u):
    t = 0.0
    for edge in graph[u]:
        t = 0.5 * t + edge.w
    return t, [len(edges) for edges in graph.values()], u + 1 in graph

def handed_out(graph, u):
    return graph[u], sum(edge.w for edge in graph[u])
"""


class Slotted:
    __slots__ = ("b", "w")

    def __init__(self, w: float, b: float) -> None:
        self.w, self.b = w, b

    def __repr__(self) -> str:
        return f"Slotted({self.w}, {self.b})"


class Plain:
    def __init__(self, w: Any, b: Any, more: str = "a") -> None:
        self.w, self.b, self.name = w, b, more

    def __repr__(self) -> str:
        return f"{type(self).__name__}({vars(self)})"


class Observed(Plain):
    @property
    def b(self) -> float:
        return 1.0

    @b.setter
    def b(self, value: float) -> None:
        pass


class Made(Plain):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return 1.0


class Watched(Plain):
    def __getattribute__(self, name: str) -> Any:
        return object.__getattribute__(self, name)


LAYERS = [[Plain(1.0, 2.0), Plain(0.5, -1.0)], [], [Plain(-3.0, 0.25, "b")]]
OTHER_LAYERS: list[Any] = [
    [],
    [[], []],
    [[Slotted(1.0, 2.0)], LAYERS[0]],
    [LAYERS[0]] * 3,
    [[SimpleNamespace(w=1.0, b=0.0)]],
]
OTHER_OBJECTS: dict[str, Any] = {
    "a property": Observed(1.0, 2.0),
    "a class with __getattr__": Made(1.0, 2.0),
    "a class with __getattribute__": Watched(1.0, 2.0),
    "an attribute that is missing": SimpleNamespace(w=1.0),
    "an attribute of another type": Plain(1, 2.0),
    "a NumPy attribute": Plain(np.float64(1.0), 2.0),
    "a dict": {"w": 1.0, "b": 2.0},
    "nothing": None,
}


@pytest.mark.parametrize("name", ["forward", "summed"])
def test_the_attributes_of_objects(name: str) -> None:
    case = guarded(OBJECTS, f"Net.{name}", lambda s: s["Net"](LAYERS), 2.0)
    for layers in (LAYERS, *OTHER_LAYERS):
        assert agrees(case, case.space["Net"](layers), 2.0)


@pytest.mark.parametrize("other", OTHER_OBJECTS.values(), ids=OTHER_OBJECTS)
def test_other_objects_run_the_original(other: Any) -> None:
    case = guarded(OBJECTS, "Net.forward", lambda s: s["Net"](LAYERS), 2.0)
    net = case.space["Net"]
    assert case.kernel(net([*LAYERS, [other]]), 2.0) is None
    assert case.kernel(net([[other], LAYERS[0]]), 2.0) is None
    assert case.kernel(net(LAYERS), 2.0) is not None


def test_an_object_whose_attribute_is_set_may_be_in_the_list() -> None:
    assert declined(OBJECTS, "Net.sinks", lambda s: s["Net"](LAYERS), 1.0).code == "LW103"
    case = guarded(OBJECTS, "Net.counted", lambda s: s["Net"](LAYERS), 1.0)
    assert agrees(case, case.space["Net"](LAYERS), 2.0)
    assert "'w'," not in case.text
    only = [[SimpleNamespace(w=1.0)]]
    assert declined(OBJECTS, "Net.counted", lambda s: s["Net"](only), 1.0).code == "LW305"


@pytest.mark.parametrize("name", ["trained", "named"])
def test_what_is_no_read_of_a_number_is_declined(name: str) -> None:
    found = declined(OBJECTS, f"Net.{name}", lambda s: s["Net"](LAYERS), 1.0)
    assert found.code in ("LW101", "LW103")


def test_a_dict_of_lists_of_objects() -> None:
    graph = {2: LAYERS[0], 0: LAYERS[1], 1: LAYERS[2]}
    case = guarded(OBJECTS, "longer", graph, 2)
    for u in (0, 1, 2):
        assert agrees(case, graph, u)
    assert agrees(case, {5: LAYERS[0], 6: []}, 5)
    assert not agrees(case, graph, 3)
    for other in (Made(1.0, 2.0), Watched(1.0, 2.0), Plain(1, 2.0), {"w": 1.0}, None):
        assert case.kernel({2: [other]}, 2) is None
    assert case.kernel({2: tuple(LAYERS[0])}, 2) is None
    assert declined(OBJECTS, "handed_out", graph, 2).code == "LW110"


def test_lists_in_a_tuple() -> None:
    source = """
def f(pair):
    table, by = pair
    return sum(each["mean"] * by for row in table for each in row)

def g(pair):
    return sum(each["mean"] for each in pair[0]) * pair[1]
"""
    case = guarded(source, "f", (TABLE, 2.0))
    assert agrees(case, (TABLE[::-1], 0.5))
    assert not agrees(case, (TABLE, 1))
    assert "'var'" not in case.text
    case = guarded(source, "g", (TABLE[2], 2.0))
    assert agrees(case, (TABLE[0], 0.5))
    assert "'var'" not in case.text


def test_a_part_that_cannot_be_taken_declines_the_whole() -> None:
    source = """
class Model:
    def __init__(self):
        self.w = 0.0

    def f(self, pair):
        for k in range(3):
            self.w = pair[1] * k
        return self.w
"""
    only = [SimpleNamespace(w=1.0)]
    for parts in (only, [only], {0: only}):
        assert declined(source, "Model.f", lambda s: s["Model"](), (parts, 3.0)).code == "LW305"


def test_keys_need_not_be_names() -> None:
    source = """
def f(x):
    return sum(each["a b"] * each["lambda"] - each["\u00e9"] for row in x for each in row)

def g(x):
    return sum(each["a b"] * each["a_b"] - each["0"] for each in x)
"""
    one = {"a b": 1.5, "lambda": 2.0, "\u00e9": 0.5, "a_b": 4.0, "0": 1.0}
    assert agrees(guarded(source, "f", [[one], [one]]), [[one]])
    assert agrees(guarded(source, "g", [one]), [one, one])


def test_many_numbers_of_which_few_are_read() -> None:
    source = 'def f(x):\n    return sum(each["a7"] for row in x for each in row)\n'
    wide = [[{f"a{k}": float(k + j) for k in range(20)} for j in range(3)], []]
    case = guarded(source, "f", wide)
    assert agrees(case, wide)
    assert agrees(case, [[{"a7": 1.0}]])


def test_samples_are_taken_apart_and_put_together() -> None:
    """So does the verifier make arguments of columns that it draws apart."""
    _, _, lowered = lowering_of(SOURCE, "total", TABLE, 0, 0)
    parts = unpacked(lowered.domain, {"x": copy_of(TABLE)})
    columns = [[[d[k] for d in row] for row in TABLE] for k in ("mean", "var")]
    assert list(parts.values()) == columns
    parts = {name: column[::-1] for name, column in parts.items()}
    again = [[{"mean": d["mean"], "var": d["var"]} for d in row] for row in TABLE[::-1]]
    assert packed(lowered.domain, parts) == {"x": again}
    assert unpacked(lowered.domain, {"x": [[{"mean": 1.0}]]}) == {}
    assert unpacked(lowered.domain, {"x": [{"mean": 1.0}]}) == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (TABLE, Ragged(Records((FLOAT, INT, FLOAT), ("mean", "n", "var"), "dict"))),
        ([[], [{"a": 1, "b": 2.0}], [{"b": 1.0}]], Ragged(Records((FLOAT,), ("b",), "dict"))),
        (LAYERS, Ragged(Records((FLOAT, FLOAT), ("b", "w"), "object"))),
        ([[Slotted(1.0, 2.0)]], Ragged(Records((FLOAT, FLOAT), ("b", "w"), "object"))),
        ([[{"a": np.float64(1.0)}]], Ragged(Records((Num("float64"),), ("a",), "dict"))),
        ({1: [], 0: LAYERS[0]}, DictOf((Records((FLOAT, FLOAT), ("b", "w"), "object"),))),
        ([[{"a": 1}], [{"a": 1.0}]], None),
        ([[{"a": 1}], [{"b": 1}]], None),
        ([[{"a": 1}], [(1, 2)]], None),
        ([[(1, 2)], [{"a": 1}]], None),
        ([[{"a": 1}], LAYERS[0]], None),
        ([[{"a": 1}], ({"a": 1},)], None),
        ([[{"a": 1}], {"a": 1}], None),
        ([[Made(1.0, 2.0)]], None),
        ([[[{"a": 1}]]], None),
        ({0: [{"a": 1}], 1: {"a": 1}}, None),
    ],
    ids=repr,
)
def test_what_a_recording_says(value: Any, expected: Any) -> None:
    assert type_of(value) == expected
    if expected is not None:
        assert decode_type(encode_type(expected)) == expected


@pytest.mark.parametrize(
    "value", [TABLE, LAYERS, {1: LAYERS[0], 0: []}], ids=["dicts", "objects", "a dict of lists"]
)
def test_a_sample_is_stored_as_plain_data(value: Any) -> None:
    sample = copy_of(value)
    encoder = Encoder()
    data = encoder.value(copy.deepcopy(sample))
    assert decode_value(data, lambda at: np.zeros(at)) == sample
    rows = value if isinstance(value, list) else value.values()
    kept = sample if isinstance(sample, list) else sample.values()  # type: ignore[attr-defined]
    for row, other in zip(rows, kept, strict=True):
        for each, numbers in zip(row, other, strict=True):
            held = each if isinstance(each, dict) else vars(each)
            assert numbers == {k: v for k, v in held.items() if isinstance(v, int | float)}
