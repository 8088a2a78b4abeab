"""The calls of kernels in rewritten source: found by their form, wherever edits have moved them.

The forms (`K` is the variable that `_load_kernels` sets, `out` any name):
`if not K.f(...)`, `if (out := K.f(...)) is None`: the body of the `if` is the original;
`if K.f(...)`, `if (out := K.f(...)) is not None`: the statements after the `if` are the original.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LOADER = "_load_kernels"
"""The function in a rewritten file that finds the kernels; its name may have underscores appended."""
FOLDER = "_loopwright"


@dataclass(frozen=True, slots=True, eq=False)
class Guarded:
    """One call: the `if` statement, the original statements, and the functions around it, outermost
    first (`owner` is the class around the outermost)."""

    kernel: str
    call: ast.Call
    test: ast.If
    original: Sequence[ast.stmt]
    inside: bool
    functions: tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]
    owner: ast.ClassDef | None


def loader_of(tree: ast.Module) -> tuple[ast.FunctionDef, ast.Assign] | None:
    """The two statements of the inserted import block, the definition and `_kernels = ...()`."""
    defined: dict[str, ast.FunctionDef] = {}
    for stmt in tree.body:
        match stmt:
            case ast.FunctionDef(name) if name.rstrip("_") == LOADER and _names_folder(stmt):
                defined[name] = stmt
            case ast.Assign([ast.Name()], ast.Call(ast.Name(name), [], [])) if name in defined:
                return defined[name], stmt
    return None


def _names_folder(function: ast.FunctionDef) -> bool:
    return any(isinstance(n, ast.Constant) and n.value == FOLDER for n in ast.walk(function))


def guarded_calls(tree: ast.Module) -> list[Guarded]:
    """Every call of a kernel in `tree`, in source order."""
    loader = loader_of(tree)
    if loader is None:
        return []
    target = loader[1].targets[0]
    assert isinstance(target, ast.Name)
    return list(_find(tree.body, target.id, (), None))


def _find(
    stmts: Sequence[ast.stmt],
    kernels: str,
    functions: tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...],
    owner: ast.ClassDef | None,
) -> Iterator[Guarded]:
    for at, stmt in enumerate(stmts):
        found = _match(stmt, kernels)
        if found is not None:
            call, test, inside = found
            original = test.body if inside else stmts[at + 1 :]
            assert isinstance(call.func, ast.Attribute)
            yield Guarded(call.func.attr, call, test, original, inside, functions, owner)
        match stmt:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from _find(stmt.body, kernels, (*functions, stmt), owner)
            case ast.ClassDef():
                yield from _find(stmt.body, kernels, functions, stmt if not functions else owner)
            case _:
                for block in _blocks(stmt):
                    yield from _find(block, kernels, functions, owner)


def _blocks(stmt: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(stmt, name, None)
        if block:
            yield block
    for part in (*getattr(stmt, "handlers", ()), *getattr(stmt, "cases", ())):
        yield part.body


def _match(stmt: ast.stmt, kernels: str) -> tuple[ast.Call, ast.If, bool] | None:
    """The call, the statement, and whether the original is inside of it."""
    match stmt:
        case ast.If(ast.UnaryOp(ast.Not(), ast.Call() as call)):
            inside = True
        case ast.If(ast.Compare(ast.NamedExpr(_, ast.Call() as call), [op], [ast.Constant(None)])):
            inside = isinstance(op, ast.Is)
        case ast.If(ast.Call() as call):
            inside = False
        case _:
            return None
    match call.func:
        case ast.Attribute(ast.Name(name)) if name == kernels:
            return call, stmt, inside
        case _:
            return None
