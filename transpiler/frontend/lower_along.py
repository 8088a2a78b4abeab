"""Library functions that are written in Python (`library_*.py`) and compiled along."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from loopwright.diagnostics import CannotLower, Declined
from loopwright.frontend.lower_modules import module_names
from loopwright.frontend.lower_scope import Scope, span_of
from loopwright.frontend.lower_values import Closure, Value

_FILES = (
    "library_order.py", "library_math.py", "library_special.py", "library_stats.py", "library_search.py",
    "library_queue.py", "library_text.py", "library_hash.py", "library_random.py",
    "library_distance.py", "library_pairs.py", "library_sets.py",
    "library_editing.py", "library_scipy.py", "library_plain.py",
)  # fmt: skip


@lru_cache(maxsize=1)
def library_names() -> Mapping[str, Value]:
    """What the names in the library's text mean."""
    body: list[ast.stmt] = []
    for file in _FILES:
        body += ast.parse(Path(__file__).with_name(file).read_text("utf-8")).body
    tree = ast.Module([s for s in body if isinstance(s, ast.FunctionDef)], [])
    for node in ast.walk(tree):  # these places are in no file of the user's
        for name in ("lineno", "end_lineno", "col_offset", "end_col_offset"):
            if hasattr(node, name):
                delattr(node, name)
    numpy = ast.parse("import math\nimport numpy as np").body
    found = module_names(ast.Module([*numpy, *tree.body], []))
    return {
        name: replace(value, library=True) if isinstance(value, Closure) else value
        for name, value in found.items()
    }


def library_call(cx: Scope, name: str, values: list[Value], node: ast.AST) -> Value:
    """Call the function `name` of the library. A refusal is told of the place of the call."""
    callee = library_names()[name]
    assert isinstance(callee, Closure)
    try:
        return cx.unit.rules.function(cx, callee, values, node)  # type: ignore[return-value]
    except CannotLower as refused:
        why = refused.declined
        declined = Declined(span_of(node), why.code, why.why, why.unlocks)
        raise CannotLower(declined, refused.needs) from None
