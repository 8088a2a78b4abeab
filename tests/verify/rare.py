"""Pairs that differ behind one rare condition only, and pairs that are the same though they look so.

Each is a signature, the body of `f` and that of `g`, and what else the module holds.
"""

from __future__ import annotations

X = "x: NDArray[np.float64]"
ROW = 'x: Annotated[NDArray[np.float64], "n"]'
TWO = 'x: Annotated[NDArray[np.float64], "n"], y: Annotated[NDArray[np.float64], "n"]'
FREE = 'x: Annotated[NDArray[np.float64], "n"], y: Annotated[NDArray[np.float64], "m"]'
INTS = 'x: Annotated[NDArray[np.int64], "n"]'
SUM = "s = 0.0\nfor v in x:\n    s += v\nreturn s"

RARE = {
    "a linear equation": ("n: int", "return n", "if n * 7 - 3 == 4239:\n    return 0\nreturn n"),
    "a length modulo 8 and a large element": (
        ROW,
        "return float(len(x))",
        "if len(x) % 8 == 5 and x[0] > 1e300:\n    return 0.0\nreturn float(len(x))",
    ),
    "exclusive or": ("k: int", "return k", "if k ^ 0x5bd1 == 77:\n    return 0\nreturn k"),
    "two equal large integers": (
        "a: int, b: int",
        "return a + b",
        "if a == b and a > 1000:\n    return 0\nreturn a + b",
    ),
    "a square": ("n: int", "return n", "if n * n == 1522756:\n    return 0\nreturn n"),
    "an element that is no short decimal": (
        ROW,
        "return len(x)",
        "if len(x) > 3 and x[3] == 0.1 + 0.2:\n    return 0\nreturn len(x)",
    ),
    "the beginning of a string": (
        "s: str",
        "return s",
        "if s.startswith('qz'):\n    return ''\nreturn s",
    ),
    "the end of a string and its length": (
        "s: str",
        "return s",
        "if len(s) == 17 and s.endswith('qz'):\n    return ''\nreturn s",
    ),
    "a power of two beyond a hundred": (
        "n: int",
        "return n",
        "if (n & (n - 1)) == 0 and n > 100:\n    return 0\nreturn n",
    ),
    "a size beyond a threshold": (
        ROW,
        "return x.sum()",
        "if x.size > 100000:\n    return 0.0\nreturn x.sum()",
    ),
    "a size far beyond": (ROW, "return len(x)", "return len(x) if len(x) < 700_000 else -1"),
    "a late round of a loop": (
        "n: int",
        "s = 0\nfor i in range(min(n, 5000)):\n    s += 1\nreturn s",
        "s = 0\nfor i in range(min(n, 5000)):\n    if i % 977 == 976:\n        s += 1\n    s += 1\nreturn s",
    ),
    "a remainder of a product, at one integer in thousands": (
        "n: int",
        "return n * n % 7919",
        "r = n * n % 7919\nreturn r + 1 if r * r % 7919 == 1234 and n % 3 == 0 else r",
    ),
    "a product that seldom passes 32 bits": (
        "n: int",
        "return (n % 4000) ** 2 * (n % 141)",
        "side, height = np.int32(n % 4000), np.int32(n % 141)\nreturn int(side * side * height)",
    ),
    "two integers that mix to one value": (
        "a: int, b: int",
        "return a + b",
        "return a + b + ((a * 31 + b * 17) % 1009 == 77 and a % 5 == 2)",
    ),
    "in the original only": (
        "n: int",
        "if n * 3 + 1 == 30001:\n    return 0\nreturn n",
        "return n",
    ),
    "in a helper": (
        "n: int",
        "return n",
        "return n + extra(n * 2)",
        "def extra(k):\n    if k == 24690:\n        return 1\n    return 0",
    ),
    "in a helper of a helper": (
        "n: int, m: int",
        "return n",
        "return n + outer(n, m)",
        "def inner(k):\n    return 1 if k == 87654321 else 0\n"
        "def outer(a, b):\n    return inner(a - b) if b > 300 else 0",
    ),
    "in a comprehension": (
        "n: int",
        "return [n for k in range(3)]",
        "return [n for k in range(3) if not n + k == 987654]",
    ),
    "in a conditional expression": (
        "x: float",
        "return x",
        "return x + 1 if x == 1234.5678 * 2 else x",
    ),
    "in the last part of a conjunction": (
        "a: int, b: int, c: int",
        "return a + b + c",
        "return 0 if a > 100 and b < -200 and a + b == c * 2 else a + b + c",
    ),
    "in a disjunction": (
        "a: int, b: int",
        "return a > 0",
        "return a > 0 or a * 5 - b == -314159",
    ),
    "in a negation": ("a: int", "return a", "if not (a - 5 != 70707):\n    return 0\nreturn a"),
    "in an assertion": ("a: int", "return a", "assert a * 2 != 86420\nreturn a"),
    "in a chain of comparisons": (
        "a: int",
        "return a",
        "if 123456 < a * 3 < 123466:\n    return 0\nreturn a",
    ),
    "in a while": ("n: int", "return n", "while n - 4 == 55555:\n    n += 1\nreturn n"),
    "behind an early return": (
        "n: int",
        "return abs(n)",
        "if n < 70000:\n    return abs(n)\nif n > 70004:\n    return n\nreturn -n",
    ),
    "nested": (
        "a: int, b: int",
        "return a - b",
        "if a == 4711 * 3:\n    if b == a + 815:\n        return 0\nreturn a - b",
    ),
    "nested through a variable": (
        "a: int, b: int",
        "return a - b",
        "d = a - 3 * b\nif d > 40000:\n    e = d - b\n    if e == 50021:\n        return 0\nreturn a - b",
    ),
    "an odd length": (ROW, "return x.sum()", "return x.sum() if len(x) != 37 else 0.5"),
    "a length modulo 16": (ROW, SUM, f"if len(x) % 16 == 13:\n    return 0.25\n{SUM}"),
    "equal arguments": (
        TWO,
        "return len(x)",
        "if len(x) > 2 and np.array_equal(x, y):\n    return 0\nreturn len(x)",
    ),
    "the same object twice": (
        TWO,
        "return len(x)",
        "if x is y and len(x):\n    return -1\nreturn len(x)",
    ),
    "one argument one shorter": (
        FREE,
        "return len(x) + len(y)",
        "if len(x) - len(y) == 1 and len(x) > 30:\n    return 0\nreturn len(x) + len(y)",
    ),
    "a number equal to a length": (
        f"{ROW}, k: int",
        "return k",
        "if k == len(x) + 1 and k > 25:\n    return 0\nreturn k",
    ),
    "sorted elements": (
        ROW,
        "return len(x)",
        "if len(x) > 5 and np.all(x[1:] > x[:-1]):\n    return 0\nreturn len(x)",
    ),
    "repeated indices": (
        INTS,
        "return len(x)",
        "if len(x) > 3 and len(set(x.tolist())) == 1:\n    return 0\nreturn len(x)",
    ),
    "one value among integers": (
        INTS,
        "return int(len(x))",
        "for v in x:\n    if v == 8675309 + 1:\n        return -1\nreturn int(len(x))",
    ),
    "one element by its place": (
        INTS,
        "return len(x)",
        "if len(x) > 6 and x[5] - x[2] == 123123:\n    return 0\nreturn len(x)",
    ),
    "the last element": (
        ROW,
        "return len(x)",
        "if len(x) > 1 and x[-1] == 3.25 * 1001:\n    return 0\nreturn len(x)",
    ),
    "the element of a matrix": (
        'x: Annotated[NDArray[np.float64], "n m"]',
        "return x.shape",
        "if x.shape[0] > 2 and x.shape[1] > 2 and x[1, 2] > 7e250:\n    return (0, 0)\nreturn x.shape",
    ),
    "the shape of a matrix": (
        'x: Annotated[NDArray[np.float64], "n m"]',
        "return x.size",
        "n, m = x.shape\nif n * 3 == m and n > 6:\n    return 0\nreturn x.size",
    ),
    "a sum of floats": (
        "a: float, b: float",
        "return a",
        "if a + b == 1234.5:\n    return 0.0\nreturn a",
    ),
    "a function that no solver knows": (
        "a: float",
        "return a",
        "if np.sin(a) == 0.123:\n    return 0.0\nreturn a",
    ),
    "a narrow interval": (
        "a: float",
        "return a",
        "if 0.123456 < a < 0.123457:\n    return 0.0\nreturn a",
    ),
    "a float that is not a number": (
        "a: float",
        "return a",
        "if a != a:\n    return 0.0\nreturn a",
    ),
    "the remainder of a negative number": (
        "n: int",
        "return n",
        "if n % 1000 == 777 and n < -5000:\n    return 0\nreturn n",
    ),
    "a quotient": ("n: int", "return n", "if n // 37 == 2222:\n    return 0\nreturn n"),
    "a list of integers": (
        "v: list[int]",
        "return len(v)",
        "if len(v) > 2 and v[0] + v[1] == 31415 * 2:\n    return 0\nreturn len(v)",
    ),
    "a list's length": (
        "v: list[float]",
        "return len(v)",
        "return len(v) if len(v) != 29 else 0",
    ),
    "a default argument": (
        "a: int, k: int = 5",
        "return a + k",
        "if k != 5 and a * k == 20000003 * 3:\n    return 0\nreturn a + k",
    ),
    "a global constant": (
        "n: int",
        "return n",
        "if n > _LIMIT * 3:\n    return 0\nreturn n",
        "_LIMIT = 10**7 // 3",
    ),
    "a value beyond 64 bits": (
        "n: int",
        "return n",
        "if n > 2**80 + 12345:\n    return 0\nreturn n",
    ),
    "minimum and maximum": (
        "a: int, b: int",
        "return a",
        "if max(a, b) - min(a, b) == 424243:\n    return 0\nreturn a",
    ),
    "a union": (
        "a: int | None",
        "return a",
        "if a is not None and a * 11 == 1210121 * 11:\n    return 0\nreturn a",
    ),
    "compiled by Numba": (
        "n: int",
        "return n",
        "return inner(n)",
        "import numba\n@numba.njit\ndef inner(n):\n    if n * 3 == 370368:\n        return 0\n    return n",
    ),
}

