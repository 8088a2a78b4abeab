"""The state of lowering one function: the variables, the statements emitted so far, fresh symbols.

Everything else in `lower_*` is functions over a `Scope`. Nothing is looked up by a global table: a
scope carries the expression and statement translators in `unit.rules`, so that the modules that hold
them need not import each other.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, NoReturn, TypeAlias

from loopwright.diagnostics import NOWHERE, CannotLower, Declined, Span
from loopwright.frontend.lower_live import Liveness
from loopwright.frontend.lower_values import Closure, Entry, Env, Klass, Number, Value
from loopwright.frontend.region import CallableUse, ClassUse, MethodUse, Module
from loopwright.frontend.scopes import Site
from loopwright.ir.nodes import Assign, Check, Const, Expr, Fail, Func, Stmt, Sym, Var
from loopwright.ir.types import Type

SORTED = "run over `sorted(...)` of it"
GROWN_BEHIND = "let it grow behind the loop"
"""Advice that several refusals give."""


class Again(Exception):
    """A function must be lowered anew: something was learnt that its start state depends on.

    `scope` is that function; None if a list got wider columns, which concerns all that hold the list.
    """

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__("lower again")
        self.scope = scope


class Unreachable(Exception):
    """The code being lowered certainly fails here; the statement that holds it becomes a Fail."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


def _identifier(name: str) -> str:
    """The printed name of a variable: without the mark of a hidden one, dots as underscores."""
    shown = "".join(c if c.isalnum() or c == "_" else " " for c in name.split("#")[0])
    return "_".join(shown.split()) or "t"


def span_of(node: ast.AST) -> Span:
    """The place of a node; synthetic nodes have none."""
    if not hasattr(node, "lineno"):
        return NOWHERE
    assert isinstance(node, (ast.expr, ast.stmt, ast.arg, ast.keyword, ast.alias))
    return Span(
        node.lineno,
        node.col_offset,
        node.end_lineno or node.lineno,
        node.end_col_offset or node.col_offset,
    )


def decline(node: ast.AST, code: str, why: str, unlocks: str | None = None) -> NoReturn:
    """Refuse the region because of `node`."""
    raise CannotLower(Declined(span_of(node), code, why, unlocks))


def told_here(refused: CannotLower, node: ast.AST) -> CannotLower:
    """A refusal within a function of another file, told of the place of the call."""
    why = refused.declined
    told = f"in a function of another file: {why.why}"
    declined = Declined(span_of(node), why.code, told, why.unlocks)
    return CannotLower(declined, refused.needs, refused.branch)


@dataclass(slots=True)
class Sites:
    """The element types of lists, one for each allocation site; sites that meet share one.

    A list's elements may differ in type (`[0.0] * n`, then a np.float64 is stored): the template holds
    the union, which is found by lowering again until nothing widens.
    """

    elements: list[Value | None] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    frozen: list[bool] = field(default_factory=list)
    keys: dict[object, int] = field(default_factory=dict)
    version: int = 0

    def site(self, key: object, element: Value | None = None, *, frozen: bool = False) -> int:
        """The site of that key; made with that element type at the first call."""
        if key not in self.keys:
            self.keys[key] = len(self.parent)
            self.parent.append(len(self.parent))
            self.elements.append(element)
            self.frozen.append(frozen)
        return self.find(self.keys[key])

    def find(self, site: int) -> int:
        while self.parent[site] != site:
            site = self.parent[site]
        return site

    def element(self, site: int) -> Value | None:
        return self.elements[self.find(site)]

    def within(self, site: int, others: set[int]) -> bool:
        """Whether the site is one of the others, or met one."""
        return any(self.find(other) == self.find(site) for other in others)


@dataclass(slots=True)
class Rules:
    """The translators, filled in by `lower_func`."""

    expr: Callable[[Scope, ast.expr], Value]
    condition: Callable[[Scope, ast.expr], Expr]
    body: Callable[[Scope, Sequence[ast.stmt]], None]
    function: Callable[..., object]
    # whether a node calls a generator function; and to run one
    is_generated: Callable[[Scope, ast.expr], bool]
    generated: Callable[[Scope, ast.expr, Callable[[Value], None]], None]


