"""Draws from the streams of `random` and `numpy.random`, and from objects that hold such a stream."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from loopwright.emit.base import KernelSource
from loopwright.kernels_dispatch import dispatch_source
from loopwright.kernels_entry import KernelEntry
from loopwright.runtime import streams

from .dispatching import Guarded, declined, guarded, low_program, outcome, plain

HEAD = """
import random
import numpy as np
from random import randint, random as uniform01
from numpy.random import random as many, RandomState
"""


def ran(case: Guarded, *args: Any, seed: int = 5) -> bool:
    """Whether the kernel ran; results, arguments and both modules' streams are as the original leaves
    them, also where a normal number was kept before."""
    ran_: list[bool] = []
    for warm in (0, 1):
        states = []
        for call in (case.fast, lambda *given: (True, case.original(*given))):
            random.seed(seed)
            np.random.seed(seed)
            for _ in range(warm):
                random.gauss(0.0, 1.0), np.random.randn()
            mine = [each() if callable(each) else each for each in args]
            done, got = outcome(lambda call=call, mine=mine: call(*mine))
            ran_.append(done)
            states.append(
                (plain(got), plain(mine), random.getstate(), plain(np.random.get_state()))
            )
        assert states[0] == states[1]
    return ran_[0] and ran_[2]


def case(body: str, *args: Any, names: str = "n") -> Guarded:
    text = HEAD + f"def f({names}):\n" + "\n".join(f"    {line}" for line in body.splitlines())
    return guarded(text, "f", *[each() if callable(each) else each for each in args])


def loop(expr: str, names: str = "n") -> str:
    return f"out = []\nfor i in range(n):\n    out.append({expr})\nreturn out\n"


STANDARD = """
random.random()
uniform01()
random.uniform(-1, 3)
random.uniform(0.5, 0.5)
random.randint(0, i)
randint(-3, 3)
random.randint(5, 5)
random.randint(-2**40, 2**40)
random.randint(0, 2**61)
random.randrange(7)
random.randrange(1)
random.randrange(-5, 5)
random.randrange(0, 100, 7)
random.randrange(100, 0, -7)
random.randrange(start=1, stop=9)
random.gauss(0.0, 1.0)
random.gauss(1, 2)
random.gauss(sigma=2.0)
random.normalvariate(0.0, 1.5)
random.lognormvariate(0.0, 0.5)
random.expovariate(2.0)
random.expovariate(1)
random.paretovariate(3.0)
random.weibullvariate(1.0, 1.5)
random.triangular()
random.triangular(0.0, 2.0)
random.triangular(0.0, 2.0, 0.5)
random.triangular(1, 5, mode=2)
random.getrandbits(1)
random.getrandbits(32)
random.getrandbits(33)
random.getrandbits(53)
random.getrandbits(0)
random.choice(range(3, 50, 7))
random.choice((1.5, 2.5, -4.0))
random.random() < 0.3 and random.random() < 0.5
random.random() if i % 2 else random.gauss(0, 1)
random.random() - random.random() * np.random.rand()
""".strip().splitlines()


@pytest.mark.parametrize("expr", STANDARD)
def test_functions_of_random_draw_the_same(expr: str) -> None:
    assert ran(case(loop(expr), 3), 40)


@pytest.mark.parametrize("expr", STANDARD)
def test_methods_of_a_random_draw_the_same(expr: str) -> None:
    own = expr.replace("uniform01", "rng.random").replace("randint(-3", "rng.randint(-3")
    own = own.replace("random.r", "rng.r").replace("np.rng", "np.random")
    for name in (
        "uniform",
        "gauss",
        "normal",
        "logn",
        "exp",
        "pareto",
        "weib",
        "tri",
        "get",
        "choi",
    ):
        own = own.replace(f"random.{name}", f"rng.{name}")
    assert ran(case(loop(own), 3, random.Random(1), names="n, rng"), 40, lambda: random.Random(3))


LEGACY = """
np.random.random()
np.random.random_sample()
np.random.rand()
np.random.rand(2, 3)
np.random.rand(0)
np.random.randn()
np.random.randn(3)
np.random.randn(2, 2)
np.random.normal()
np.random.normal(1.0, 2.0)
np.random.normal(0.0, 1.0, 3)
np.random.normal(size=(2, 2))
np.random.standard_normal()
np.random.standard_normal(5)
np.random.uniform()
np.random.uniform(-1, 1)
np.random.uniform(-1.0, 1.0, size=4)
np.random.uniform(0, 1, (2, 2))
np.random.randint(10)
np.random.randint(1)
np.random.randint(-3, 4)
np.random.randint(0, i + 1)
np.random.randint(2**32)
np.random.randint(2**32 + 1)
np.random.randint(2**40)
np.random.randint(0, 10, 4)
np.random.randint(0, 10, size=(2, 2))
np.random.randint(5, size=0)
np.random.randint(5, dtype=np.int64)
np.random.randint(5, dtype=int)
np.random.randint(0, 5, 3, dtype=np.int32)
np.random.exponential()
np.random.exponential(2.0)
np.random.exponential(2.0, 3)
np.random.standard_exponential()
np.random.binomial(10, 0.3)
np.random.binomial(1, 0.5, 3)
np.random.poisson(3.0)
np.random.poisson(30.0, 2)
np.random.laplace()
np.random.logistic(1.0, 2.0)
np.random.triangular(0, 1, 3)
np.random.permutation(6)
np.random.choice(5)
np.random.choice(5, 3)
np.random.choice(range(5))
np.random.choice(range(2, 7), 3, False)
np.random.choice(5, (2, 2))
np.random.choice(5, 3, replace=False)
np.random.choice(5, replace=False)
np.random.choice(3, p=[0.2, 0.3, 0.5])
np.random.choice(3, 4, p=[0.2, 0.3, 0.5])
np.random.choice(4, 2, False, [0.2, 0.3, 0.4, 0.1])
np.random.choice([1.5, 2.5, 3.5])
""".strip().splitlines()


def folded(expr: str) -> str:
    """Sums of what is drawn: lists of arrays cannot be handed back."""
    first = expr.replace("i + 1", "1")
    one = np.ndim(eval(first.replace("rng.", "np.random."))) == 0
    return f"""\
