"""Annotations and how their kinds read."""

from __future__ import annotations

TABLE = {
    "int": "int",
    "float | None": "float | None",
    "Optional[bool]": "bool | None",
    "Literal['a', 2]": "'a' | 2",
    "list[list[float]]": "list[list[float]]",
    "tuple[int, str]": "tuple[int, str]",
    "tuple[int, ...]": "tuple[int]",
    "dict[str, float]": "dict[str, float]",
    "Iterable[int]": "iterable[int]",
    "Callable[[float], float]": "callable",
    "np.float32": "np.float32",
    "NDArray[np.float64]": "float64[...]",
    "npt.NDArray[np.int32]": "int32[...]",
    "Annotated[NDArray[np.float64], 'n m']": "float64[n, m]",
    "Float64[np.ndarray, 'n 3']": "float64[n, 3]",
    "Int64[ndarray, '*batch n']": "int64[...]",
    "np.ndarray[tuple[int, int], np.dtype[np.uint8]]": "uint8[_, _]",
    "Vector": "float64[n]",
    "np.random.Generator": "Generator",
    "Point": "Point",
    "'list[int]'": "list[int]",
}
MODULE = """
Vector = Annotated[NDArray[np.float64], "n"]

@dataclass
class Point:
    x: float
    near: list[int]

def f(v: {0}) -> None: ...
"""
