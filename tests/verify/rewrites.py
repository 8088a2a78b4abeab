"""Rewrites by hand: an original, right ones that must be proved, wrong ones that must not.

Each block begins with `# name`, then come the original, `# right: ...` and `# wrong: ...` texts of `f`.
"""

TEXT = """
# axpy
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(n):
        out[i] = a[i] * b[i] + c
    return out
# right: array code, where both have one length
def f(a: F1, b: F1, c: float):
    return a * b + c
# right: an unrolled loop with its tail
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(0, n - 1, 2):
        out[i] = a[i] * b[i] + c
        out[i + 1] = a[i + 1] * b[i + 1] + c
    for i in range(n // 2 * 2, n):
        out[i] = a[i] * b[i] + c
    return out
# right: backwards
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(n - 1, -1, -1):
        out[i] = a[i] * b[i] + c
    return out
# right: in two halves
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(n // 2):
        out[i] = a[i] * b[i] + c
    for i in range(n // 2, n):
        out[i] = a[i] * b[i] + c
    return out
# right: the product first, for all
def f(a: F1, b: F1, c: float):
    n = len(a)
    t = np.empty(n)
    out = np.empty(n)
    for i in range(n):
        t[i] = a[i] * b[i]
    for i in range(n):
        out[i] = t[i] + c
    return out
# right: tiles of 4
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for t in range(0, n, 4):
        for i in range(t, min(t + 4, n)):
            out[i] = a[i] * b[i] + c
    return out
# wrong: one element too few
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(n - 1):
        out[i] = a[i] * b[i] + c
    return out
# wrong: the first left out
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(1, n):
        out[i] = a[i] * b[i] + c
    return out
# wrong: no tail
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(0, n - 1, 2):
        out[i] = a[i] * b[i] + c
        out[i + 1] = a[i + 1] * b[i + 1] + c
    return out
# wrong: a tail that begins one late
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(0, n - 1, 2):
        out[i] = a[i] * b[i] + c
        out[i + 1] = a[i + 1] * b[i + 1] + c
    for i in range(n // 2 * 2 + 1, n):
        out[i] = a[i] * b[i] + c
    return out
# wrong: tiles without the last, partial one
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for t in range(0, n - 3, 4):
        for i in range(t, t + 4):
            out[i] = a[i] * b[i] + c
    return out
# wrong: tiles that leave a gap
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for t in range(0, n, 5):
        for i in range(t, min(t + 4, n)):
            out[i] = a[i] * b[i] + c
    return out
# wrong: another operation
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(n):
        out[i] = a[i] * b[i] - c
    return out
# wrong: associated otherwise
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(n):
        out[i] = a[i] * (b[i] + c)
    return out
# wrong: an element of the neighbour
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(n):
        out[i] = a[i] * b[n - 1 - i] + c
    return out
# wrong: another argument
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(n):
        out[i] = a[i] * a[i] + c
    return out
# wrong: every second element written twice
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(n):
        out[i // 2 * 2] = a[i] * b[i] + c
    return out
# wrong: a result that is longer
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.zeros(n + 1)
    for i in range(n):
        out[i] = a[i] * b[i] + c
    return out
# wrong: the argument instead of a new array
def f(a: F1, b: F1, c: float):
    n = len(a)
    for i in range(n):
        a[i] = a[i] * b[i] + c
    return a
# wrong: an argument is changed besides
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(n):
        out[i] = a[i] * b[i] + c
        b[i] = 0.0
    return out
# wrong: in float32
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(n):
        out[i] = np.float32(a[i] * b[i]) + c
    return out
# wrong: zeros of another sign
def f(a: F1, b: F1, c: float):
    n = len(a)
    out = np.empty(n)
    for i in range(n):
        out[i] = a[i] * b[i] + c + 0.0
    return out

# prefix
def f(x: F1):
    for i in range(1, len(x)):
        x[i] = x[i - 1] + x[i]
# right: the carried number in a variable
def f(x: F1):
    if len(x) > 1:
        s = x[0]
        for i in range(1, len(x)):
            s = s + x[i]
            x[i] = s
# wrong: backwards
def f(x: F1):
    for i in range(len(x) - 1, 0, -1):
        x[i] = x[i - 1] + x[i]
# wrong: array code
def f(x: F1):
    x[1:] = x[:-1] + x[1:]
# wrong: operands swapped, which differ in the sign of a NaN only, but the reading differs
def f(x: F1):
    for i in range(1, len(x)):
        x[i] = x[i - 1] + x[i - 1]
# wrong: two at a time, both from the old value
def f(x: F1):
    for i in range(1, len(x) - 1, 2):
        s = x[i - 1]
        x[i] = s + x[i]
        x[i + 1] = s + x[i + 1]
    if len(x) % 2 == 0 and len(x) > 0:
        x[-1] = x[-2] + x[-1]

# sum
def f(a: F1):
    s = 0.0
    for i in range(len(a)):
        s += a[i]
    return s
# right: in blocks, in the same order
def f(a: F1):
    s = 0.0
    for t in range(0, len(a), 8):
        for i in range(t, min(t + 8, len(a))):
            s += a[i]
    return s
# right: unrolled with one accumulator
def f(a: F1):
    s = 0.0
    n = len(a)
    for i in range(0, n - 1, 2):
        s += a[i]
        s += a[i + 1]
    if n % 2 == 1:
        s += a[n - 1]
    return s
# wrong: two accumulators
def f(a: F1):
    s = 0.0
    t = 0.0
    n = len(a)
    for i in range(0, n - 1, 2):
        s += a[i]
        t += a[i + 1]
    if n % 2 == 1:
        s += a[n - 1]
    return s + t
# wrong: from the end
def f(a: F1):
    s = 0.0
    for i in range(len(a) - 1, -1, -1):
        s += a[i]
    return s
# wrong: NumPy's order
def f(a: F1):
    return 0.0 + np.sum(a)
# wrong: pairs first
def f(a: F1):
    s = 0.0
    n = len(a)
    for i in range(0, n - 1, 2):
        s += a[i] + a[i + 1]
    if n % 2 == 1:
        s += a[n - 1]
    return s
# wrong: another start
def f(a: F1):
    s = -0.0
    for i in range(len(a)):
        s += a[i]
    return s
# wrong: the last twice
def f(a: F1):
    s = 0.0
    n = len(a)
    for i in range(0, n - 1, 2):
        s += a[i]
        s += a[i + 1]
    if n > 0:
        s += a[n - 1]
    return s
# wrong: the sum of the rest
def f(a: F1):
    s = 0.0
    for i in range(1, len(a)):
        s += a[i]
    return s
# wrong: a narrow accumulator
def f(a: F1):
    s = np.float32(0.0)
    for i in range(len(a)):
        s = np.float32(s + a[i])
    return float(s)

# rows
def f(a: F2, v: F1):
    n, m = a.shape
    out = np.zeros(n)
    for i in range(n):
        for j in range(m):
            out[i] = out[i] + a[i, j] * v[i]
    return out
# right: loops exchanged
def f(a: F2, v: F1):
    n, m = a.shape
    out = np.zeros(n)
    for j in range(m):
        for i in range(n):
            out[i] = out[i] + a[i, j] * v[i]
    return out
# right: the factor hoisted, the sum in a variable
def f(a: F2, v: F1):
    n, m = a.shape
    out = np.zeros(n)
    for i in range(n):
        w = 0.0
        c = v[i]
        for j in range(m):
            w = w + a[i, j] * c
        out[i] = w
    return out
# right: tiles of rows
def f(a: F2, v: F1):
    n, m = a.shape
    out = np.zeros(n)
    for s in range(0, n, 4):
        for j in range(m):
            for i in range(s, min(s + 4, n)):
                out[i] = out[i] + a[i, j] * v[i]
    return out
# right: tiles of columns
def f(a: F2, v: F1):
    n, m = a.shape
    out = np.zeros(n)
    for t in range(0, m, 8):
        for i in range(n):
            for j in range(t, min(t + 8, m)):
                out[i] = out[i] + a[i, j] * v[i]
    return out
# wrong: the inner loop backwards
def f(a: F2, v: F1):
    n, m = a.shape
    out = np.zeros(n)
    for i in range(n):
        for j in range(m - 1, -1, -1):
            out[i] = out[i] + a[i, j] * v[i]
    return out
# wrong: the sum is not reset
def f(a: F2, v: F1):
    n, m = a.shape
    out = np.zeros(n)
    w = 0.0
    for i in range(n):
        for j in range(m):
            w = w + a[i, j] * v[i]
        out[i] = w
    return out
# wrong: factored out
def f(a: F2, v: F1):
    n, m = a.shape
    out = np.zeros(n)
    for i in range(n):
        w = 0.0
        for j in range(m):
            w = w + a[i, j]
        out[i] = w * v[i]
    return out
# wrong: transposed, right for squares that are symmetric
def f(a: F2, v: F1):
    n, m = a.shape
    out = np.zeros(n)
    for i in range(n):
        for j in range(m):
            out[i] = out[i] + a[j, i] * v[i]
    return out
# wrong: tiles whose remainder is lost
def f(a: F2, v: F1):
    n, m = a.shape
    out = np.zeros(n)
    for i in range(n):
        for t in range(0, m - m % 8, 8):
            for j in range(t, t + 8):
                out[i] = out[i] + a[i, j] * v[i]
    return out
# wrong: tiles of columns within reversed tiles
def f(a: F2, v: F1):
    n, m = a.shape
    out = np.zeros(n)
    for i in range(n):
        for t in range(m // 8, -1, -1):
            for j in range(8 * t, min(8 * t + 8, m)):
                out[i] = out[i] + a[i, j] * v[i]
    return out
# wrong: the store hoisted out of the loop
def f(a: F2, v: F1):
    n, m = a.shape
    out = np.zeros(n)
    w = 0.0
    for i in range(n):
        w = 0.0
        for j in range(m):
            w = w + a[i, j] * v[i]
    if n > 0:
        out[n - 1] = w
    return out

# two loops
def f(x: F1, y: F1):
    n = min(len(x), len(y))
    for i in range(1, n):
        x[i] = y[i] * 2.0
    for i in range(1, n):
        y[i] = x[i - 1] + 1.0
# right: fused, as no later iteration is needed
def f(x: F1, y: F1):
    n = min(len(x), len(y))
    for i in range(1, n):
        x[i] = y[i] * 2.0
        y[i] = x[i - 1] + 1.0
# wrong: fused the other way round
def f(x: F1, y: F1):
    n = min(len(x), len(y))
    for i in range(1, n):
        y[i] = x[i - 1] + 1.0
        x[i] = y[i] * 2.0
# wrong: the second loop first
def f(x: F1, y: F1):
    n = min(len(x), len(y))
    for i in range(1, n):
        y[i] = x[i - 1] + 1.0
    for i in range(1, n):
        x[i] = y[i] * 2.0

# ahead
def f(x: F1, y: F1):
    n = min(len(x), len(y))
    for i in range(n):
        y[i] = x[i] * 2.0
    for i in range(n - 1):
        x[i] = y[i + 1] + 1.0
# wrong: fused although the second loop reads ahead
def f(x: F1, y: F1):
    n = min(len(x), len(y))
    for i in range(n - 1):
        y[i] = x[i] * 2.0
        x[i] = y[i + 1] + 1.0
    if n > 0:
        y[n - 1] = x[n - 1] * 2.0
# right: fused with the reading loop one behind
def f(x: F1, y: F1):
    n = min(len(x), len(y))
    for i in range(n):
        y[i] = x[i] * 2.0
        if i > 0:
            x[i - 1] = y[i] + 1.0

# choice
def f(x: F1, out: F1, c: float):
    for i in range(min(len(x), len(out))):
        if x[i] > c:
            out[i] = x[i] - c
        else:
            out[i] = 0.0
# right: a conditional expression
def f(x: F1, out: F1, c: float):
    for i in range(min(len(x), len(out))):
        out[i] = x[i] - c if x[i] > c else 0.0
# wrong: the other way for equal ones
def f(x: F1, out: F1, c: float):
    for i in range(min(len(x), len(out))):
        out[i] = x[i] - c if x[i] >= c else 0.0
# wrong: a maximum, which keeps NaN
def f(x: F1, out: F1, c: float):
    for i in range(min(len(x), len(out))):
        out[i] = np.maximum(x[i] - c, 0.0)
# wrong: the condition turned round, which differs for NaN
def f(x: F1, out: F1, c: float):
    for i in range(min(len(x), len(out))):
        out[i] = 0.0 if x[i] <= c else x[i] - c
# wrong: nothing in the other branch
def f(x: F1, out: F1, c: float):
    for i in range(min(len(x), len(out))):
        if x[i] > c:
            out[i] = x[i] - c

# division
def f(x: F1, k: float):
    for i in range(len(x)):
        x[i] = x[i] * (1.0 / k)
# right: the quotient hoisted out of the loop, which may then fail for nothing
def f(x: F1, k: float):
    q = 1.0 / k
    for i in range(len(x)):
        x[i] = x[i] * q
# wrong: a division in place of a product
def f(x: F1, k: float):
    for i in range(len(x)):
        x[i] = x[i] / k
# wrong: infinity where the original raises
def f(x: F1, k: float):
    q = 1.0 / np.float64(k)
    for i in range(len(x)):
        x[i] = x[i] * q

# integers
def f(s: I1, t: I1):
    for i in range(min(len(s), len(t))):
        t[i] = s[i] * 3 + i
# right: the index counted by hand
def f(s: I1, t: I1):
    k = 0
    for i in range(min(len(s), len(t))):
        t[i] = s[i] * 3 + k
        k += 1
# wrong: counted from one
def f(s: I1, t: I1):
    k = 1
    for i in range(min(len(s), len(t))):
        t[i] = s[i] * 3 + k
        k += 1
# wrong: through floats
def f(s: I1, t: I1):
    for i in range(min(len(s), len(t))):
        t[i] = np.int64(s[i] * 3.0) + i
# wrong: through 32 bits
def f(s: I1, t: I1):
    for i in range(min(len(s), len(t))):
        t[i] = np.int32(s[i]) * 3 + i
"""


def blocks() -> list[tuple[str, str, list[tuple[str, str]], list[tuple[str, str]]]]:
    """Name, original, right and wrong candidates with what they do."""
    found = []
    for block in TEXT.split("\n\n"):
        (name, original), *candidates = _parts(block.strip())
        right = [(n[7:], t) for n, t in candidates if n.startswith("right: ")]
        wrong = [(n[7:], t) for n, t in candidates if n.startswith("wrong: ")]
        assert len(right) + len(wrong) == len(candidates)
        found.append((name, original, right, wrong))
    return found


def _parts(block: str) -> list[tuple[str, str]]:
    parts: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("# "):
            parts.append((line[2:], []))
        else:
            parts[-1][1].append(line)
    return [(name, "\n".join(lines) + "\n") for name, lines in parts]
