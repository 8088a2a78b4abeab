"""Two loaded functions and one call of both, as a program that a reader can run."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from loopwright.verify.case import Case
from loopwright.verify.extra import imports_for, shown_under
from loopwright.verify.kinds import Parameter
from loopwright.verify.literal import assignments
from loopwright.verify.meddle import change
from loopwright.verify.modules import Home, import_root
from loopwright.verify.state import State
from loopwright.verify.stock import Logged, Make


@dataclass
class Side:
    """One of the two functions, loaded. `text` is that of its module where no file is left of it."""

    module: types.ModuleType
    function: Any
    path: Path
    name: str
    home: Home
    text: str = ""


def bind(
    parameters: Sequence[Parameter], values: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Positional arguments up to the first one left out; the names of the candidate's parameters may
    differ, so that only what must be passed by name is."""
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    gap = False
    for p in parameters:
        if p.how == "many":
            if not gap:
                args += values.get(p.name, [])
        elif p.how == "options":
            kwargs.update(values.get(p.name, {}))
        elif p.name not in values:
            gap = True
        elif p.how == "keyword" or gap:
            kwargs[p.name] = values[p.name]
        else:
            args.append(values[p.name])
    return args, kwargs


@dataclass(frozen=True)
class Shown:
    """What the text of calls needs to know. `changeable` are public globals that callers change, `state` is
    what the original leaves behind; `draws`: the global generators are seeded before each call."""

    a: Side
    b: Side
    parameters: Sequence[Parameter]
    changeable: Sequence[str]
    state: State
    draws: bool

    def program(self, cases: Sequence[Case]) -> str:
        """A program that loads both files and prints what each does."""
        classes = sorted({n for each in cases for v in each.values.values() for n in classes_in(v)})
        lines = [
            "import random",
            "import sys",
            "from collections import deque",
            *(["from inspect import getclosurevars"] if _closes(self.state.values()) else []),
            "from math import inf, nan",
        ]
        lines += ["from runpy import run_module, run_path", "", "import numpy as np", ""]
        if any(isinstance(v, Logged) for each in cases for v in each.values.values()):
            lines.insert(-1, "from loopwright.verify.stock import Logged")
        if cases[-1].under is not None:
            lines[-1:-1] = imports_for(cases[-1].under)
        lines += _load_lines(self.a, self.b)
        f, g = (
            (name, *side.name.partition("."))
            for name, side in zip("fg", (self.a, self.b), strict=True)
        )
        sides = ", ".join(
            f"({name}, {name}[{first!r}]{dot}{rest})" for name, first, dot, rest in (f, g)
        )
        lines += ["", f"for module, call in ({sides}):"]
        lines += [f"    {name} = module[{name!r}]" for name in classes]
        for each in cases:
            lines += [f"    {line}" for line in self._call_text(each)]
        return "\n".join(lines)

    def _call_text(self, case: Case) -> list[str]:
        values = {p.name: case.values[p.name] for p in self.parameters if p.name in case.values}
        args, kwargs = bind(self.parameters, {name: _Named(name) for name in values})
        many = {p.name for p in self.parameters if p.how == "many"}
        texts = [f"*{a.text}" if a.text in many else a.text for a in _flat(args)]
        texts += [f"{name}={value.text}" for name, value in kwargs.items()]
        call = f"call({', '.join(texts)})"
        lines = [f"np.random.seed({case.seed})", f"random.seed({case.seed})"] if self.draws else []
        names = [p.name for p in self.parameters if p.name in values]
        show = _printed(call, names, self.state.values())
        if case.under is not None:
            lines += [*assignments(values), *shown_under(case.under, list(values), show)]
        else:
            lines += [*assignments(values), *show]
        after = {
            "once": [],
            "again": show,
            "fresh": [
                "# the caller writes into the result, then",
                *assignments(values),
                *show,
            ],
            "meddle": [
                "# the caller writes into the result and the arguments, then",
                *show,
            ],
            "globals": [
                f"# the caller changes {', '.join(self.changeable)}, then",
                *self._globals_changed(case.seed),
                *assignments(values),
                *show,
            ],
        }
        return lines + after[case.script]

    def _globals_changed(self, seed: int) -> list[str]:
        """Statements that give the globals other values, as a caller did."""
        lines = ["scope = getattr(call, '__globals__', module)"]
        for name in self.changeable:
            value = vars(self.a.module)[name]
            if not isinstance(value, np.ndarray) and _is_data(value):
                lines += assignments({f"scope[{name!r}]": change(value, seed)})
            elif isinstance(value, np.ndarray) and value.size <= _LARGEST_SHOWN:
                lines += assignments({f"scope[{name!r}][...]": change(value.copy(), seed)})
        return lines


