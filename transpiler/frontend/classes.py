"""Classes of the module: which class the object at a chain has, and what its body defines.

The class of an object is a hypothesis. Where it comes from a constructor's call or an annotation it is
likely, where it comes from the names of the methods that are called it is a guess; the guard of a kernel
tests at run time that each method is the one that was compiled, so that a wrong guess costs speed only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from loopwright.frontend.homes import home_of, is_foreign
from loopwright.frontend.linked import classes_at_hand, imported_class
from loopwright.frontend.names import (
    Chain,
    assigned_pairs,
    bound_names,
    parameters,
    reads,
    scope_locals,
    walk_scope,
)
from loopwright.frontend.region import Module
from loopwright.frontend.scopes import (
    Site,
    decorator_names,
    is_class_method,
    kind_of_name,
    methods_of,
    module_names,
    receiver,
    site_of,
    sites,
)
from loopwright.ir.domain import Step

ORDINARY = (
    frozenset(dir(list))
    | frozenset(dir(str))
    | frozenset(
        """all any argmax argmin argpartition argsort astype beta binomial bytes byteswap
    chisquare choice choose clip compress conj conjugate copy cumprod cumsum diagonal
    dirichlet dot dump dumps exponential f fill flatten gamma geometric getfield gumbel
    hypergeometric integers item laplace logistic lognormal logseries max mean min
    multinomial multivariate_hypergeometric multivariate_normal negative_binomial
    noncentral_chisquare noncentral_f nonzero normal pareto partition permutation permuted
    poisson power prod put random ravel rayleigh repeat reshape resize round searchsorted
    setfield setflags shuffle sort spawn squeeze standard_cauchy standard_exponential
    standard_gamma standard_normal standard_t std sum swapaxes take to_device tobytes tofile
    tolist trace transpose triangular uniform var view vonmises wald weibull zipf""".split()  # noqa: SIM905
    )
)
"""Methods that tell nothing of an object's class, for arrays, lists and generators have them too."""
_HOOKS = frozenset(
    """__new__ __setattr__ __getattribute__ __getattr__ __delattr__ __del__ __slots__ __post_init__
    __init_subclass__""".split()  # noqa: SIM905
)
_DEPTH = 8


# --------------------------------------------------------------------- bodies


def bases_of(module: Module, owner: ast.ClassDef) -> tuple[ast.ClassDef, ...] | None:
    """The classes that `owner` derives from, but for `object`; None if one of them is of no file of the
    project."""
    home = home_of(module, owner)
    found: list[ast.ClassDef] = []
    for base in owner.bases:
        named = _class_named(home, base.id) if isinstance(base, ast.Name) else None
        if named is not None:
            found.append(named)
        elif not (isinstance(base, ast.Name) and base.id == "object"):
            return None
    return tuple(found)


def _class_named(module: Module, name: str) -> ast.ClassDef | None:
    return module_names(module).classes.get(name) or imported_class(module, name)


def lineage(module: Module, owner: ast.ClassDef) -> tuple[ast.ClassDef, ...]:
    """`owner` and its bases in the order in which they are searched, up to one that is not known; those of
    several bases only if all are known. The order is C3 (M. Simionato, "The Python 2.3 Method Resolution
    Order")."""
    return tuple(_order(module, owner, _DEPTH))


def _order(module: Module, owner: ast.ClassDef, depth: int) -> list[ast.ClassDef]:
    bases = bases_of(module, owner)
    if not bases or not depth:
        return [owner]
    orders = [_order(module, base, depth - 1) for base in bases]
    if len(bases) == 1:
        return [owner, *orders[0]]
    if any(bases_of(module, cls) is None for order in orders for cls in order):
        return [owner]
    return [owner, *_merged([*orders, list(bases)])]


@lru_cache(maxsize=1024)
def derived_from(module: Module, owner: ast.ClassDef) -> tuple[ast.ClassDef, ...]:
    """The classes of the file of `owner` that derive from it."""
    known = module_names(home_of(module, owner)).classes.values()
    return tuple(cls for cls in known if cls is not owner and owner in lineage(module, cls))


