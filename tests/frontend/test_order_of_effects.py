"""Loops whose bodies change what is run over, or stand elsewhere in the text: as in Python, or left to it."""

from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import CannotLower

from .lowering import by_kernel, by_python, same

XS = [5, 3, 8, 5, 0, 7]


def assert_right(source: str, *args: Any) -> None:
    """The kernel does what Python does, gives up, or is declined."""
    want = by_python(source, args)
    try:
        got = by_kernel(source, args)
    except CannotLower:
        return
    if got.failed is None:
        assert want.failed is None, want
        assert same(got.result, want.result), (got.result, want.result)
        assert same(got.args, want.args), (got.args, want.args)


INNER = """
def inner(d):
    t = 0
    for v in d:
        yield v + t
        t += 1
"""
GENERATORS = {
    "a continue behind two generators": f"""{INNER}
def outer(d):
    for v in inner(d):
        yield v
def f(xs, n):
    r = 0
    for v in outer(xs):
        if v == n:
            continue
        r = r * 10 + v
    return r
""",
    "a continue behind a generator expression": f"""{INNER}
def f(xs, n):
    r = 0
    for v in (w for w in inner(xs) if w > 1):
        if v == n:
            continue
        r = r * 10 + v
    return r
""",
    "a variable of a comprehension": """
def f(xs, n):
    k = 2
    def g(d):
        for v in d:
            yield v * k
    return [w for k in xs for w in g(xs)]
""",
    "a variable of a comprehension and a lambda": """
def f(xs, n):
    y = 9
    h = lambda: y
    return [h() for y in xs]
""",
    "a name of a function around": """
K = 2
def g(d):
    for v in d:
        yield v * K
def f(xs, n):
    def h(K):
        def hh():
            return sum(g(xs))
        return hh() + K
    return h(5)
""",
    "two at one call": """
def g1(n):
    for i in range(n):
        yield i
def g2(n, k=2):
    t = k
    while t < n:
        yield t
        t += k
def run(g, n):
    t = 0
    for v in g(n):
        t = t * 3 + v
    return t + sum(g(n))
def f(xs, n):
    return run(g1, n), run(g2, n)
""",
    "one that is called for nothing": """
def g(d):
    d[0] = 5
    if False:
        yield 1
def f(xs, n):
    g(xs)
    return xs
""",
    "a list made longer by a function": """
def f(xs, n):
    def push(v):
        if len(xs) < n:
            xs.append(v)
    def g():
        for v in xs:
            yield v
    t = 0
    for v in g():
        t = t * 3 + v
        push(v)
    return t
""",
    "a dict that grows": """
def f(xs, n):
    d = {1: 2, 3: 4}
    def g():
        for k in d:
            yield k
    t = []
    for v in g():
        t.append(v)
        d[v + 10] = 1
    return t
""",
    "an array assigned anew": """
def f(xs, n):
    ys = np.array(xs)
    def g():
        for v in ys:
            yield v
    t = []
    for v in g():
        t.append(v)
        ys = ys * 2
    return t
""",
    "no end": """
def g(d):
    for v in d:
        yield v
    raise ValueError
def f(xs, n):
    return [v for v in g(xs) if v]
""",
    "an argument given twice": """
def g(a):
    return a + 1
def f(xs, n):
    return g(n, a=n)
""",
    "a list of several loops that gets longer": """
def f(xs, n):
    ys = [1, 2]
    t = 0
    for v in (w + 1 for w in ys if w < 4):
        t = t * 3 + v
        if len(ys) < n:
            ys.append(v)
    return t, ys
""",
    "an array of several loops assigned anew": """
def f(xs, n):
    ys = np.array(xs)
    t = []
    for v in (w for w in ys if w != 3):
        t.append(v)
        ys = ys + v
    return t
""",
}


@pytest.mark.parametrize("source", GENERATORS.values(), ids=GENERATORS)
def test_generators_and_what_surrounds_them(source: str) -> None:
    for xs, n in ((XS, 4), (XS, 9), ([1], 3), ([1, 2, 2, 9], 6)):
        assert_right(source, list(xs), n)


SETS = {
    "the target counts": "    x = 0\n    for x in s:\n        x += 1\n    return x\n",
    "the target is an item": "    a = [0, 1]\n    for a[0] in s:\n        pass\n    return a\n",
    "an array of a function around": """
    t = [0] * 9
    def h(u):
        k = 0
        s = set(xs)
        for x in s:
            y = x // 8 % 9
            if t[y] == 0:
                k += 1
            u[(y + 1) % 9] = 1
        return k
    return h(t)
""",
    "equal items of two types": """
    t = set()
    a = np.arange(5)
    for x in s:
        if x % 2:
            t.add(1)
        else:
            t.add(a[1])
    return sorted(t)
""",
}


