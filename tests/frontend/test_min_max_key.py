"""min and max by a key; dicts and Counters made of what a loop may run over."""

from __future__ import annotations

import pytest

from .lowering import assert_same, by_kernel, refusal

X = [3, 1, 4, 1, 5, 9, 2, 6, 5]
COVERED = {
    "the largest": "return max(x, key=lambda v: -v), max(x, key=lambda v: v % 4)",
    "the smallest": "return min(x, key=lambda v: abs(v - 5)), min(x, key=abs)",
    "a position": "return max(range(len(x)), key=lambda i: x[i])",
    "arguments": "return min((x[0], 1), (x[1], 2), (x[1], 3), key=lambda a: a[0])",
    "a generator": "return max((v * 2 for v in x), key=lambda v: v % 7)",
    "NaN as a key": "return max(x, key=lambda v: float('nan') if v == 4 else v * 0.5)",
    "the most frequent": "c = Counter(x)\n    return max(c, key=c.get), c[5], c[7], len(c)",
    "a Counter": "return Counter(x), Counter(v % 3 for v in x)",
    "its items, sorted": "c = Counter(x)\n    return sorted(c.items())",
    "a generator with a condition": "return max((v for v in x if v < 6), key=lambda v: v % 4)",
    "a dict of pairs": "return dict((v, i) for i, v in enumerate(x)), dict(zip(x, range(9)))",
    "the pair with the largest value": (
        "d = dict(zip(x, range(9)))\n    return max(d.items(), key=lambda t: t[1])"
    ),
}


@pytest.mark.parametrize("body", COVERED.values(), ids=COVERED)
def test_they_are_those_of_python(body: str) -> None:
    assert_same(f"from collections import Counter\ndef f(x):\n    {body}\n", X)


DEFAULTS = {
    "of items": "return max((v for v in x if v > 4), default=-1), min(x, default=0)",
    "where there are none": "return max((v for v in x if v > 40), default=-1)",
    "of another type": "return min((v for v in x if v > 40), default=0.5)",
    "None": "return max((v for v in x if v > 40), default=None) is None",
}


@pytest.mark.parametrize("body", DEFAULTS.values(), ids=DEFAULTS)
@pytest.mark.parametrize("x", [X, X[:1]], ids=["several", "one"])
def test_the_default_is_taken_where_there_is_nothing(body: str, x: list[int]) -> None:
    assert_same(f"def f(x):\n    {body}\n", x)


DECLINED = {
    "a default beside a key": "return max(x, key=abs, default=0)",
    "a default that is computed": "return max(x, default=x[0])",
    "a copy of a dict": "d = {1: 2}\n    return dict(d)",
    "keywords": "return dict(a=1)",
}


@pytest.mark.parametrize("body", DECLINED.values(), ids=DECLINED)
def test_other_forms_are_declined(body: str) -> None:
    assert refusal(f"def f(x):\n    {body}\n", X).code == "LW102"


def test_items_of_a_dict_that_are_no_pairs_are_declined() -> None:
    assert refusal("def f(x):\n    return dict(x)\n", X).code == "LW103"


def test_nothing_has_no_largest_item() -> None:
    source = "def f(x):\n    return max((v for v in x if v > 9), key=lambda v: v)\n"
    assert by_kernel(source, (X,)).failed
