"""Plain calls of functions of numbers, tens of thousands of them.

A run that watches everything takes as long as a thousand calls of a function of two integers. What differs
at one argument in thousands, such as an intermediate result that passes 32 bits, is therefore looked for by
calling alone. What seems to differ is run again with everything watched, and that run decides.
"""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from loopwright.verify.clock import Stopwatch
from loopwright.verify.engine import Invoke
from loopwright.verify.kinds import Exactly, Kind, OneOfKinds, Parameter, PyNumber
from loopwright.verify.observe import CallTimeout, time_limit

_BURST, _BURSTS = 0.05, 16
"Seconds of work at a time, and how often."
_MISTAKEN = 4
"Results that seemed to differ and were the same after all, or calls that took too long, before giving up."
_FAR = 7.0
"Decimal digits of the largest numbers that are drawn."
_PLAIN = (int, float, complex, bool, str, bytes, type(None), tuple, list)

Values = dict[str, Any]


@dataclass
class Tight:
    """The calls of one pair, some at a time. `run` runs one input with everything watched."""

    calls: tuple[Invoke, Invoke] | None
    parameters: Sequence[Parameter]
    interrupted: Callable[[], None]
    run: Callable[[Values], object]
    left: int = _BURSTS
    mistaken: int = 0
    inputs: Iterator[Values] = field(init=False)

    def __post_init__(self) -> None:
        self.inputs = _inputs(self.parameters)
        if self.calls is None or not _only_numbers(self.parameters):
            self.left = 0

    @property
    def over(self) -> bool:
        return self.left <= 0 or self.mistaken >= _MISTAKEN

    def burst(self) -> None:
        """Some more calls; an input on which the results seem to differ is run."""
        if self.over:
            return
        self.left -= 1
        suspect = self._suspect()
        if suspect is not None:
            self.mistaken += 1
            self.run(suspect)

    def _suspect(self) -> Values | None:
        assert self.calls is not None
        original, candidate = self.calls
        watch = Stopwatch()
        values: Values = {}
        try:
            with time_limit(4 * _BURST), contextlib.redirect_stdout(io.StringIO()):
                while watch.seconds < _BURST:
                    for _ in range(20):
                        values = next(self.inputs)
                        if not _alike(_outcome(original, values), _outcome(candidate, values)):
                            return values
        except CallTimeout:
            self.interrupted()
            return values
        return None


def _outcome(call: Invoke, values: Values) -> tuple[str, Any]:
    try:
        found = call(values)
    except Exception as error:
        return type(error).__qualname__, None
    return "", found.item() if isinstance(found, np.generic) else found


def _alike(a: tuple[str, Any], b: tuple[str, Any]) -> bool:
    (error, x), (other, y) = a, b
    if error or other:
        return error == other
    if not isinstance(x, _PLAIN):
        return True  # nothing that could be told apart at a glance
    return type(x) is type(y) and (x == y or repr(x) == repr(y))


# --------------------------------------------------------------------- inputs


def _only_numbers(parameters: Sequence[Parameter]) -> bool:
    kinds = [kind for p in parameters for kind in _choices(p.kind)]
    numbers = all(isinstance(kind, PyNumber | Exactly) for kind in kinds)
    some = any(isinstance(kind, PyNumber) and kind.name in ("int", "float") for kind in kinds)
    return numbers and some and all(p.how in ("positional", "keyword") for p in parameters)


def _choices(kind: Kind) -> Sequence[Kind]:
    return kind.choices if isinstance(kind, OneOfKinds) else (kind,)


def _inputs(parameters: Sequence[Parameter]) -> Iterator[Values]:
    """Small numbers in order, then far ones, in turn."""
    rng = random.Random(0)
    for number in range(2**62):
        places = _places(number // 2, len(parameters)) if number % 2 == 0 else None
        yield {
            p.name: _number(
                rng.choice(_choices(p.kind)), None if places is None else places[at], rng
            )
            for at, p in enumerate(parameters)
        }


def _places(number: int, count: int) -> Sequence[int]:
    """The `number`-th point of a grid of `count` dimensions, in shells around 0, so that all coordinates
    grow alike."""
    side = 1
    while side**count <= number:
        side *= 2
    return [number // side**at % side for at in range(count)]


def _number(kind: Kind, place: int | None, rng: random.Random) -> Any:
    if isinstance(kind, Exactly):
        return rng.choice(kind.values)
    assert isinstance(kind, PyNumber)
    size = 10 ** rng.uniform(0.0, _FAR)
    if kind.name == "bool":
        return rng.random() < 0.5
    if kind.name == "int":
        sign = -1 if rng.random() < 0.1 else 1
        return place if place is not None else sign * int(size)
    value = size if place is None else place / 4
    value *= rng.choice((1.0, 1.0, -1.0))
    return complex(value, rng.uniform(-9, 9)) if kind.name == "complex" else value
