"""What the operators of the IR are called in NumPy, and small facts of NumPy's functions."""

from __future__ import annotations

from loopwright.ir.types import DType, kind_of

UFUNC: dict[str, str] = {
    "add": "np.add",
    "sub": "np.subtract",
    "mul": "np.multiply",
    "truediv": "np.true_divide",
    "floordiv": "np.floor_divide",
    "mod": "np.remainder",
    "pow": "np.power",
    "and": "np.bitwise_and",
    "or": "np.bitwise_or",
    "xor": "np.bitwise_xor",
    "lshift": "np.left_shift",
    "rshift": "np.right_shift",
    "minimum": "np.minimum",
    "maximum": "np.maximum",
    "neg": "np.negative",
    "pos": "np.positive",
    "invert": "np.invert",
    "not": "np.logical_not",
    "lt": "np.less",
    "le": "np.less_equal",
    "gt": "np.greater",
    "ge": "np.greater_equal",
    "eq": "np.equal",
    "ne": "np.not_equal",
}
"""NumPy's function for each operator, used where Python's operator would mean another thing."""

MATMUL = frozenset({"ab,bc->ac", "ab,b->a", "a,ab->b", "a,a->"})
"""Specs, with letters in order of appearance, that `@` computes."""


def canonical(spec: str) -> str:
    """An einsum spec with its letters renamed to a, b, ... in order of appearance."""
    letters = dict.fromkeys(c for c in spec if c.isalpha())
    return spec.translate({ord(c): chr(ord("a") + n) for n, c in enumerate(letters)})


def default_sum_dtype(dtype: DType) -> DType:
    """The dtype in which NumPy sums and multiplies elements of `dtype`."""
    match kind_of(dtype):
        case "b" | "i":
            return "int64"
        case "u":
            return "uint64"
        case _:
            return dtype
