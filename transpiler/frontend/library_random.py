"""Draws of RandomState and of the module `random`, as Python code that the compiler translates.

The steps are those of NumPy (numpy/random/src/legacy) and of CPython (Lib/random.py): the same bits are
taken in the same order. `rng.interval(top)` is an integer in [0, top] by masked rejection, so that with
2**32 - 1 it is the next 32 bits. `spare` holds 1.0 and the normal number kept for the next draw, or two
zeros.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

import math

from loopwright.frontend.library_queue import bisect_right

# ----------------------------------------------------------------- RandomState


def legacy_standard_normal(rng, spare):
    """By the polar method (G. Marsaglia), which makes two at once."""
    if spare[0] != 0.0:
        kept = float(spare[1])
        spare[0] = 0.0
        spare[1] = 0.0
        return kept
    x1 = 0.0
    x2 = 0.0
    r2 = 0.0
    while r2 >= 1.0 or r2 == 0.0:
        x1 = 2.0 * rng.random() - 1.0
        x2 = 2.0 * rng.random() - 1.0
        r2 = x1 * x1 + x2 * x2
    f = math.sqrt(-2.0 * math.log(r2) / r2)
    spare[0] = 1.0
    spare[1] = f * x1
    return f * x2


def legacy_normal(rng, spare, loc, scale):
    """A normal number."""
    if not math.copysign(1.0, scale) > 0.0:
        raise ValueError("scale < 0")
    return loc + scale * legacy_standard_normal(rng, spare)


def legacy_standard_exponential(rng):
    """By inversion."""
    return -math.log(1.0 - rng.random())


def legacy_exponential(rng, scale):
    """An exponential number."""
    if not math.copysign(1.0, scale) > 0.0:
        raise ValueError("scale < 0")
    return scale * legacy_standard_exponential(rng)


# ---------------------------------------------------------------------- random


def random_getrandbits(rng, k):
    """An integer of `k` random bits."""
    if k < 0 or k > 62:
        raise ValueError("number of bits must be non-negative")
    if k == 0:
        return 0
    low = rng.interval(4294967295)
    if k <= 32:
        return low >> (32 - k)
    return low | ((rng.interval(4294967295) >> (64 - k)) << 32)


def random_below(rng, n):
    """An integer in [0, n)."""
    k = 0  # the length of n in bits
    rest = n
    while rest > 0:
        rest >>= 1
        k += 1
    found = random_getrandbits(rng, k)
    while found >= n:
        found = random_getrandbits(rng, k)
    return found


def random_randrange(rng, start, stop, step):
    """An integer of the range."""
    n = range_length(start, stop, step)
    if n == 0:
        raise ValueError("empty range")
    return start + step * random_below(rng, n)


def random_choice(rng, seq):
    """An element."""
    if len(seq) == 0:
        raise IndexError("cannot choose from an empty sequence")
    return seq[random_below(rng, len(seq))]


def random_shuffle(rng, x):
    """Put the elements in another order."""
    for i in range(len(x) - 1, 0, -1):
        j = random_below(rng, i + 1)
        x[i], x[j] = x[j], x[i]


def random_positions(rng, n, k):
    """`k` different integers below `n`."""
    if not 0 <= k <= n:
        raise ValueError("sample larger than population or is negative")
    found = [0] * k
    size = 21
    if k > 5:
        size += 4 ** math.ceil(math.log(k * 3) / math.log(4))
    if n <= size:
        pool = list(range(n))
        for i in range(k):
            j = random_below(rng, n - i)
            found[i] = pool[j]
            pool[j] = pool[n - i - 1]
    else:
        taken = set()
        for i in range(k):
            j = random_below(rng, n)
            while j in taken:
                j = random_below(rng, n)
            taken.add(j)
            found[i] = j
    return found


def random_of_range(rng, start, stop, step):
    """An element of a range."""
    n = range_length(start, stop, step)
    if n == 0:
        raise IndexError("cannot choose from an empty sequence")
    return start + step * random_below(rng, n)


def random_sample_of_range(rng, start, stop, step, k):
    """`k` different elements of a range."""
    n = range_length(start, stop, step)
    return [start + step * j for j in random_positions(rng, n, k)]


def range_length(start, stop, step):
    """How many elements a range has."""
    if step == 0:
        raise ValueError("step must not be zero")
    n = (stop - start + step - 1) // step if step > 0 else (stop - start + step + 1) // step
    return max(n, 0)


def random_sample(rng, population, k):
    """`k` elements at different positions."""
    return [population[j] for j in random_positions(rng, len(population), k)]


def random_choices(rng, population, k):
    """`k` elements, each from any position."""
    n = len(population) + 0.0
    return [population[math.floor(rng.random() * n)] for _ in range(k)]


def random_weighted(rng, population, weights, k):
    """`k` elements by weight."""
    if len(weights) != len(population):
        raise ValueError("the number of weights does not match the population")
    sums = [weights[0]] * len(weights)
    for i in range(1, len(weights)):
        sums[i] = sums[i - 1] + weights[i]
    return random_cumulative(rng, population, sums, k)


def random_cumulative(rng, population, sums, k):
    """`k` elements by running sums of weights."""
    if len(sums) != len(population):
        raise ValueError("the number of weights does not match the population")
    total = sums[-1] + 0.0
    if total <= 0.0 or not math.isfinite(total):
        raise ValueError("total of weights must be greater than zero and finite")
    return [
        population[bisect_right(sums, rng.random() * total, 0, len(sums) - 1)] for _ in range(k)
    ]


def random_uniform(rng, a, b):
    """A number between `a` and `b`."""
    return a + (b - a) * rng.random()


def random_triangular(rng, low, high, mode):
    """A number of the triangular distribution with its mode given."""
    u = rng.random()
    if high == low:
        raise ZeroDivisionError("the number is `low` itself")
    c = (mode - low) / (high - low)
    if u > c:
        return high + (low - high) * math.sqrt((1.0 - u) * (1.0 - c))
    return low + (high - low) * math.sqrt(u * c)


def random_symmetric(rng, low, high):
    """A number of the triangular distribution with its mode in the middle."""
    u = rng.random()
    if u > 0.5:
        return high + (low - high) * math.sqrt((1.0 - u) * 0.5)
    return low + (high - low) * math.sqrt(u * 0.5)


def random_normalvariate(rng, mu, sigma):
    """A normal number by the ratio of uniform numbers (Kinderman and Monahan, 1977)."""
    z = 0.0
    more = True
    while more:
        u1 = rng.random()
        u2 = 1.0 - rng.random()
        z = 1.7155277699214135 * (u1 - 0.5) / u2
        more = z * z / 4.0 > -math.log(u2)
    return mu + z * sigma


def random_gauss(rng, spare, mu, sigma):
    """A normal number; they are made in pairs."""
    if spare[0] != 0.0:
        z = float(spare[1])
        spare[0] = 0.0
        spare[1] = 0.0
    else:
        angle = rng.random() * 6.283185307179586
        radius = math.sqrt(-2.0 * math.log(1.0 - rng.random()))
        z = math.cos(angle) * radius
        spare[0] = 1.0
        spare[1] = math.sin(angle) * radius
    return mu + z * sigma


def random_lognormvariate(rng, mu, sigma):
    """A number whose logarithm is normal."""
    return math.exp(random_normalvariate(rng, mu, sigma))


def random_expovariate(rng, lambd):
    """An exponential number."""
    return -math.log(1.0 - rng.random()) / lambd


def random_paretovariate(rng, alpha):
    """A number of Pareto's distribution."""
    u = 1.0 - rng.random()
    return u ** (-1.0 / alpha)


def random_weibullvariate(rng, alpha, beta):
    """A number of Weibull's distribution."""
    u = 1.0 - rng.random()
    return alpha * (-math.log(u)) ** (1.0 / beta)
