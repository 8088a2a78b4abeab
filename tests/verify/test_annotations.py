"""From annotations to kinds, and from sources to constants."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from loopwright.verify.constants import mine
from loopwright.verify.kinds import Parameter, describe
from loopwright.verify.parameters import parameters_of
from loopwright.verify.scope import find_function, scope_of

from .annotated import MODULE, TABLE


def parameters(source: str) -> tuple[Parameter, ...]:
    tree = ast.parse(source)
    node = find_function(tree, "f")
    assert node is not None
    return parameters_of(node, scope_of(tree))


@pytest.mark.parametrize(("text", "kind"), TABLE.items())
def test_an_annotation_reads(text: str, kind: str) -> None:
    (parameter,) = parameters(MODULE.format(text))
    assert describe(parameter.kind) == kind


def test_constants_come_with_neighbours_products_and_sizes() -> None:
    found = mine(["def f(x):\n    'doc 99'\n    return x > 8 * 4 and x != 0.5 and 'mode'\n"])
    assert {7, 8, 9, 31, 32, 33} <= set(found.ints)
    assert {0.5, np.nextafter(0.5, 1), -0.5} <= set(found.floats)
    assert {8, 16, 32, 64, 65} <= set(found.sizes)
    assert found.texts == ("mode",)
