"""The parts of a written test file that are the same in each, as text that black leaves alone."""

from __future__ import annotations

import ast

LOAD = '''\
def load(file):
    """The module in `file`, whose path is relative to this file."""
    path = (Path(__file__).parent / file).resolve()
    parts, folder = [path.stem], path.parent
    while (folder / "__init__.py").exists():
        parts.insert(0, folder.name)
        folder = folder.parent
    sys.path.insert(0, str(folder))
    if len(parts) > 1:
        return importlib.import_module(".".join(parts))
    name = f"{path.stem}_{len(sys.modules)}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
'''

SIZES = """\
NEAR = [c + d for c in CONSTANTS for d in (-1, 0, 1)]
SIZES = sorted({0, 1, 2, 3, 5, 8, 13} | {n for n in NEAR if n in range(300)})
"""
POOLS = {
    False: """\
LENGTHS = st.one_of(st.integers(0, 4), st.sampled_from(SIZES))
SIDES = st.one_of(st.integers(0, 4), st.sampled_from([n for n in SIZES if n < 40]))
""",
    True: '''\
LENGTHS = st.one_of(
    st.integers(0, 4),
    st.sampled_from(SIZES),
    st.sampled_from([ENOUGH, ENOUGH + 3]),
)
SIDES = st.one_of(
    st.integers(0, 4),
    st.sampled_from([n for n in SIZES if n < 40]),
    st.sampled_from([int(ENOUGH**0.5) + 1, int(ENOUGH**0.5) + 4]),
)


def enough(items):
    """As many items as the kernel runs for."""
    return items * (ENOUGH // len(items) + 1)
''',
}

CONTENTS = '''\
SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5)
INTEGERS = st.one_of(
    st.integers(-3, 12),
    st.integers(-300, 1000),
    st.sampled_from([n for n in NEAR if isinstance(n, int) and abs(n) < 5000] or [0]),
)
WIDE_INTEGERS = st.one_of(INTEGERS, st.integers())
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, np.inf, -np.inf, np.nan]
FLOATS = st.one_of(
    st.sampled_from([*SPECIAL, *map(float, NEAR)]),
    st.floats(-1000.0, 1000.0),
    WIDE_FLOATS,
)
COMPLEX = st.builds(complex, FLOATS, FLOATS)
WORDS = st.one_of(st.text(max_size=12), st.sampled_from([*TEXTS, ""]))
FUNCTIONS = [lambda *x: x[0], lambda *x: x[0] * 2 + 0.5, lambda *x: x[0] * x[0]]


def shapes(rank):
    """Shapes of so many axes."""
    return hnp.array_shapes(min_dims=rank, max_dims=rank, min_side=0, max_side=5)


@cache
def fillings(dtype):
    """Ways to fill an array: with ties, ordinary numbers, special ones, and any at all."""
    if dtype.kind in "fc":
        near = np.clip([*SPECIAL, *NEAR], -1000, 1000).astype(dtype).tolist()
        special = st.sampled_from([*near, *np.array(SPECIAL, dtype).tolist()])
        real = {"width": 8 * dtype.itemsize} if dtype.kind == "f" else {}
        plain = st.floats(-1000.0, 1000.0, **real) if real else st.sampled_from(near)
        ties = st.sampled_from(np.array([0, 1, -1, 2, -2, 3], dtype).tolist())
        return [ties, plain, special, any_number(dtype)]
    if dtype.kind in "iu":
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
        small = st.integers(max(low, -9), 9)
        near = [n for n in NEAR if isinstance(n, int) and low <= n <= high]
        return [small, st.sampled_from([*near, 0, low, high]), hnp.from_dtype(dtype)]
    return [hnp.from_dtype(dtype)] if dtype.kind == "b" else [FLOATS, INTEGERS]


@cache
def arrays(dtype, shape):
    """Arrays in any layout of memory."""
    fill = st.nothing() if np.prod(shape) <= 40 else None
    ways = fillings(np.dtype(dtype))
    contents = [hnp.arrays(dtype, shape, elements=way, fill=fill) for way in ways]
    layouts = ["C", "C", "C", "C", "fortran", "strided", "reversed", "window", "locked"]
    return st.builds(lay_out, st.one_of(contents), st.sampled_from(layouts))


def lay_out(array, layout):
    """The same elements in another order of memory, with gaps, or in a larger array."""
    if layout == "fortran":
        return np.asfortranarray(array)
    if layout == "reversed":
        back = (slice(None, None, -1),) * array.ndim
        return array[back].copy()[back]
    if layout == "strided" and array.ndim:
        wide = np.zeros([2 * n + 1 for n in array.shape], array.dtype)
        inside = wide[(slice(1, None, 2),) * array.ndim]
        inside[...] = array
        return inside
    if layout == "window" and array.ndim:
        wide = np.ones((len(array) + 4, *array.shape[1:]), array.dtype)
        wide[2:-2] = array
        return wide[2:-2]
    array.flags.writeable = layout != "locked"
    return array
'''

