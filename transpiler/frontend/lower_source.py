"""Lowering from a source text: for tests, examples and `loopwright opt`."""

from __future__ import annotations

import ast
from pathlib import Path

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.annotations import signatures
from loopwright.frontend.lower_program import lower_region
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.parse import settle_versions, spell_out_defaults, spell_out_stars
from loopwright.frontend.region import Module, Region
from loopwright.ir.nodes import Program


def region_of_source(source: str) -> Region:
    """The last function of a source text as a body region; raises CannotLower."""
    text = source if source.endswith("\n") else source + "\n"
    tree = ast.parse(text)
    spell_out_stars(tree)
    settle_versions(tree)
    spell_out_defaults(tree)
    functions = [s for s in tree.body if isinstance(s, ast.FunctionDef)]
    if not functions:
        raise ValueError("the text defines no function")
    tree.body[:0] = _missing_imports(tree)
    module = Module(Path("source.py"), "source", text, ast.fix_missing_locations(tree))
    region = region_of_function(module, functions[-1].name)
    if isinstance(region, Declined):
        raise CannotLower(region)
    return region


def _missing_imports(tree: ast.Module) -> list[ast.stmt]:
    """`import numpy as np` and `import math`, unless the text binds these names itself."""
    bound = {a.asname or a.name for s in tree.body if isinstance(s, ast.Import) for a in s.names}
    wanted = {"np": "import numpy as np", "math": "import math"}
    return [ast.parse(line).body[0] for name, line in wanted.items() if name not in bound]


def lower_function(source: str) -> Program:
    """The last function of `source`, typed by its annotations; other functions of it are helpers.

    Of the types that annotations leave open the first that lowers is taken. `np` and `math` are imported if
    the text does not. Raises CannotLower, with the refusal of the likeliest types.
    """
    region = region_of_source(source)
    types = signatures(region)
    if isinstance(types, Declined):
        raise CannotLower(types)
    refusals: list[CannotLower] = []
    for choice in types:
        try:
            return lower_region(region, choice)[0]
        except CannotLower as refusal:
            refusals.append(refusal)
    raise refusals[0]
