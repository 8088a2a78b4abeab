"""From annotations to kinds, read from the text: nothing is imported.

Names are looked up in the module and in those beside it, else by their last component (`np.ndarray`,
`numpy.ndarray`, `ndarray`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from loopwright.verify.dtypes import BARE, JAXTYPING, NAMES, dtypes_of
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
    PyNumber,
    RandomKind,
    RecordKind,
    Text,
    TupleKind,
    one_of,
)
from loopwright.verify.records import class_kind, made_kind
from loopwright.verify.scope import Scope, last_name

_FORMS = {
    "list": "list", "List": "list", "Sequence": "sequence", "MutableSequence": "list",
    "Collection": "sequence", "Iterable": "iterable", "Iterator": "iterator", "Reversible": "sequence",
    "Generator": "iterator", "set": "set", "Set": "set", "MutableSet": "set",
    "AbstractSet": "set", "frozenset": "frozenset", "FrozenSet": "frozenset", "deque": "deque",
    "Deque": "deque",
}  # fmt: skip
_DICTS = (
    "dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "DefaultDict",
)  # fmt: skip
_TRANSPARENT = (
    "Final", "Required", "NotRequired", "ReadOnly", "ClassVar", "InitVar", "Type", "TypeAlias",
)  # fmt: skip
_REAL = one_of((PyNumber("float"), PyNumber("int")))
_PLAIN: dict[str, Kind] = {
    "int": PyNumber("int"), "float": PyNumber("float"), "bool": PyNumber("bool"),
    "complex": PyNumber("complex"), "str": Text(), "bytes": Text(binary=True), "None": NONE,
    "NoneType": NONE, "object": Anything(), "Any": Anything(), "Callable": FunctionKind(),
    "Generator": RandomKind("Generator"), "RandomState": RandomKind("RandomState"),
    "Random": RandomKind("Random"), "Real": _REAL, "SupportsFloat": _REAL, "SupportsAbs": _REAL,
    "Number": one_of((PyNumber("int"), PyNumber("float"), PyNumber("complex"))),
    "SupportsIndex": PyNumber("int"), "SupportsInt": _REAL, "Integral": PyNumber("int"),
    "object_": Anything(), "AnyStr": Text(), "LiteralString": Text(),
    "Hashable": one_of((PyNumber("int"), Text())),
}  # fmt: skip

_PLAIN_FIRST = ("Any", "object", "object_")


def bare_arrays(dims: tuple[Length, ...] | None = None) -> Kind:
    """Arrays of which no dtype is known: of rank 1 and 2, or of the shape `dims`."""
    shapes: Sequence[tuple[Length, ...]] = ((None,), (None, None)) if dims is None else (dims,)
    return one_of(tuple(ArrayKind(dtype, shape) for dtype in BARE for shape in shapes))


def array_likes(dims: tuple[Length, ...] | None = None) -> Kind:
    """What `np.asarray` takes: arrays of several dtypes, lists and tuples of numbers, numbers."""
    more = ("int32", "uint8", "bool", "object")
    if dims is None:
        numbers = (ListKind(PyNumber("float")), ListKind(PyNumber("int")))
        nested = ListKind(ListKind(PyNumber("float")))
        arrays = tuple(ArrayKind(dtype, (None,)) for dtype in more)
        tuples = ListKind(PyNumber("float"), form="tuple")
        return one_of((bare_arrays(), *numbers, nested, *arrays, tuples, _REAL))
    lists: list[Kind] = [PyNumber("float"), PyNumber("int")]
    for length in reversed(dims):
        lists = [ListKind(inner, length) for inner in lists]
    arrays = tuple(ArrayKind(dtype, dims) for dtype in more)
    return one_of((bare_arrays(dims), *lists, *arrays))


def kind_of(node: ast.expr, scope: Scope) -> Kind | None:
    """The kind that an annotation means; None if it is not understood."""
    match node:
        case ast.Constant(value=None):
            return NONE
        case ast.Constant(value=str(text)):
            try:
                return kind_of(ast.parse(text.strip(), mode="eval").body, scope)
            except SyntaxError:
                return None
        case ast.Name() | ast.Attribute():
            return _named(node, scope)
        case ast.BinOp(left, ast.BitOr(), right):
            return _union((left, right), scope)
        case ast.Subscript(base, inside):
            items = tuple(inside.elts) if isinstance(inside, ast.Tuple) else (inside,)
            return _generic(base, items, scope)
        case ast.Call():
            return _called(node, scope)
        case _:
            return None


def _named(node: ast.Name | ast.Attribute, scope: Scope) -> Kind | None:
    name = last_name(node)
    if isinstance(node, ast.Name) and name not in scope.open:
        if name in scope.aliases or name in scope.classes:
            return _defined(name, scope)
        if (other := scope.beside(name)) is not None:
            return _named(ast.Name(scope.imported[name][1]), other)
        name = scope.renamed.get(name, name)
    if name in ("ndarray", "NDArray"):
        scope.notes.append("a bare ndarray was taken as float64, float32 and int64 of rank 1 and 2")
        return bare_arrays()
    if name == "ArrayLike":
        return array_likes()
    dtypes = NAMES.get(name, ())
    if isinstance(node, ast.Attribute) and dtypes and name not in _PLAIN_FIRST:
        return one_of(tuple(NpNumber(d) for d in dtypes))
    if name in _PLAIN:
        return _PLAIN[name]
    if name in _FORMS:
        return ListKind(_REAL, form=_FORMS[name])
    if name in _DICTS:
        return DictKind(Text(), _REAL)
    if name in ("tuple", "Tuple"):
        return ListKind(_REAL, form="tuple")
    if dtypes:
        return one_of(tuple(NpNumber(d) for d in dtypes))
    return None


def _defined(name: str, scope: Scope) -> Kind | None:
    scope.open.add(name)
    try:
        if name in scope.aliases:
            found = made_kind(name, scope.aliases[name], scope, kind_of)
            return found or kind_of(scope.aliases[name], scope)
        return class_kind(scope.classes[name], scope, kind_of)
    finally:
        scope.open.discard(name)


def _generic(base: ast.expr, items: tuple[ast.expr, ...], scope: Scope) -> Kind | None:
    name = last_name(base)
    name = scope.renamed.get(name, name)
    if isinstance(base, ast.Name) and (name in scope.aliases or scope.beside(name) is not None):
        return _named(base, scope)  # a generic alias: its parameters are left as they are
    match name:
        case "Optional":
            return _union((*items, ast.Constant(None)), scope)
        case "Union":
            return _union(items, scope)
        case "Literal":
            return _literal(items, scope)
        case "Annotated":
            return _annotated(items, scope)
        case "NDArray":
            return _of_dtype(items[0], None, scope)
        case "ndarray":
            inner = items[-1]
            return (
                kind_of(inner, scope) if last_name(inner) == "ndarray" else _ndarray(items, scope)
            )
        case "tuple" | "Tuple":
            return _tuple(items, scope)
        case "Callable":
            return FunctionKind()
        case _ if name in _DICTS and len(items) == 2:
            key, value = (kind_of(i, scope) for i in items)
            return None if key is None or value is None else DictKind(key, value)
        case _ if name in _TRANSPARENT:
            return kind_of(items[0], scope)
        case _ if name in JAXTYPING and len(items) == 2 and isinstance(items[1], ast.Constant):
            return _shaped(JAXTYPING[name], str(items[1].value))
        case _ if name in _FORMS:
            elem = kind_of(items[0], scope)
            return None if elem is None else ListKind(elem, form=_FORMS[name])
        case _ if name in NAMES:  # np.floating[Any]
            return one_of(tuple(NpNumber(d) for d in NAMES[name]))
        case _ if name in scope.classes:
            return _named(ast.Name(name), scope)
        case _:
            return None


def _called(node: ast.Call, scope: Scope) -> Kind | None:
    """`NewType("Metres", float)`, `TypeVar("T", float, int)`, `TypeVar("T", bound=...)`."""
    bound = next((k.value for k in node.keywords if k.arg == "bound"), None)
    match last_name(node.func), node.args:
        case "NewType", [_, inner]:
            return kind_of(inner, scope)
        case "TypeVar", [_]:
            return kind_of(bound, scope) if bound is not None else None
        case "TypeVar", [ast.Constant(value=name), *choices]:
            kinds = [kind_of(each, scope) for each in choices]
            known = tuple(k for k in kinds if k is not None)
            return OneOfKinds(known, str(name)) if len(known) == len(kinds) else None
        case _:
            return None


def _union(items: Sequence[ast.expr], scope: Scope) -> Kind | None:
    kinds = [kind_of(i, scope) for i in items]
    known = tuple(k for k in kinds if k is not None)
    return one_of(known) if len(known) == len(kinds) else None


def _literal(items: Sequence[ast.expr], scope: Scope) -> Kind | None:
    kinds: list[Kind] = []
    for item in items:
        match item:
            case ast.Attribute(ast.Name(name), member) if name in scope.classes:
                kinds.append(RecordKind(name, ((member, NONE),), "enum"))
            case ast.Name() | ast.Subscript():
                inner = kind_of(item, scope)
                if inner is None:
                    return None
                kinds.append(inner)
            case _:
                try:
                    kinds.append(Exactly((ast.literal_eval(item),)))
                except ValueError:
                    return None
    values = [v for k in kinds if isinstance(k, Exactly) for v in k.values]
    others = [k for k in kinds if not isinstance(k, Exactly)]
    return one_of((*((Exactly(tuple(values)),) if values else ()), *others))


def _tuple(items: tuple[ast.expr, ...], scope: Scope) -> Kind | None:
    if len(items) == 2 and isinstance(items[1], ast.Constant) and items[1].value is ...:
        elem = kind_of(items[0], scope)
        return None if elem is None else ListKind(elem, form="tuple")
    if len(items) == 1 and isinstance(items[0], ast.Tuple):
        return TupleKind(())
    kinds = [kind_of(i, scope) for i in items]
    known = tuple(k for k in kinds if k is not None)
    return TupleKind(known) if len(known) == len(kinds) else None


# -------------------------------------------------------------------- arrays


def _annotated(items: tuple[ast.expr, ...], scope: Scope) -> Kind | None:
    kind = kind_of(items[0], scope)
    text = next(
        (i.value for i in items[1:] if isinstance(i, ast.Constant) and isinstance(i.value, str)),
        None,
    )
    if kind is None or text is None:
        return kind
    if last_name(items[0]) == "ArrayLike":
        return array_likes(dims_of(text))
    link = kind.link if isinstance(kind, OneOfKinds) else None
    choices = kind.choices if isinstance(kind, OneOfKinds) else (kind,)
    shaped = tuple(dict.fromkeys(_with_dims(k, text) for k in choices))
    return OneOfKinds(shaped, link) if link is not None else one_of(shaped)


def _with_dims(kind: Kind, text: str) -> Kind:
    match kind:
        case ArrayKind(dtype):
            return _shaped((dtype,), text)
        case ListKind(elem, _, form) if (dims := dims_of(text)) is not None and dims:
            inner = elem
            if isinstance(elem, ListKind) and len(dims) > 1:
                inner = ListKind(elem.elem, dims[1], elem.form)
            return ListKind(inner, dims[0], form)
        case _:
            return kind


def _ndarray(items: tuple[ast.expr, ...], scope: Scope) -> Kind | None:
    """`np.ndarray[shape, np.dtype[np.float64]]`: the rank is known if the shape is a tuple."""
    dims: tuple[Length, ...] | None = None
    match items[0]:
        case ast.Subscript(base, ast.Tuple(elts)) if last_name(base) in ("tuple", "Tuple"):
            if not any(isinstance(e, ast.Constant) and e.value is ... for e in elts):
                dims = tuple(_one_length(e) for e in elts)
        case ast.Subscript(base, one) if last_name(base) in ("tuple", "Tuple"):
            dims = (_one_length(one),)
    match items[-1]:
        case ast.Subscript(base, inner) if last_name(base) == "dtype":
            return _of_dtype(inner, dims, scope)
        case _:
            return bare_arrays(dims)


def _one_length(node: ast.expr) -> Length:
    match node:
        case ast.Subscript(base, ast.Constant(value=int(n))) if last_name(base) == "Literal":
            return n
        case _:
            return None


def _of_dtype(node: ast.expr, dims: tuple[Length, ...] | None, scope: Scope) -> Kind | None:
    """Arrays of a scalar type; of one dtype throughout a call if that is a type variable."""
    match node:
        case ast.Name(name) if isinstance(made := scope.aliases.get(name), ast.Call):
            bound = next((k.value for k in made.keywords if k.arg == "bound"), None)
            if last_name(made.func) == "TypeVar":
                limits = [*made.args[1:], *([bound] if bound is not None else [])]
                dtypes = [dtypes_of(each, scope) for each in limits]
                flat = tuple(dict.fromkeys(d for each in dtypes for d in each or ())) or BARE
                return OneOfKinds(tuple(ArrayKind(d, dims) for d in flat), name)
    found = dtypes_of(node, scope)
    if found is None:
        return None
    if len(found) > 1 and last_name(node) == "Any":
        scope.notes.append("an array of any dtype was taken as float64, float32 and int64")
    return one_of(tuple(ArrayKind(d, dims) for d in dict.fromkeys(found)))


def _shaped(dtypes: Sequence[str], text: str) -> Kind:
    """Arrays of the shape that `text` names; several ranks where it leaves the rank open. An axis `#n` is
    of length `n` or 1."""
    if "#" in text:
        ones = _shaped(dtypes, _BROADCAST.sub("1", text).replace("#", ""))
        return one_of((_shaped(dtypes, text.replace("#", "")), ones))
    words = _words(text)
    open_at = next((k for k, w in enumerate(words) if w == "..." or w.startswith("*")), None)
    if open_at is None:
        return one_of(tuple(ArrayKind(d, dims_of(text)) for d in dict.fromkeys(dtypes)))
    mark = words[open_at]
    before, after = (_lengths(part) for part in (words[:open_at], words[open_at + 1 :]))
    batch: tuple[Length, ...] = (None, None) if mark == "..." else (f"{mark[1:]}0", f"{mark[1:]}1")
    kinds = tuple(
        ArrayKind(d, (*before, *batch[:count], *after))
        for d in dict.fromkeys(dtypes)
        for count in (1, 0, 2)
    )
    return OneOfKinds(kinds, mark) if mark != "..." and len(set(dtypes)) == 1 else one_of(kinds)


def dims_of(text: str) -> tuple[Length, ...] | None:
    """`"n m"`, `"n 3"`, `"n n+1"`, `"_ m"`; None (any rank) if it holds `...` or `*batch`."""
    words = _words(text)
    if any(word == "..." or word.startswith("*") for word in words):
        return None
    return _lengths(words)


_BROADCAST = re.compile(r"(?<![^\s,])#[^\s,]+")


def _words(text: str) -> list[str]:
    """The axes; the lengths of `?n` need not agree, so it is an `_n`."""
    words = text.replace("#", "").replace(",", " ").split()
    return [f"_{word[1:]}" if word.startswith("?") else word for word in words]


def _lengths(words: Sequence[str]) -> tuple[Length, ...]:
    dims: list[Length] = []
    for word in words:
        word = word.partition("=")[2] or word
        dims.append(int(word) if word.isdigit() else None if word.startswith("_") else word)
    return tuple(dims)
