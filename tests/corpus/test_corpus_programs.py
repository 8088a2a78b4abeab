"""Every corpus program runs, repeats itself and computes what it says.

The properties live in `properties/<family>.py`, one function for each program, written from the
definition with NumPy and never from the program's own loops.
"""

import ast
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

CORPUS = Path(__file__).parents[2] / "corpus"
CHECKS = Path(__file__).parent / "properties"

Property = Callable[[tuple[Any, ...], Any], None]


def load(path: Path) -> ModuleType:
    """The module in a file, loaded by path so that no package is needed."""
    name = f"_loaded_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PATHS = {f"{p.parent.name}/{p.stem}": p for p in sorted(CORPUS.glob("*/*.py"))}
PROPERTIES: dict[str, Property] = {
    f"{file.stem}/{name}": check
    for file in sorted(CHECKS.glob("*.py"))
    for name, check in load(file).PROPERTIES.items()
}
# These return infinities or NaN by design; everything else is finite.
NOT_FINITE = {"graph/dijkstra", "graph/floyd_warshall", "stats/rolling"}

every_program = pytest.mark.parametrize("name", PATHS)


def same(a: Any, b: Any) -> bool:
    """Equal type, shape, dtype and value throughout; NaN equals NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        numeric = a.dtype.kind in "fc"
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=numeric)
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b or (a != a and b != b))


def finite(value: Any) -> bool:
    if isinstance(value, dict):
        return all(finite(v) for v in value.values())
    if isinstance(value, list | tuple):
        return all(finite(v) for v in value)
    return bool(np.all(np.isfinite(value)))


def run(module: ModuleType, size: str, seed: int) -> Any:
    return module.kernel(*module.inputs(module.SIZES[size], np.random.default_rng(seed)))


def test_the_corpus_is_large_enough() -> None:
    assert len(PATHS) >= 48


def test_each_program_has_a_property_and_each_property_a_program() -> None:
    missing = sorted(set(PATHS) - set(PROPERTIES))
    orphans = sorted(set(PROPERTIES) - set(PATHS))
    assert not missing, f"add to tests/corpus/properties/<family>.py: {missing}"
    assert not orphans, f"no such program: {orphans}"
    assert set(PATHS) >= NOT_FINITE


@every_program
def test_it_has_a_docstring_a_kernel_inputs_and_sizes(name: str) -> None:
    module = load(PATHS[name])
    assert module.__doc__
    assert callable(module.kernel)
    assert callable(module.inputs)
    assert {"test", "bench"} <= set(module.SIZES) <= {"test", "small", "bench"}
    assert all(type(size) is int and size > 0 for size in module.SIZES.values())
    assert module.SIZES["test"] < module.SIZES["bench"]
    arguments = module.inputs(module.SIZES["test"], np.random.default_rng(0))
    assert type(arguments) is tuple


@every_program
def test_it_imports_only_numpy_and_the_standard_library(name: str) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(PATHS[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add((node.module or "").split(".")[0])
    assert imported <= {"numpy"} | set(sys.stdlib_module_names)


@every_program
def test_equal_seeds_give_equal_inputs_and_equal_results(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    module = load(PATHS[name])
    assert same(run(module, "test", 3), run(module, "test", 3))
    assert capsys.readouterr() == ("", "")


@every_program
def test_other_seeds_give_other_results(name: str) -> None:
    module = load(PATHS[name])
    results = [run(module, "test", seed) for seed in (0, 1, 2)]
    assert not (same(results[0], results[1]) and same(results[0], results[2]))


@every_program
def test_results_are_finite_where_promised(name: str) -> None:
    if name not in NOT_FINITE:
        assert finite(run(load(PATHS[name]), "test", 0))


@pytest.mark.parametrize("seed", range(3))
@every_program
@pytest.mark.filterwarnings("error")
def test_its_property_holds(name: str, seed: int) -> None:
    module = load(PATHS[name])
    result = run(module, "test", seed)
    fresh = module.inputs(module.SIZES["test"], np.random.default_rng(seed))
    PROPERTIES[name](fresh, result)


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        pytest.param([float("nan")], [float("nan")], True, id="NaN equals NaN"),
        pytest.param(np.array([np.nan]), np.array([np.nan]), True, id="also in arrays"),
        pytest.param({"a": (1, 2)}, {"a": (1, 2)}, True, id="nested containers"),
        pytest.param(1, 1.0, False, id="an int is not a float"),
        pytest.param(1.0, np.float64(1.0), False, id="a float is not a NumPy scalar"),
        pytest.param(np.zeros(2), np.zeros((2, 1)), False, id="shapes count"),
        pytest.param(np.zeros(2), np.zeros(2, np.float32), False, id="dtypes count"),
        pytest.param([1, 2], [1, 2, 3], False, id="lengths count"),
    ],
)
def test_the_comparison_sees(a: Any, b: Any, equal: bool) -> None:
    assert same(a, b) is equal