NUMBERS = '''\
def numbers(dtype):
    """NumPy's scalars."""
    elements = st.one_of(fillings(np.dtype(dtype)))
    return hnp.arrays(dtype, 1, elements=elements).map(first)


def first(array):
    """The first element."""
    return array[0]
'''

SHARE = '''\
def share(x, y, shift):
    """Arrays like `x` and `y` in one buffer, the second `shift` elements after the first."""
    buffer = np.resize(np.ravel(x), max(x.size, shift + y.size))
    low, high = buffer[: x.size], buffer[shift : shift + y.size]
    return low.reshape(x.shape), high.reshape(y.shape)
'''

FRESH = '''\
def fresh(call):
    """A copy that keeps layouts of memory, and what shares it."""
    memo, buffers = {}, {}
    for array in arrays_in(call):
        root = array
        while isinstance(root.base, np.ndarray):
            root = root.base
        if array.dtype.hasobject or not root.flags.forc or not array.size:
            continue
        if id(root) not in buffers:
            buffers[id(root)] = root.ravel(order="K").copy()
        start = root.__array_interface__["data"][0]
        offset = array.__array_interface__["data"][0] - start
        flat = buffers[id(root)].view(np.uint8)
        copied = np.ndarray(array.shape, array.dtype, flat, offset, array.strides)
        copied.flags.writeable = array.flags.writeable
        memo[id(array)] = copied
    return copy.deepcopy(call, memo)


def arrays_in(value):
    """Every array that a value holds."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from arrays_in(item)
    elif isinstance(value, dict):
        yield from arrays_in(list(value.values()))
    elif hasattr(value, "__dict__"):
        yield from arrays_in(list(vars(value).values()))


def sharing(result, args):
    """Which of the arguments an array result is, or shares memory with."""
    if not isinstance(result, np.ndarray):
        return []
    known = [a for a in args if isinstance(a, np.ndarray)]
    return [(result is a, bool(np.may_share_memory(result, a))) for a in known]
'''

MADE = '''\
@dataclass
class Made:
    """An object to be made of the class `name` of the module under test."""

    name: str
    values: object
    bare: bool = False


def made(value, module):
    """The value with objects of the module's own classes."""
    if isinstance(value, Made):
        cls = attrgetter(value.name)(module)
        if isinstance(value.values, str):
            return cls[value.values]
        fields = made(value.values, module)
        if not value.bare:
            return cls(**fields)
        new = cls.__new__(cls)
        for name, item in fields.items():
            object.__setattr__(new, name, item)
        return new
    if isinstance(value, dict):
        return {key: made(item, module) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([made(item, module) for item in value])
    return value
'''

KERNELS = '''\
class Off:
    """Kernels that decline, so that the code in the file runs."""

    def __getattr__(self, name):
        return lambda *_: None


def missing():
    """Why no kernel runs here, or nothing."""
    dispatch = vars(KERNELS).get(NAME)
    if dispatch is None:
        return "the kernels cannot be loaded, or their code was edited since"
    backends = [dispatch.__globals__[backend] for backend, _ in PARTS]
    found = [getattr(b, kernel) for b, (_, kernel) in zip(backends, PARTS)]
    return "the kernel cannot be loaded here" if set(found) == {None} else ""
'''

RANDOM = '''\
def seed_generators():
    """Put the global generators into one state."""
    random.seed(7)
    np.random.seed(7)


def states_of_generators():
    """What the global generators give next."""
    return [random.random(), float(np.random.standard_normal()), np.random.random()]
'''

