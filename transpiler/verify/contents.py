"""What arrays and long lists hold: for each array one mode; by design, not uniform chance.

The modes are those that separate wrong rewrites from right ones: ties, order, limits of the dtype, one
special number among ordinary ones, cancellation, values around the constants of the source.

A mode turns raw numbers into values, zero into the plainest. The raw numbers are bytes that Hypothesis
draws and shrinks one by one, as a single choice: an element drawn by itself costs as much as all of them.
Those of a long array are grown from the first.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence

import numpy as np
from hypothesis import strategies as st

from loopwright.verify.call import Call
from loopwright.verify.codec import AnyArray
from loopwright.verify.constants import Constants
from loopwright.verify.scalars import PLAIN_FLOATS, SPECIAL_FLOATS

Raw = AnyArray
Mode = tuple[str, Callable[[Raw, Constants], AnyArray]]

_DRAWN = 32
_GOLDEN = 0x9E3779B97F4A7C15
"2**64 / golden ratio: multiples of it spread over all 64 bits (Knuth 6.4)"
_PLAIN = np.array(PLAIN_FLOATS)


def _raw(call: Call, n: int) -> Raw:
    """`n` raw numbers: the first below 2**16, those grown from them below 2**32."""
    if n == 0:
        return np.empty(0, np.uint64)
    first = np.frombuffer(call.draw(_bytes(2 * min(n, _DRAWN))), ">u2").astype(np.uint64)
    if n <= _DRAWN:
        return first
    odd = 2 * np.repeat(np.arange(n // _DRAWN + 1, dtype=np.uint64), _DRAWN)[:n] + 1
    raw: Raw = np.resize(first, n) * (odd * _GOLDEN) >> 32
    raw[:_DRAWN] = first
    return raw


@functools.cache
def _bytes(n: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=n, max_size=n)


# -------------------------------------------------------------------- floats


def _around_zero(raw: Raw) -> AnyArray:
    """0, -1, 1, -2, ... up to 2**15, with a fraction where the raw numbers have more than 16 bits."""
    low = (raw & 0xFFFF).astype(np.int64)
    signed = np.where(low & 1, -(low + 1) // 2, low // 2)
    return signed + (raw >> 16).astype(np.float64) / 2**16


def _ordinary(raw: Raw) -> AnyArray:
    """Decimal numbers between -3.3 and 3.3, which binary fractions do not hold exactly."""
    return np.where(raw < len(_PLAIN), _PLAIN[raw % len(_PLAIN)], _around_zero(raw) / 10_000)


def _mixed(raw: Raw) -> Raw:
    """Other raw numbers from the same ones, 0 from 0."""
    return ((raw * _GOLDEN) >> 32) ^ (raw >> 3)


def _first(raw: Raw) -> int:
    return int(raw[0]) if raw.size else 0


def _scaled(raw: Raw) -> AnyArray:
    return _ordinary(raw) * (1.0, 10.0, 1e3)[_first(raw) % 3]


def _one_special(raw: Raw) -> AnyArray:
    out = _ordinary(raw)
    if raw.size:
        out[int(raw[-1]) % raw.size] = SPECIAL_FLOATS[_first(raw) % len(SPECIAL_FLOATS)]
    return out


def _cancelling(raw: Raw) -> AnyArray:
    mixed = _mixed(raw)
    out = _ordinary(raw) * np.where(mixed & 1, 10.0 ** ((mixed >> 4) % 17), 1.0)
    half = raw.size // 2
    out[half : 2 * half] = -out[:half] + _ordinary(mixed[:half] & 0xFFFF)
    shuffled: AnyArray = out[np.argsort(mixed, kind="stable")]
    return shuffled


def _exponents(span: int) -> Callable[[Raw, Constants], AnyArray]:
    return lambda raw, _: (
        _ordinary(raw) * 10.0 ** ((_mixed(raw) % (2 * span)).astype(np.float64) - span)
    )


def _pool(values: Sequence[float]) -> Callable[[Raw, Constants], AnyArray]:
    array = np.array(values)
    return lambda raw, _: array[raw % len(array)]


def _from_constants(raw: Raw, constants: Constants) -> AnyArray:
    pool = constants.floats or PLAIN_FLOATS
    values: AnyArray = np.array(pool)[raw % len(pool)]
    return values


def _equal(raw: Raw, constants: Constants) -> AnyArray:
    source = (_ordinary, lambda r: _from_constants(r, constants))[_first(raw) >> 1 & 1]
    return np.repeat(source(raw[:1]), raw.size)


def _evenly(raw: Raw) -> AnyArray:
    start, step = (_ordinary(raw[k : k + 1])[0] if raw.size > k else 0.0 for k in (0, 1))
    values: AnyArray = start + (step or 1.0) * np.arange(raw.size)
    return values


def _mirrored(values: AnyArray) -> AnyArray:
    half = values[: (values.size + 1) // 2]
    return np.concatenate([half, half[: values.size // 2][::-1]])


def _distribution(raw: Raw) -> AnyArray:
    values = (raw % 10).astype(np.float64)
    return values / (values.sum() or 1.0)


TAME_FLOATS: tuple[Mode, ...] = (
    ("small integers", _pool(range(10))),
    ("ordinary", lambda raw, _: _ordinary(raw)),
    ("ordinary", lambda raw, _: _scaled(raw)),
    ("unit interval", lambda raw, _: (raw % 65521) / 65521),
    ("small integers with ties", _pool((0, 1, -1, 2, -2, 3, -3))),
    ("all equal", _equal),
    ("ascending", lambda raw, _: np.sort(_ordinary(raw))),
    ("descending", lambda raw, _: np.sort(_ordinary(raw))[::-1].copy()),
    ("halves", lambda raw, _: _around_zero(raw) // 3500 + 0.5),
    ("around constants", _from_constants),
    ("zeros and ones", _pool((0, 1))),
    ("positive", lambda raw, _: np.abs(_ordinary(raw)) + 0.01),
    ("evenly spaced", lambda raw, _: _evenly(raw)),
    ("mirrored", lambda raw, _: _mirrored(_ordinary(raw))),
    ("distribution", lambda raw, _: _distribution(raw)),
)
WILD_FLOATS: tuple[Mode, ...] = (
    ("zeros of both signs, NaN, one", _pool((0.0, -0.0, math.nan, 1.0, -1.0))),
    ("one special", lambda raw, _: _one_special(raw)),
    ("one special", lambda raw, _: _one_special(raw)),
    ("all NaN", _pool((math.nan,))),
    ("specials", _pool(SPECIAL_FLOATS)),
    ("wide exponents", _exponents(200)),
    ("large offset", lambda raw, _: _ordinary(raw) + (1e6, 1e9, 1e15)[_first(raw) % 3]),
    ("cancelling", lambda raw, _: _cancelling(raw)),
    ("cancelling", lambda raw, _: _cancelling(raw)),
    ("denormals", lambda raw, _: _ordinary(raw) * 1e-310),
    ("zeros of both signs", _pool((0.0, -0.0))),
    ("infinities", _pool((0.0, math.inf, -math.inf, 1.0))),
    ("moderate exponents", _exponents(8)),
)


def float_array(call: Call, dtype: str, n: int, wild: float) -> tuple[str, AnyArray]:
    """`n` floats (or complex numbers) of `dtype` in one mode; the mode's name first."""
    name, mode = call.pick_wild(TAME_FLOATS, WILD_FLOATS, wild)
    with np.errstate(all="ignore"):
        values = mode(_raw(call, n), call.constants)
        if dtype.startswith("complex"):
            other = call.pick_wild(TAME_FLOATS, WILD_FLOATS, wild / 2)[1]
            both = np.empty(n, np.complex128)
            both.real, both.imag = values, other(_raw(call, n), call.constants)
            values = both
        return name, values.astype(dtype)


