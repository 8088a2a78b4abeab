"""Every classic kernel has the form that the suite wants, and its versions compute the same."""

from __future__ import annotations

import ast
import copy
import inspect
import sys
from pathlib import Path
from typing import Any

import pytest
from cases import Case, cases, drawn
from harness import largest_error
from peers import Skipped, build_c, c_compiler, load_c

CASES = {case.name: case for case in cases([])}
EXACT = {"fractals", "histograms", "dynamic", "search"}
"""Families of counts, lengths and places, where nothing is rounded."""

every_kernel = pytest.mark.parametrize("name", CASES)


def outcome(function: Any, arguments: tuple[Any, ...]) -> tuple[Any, list[Any]]:
    """What a call returns and what it leaves in its arguments."""
    own = copy.deepcopy(arguments)
    return function(*own), list(own)


def smallest(case: Case) -> tuple[Any, ...]:
    module = case.module()
    return drawn(module, module.SIZES["small"])


def allowed(name: str) -> float:
    return 0.0 if name.partition("/")[0] in EXACT else 1e-9


def test_there_are_enough_and_no_two_share_a_name() -> None:
    assert len(CASES) >= 32
    assert len({case.path.stem for case in CASES.values()}) == len(CASES)


@every_kernel
def test_it_has_the_form(name: str) -> None:
    module = CASES[name].module()
    assert module.__doc__
    assert list(module.SIZES) == ["small", "medium", "large"]
    assert sorted(module.SIZES.values()) == list(module.SIZES.values())
    assert getattr(module, "BOUND", "math") in {"math", "memory"}
    for size in module.SIZES.values():
        flops, moved = module.work(size)
        assert flops >= 0 and moved > 0
    wanted = list(inspect.signature(module.kernel).parameters)
    assert len(wanted) == len(smallest(CASES[name]))
    if hasattr(module, "idiom"):
        assert list(inspect.signature(module.idiom).parameters) == wanted
    assert len(inspect.signature(module.call_c).parameters) == len(wanted) + 1


@every_kernel
def test_it_imports_only_numpy_and_the_standard_library(name: str) -> None:
    tree = ast.parse(CASES[name].path.read_text(encoding="utf-8"))
    imported = {a.name for s in tree.body if isinstance(s, ast.Import) for a in s.names}
    assert not any(isinstance(s, ast.ImportFrom) for s in tree.body)
    assert imported <= {"numpy"} | set(sys.stdlib_module_names)


@every_kernel
def test_what_is_shared_among_threads_are_loops_over_a_range(name: str) -> None:
    module = CASES[name].module()
    loops = {
        node.target.id
        for node in ast.walk(ast.parse(CASES[name].source()))
        if isinstance(node, ast.For)
        and isinstance(node.target, ast.Name)
        and ast.unparse(node.iter).startswith("range(")
    }
    assert set(getattr(module, "PRANGE", ())) <= loops


@every_kernel
@pytest.mark.filterwarnings("error")
def test_the_array_form_agrees(name: str) -> None:
    module = CASES[name].module()
    if not hasattr(module, "idiom"):
        pytest.skip("no sensible array form")
    arguments = smallest(CASES[name])
    wanted, got = outcome(module.kernel, arguments), outcome(module.idiom, arguments)
    assert largest_error(wanted, got) <= allowed(name)


@every_kernel
def test_the_c_version_agrees(name: str, tmp_path: Path) -> None:
    if c_compiler() is None:
        pytest.skip("no C compiler is on the path")
    module = CASES[name].module()
    library = build_c(CASES[name], tmp_path)
    assert not isinstance(library, Skipped), library
    arguments = smallest(CASES[name])
    wanted, got = outcome(module.kernel, arguments), outcome(load_c(module, library), arguments)
    assert largest_error(wanted, got) <= allowed(name)