@dataclass(frozen=True, slots=True, eq=False)
class Active:
    """A call whose function is being lowered: with which arguments, and where."""

    callee: Closure
    given: list[Value]
    scope: Scope


ArrayForm: TypeAlias = Literal["numbers", "rows", "columns"]


@dataclass(slots=True)
class Unit:
    """What the functions of one program share."""

    rules: Rules
    tree: ast.Module
    module_names: Mapping[str, Value]
    owner: ast.ClassDef | None
    self_path: str
    paths: tuple[str, ...]
    stores: tuple[str, ...]
    module: Module
    site: Site
    methods: dict[MethodUse, None] = field(default_factory=dict)
    classes: dict[Klass, ClassUse] = field(default_factory=dict)
    assumed: set[tuple[str, str]] = field(default_factory=set)
    # functions of modules that draw from their module's stream, by that module
    drawn: dict[str, set[str]] = field(default_factory=dict)
    # functions that live-ins hold, by the key in the state; those that were used, and all live-ins that were
    targets: Mapping[str, CallableUse] = field(default_factory=dict)
    callables: dict[CallableUse, None] = field(default_factory=dict)
    # the classes of objects that are called, by path, where a recording tells them
    seen: dict[str, ast.ClassDef] = field(default_factory=dict)
    # why functions that live-ins hold cannot be taken along, by path
    unfit: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    # entries and attributes that are read of the dicts and objects of lists
    fields: set[str] = field(default_factory=set)
    scopes: list[Scope] = field(default_factory=list)
    idents: dict[object, int] = field(default_factory=dict)
    sites: Sites = field(default_factory=Sites)
    row_sites: set[int] = field(default_factory=set)
    # lists of arrays (`lower_listed`): storage that is changed in place, storage that lists hold; and the
    # sites of lists whose arrays give way to others, and of those that may hold arrays of other variables
    # (`borrowed`: the keys of their origins)
    changed: set[object] = field(default_factory=set)
    listed: set[object] = field(default_factory=set)
    replaced: set[int] = field(default_factory=set)
    borrowing: set[int] = field(default_factory=set)
    borrowed: set[object] = field(default_factory=set)
    # how lists of lists and arrays are held (`lower_rows`): the sites of those whose rows are joined though
    # one length would do, and the first form for lists of arrays that is tried
    ragged: set[int] = field(default_factory=set)
    # lists whose rows grow, by the site of the joined rows: the calls that let them grow
    grown_rows: dict[int, dict[ast.AST, None]] = field(default_factory=dict)
    # live-ins that stay what they are; the keys in the state of those that are known numbers
    constant: set[Sym] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    exact_lists: bool = False  # as in `Lowered`
    any_order: bool = False  # the order of the items of a set may be another one than in Python
    arrays_by: ArrayForm = "numbers"
    helpers: dict[object, list[object]] = field(default_factory=dict)
    functions: list[Func] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    active: list[Active] = field(default_factory=list)
    inlined: list[str] = field(default_factory=list)
    # those of them that need not be functions of the program: their statements stand in others
    run_here: set[str] = field(default_factory=set)
    # sides of branches that are left to the original, since they cannot be lowered
    leaves: frozenset[object] = frozenset()
    # calls and comprehensions that stand for a call, or for a part of it
    plain_calls: dict[object, ast.Call] = field(default_factory=dict)
    synthetic: dict[ast.Call, ast.ListComp | ast.GeneratorExp] = field(default_factory=dict)
    got: dict[ast.Call, ast.expr] = field(default_factory=dict)
    asked: dict[ast.If, ast.Assign] = field(default_factory=dict)
    # statements of generators, with names of their own, for each call; and those generators that are run
    generated: dict[object, tuple[list[ast.stmt], dict[str, str], dict[str, str]]] = field(
        default_factory=dict
    )
    yielding: list[ast.FunctionDef] = field(default_factory=list)
    # storage of lists that get longer; and of complex arrays of which a part is used
    lengthened: set[object] = field(default_factory=set)
    parted: set[object] = field(default_factory=set)
    # branches whose sides have the statements behind them each for itself
    split: set[ast.If] = field(default_factory=set)
    # loops over lists that may get longer meanwhile, by another name
    watched_loops: set[ast.AST] = field(default_factory=set)
    # Python that stands for a call, in the words of the compiler
    written: dict[tuple[ast.Call, str], ast.expr] = field(default_factory=dict)
    main: Scope | None = None
    # lists that are live-ins, by the key in the state; and those of them that the function copies
    lists: dict[str, int] = field(default_factory=dict)
    grown: set[str] = field(default_factory=set)
    rebound: frozenset[str] = frozenset()
    blank: Scope = field(init=False)

    def __post_init__(self) -> None:
        self.blank = Scope(self, None, None)

    def of_rows(self, site: int) -> bool:
        """Whether lists of that site may be rows of a list that kernels get joined, as a copy."""
        return self.sites.within(site, self.row_sites)

    def rely_on(self, callee: Closure) -> None:
        """Have a guard see to it that a function of the module is the one that was compiled, although
        nothing calls it as a function of its own."""
        if callee.depth < 0 and not callee.library:
            if callee.name not in self.inlined:
                self.inlined.append(callee.name)
            self.run_here.add(callee.name)

    def unique(self, name: str) -> str:
        """A function name that the program does not have yet."""
        chosen, n = name, 1
        while chosen in self.names:
            n += 1
            chosen = f"{name}_{n}"
        self.names.add(chosen)
        return chosen


