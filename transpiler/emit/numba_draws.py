"""Draws that Numba's Generator lacks, makes slowly, or makes otherwise than NumPy, from its random bits.

After numpy/random/src/distributions/distributions.c: bounded integers by Lemire (arXiv:1805.10941) or by
masked rejection, Poisson numbers by transformed rejection (Hoermann 1993).
"""

from __future__ import annotations

from loopwright.ir.draws import DrawMethod

_BODIES: dict[DrawMethod, tuple[str, ...]] = {
    "integers": (
        "def {name}(rng, low, high):",
        "    bits = rng.bit_generator",
        "    span = np.uint64(high - low) - np.uint64(1)",
        "    if span == 0:",
        "        return low",
        "    if span < 0xFFFFFFFF:",
        "        return low + np.int64(random_methods.buffered_bounded_lemire_uint32(bits, span))",
        "    if span == 0xFFFFFFFF:",
        "        return low + np.int64(generator_core.next_uint32(bits))",
        "    return low + np.int64(random_methods.bounded_lemire_uint64(bits, span))",
    ),
    "interval": (
        "def {name}(rng, top):",
        "    return np.int64(random_methods.random_interval(rng.bit_generator, np.uint64(top)))",
    ),
    "poisson": (
        "def {name}(rng, lam):",
        "    if lam == 0:",
        "        return 0",
        "    if lam < 10:",
        "        return rng.poisson(lam)",
        "    b = 0.931 + 2.53 * np.sqrt(lam)",
        "    a = -0.059 + 0.02483 * b",
        "    inverse = 1.1239 + 1.1328 / (b - 3.4)",
        "    vr = 0.9277 - 3.6224 / (b - 2)",
        "    while True:",
        "        u = rng.random() - 0.5",
        "        v = rng.random()",
        "        us = 0.5 - np.fabs(u)",
        "        k = np.int64(np.floor((2 * a / us + b) * u + lam + 0.43))",
        "        if us >= 0.07 and v <= vr:",
        "            return k",
        "        if k < 0 or (us < 0.013 and v > us):",
        "            continue",
        "        left = np.log(v) + np.log(inverse) - np.log(a / (us * us) + b)",
        "        if left <= -lam + k * np.log(lam) - distributions.random_loggam(k + 1):",
        "            return k",
    ),
}

OWN_DRAWS = frozenset(_BODIES)


def draw_name(prefix: str, method: DrawMethod) -> str:
    """The function that draws by `method` for the kernel `prefix`."""
    return f"{prefix}_draw_{method}"


def draw_text(prefix: str, method: DrawMethod) -> str:
    """Its definition, without decorator."""
    name = draw_name(prefix, method)
    return "".join(line.format(name=name) + "\n" for line in _BODIES[method])
