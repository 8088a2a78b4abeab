"""Tests of types, decided where the code is lowered: `isinstance(x, T)`, `type(x) is T`.

The classes themselves are asked, so that abstract ones (`numbers.Number`, `Sequence`) are right, too. The
door of a kernel tests types exactly, so a value has the class of its type and no subclass of it.
"""

from __future__ import annotations

import ast
import importlib
import warnings
from functools import lru_cache
from types import FunctionType

from loopwright.frontend.lower_convert import cast, is_tag
from loopwright.frontend.lower_order import keep
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    Arr,
    Closure,
    Generator,
    Hashed,
    Letter,
    Library,
    Lst,
    Maybe,
    Number,
    RaggedList,
    Row,
    String,
    Table,
    Text,
    Tpl,
    Value,
    negated,
    number,
    truth_const,
)
from loopwright.ir.nodes import Expr, Logic
from loopwright.ir.types import BOOL, NONE, Num, Scalar


class _Elsewhere:
    """Stands for a class of data that kernels do not take, and that no number, array or list is of."""


_TABLES = frozenset(
    (
        *(
            f"pandas.{name}"
            for name in ("DataFrame", "Series", "Index", "Categorical", "Timestamp")
        ),
        *(f"scipy.sparse.{name}" for name in ("spmatrix", "sparray", "csr_matrix", "csc_matrix")),
        *(f"scipy.sparse.{name}" for name in ("coo_matrix", "csr_array", "csc_array", "coo_array")),
    )
)
_PACKAGES = ("builtins", "numpy", "numbers", "collections", "types", "math", "operator")
_NONE = "types.NoneType"


def is_instance(cx: Scope, node: ast.Call) -> Value:
    """`isinstance(x, T)`; `T` may be a tuple of classes or a union."""
    if len(node.args) != 2 or node.keywords:
        decline(node, "LW102", "isinstance takes two arguments")
    value = cx.eval(node.args[0])
    classes = tuple(_class(name, node) for name in _classes(cx, node.args[1]))
    keep(cx, value)
    if any(type(cls) is not type for cls in classes):  # others may register with abstract ones
        _exactly(cx, value)
    return number(cast(_test(value, classes, node), BOOL))


def type_call(cx: Scope, node: ast.Call) -> Value:
    """`type(x)`."""
    if len(node.args) != 1 or node.keywords:
        decline(node, "LW102", "type is covered with one argument")
    value = cx.eval(node.args[0])
    keep(cx, value)
    if isinstance(value, Number) and len(value.types) == 1:
        return Library(_of_scalar(value.types[0]))
    _exactly(cx, value)
    name = _name(value)
    if name is None:
        decline(node, "LW102", f"the type of {describe(value)} is not decided here")
    return Library(name)


def _exactly(cx: Scope, value: Value) -> None:
    """A list is to be of the class `list` itself."""
    if isinstance(value, Lst):
        cx.unit.exact_lists = True


def has_attribute(cx: Scope, node: ast.Call) -> Value:
    """`hasattr(x, "name")`: what kernels take has no attributes but those of its class."""
    match node:
        case ast.Call(args=[given, ast.Constant(str() as name)], keywords=[]):
            value = cx.eval(given)
        case _:
            decline(node, "LW102", "hasattr is covered for a constant name")
    keep(cx, value)
    _exactly(cx, value)
    return number(truth_const(_defines(_class_of(value, node), name)))


def is_callable(cx: Scope, node: ast.Call) -> Value:
    """`callable(x)`."""
    if len(node.args) != 1 or node.keywords:
        decline(node, "LW102", "callable takes one argument")
    value = cx.eval(node.args[0])
    if isinstance(value, Closure):
        return number(truth_const(True))
    keep(cx, value)
    return number(truth_const(_defines(_class_of(value, node), "__call__")))


def _defines(cls: type, name: str) -> bool:
    """Whether objects of the class have the attribute; the class itself has more."""
    return any(name in vars(base) for base in cls.__mro__)


def _class_of(value: Value, node: ast.AST) -> type:
    name = _name(value)
    if isinstance(value, Number) and len(value.types) == 1:
        name = _of_scalar(value.types[0])
    if name is None or (isinstance(value, Tpl) and value.fields):
        decline(node, "LW102", f"the type of {describe(value)} is not decided here")
    return _class(name, node)


