"""The text of a function with its reads and writes noted: a[i] becomes a call of a `races.Watch`.

The result is ordinary Python that does what the function did. `prange` becomes a loop of the watch.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Sequence
from typing import Any

WATCH = "__loopwright_watch__"
"""The global name of the watch."""


def noted(
    function: types.FunctionType, source: str, is_prange: Callable[[ast.expr], bool]
) -> types.FunctionType | None:
    """`function`, defined in the text `source`, with notes; None if its text cannot be found."""
    node = _definition(function, source)
    if node is None:
        return None
    node.decorator_list = []
    node.returns = None
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    node.args.defaults = [ast.Constant(None) for _ in node.args.defaults]
    node.args.kw_defaults = [d and ast.Constant(None) for d in node.args.kw_defaults]
    node.body = _Noting(is_prange, node).statements(node.body)
    cells = function.__closure__ or ()
    outer = ast.parse(f"def outer({', '.join(function.__code__.co_freevars)}): return {node.name}")
    outer.body[0].body.insert(0, node)  # type: ignore[attr-defined]
    scope: dict[str, Any] = {}
    code = compile(ast.fix_missing_locations(outer), function.__code__.co_filename, "exec")
    exec(code, function.__globals__, scope)
    made: types.FunctionType = scope["outer"](*(cell.cell_contents for cell in cells))
    made.__defaults__ = function.__defaults__
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def has_prange(
    function: types.FunctionType, source: str, is_prange: Callable[[ast.expr], bool]
) -> bool:
    node = _definition(function, source)
    return node is not None and any(
        isinstance(n, ast.For) and isinstance(n.iter, ast.Call) and is_prange(n.iter.func)
        for n in ast.walk(node)
    )


def _definition(function: types.FunctionType, source: str) -> ast.FunctionDef | None:
    code = function.__code__
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
            if min([node.lineno, *(d.lineno for d in node.decorator_list)]) == code.co_firstlineno:
                return node
    return None


class _Noting(ast.NodeTransformer):
    """`scalars` are the names that a parallel loop assigns and does not merely gather into."""

    def __init__(self, is_prange: Callable[[ast.expr], bool], function: ast.FunctionDef) -> None:
        self.is_prange = is_prange
        self.scalars: set[str] = set()
        self.gathers: set[str] = set()
        self.temporaries = 0
        for loop in ast.walk(function):
            if isinstance(loop, ast.For) and self._is_parallel(loop):
                assigned = _assigned(loop.body)
                gathered = {name for name in assigned if _only_gathers(name, loop.body)}
                self.gathers |= gathered
                self.scalars |= assigned - gathered
        self.gathers -= self.scalars

    def _is_parallel(self, loop: ast.For) -> bool:
        return isinstance(loop.iter, ast.Call) and self.is_prange(loop.iter.func)

    def statements(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for statement in body:
            new = self.visit(statement)
            out += new if isinstance(new, list) else [new]
        return out

    # ------------------------------------------------------------ expressions

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if isinstance(node.ctx, ast.Load) and node.id in self.scalars:
            return _call("load", ast.Constant(node.id), node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if not isinstance(node.ctx, ast.Load):
            return node
        return _call("get", *self._place(node))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = ast.Constant(_text(node.args[0]) if node.args else _text(node.func))
        call = _call("call", name, self.visit(node.func), *map(self.visit, node.args))
        call.keywords = [ast.keyword(k.arg, self.visit(k.value)) for k in node.keywords]
        return call

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        node.left, node.right = self._whole(node.left), self._whole(node.right)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        node.operand = self._whole(node.operand)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        node.left = self._whole(node.left)
        node.comparators = [self._whole(each) for each in node.comparators]
        return node

    def _whole(self, node: ast.expr) -> ast.expr:
        new = self.visit(node)
        if isinstance(node, ast.Constant):
            return node
        return _call("whole", ast.Constant(_text(node)), new)

    def _place(self, node: ast.Subscript) -> tuple[ast.expr, ast.expr, ast.expr]:
        """The name of the array, the array, the index."""
        name = ast.Constant(_text(node.value))
        return name, self.visit(node.value), self._index(node.slice)

    def _index(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Tuple):
            return ast.Tuple([self._index(e) for e in node.elts], ast.Load())
        if isinstance(node, ast.Slice):
            parts = (node.lower, node.upper, node.step)
            return _call("slice", *(self.visit(p) if p else ast.Constant(None) for p in parts))
        new: ast.expr = self.visit(node)
        return new

    # ------------------------------------------------------------- statements

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        value = self.visit(node.value)
        match node.targets:
            case [ast.Subscript() as target]:
                return [ast.Expr(_call("set", *self._set(target, value)))]
        after: list[ast.stmt] = []
        targets = [self._target(t, after) for t in node.targets]
        assign = ast.Assign(targets, value, lineno=node.lineno)
        return [assign, *after, *self._stores(node.targets)]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> list[ast.stmt]:
        if node.value is None:
            return [ast.Pass()]
        return self.visit_Assign(ast.Assign([node.target], node.value, lineno=node.lineno))

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        operation = ast.Constant(type(node.op).__name__)
        match node.target:
            case ast.Subscript() as target:
                name, array, index = self._place(target)
                value = self._whole(node.value)
                return [ast.Expr(_call("change", name, array, index, operation, value))]
            case ast.Name(id) if id not in self.gathers:
                old = self.visit(ast.Name(id, ast.Load()))
                new = _call("grow", ast.Constant(id), old, operation, self._whole(node.value))
                assign = ast.Assign([ast.Name(id, ast.Store())], new, lineno=node.lineno)
                return [assign, *self._stores([node.target])]
            case _:
                node.value = self._whole(node.value)
                return [node]

    def visit_For(self, node: ast.For) -> ast.For:
        if self._is_parallel(node):
            assert isinstance(node.iter, ast.Call)
            gathers = any(name in self.gathers for name in _assigned(node.body))
            line, flag = ast.Constant(node.lineno), ast.Constant(gathers)
            node.iter = _call("loop", line, flag, *map(self.visit, node.iter.args))
        else:
            node.iter = self._whole(node.iter)
        node.body = self._stores([node.target]) + self.statements(node.body)
        node.orelse = self.statements(node.orelse)
        return node

    def _set(self, target: ast.Subscript, value: ast.expr) -> tuple[ast.expr, ...]:
        name, array, index = self._place(target)
        return name, value, array, index

    def _target(self, target: ast.expr, after: list[ast.stmt]) -> ast.expr:
        """The target with names for its elements of arrays, which are set by statements put in `after`."""
        match target:
            case ast.Subscript():
                self.temporaries += 1
                name = f"loopwright_temporary_{self.temporaries}"
                value = ast.Name(name, ast.Load())
                after.append(ast.Expr(_call("set", *self._set(target, value))))
                return ast.Name(name, ast.Store())
            case ast.Tuple(elts) | ast.List(elts):
                return ast.Tuple([self._target(e, after) for e in elts], ast.Store())
            case _:
                return target

    def _stores(self, targets: Sequence[ast.expr]) -> list[ast.stmt]:
        return [
            ast.Expr(_call("store", ast.Constant(name), ast.Name(name, ast.Load())))
            for name in sorted(_assigned(targets) & self.scalars)
        ]


def _call(method: str, *args: ast.expr) -> ast.Call:
    function = ast.Attribute(ast.Name(WATCH, ast.Load()), method, ast.Load())
    return ast.Call(function, list(args), [])


def _text(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript | ast.Starred):
        node = node.value
    text = ast.unparse(node)
    return text if len(text) <= 40 else "an array"


def _assigned(body: Sequence[ast.AST]) -> set[str]:
    return {
        n.id
        for statement in body
        for n in ast.walk(statement)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def _only_gathers(name: str, body: Sequence[ast.stmt]) -> bool:
    """True if all that the loop does with `name` is `name += x`, `name = name * x`, `name = max(name, x)`."""
    uses = counted = 0
    for node in (n for statement in body for n in ast.walk(statement)):
        if isinstance(node, ast.Name) and node.id == name:
            uses += 1
        match node:
            case ast.AugAssign(target=ast.Name(id)) if id == name:
                counted += 1
            case ast.Assign(targets=[ast.Name(id)], value=value) if id == name:
                counted += 2 if _combines(name, value) else 0
    return uses == counted


def _combines(name: str, value: ast.expr) -> bool:
    match value:
        case ast.BinOp(left=ast.Name(id)) if id == name:
            return True
        case ast.BinOp(right=ast.Name(id), op=ast.Add() | ast.Mult()) if id == name:
            return True
        case ast.Call(func=function, args=args) if _text(function).rpartition(".")[2] in _EXTREMES:
            return any(isinstance(a, ast.Name) and a.id == name for a in args)
        case _:
            return False


_EXTREMES = ("min", "max", "minimum", "maximum", "fmin", "fmax")