t = 0.0
x = {first}
for i in range(n):
    t = t * 0.5 + {expr if one else f"np.sum({expr})"}
return x, t
"""


@pytest.mark.parametrize("expr", LEGACY)
def test_functions_of_numpy_random_draw_the_same(expr: str) -> None:
    assert ran(case(folded(expr), 3), 12)


@pytest.mark.parametrize("expr", LEGACY)
def test_methods_of_a_random_state_draw_the_same(expr: str) -> None:
    made = case(folded(expr.replace("np.random.", "rng.")), 3, RS(1), names="n, rng")
    assert ran(made, 12, lambda: RS(3))


RS = np.random.RandomState
X = np.arange(12.0)


@pytest.mark.parametrize(
    ("body", "x"),
    [
        ("random.shuffle(x)\nreturn x", list(range(9))),
        ("random.shuffle(x)\nreturn x", [0.5]),
        ("random.shuffle(x)\nreturn x[0]", np.arange(7)),
        ("np.random.shuffle(x)\nreturn x", [1, 2, 3, 4, 5]),
        ("np.random.shuffle(x)", np.arange(12.0).reshape(4, 3)),
        ("np.random.shuffle(x)", np.arange(9)),
        ("return np.random.permutation(x)", X),
        ("return np.random.permutation(x)", X.reshape(4, 3)),
        ("return np.random.permutation(x)", [3, 1, 2]),
        ("return np.random.choice(x, 3)", X),
        ("return np.random.choice(x, 3, replace=False)", X),
        ("return random.choice(x)", [1, 2, 3]),
        ("return random.choice(x)", X),
        ("return random.sample(x, 3)", [1, 2, 3, 4, 5]),
        ("return random.sample(x, 5)", [1, 2, 3, 4, 5]),
        ("return random.sample(x, 0)", [1, 2, 3, 4, 5]),
        ("return random.sample(x, 7)", list(range(500))),
        ("return random.sample(x, k=60)", list(range(500))),
        ("return random.sample(range(len(x)), 2)", [1, 2, 3, 4, 5]),
        ("return random.sample(range(1, 10**6, 3), k=30)", [1]),
        ("return random.choices(x, k=4)", [1, 2, 3]),
        ("return random.choices(x)", [1.5, 2.5, 3.5]),
        ("return random.choices(x, [0.1, 0.5, 0.4], k=9)", [1, 2, 3]),
        ("return random.choices(x, [1, 5, 4], k=9)", [1, 2, 3]),
        ("return random.choices(x, cum_weights=[1, 5, 9], k=9)", [1, 2, 3]),
        ("return many(len(x)) + x", X),
        ("return (many(len(x)) + range(len(x))) / len(x)", [1, 2, 3]),
        ("return [random.random() for _ in x]", [1, 2, 3]),
        ("return sum(random.random() * v for v in x)", [1.0, 2.0, 3.0]),
        ("return np.random.normal(x, 1.0)", X),
        ("return np.random.binomial(1, x)", (X + 1) / 12),
    ],
)
def test_draws_of_and_with_sequences(body: str, x: Any) -> None:
    assert ran(
        case("k = 0\nfor i in range(2):\n    k += i\n" + body, x, names="x"),
        lambda: type(x)(x) if isinstance(x, list) else x.copy(),
    )


HELPERS = """
import math
import random
import numpy as np
from numpy.random import RandomState

