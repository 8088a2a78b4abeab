"""The stand-alone text of a region computes what the region computes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.special

from loopwright.frontend.outline import every_region, outline, region_of_function
from loopwright.frontend.parse import parse_module, parse_text
from loopwright.frontend.reference import callees, reference
from loopwright.frontend.region import Module, Reference, Region

CORPUS = Path(__file__).parents[2] / "corpus"


def module_of(source: str) -> Module:
    head = "import math\nimport numpy as np\nimport pandas\n"
    module = parse_text(head + textwrap.dedent(source), Path("m.py"), "m")
    assert isinstance(module, Module)
    return module


def body(source: str, name: str) -> Region:
    region = region_of_function(module_of(source), name)
    assert isinstance(region, Region)
    return region


def load(ref: Reference) -> tuple[Callable[..., Any], dict[str, Any]]:
    names: dict[str, Any] = {}
    exec(compile(ref.source, "<reference>", "exec"), names)
    return names[ref.entry], names


def test_a_body_returns_its_value() -> None:
    ref = reference(body("def f(a, b):\n    '''Doc.'''\n    c = a + b\n    return c, a", "f"))
    entry, _ = load(ref)
    assert ref.roots == ("a", "b")
    assert entry(1, 2) == (3, 1)
    assert "pandas" not in ref.source


def test_functions_of_scipy_are_imported() -> None:
    source = """
        import scipy.special as sp
        from scipy.special import digamma as psi, gammaln

        def g(x):
            return gammaln(x)

        def f(x):
            return psi(x) - g(x) + sp.expit(x)
    """
    region = body(source, "f")
    assert [v.name for v in region.live_ins] == ["x"]
    entry, _ = load(reference(region))
    assert entry(2.5) == scipy.special.digamma(2.5) - scipy.special.gammaln(
        2.5
    ) + scipy.special.expit(2.5)


def test_a_block_returns_live_outs_then_stores() -> None:
    source = """
        class A:
            def f(self, n):
                print()
                t = 0
                for i in range(n):
                    t += i
                    self.last = i
                print(t)
    """
    (block,) = outline(module_of(source))
    ref = reference(block)
    entry, names = load(ref)
    owner = names["Owner"]()
    owner.last = None
    assert ref.roots == ("n", "self")
    assert entry(4, owner) == (6, 3)


STORES = {
    "stores come before the value": ("self.w = n\n        return n + 1", (5, 6)),
    "no value leaves the stores alone": ("self.w = n", 5),
    "a bare return too": ("self.w = n\n        if n: return\n        self.w = 0", 5),
    "a path without a value gives None": (
        "self.w = n\n        if n > 9: return 1",
        (5, None),
    ),
    "no stores and no value give None": ("n + 1", None),
}


@pytest.mark.parametrize(("text", "expected"), STORES.values(), ids=STORES.keys())
def test_what_a_method_body_returns(text: str, expected: object) -> None:
    ref = reference(body(f"class A:\n    def f(self, n):\n        {text}\n", "A.f"))
    entry, names = load(ref)
    given = {"n": 5, "self": names["Owner"]()}
    given["self"].w = 0
    assert entry(*(given[r] for r in ref.roots)) == expected


def test_functions_methods_and_globals_come_along() -> None:
    source = """
        EPS = 0.5
        def low(x):
            return math.floor(x) + EPS
        def mid(x: pandas.Series = 1) -> pandas.Series:
            return low(x)
        class A:
            def f(self, x):
                return self.g(x) + A.h(x) + self.p
            def g(self, x):
                return mid(x) * self.__k
            @staticmethod
            def h(x):
                return x + 1
            @property
            def p(self):
                return 100
            def unused(self):
                return pandas
    """
    region = body(source, "A.f")
    ref = reference(region)
    entry, names = load(ref)
    owner = names["Owner"].__new__(names["Owner"])
    owner._A__k = 2
    given = {"x": 1.25, "EPS": 0.5, "self": owner}
    assert set(ref.roots) == set(given)
    assert entry(*(given[r] for r in ref.roots)) == (1 + 0.5) * 2 + 2.25 + 100
    assert "unused" not in ref.source
    assert set(callees(region)) == {"A.g", "A.h", "A.p", "mid", "low"}


def test_nested_functions_are_defined_around_the_region() -> None:
    source = """
        def f(x):
            def twice(v):
                return v * k
            k = 2
            half = lambda v: v / k
            print()
            s = 0
            for v in x:
                s += twice(v) + half(v)
            print(s)
    """
    region = next(r for r in every_region(outline(module_of(source))))
    ref = reference(region)
    entry, _ = load(ref)
    given = {"x": [2, 4], "k": 2}
    assert entry(*(given[r] for r in ref.roots)) == 2 * 6 + 3


def test_every_region_of_the_corpus_has_a_reference_that_loads() -> None:
    count = 0
    for file in sorted(CORPUS.glob("*/*.py"))[::6]:
        module = parse_module(file, CORPUS.parent)
        assert isinstance(module, Module)
        for region in outline(module):
            ref = reference(region)
            load(ref)
            count += 1
    assert count > 10


def test_a_reference_computes_what_the_program_does() -> None:
    module = parse_module(CORPUS / "sequence" / "dtw.py", CORPUS.parent)
    assert isinstance(module, Module)
    region = region_of_function(module, "dtw_matrix")
    assert isinstance(region, Region)
    entry, _ = load(reference(region))
    a, b = np.arange(5.0), np.arange(4.0) ** 2
    names: dict[str, Any] = {}
    exec(compile(module.text, "dtw", "exec"), names)
    assert np.array_equal(entry(a, b), names["dtw_matrix"](a, b))
