"""What the names of a module mean: imports, functions, classes; never guessed from the bare name."""

from __future__ import annotations

import ast
import builtins
import math
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from loopwright.frontend.lower_values import NOTHING, Closure, Library, Value, number
from loopwright.frontend.scopes import import_targets, rebound_globals, running, stands_for
from loopwright.ir.nodes import Const
from loopwright.ir.types import FLOAT, INT, Num

CONSTANTS: dict[str, float] = {
    "numpy.pi": np.pi, "numpy.e": np.e, "numpy.inf": np.inf, "numpy.nan": np.nan,
    "numpy.euler_gamma": np.euler_gamma,
    "math.pi": math.pi, "math.e": math.e, "math.inf": math.inf, "math.nan": math.nan,
    "math.tau": math.tau,
}  # fmt: skip
_LIMITS = frozenset(("eps", "max", "min", "tiny", "smallest_normal", "resolution", "epsneg"))


@lru_cache(maxsize=16)
def module_names(tree: ast.Module) -> Mapping[str, Value]:
    """Functions and imported things by their global name; a name bound more than once is left out."""
    bound = Counter(name for name, _ in _distinct(_top(running(tree).body)))
    rebound = rebound_globals(tree)
    found: dict[str, Value] = {}
    for stmt in _top(running(tree).body):
        match stmt:
            case ast.Import(names):
                for alias in names:
                    top = alias.name if alias.asname else alias.name.split(".")[0]
                    found[alias.asname or top] = Library(stands_for(top))
            case ast.ImportFrom(module, names, 0) if module is not None:
                for alias in names:
                    dotted = stands_for(f"{module}.{alias.name}")
                    found[alias.asname or alias.name] = library(dotted)
            case ast.FunctionDef(name) if not stmt.decorator_list:
                found[name] = Closure(stmt, name)
            case _:
                pass
    kept = {n: v for n, v in found.items() if bound[n] == 1 and n not in rebound}
    return MappingProxyType(kept)


def _top(body: list[ast.stmt]) -> list[ast.stmt]:
    """Module-level statements, those under `if TYPE_CHECKING` and `try` included."""
    found: list[ast.stmt] = []
    for stmt in body:
        found.append(stmt)
        if isinstance(stmt, ast.If):
            found += _top(stmt.body) + _top(stmt.orelse)
        elif isinstance(stmt, ast.Try):
            found += _top(stmt.body) + _top([s for h in stmt.handlers for s in h.body])
    return found


@lru_cache(maxsize=16)
def has_star(tree: ast.Module) -> bool:
    """True if the module imports names that it does not tell."""
    return any(isinstance(n, ast.ImportFrom) and n.names[0].name == "*" for n in ast.walk(tree))


def _distinct(stmts: list[ast.stmt]) -> list[tuple[str, object]]:
    """Names and what binds them; an import of the same thing, wherever it is repeated, counts once."""
    pairs: dict[tuple[str, object], None] = {}
    others: list[tuple[str, object]] = []
    for stmt in stmts:
        if isinstance(stmt, ast.Import | ast.ImportFrom):
            pairs.update(dict.fromkeys(import_targets(stmt)))
        else:
            others += [(name, stmt) for name in _bindings(stmt)]
    return [*pairs, *others]


def _bindings(stmt: ast.stmt) -> list[str]:
    match stmt:
        case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
            return [name]
        case ast.If() | ast.Try():
            return []
        case _:
            return [
                n.id
                for n in ast.walk(stmt)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            ]


def library(name: str) -> Value:
    """The library object of that dotted name; known constants are numbers, and `np.newaxis` is None."""
    if name == "numpy.newaxis":
        return NOTHING
    if name in CONSTANTS:
        return number(Const(CONSTANTS[name], FLOAT))
    return Library(name)


def limit(info: str, attr: str) -> Value | None:
    """`np.finfo(dtype).eps` and the like, where `info` is what `numpy_limits` made of the call."""
    kind, _, dtype = info.partition(" ")
    if kind == "numpy.iinfo" and attr in ("min", "max"):
        found = int(getattr(np.iinfo(dtype), attr))
        return number(Const(found, INT)) if found < 2**63 else None
    if kind == "numpy.finfo" and attr in _LIMITS and dtype in ("float32", "float64"):
        value = float(getattr(np.finfo(dtype), attr))
        return number(Const(value, Num(dtype)))  # type: ignore[arg-type]
    return None


def builtin(name: str) -> Value | None:
    """The builtin function or type of that name."""
    return Library(f"builtins.{name}") if hasattr(builtins, name) else None