def flip(p):
    return random.random() < p

def noisy(rng, x):
    return x + rng.normal(0.0, 0.1) + random.gauss(0.0, 1.0)

def walk(n, rng):
    total, steps = 0.0, 0
    while total < n:
        total += noisy(rng, 1.0)
        if flip(0.25):
            total -= random.expovariate(4.0)
            continue
        steps += 1
    return total, steps

class Model:
    def __init__(self, seed):
        self.rng = np.random.RandomState(seed)
        self.own = random.Random(seed)
        self.w = np.zeros(4)

    def step(self, k):
        return self.rng.randn() * 0.1 + self.own.random() + k

    def fit(self, n):
        for k in range(n):
            self.w[k % 4] += self.step(k)
        self.last = self.own.choice([1, 2, 3])
        return self.w

def stops(x, limit):
    for i in range(len(x)):
        x[i] += random.random() + np.random.randn()
        if x[i] > limit:
            raise ValueError("too large")
    return x

def both(a, b, n):
    t = 0.0
    for i in range(n):
        t += a.random() - b.random()
    return t

def rejected(n):
    found = []
    while len(found) < n:
        x, y = random.random(), random.random()
        if x * x + y * y <= 1.0:
            found.append(x)
    return found

def unused(n):
    for i in range(n):
        random.gauss(0.0, 1.0)
        np.random.randn()
        random.randint(0, i)
    return n

def nested(n):
    def inner(k):
        return random.random() * k
    return [inner(k) for k in range(n)]
"""


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("walk", (30, lambda: RS(2))),
        ("rejected", (20,)),
        ("unused", (5,)),
        ("nested", (6,)),
        ("both", (lambda: RS(2), lambda: RS(3), 4)),
        ("both", (lambda: RS(2), lambda: random.Random(3), 4)),
        ("both", (lambda: random.Random(2), lambda: random.Random(3), 4)),
        ("both", (lambda: np.random.default_rng(2), lambda: random.Random(3), 4)),
        ("stops", (lambda: np.zeros(5), 100.0)),
    ],
)
def test_helpers_loops_and_several_streams(name: str, args: tuple[Any, ...]) -> None:
    made = guarded(HELPERS, name, *[each() if callable(each) else each for each in args])
    assert ran(made, *args)


def test_methods_draw_from_attributes() -> None:
    made = guarded(HELPERS, "Model.fit", lambda space: space["Model"](1), 3)
    assert ran(made, lambda: made.space["Model"](4), 9)


FORMS_OF_CALLS = """
import numpy.random as nr
import random as rnd
from numpy import random
import numpy as np

G = np.random.RandomState(4)

def renamed(n):
    return [nr.rand() * rnd.random() for _ in range(n)]

def of_numpy(n):
    return [random.random() for _ in range(n)]

def held(n):
    rand, normal = rnd.random, np.random.randn
    t = 0.0
    for i in range(n):
        t += rand() + normal()
    return t

