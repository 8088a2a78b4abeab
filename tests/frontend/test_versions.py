"""What modules do for older Pythons, which leaves the names as they are."""

from __future__ import annotations

import ast
from pathlib import Path

import libcst as cst
import pytest

from loopwright.frontend.parse import parse_text, settle_versions
from loopwright.frontend.region import Module
from loopwright.splice_tree import spots_of

from .lowering import assert_same, refusal

SAME = {
    "a name of Python 2": "try:\n    range = xrange\nexcept NameError:\n    pass\n",
    "an import of a builtin": "from builtins import range\n",
    "a name of Python 2 behind which more stands": (
        "try:\n    range = xrange\n    len = None\nexcept NameError:\n    pass\n"
    ),
}
BODY = "def f(x):\n    return [x[i] for i in range(len(x))]\n"


@pytest.mark.parametrize("before", SAME.values(), ids=SAME)
def test_the_builtin_is_meant(before: str) -> None:
    assert_same(before + BODY, [1.0, 2.0])


def test_six_is_not_needed_to_know_its_names() -> None:
    tree = ast.parse(
        "from six.moves import range, reduce, map as each\nfrom six.moves import zip\n"
    )
    settle_versions(tree)
    assert ast.unparse(tree) == "from six.moves import reduce, map as each\npass"


def test_each_statement_keeps_its_place() -> None:
    text = (
        "from builtins import range\n" + SAME["a name of Python 2 behind which more stands"] + BODY
    )
    module = parse_text(text, Path("m.py"), "m")
    assert isinstance(module, Module)
    placed = spots_of(module.tree, cst.parse_module(text))
    assert {stmt.lineno for stmt in placed} == {1, 2, 3, 4, 6, 7, 8}


OTHERS = {
    "a name that the module binds": (
        "try:\n    range = mine\nexcept NameError:\n    pass\ndef mine(n):\n    return [0]\n"
    ),
    "a builtin": "try:\n    range = reversed\nexcept NameError:\n    pass\n",
    "a handler that binds it": "try:\n    xrange\nexcept NameError:\n    range = reversed\n",
    "an import under another name": "from builtins import reversed as range\n",
}


@pytest.mark.parametrize("before", OTHERS.values(), ids=OTHERS)
def test_other_bindings_count(before: str) -> None:
    assert refusal(before + BODY, [1.0, 2.0]).code in {"LW101", "LW102", "LW281", "LW301"}
