"""A live function as the text of a module of its own: for functions that stand in no file at the top.

Lambdas, closures, partial applications, bound methods, decorated functions and what was typed at a prompt
are verified in another process, to which nothing is pickled: their source is looked up (`linecache` has it
for cells of a notebook, too) and written together with whatever it reads. Data becomes text that makes it
again; variables of enclosing functions become variables of the module, listed in `__enclosed__`.
"""

from __future__ import annotations

import ast
import contextlib
import dis
import functools
import inspect
import math
import sys
import types
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from loopwright.shipped_source import class_node, definition_of
from loopwright.shipped_values import PLAIN, alike, importable, is_data, is_library, is_typing
from loopwright.usage import UsageError
from loopwright.verify.literal import Writer
from loopwright.verify.modules import ENCLOSED, import_root

_OURS: dict[str, object] = {"np": np, "inf": math.inf, "nan": math.nan}
"""What the text of data uses."""
_TYPING = ("typing", "numpy.typing", "collections.abc", "types", "typing_extensions", "jaxtyping")
_OF_ALIASES = ("collections.abc", "numpy", "types", "typing")
_GLOBAL = {"LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL"}


@dataclass(frozen=True, slots=True)
class Shipped:
    """The text of a module that defines the function `name`; `roots` are folders of the user from which it
    imports."""

    text: str
    name: str
    roots: tuple[Path, ...]


def ship(f: Any, name: str) -> Shipped:
    """The function `f` as text; `name` is for one that has none. UsageError names what cannot be sent."""
    own = getattr(f, "__name__", "")
    name = own if own.isidentifier() else name
    shipper = _Shipper()
    made = shipper.callable(f, name)
    return Shipped(shipper.text(), made, tuple(shipper.roots))