def _merged(orders: list[list[ast.ClassDef]]) -> list[ast.ClassDef]:
    """All classes of the orders, each before those that follow it in any; none if they contradict."""
    merged: list[ast.ClassDef] = []
    left = [order for order in orders if order]
    while left:
        heads = (order[0] for order in left)
        head = next((h for h in heads if not any(h in order[1:] for order in left)), None)
        if head is None:
            return []
        merged.append(head)
        rest = (order[1:] if order[0] is head else order for order in left)
        left = [order for order in rest if order]
    return merged


def find_method(
    module: Module, owner: ast.ClassDef, name: str
) -> tuple[ast.ClassDef, ast.FunctionDef] | None:
    """The method that `owner` defines or inherits, with the class that defines it."""
    for cls in lineage(module, owner):
        found = methods_of(cls).get(name)
        if found is not None:
            return cls, found
        if name in scope_locals(cls):
            return None
    return None


def class_constant(
    module: Module, owner: ast.ClassDef, name: str
) -> tuple[ast.ClassDef, ast.expr] | None:
    """The literal number that the class body binds `name` to once, with the class that does it."""
    for cls in lineage(module, owner):
        values = [
            stmt.value
            for stmt in cls.body
            if isinstance(stmt, ast.Assign | ast.AnnAssign) and name in bound_names(stmt)
        ]
        if name not in scope_locals(cls):
            continue
        match values:
            case [ast.expr() as value] if _is_number(value):
                times = sum(bound_names(s).count(name) for s in cls.body)
                return (cls, value) if times == 1 else None
            case _:
                return None
    return None


def _is_number(node: ast.expr) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant) and isinstance(inner.value, bool | int | float)


# --------------------------------------------------------------- constructors


def constructor(module: Module, owner: ast.ClassDef) -> ast.FunctionDef | None:
    """The `__init__` that a call of the class runs, also the one that `dataclass` makes; None if the
    class has none, or if `obstacle` names a reason."""
    if is_dataclass(owner):
        return dataclass_init(owner)
    found = find_method(module, owner, "__init__")
    return None if found is None else found[1]


def obstacle(module: Module, owner: ast.ClassDef) -> str | None:
    """Why calling the class is more than running `__init__` on a plain new object; None if it is not."""
    for cls in lineage(module, owner):
        if cls.keywords:
            return f"`{cls.name}` has a metaclass"
        if cls.decorator_list and not (cls is owner and is_dataclass(cls)):
            return f"`{cls.name}` has a decorator"
        hook = sorted(_HOOKS & scope_locals(cls))
        if hook:
            return f"`{cls.name}` defines `{hook[0]}`"
        bases = bases_of(module, cls)
        if len(cls.bases) > 1 or bases is None or any(map(is_foreign, bases)):
            return f"`{cls.name}` derives from classes of another module"
    if is_dataclass(owner):
        if owner.bases or "__init__" in scope_locals(owner):
            return f"the dataclass `{owner.name}` derives from another class or has an `__init__`"
        if dataclass_init(owner) is None:
            return f"a field of the dataclass `{owner.name}` has a default that is no constant"
    elif "__init__" in scope_locals(owner) and "__init__" not in methods_of(owner):
        return f"`{owner.name}` has several `__init__`"
    return None


def is_dataclass(owner: ast.ClassDef) -> bool:
    """True for `@dataclass` without arguments that change how objects are made."""
    match owner.decorator_list:
        case [ast.Name("dataclass") | ast.Attribute(ast.Name("dataclasses"), "dataclass")]:
            return True
        case [ast.Call(ast.Name("dataclass") | ast.Attribute(_, "dataclass"), [], keywords)]:
            return all(k.arg in ("eq", "repr", "order") for k in keywords)
        case _:
            return False


