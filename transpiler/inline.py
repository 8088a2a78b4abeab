"""`--style inline`: array code that may stand in the place of the loop, without guard and without fallback.

Legality: the types come from annotations alone and leave no choice of dtype or rank; the region reads
nothing but parameters of its function, writes to none, and cannot raise; and the array code, every test
taken out of it, is proved equal to the original for all values of those types, in any layout and sharing
memory as they like. The refusal is LW403 and says which of this does not hold.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from loopwright.candidates import Refused
from loopwright.claims import is_plain
from loopwright.diagnostics import NOWHERE, Declined
from loopwright.emit.numpy import Ending, in_place
from loopwright.frontend.names import bound_names
from loopwright.frontend.region import Lowered, Region
from loopwright.ir.nodes import (
    Assign,
    Check,
    Fail,
    For,
    Pack,
    Program,
    Rebuild,
    Return,
    Stmt,
    Store,
    Value,
    While,
)
from loopwright.ir.text import BUILTINS
from loopwright.ir.types import BOOL, COMPLEX, FLOAT, INT, Array, Num, Py, Type
from loopwright.ir.walk import Body, map_stmts, walk_stmts
from loopwright.pipeline import Candidate
from loopwright.signatures import Signature, annotated
from loopwright.verify.annotations import kind_of
from loopwright.verify.claim import covers, lengths_of
from loopwright.verify.kinds import Kind, PyNumber
from loopwright.verify.prove.prover import prove_equal
from loopwright.verify.scope import scope_of
from loopwright.workload.store import RegionRecord

PROOF_SECONDS = 5.0
CODE = "LW403"
RANK = 'an annotation of dtype and rank, such as `Float64[np.ndarray, "n m"]` of jaxtyping'


def promised(region: Region, seen: RegionRecord | None) -> Signature | Declined:
    """The one signature that the annotations promise, with what a recording has of its values."""
    found = annotated(region)
    if isinstance(found, Declined):
        return found
    kinds = _kinds(region)
    if isinstance(kinds, Declined):
        return kinds
    types: dict[str, Type] = {}
    for live in region.live_ins:
        kind = kinds[live.path]
        fitting = {_any_layout(t) for s in found if covers(kind, t := s.types[live.name])}
        if len(fitting) != 1:
            why = f"the annotation of `{live.path}` leaves a choice of types"
            return replace(_no(region, why), unlocks=RANK)
        types[live.name] = fitting.pop()
    samples = [] if seen is None else [s for one in seen.signatures for s in one.samples]
    return Signature(types, samples=tuple(s for s in samples if s.keys() >= types.keys()))


def _any_layout(t: Type) -> Type:
    return replace(t, layout="A") if isinstance(t, Array) else t


def _kinds(region: Region) -> dict[str, Kind] | Declined:
    """What is promised of each live-in, by path."""
    function, module = region.function, region.module
    a = function.args
    plain = [*a.posonlyargs, *a.args]
    defaults = [*[None] * (len(plain) - len(a.defaults)), *a.defaults]
    pairs = [
        *zip(plain, defaults, strict=True),
        *zip(a.kwonlyargs, a.kw_defaults, strict=True),
    ]
    given = {arg.arg: (arg.annotation, default) for arg, default in pairs}
    rebound = {name for s in function.body if s not in region.statements for name in bound_names(s)}
    scope = scope_of(module.tree, module.path)
    found: dict[str, Kind] = {}
    for live in region.live_ins:
        annotation, default = given.get(live.path, (None, None))
        kind = None if annotation is None else kind_of(annotation, scope)
        if kind is None or live.path in rebound:
            return _no(region, f"no annotation of a parameter tells what `{live.path}` is here")
        if default is not None and not _is_of(default, kind):
            return _no(region, f"the default of `{live.path}` is not what its annotation promises")
        found[live.path] = kind
    return found


def _is_of(default: ast.expr, kind: Kind) -> bool:
    match default, kind:
        case ast.Constant(value=float() | bool() as value), PyNumber(name):
            return type(value).__name__ == name
        case _:
            return False


def _no(region: Region, why: str) -> Declined:
    return Declined(region.span, CODE, why)


def inline_forms(
    lowered: Lowered, made: Sequence[Candidate | Refused]
) -> list[Candidate | Refused]:
    """The variants of NumPy code that are proved, and why the others are not."""
    found: list[Candidate | Refused] = []
    for each in made:
        why = None if isinstance(each, Refused) else _doubt(lowered, each.program)
        found.append(each if why is None else Refused(each.recipe, why))
    return found


def _doubt(lowered: Lowered, program: Program) -> Declined | None:
    """Why the array code `program` may not take the place of the region."""
    region = lowered.region
    if not is_plain(lowered):
        return _no(region, "more than the arguments of the function decides what it does")
    kinds = _kinds(region)
    assert not isinstance(kinds, Declined)
    lengths = lengths_of([kinds[param.path] for param in lowered.domain.params])
    # that nothing happens which the tests look for is part of the proof of the code without them
    bare = without_tests(program)
    proof = prove_equal(lowered.program, bare, lowered.domain, lengths, seconds=PROOF_SECONDS)
    if isinstance(proof, str):
        return _no(region, f"the rewrite is not proved: {proof}")
    rows = rows_of(lowered, bare, columns=0)
    return rows if isinstance(rows, Declined) else None


def without_tests(program: Program) -> Program:
    """The program without its checks, and without the places that comments would tell."""
    return replace(program, main=replace(program.main, body=map_stmts(program.main.body, _bare)))


def _bare(stmt: Stmt) -> tuple[Stmt, ...]:
    match stmt:
        case Check():
            return ()
        case Assign() | Store() | For() | While() | Fail():
            return (replace(stmt, span=NOWHERE),)
        case _:
            return (stmt,)


def rows_of(lowered: Lowered, program: Program, columns: int) -> list[str] | Declined:
    """The rows that stand for the statements of the region, to be indented by so many `columns`."""
    results = _results(lowered.program.rebuild)
    region = lowered.region
    if results is None:
        return _no(region, "its results are more than arrays and numbers")

    def ending(values: Sequence[str]) -> list[str]:
        shown = [_as_python(values[r.at], r.type) for r in results]
        if region.form == "body":
            single = isinstance(lowered.program.rebuild, Pack) and len(shown) == 1
            return [f"return ({shown[0]},)" if single else f"return {', '.join(shown)}"]
        pairs = [(t, v) for t, v in zip(region.live_outs, shown, strict=True) if t != v]
        if not pairs:
            return []
        return [f"{', '.join(t for t, _ in pairs)} = {', '.join(v for _, v in pairs)}"]

    return _rows(lowered, program, ending, columns)


def _rows(lowered: Lowered, program: Program, ending: Ending, columns: int) -> list[str] | Declined:
    region = lowered.region
    own = {name for stmt in region.statements for name in bound_names(stmt)}
    taken = set(re.findall(r"\w+", region.module.text)) - own
    params = [param.path for param in lowered.domain.params]
    if region.form == "block" and not _ends_once(program.main.body):
        return _no(region, "the array code ends in several places")
    rows = in_place(program, params, taken, ending, columns)
    if isinstance(rows, Declined):
        return replace(rows, at=region.span)
    missing = _missing(region, rows)
    if missing is not None:
        return _no(region, f"`{missing}` has another meaning in this file, or none")
    return rows


def _ends_once(body: Body) -> bool:
    returns = [stmt for stmt in walk_stmts(body) if isinstance(stmt, Return)]
    return returns == [body[-1]]


_MODULES = {"np": "numpy", "math": "math"}


def _missing(region: Region, rows: Sequence[str]) -> str | None:
    """A global name that the rows use and that does not mean there what it means in kernels."""
    tree = ast.parse("def f():\n" + "".join(f"    {row}\n" for row in rows))
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} & BUILTINS
    bound = list(_bound_anywhere(region.module.tree))
    for name in sorted(used):
        if bound.count(name) != (name in _MODULES) or not _imports(region, name):
            return name
    return None


def _bound_anywhere(tree: ast.AST) -> Iterator[str]:
    """Every binding of a name in a file, of whatever scope."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(name, ast.Store() | ast.Del()) | ast.arg(name):
                yield name
            case ast.alias(name, other):
                yield other or name
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar() if node.name is not None:
                yield node.name


def _imports(region: Region, name: str) -> bool:
    """A builtin; or the file imports the module that the name stands for."""
    if name not in _MODULES:
        return True
    return any(
        isinstance(stmt, ast.Import)
        and any((a.name, a.asname or a.name) == (_MODULES[name], name) for a in stmt.names)
        for stmt in region.module.tree.body
    )


def _results(rebuild: Rebuild) -> tuple[Value, ...] | None:
    """The results as they follow each other; None if any is more than an array or a number."""
    parts = rebuild.items if isinstance(rebuild, Pack) else (rebuild,)
    found = [
        item
        for item in parts
        if isinstance(item, Value)
        and (isinstance(item.type, (Array, Num)) or item.type in (INT, FLOAT, BOOL, COMPLEX))
    ]
    return tuple(found) if len(found) == len(parts) else None


def _as_python(text: str, t: Type) -> str:
    """A machine value as the object that the original makes."""
    match t:
        case Py(name):
            return text if text.isdigit() else f"{name}({text})"
        case Num(dtype):
            return f"np.{dtype}({text})"
        case _:
            return text