class _Shipper:
    def __init__(self) -> None:
        self.bound: dict[str, Any] = {}
        self.known: dict[int, str] = {}
        self.imports: dict[str, None] = {}
        self.writer = Writer()
        self.definitions: list[str] = []
        self.aliases: list[str] = []
        self.enclosed: dict[str, None] = {}
        self.roots: dict[Path, None] = {}

    def text(self) -> str:
        lines = ["from __future__ import annotations", "", *self.imports]
        lines += ["import numpy as np", "from math import inf, nan"] * bool(self.writer.lines)
        lines += [f"sys.path.append({str(root)!r})" for root in self.roots]
        lines += [f"{ENCLOSED} = {tuple(self.enclosed)!r}"] * bool(self.enclosed)
        return "\n".join(
            [*dict.fromkeys(lines), *self.writer.lines, *self.definitions, *self.aliases, ""]
        )

    # ------------------------------------------------------------- callables

    def callable(self, f: Any, name: str) -> str:
        """Define `name`, or one like it, as a function that does what `f` does, with its annotations."""
        match f:
            case functools.partial():
                self.value("_whole", f.func, "the function of a partial application")
                self.applied(f)
                return self.front(name, _without(self.signature(f.func), f), "_applied")
            case types.MethodType():
                self.value("_holder", f.__self__, "the object of a bound method")
                a = self.signature(f.__func__)
                plain = a.posonlyargs or a.args
                del plain[:1]
                return self.front(name, a, f"_holder.{f.__func__.__name__}")
            case types.FunctionType() if hasattr(f, "__wrapped__"):
                self.function(f, "_wrapper")
                return self.front(name, self.signature(inspect.unwrap(f)), "_wrapper")
            case types.FunctionType():
                self.function(f, name)
            case _ if hasattr(f, "cache_parameters"):
                self.imports["import functools"] = None
                sizes = f.cache_parameters()
                made = f"functools.lru_cache({sizes['maxsize']}, {sizes['typed']})"
                self.function(f.__wrapped__, name, made)
            case _:
                raise UsageError(f"{f!r} is no Python function whose source can be found")
        return name

    def applied(self, f: functools.partial[Any]) -> None:
        self.imports["import functools"] = None
        given = {f"_given{k}": value for k, value in enumerate((*f.args, *f.keywords.values()))}
        for each, value in given.items():
            self.value(each, value, "an argument of a partial application")
        names = list(given)
        words = [*names[: len(f.args)]]
        words += [f"{k}={n}" for k, n in zip(f.keywords, names[len(f.args) :], strict=True)]
        self.definitions.append(f"_applied = functools.partial(_whole, {', '.join(words)})")

    def signature(self, f: Any) -> ast.arguments:
        """The parameters of a function with annotations, what these name being sent along."""
        plain = inspect.unwrap(f)
        if not isinstance(plain, types.FunctionType):
            raise UsageError(f"the source of {f!r} cannot be found")
        node = definition_of(plain)
        self.annotations(node, plain)
        return self.with_defaults(node.args, plain, plain.__name__)

    def front(self, name: str, a: ast.arguments, target: str) -> str:
        """A function with these parameters that calls `target`; its name, which may be taken."""
        while name in self.bound:
            name += "_"
        words = [arg.arg for arg in (*a.posonlyargs, *a.args)]
        words += [f"*{a.vararg.arg}"] if a.vararg else []
        words += [f"{arg.arg}={arg.arg}" for arg in a.kwonlyargs]
        words += [f"**{a.kwarg.arg}"] if a.kwarg else []
        call = f"    return {target}({', '.join(words)})"
        self.definitions.append(f"def {name}({ast.unparse(a)}):\n{call}")
        return name

    def function(self, f: types.FunctionType, name: str, decorator: str = "") -> None:
        """Define `name` as `f` itself."""
        if not self.claim(name, f):
            return
        node = definition_of(f)
        self.annotations(node, f)
        node.args = self.with_defaults(node.args, f, name)
        node.name = name
        node.decorator_list = [] if not decorator else [ast.parse(decorator, mode="eval").body]
        text = ast.unparse(ast.fix_missing_locations(_Global(f.__code__.co_freevars).visit(node)))
        self.reads(f)
        self.definitions.append(text)

    def reads(self, f: types.FunctionType) -> None:
        """Send what the function reads: variables of functions around it, and globals."""
        where = f"read by {f.__qualname__}"
        for variable, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
            if variable == "__class__":
                raise UsageError(f"{f.__qualname__} calls super(): verify the method by its class")
            try:
                held = cell.cell_contents
            except ValueError:  # not bound yet
                continue
            self.enclosed[variable] = None
            self.value(variable, held, where)
        for variable in _globals_of(f.__code__):
            if variable in f.__globals__:
                self.value(variable, f.__globals__[variable], where)

    def with_defaults(self, a: ast.arguments, f: types.FunctionType, name: str) -> ast.arguments:
        """The defaults that the function has now, not the expressions that they came from."""
        a = deepcopy(a)
        held = dict(enumerate(f.__defaults__ or ()))
        a.defaults = [self.default(v, f"_default{k}_{name}") for k, v in held.items()]
        named = f.__kwdefaults__ or {}
        a.kw_defaults = [
            self.default(named[arg.arg], f"_default_{arg.arg}_{name}") if arg.arg in named else None
            for arg in a.kwonlyargs
        ]
        return a

    def default(self, value: Any, name: str) -> ast.expr:
        if isinstance(value, bool | int | str | None) or (
            isinstance(value, float) and math.isfinite(value)
        ):
            return ast.parse(repr(value), mode="eval").body
        self.value(name, value, "a default")
        return ast.Name(name, ast.Load())

    def annotations(self, node: ast.FunctionDef, f: types.FunctionType) -> None:
        """Send what annotations name as far as it can be sent: they tell types, nothing runs them."""
        a = node.args
        every = [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]
        for arg in every:
            for part in ast.walk(arg.annotation) if arg.annotation is not None else ():
                if isinstance(part, ast.Name) and part.id in f.__globals__:
                    self.annotation(part.id, f.__globals__[part.id])

    def annotation(self, name: str, value: Any) -> None:
        for module in _TYPING:
            if getattr(sys.modules.get(module), name, None) is value:
                if self.claim(name, value):
                    self.imports[f"from {module} import {name}"] = None
                return
        if not is_typing(value):
            with contextlib.suppress(UsageError):
                self.value(name, value, "an annotation")
        elif self.claim(name, value):
            self.imports |= dict.fromkeys(f"import {module}" for module in _OF_ALIASES)
            # a name that is not known when the text runs costs the type, no more
            made = f"{name} = {value!r}"
            with contextlib.suppress(SyntaxError):
                ast.parse(made)
                self.definitions.insert(0, f"try:\n    {made}\nexcept Exception:\n    pass")

    # ----------------------------------------------------------------- values

    def claim(self, name: str, value: Any) -> bool:
        """Whether `name` is still to be defined. UsageError if it stands for something else."""
        if name in _OURS and value is not _OURS[name]:
            raise UsageError(f"a variable named `{name}` is in the way: rename it")
        if name in self.bound:
            if self.bound[name] is not value and not alike(self.bound[name], value):
                raise UsageError(f"two variables named `{name}` hold different things: rename one")
            return False
        self.bound[name] = value
        if id(value) in self.known and not isinstance(value, PLAIN):
            self.aliases.append(f"{name} = {self.known[id(value)]}")
            return False
        self.known[id(value)] = name
        return True

    def value(self, name: str, value: Any, where: str) -> None:
        """Define `name` as `value`."""
        if isinstance(value, types.ModuleType):
            self.module(name, value)
        elif (origin := importable(value)) is not None:
            if self.claim(name, value):
                module, attribute = origin
                renamed = "" if name == attribute else f" as {name}"
                self.imports[f"from {module} import {attribute}{renamed}"] = None
        elif isinstance(value, types.FunctionType):
            self.function(value, name)
        elif isinstance(value, type):
            self.cls(name, value, where)
        elif isinstance(value, functools.partial | types.MethodType) or hasattr(
            value, "cache_parameters"
        ):
            if self.claim(name, value):
                del self.bound[name]
                made = self.callable(value, name)
                self.bound[name] = value
                self.aliases += [f"{name} = {made}"] * (made != name)
        elif is_data(value):
            if self.claim(name, value):
                self.writer.assign(name, value)
        elif hasattr(value, "__dict__") and importable(type(value)) is None:
            self.instance(name, value, where)
        else:
            raise _refused(name, value, where)

    def module(self, name: str, module: types.ModuleType) -> None:
        if not self.claim(name, module):
            return
        file = getattr(module, "__file__", None)
        if module.__name__ == "__main__":
            raise UsageError(f"`{name}` is the running script itself: name what is used of it")
        if file is not None and not is_library(file):
            root = import_root(Path(file))[0]
            self.roots[root] = None
            self.imports["import sys"] = None
        text = f"import {module.__name__} as {name}"
        if file is not None and not is_library(file):
            self.definitions.insert(0, text)  # behind the path
        else:
            self.imports[text] = None

    def cls(self, name: str, cls: type, where: str) -> None:
        if not self.claim(name, cls):
            return
        node = class_node(cls)
        if node is None:
            raise _refused(name, cls, where)
        scope = vars(sys.modules[cls.__module__]) if cls.__module__ in sys.modules else {}
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in scope and part.id != cls.__name__:
                self.value(part.id, scope[part.id], f"read by {cls.__qualname__}")
        self.definitions.append(ast.unparse(node))
        if cls.__name__ != name:
            self.definitions.append(f"{name} = {cls.__name__}")

    def instance(self, name: str, value: Any, where: str) -> None:
        cls = type(value)
        if not self.claim(name, value):
            return
        self.value(cls.__name__, cls, where)
        made = [f"{name} = {cls.__name__}.__new__({cls.__name__})"]
        for k, (field, held) in enumerate(vars(value).items()):
            each = f"_{name.strip('_')}_{k}"
            self.value(each, held, f"attribute `{field}` of `{name}`")
            made.append(f"object.__setattr__({name}, {field!r}, {each})")
        self.definitions += made


