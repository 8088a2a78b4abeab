"""The parameters of the function under test, their types taken from wherever they are written.

In this order: the original's annotations, examples and recordings, its docstring, the examples in the
docstring, the candidate's annotations and docstring, default values.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from loopwright.verify.annotations import kind_of
from loopwright.verify.docstrings import documented
from loopwright.verify.examples import kind_of_value
from loopwright.verify.kinds import NONE, Anything, Kind, Parameter
from loopwright.verify.records import class_kind
from loopwright.verify.scope import FunctionNode, Scope, last_name

Kinds = Mapping[str, Kind]


class UnknownType(ValueError):
    """Nothing tells the type of a parameter; `annotation` is what stands there, or ""."""

    def __init__(self, parameter: str, annotation: str, line: int) -> None:
        super().__init__(parameter)
        self.parameter = parameter
        self.annotation = annotation
        self.line = line


@dataclass(frozen=True)
class Hints:
    """Types from beside the annotations: `seen` in examples and recordings, `shown` in the docstring's
    examples, `other` is the candidate and the names that its annotations may mean."""

    seen: Kinds = field(default_factory=dict)
    shown: Kinds = field(default_factory=dict)
    other: tuple[FunctionNode, Scope] | None = None


def parameters_of(
    node: FunctionNode, scope: Scope, hints: Hints | None = None, owner: ast.ClassDef | None = None
) -> tuple[Parameter, ...]:
    """The parameters of a function, or of a method of `owner`. Raises UnknownType.

    `*args` of unknown type are left empty, as `**kwargs` are. A parameter whose default is None and of
    which nothing else is known keeps its default; the notes of `scope` say so.
    """
    hints = hints or Hints()
    scope = _with_type_parameters(node, scope)
    known = _Known(node, scope, hints, documented(ast.get_docstring(node) or "", scope))
    a = node.args
    plain = [*a.posonlyargs, *a.args]
    defaults = [*[None] * (len(plain) - len(a.defaults)), *a.defaults]
    found: list[Parameter | None] = []
    kinds = {last_name(d) for d in node.decorator_list}
    for position, (arg, default) in enumerate(zip(plain, defaults, strict=True)):
        if position == 0 and owner is not None and "staticmethod" not in kinds:
            if "classmethod" not in kinds:
                found.append(Parameter(arg.arg, known.self_kind(arg, owner)))
            continue
        found.append(known.parameter(arg, default, "positional", position))
    if a.vararg is not None:
        found.append(known.parameter(a.vararg, None, "many"))
    for arg, default in zip(a.kwonlyargs, a.kw_defaults, strict=True):
        found.append(known.parameter(arg, default, "keyword"))
    if a.kwarg is not None:
        found.append(Parameter(a.kwarg.arg, Anything(), "options"))
    return tuple(p for p in found if p is not None)


@dataclass
class _Known:
    node: FunctionNode
    scope: Scope
    hints: Hints
    documented: Kinds

    def parameter(
        self, arg: ast.arg, default: ast.expr | None, how: str, position: int = -1
    ) -> Parameter | None:
        kind = self._kind(arg, default, position)
        if kind is None:
            if how == "many":
                self._note(f"*{arg.arg} is left empty, as its type is not known")
                return None
            text = "" if arg.annotation is None else ast.unparse(arg.annotation)
            raise UnknownType(arg.arg, text, arg.lineno)
        return Parameter(arg.arg, kind, how, default is not None)

    def _kind(self, arg: ast.arg, default: ast.expr | None, position: int) -> Kind | None:
        name = arg.arg
        if arg.annotation is not None and (kind := kind_of(arg.annotation, self.scope)) is not None:
            return kind
        if name in self.hints.seen:
            return self.hints.seen[name]
        if name in self.documented:
            self._note(f"type of {name} from the docstring")
            return self.documented[name]
        if name in self.hints.shown:
            self._note(f"type of {name} from the examples in the docstring")
            return self.hints.shown[name]
        if (kind := self._of_candidate(name, position)) is not None:
            self._note(f"type of {name} from the candidate")
            return kind
        kind = None if default is None else _of_default(default, self.scope)
        if kind == NONE:
            self._note(f"{name} keeps its default None, as its type is not known")
        elif kind is not None:
            self._note(f"type of {name} from its default value")
        return kind

    def _of_candidate(self, name: str, position: int) -> Kind | None:
        if self.hints.other is None:
            return None
        node, scope = self.hints.other
        plain = [*node.args.posonlyargs, *node.args.args]
        arg = next((a for a in [*plain, *node.args.kwonlyargs] if a.arg == name), None)
        if arg is None and 0 <= position < len(plain):
            arg = plain[position]
        if arg is None:
            return None
        inner = _with_type_parameters(node, scope)
        kind = None if arg.annotation is None else kind_of(arg.annotation, inner)
        return kind or documented(ast.get_docstring(node) or "", inner).get(arg.arg)

    def self_kind(self, arg: ast.arg, owner: ast.ClassDef) -> Kind:
        made = class_kind(owner, self.scope, kind_of)
        for kinds in (self.hints.seen, self.hints.shown):
            made = made or kinds.get(arg.arg)
        if made is None:
            raise UnknownType(arg.arg, "", arg.lineno)
        return made

    def _note(self, text: str) -> None:
        self.scope.notes.append(text)


def _with_type_parameters(node: FunctionNode, scope: Scope) -> Scope:
    """`def f[T: float](x: T)`: the function's own type variables, as if made by TypeVar."""
    made: dict[str, ast.expr] = {}
    parameters: Sequence[ast.AST] = getattr(node, "type_params", ())
    for each in parameters:
        name, bound = str(getattr(each, "name", "")), getattr(each, "bound", None)
        limits = bound.elts if isinstance(bound, ast.Tuple) else []
        options = (
            [ast.keyword("bound", bound)] if isinstance(bound, ast.expr) and not limits else []
        )
        made[name] = ast.Call(ast.Name("TypeVar"), [ast.Constant(name), *limits], options)
    return replace(scope, aliases={**scope.aliases, **made}) if made else scope


def _of_default(default: ast.expr, scope: Scope) -> Kind | None:
    match default:
        case ast.Attribute(ast.Name(name), _) if name in scope.classes:
            return class_kind(scope.classes[name], scope, kind_of)
        case ast.Attribute(_, "inf" | "nan" | "pi" | "e" | "newaxis"):
            return kind_of_value(0.0)
    try:
        return kind_of_value(ast.literal_eval(default))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
