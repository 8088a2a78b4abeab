"""A list that gets longer by another name where a loop runs over it: the kernel gives up."""

import pytest

from .lowering import assert_same, by_kernel

GROWS = {
    "a second name": "    zs = ys\n    for v in zs:\n",
    "a second name, enumerated": "    zs = ys\n    for i, v in enumerate(zs):\n",
    "the first name": "    zs, ys = ys, [0]\n    zs = zs\n    ws = zs\n    ys = ws\n    for v in zs:\n",
    "a generator function": "    for v in items(ys):\n",
}


@pytest.mark.parametrize("head", GROWS.values(), ids=GROWS)
def test_a_list_that_gets_longer_is_left_to_python(head: str) -> None:
    source = f"""
def items(data):
    for v in data:
        yield v

def f(n):
    ys = [1, 2]
{head}        if len(ys) < n:
            ys.append(v)
    return ys
"""
    assert by_kernel(source, (9,)).failed is not None
    assert_same(source, 2)


ROWS = """
def f(n):
    row = [1, 2, 3]
    for i in range(n):
        last = row
        row = []
        for v in last:
            row.append(v + i)
        for k, v in enumerate(last):
            row.append(v * k)
    return row
"""


def test_a_list_of_the_same_place_in_the_text_may_get_longer() -> None:
    assert_same(ROWS, 4)


TABLE = """
def f(n):
    rows = [[1, 2], [3, 4]]
    same = rows
    t = 0
    for r in same:
        t += r[0]
        if len(rows) < n:
            rows.append([t, t + 1])
    return t
"""


def test_rows_are_watched_too() -> None:
    assert_same(TABLE, 2)
    assert by_kernel(TABLE, (5,)).failed is not None
