"""Kernels made by a backend and loaded as they would be in use."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from loopwright.diagnostics import Declined
from loopwright.emit import by_name
from loopwright.emit.build import build_cython
from loopwright.extensions import prepare, shared_name
from loopwright.ir.nodes import Program
from loopwright.workers import Workers

# the tests of this folder share the small language and the programs written in it
sys.path.insert(0, str(Path(__file__).parent))

Load = Callable[[str, Mapping[str, Program]], ModuleType]


def _import(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def compilers() -> Iterator[Workers]:
    with Workers(prepare) as workers:
        yield workers


@pytest.fixture(scope="session")
def load(tmp_path_factory: pytest.TempPathFactory, compilers: Workers) -> Load:
    """`load(backend, programs)`: one module with all the kernels, under the names of the mapping."""

    cache = tmp_path_factory.mktemp("cache")

    def make(backend: str, programs: Mapping[str, Program]) -> ModuleType:
        maker = by_name(backend)
        texts = [maker.prelude]
        for name, program in programs.items():
            made = maker.emit(program, name)
            assert not isinstance(made, Declined), f"{name}: {made}"
            texts.append(made.text)
        folder = tmp_path_factory.mktemp(backend)
        name = f"kernels_{backend}_{folder.name}"
        path = folder / f"{name}.py"
        path.write_text("\n\n".join(texts), encoding="utf-8")
        if backend == "cython":
            built = build_cython(path, workers=compilers, cache_dir=cache)
            assert not isinstance(built, Declined), built
            if shared_name() not in sys.modules:
                _import(shared_name(), next(folder.glob(f"{shared_name()}.*")))
            path = built
        return _import(name, path)

    return make