_SAME = '''\
def assert_same(a, b, where):
    """NumPy's numbers count as Python's of their kind; NaN equals NaN{zeros}."""
    a, b = plain(a), plain(b)
    both = f"{where}: {a!r} and {b!r}"
    assert type(a).__name__ == type(b).__name__, both
    if isinstance(a, np.ndarray):
        assert (a.dtype, a.shape) == (b.dtype, b.shape), both
        if a.dtype.hasobject:
            assert_same(a.tolist(), b.tolist(), where)
        else:
            assert np.all(same(a, b)), both
    elif isinstance(a, (float, complex, np.number)):
        assert same(np.asarray(a), np.asarray(b)), both
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b), both
        for k, (x, y) in enumerate(zip(a, b)):
            assert_same(x, y, f"{where}[{k}]")
    elif isinstance(a, dict):
        assert list(map(str, a)) == list(map(str, b)), both
        for key, x, y in zip(a, a.values(), b.values()):
            assert_same(x, y, f"{where}[{key!r}]")
    elif isinstance(a, (np.random.Generator, np.random.RandomState)):
        assert a.random() == b.random(), f"{where}: generators in other states"
    elif hasattr(a, "__length_hint__"):
        assert_same(list(a), list(b), where)
    elif hasattr(a, "__dict__"):
        assert_same(vars(a), vars(b), where)
    elif hasattr(a, "getstate"):
        assert a.getstate() == b.getstate(), both
    else:
        assert a == b, both


def plain(value):
    """Python's own number for NumPy's of the same kind and width."""
    if isinstance(value, Enum):
        return value.name
    names = ("bool", "int64", "float64", "complex128")
    number = isinstance(value, np.generic) and value.dtype.name in names
    return value.item() if number else value


'''
_BITWISE = '''\
def same(a, b):
    """Which elements are equal, to the last bit."""
    if a.dtype.kind == "c":
        return same(a.real, b.real) & same(a.imag, b.imag)
    if a.dtype.kind != "f":
        return a == b
    return (a == b) & (np.signbit(a) == np.signbit(b)) | np.isnan(a) & np.isnan(b)
'''
_CLOSE = '''\
def same(a, b):
    """Which elements are equal; floats but for rounding."""
    if a.dtype.kind not in "fc":
        return a == b
    with np.errstate(all="ignore"):
        finite = np.isfinite(a) & np.isfinite(b)
        scale = SCALE
        near = finite & (np.abs(a - b) <= TOLERANCE * scale)
        return near | (a == b) | np.isnan(a) & np.isnan(b)
'''
COMPARE = {
    "bitwise": _SAME.replace("{zeros}", ", 0.0 is not -0.0") + _BITWISE,
    "rtol": _SAME.replace("{zeros}", "")
    + _CLOSE.replace("SCALE", "np.maximum(np.abs(a), np.abs(b))"),
    "faithful": _SAME.replace("{zeros}", "")
    + _CLOSE.replace("SCALE", "max(1.0, np.max(np.abs(a), where=finite, initial=0.0))"),
}
WIDE = {
    True: '''\
WIDE_FLOATS = st.floats()


def any_number(dtype):
    """Numbers of any size."""
    return hnp.from_dtype(dtype)
''',
    False: '''\
WIDE_FLOATS = st.floats(-10.0, 10.0)  # rounding may differ


def any_number(dtype):
    """Numbers of ordinary size, as rounding may differ."""
    return hnp.from_dtype(dtype, min_value=-100, max_value=100)
''',
}

_MODULES = ("copy", "importlib.util", "random", "sys")
_NAMES = {
    "deque": "collections", "Iterator": "collections.abc", "dataclass": "dataclasses",
    "Enum": "enum",
    "cache": "functools", "partial": "functools", "islice": "itertools", "inf": "math", "nan": "math",
    "attrgetter": "operator", "Path": "pathlib",
}  # fmt: skip


def needed(pool: str, text: str) -> str:
    """Of the definitions in `pool` those that `text` uses, or that are used by these, in order."""
    rows = pool.splitlines()
    chunks: list[tuple[set[str], str, bool]] = []
    for node in ast.parse(pool).body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        names = {getattr(node, "name", "")} | {
            t.id for t in getattr(node, "targets", ()) if isinstance(t, ast.Name)
        }
        block = isinstance(node, ast.FunctionDef | ast.ClassDef)
        chunks.append((names, "\n".join(rows[first - 1 : node.end_lineno]), block))
    words = _words(text)
    chosen: set[int] = set()
    while more := {k for k, (names, _, _) in enumerate(chunks) if names & words} - chosen:
        chosen |= more
        words |= {word for k in more for word in _words(chunks[k][1])}
    out, before = "", False
    for number, k in enumerate(sorted(chosen)):
        _, chunk, block = chunks[k]
        gap = "" if number == 0 else "\n\n" if block or before else ""
        out, before = f"{out}{gap}{chunk}\n", block
    return out


def _words(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def imports(text: str) -> list[str]:
    """The import statements that a file with `text` needs."""
    words = _words(text)
    lines = [f"import {m}" for m in _MODULES if m.partition(".")[0] in words]
    found: dict[str, list[str]] = {}
    for name, module in _NAMES.items():
        if name in words:
            found.setdefault(module, []).append(name)
    lines += [f"from {module} import {', '.join(names)}" for module, names in found.items()]
    lines += ["", "import numpy as np", *(["import pytest"] if "pytest" in words else [])]
    if "given" in words:
        more = ["example"] if "example" in words else []
        names = ["HealthCheck", *more, "given", "settings"]
        lines += [f"from hypothesis import {', '.join(names)}"]
        lines += ["from hypothesis import strategies as st"]
    return [*lines, *(["from hypothesis.extra import numpy as hnp"] if "hnp" in words else [])]
