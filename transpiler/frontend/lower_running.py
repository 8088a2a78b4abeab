"""Lists that loops run over, known there by one name and perhaps changed by another: the kernel gives up
where such a list gets longer, for Python's loop would go on to what was put in."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from loopwright.frontend.lower_convert import list_length
from loopwright.frontend.lower_list_index import row_count
from loopwright.frontend.lower_parts import origins_of
from loopwright.frontend.lower_scope import Again, Scope
from loopwright.frontend.lower_values import Lst, RaggedList, Value, test
from loopwright.ir.nodes import Expr


@contextmanager
def running(cx: Scope, lists: Sequence[Lst | RaggedList], loop: ast.AST) -> Iterator[None]:
    """While the body of the loop over the lists is lowered. Their lengths are kept if it turns out that one
    of them may get longer."""
    before = cx.running
    watched = loop in cx.unit.watched_loops
    cx.running = (
        *before,
        *((held, cx.hold(_length(held), "length") if watched else None, loop) for held in lists),
    )
    try:
        yield
    finally:
        cx.running = before


def _length(held: Value) -> Expr:
    assert isinstance(held, Lst | RaggedList)
    return list_length(held) if isinstance(held, Lst) else row_count(held)


def gets_longer(cx: Scope, changed: Value) -> None:
    """Check that a list which may just have got longer is none that a loop runs over."""
    cx.unit.lengthened |= {o.key for o in origins_of(changed)}
    for held, length, loop in cx.running:
        if origins_of(held) & origins_of(changed):
            if length is None:
                cx.unit.watched_loops.add(loop)
                raise Again(cx)
            same = test("eq", _length(held), length)
            cx.check(same, "a list changes its length where something runs over it")
