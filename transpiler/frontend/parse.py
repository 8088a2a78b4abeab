"""From a file to a `Module`: encodings, syntax, and the name that it is imported by."""

from __future__ import annotations

import ast
import builtins
import copy
import functools
import importlib
import io
import tokenize
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from pathlib import Path

from loopwright.diagnostics import NOWHERE, Declined, Span
from loopwright.frontend.region import Module

_BUILTINS = ("builtins", "six.moves")


@functools.cache
def _starred(module: str) -> tuple[str, ...]:
    """What `from module import *` binds, for the modules of which that is known; else `*`."""
    match module:
        case "math" | "cmath":
            return tuple(name for name in dir(importlib.import_module(module)) if name[0] != "_")
        case "numpy":  # imported here: recorded programs that do without it must not load it
            return tuple(importlib.import_module(module).__all__)
        case _:
            return ("*",)


def encoding_of(data: bytes) -> str:
    """The encoding of source bytes by PEP 263 (`utf-8-sig` if there is a byte order mark).

    Encoding the decoded text with it gives the bytes back. Raises SyntaxError for an unknown encoding.
    """
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def decode_source(data: bytes) -> str:
    """The text of source bytes, line ends kept, without a byte order mark.

    Raises SyntaxError for an unknown encoding, UnicodeDecodeError for bytes that are not of it.
    """
    return data.decode(encoding_of(data))


def module_name(path: Path, root: Path) -> str:
    """The dotted import name of `path` for `root` on `sys.path`; `root/__init__.py` has the folder name."""
    path, root = path.resolve(), root.resolve()
    parts = list((path.relative_to(root) if path.is_relative_to(root) else Path(path.name)).parts)
    parts[-1] = parts[-1].removesuffix(".py")
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) or root.name


def parse_text(text: str, path: Path, name: str) -> Module | Declined:
    """A module of source text; Declined with LW003 if it is not valid Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, filename=str(path))
    except SyntaxError as error:
        line, col = error.lineno or 0, max((error.offset or 1) - 1, 0)
        return Declined(Span(line, col, line, col + 1), "LW003", f"{error.msg}")
    except (ValueError, RecursionError, MemoryError) as error:
        return Declined(NOWHERE, "LW003", f"{type(error).__name__}: {error}")
    spell_out_stars(tree)
    settle_versions(tree)
    spell_out_defaults(tree)
    return Module(path, name, text, tree)


def spell_out_stars(tree: ast.Module) -> None:
    """Put the names in the place of `*` where they are known: some are those of builtins."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.names[0].name == "*":
            star = node.names[0]
            known = _starred(node.module or "")
            node.names = [ast.copy_location(ast.alias(name), star) for name in known]


def settle_versions(tree: ast.Module) -> None:
    """Take out what a module does for older Pythons alone: `from builtins import range`, and what stands in
    a `try` from a name on that is certainly unbound. Each statement keeps its place."""
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not _is_read(n)}
    bound |= {n.asname or n.name for n in ast.walk(tree) if isinstance(n, ast.alias)}
    bound |= {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    for at, stmt in enumerate(tree.body):
        match stmt:
            case ast.ImportFrom(module, names, 0) if module in _BUILTINS:
                stmt.names = [a for a in names if a.asname or not hasattr(builtins, a.name)]
                if not stmt.names:
                    tree.body[at] = ast.copy_location(ast.Pass(), stmt)
            case ast.Try(body) if "*" not in bound:
                _drop_unreached(body, bound)


def spell_out_defaults(tree: ast.Module) -> None:
    """Put the literal in the place of a name that is the default of a parameter: what the name means when
    the function is called does not count, only what the module gave it before the definition.

    Not of functions inside of functions: those are defined when another module may have given it another.
    """
    known = _literals(tree)
    todo: list[ast.AST] = [tree] if known else []
    while todo:
        for node in ast.iter_child_nodes(todo.pop()):
            if isinstance(node, ast.FunctionDef):
                args = node.args
                args.defaults = [_spelt_out(d, known) for d in args.defaults]
                args.kw_defaults = [d and _spelt_out(d, known) for d in args.kw_defaults]
            elif not isinstance(node, ast.AsyncFunctionDef | ast.expr):
                todo.append(node)


def _literals(tree: ast.Module) -> dict[str, ast.expr]:
    """Names that nothing but one statement of the module binds, to a number or text."""
    times: Counter[str] = Counter()
    for node in ast.walk(tree):
        times.update(_binds(node))
    if times["*"]:
        return {}
    found: dict[str, ast.expr] = {}
    for stmt in tree.body:
        match stmt:
            case ast.Assign([ast.Name(name)], ast.expr() as value) | ast.AnnAssign(
                ast.Name(name), _, ast.expr() as value
            ) if times[name] == 1 and is_literal(value):
                found[name] = value
    return found


def _binds(node: ast.AST) -> Sequence[str]:
    match node:
        case ast.Name(name) if not _is_read(node):
            return (name,)
        case (
            ast.arg(name) | ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name)
        ):
            return (name,)
        case ast.ExceptHandler(_, str(name)) | ast.MatchAs(_, str(name)) | ast.MatchStar(str(name)):
            return (name,)
        case ast.Import(names) | ast.ImportFrom(_, names):
            return [a.asname or a.name.split(".")[0] for a in names]
        case ast.Global(names) | ast.Nonlocal(names):
            return names
        case ast.MatchMapping(_, _, str(name)):
            return (name,)
        case _:
            return ()


def is_literal(node: ast.expr) -> bool:
    """Whether the expression is a constant, or arithmetic of nothing but constants."""
    match node:
        case ast.Constant(value):
            return not isinstance(value, (bytes, type(...)))
        case ast.UnaryOp(_, inner):
            return is_literal(inner)
        case ast.BinOp(a, _, b):
            return is_literal(a) and is_literal(b)
        case _:
            return False


def _spelt_out(default: ast.expr, known: Mapping[str, ast.expr]) -> ast.expr:
    match default:
        case ast.UnaryOp(op, inner):
            return ast.copy_location(ast.UnaryOp(op, _spelt_out(inner, known)), default)
        case ast.Name(name) if name in known and known[name].lineno < default.lineno:
            made = copy.deepcopy(known[name])
            for part in ast.walk(made):
                ast.copy_location(part, default)
            return made
        case _:
            return default


def _is_read(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def _drop_unreached(body: list[ast.stmt], bound: Set[str]) -> None:
    """Leave out the plain statements from the first that certainly raises NameError."""
    fails = False
    for at, stmt in enumerate(body):
        match stmt:
            case ast.Assign(value=ast.Name(name)) | ast.Expr(ast.Name(name)):
                fails = fails or (name not in bound and not hasattr(builtins, name))
        if fails and isinstance(stmt, (ast.Assign, ast.Expr)):
            body[at] = ast.copy_location(ast.Pass(), stmt)


def parse_module(path: Path, root: Path) -> Module | Declined:
    """The module in the file `path` below the import root `root`.

    Declined: LW001 unreadable, LW002 bytes that are not text of the declared encoding, LW003 not valid
    Python, LW004 no statements.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        return Declined(NOWHERE, "LW001", f"{path.name}: {error.strerror or error}")
    try:
        text = decode_source(data)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        return Declined(NOWHERE, "LW002", f"{path.name}: {error}")
    module = parse_text(text, path, module_name(path, root))
    if isinstance(module, Module) and not module.tree.body:
        return Declined(NOWHERE, "LW004", f"{path.name} has no statements")
    return module