@lru_cache(maxsize=256)
def dataclass_init(owner: ast.ClassDef) -> ast.FunctionDef | None:
    """What `dataclass` makes for `owner`: one parameter and one assignment for each annotated name."""
    names: list[str] = []
    defaults: list[ast.expr] = []
    for stmt in owner.body:
        match stmt:
            case ast.AnnAssign(ast.Name(name), annotation, value):
                if "ClassVar" in ast.unparse(annotation) or "InitVar" in ast.unparse(annotation):
                    return None
                if value is not None and not _is_number(value):
                    return None
                names.append(name)
                defaults += [] if value is None else [value]
            case _:
                pass
    text = f"def __init__(self, {', '.join(names)}):\n    pass\n"
    text += "".join(f"    self.{name} = {name}\n" for name in names)
    made = ast.parse(text).body[0]
    assert isinstance(made, ast.FunctionDef)
    made.args.defaults = defaults
    for node in ast.walk(made):
        if isinstance(node, ast.stmt | ast.expr):
            ast.copy_location(node, owner)
    return made


# ------------------------------------------------------------- class of a chain


def class_at(
    module: Module, site: Site, root: str, steps: Sequence[Step] = ()
) -> ast.ClassDef | None:
    """The class that the object at the chain `root` `steps` has, seen from the function of `site`."""
    owner = _class_of_name(home_of(module, site.node), site, root)
    for kind, key in steps:
        if owner is None or kind != "attr":
            return None
        owner = attribute_class(module, owner, str(key))
    return owner


@lru_cache(maxsize=8192)
def _class_of_name(module: Module, site: Site, name: str) -> ast.ClassDef | None:
    if name == receiver(site):
        return None if is_class_method(site.node) else site.owner
    for function in (site.node, *reversed(site.enclosing)):
        if name in scope_locals(function):
            outer = site_of(module, function)
            if name == receiver(outer) and not any(name in bound_names(s) for s in function.body):
                return None if is_class_method(function) else outer.owner
            return _local_class(module, site, function, name)
    if kind_of_name(module, site, name) != "global":
        return None
    return _bound_class(module, module.tree.body, name)


def _local_class(
    module: Module, site: Site, function: ast.FunctionDef, name: str
) -> ast.ClassDef | None:
    if name not in parameters(function):
        return _bound_class(module, function.body, name) or _guess(
            module, tuple(_uses(function, name)) if _is_assigned(function, name) else ()
        )
    if any(name in bound_names(stmt) for stmt in function.body):
        return None
    a = function.args
    arg = next(p for p in ast.walk(a) if isinstance(p, ast.arg) and p.arg == name)
    if arg in (a.vararg, a.kwarg):
        return None
    if arg.annotation is not None:
        found = annotated_class(module, arg.annotation)
        if found is not None:
            return found
    return _guess(module, tuple(_uses(function, name)))


def _is_assigned(function: ast.FunctionDef, name: str) -> bool:
    """Whether plain assignments alone bind the name."""
    times = sum(bound_names(stmt).count(name) for stmt in function.body)
    plain = [p for p in walk_scope(function) if _assigned_value(p, name) is not None]
    return 0 < times == len(plain)


def _assigned_value(part: ast.AST, name: str) -> ast.expr | None:
    match part:
        case ast.Assign([ast.Name(target)], value) if target == name:
            return value
        case ast.AnnAssign(ast.Name(target), _, ast.expr() as value) if target == name:
            return value
        case _:
            return None


def _bound_class(module: Module, body: Sequence[ast.stmt], name: str) -> ast.ClassDef | None:
    """The class whose call is all that the statements bind `name` to."""
    times = sum(bound_names(stmt).count(name) for stmt in body)
    nodes = (p for stmt in body for p in (stmt, *walk_scope(stmt)))
    values = [v for p in nodes if (v := _assigned_value(p, name)) is not None]
    found = {_called_class(module, value) for value in values}
    return found.pop() if len(found) == 1 and len(values) == times else None


def _called_class(module: Module, value: ast.expr) -> ast.ClassDef | None:
    match value:
        case ast.Call(ast.Name(name)):
            return _class_named(module, name)
        case _:
            return None