# ------------------------------------------------------------------ questions


def _refused(name: str, value: Any, where: str) -> UsageError:
    return UsageError(
        f"`{name}`, {where}, is a {type(value).__name__}, which cannot be sent to another process: make it "
        "inside of the function, or put both functions into a file"
    )


def _globals_of(code: types.CodeType) -> list[str]:
    """The global names that code reads or sets, that of functions inside too."""
    found = {i.argval: None for i in dis.get_instructions(code) if i.opname in _GLOBAL}
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            found |= dict.fromkeys(_globals_of(inner))
    return list(found)


def _without(a: ast.arguments, f: functools.partial[Any]) -> ast.arguments:
    """The parameters that a partial application leaves; those behind one that it names are keyword-only."""
    a = deepcopy(a)
    plain = [*a.posonlyargs, *a.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(a.defaults))
    pairs = list(zip(plain, [*defaults, *a.defaults], strict=True))[len(f.args) :]
    cut = next((k for k, (arg, _) in enumerate(pairs) if arg.arg in f.keywords), len(pairs))
    before, behind = pairs[:cut], [p for p in pairs[cut:] if p[0].arg not in f.keywords]
    named = [*behind, *zip(a.kwonlyargs, a.kw_defaults, strict=True)]
    named = [p for p in named if p[0].arg not in f.keywords]
    return ast.arguments(
        posonlyargs=[],
        args=[arg for arg, _ in before],
        vararg=a.vararg if cut == len(pairs) else None,
        kwonlyargs=[arg for arg, _ in named],
        kw_defaults=[default for _, default in named],
        kwarg=a.kwarg,
        defaults=[default for _, default in before if default is not None],
    )


class _Global(ast.NodeTransformer):
    """Variables of enclosing functions are variables of the module."""

    def __init__(self, enclosed: tuple[str, ...]) -> None:
        self.enclosed = enclosed

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST | list[ast.AST]:
        theirs = [name for name in node.names if name in self.enclosed]
        own = [name for name in node.names if name not in self.enclosed]
        return [make(names) for make, names in ((ast.Global, theirs), (ast.Nonlocal, own)) if names]