@pytest.mark.parametrize("body", SETS.values(), ids=SETS)
def test_what_tells_the_order_of_a_set(body: str) -> None:
    for xs in (XS, [24, 8, 16, 0, 1], [1 << 40, 0, 64, 8, 3]):
        assert_right(f"\ndef f(xs, n):\n    s = set(xs)\n{body}", list(xs), 4)


LISTS = {
    "a function that puts in": """
    ys = [1, 2]
    def push(v):
        ys.append(v)
    t = 0
    zs = ys
    for v in zs:
        t = t * 3 + v
        if len(ys) < n:
            push(v)
    return t
""",
    "a function that puts into an argument": """
    def push(v):
        xs.append(v)
    t = 0
    for i, v in enumerate(xs):
        t = t * 3 + v
        if len(xs) < n:
            push(v)
    return t
""",
    "pairs": """
    ys = [1, 2]
    zs = ys
    t = 0
    for v, a in itertools.pairwise(zs):
        t += v
        if len(ys) < n:
            ys.append(v)
    return t
""",
    "shorter by a name of a tuple": """
    ys = [1, 2]
    zs, _ = ys, 1
    t = 0
    for v in zs:
        t = t * 3 + v
        if len(ys) < n:
            ys.pop()
    return t, ys
""",
    "shorter by what a function gives back": """
    ys = [1, 2, 3]
    zs = (lambda a: a)(ys)
    ys.pop()
    return len(zs)
""",
    "shorter by one of two": """
    ys = [1, 2, 3]
    zs = ys if n > 3 else [1, 2, 3]
    ys.pop()
    return len(zs)
""",
    "shorter by names given at once": """
    ys = [1, 2, 3]
    zs = ws = ys
    ys.pop()
    return len(zs) + len(ws)
""",
}


@pytest.mark.parametrize("body", LISTS.values(), ids=LISTS)
def test_lists_that_change_their_length_meanwhile(body: str) -> None:
    for n in (0, 3, 5, 9):
        assert_right(f"import itertools\ndef f(xs, n):\n{body}", list(XS), n)


PARTS = {
    "stored": "    im = z.imag\n    im[0] = 1\n    return z\n",
    "the array": "    re = z.real\n    z[0] = 5\n    return re[0] + 0.0\n",
    "by a function": "    re = np.real(z)\n    re[0] = 1\n    return z\n",
    "of a real array": "    re = np.real(x)\n    re[0] = 7.0\n    return x\n",
    "in place": "    im = z.imag\n    im += 1\n    return z\n",
    "stored at once": "    z.real[0] = 5\n    return z\n",
    "all of them": "    z.imag[:] = 0\n    return z\n",
    "by a loop": "    for i in range(len(z)):\n        z.real[i] = i\n    return z\n",
    "through a function": "    np.real(z)[0] = 5\n    return z\n",
    "by a helper": "    def h(r):\n        r[0] = 3\n    h(z.real)\n    return z\n",
    "of a helper": "    h = lambda w: w.real\n    re = h(z)\n    z[1] = 9\n    return re * 1\n",
    "two at once": "    re, im = z.real, z.imag\n    z[0] = 5\n    return re + im\n",
    "a part of a part": "    re = z.real[1:]\n    z[1] = 9\n    return re * 1\n",
    "one of two": "    re = z.real if len(z) > 1 else z.imag\n    z[0] = 3\n    return re * 1\n",
    "run over": "    t = 0.0\n    for r in z.real:\n        z[-1] = 100\n        t += r\n    return t\n",
    "beside an effect": "    def h():\n        z[0] = 7\n        return 1.0\n    return z.real + h()\n",
}


@pytest.mark.parametrize("body", PARTS.values(), ids=PARTS)
def test_the_parts_of_complex_arrays_are_views(body: str) -> None:
    assert_right(f"\ndef f(z, x):\n{body}", np.array([1 + 2j, 3j]), np.array([1.0, 2.0]))


def test_the_parts_of_complex_arrays_may_be_read() -> None:
    source = "\ndef f(z):\n    re, im = z.real, z.imag\n    return (re * re + im * im).sum()\n"
    assert by_kernel(source, (np.array([1 + 2j, 3j]),)).result == 14.0
