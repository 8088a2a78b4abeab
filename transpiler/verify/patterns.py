"""Short expressions for long arrays, lists and texts: a constant, a progression, a repetition, a few changes.

An expression is tried by evaluating it: it stands for the values only if it gives them, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import Any

import numpy as np

from loopwright.verify.codec import AnyArray

Write = Callable[[Any], str]

_MOST = 12
"""Elements that may differ from the expression: each is an assignment."""
_PERIOD = 64
_LONGEST = 200
_GLANCE = 4096


@dataclass(frozen=True, slots=True)
class Pattern:
    """`text` makes the values but for those at the positions `changes` of the flat array."""

    text: str
    changes: tuple[int, ...] = ()


def array_pattern(a: AnyArray, dtype: str, write: Write) -> Pattern | None:
    """An expression for `a`; `dtype` is the text of its dtype, `write` the text of a number."""
    flat = np.ascontiguousarray(a).reshape(-1)
    shape = write(a.shape) if a.ndim != 1 else str(a.size)
    back = "" if a.ndim == 1 else f".reshape({shape})"

    def texts() -> Iterator[str]:
        for value in _first_values(flat):
            plain = value == 0 and not np.signbit(np.real(value))
            number = write(value)
            yield (
                f"np.zeros({shape}, {dtype})" if plain else f"np.full({shape}, {number}, {dtype})"
            )
        for start, step in _steps(flat):
            numbers = f"np.arange({flat.size}, dtype={dtype})"
            if flat.dtype.kind != "f":
                end = start + step * flat.size
                numbers = f"np.arange({start}, {end}, {step}, dtype={dtype})"
            elif (start, step) != (0.0, 1.0):
                numbers = f"({write(start)} + {write(step)} * {numbers})"
            yield numbers + back
        for part in _cycles(flat):
            yield f"np.resize(np.array({write(part.tolist())}, {dtype}), {shape})"

    return _best(flat, texts())


def list_pattern(values: list[Any], write: Write) -> Pattern | None:
    """An expression for a list of numbers of one kind."""
    kinds = set(map(type, values))
    if len(kinds) != 1 or not kinds <= {int, float, bool}:
        return None
    if kinds == {int} and not all(abs(v) < 2**62 for v in values):
        return None
    flat = np.array(values)

    def texts() -> Iterator[str]:
        for value in _first_values(flat):
            yield f"[{write(value)}] * {len(values)}"
        for start, step in _steps(flat):
            if kinds == {int}:
                yield f"list(range({start}, {start + step * len(values)}, {step}))"
            else:
                numbers = f"np.arange({len(values)}.0)"
                changed = (start, step) != (0.0, 1.0)
                numbers = f"({write(start)} + {write(step)} * {numbers})" if changed else numbers
                yield f"{numbers}.tolist()"
        for part in _cycles(flat):
            times, rest = divmod(len(values), part.size)
            whole = f"{write(part.tolist())} * {times + bool(rest)}"
            yield f"({whole})[:{len(values)}]" if rest else whole

    return _best(flat, texts())


def text_pattern(value: str | bytes) -> str | None:
    """An expression for a text that repeats itself."""
    for period in range(1, min(_PERIOD, len(value) // 2) + 1):
        if value[period:] == value[:-period]:
            times, rest = divmod(len(value), period)
            whole = f"{value[:period]!r} * {times + bool(rest)}"
            return f"({whole})[:{len(value)}]" if rest else f"({whole})"
    return None


def _best(flat: AnyArray, texts: Iterator[str]) -> Pattern | None:
    """The expression with the fewest changes, the first of such."""
    best: Pattern | None = None
    bits = _bits(flat)
    for text in texts:
        if len(text) > _LONGEST:
            continue
        try:
            with np.errstate(all="ignore"):
                made = np.asarray(eval(text, {"np": np, "inf": inf, "nan": nan}))
        except (OverflowError, ValueError, ZeroDivisionError):
            continue
        if made.dtype != flat.dtype or made.size != flat.size:
            continue
        changes = np.flatnonzero((_bits(made.reshape(-1)) != bits).any(axis=1))
        if best is None or len(changes) < len(best.changes):
            if len(changes) <= _MOST:
                best = Pattern(text, tuple(changes.tolist()))
        if best is not None and not best.changes:
            break
    return best


def _bits(flat: AnyArray) -> AnyArray:
    """A row of bytes for each element; a NaN is a NaN."""
    if flat.dtype.kind == "f":
        flat = np.where(np.isnan(flat), flat.dtype.type(nan), flat)
    return np.ascontiguousarray(flat).view(np.uint8).reshape(flat.size, flat.dtype.itemsize)


def _first_values(flat: AnyArray) -> Iterator[Any]:
    """The value that all elements but a few have is among them."""
    seen: set[bytes] = set()
    for element in flat[: _MOST + 1]:
        if element.tobytes() not in seen:
            seen.add(element.tobytes())
            yield element.item()


def _steps(flat: AnyArray) -> Iterator[tuple[Any, Any]]:
    """Start and step of the progressions that neighbours at the beginning suggest."""
    if flat.dtype.kind not in "iuf":
        return
    seen: set[tuple[Any, Any]] = set()
    for k in range(0, min(2 * _MOST + 1, flat.size - 1), 2):
        low, high = flat[k].item(), flat[k + 1].item()
        if not (isfinite(low) and isfinite(high)) or high == low:
            continue
        found = low - k * (high - low), high - low
        if found not in seen and all(map(isfinite, found)):
            seen.add(found)
            yield found


def _cycles(flat: AnyArray) -> Iterator[AnyArray]:
    """Parts at the beginning that the rest repeats, the shortest first."""
    head = _bits(flat[:_GLANCE])
    for period in range(2, min(_PERIOD, flat.size // 2) + 1):
        unlike = (head[period:] != head[:-period]).any(axis=1)
        if np.count_nonzero(unlike) > 2 * _MOST:
            continue
        for k in range(min(_MOST + 1, flat.size // period)):
            yield flat[k * period : (k + 1) * period]
