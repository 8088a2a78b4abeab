"""Loops over sets, where no order can be seen, and over generators with several loops."""

import pytest

from .lowering import assert_same, refusal

HEAD = "\ndef f(xs, n):\n    s = set(xs)\n"
SAME = {
    "items of another set": """
    t = set()
    for x in s:
        if x % 2 == 0:
            t.add(x // 2)
        else:
            for k in range(n):
                t.add(x * k)
    return sorted(t)
""",
    "a mask": """
    mask = [False] * 100
    for x in s:
        y = abs(x) % 100
        mask[y] = True
    return mask
""",
    "a count": """
    total = 0
    for x in s:
        if x < n:
            continue
        total += 2
    else:
        total += n
    return total
""",
    "pairs": """
    t = set()
    p = {(x, x + n) for x in xs}
    for a, b in p:
        for c in (a, b):
            t.add((c, a))
    return sum((k, m) in t for k in range(20) for m in range(20))
""",
    "an inner break": """
    t = set()
    for x in s:
        for k in range(n):
            if k > x:
                break
            t.add(k)
    return len(t)
""",
}


@pytest.mark.parametrize("body", SAME.values(), ids=SAME)
def test_the_order_of_a_set_cannot_be_seen(body: str) -> None:
    for xs in ([3], [5, 3, 8, 5, 1 << 40, 64, 0, 7], list(range(50, 0, -3))):
        assert_same(HEAD + body, xs, 4)


DECLINED = {
    "a list": "    t = []\n    for x in s:\n        t.append(x)\n    return t\n",
    "a sum of floats": "    t = 0.0\n    for x in s:\n        t += x / 3\n    return t\n",
    "a float that counts": "    t = 1e300\n    for x in s:\n        t += 1\n    return t\n",
    "the last item": "    x = 0\n    for x in s:\n        pass\n    return x\n",
    "the item before": """
    t = set()
    last = 0
    for x in s:
        t.add(last)
        last = x
    return len(t)
""",
    "two constants": """
    t = [0] * 5
    for x in s:
        if x > 2:
            t[x % 5] = 1
        else:
            t[x % 5] = 2
    return t
""",
    "a constant that is another type": """
    t = [0] * 5
    for x in s:
        if x > 2:
            t[x % 5] = 1
        else:
            t[x % 5] = True
    return t
""",
    "what was put in": """
    t = {0}
    for x in s:
        if x - 1 in t:
            t.add(x)
    return len(t)
""",
    "what was put in under another name": """
    t = {0}
    u = t
    for x in s:
        if x - 1 in u:
            t.add(x)
    return len(t)
""",
    "a count that is read": """
    t = set()
    k = 0
    for x in s:
        t.add(x * k)
        k += 1
    return len(t)
""",
    "an array that is stored to": """
    t = [0] * 9
    u = t
    k = 0
    for x in s:
        if u[x % 9] == 0:
            k += 1
        t[(x + 1) % 9] = 1
    return k
""",
    "the end at an item": "    for x in s:\n        if x > n:\n            break\n    return n\n",
    "the result": "    for x in s:\n        if x > n:\n            return x\n    return n\n",
    "a set that is returned": "    t = set()\n    for x in s:\n        t.add(x)\n    return t\n",
    "the set itself": "    for x in s:\n        s.add(x)\n    return len(s)\n",
    "the set under another name": "    t = s\n    for x in s:\n        t.add(x)\n    return len(s)\n",
    "a dict that gets entries": """
    d = defaultdict(int)
    t = 0
    for x in s:
        if d[x] == 0:
            t += 1
    return list(d)
""",
}


@pytest.mark.parametrize("body", DECLINED.values(), ids=DECLINED)
def test_where_the_order_may_be_seen_the_loop_is_declined(body: str) -> None:
    source = f"from collections import defaultdict\n{HEAD}{body}"
    assert refusal(source, [3, 1, 2], 4).code in ("LW101", "LW107", "LW108")


GENERATED = {
    "two loops": """
    t = []
    for a, b in ((x + i, x - j) for x in xs for i in range(n) for j in range(i)):
        t.append(a * b)
    return t
""",
    "a condition": """
    t = 0
    for a in (x * x for x in xs if x % 2):
        if a > 20:
            continue
        t += a
    else:
        t += 1
    return t
""",
    "names of its own": """
    t = []
    x = 7
    for i in (x + i for x in xs if x > n for i in range(x)):
        t.append(i + x)
    return t, x
""",
    "a name that holds it": """
    g = (x * k for x in xs for k in range(n))
    t = 0
    for y in g:
        t = t * 3 + y
        t = t % 1000
    return t
""",
    "the result": """
    for y in (x * k for x in xs for k in range(n)):
        if y > 9:
            return y
    return -1
""",
    "what is left behind": """
    y = 0
    for y in (x * k for x in xs if x > 2 for k in range(n)):
        z = y + 1
    return y
""",
}


@pytest.mark.parametrize("body", GENERATED.values(), ids=GENERATED)
def test_a_generator_with_several_loops_is_run_over(body: str) -> None:
    for xs in ([1], [3], [5, 3, 8, 5, 0, 7]):
        assert_same("\ndef f(xs, n):\n" + body, xs, 4)


def test_leaving_such_a_generator_early_is_declined() -> None:
    body = (
        "    for y in (x * k for x in xs for k in range(n)):\n"
        "        if y > 9:\n            break\n    return n\n"
    )
    assert "early" in refusal("\ndef f(xs, n):\n" + body, [3, 1], 4).why


WINDOW = """
def f(xs, ys, len_x, len_y, radius):
    path = [(x, y) for x, y in zip(xs, ys)]
    path_ = set(path)
    for i, j in path:
        for a, b in (
            (i + a, j + b) for a in range(-radius, radius + 1) for b in range(-radius, radius + 1)
        ):
            path_.add((a, b))
    window_ = set()
    for i, j in path_:
        for a, b in ((i * 2, j * 2), (i * 2, j * 2 + 1), (i * 2 + 1, j * 2), (i * 2 + 1, j * 2 + 1)):
            window_.add((a, b))
    window = []
    start_j = 0
    for i in range(0, len_x):
        new_start_j = None
        for j in range(start_j, len_y):
            if (i, j) in window_:
                window.append((i, j))
                if new_start_j is None:
                    new_start_j = j
            elif new_start_j is not None:
                break
        start_j = new_start_j
    return window
"""


def test_a_window_around_a_path() -> None:
    xs, ys = [0, 1, 1, 2, 3, 4, 4], [0, 0, 1, 2, 2, 3, 4]
    for radius in (0, 1, 2):
        assert_same(WINDOW, xs, ys, 10, 10, radius)
