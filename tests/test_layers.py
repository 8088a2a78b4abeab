"""Imports point one way. `ALLOWED` says which layers a layer may import; nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP = {"api", "cli", "config", "kernels", "pipeline", "project", "splice", "unsplice"}
LOW = {"diagnostics", "ir"}
ALLOWED: dict[str, set[str]] = {
    "diagnostics": set(),
    "ir": {"diagnostics"},
    "analysis": LOW,
    "frontend": LOW,
    "emit": LOW | {"analysis", "extensions", "workers"},
    "passes": LOW | {"analysis"},
    "verify": LOW | {"analysis", "workers"},
    "workload": LOW | {"frontend", "runtime"},
    "runtime": set(),
    "extensions": set(),
    "workers": set(),
    "worker_server": {"workers"},
}


def layer_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] == "transpiler":
        return parts[1]
    return parts[0]


def sources() -> list[Path]:
    folders = ("transpiler", "passes", "runtime")
    return [p for folder in folders for p in sorted((ROOT / folder).rglob("*.py"))]


def imported_layers(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [node.module]
            if node.module == "loopwright":
                names = [f"loopwright.{alias.name}" for alias in node.names]
        found |= {n.split(".")[1] for n in names if n.startswith("loopwright.")}
    return found


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_layers_below_its_own(path: Path) -> None:
    layer = layer_of(path)
    allowed = ALLOWED.get(layer)
    if allowed is None:
        return
    assert imported_layers(path) - {layer} <= allowed


def test_the_package_list_names_every_package() -> None:
    import tomllib

    listed = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    )
    found = {"loopwright"}
    for init in (ROOT / "transpiler").glob("*/**/__init__.py"):
        found.add(".".join(("loopwright", *init.parent.relative_to(ROOT / "transpiler").parts)))
    found |= {"loopwright.passes", "loopwright.runtime"}
    assert listed == found


def test_the_corpus_imports_nothing_of_ours() -> None:
    offenders = [
        p for p in (ROOT / "corpus").rglob("*.py") if "loopwright" in p.read_text().split()
    ]
    assert not offenders


def test_the_functions_of_the_library_have_different_names() -> None:
    """Their files are read as one text, in which the last of two would be both."""
    named: dict[str, list[str]] = {}
    for file in sorted((ROOT / "transpiler" / "frontend").glob("library_*.py")):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                named.setdefault(node.name, []).append(file.name)
    assert named
    assert {name: files for name, files in named.items() if len(files) > 1} == {}
