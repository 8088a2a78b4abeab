"""From the annotations of a function to kinds, read from the text: nothing is imported.

Names are looked up by their last component (`np.ndarray`, `numpy.ndarray`, `ndarray`), aliases and
classes of the same module by their definition there.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loopwright.verify.kinds import (
    NONE,
    Anything,
    ArrayKind,
    DictKind,
    Exactly,
    FunctionKind,
    Kind,
    Length,
    ListKind,
    NpNumber,
    OneOfKinds,
    Parameter,
    PyNumber,
    RandomKind,
    RecordKind,
    Text,
    TupleKind,
    one_of,
)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
)  # fmt: skip
_DTYPE_NAMES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in _DTYPES},
    "bool_": ("bool",), "double": ("float64",), "single": ("float32",), "half": ("float16",),
    "intp": ("int64",), "int_": ("int64",), "float_": ("float64",), "longlong": ("int64",),
    "uintp": ("uint64",), "intc": ("int32",), "uint": ("uint64",), "cdouble": ("complex128",),
    "complex_": ("complex128",), "float": ("float64",), "int": ("int64",), "complex": ("complex128",),
    "floating": ("float64", "float32"), "integer": ("int64", "int32", "uint8"),
    "signedinteger": ("int64", "int32"), "unsignedinteger": ("uint8", "uint64"),
    "number": ("float64", "int64", "float32"), "generic": ("float64", "int64", "float32", "bool"),
    "inexact": ("float64", "complex128"), "complexfloating": ("complex128", "complex64"),
    "Any": ("float64", "int64", "float32"),
}  # fmt: skip
_JAXTYPING: dict[str, tuple[str, ...]] = {
    "Float": ("float64", "float32"), "Float16": ("float16",), "Float32": ("float32",),
    "Float64": ("float64",), "Int": ("int64", "int32"), "Int8": ("int8",), "Int16": ("int16",),
    "Int32": ("int32",), "Int64": ("int64",), "UInt": ("uint64", "uint8"), "UInt8": ("uint8",),
    "UInt16": ("uint16",), "UInt32": ("uint32",), "UInt64": ("uint64",), "Bool": ("bool",),
    "Integer": ("int64", "int32", "uint8"), "Complex": ("complex128",), "Complex64": ("complex64",),
    "Complex128": ("complex128",), "Num": ("float64", "int64"), "Shaped": ("float64", "int64"),
    "Inexact": ("float64",), "Real": ("float64", "int64"),
}  # fmt: skip
_FORMS = {
    "list": "list", "List": "list", "Sequence": "sequence", "MutableSequence": "list",
    "Collection": "sequence", "Iterable": "iterable", "Iterator": "iterator",
    "Generator": "iterator", "set": "set", "Set": "set", "MutableSet": "set",
    "AbstractSet": "set", "frozenset": "frozenset", "FrozenSet": "frozenset", "deque": "deque",
    "Deque": "deque",
}  # fmt: skip
_PLAIN: dict[str, Kind] = {
    "int": PyNumber("int"), "float": PyNumber("float"), "bool": PyNumber("bool"),
    "complex": PyNumber("complex"), "str": Text(), "bytes": Text(binary=True), "None": NONE,
    "NoneType": NONE, "object": Anything(), "Any": Anything(), "Callable": FunctionKind(),
    "Generator": RandomKind("Generator"), "RandomState": RandomKind("RandomState"),
    "Random": RandomKind("Random"), "Real": one_of((PyNumber("int"), PyNumber("float"))),
    "Number": one_of((PyNumber("int"), PyNumber("float"), PyNumber("complex"))),
}  # fmt: skip
BARE_ARRAY = one_of(
    tuple(
        ArrayKind(dtype, (None,) * rank)
        for dtype in ("float64", "float32", "int64")
        for rank in (1, 2)
    )
)
_ANY_ITEM = one_of((PyNumber("float"), PyNumber("int")))


@dataclass
class Scope:
    """Definitions of the module: aliases by name, classes by name. `notes` says what was assumed."""

    aliases: dict[str, ast.expr] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    open: set[str] = field(default_factory=set)


def scope_of(tree: ast.Module) -> Scope:
    """The names of a module that annotations may mean."""
    scope = Scope()
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(name)], value=value):
                scope.aliases[name] = value
            case ast.AnnAssign(target=ast.Name(name), value=ast.expr() as value):
                scope.aliases[name] = value
            case ast.ClassDef(name=name):
                scope.classes[name] = node
        if type(node).__name__ == "TypeAlias":
            scope.aliases[node.name.id] = node.value  # type: ignore[attr-defined]
    return scope


def find_function(tree: ast.Module, name: str) -> FunctionNode | None:
    """The last definition of `name` (`Class.method` for methods), or None."""
    found: FunctionNode | None = None
    body: Sequence[ast.stmt] = tree.body
    *holders, last = name.split(".")
    for holder in holders:
        body = next((n.body for n in body if isinstance(n, ast.ClassDef) and n.name == holder), [])
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == last:
            found = node
    return found


def parameters_of(
    node: FunctionNode, scope: Scope, seen: Mapping[str, Kind] | None = None
) -> tuple[Parameter, ...]:
    """The parameters of a function. `seen` are kinds from examples, for names without annotation."""
    known = seen or {}
    a = node.args
    out: list[Parameter] = []
    plain = [*a.posonlyargs, *a.args]
    without = len(plain) - len(a.defaults)
    for k, arg in enumerate(plain):
        default = a.defaults[k - without] if k >= without else None
        out.append(_parameter(arg, default, "positional", scope, known))
    if a.vararg is not None:
        out.append(_parameter(a.vararg, None, "many", scope, known))
    for arg, default in zip(a.kwonlyargs, a.kw_defaults, strict=True):
        out.append(_parameter(arg, default, "keyword", scope, known))
    if a.kwarg is not None:
        out.append(Parameter(a.kwarg.arg, Anything(), "options"))
    return tuple(out)


def _parameter(
    arg: ast.arg, default: ast.expr | None, how: str, scope: Scope, seen: Mapping[str, Kind]
) -> Parameter:
    kind: Kind | None = None
    if arg.annotation is not None:
        kind = kind_of(arg.annotation, scope)
    if kind is None:
        kind = seen.get(arg.arg) or _from_default(default)
        if arg.arg not in seen:
            scope.notes.append(f"type of {arg.arg} is not known from an annotation or an example")
    return Parameter(arg.arg, kind, how, default is not None)


def _from_default(default: ast.expr | None) -> Kind:
    match default:
        case ast.Constant(value=bool()):
            return PyNumber("bool")
        case ast.Constant(value=(int() | float() | complex()) as value):
            return PyNumber(type(value).__name__)
        case ast.Constant(value=str()):
            return Text()
        case _:
            return Anything()


def kind_of(node: ast.expr, scope: Scope) -> Kind | None:
    """The kind that an annotation means; None if it is not understood."""
    match node:
        case ast.Constant(value=None):
            return NONE
        case ast.Constant(value=str(text)):
            try:
                return kind_of(ast.parse(text, mode="eval").body, scope)
            except SyntaxError:
                return None
        case ast.Name() | ast.Attribute():
            return _named(node, scope)
        case ast.BinOp(left, ast.BitOr(), right):
            return _union((left, right), scope)
        case ast.Subscript(base, inside):
            items = tuple(inside.elts) if isinstance(inside, ast.Tuple) else (inside,)
            return _generic(_last(base), base, items, scope)
        case _:
            return None


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(_, attr):
            return attr
        case _:
            return ""


def _named(node: ast.expr, scope: Scope) -> Kind | None:
    name = _last(node)
    if isinstance(node, ast.Name) and name not in scope.open:
        if name in scope.aliases or name in scope.classes:
            scope.open.add(name)
            try:
                if name in scope.aliases:
                    return kind_of(scope.aliases[name], scope)
                return _record(scope.classes[name], scope)
            finally:
                scope.open.discard(name)
    if name in ("ndarray", "NDArray", "ArrayLike"):
        scope.notes.append("a bare ndarray was taken as float64, float32 and int64 of rank 1 and 2")
        return BARE_ARRAY
    if isinstance(node, ast.Attribute) and name in _DTYPE_NAMES and name != "Any":
        return one_of(tuple(NpNumber(d) for d in _DTYPE_NAMES[name]))
    if name in _PLAIN:
        return _PLAIN[name]
    if name in _FORMS:
        return ListKind(_ANY_ITEM, form=_FORMS[name])
    if name in ("dict", "Dict", "Mapping", "MutableMapping"):
        return DictKind(Text(), _ANY_ITEM)
    if name in ("tuple", "Tuple"):
        return ListKind(_ANY_ITEM, form="tuple")
    if name in _DTYPES:
        return NpNumber(name)
    return None


def _generic(name: str, base: ast.expr, items: tuple[ast.expr, ...], scope: Scope) -> Kind | None:
    match name:
        case "Optional":
            return _union((*items, ast.Constant(None)), scope)
        case "Union":
            return _union(items, scope)
        case "Literal":
            return Exactly(tuple(i.value for i in items if isinstance(i, ast.Constant)))
        case "Annotated":
            return _annotated(items, scope)
        case "NDArray":
            return _arrays(_dtypes(items[0], scope), None)
        case "ndarray":
            inner = items[-1]
            return kind_of(inner, scope) if _last(inner) == "ndarray" else _ndarray(items, scope)
        case "tuple" | "Tuple":
            return _tuple(items, scope)
        case "dict" | "Dict" | "Mapping" | "MutableMapping" | "OrderedDict" | "defaultdict":
            key, value = (kind_of(i, scope) for i in items)
            return None if key is None or value is None else DictKind(key, value)
        case "Callable":
            return FunctionKind()
        case "Final" | "Required" | "NotRequired" | "ReadOnly" | "ClassVar":
            return kind_of(items[0], scope)
    if name in _JAXTYPING and len(items) == 2 and isinstance(items[1], ast.Constant):
        return _arrays(_JAXTYPING[name], _dims(str(items[1].value)))
    if name in _FORMS:
        elem = kind_of(items[0], scope)
        return None if elem is None else ListKind(elem, form=_FORMS[name])
    return None


def _union(items: Sequence[ast.expr], scope: Scope) -> Kind | None:
    kinds = [kind_of(i, scope) for i in items]
    known = tuple(k for k in kinds if k is not None)
    return one_of(known) if len(known) == len(kinds) else None


def _tuple(items: tuple[ast.expr, ...], scope: Scope) -> Kind | None:
    if len(items) == 2 and isinstance(items[1], ast.Constant) and items[1].value is ...:
        elem = kind_of(items[0], scope)
        return None if elem is None else ListKind(elem, form="tuple")
    if len(items) == 1 and isinstance(items[0], ast.Tuple):
        return TupleKind(())
    kinds = [kind_of(i, scope) for i in items]
    known = tuple(k for k in kinds if k is not None)
    return TupleKind(known) if len(known) == len(kinds) else None


def _annotated(items: tuple[ast.expr, ...], scope: Scope) -> Kind | None:
    kind = kind_of(items[0], scope)
    text = next(
        (i.value for i in items[1:] if isinstance(i, ast.Constant) and isinstance(i.value, str)),
        None,
    )
    if kind is None or text is None:
        return kind
    dims = _dims(text)
    choices = kind.choices if isinstance(kind, OneOfKinds) else (kind,)
    shaped = (ArrayKind(k.dtype, dims) if isinstance(k, ArrayKind) else k for k in choices)
    return one_of(tuple(shaped))


def _ndarray(items: tuple[ast.expr, ...], scope: Scope) -> Kind | None:
    """`np.ndarray[shape, np.dtype[np.float64]]`: the rank is known if the shape is a tuple."""
    dims: tuple[Length, ...] | None = None
    match items[0]:
        case ast.Subscript(base, ast.Tuple(elts)) if _last(base) in ("tuple", "Tuple"):
            if not any(isinstance(e, ast.Constant) and e.value is ... for e in elts):
                dims = (None,) * len(elts)
        case ast.Subscript(base, _) if _last(base) in ("tuple", "Tuple"):
            dims = (None,)
    match items[-1]:
        case ast.Subscript(base, inner) if _last(base) == "dtype":
            return _arrays(_dtypes(inner, scope), dims)
        case _:
            return _arrays(("float64", "float32", "int64"), dims)


def _dtypes(node: ast.expr, scope: Scope) -> tuple[str, ...]:
    match node:
        case ast.BinOp(left, ast.BitOr(), right):
            return _dtypes(left, scope) + _dtypes(right, scope)
        case ast.Subscript(base, inside) if _last(base) == "Union":
            elts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
            return tuple(d for e in elts for d in _dtypes(e, scope))
        case ast.Subscript(base, _):
            return _DTYPE_NAMES.get(_last(base), ("float64",))
        case ast.Name(name) if name in scope.aliases and name not in scope.open:
            return _dtypes(scope.aliases[name], scope)
        case _:
            return _DTYPE_NAMES.get(_last(node), ("float64", "int64"))


def _arrays(dtypes: tuple[str, ...], dims: tuple[Length, ...] | None) -> Kind:
    return one_of(tuple(ArrayKind(d, dims) for d in dict.fromkeys(dtypes)))


def _dims(text: str) -> tuple[Length, ...] | None:
    """`"n m"`, `"n 3"`, `"n n+1"`, `"_ m"`; None (any rank) if it holds `...` or `*batch`."""
    dims: list[Length] = []
    for word in text.replace(",", " ").split():
        word = word.lstrip("#?")
        if word == "..." or word.startswith("*"):
            return None
        word = word.partition("=")[2] or word
        dims.append(int(word) if word.isdigit() else None if word.startswith("_") else word)
    return tuple(dims)


def _record(node: ast.ClassDef, scope: Scope) -> Kind | None:
    bases = {_last(b) for b in node.bases}
    if bases & {"Enum", "IntEnum", "StrEnum"}:
        members = [n.targets[0] for n in node.body if isinstance(n, ast.Assign)]
        names = tuple((m.id, NONE) for m in members if isinstance(m, ast.Name))
        return RecordKind(node.name, names, "enum")
    decorators = {_last(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}
    if not (decorators & {"dataclass", "define", "frozen"} or bases & {"NamedTuple", "TypedDict"}):
        return None
    fields: list[tuple[str, Kind]] = []
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(name), annotation=annotation):
                if _last(getattr(annotation, "value", annotation)) == "ClassVar":
                    continue
                kind = kind_of(annotation, scope)
                if kind is None:
                    return None
                fields.append((name, kind))
    return RecordKind(node.name, tuple(fields), "dict" if "TypedDict" in bases else "class")
