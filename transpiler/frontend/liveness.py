"""Live variables: which variables may be read after a statement before they are assigned again.

The textbook backward analysis (Aho et al., *Compilers*, 9.2.5) over the syntax tree, with a fixed point
for each loop. What a variable is, is a parameter (`Variables`): local names for live-outs, attribute paths
for live-ins. An exception may leave a `try` or `with` body at any point, so what its handlers read is live
throughout the body; compiled code gives up at an exception, so that for it no handler runs (`catches`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from loopwright.frontend.names import Chain, bound_names, chain_of, reads

Live = frozenset[str]
NOTHING: Live = frozenset()


@dataclass(frozen=True, slots=True)
class Variables:
    """`read` gives the variables that an occurrence reads, `kill` the one that a store to it replaces."""

    read: Callable[[Chain], Iterable[str]]
    kill: Callable[[Chain], str | None]


LOCALS = Variables(read=lambda chain: (chain.root,), kill=lambda c: None if c.steps else c.root)


@dataclass(frozen=True, slots=True)
class _Exits:
    """What is live where control goes by `break`, `continue`, `return` and by an exception."""

    brk: Live = NOTHING
    cont: Live = NOTHING
    ret: Live = NOTHING
    exc: Live = NOTHING


class Liveness:
    """`after[stmt]` is what is live after each statement of a list, given what is live after its end."""

    def __init__(self, variables: Variables = LOCALS, *, catches: bool = True) -> None:
        self._vars = variables
        self._catches = catches
        self._heads: dict[ast.stmt, Live] = {}
        self.after: dict[ast.stmt, Live] = {}

    def run(self, stmts: Sequence[ast.stmt], out: Live = NOTHING, ret: Live = NOTHING) -> Live:
        """Analyse `stmts`; returns what is live before the first. `ret` is live at a `return`."""
        return self._block(stmts, out, _Exits(ret=ret))

    def _block(self, stmts: Sequence[ast.stmt], out: Live, exits: _Exits) -> Live:
        for stmt in reversed(stmts):
            out |= exits.exc
            self.after[stmt] = out
            out = self._stmt(stmt, out, exits)
        return out | exits.exc

    def _reads(self, *nodes: ast.AST | None) -> Live:
        found = (c for n in nodes if n is not None for c in reads(n))
        return frozenset(v for chain in found for v in self._vars.read(chain))

    def _store(self, target: ast.expr, out: Live) -> Live:
        """What is live before `target` is bound."""
        match target:
            case ast.Tuple(elts) | ast.List(elts):
                for part in reversed(elts):
                    out = self._store(part, out)
                return out
            case ast.Starred(value):
                return self._store(value, out)
        chain = chain_of(target)
        killed = self._vars.kill(chain) if chain else None
        if killed is not None:
            return out - {killed}
        return out | self._reads(target)

    def _stmt(self, stmt: ast.stmt, out: Live, exits: _Exits) -> Live:
        match stmt:
            case ast.Assign(targets, value):
                for target in reversed(targets):
                    out = self._store(target, out)
                return out | self._reads(value)
            case ast.AnnAssign(target, _, value):
                return out if value is None else self._store(target, out) | self._reads(value)
            case ast.AugAssign(target, _, value):
                return self._store(target, out) | self._reads(_as_load(target), target, value)
            case ast.Return(value):
                return exits.ret | self._reads(value)
            case ast.Raise(exc, cause):
                return exits.exc | self._reads(exc, cause)
            case ast.Break():
                return exits.brk
            case ast.Continue():
                return exits.cont
            case ast.If(test, body, orelse):
                both = self._block(body, out, exits) | self._block(orelse, out, exits)
                return both | self._reads(test)
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(stmt, out, exits)
            case ast.Try() | ast.TryStar():
                return self._try(stmt, out, exits)
            case ast.With(items, body) | ast.AsyncWith(items, body):
                # the manager may swallow an exception: then control goes on behind the statement
                swallowed = out if self._catches else NOTHING
                out = self._block(body, out, replace(exits, exc=exits.exc | swallowed)) | swallowed
                for item in reversed(items):
                    if item.optional_vars is not None:
                        out = self._store(item.optional_vars, out)
                    out |= self._reads(item.context_expr)
                return out
            case ast.Match(subject, cases):
                arms = out
                for case in cases:
                    arms |= self._block(case.body, out, exits) | self._reads(
                        case.pattern, case.guard
                    )
                return arms | self._reads(subject)
            case ast.Delete(targets):
                # deleting an unbound name raises, so it is a read
                return out | self._reads(*map(_as_load, targets), *targets)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return (out - {stmt.name}) | self._reads(stmt)
            case ast.Import() | ast.ImportFrom():
                return out - frozenset(bound_names(stmt))
            case _:
                return out | self._reads(stmt)

    def _loop(self, loop: ast.For | ast.AsyncFor | ast.While, out: Live, exits: _Exits) -> Live:
        done = self._block(loop.orelse, out, exits)
        # the last result is a lower bound of the new one, for `out` only grows between rounds
        head = self._heads.get(loop, NOTHING) | done
        while True:
            inside = replace(exits, brk=out, cont=head)
            body = self._block(loop.body, head, inside)
            if isinstance(loop, ast.While):
                test = self._reads(loop.test)
                new = done | body | test
            else:
                new = done | self._store(loop.target, body)
            new |= head
            if new == head:
                break
            head = new
        self._heads[loop] = head
        return head if isinstance(loop, ast.While) else head | self._reads(loop.iter)

    def _try(self, stmt: ast.Try | ast.TryStar, out: Live, exits: _Exits) -> Live:
        if stmt.finalbody:
            anywhere = out | exits.brk | exits.cont | exits.ret | exits.exc
            out = self._block(stmt.finalbody, anywhere, exits)
            exits = _Exits(out, out, out, out)
        caught = exits.exc
        for handler in stmt.handlers if self._catches else ():
            entry = self._block(handler.body, out, exits)
            if handler.name:
                entry -= {handler.name}
            caught |= entry | self._reads(handler.type)
        tail = self._block(stmt.orelse, out, exits)
        return self._block(stmt.body, tail, replace(exits, exc=caught))


def _as_load(target: ast.expr) -> ast.expr | None:
    """What an augmented assignment reads besides the parts of its target."""
    match target:
        case ast.Name(name):
            return ast.copy_location(ast.Name(name, ast.Load()), target)
        case ast.Attribute(value, attr):
            return ast.copy_location(ast.Attribute(value, attr, ast.Load()), target)
        case ast.Subscript(value, index):
            return ast.copy_location(ast.Subscript(value, index, ast.Load()), target)
        case _:
            return None
