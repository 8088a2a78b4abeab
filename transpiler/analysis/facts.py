"""Analyses of one function, each made when it is first asked for and kept while the function is in use.

Functions are immutable, so a fact about one never goes stale; a pass makes a new function.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from functools import cached_property

from loopwright.analysis.effects import Storages, storages
from loopwright.analysis.ranges import Ranges, analyse
from loopwright.ir.nodes import For, Func, If, Stmt, While
from loopwright.ir.walk import Body

_KEPT = 32


class Facts:
    """`func` is the function with each statement an object of its own, so that facts can be kept by the
    identity of statements; `place` finds there what a loop of the given function has become."""

    def __init__(self, given: Func) -> None:
        self.given = given
        self._copies: dict[int, list[For]] = {}
        self.func = replace(given, body=self._unshared(given.body))

    def place(self, loop: For) -> For:
        """ValueError unless `loop` is in exactly one place of the given function."""
        found = self._copies.get(id(loop), [])
        if len(found) != 1:
            raise ValueError("the loop is not in one place of the function")
        return found[0]

    @cached_property
    def ranges(self) -> Ranges:
        return analyse(self.func)

    @cached_property
    def storages(self) -> Storages:
        """Without knowledge of the functions that it calls."""
        return storages(self.func)

    def _unshared(self, body: Body) -> Body:
        return tuple(self._copy(s) for s in body)

    def _copy(self, stmt: Stmt) -> Stmt:
        match stmt:
            case For() | While():
                body, orelse = self._unshared(stmt.body), self._unshared(stmt.orelse)
                new: Stmt = replace(stmt, body=body, orelse=orelse)
            case If():
                then, orelse = self._unshared(stmt.then), self._unshared(stmt.orelse)
                new = replace(stmt, then=then, orelse=orelse)
            case _:
                new = replace(stmt)
        if isinstance(stmt, For) and isinstance(new, For):
            self._copies.setdefault(id(stmt), []).append(new)
        return new


_CACHE: OrderedDict[int, Facts] = OrderedDict()


def facts(func: Func) -> Facts:
    """The facts of a function, by its identity. The cache keeps the functions asked for last alive."""
    found = _CACHE.get(id(func))
    if found is None or found.given is not func:
        found = _CACHE[id(func)] = Facts(func)
    _CACHE.move_to_end(id(func))
    while len(_CACHE) > _KEPT:
        _CACHE.popitem(last=False)
    return found