_LARGEST_SHOWN = 10_000
"""Elements of a global array up to which a counter-example tells its new ones."""


def _is_data(value: Any) -> bool:
    """Whether a literal can be written for `value`: no functions inside."""
    if isinstance(value, dict):
        return all(map(_is_data, (*value.keys(), *value.values())))
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(_is_data, value))
    return value is None or isinstance(value, int | float | complex | str | np.generic)


def _closes(paths: Iterable[str]) -> bool:
    return any(path.startswith("nonlocal ") for path in paths)


def _place_text(path: str) -> str:
    """An expression for what `state.State` calls by that path."""
    kind, name = path.split(" ", 1)
    owner, dot, attribute = name.partition(".")
    match kind:
        case "global":
            return f"getattr(call, '__globals__', module).get({name!r})"
        case "nonlocal":
            return f"getclosurevars(call).nonlocals[{name!r}]"
        case _ if dot:
            return f"vars(module[{owner!r}]).get({attribute!r})"
        case _:
            return f"getattr(call, {name!r}, None)"


def _printed(call: str, names: Sequence[str], state: Iterable[str]) -> list[str]:
    """Statements that print what a call does, its arguments after it, and what state it leaves."""
    held = [f"{path!r}: {_place_text(path)}" for path in state]
    return [
        "try:",
        f"    result = {call}",
        "    print(list(result) if hasattr(result, '__next__') else result)",
        "except Exception as error:",
        "    print(type(error).__name__, error)",
        *([f"print('  after the call:', {', '.join(names)})"] if names else []),
        *([f"print('  state:', {{{', '.join(held)}}})"] if held else []),
    ]


def _load_lines(a: Side, b: Side) -> list[str]:
    """Statements that load both sides as `f` and `g`, each from its own folder."""
    lines: list[str] = []
    package = import_root(a.path)[1].partition(".")[0]
    for name, side in (("f", a), ("g", b)):
        if not side.text:
            lines += [f"sys.path.insert(0, {str(import_root(side.path)[0])!r})"]
        if side.path.suffix == ".pyx":
            include = "setup_args={'include_dirs': np.get_include()}"
            lines += ["import pyximport", f"pyximport.install(language_level=3, {include})"]
        lines += _load_text(name, side)
        if side is a and import_root(b.path)[1].startswith(f"{package}."):
            lines += [f"for name in [n for n in sys.modules if n.split('.')[0] == {package!r}]:"]
            lines += ["    del sys.modules[name]"]
    return lines


def _load_text(name: str, side: Side) -> list[str]:
    """Statements that make `name` the names of a side's module, imported as Python imports the file."""
    if side.text:
        quoted = "'''" in side.text or "\\" in side.text
        text = repr(side.text) if quoted else f"'''\n{side.text}'''"
        return [f"{name} = {{'__name__': '__main__'}}", *f"exec({text}, {name})".splitlines()]
    root, dotted = import_root(side.path)
    if side.path.suffix == ".pyx":
        place = f"{side.path.stem!r}, {str(side.path.resolve())!r}"
        return [f"{name} = vars(pyximport.load_module({place}))"]
    if "." in dotted:
        return [f"{name} = run_module({dotted!r})"]
    return [f"{name} = run_path({str(side.path)!r})"]


def classes_in(value: Any) -> set[str]:
    """The classes of the module under test that a drawn value needs."""
    match value:
        case Make(name, values):
            return {name.partition(".")[0]} | classes_in(values)
        case list() | tuple():
            return {name for item in value for name in classes_in(item)}
        case dict():
            return {name for item in value.values() for name in classes_in(item)}
        case _:
            return set()


@dataclass(frozen=True)
class _Named:
    text: str

    def __iter__(self) -> Any:
        return iter((self,))

    def keys(self) -> list[str]:
        return []


def _flat(args: Sequence[Any]) -> list[Any]:
    return [a for a in args if isinstance(a, _Named)]