@dataclass(slots=True)
class Frame:
    """A loop being lowered: the states to agree on at its head and at its exit (None: not known)."""

    head: Env
    exit: Env | None
    continues: list[Env] = field(default_factory=list)
    breaks: list[Env] = field(default_factory=list)


@dataclass(slots=True)
class Memo:
    head: Env | None = None
    exit: Env | None = None


class Scope:
    """One function being lowered. `env` is None where control cannot come.

    `outer` is the function around it in the text, `caller` the one whose call it is lowered for;
    `depth` is the number of the scope. `locals` are the names that belong to the function, `bound` those
    that the code being lowered binds. `library` are the global names of a function of ours, or of another
    module; `fixed` names of scopes around the function that are not compiled.
    """

    def __init__(
        self, unit: Unit, outer: Scope | None, caller: Scope | None, depth: int | None = None
    ) -> None:
        self.unit = unit
        self.outer = outer
        self.caller = caller
        self.depth = len(unit.scopes) if depth is None else depth
        if depth is None:
            unit.scopes.append(self)
        else:
            unit.scopes[depth] = self
        self.returns = True
        self.library: Mapping[str, Value] | None = None if outer is None else outer.library
        self.fixed: Mapping[str, Value] = {}
        self.locals: frozenset[str] = frozenset()
        self.bound: frozenset[str] = frozenset()
        self.liveness = Liveness()
        self.aliased: frozenset[str] = frozenset()
        self.appended: frozenset[str] = frozenset()
        self.shrinking: frozenset[str] = frozenset()
        self.syms: dict[tuple[str, Type], Sym] = {}
        self.hidden: set[Sym] = set()
        self.comprehending = 0
        self.markers: set[Sym] = set()
        # learnt from one lowering for the next
        self.captures: dict[str, Value] = {}
        self.stores: dict[str, None] = {}
        self.made: dict[str, ast.ClassDef] = {}
        self.result: Value | None = None
        # a function that calls itself has a parameter for the number of its calls that are under way
        self.name = ""
        self.calls: Sym | None = None
        self.array_sums: set[ast.AST] = set()
        # comprehensions as `at_once` below that change something meanwhile
        self.watched: set[ast.expr] = set()
        self.restart()

    def restart(self) -> None:
        """Forget the statements and the state, for another lowering of the same body."""
        self.env: Env | None = {}
        self.out: list[Stmt] = []
        self.frames: list[Frame] = []
        self.memos: dict[object, Memo] = {}
        # which of several copies of the text is being lowered
        self.copy: tuple[object, ...] = ()
        self.renamed: dict[str, str] = {}
        self.counter = 0
        self.operands: set[ast.expr] = set()
        # calls whose value is put into an array at once
        self.elements: set[ast.expr] = set()
        # comprehensions that only a function sees which makes an array of them
        self.at_once: set[ast.expr] = set()
        self.span: Span = NOWHERE
        # what may be read behind the present statement
        self.live_after: frozenset[str] = frozenset()
        # storage of variables that the present statement has put into lists
        self.given: set[object] = set()
        self.returned: list[Value] = []
        # what takes the items of the generators whose statements are being lowered
        self.yields: list[Callable[[Value], None]] = []
        # the body of the loop that is being made stands elsewhere in the text; and it may hold a `continue`
        self.elsewhere = False
        self.jumping = False
        # lists that loops run over, with the lengths that they had at the start, if that matters
        self.running: tuple[tuple[Value, Expr | None, ast.AST], ...] = ()
        # the indexes of dicts that the present expression runs over
        self.iterated: frozenset[Sym] = frozenset()

    # -------------------------------------------------------------- symbols

    def sym(self, name: str, t: Type, *, marker: bool = False) -> Sym:
        """The symbol of variable `name` at machine type `t`.

        A marker (the tag or the flag of a variable) may be dropped if nothing reads it.
        """
        key = (name, t)
        if key not in self.syms:
            self.syms[key] = Sym(_identifier(name), t)
            if "#" in name:
                self.hidden.add(self.syms[key])
            if marker:
                self.markers.add(self.syms[key])
        return self.syms[key]

    def fresh(self, hint: str) -> str:
        """A variable name that no source text contains; the same in each repeated lowering."""
        self.counter += 1
        return f"{hint}#{self.counter}"

    # ----------------------------------------------------------- statements

    def emit(self, stmt: Stmt) -> None:
        self.out.append(stmt)

    def set(self, sym: Sym, value: Expr) -> None:
        if not (isinstance(value, Var) and value.sym is sym):
            self.emit(Assign(sym, value, self.span))

    def hold(self, expr: Expr, hint: str = "t") -> Expr:
        """The value of `expr` now, in a fresh variable unless it is a constant."""
        if isinstance(expr, Const):
            return expr
        sym = self.sym(self.fresh(hint), expr.type)
        self.set(sym, expr)
        return Var(sym)

    def check(self, cond: Expr, reason: str) -> None:
        """Fail unless `cond`."""
        if not (isinstance(cond, Const) and cond.value is True):
            self.emit(Check(cond, reason, self.span))

    def stop(self, reason: str) -> None:
        """Control does not come past here: the original raises, or the kernel does not know."""
        self.emit(Fail(reason, self.span))
        self.env = None

    @contextmanager
    def copied(self, which: object) -> Iterator[None]:
        """What is lowered inside is one copy of text that stands at several places: loops in it have
        states of their own."""
        before, self.copy = self.copy, (*self.copy, which)
        try:
            yield
        finally:
            self.copy = before

    @contextmanager
    def apart(self, elsewhere: bool, jumping: bool) -> Iterator[None]:
        """Whether loops made inside have a body that stands elsewhere, and whether that may `continue`."""
        before = self.elsewhere, self.jumping
        self.elsewhere, self.jumping = elsewhere, jumping
        try:
            yield
        finally:
            self.elsewhere, self.jumping = before

    @contextmanager
    def block(self) -> Iterator[list[Stmt]]:
        """Statements emitted inside go to the list that is yielded."""
        outer, self.out = self.out, []
        try:
            yield self.out
        finally:
            self.out = outer

    def at(self, node: ast.AST) -> Span:
        """Make `node` the place of what is emitted next."""
        if hasattr(node, "lineno"):
            self.span = span_of(node)
        return self.span

    # ------------------------------------------------------------ shortcuts

    def eval(self, node: ast.expr) -> Value:
        return self.unit.rules.expr(self, node)

    def number(self, node: ast.expr) -> Number:
        """The value of `node`, which must be a number."""
        value = self.eval(node)
        if not isinstance(value, Number):
            decline(node, "LW103", "a number is needed here")
        return value

    @property
    def live(self) -> Env:
        """The variables, where control comes."""
        assert self.env is not None
        return self.env

    def bind(self, name: str, value: Value) -> None:
        """Set a variable that is canonical already."""
        self.live[name] = Entry(value)
