"""From classes to kinds: dataclasses, named tuples, typed dictionaries, enumerations, plain classes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from loopwright.verify.kinds import NONE, Anything, FunctionKind, Kind, RecordKind
from loopwright.verify.scope import Scope, last_name

KindOf = Callable[[ast.expr, Scope], Kind | None]
_ENUMS = {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}
_MAKERS = {"dataclass", "define", "frozen", "mutable", "attrs", "s", "pydantic_dataclass"}


def class_kind(node: ast.ClassDef, scope: Scope, kind_of: KindOf) -> Kind | None:
    """Instances of the class, made as its constructor makes them; None if their parts are not known."""
    line = _lineage(node, scope)
    bases = {last_name(_plain(b)) for each in line for b in each.bases}
    if bases & _ENUMS:
        return RecordKind(node.name, _members(node), "enum")
    if "Protocol" in bases:
        return FunctionKind() if _method(node, "__call__") is not None else None
    decorators = {last_name(d.func if isinstance(d, ast.Call) else d)
                  for each in line for d in each.decorator_list}  # fmt: skip
    init = next((m for each in line if (m := _method(each, "__init__")) is not None), None)
    if init is not None:
        return _by_init(node.name, init, scope, kind_of)
    if "TypedDict" in bases:
        return _typed_dict(node.name, line, scope, kind_of)
    if not (decorators & _MAKERS or bases & {"NamedTuple", "BaseModel", "Struct"}):
        named = next((b for each in line for b in each.bases if isinstance(b, ast.Call)), None)
        if named is not None:  # class P(namedtuple("P", "x y"))
            return made_kind(node.name, named, scope, kind_of)
        return RecordKind(node.name, ()) if bases <= {"object", "ABC", "Generic", ""} else None
    fields: dict[str, Kind] = {}
    for each in reversed(line):
        for name, annotation, value in _fields(each):
            if not _in_init(value):
                continue
            kind = kind_of(annotation, scope)
            if kind is None:
                return None
            fields[name] = kind
    return RecordKind(node.name, tuple(fields.items()))


def made_kind(name: str, node: ast.expr, scope: Scope, kind_of: KindOf) -> Kind | None:
    """A class made by a call: `NamedTuple("P", [("x", float)])`, `TypedDict("D", {"a": int})`,
    `Enum("E", "A B")`; None for anything else."""
    match node:
        case ast.Call(func, [_, ast.List(elts) | ast.Tuple(elts), *_]) if (
            last_name(func) == "NamedTuple"
        ):
            pairs = [e.elts for e in elts if isinstance(e, ast.Tuple) and len(e.elts) == 2]
            named = [(_text(key), kind_of(value, scope)) for key, value in pairs]
            return _record(name, named, "class")
        case ast.Call(func, [_, ast.Dict(keys, values), *_]) if last_name(func) == "TypedDict":
            named = [(_text(k), kind_of(v, scope)) for k, v in zip(keys, values, strict=True)]
            return _record(name, named, "dict")
        case ast.Call(func, [_, inside, *_]) if last_name(func) in _ENUMS:
            return RecordKind(name, tuple((member, NONE) for member in _names(inside)), "enum")
        case ast.Call(func, [_, inside, *_]) if last_name(func) == "namedtuple":
            return RecordKind(name, tuple((field, Anything()) for field in _names(inside)))
        case _:
            return None


def _record(name: str, named: Sequence[tuple[str, Kind | None]], form: str) -> Kind | None:
    known = tuple((field, kind) for field, kind in named if kind is not None)
    return RecordKind(name, known, form) if len(known) == len(named) else None


def _text(node: ast.expr | None) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _names(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=str(text)):
            return text.replace(",", " ").split()
        case ast.List(elts) | ast.Tuple(elts):
            return [_text(e.elts[0] if isinstance(e, ast.Tuple) else e) for e in elts]
        case ast.Dict(keys):
            return [_text(key) for key in keys]
        case _:
            return []


def _plain(base: ast.expr) -> ast.expr:
    return base.value if isinstance(base, ast.Subscript) else base


def _lineage(node: ast.ClassDef, scope: Scope) -> list[ast.ClassDef]:
    """The class and the bases of it that the module defines, nearest first."""
    line = [node]
    for each in line:
        for base in each.bases:
            name = last_name(_plain(base))
            found = scope.classes.get(name)
            if found is None and (other := scope.beside(name)) is not None:
                found = other.classes.get(scope.imported[name][1])
            if found is not None and found not in line:
                line.append(found)
    return line


def _members(node: ast.ClassDef) -> tuple[tuple[str, Kind], ...]:
    targets = [n.targets[0] for n in node.body if isinstance(n, ast.Assign)]
    return tuple((t.id, NONE) for t in targets if isinstance(t, ast.Name) and t.id[0] != "_")


def _method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    return next((n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == name), None)


def _fields(node: ast.ClassDef) -> list[tuple[str, ast.expr, ast.expr | None]]:
    return [
        (n.target.id, n.annotation, n.value)
        for n in node.body
        if isinstance(n, ast.AnnAssign)
        and isinstance(n.target, ast.Name)
        and "ClassVar" not in ast.dump(n.annotation)
    ]


def _in_init(value: ast.expr | None) -> bool:
    """Whether the constructor takes a field: not if it says `field(init=False)`."""
    return not (
        isinstance(value, ast.Call)
        and any(
            k.arg == "init" and isinstance(k.value, ast.Constant) and k.value.value is False
            for k in value.keywords
        )
    )


def _by_init(name: str, init: ast.FunctionDef, scope: Scope, kind_of: KindOf) -> Kind | None:
    """By the annotated parameters of `__init__`; those with defaults and no annotation are left out."""
    a = init.args
    plain = [*a.posonlyargs, *a.args][1:]
    without = len(plain) - len(a.defaults)
    fields: list[tuple[str, Kind]] = []
    optional = [k >= without for k in range(len(plain))] + [d is not None for d in a.kw_defaults]
    for arg, has_default in zip([*plain, *a.kwonlyargs], optional, strict=True):
        kind = None if arg.annotation is None else kind_of(arg.annotation, scope)
        if kind is not None:
            fields.append((arg.arg, kind))
        elif not has_default:
            return None
    return RecordKind(name, tuple(fields))


def _typed_dict(
    name: str, line: Sequence[ast.ClassDef], scope: Scope, kind_of: KindOf
) -> Kind | None:
    fields: dict[str, Kind] = {}
    missing: set[str] = set()
    for each in reversed(line):
        partial = any(
            k.arg == "total" and isinstance(k.value, ast.Constant) and k.value.value is False
            for k in each.keywords
        )
        for field, annotation, _ in _fields(each):
            kind = kind_of(annotation, scope)
            if kind is None:
                return None
            fields[field] = kind
            head = annotation.value if isinstance(annotation, ast.Subscript) else annotation
            said = last_name(head)
            if said == "NotRequired" or (partial and said != "Required"):
                missing.add(field)
    return RecordKind(name, tuple(fields.items()), "dict", frozenset(missing))