def is_sparse(cx: Scope, node: ast.Call) -> Value:
    """`scipy.sparse.issparse(x)` of a value that is none."""
    if len(node.args) != 1 or node.keywords:
        decline(node, "LW102", "issparse takes one argument")
    value = cx.eval(node.args[0])
    if not isinstance(value, Number) and _name(value) is None:
        decline(node, "LW102", f"the type of {describe(value)} is not decided here")
    keep(cx, value)
    return number(truth_const(False))


def same_object(cx: Scope, a: Value, b: Value) -> bool | None:
    """Whether two classes or functions are one; None if that is not known."""
    match a, b:
        case Library(), Library():
            if a.name == b.name:
                return True
            first, second = (_found(each.name) or _object(each.name) for each in (a, b))
            if first is second is _Elsewhere:
                return None
            return None if first is None or second is None else first is second
        case Closure(), Library():
            other = _object(b.name)
            if other is None or isinstance(other, FunctionType):
                return None  # what is written in Python may be the same function by another name
            cx.unit.rely_on(a)
            return False
        case Library(), Closure():
            return same_object(cx, b, a)
        case Closure(), Closure() if a.node is not b.node and not (a.self_path or b.self_path):
            cx.unit.rely_on(a)
            cx.unit.rely_on(b)
            return False
    return None


def _classes(cx: Scope, node: ast.expr) -> list[str]:
    """The dotted names of the classes that the second argument of `isinstance` tells."""
    if isinstance(node, ast.Tuple):
        return [name for elt in node.elts for name in _classes(cx, elt)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_classes(cx, node.left), *_classes(cx, node.right)]
    if isinstance(node, ast.Constant) and node.value is None:
        return [_NONE]
    value = cx.eval(node)
    if not isinstance(value, Library):
        decline(node, "LW102", f"{describe(value)} where a class is needed")
    return [value.name]


def _class(name: str, node: ast.AST) -> type:
    found = _found(name)
    if found is None:
        decline(node, "LW102", f"`{name}` is not a class that the compiler knows")
    return found


@lru_cache(maxsize=256)
def _found(name: str) -> type | None:
    """The class of that dotted name."""
    if name in _TABLES:
        return _Elsewhere
    found = _object(name)
    return found if isinstance(found, type) else None


@lru_cache(maxsize=256)
def _object(name: str) -> object | None:
    """The class or function of that dotted name."""
    package, *attrs = name.split(".")
    if package not in _PACKAGES:
        return None
    found: object = importlib.import_module("collections.abc" if ".abc." in name else package)
    with warnings.catch_warnings(action="ignore"):  # of names that NumPy will take away
        for attr in attrs[1:] if ".abc." in name else attrs:
            found = getattr(found, attr, None)
    return found


def _test(value: Value, classes: tuple[type, ...], node: ast.AST) -> Expr:
    match value:
        case Number(_, types, tag):
            fits = [issubclass(_class(_of_scalar(t), node), classes) for t in types]
            if len(set(fits)) == 1:
                return truth_const(fits[0])
            assert tag is not None
            tests = [is_tag(tag, k) for k, fit in enumerate(fits) if fit]
            result = tests[0]
            for other in tests[1:]:
                result = Logic("or", result, other, BOOL)
            return result
        case Maybe(inner, there):
            some, none = _test(inner, classes, node), issubclass(type(None), classes)
            if some == truth_const(none):
                return some
            return negated(there) if none else there
        case _:
            name = _name(value)
            if name is None:
                decline(node, "LW102", f"the type of {describe(value)} is not decided here")
            return truth_const(issubclass(_class(name, node), classes))


def _of_scalar(t: Scalar) -> str:
    if t == NONE:
        return _NONE
    return f"numpy.{t.dtype}" if isinstance(t, Num) else f"builtins.{t.kind}"


def _name(value: Value) -> str | None:
    """The dotted name of the class of a value that is no number."""
    match value:
        case Arr():
            return "numpy.ndarray"
        case Lst() | RaggedList():
            return "builtins.list"
        case Tpl() | Row():
            return "builtins.tuple"
        case String() | Letter() | Text():
            return "builtins.str"
        case Table():
            return "builtins.dict"
        case Hashed(form="dict" | "set" as form):
            return f"builtins.{form}"
        case Hashed(form="Counter"):
            return "collections.Counter"
        case Hashed():
            return "collections.defaultdict"
        case Generator():
            return "numpy.random.Generator"
        case _:
            return None
