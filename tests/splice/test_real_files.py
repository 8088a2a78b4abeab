"""Files that other people wrote, with every region that is found in them, and any others, spliced."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import numpy
import pytest
import scipy

from loopwright.diagnostics import Declined
from loopwright.frontend.outline import every_region, outline
from loopwright.frontend.parse import decode_source
from loopwright.frontend.region import Module, Region
from loopwright.splice import refusal, splice
from loopwright.unsplice import unsplice

from .fabricated import assert_only_inserted, disjoint, module_of_text, placed, some_regions

ROOT = Path(__file__).parents[2]
CORPUS = sorted((ROOT / "corpus").glob("*/*.py"))
STDLIB = Path(sysconfig.get_paths()["stdlib"])
NUMPY, SCIPY = Path(numpy.__file__).parent, Path(scipy.__file__).parent
REAL = [
    *(
        STDLIB / f"{name}.py"
        for name in ("statistics", "difflib", "colorsys", "webbrowser", "heapq")
    ),
    *(STDLIB / name for name in ("json/encoder.py", "email/quoprimime.py")),
    *(NUMPY / name for name in ("lib/_nanfunctions_impl.py", "polynomial/polynomial.py")),
    *(
        SCIPY / name
        for name in ("linalg/_special_matrices.py", "optimize/_nonlin.py", "stats/_mgc.py")
    ),
]


def check(text: str, regions: list[Region], module: Module) -> int:
    """Splice `regions` where there is place for them; how many there were."""
    regions = [r for r in regions if refusal(r) is None]
    if regions:
        placements = [placed(region, f"k{k}") for k, region in enumerate(regions)]
        result = splice(module, placements)
        assert not isinstance(result, Declined), result
        assert unsplice(result) == text
        assert_only_inserted(text, result, placements)
    return len(regions)


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_the_corpus(path: Path) -> None:
    text = decode_source(path.read_bytes())
    module = module_of_text(text)
    assert module is not None
    outer, inner = list(outline(module)), disjoint(reversed([*every_region(outline(module))]))
    assert check(text, outer, module) == len(outer)
    assert check(text, inner, module) == len(inner)


@pytest.mark.parametrize("path", REAL, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_files_of_others(path: Path) -> None:
    text = decode_source(path.read_bytes())
    module = module_of_text(text)
    assert module is not None
    check(text, list(outline(module)), module)
    assert check(text, some_regions(module, random.Random(path.stem), most=40), module) > 3
