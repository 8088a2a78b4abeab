"""Annotations as types of the lattice, by syntax alone: nothing is imported.

An annotation that fixes the type gives one (`annotation_type`); one that leaves the dtype or the rank open
gives its likely readings (`annotation_choices`). Names are compared by their last component, so
`np.float64`, `numpy.float64` and an imported `float64` read alike.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import get_args

from loopwright.frontend.region import Module
from loopwright.frontend.scopes import module_names
from loopwright.ir.types import (
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    NONE,
    STR,
    Array,
    Chars,
    DictOf,
    DType,
    ListOf,
    Num,
    Py,
    Ragged,
    Records,
    Rng,
    RngForm,
    RowOf,
    TupleOf,
    Type,
    is_scalar,
)

_PYTHON: dict[str, Type] = {
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "complex": COMPLEX,
    "str": STR,
    "None": NONE,
    "NoneType": NONE,
}
_DTYPES: dict[str, DType] = {
    "bool_": "bool",
    "int8": "int8",
    "int16": "int16",
    "int32": "int32",
    "int64": "int64",
    "uint8": "uint8",
    "uint16": "uint16",
    "uint32": "uint32",
    "uint64": "uint64",
    "float32": "float32",
    "float64": "float64",
    "complex64": "complex64",
    "complex128": "complex128",
    "intp": "int64",
    "int_": "int64",
    "double": "float64",
    "single": "float32",
    "cdouble": "complex128",
}
_BY_BUILTIN: dict[str, DType] = {
    "int": "int64",
    "float": "float64",
    "bool": "bool",
    "complex": "complex128",
}
_JAXTYPING: dict[str, DType] = {
    **{name.capitalize().replace("Ui", "UI"): d for name, d in _DTYPES.items() if name[-1] != "_"},
    "UInt8": "uint8",
    "UInt16": "uint16",
    "UInt32": "uint32",
    "UInt64": "uint64",
    "Float": "float64",
    "Int": "int64",
    "Integer": "int64",
    "Bool": "bool",
    "Complex": "complex128",
}
_LISTS = frozenset(("list", "List", "Sequence", "MutableSequence", "Iterable", "Collection"))
_STREAMS: dict[str, Rng] = {form: Rng(form) for form in get_args(RngForm)}
_ARRAYS = frozenset(("ndarray", "NDArray", "ArrayLike"))
_RANKS = (1, 2)
_BARE: tuple[Type, ...] = (Array("float64", 1), Array("float64", 2), Array("int64", 1))


def annotation_type(node: ast.expr, module: Module | None = None) -> Type | None:
    """The type that an annotation fixes, or None if it names none or leaves it open.

    `module` resolves aliases such as `Vector = NDArray[np.float64]` at module level.
    """
    choices = _choices(node, module, 0)
    return choices[0] if len(choices) == 1 else None


def annotation_choices(node: ast.expr, module: Module | None = None) -> tuple[Type, ...]:
    """The types that an annotation may stand for, likely ones first; empty if it is not understood.

    An array of unknown rank is read with rank 1 and 2; a bare `np.ndarray` as float64 of rank 1 and 2 or
    int64 of rank 1; `X | None` as either.
    """
    return _choices(node, module, 0)


def _choices(node: ast.expr, module: Module | None, depth: int) -> tuple[Type, ...]:
    if depth > 8:
        return ()
    match node:
        case ast.Constant(None):
            return (NONE,)
        case ast.Constant(str() as text):
            try:
                return _choices(ast.parse(text.strip(), mode="eval").body, module, depth + 1)
            except SyntaxError:
                return ()
        case ast.BinOp(left, ast.BitOr(), right):
            return _union(_choices(left, module, depth + 1), _choices(right, module, depth + 1))
        case ast.Name() | ast.Attribute():
            return _plain(node, module, depth)
        case ast.Subscript(value, index):
            items = list(index.elts) if isinstance(index, ast.Tuple) else [index]
            return _generic(_last(value), items, module, depth)
        case _:
            return ()


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
        case _:
            return ""


def _union(*groups: tuple[Type, ...]) -> tuple[Type, ...]:
    every = dict.fromkeys(t for group in groups for t in group)
    # what does the work comes before None
    return tuple(sorted(every, key=lambda t: t == NONE))


def _plain(node: ast.Name | ast.Attribute, module: Module | None, depth: int) -> tuple[Type, ...]:
    name = _last(node)
    if isinstance(node, ast.Name) and module is not None:
        alias = _alias(module, name)
        if alias is not None:
            return _choices(alias, module, depth + 1)
    if isinstance(node, ast.Name) and name in _PYTHON:
        return (_PYTHON[name],)
    if name in _DTYPES:
        return (Num(_DTYPES[name]),)
    if isinstance(node, ast.Attribute) and name == "bool":
        return (Num("bool"),)
    if name in _ARRAYS:
        return _BARE
    if name in _STREAMS:
        return (_STREAMS[name],)
    return ()


def _alias(module: Module, name: str) -> ast.expr | None:
    """The right side of a module-level `name = ...` or `type name = ...`, if it is the only binding."""
    if name not in module_names(module).data:
        return None
    found: list[ast.expr] = []
    for stmt in module.tree.body:
        match stmt:
            case ast.Assign([ast.Name(target)], value) if target == name:
                found.append(value)
            case ast.AnnAssign(ast.Name(target), _, ast.expr() as value) if target == name:
                found.append(value)
            case ast.stmt() if type(stmt).__name__ == "TypeAlias" and stmt.name.id == name:  # type: ignore[attr-defined]
                found.append(stmt.value)  # type: ignore[attr-defined]
    return found[0] if len(found) == 1 else None


def _generic(
    name: str, items: list[ast.expr], module: Module | None, depth: int
) -> tuple[Type, ...]:
    if not items:
        return ()
    match name:
        case "Annotated":
            return _with_shape(_choices(items[0], module, depth + 1), items[1:], items[0])
        case "Optional":
            return _union(_choices(items[0], module, depth + 1), (NONE,))
        case "Union":
            return _union(*(_choices(i, module, depth + 1) for i in items))
        case "Final" | "ClassVar":
            return _choices(items[0], module, depth + 1)
        case "NDArray":
            dtype = _dtype(items[0])
            return () if dtype is None else tuple(Array(dtype, n) for n in _RANKS)
        case "ndarray" if len(items) == 2:
            return _ndarray(items[0], items[1])
        case "tuple" | "Tuple":
            return _tuple(items, module, depth)
    if name in ("dict", "Dict", "Mapping") and len(items) == 2:
        values = _choices(items[1], module, depth + 1)
        ints = _choices(items[0], module, depth + 1) == (INT,)
        return tuple(t for v in values for t in _dict_of(v)) if ints else ()
    if name in _LISTS and len(items) == 1:
        return tuple(t for i in _choices(items[0], module, depth + 1) for t in _list_of(i))
    if name in _JAXTYPING and len(items) == 2:
        rank = _rank(items[1])
        ranks = _RANKS if rank is None else (rank,)
        dtype = _JAXTYPING[name]
        return tuple(Num(dtype) if n == 0 else Array(dtype, n) for n in ranks)
    return ()


def _list_of(item: Type) -> tuple[Type, ...]:
    match item:
        case Py(kind) if kind in ("int", "float", "bool", "complex"):
            return (ListOf(item),)
        case Py("str"):
            return (Ragged(Chars()),)
        case ListOf(elem, 1):
            # lists of ints that are only read are neighbours, words or sequences more often than grids
            choices: tuple[Type, ...] = (ListOf(elem, 2), Ragged(item))
            return choices[::-1] if elem == INT else choices
        case ListOf(elem, ndim):
            return (ListOf(elem, ndim + 1),)
        case Array(_, 1) | Records():
            return (Ragged(item),)
        case TupleOf(items) if items:
            numbers = _all_numbers(items)
            return (Records(numbers),) if numbers else ()
        case _:
            return ()


def _dict_of(value: Type) -> tuple[Type, ...]:
    """Of a dict from ints to such values."""
    match value:
        case Py() | Num() if is_scalar(value):
            return (DictOf((value,)),)
        case ListOf(_, 1) | Array(_, 1) | Records():
            return (DictOf((value,)),)
        case TupleOf(items) if items:
            numbers = _all_numbers(items)
            return (DictOf(numbers, row=True),) if numbers else ()
        case _:
            return ()


def _all_numbers(items: Sequence[Type]) -> tuple[Py | Num, ...]:
    """The types, if they are of numbers; else none."""
    numbers = tuple(t for t in items if isinstance(t, Py | Num) and is_scalar(t))
    return numbers if len(numbers) == len(items) else ()


def _tuple(items: list[ast.expr], module: Module | None, depth: int) -> tuple[Type, ...]:
    if any(isinstance(i, ast.Constant) and i.value is Ellipsis for i in items):
        kinds = _choices(items[0], module, depth + 1)
        return tuple(RowOf(k) for k in kinds if isinstance(k, Py | Num) and is_scalar(k))
    each = [_choices(i, module, depth + 1) for i in items]
    return (TupleOf(tuple(c[0] for c in each)),) if all(len(c) == 1 for c in each) else ()


def _dtype(node: ast.expr) -> DType | None:
    name = _last(node)
    if isinstance(node, ast.Name) and name in _BY_BUILTIN:
        return _BY_BUILTIN[name]
    if isinstance(node, ast.Attribute) and name == "bool":
        return "bool"
    return {**_DTYPES, "floating": "float64", "integer": "int64"}.get(name)


def _ndarray(shape: ast.expr, dtype: ast.expr) -> tuple[Type, ...]:
    """`np.ndarray[tuple[int, int], np.dtype[np.float64]]`."""
    inner = dtype.slice if isinstance(dtype, ast.Subscript) else dtype
    found = _dtype(inner)
    if found is None:
        return ()
    match shape:
        case ast.Subscript(_, ast.Tuple(elts)) if not any(
            isinstance(e, ast.Constant) and e.value is Ellipsis for e in elts
        ):
            return (Array(found, len(elts)),)
        case ast.Subscript(_, ast.Name()):
            return (Array(found, 1),)
        case _:
            return tuple(Array(found, n) for n in _RANKS)


def _rank(node: ast.expr) -> int | None:
    """The rank that a shape string such as "n m" gives; None if it is open ("...", "*batch")."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return None
    words = node.value.replace(",", " ").split()
    return None if any(w == "..." or w.startswith("*") for w in words) else len(words)


def _with_shape(base: tuple[Type, ...], notes: list[ast.expr], of: ast.expr) -> tuple[Type, ...]:
    rank = next((r for n in notes if (r := _rank(n)) is not None), None)
    if rank is None:
        return base
    dtypes = dict.fromkeys(t.dtype for t in base if isinstance(t, Array))
    if not dtypes:
        return base
    return tuple(Array(d, rank) for d in dtypes)