# ------------------------------------------------------------------ integers


TAME_INTS: tuple[Mode, ...] = (
    ("small integers", _pool(range(10))),
    ("small integers with ties", _pool((0, 1, -1, 2, -2, 3, -3))),
    ("zeros and ones", _pool((0, 1))),
    ("all equal", lambda raw, _: np.full(raw.size, _first(raw) % 13 - 3)),
    ("permutation", lambda raw, _: np.argsort(raw, kind="stable")),
    ("ascending", lambda raw, _: np.sort((raw % 120).astype(np.int64) - 20)),
    ("descending", lambda raw, _: np.sort((raw % 120).astype(np.int64) - 20)[::-1].copy()),
    (
        "evenly spaced",
        lambda raw, _: _first(raw) % 7 - 3 + (_first(raw) % 3 + 1) * np.arange(raw.size),
    ),
    ("mirrored", lambda raw, _: _mirrored(raw % 12)),
    ("hundreds", lambda raw, _: (raw % 1300).astype(np.int64) - 300),
    ("around constants", lambda raw, constants: _int_constants(raw, constants)),
    ("around constants", lambda raw, constants: _int_constants(raw, constants)),
)
_SHARES = (0.5, 0.5, 0.1, 0.9, 0.0, 1.0)


def _int_constants(raw: Raw, constants: Constants) -> AnyArray:
    fitting = [c for c in constants.ints if -(2**63) <= c < 2**63] or [0, 1]
    values: AnyArray = np.array(fitting, np.int64)[raw % len(fitting)]
    return values


def int_array(call: Call, dtype: str, n: int, wild: float) -> tuple[str, AnyArray]:
    """`n` integers or booleans of `dtype` in one mode; wrapped into the dtype's range."""
    if dtype == "bool":
        share = call.pick(_SHARES)
        return f"{share:.0%} true", _mixed(_raw(call, n)) % 1000 >= 1000 * (1 - share)
    info = np.iinfo(dtype)
    name, mode = call.pick_wild(
        TAME_INTS, (("full range", None), ("limits of the dtype", None)), wild
    )
    raw = _raw(call, n)
    if name == "full range":
        return name, (raw * _GOLDEN >> (64 - info.bits)).astype(dtype)
    if name == "limits of the dtype":
        edges = [0, 1, info.max, info.min, info.max - 1, info.min + 1]
        return name, np.array(edges, dtype)[raw % len(edges)]
    assert mode is not None
    values = mode(raw, call.constants)
    if name == "around constants":
        values = np.where(
            (values >= info.min) & (values <= info.max), values, raw.astype(np.int64) % 2
        )
    elif info.min == 0:
        values = np.abs(values)
    return name, values.astype(dtype)


def indices(call: Call, dtype: str, n: int, low: int, high: int) -> AnyArray:
    """`n` integers from `low` to `high` - 1."""
    span = min(high - low, 2**64 - 1)
    raw = _raw(call, n)
    spread = raw if span < 2**16 else raw * _GOLDEN
    return ((spread % span).astype(np.int64) + low).astype(dtype)


def offsets(call: Call, dtype: str, n: int, last: int) -> AnyArray:
    """`n` offsets in order, from 0 to `last`: where the rows of a ragged or sparse matrix begin."""
    values = np.sort((_raw(call, n) % (last + 1)).astype(dtype))
    values[0], values[-1] = 0, last
    return values