SAME = {
    "numbers by another formula": (
        "a: int, b: int",
        "return a * a - b * b",
        "return (a - b) * (a + b)",
    ),
    "how many calls there were": (
        "n: int",
        "CALLS.append(n)\nreturn len(CALLS)",
        "CALLS.extend([n])\nreturn len(CALLS)",
        "CALLS = []",
    ),
    "a type that is checked": (
        "n: int",
        "if not isinstance(n, int):\n    raise TypeError('no')\nreturn n",
        "return n",
    ),
    "a rank that is checked": (
        ROW,
        "return x.copy()",
        "if x.ndim != 1:\n    raise ValueError('rank')\nreturn x.copy()",
    ),
    "a dtype that is checked": (
        ROW,
        "return x.copy()",
        "if x.dtype != np.float64:\n    return None\nreturn x.copy()",
    ),
    "the dtype of an array of any rank": (
        X,
        "return x.copy()",
        "if x.dtype != np.float64 or x.ndim < 0:\n    return None\nreturn x.copy()",
    ),
    "None that no type permits": ("n: int", "return n", "return 0 if n is None else n"),
    "a condition that contradicts another": (
        "n: int",
        "return n",
        "if n > 10:\n    if n < 5:\n        return 0\nreturn n",
    ),
    "an equation without a solution": (
        "n: int",
        "return n",
        "if n * 7 - 3 == 4242:\n    return 0\nreturn n",
    ),
    "a remainder that cannot be": (
        ROW,
        "return x.copy()",
        "if len(x) % 4 > 3:\n    return None\nreturn x.copy()",
    ),
    "a loop that stays in range": (
        ROW,
        SUM,
        "s = 0.0\nfor i in range(len(x)):\n    s += x[i] if i < len(x) else 5.0\nreturn s",
    ),
    "an assertion that holds": (
        ROW,
        SUM,
        f"assert len(x) >= 0\n{SUM}",
    ),
    "the same raise on both sides": (
        "s: str",
        "if hash(s) == 5:\n    raise ValueError(s)\nreturn s",
        "if hash(s) == 5:\n    raise ValueError(s)\nreturn s + ''",
    ),
    "blocks of eight with a tail": (
        INTS,
        "s = 0\nfor v in x:\n    s += int(v)\nreturn s",
        "s, i, n = 0, 0, len(x)\nwhile i + 8 <= n:\n    for k in range(8):\n        s += int(x[i + k])\n"
        "    i += 8\nwhile i < n:\n    s += int(x[i])\n    i += 1\nreturn s",
    ),
    "a threshold between two ways": (
        INTS,
        "s = 0\nfor v in x:\n    s += int(v)\nreturn s",
        "if x.size > 3000:\n    return sum(x.tolist())\ns = 0\nfor v in x:\n    s += int(v)\nreturn s",
    ),
    "parts of a condition in another order": (
        "a: int, b: int",
        "return 1 if a > 3 and b > 3 else 0",
        "return 0 if b <= 3 or a <= 3 else 1",
    ),
    "a rare branch that is the same": (
        "n: int",
        "return n * 2",
        "if n * 3 == 30003:\n    return 20002\nreturn n + n",
    ),
    "compiled by Numba": (
        'x: Annotated[NDArray[np.float64], "n"]',
        "s = 0.0\nfor v in x:\n    if v > 0:\n        s += v\nreturn s",
        "return inner(x)",
        "import numba\n@numba.njit\ndef inner(x):\n    s = 0.0\n    for v in x:\n        if v > 0:\n"
        "            s += v\n    return s",
    ),
}