def annotated_class(module: Module, annotation: ast.expr) -> ast.ClassDef | None:
    """The class that an annotation names, also in quotes."""
    match annotation:
        case ast.Name(name):
            return _class_named(module, name)
        case ast.Constant(str() as text):
            return _class_named(module, text.strip())
        case _:
            return None


@lru_cache(maxsize=4096)
def attribute_class(module: Module, owner: ast.ClassDef, attr: str) -> ast.ClassDef | None:
    """The class of the objects that the attribute `attr` of `owner` holds."""
    found: set[ast.ClassDef | None] = set()
    for cls in (*lineage(module, owner), *derived_from(module, owner)):
        here = home_of(module, cls)
        for stmt in cls.body:
            match stmt:
                case ast.AnnAssign(ast.Name(target), annotation) if target == attr:
                    return annotated_class(here, annotation)
        for method in methods_of(cls).values():
            first = parameters(method)[:1]
            for part in walk_scope(method):
                match part:
                    case ast.AnnAssign(ast.Attribute(ast.Name(base), target), annotation, _) if (
                        target == attr and (base,) == first
                    ):
                        return annotated_class(here, annotation)
                    case _:
                        for target_, value in assigned_pairs(part):
                            if _is_attribute(target_, first, attr):
                                found.add(_value_class(here, method, value))
    if len(found) == 1 and (only := next(iter(found))) is not None:
        return only
    if found - {None}:
        return None
    return _guess(module, _attribute_uses(module).get(attr, ()))


def _is_attribute(target: ast.expr, holder: tuple[str, ...], attr: str) -> bool:
    match target:
        case ast.Attribute(ast.Name(base), name):
            return (base,) == holder and name == attr
        case _:
            return False


def _value_class(module: Module, method: ast.FunctionDef, value: ast.expr) -> ast.ClassDef | None:
    if isinstance(value, ast.Name) and value.id in parameters(method):
        arg = next(p for p in ast.walk(method.args) if isinstance(p, ast.arg) and p.arg == value.id)
        return None if arg.annotation is None else annotated_class(module, arg.annotation)
    return _called_class(module, value)


# ---------------------------------------------------------------------- guess


def _uses(function: ast.FunctionDef, name: str) -> Iterator[str]:
    """Methods that the function calls on the name."""
    for stmt in function.body:
        for chain in reads(stmt):
            if chain.root == name and len(chain.steps) == 1 and chain.call is not None:
                yield _method_name(chain)


@lru_cache(maxsize=64)
def _attribute_uses(module: Module) -> dict[str, tuple[str, ...]]:
    """Methods that are called on attributes, by the attribute's name."""
    found: dict[str, list[str]] = {}
    for site in sites(module):
        for stmt in site.node.body:
            for chain in reads(stmt):
                if chain.call is not None and len(chain.steps) >= 2:
                    found.setdefault(str(chain.steps[-2][1]), []).append(_method_name(chain))
    return {attr: tuple(dict.fromkeys(names)) for attr, names in found.items()}


def _method_name(chain: Chain) -> str:
    return str(chain.steps[-1][1])


@lru_cache(maxsize=4096)
def _guess(module: Module, called: tuple[str, ...]) -> ast.ClassDef | None:
    """The only class of the module that has all these methods, at least one of which is distinctive; failing
    that the one of the files that it imports from which all such classes there derive from."""
    if not set(called) - ORDINARY:
        return None

    def fitting(classes: Iterable[ast.ClassDef]) -> list[ast.ClassDef]:
        return [c for c in classes if all(find_method(module, c, name) for name in called)]

    own = fitting(module_names(module).classes.values())
    if own:
        return own[0] if len(own) == 1 else None
    others = fitting(classes_at_hand(module))
    return next((c for c in others if all(c in lineage(module, o) for o in others)), None)


def is_bound(function: ast.FunctionDef) -> bool:
    """Whether a call through an object passes that object first."""
    return "staticmethod" not in decorator_names(function)
