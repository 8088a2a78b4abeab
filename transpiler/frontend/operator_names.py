"""Functions of `operator` that stand for an operator; the IR has the same names for them."""

from __future__ import annotations

ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
OPERATORS = frozenset((*ARITHMETIC, *COMPARISONS))
