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
    "Int64[ndarray, '*batch n']": "int64[batch0, n] | int64[n] | int64[batch0, batch1, n]",
    "np.ndarray[tuple[int, int], np.dtype[np.uint8]]": "uint8[_, _]",
    "Vector": "float64[n]",
    "np.random.Generator": "Generator",
    "Point": "Point",
    "'list[int]'": "list[int]",
    "np.floating": "np.float64 | np.float32 | np.float16",
    "NDArray[np.floating[Any]]": "float64[...] | float32[...] | float16[...]",
    "NDArray[np.float32 | np.float64]": "float32[...] | float64[...]",
    "NDArray['np.float64']": "float64[...]",
    "Annotated[ArrayLike, 'n']": (
        "float64[n] | float32[n] | int64[n] | list[float] | list[int] | int32[n] | uint8[n] | bool[n] "
        "| object[n]"
    ),
    "Float[Array, 'n m']": "float64[n, m] | float32[n, m] | float16[n, m]",
    "Float32[Array, '... n']": "float32[_, n] | float32[n] | float32[_, _, n]",
    "Float64[ndarray, '']": "float64[]",
    "Float64[ndarray, '#n m']": "float64[n, m] | float64[1, m]",
    "Float64[ndarray, '?n m']": "float64[_, m]",
    "Arr[np.float64]": "float64[...]",
    "Metres": "float",
    "Grid": "list[list[float]]",
    "Options": "Options",
    "Pair": "Pair",
    "Colour": "Colour",
    "Literal[-1, 2.5]": "-1 | 2.5",
    "Literal[Colour.RED]": "Colour",
    "T": "float | np.float32",
    "list[S]": "list[int]",
    "NDArray[F]": "float64[...] | float32[...] | float16[...]",
    "Loss": "callable",
    "Scaler": "Scaler",
    "Child": "Child",
    "'Point | None'": "Point | None",
    "Final[int]": "int",
    "collections.abc.Mapping[str, list[int]]": "dict[str, list[int]]",
    "Annotated[list[float], 'n']": "list[float]",
}
MODULE = """
Vector = Annotated[NDArray[np.float64], "n"]

@dataclass
class Point:
    x: float
    near: list[int]

from numpy.typing import NDArray as Arr

Metres = NewType("Metres", float)
Grid: TypeAlias = "list[list[float]]"
T = TypeVar("T", float, np.float32)
S = TypeVar("S", bound=int)
F = TypeVar("F", bound=np.floating)

class Options(TypedDict, total=False):
    depth: Required[int]
    name: str

Pair = NamedTuple("Pair", [("a", int), ("b", float)])

class Colour(Enum):
    RED = auto()
    BLUE = auto()

class Loss(Protocol):
    def __call__(self, x: float) -> float: ...

class Scaler:
    def __init__(self, factor: float, verbose=False) -> None:
        self.factor = factor

@dataclass
class Child(Point):
    kind: ClassVar[int] = 3
    total: float = field(init=False)
    weight: np.float64 = 1.0

def f(v: {0}) -> None: ...
"""
