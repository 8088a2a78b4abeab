"""A cheap syntactic test: may lowering have a chance with this statement?

It looks at node kinds and at who is called, never at types; a yes means little, a no spares the work.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from loopwright.frontend.callables import may_hold_function
from loopwright.frontend.classes import class_at, find_method, obstacle
from loopwright.frontend.contexts import (
    FILTERS,
    MANAGERS,
    as_filter,
    catches_warnings,
    managers,
)
from loopwright.frontend.names import (
    bound_names,
    calls,
    calls_itself,
    chain_of,
    children,
    declared_elsewhere,
    walk_scope,
)
from loopwright.frontend.operator_names import OPERATORS
from loopwright.frontend.raising import branches_left, is_of_table
from loopwright.frontend.region import Module
from loopwright.frontend.scipy_names import NAMES as DISTANCES
from loopwright.frontend.scipy_names import SCIPY_LINALG, SCIPY_NORM
from loopwright.frontend.scopes import Site, class_meant, kind_of_name, module_names
from loopwright.frontend.streams import METHODS as DRAWS
from loopwright.frontend.streams import drawing
from loopwright.ir.intrinsics import ALL, is_special

BUILTINS = frozenset(
    """abs all any bool callable complex dict divmod enumerate filter float hasattr int isinstance iter len
    list map max min ord pow range reversed round set slice sorted sum tuple zip""".split()  # noqa: SIM905
)
REDUCTIONS = frozenset(
    """argmax argmin clip cumprod cumsum dot max mean min prod std sum trace transpose
    var""".split()  # noqa: SIM905
)
METHODS = REDUCTIONS | frozenset(
    """all any argsort astype conj conjugate copy diagonal fill flatten item nonzero ravel repeat reshape
    round searchsorted sort squeeze swapaxes take tolist
    add append appendleft clear count extend get index insert is_integer bit_length items keys pop popleft
    reverse setdefault values
    beta binomial chisquare choice exponential gamma geometric integers laplace logistic lognormal normal
    pareto permutation poisson power random rayleigh shuffle standard_cauchy standard_exponential
    standard_gamma standard_normal standard_t triangular uniform weibull""".split()  # noqa: SIM905
).union(*DRAWS.values())
_NUMERIC = ("numpy", "math", "heapq", "bisect", "collections", "itertools")
_SPECIAL = (
    frozenset(f"scipy.{row.name}" for row in ALL if is_special(row.name))
    | {f"scipy.special.{name}" for name in ("comb", "digamma", "logsumexp", "softmax")}
    | {f"scipy.spatial.distance.{name}" for name in DISTANCES}
    | {f"scipy.linalg.{name}" for name in SCIPY_LINALG}
    | {f"scipy.stats.norm.{name}" for name in SCIPY_NORM}
    | {f"operator.{name}" for name in OPERATORS}
    | {
        "functools.reduce",
        "operator.itemgetter",
        "scipy.sparse.issparse",
        "scipy.sparse.isspmatrix",
        "scipy.stats.rankdata",
    }
)
_EFFECTS = (
    "numpy.random.",
    "numpy.load",
    "numpy.save",
    "numpy.loadtxt",
    "numpy.savetxt",
    "numpy.testing.",
    "collections.abc.",
)
_ASSERTIONS = frozenset(
    f"numpy.testing.assert_{name}" for name in ("allclose", "almost_equal", "array_almost_equal")
)
"""Only the message, an argument by keyword, may be made of what lowering declines elsewhere."""
_FORBIDDEN = (
    ast.TryStar, ast.AsyncWith, ast.AsyncFor, ast.AsyncFunctionDef, ast.ClassDef,
    ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Match,
    ast.Await, ast.Yield, ast.YieldFrom,
)  # fmt: skip
_ARRAY_OPERATORS = (ast.BinOp, ast.UnaryOp, ast.Compare)
LOOPS = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp)
ALLOCATORS = frozenset(
    f"numpy.{n}{like}" for n in ("empty", "zeros", "ones", "full") for like in ("", "_like")
) | {"numpy.array", "numpy.arange", "numpy.linspace", "numpy.eye", "numpy.identity"}


class Coverable:
    """The test for the statements of one function."""

    def __init__(self, module: Module, site: Site) -> None:
        self._module = module
        self._site = site
        self._obstacles: dict[tuple[ast.stmt, bool], ast.AST | None] = {}
        # names that other functions may rebind at any call
        self._shared = declared_elsewhere(site.node) | frozenset(
            name
            for inner in walk_scope(site.node)
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            for part in ast.walk(inner)
            if isinstance(part, ast.Nonlocal)
            for name in part.names
        )

    def obstacle(self, stmt: ast.stmt, returns: bool = False) -> ast.AST | None:
        """The first node that lowering surely declines, or None. `returns` permits `return`."""
        if (stmt, returns) not in self._obstacles:
            self._obstacles[stmt, returns] = self._obstacle(stmt, returns)
        return self._obstacles[stmt, returns]

    def _obstacle(self, stmt: ast.stmt, returns: bool) -> ast.AST | None:
        for jump in _escapes(stmt, returns):
            return jump
        if self._shared & frozenset(bound_names(stmt)):
            return stmt
        return self._visit(stmt)

    def _visit(self, node: ast.AST) -> ast.AST | None:
        if isinstance(node, _FORBIDDEN):
            return node
        match node:
            case ast.Delete(targets) if not all(isinstance(t, ast.Subscript) for t in targets):
                return node
            case ast.Raise() | ast.Assert(test=ast.Constant()):
                return None
            case ast.If(test, body, orelse):
                left, other = branches_left(node)
                return self._first([test, *([] if left else body), *([] if other else orelse)])
            case ast.IfExp(test, _, orelse) if is_of_table(test):
                return self._first([test, orelse])
            case ast.Assert(test):
                return self._visit(test)
            case ast.Try(body, _, orelse, finalbody):
                if catches_warnings(node):
                    return node
                return self._first([*body, *orelse, *finalbody])
            case ast.With(_, body):
                return self._first(body) if self._is_quiet(node) else node
            case ast.Expr() if self._is(as_filter(node), FILTERS):
                return None
            case ast.JoinedStr():
                return node
            case ast.Call() if self._assertion(node.func):
                return self._first(node.args)
            case ast.Call() if not self._callable(node.func):
                return node
            case ast.AnnAssign(target, _, value):
                return self._visit(target) or (self._visit(value) if value else None)
            case ast.FunctionDef():
                if node.decorator_list:
                    return node
                return self._first(node.body)
            case ast.arguments():
                return None
        return self._first(children(node))

    def _first(self, nodes: Iterable[ast.AST]) -> ast.AST | None:
        return next((o for n in nodes if (o := self._visit(n))), None)

    def _callable(self, func: ast.expr) -> bool:
        if isinstance(func, ast.Subscript):  # a table of functions
            return self._callable(func.value)
        chain = chain_of(func)
        if chain is None:
            return isinstance(func, ast.Attribute) and func.attr in METHODS
        kind = kind_of_name(self._module, self._site, chain.root)
        if may_hold_function(self._module, self._site, chain):
            return True
        if not chain.steps:
            match kind:
                case "import":
                    return self._numeric(func)
                case "builtin":
                    return chain.root in BUILTINS
                case "class":
                    made = module_names(self._module).classes.get(chain.root)
                    return made is not None and obstacle(self._module, made) is None
                case _:
                    return kind == "function"
        last = chain.steps[-1][1]
        if chain.steps[-1][0] != "attr":
            return False
        if kind == "import":
            return self._numeric(func)
        owner = class_meant(self._module, self._site, chain.root)
        if owner is not None or kind == "class":
            found = None if owner is None else find_method(self._module, owner, str(last))
            return found is not None and len(chain.steps) == 1
        base = class_at(self._module, self._site, chain.root, chain.steps[:-1])
        if base is not None:
            if find_method(self._module, base, str(last)) is not None:
                return True
            if len(chain.steps) == 1:
                return False
        return last in METHODS

    def _is_quiet(self, stmt: ast.With) -> bool:
        made = managers(stmt)
        return made is not None and all(self._is(m.func, MANAGERS) for m in made)

    def _is(self, func: ast.expr | None, names: frozenset[str]) -> bool:
        return func is not None and resolve(self._module, self._site, func) in names

    def _assertion(self, func: ast.expr) -> bool:
        return resolve(self._module, self._site, func) in _ASSERTIONS

    def _numeric(self, func: ast.expr) -> bool:
        name = resolve(self._module, self._site, func)
        if name is None:
            return False
        numeric = name.split(".")[0] in _NUMERIC and not name.startswith(_EFFECTS)
        return numeric or name in _SPECIAL or drawing(name) is not None

    def is_allocation(self, stmt: ast.stmt) -> bool:
        """`x = np.zeros(...)` and its kin, `x = []`, `x = [c] * n`: makes a fresh object and no more."""
        if not (
            isinstance(stmt, ast.Assign) and all(isinstance(t, ast.Name) for t in stmt.targets)
        ):
            return False
        match stmt.value:
            case ast.Call(func):
                return resolve(self._module, self._site, func) in ALLOCATORS
            case ast.List(elts):
                return all(isinstance(e, ast.Constant) for e in elts)
            case ast.BinOp(ast.List(), ast.Mult(), _):
                return True
            case ast.ListComp(ast.BinOp(ast.List(), ast.Mult(), _)):
                return True
            case _:
                return False

    def weight(self, stmt: ast.stmt) -> int:
        """How much array work a statement shows: operators on names and NumPy calls that compute."""
        return sum(self._weighs(part) for part in ast.walk(stmt))

    def _weighs(self, part: ast.AST) -> bool:
        if isinstance(part, _ARRAY_OPERATORS):
            return any(isinstance(n, ast.Name) for n in ast.walk(part))
        return isinstance(part, ast.AugAssign) or self._computes(part)

    def _computes(self, part: ast.AST) -> bool:
        """A call of a NumPy function, other than to make an array."""
        if not isinstance(part, ast.Call):
            return False
        name = resolve(self._module, self._site, part.func)
        return name is not None and name.startswith("numpy.") and name not in ALLOCATORS

    def has_arrays(self, stmt: ast.stmt) -> bool:
        """True if whole arrays show: NumPy calls, `@`, slices, reductions as methods."""
        return any(
            self._computes(part)
            or isinstance(part, ast.Slice | ast.MatMult)
            or (
                isinstance(part, ast.Call)
                and isinstance(part.func, ast.Attribute)
                and part.func.attr in REDUCTIONS
                and resolve(self._module, self._site, part.func) is None
            )
            for part in ast.walk(stmt)
        )


def has_loop(node: ast.AST) -> bool:
    """True if `node` iterates: a loop statement, a comprehension, or a function of NumPy that calls another
    for each row; nested functions left out."""
    if isinstance(node, LOOPS):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "apply_along_axis":
            return True
    if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef | ast.AsyncFunctionDef):
        return False
    return any(has_loop(child) for child in children(node))


def repeats(function: ast.FunctionDef) -> bool:
    """True if a function iterates or calls itself, or a function does that it defines and calls."""
    if calls_itself(function) or any(has_loop(s) for s in function.body):
        return True
    return any(
        isinstance(part, ast.FunctionDef)
        and part is not function
        and any(calls(own, part.name) for own in walk_scope(function) if isinstance(own, ast.Call))
        and repeats(part)
        for part in walk_scope(function)
    )


def resolve(module: Module, site: Site, func: ast.expr) -> str | None:
    """The dotted name of an imported thing: `np.linalg.norm` -> `numpy.linalg.norm`; None if not imported."""
    chain = chain_of(func)
    if chain is None or any(kind != "attr" for kind, _ in chain.steps):
        return None
    if kind_of_name(module, site, chain.root) != "import":
        return None
    origin = module_names(module).imports.get(chain.root)
    if origin is None:
        return None
    return ".".join([origin, *(str(key) for _, key in chain.steps)])


def _escapes(stmt: ast.AST, returns: bool, loops: int = 0) -> Iterator[ast.AST]:
    """Jumps that leave `stmt`: `return`, and `break` or `continue` of a loop around it."""
    match stmt:
        case ast.Return():
            if not returns:
                yield stmt
        case ast.Break() | ast.Continue():
            if loops == 0:
                yield stmt
        case (
            ast.FunctionDef() | ast.Lambda() | ast.ClassDef() | ast.AsyncFunctionDef() | ast.expr()
        ):
            return
        case ast.For() | ast.While():
            for child in stmt.body:
                yield from _escapes(child, returns, loops + 1)
            for child in stmt.orelse:
                yield from _escapes(child, returns, loops)
        case _:
            for part in children(stmt):
                yield from _escapes(part, returns, loops)