def of_a_global(n):
    def inner(r, k):
        return r.normal() + k
    t = 0.0
    for i in range(n):
        t += inner(G, i) + G.rand()
    return t

def in_a_tuple(pair, n):
    t = 0.0
    for i in range(n):
        t += pair[0].gauss(0.0, 1.0) * pair[1]
    return t

def absent(rng, n):
    if rng is None:
        return 0.0
    q = rng
    t = 0.0
    while q.random() < 0.9 and t < n:
        t += 1.0
    return t

def quarter(n):
    return sum(1 for _ in range(n) if rnd.random() ** 2 + rnd.random() ** 2 <= 1.0)

def of_characters(s, n):
    t = 0
    for i in range(n):
        if rnd.choice(s) == "b":
            t += i
    return t
"""


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("renamed", (4,)),
        ("of_numpy", (4,)),
        ("held", (5,)),
        ("in_a_tuple", (lambda: (random.Random(1), 2.0), 5)),
        ("absent", (lambda: random.Random(1), 40)),
        ("quarter", (50,)),
        ("of_characters", ("abcb", 30)),
    ],
)
def test_names_that_streams_go_by(name: str, args: tuple[Any, ...]) -> None:
    made = guarded(FORMS_OF_CALLS, name, *[each() if callable(each) else each for each in args])
    assert ran(made, *args)


def test_an_object_of_the_module() -> None:
    made = guarded(FORMS_OF_CALLS, "of_a_global", 3)
    rng = made.space["G"]
    before = rng.get_state()
    done, got = made.fast(9)
    after = plain(rng.get_state())
    rng.set_state(before)
    assert done and got == made.original(9)
    assert after == plain(rng.get_state())


@pytest.mark.parametrize(
    "most", [-1, 0, 1, 2**31, 2**40, 2**62, 2**63 - 1, 2**64, True, np.int64(5)]
)
def test_ends_of_ints(most: Any) -> None:
    made = case("t = 0\nfor i in range(5):\n    t += random.randint(0, m)\nreturn t", 3, names="m")
    assert ran(made, most) == (type(most) is int and 0 <= most <= 2**31)


@pytest.mark.parametrize("bits", [-1, 0, 1, 31, 32, 33, 62, 63, 64, 100])
def test_numbers_of_bits(bits: int) -> None:
    body = "t = 0\nfor i in range(5):\n    t = (t + random.getrandbits(k)) % 1009\nreturn t"
    assert ran(case(body, 3, names="k"), bits) == (0 <= bits <= 62)


def test_an_exception_leaves_the_streams_where_the_original_does() -> None:
    made = guarded(HELPERS, "stops", np.zeros(3), 1.0)
    assert not ran(made, lambda: np.zeros(50), 1.0)


@pytest.mark.parametrize("make", [lambda: RS(2), lambda: random.Random(2)])
def test_one_object_by_two_names_is_left_to_the_original(make: Any) -> None:
    made = guarded(HELPERS, "both", make(), make(), 3)
    one = make()
    assert not made.fast(one, one, 3)[0]
    assert made.fast(one, make(), 3)[0]


def test_the_stream_of_a_module_may_be_an_argument_too() -> None:
    text = (
        HEAD
        + "def f(rng, n):\n    "
        + loop("rng.rand() - np.random.rand()").replace("\n", "\n    ")
    )
    made = guarded(text, "f", RS(1), 3)
    assert not made.fast(np.random.mtrand._rand, 3)[0]
    assert made.fast(RS(1), 3)[0]


class Fixed(random.Random):
    def random(self) -> float:
        return 0.25


class Own(RS):
    pass


def test_objects_that_draw_otherwise_are_left_to_the_original() -> None:
    text = "def f(rng, n):\n    t = 0.0\n    for i in range(n):\n        t += rng.random()\n    return t\n"
    made = guarded(text, "f", random.Random(1), 3)
    changed = random.Random(1)
    changed.random = lambda: 0.5  # type: ignore[method-assign]
    for other in (Fixed(1), random.SystemRandom(), changed, RS(1), random):
        assert not made.fast(other, 3)[0]
    assert made.fast(Fixed(1), 3) == (False, 0.75)
    legacy = guarded(text, "f", RS(1), 3)
    for other in (Own(1), RS(np.random.PCG64(1)), np.random.default_rng(1), np.random):
        assert not legacy.fast(other, 3)[0]


@pytest.mark.parametrize("name", ["random", "randint", "gauss"])
def test_replaced_functions_of_random_are_called(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    expr = {"random": "random.random()", "randint": "random.randint(1, 6)"}
    made = case(loop(expr.get(name, "random.gauss(0.0, 1.0)")), 3)
    monkeypatch.setattr(random, name, lambda *_: 7)
    assert made.fast(2) == (False, [7, 7])


def test_replaced_functions_of_numpy_random_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    made = case(loop("np.random.rand()"), 3)
    monkeypatch.setattr(np.random, "rand", lambda: 7.0)
    assert made.fast(2) == (False, [7.0, 7.0])


def test_another_source_of_bits_for_numpy_random_is_left_to_the_original() -> None:
    made = case(loop("np.random.rand()"), 3)
    before = np.random.get_bit_generator()
    try:
        np.random.set_bit_generator(np.random.PCG64(1))
        assert made.kernel(2) is None
    finally:
        np.random.set_bit_generator(before)
    assert made.kernel(2) is not None


@pytest.mark.parametrize(
    "expr",
    [
        "random.randint(3, 2)",
        "random.randrange(0)",
        "random.randrange(1, 9, 0)",
        "random.choice(range(0))",
        "random.expovariate(0.0)",
        "random.getrandbits(-1)",
        "np.random.randint(0)",
        "np.random.normal(0.0, -1.0)",
        "np.random.exponential(-1.0)",
        "np.random.binomial(5, 1.5)",
        "np.random.choice(0)",
    ],
)
def test_what_raises_is_left_to_the_original(expr: str) -> None:
    made = case(loop(f"random.random() + {expr}"), 3)
    assert not ran(made, 2)
    assert ran(made, 0)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (loop("random.betavariate(1.0, 2.0)"), "LW102"),
        (loop("random.randint(0, 2.5)"), "LW304"),
        (loop("random.randrange(True)"), "LW106"),
        (loop("np.random.gamma(2.0)"), "LW102"),
        (loop("np.random.randint(0, [3, 4])"), "LW304"),
        (loop("np.random.randint(9, dtype=np.uint8)"), "LW106"),
        ("random.seed(1)\n" + loop("random.random()"), "LW102"),
        ("np.random.seed(1)\n" + loop("np.random.rand()"), "LW102"),
        ("random.shuffle(np.zeros((2, 2)))\n" + loop("i"), "LW106"),
        ("x = np.arange(n)\n" + loop("random.sample(x, 2)[0]"), "LW106"),
        ("np.random.shuffle(np.arange(3), axis=0)\n" + loop("i"), "LW102"),
        ("np.random.choice(np.zeros((2, 2)))\n" + loop("i"), "LW111"),
    ],
)
def test_what_is_declined(body: str, code: str) -> None:
    text = HEAD + "def f(n):\n" + "\n".join(f"    {line}" for line in body.splitlines())
    assert declined(text, "f", 3).code == code


@pytest.mark.parametrize("method", ["integers", "gamma", "seed", "random_integers", "gauss"])
def test_other_methods_are_declined(method: str) -> None:
    text = f"def f(rng):\n    for i in range(3):\n        rng.{method}(4)\n    return i\n"
    assert declined(text, "f", RS(1)).code == "LW106"


def test_a_state_is_read_as_numpy_lays_it_out() -> None:
    assert streams.is_standard(random.Random(1))
    assert streams.is_legacy(RS(1))


def test_short_loops_are_left_to_the_original() -> None:
    made = case(loop("random.random()"), 3)
    entry = KernelEntry(
        made.lowered,
        "fast",
        "numba",
        low_program(made.lowered),
        KernelSource("fast", ""),
        min_work=100,
    )
    guarded_ = replace(made, text=dispatch_source(entry, "fast"))
    assert [guarded_.fast(n)[0] for n in (-5, 0, 99, 100, 500)] == [False, False, False, True, True]
