"""Random programs against CPython: `python tests/fuzz.py --seconds 600 --seed 0`.

Prints counts and each failing program, made small. Exit code 1 if there is any.
"""

from __future__ import annotations

import argparse
import ast
import signal
import sys
import time
import warnings
from collections.abc import Iterator

from arguments import OutOfBudget
from levels import Counts, Finding, examine
from strategies import draw_source

COMPILED_EVERY = 50
SHRINK_SECONDS = 20.0
LIMIT_SECONDS = 10


def shrunk(source: str, seed: int, backends: tuple[str, ...], found: Finding) -> str:
    """The smallest text that the removal of statements leaves with the same finding."""
    progress, end = True, time.monotonic() + SHRINK_SECONDS
    while progress:
        progress = False
        for smaller in _smaller(source):
            if time.monotonic() > end:
                return source
            again = _in_time(smaller, seed, backends, Counts())
            if again is not None and again.key == found.key:
                source, progress = smaller, True
                break
    return source


def _in_time(source: str, seed: int, backends: tuple[str, ...], counts: Counts) -> Finding | None:
    """`examine`, given up after a while: numbers without bounds can grow for long."""

    def stop(*_: object) -> None:
        raise OutOfBudget

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT_SECONDS)
    try:
        return examine(source, seed, backends, counts)
    except OutOfBudget:
        return None
    finally:
        signal.alarm(0)


def _smaller(source: str) -> Iterator[str]:
    """Texts with one statement less, one block in place of its statement, or a simpler expression."""
    count = sum(1 for _ in ast.walk(ast.parse(source)))
    for at in range(count):
        for how in ("remove", "unwrap", "left", "right"):
            tree = ast.parse(source)
            node = list(ast.walk(tree))[at]
            if _edited(tree, node, how):
                text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
                if len(text) < len(source) and _is_python(text):
                    yield text


def _is_python(text: str) -> bool:
    try:
        compile(text, "drawn.py", "exec")
    except SyntaxError:
        return False
    return True


def _edited(tree: ast.Module, node: ast.AST, how: str) -> bool:
    if isinstance(node, ast.stmt):
        return _statement(tree, node, how)
    parts = [c for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr)]
    if not isinstance(node, ast.expr) or not parts or how in ("remove", "unwrap"):
        return False
    return _put(tree, node, parts[0] if how == "left" else parts[-1])


def _statement(tree: ast.Module, node: ast.stmt, how: str) -> bool:
    for parent in ast.walk(tree):
        for name in ("body", "orelse"):
            block = getattr(parent, name, None)
            if not isinstance(block, list) or node not in block:
                continue
            at = block.index(node)
            inner = getattr(node, "body", None)
            if isinstance(parent, ast.Module):
                if how != "remove" or getattr(node, "name", "f") == "f":
                    return False
            if how == "remove" and (len(block) > 1 or name == "orelse"):
                del block[at]
                return True
            if how == "unwrap" and inner and not isinstance(parent, ast.Module):
                block[at : at + 1] = inner
                return True
    return False


def _put(tree: ast.Module, old: ast.expr, new: ast.expr) -> bool:
    types = {id(n) for a in ast.walk(tree) if isinstance(a, ast.arg) for n in ast.walk(a)}
    for parent in ast.walk(tree):
        if id(parent) in types:
            continue
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
                return True
            if isinstance(value, list) and old in value:
                value[value.index(old)] = new
                return True
    return False


def _report(seed: int, source: str, found: Finding) -> None:
    print(f"--- seed {seed}: {found.level}: {found.kind}\n{found.detail}\n{source}", flush=True)


def campaign(seconds: float, seed: int, backends: tuple[str, ...]) -> tuple[Counts, int]:
    """Run programs of consecutive seeds until the time is over; the counts and the failures."""
    counts, failures = Counts(), 0
    seen: set[tuple[str, str]] = set()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        source = draw_source(seed)
        used = backends
        if "numba" in backends and seed % COMPILED_EVERY == 0:
            used = (*backends, "numba-compiled")
        found = _in_time(source, seed, used, counts)
        if found is not None:
            failures += 1
            if found.key not in seen:
                seen.add(found.key)
                small = shrunk(source, seed, used, found)
                _report(seed, small, _in_time(small, seed, used, Counts()) or found)
        seed += 1
    return counts, failures


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--backends", default="numpy,numba")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    counts, failures = campaign(given.seconds, given.seed, tuple(given.backends.split(",")))
    print(
        f"{counts.programs} programs, {counts.declined} declined {counts.codes}; {counts.calls} calls, "
        f"{counts.spurious} gave up where CPython returns; {failures} failures"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
