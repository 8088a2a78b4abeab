"""Deques that the function makes."""

from __future__ import annotations

import pytest

from .levelled import assert_same_on_all_levels
from .lowering import assert_same, refusal

HEAD = "import collections\nfrom collections import deque\n"
SEARCH = """
def f(grid):
    n, m = len(grid), len(grid[0])
    dist = [[-1] * m for _ in range(n)]
    q = deque([(0, 0)])
    dist[0][0] = 0
    while q:
        r, c = q.popleft()
        for dr, dc in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            y, x = r + dr, c + dc
            if 0 <= y < n and 0 <= x < m and grid[y][x] == 0 and dist[y][x] < 0:
                dist[y][x] = dist[r][c] + 1
                q.append((y, x))
    return dist
"""
WINDOW = """
def f(x, k):
    q: deque = deque()
    out = []
    for i in range(len(x)):
        while q and x[q[-1]] <= x[i]:
            q.pop()
        q.append(i)
        if q[0] <= i - k:
            q.popleft()
        if i >= k - 1:
            out.append(x[q[0]])
    return out
"""
GRID = [[0, 0, 1], [1, 0, 1], [1, 0, 0]]
X = [3, 1, 4, 1, 5, 9, 2, 6]


def test_a_search_and_a_window_compute_what_python_does() -> None:
    assert_same_on_all_levels(HEAD + SEARCH, GRID)
    assert_same_on_all_levels(HEAD + WINDOW, X, 3)


COVERED = {
    "both ends": "q = collections.deque(x)\n    q.appendleft(7)\n    q.append(q.popleft() + q.pop())\n"
    "    return q[0], q[-1], len(q), 4 in q",
    "an empty one gets empty again": "q = deque()\n    q.extend(x)\n    q.clear()\n    return not q, bool(q)",
    "made of a list": "n = 0\n    b = deque(x)\n    while b:\n        n = n * 3 + b.popleft()\n"
    "    return n",
}


@pytest.mark.parametrize("body", COVERED.values(), ids=COVERED)
def test_lists_stand_for_them(body: str) -> None:
    assert_same(f"{HEAD}def f(x):\n    {body}\n", X)


def test_nothing_is_taken_out_of_an_empty_one() -> None:
    source = f"{HEAD}def f(x):\n    q = deque()\n    q.append(x)\n    q.popleft()\n    return q.popleft()\n"
    assert_same_on_all_levels(source, 1, gives_up=True)


DECLINED = {
    "one that is returned": "q = deque(x)\n    return q",
    "one that is cut": "q = deque(x)\n    return q[1:]",
    "one that is compared": "q = deque(x)\n    return q == x",
    "one that is run over": "q = deque(x)\n    return [a for a in q]",
    "one of two names": "q = deque(x)\n    p = q\n    return len(p)",
    "one that may be a value": "q = deque(x)\n    p = q or 0\n    return 1",
    "one of a greatest length": "q = deque(x, 3)\n    return len(q)",
    "one that turns": "q = deque(x)\n    q.rotate(1)\n    return q[0]",
    "a method that lists do not have": "q = list(x)\n    return q.popleft()",
    "one in a tuple": "q, n = deque(x), 0\n    return len(q) + n",
}


@pytest.mark.parametrize("body", DECLINED.values(), ids=DECLINED)
def test_other_uses_are_declined(body: str) -> None:
    assert refusal(f"{HEAD}def f(x):\n    {body}\n", X).code == "LW102"
