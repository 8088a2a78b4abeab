"""A Cython kernel with a short way in has a plain form, which mutants are made of."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np

from loopwright.emit import by_name
from loopwright.emit.base import KernelSource
from loopwright.frontend.annotations import signatures
from loopwright.frontend.lower import lower
from loopwright.frontend.outline import outline
from loopwright.frontend.parse import parse_text
from loopwright.frontend.region import Lowered
from loopwright.kernels import KernelEntry, write_kernels
from loopwright.pipeline import Passes, compiled_passes
from loopwright.verify.mutate.kernels import kernel_subject

SOURCE = """
import numpy as np
from numpy.typing import NDArray

def half(x: NDArray[np.float64]) -> None:
    for i in range(len(x)):
        x[i] = x[i] * 0.5
"""


def test_the_plain_form_is_what_runs(tmp_path: Path, monkeypatch: Any) -> None:
    (region,) = outline(parse_text(SOURCE, Path("mod.py"), "mod"))
    types = signatures(region)
    assert isinstance(types, tuple)
    lowered = lower(region, types[0])
    assert isinstance(lowered, Lowered)
    program = Passes(lowered.program).run(compiled_passes(())).program
    source = by_name("cython").emit(program, "half")
    assert isinstance(source, KernelSource) and source.direct
    write_kernels(
        tmp_path / "plain_kernels", "mod", [KernelEntry(lowered, "half", "cython", program, source)]
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    dispatch = importlib.import_module("plain_kernels.mod").half
    subject = kernel_subject(dispatch, lambda *_: None)  # type: ignore[arg-type, return-value]
    assert subject is not None and subject.prepare is not None
    (text,) = subject.texts.values()
    assert "direct_half" not in text
    ran: list[str] = []
    subject.prepare()
    scope = dispatch.__globals__
    kernel = scope["_cython"].half

    def noting(*args: Any) -> Any:
        ran.append("plain")
        return kernel(*args)

    scope["_cython"].half = noting
    x = np.arange(4.0)
    assert dispatch(x) is True
    assert x.tolist() == [0.0, 0.5, 1.0, 1.5] and ran == ["plain"]
