"""The module whose loops call functions that variables and attributes hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SOURCE = """
import math
import numpy as np
from numpy import maximum

OFFSET = 0.25
TABLE = {"square": lambda v: v * v, "cube": lambda v: v ** 3}

def identity(v):
    return v

def shifted(v):
    return v + OFFSET

def twice(f, v):
    return f(f(v))

class Unit:
    def __init__(self, act="relu", loss=shifted):
        acts = {"relu": self.relu, "leaky": self.leaky, "plain": self.plain}
        self.slope = 0.5
        self.w = np.array([0.5, -1.0, 2.0])
        self.n = 0
        if act in acts:
            self.act = acts[act]
        else:
            self.act = act
        self.loss = loss
        self.root, self.hook = math.sqrt, None

    def relu(self, v):
        return v if v > 0 else 0.0

    def leaky(self, v):
        self.n += 1
        return v if v > 0 else self.slope * v

    @staticmethod
    def plain(v):
        return v * 3.0

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.act(x) + self.loss(x)
            self.w[0] += t
        return t

    def tabled(self, xs, name):
        table = {"relu": self.relu, "leaky": self.leaky, "shifted": shifted}
        t = 0.0
        for x in xs:
            t += table[name](x)
        return t

    def rooted(self, xs):
        t = 0.0
        for x in xs:
            t += self.root(x)
        return t

    def hooked(self, xs):
        t = 0.0
        for x in xs:
            if self.hook is not None:
                self.hook(x)
            t += x
        return t

    def local(self, xs):
        act = self.act
        t = 0.0
        for x in xs:
            t += act(x)
        return t

    def switching(self, xs):
        t = 0.0
        for x in xs:
            t += self.act(x)
            self.act = self.leaky
        return t

    def ratio(self, xs):
        t = 0.0
        for x in xs:
            self.n += 1
            t += 1.0 / self.act(x)
        return t

class Pair:
    def __init__(self, one: Unit, two: Unit):
        self.one: Unit = one
        self.two: Unit = two

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.one.act(x)
        return t

def total(xs, f=identity):
    t = 0.0
    for x in xs:
        t += f(x)
    return t

def told_apart(xs, f=None):
    t = 0.0
    for x in xs:
        if f is np.subtract or f is None:
            t -= x
        elif f is identity:
            t += 100.0
        else:
            t += f(x)
    return t

def handed_on(xs, f):
    t = 0.0
    for x in xs:
        t += twice(f, x)
    return t

def elementwise(xs, f):
    t = 0.0
    for x in xs:
        t += f(x, 0.5)
    return t

def doubled(v):
    return 2.0 * v

def make(k):
    def inner(v):
        return v * k
    def free(v):
        return v * 2.0
    return inner, free

def other_make():
    return lambda v: v - 1.0

def nested(k):
    return (lambda: lambda v: v - k)()

class Gain:
    def __init__(self, k):
        self.k = k
        self.uses = 0

    def __call__(self, v):
        self.uses += 1
        return self.scaled(v) * self.k

    def scaled(self, v):
        return v * 0.5

class Plus:
    def __call__(self, v):
        return v + 1.0

class Loss:
    def value(self, v):
        return v * v

    def slope(self, v):
        return 2.0 * v

class Stack:
    def __init__(self, gain: Gain):
        self.gain: Gain = gain

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.gain(x)
        return t

class Space:
    def __init__(self, metric=identity):
        self.metric = metric

    def farthest(self, points):
        t = 0.0
        for a in points:
            for b in points:
                t = max(t, self.metric(a, b))
        return t

class Bare:
    def __init__(self):
        self.plus, self.loss = Plus(), Loss()

    def fit(self, xs):
        t = 0.0
        for x in xs:
            t += self.loss.slope(self.plus(x)) + self.loss.value(x)
        return t

    def run(self, xs):
        t = 0.0
        for x in xs:
            t += self.plus(x)
        return t

def with_object(xs, loss: Loss, gain: Gain):
    t = 0.0
    for x in xs:
        t += loss.value(x) + gain(x)
    return t

CHOSEN = identity

def by_global(xs):
    t = 0.0
    for x in xs:
        t += CHOSEN(x)
    return t
"""
XS = [1.0, -2.0, 0.5, -0.25]
Maker = Callable[[dict[str, Any]], Any]


def unit(act: Any = "relu", loss: str = "shifted") -> Maker:
    return lambda s: s["Unit"](act, s[loss])


def made(space: dict[str, Any], args: tuple[Any, ...]) -> list[Any]:
    return [a(space) if callable(a) else a for a in args]
