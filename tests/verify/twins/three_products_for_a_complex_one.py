"""Three products for a complex one."""

from __future__ import annotations


def f(a: complex, b: complex) -> complex:
    return a * b


def g(a, b):
    p, q = a.real * b.real, a.imag * b.imag
    return complex(p - q, (a.real + a.imag) * (b.real + b.imag) - p - q)


def h(a, b):
    return complex(a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real)
