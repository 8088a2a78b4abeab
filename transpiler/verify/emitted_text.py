"""A pytest file that compares two functions: what `verify` saw, to be kept in the user's repository.

The file needs pytest, Hypothesis and NumPy, and the two functions. It reads as if a person had written it,
passes ruff and black as it stands, and draws the same inputs on every run.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loopwright.ir.text import Lines
from loopwright.verify.emitted_helpers import (
    COMPARE,
    CONTENTS,
    FRESH,
    LOAD,
    MADE,
    NUMBERS,
    RANDOM,
    SHARE,
    WIDE,
    imports,
    needed,
)
from loopwright.verify.emitted_layout import WIDTH, put, put_lists
from loopwright.verify.emitted_strategies import Drawer, shared_pair
from loopwright.verify.kinds import Kind, Parameter, RecordKind, kinds_within
from loopwright.verify.literal import assignments

_LONGEST_EXAMPLE = 4000
_MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A function: the file, its dotted name in there, and the file's text."""

    path: Path
    name: str
    source: str


def written_test(
    original: Place,
    candidate: Place,
    parameters: Sequence[Parameter],
    *,
    accuracy: str,
    folder: Path,
    samples: Sequence[Mapping[str, Any]] = (),
    differs: Mapping[str, Any] | None = None,
) -> str:
    """The text of the file, to be put into `folder`.

    `samples` are arguments to begin with, `differs` those of a counter-example. Raises ValueError if a
    parameter is of a kind of which no values can be written down.
    """
    kinds = [k for p in parameters for k in kinds_within(p.kind)]
    body_lines = Lines()
    drawer = Drawer(_taking_lengths(original, parameters))
    _calls(body_lines, drawer, parameters)
    examples = _examples(parameters, samples, differs)
    for name, about, values in examples:
        _example(body_lines, name, about, values, parameters)
    _test(body_lines, original, candidate, [name for name, _, _ in examples])
    body = str(body_lines)
    pool = _constants(original, candidate, accuracy, kinds) + CONTENTS + NUMBERS + SHARE
    pool += FRESH + MADE + COMPARE[accuracy.partition("=")[0]] + RANDOM
    made = any(isinstance(k, RecordKind) and k.form != "dict" for k in kinds)
    doing = _outcome(made, "random" in original.source)
    definitions = needed(pool, doing + body)
    rest = f"{definitions}\n\n{doing}{body}"
    sides = Lines()
    for name, side in (("ORIGINAL", original), ("CANDIDATE", candidate)):
        path = os.path.relpath(side.path.resolve(), folder.resolve())
        put(sides, f"{name} = load({_quoted(path)})")
    text = Lines()
    text.add(_QUOTES + "The same calls of two functions must do the same.", "")
    text.add(f"Original: `{original.name}` of {original.path.name}.")
    text.add(f"Candidate: `{candidate.name}` of {candidate.path.name}.")
    text.add("Written by `loopwright verify`; needs pytest, Hypothesis and NumPy.", _QUOTES, "")
    text.add(*imports(LOAD + rest), "", "", *LOAD.splitlines(), "", "")
    gap = "\n\n" if definitions.startswith(("def", "@", "class")) else ""
    return f"{text}{sides}{gap}{rest}"


_QUOTES = '"' * 3


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _constants(original: Place, candidate: Place, accuracy: str, kinds: Sequence[Kind]) -> str:
    lines = Lines()
    put_lists(lines, (original.source, candidate.source))
    if accuracy != "bitwise":
        coarse = any(getattr(k, "dtype", "") in ("float32", "float16") for k in kinds)
        limit = accuracy[5:] if accuracy.startswith("rtol=") else "1e-3" if coarse else "1e-9"
        lines.add(f"TOLERANCE = {float(limit)!r}")
    return str(lines) + WIDE[accuracy == "bitwise"]


def _outcome(made: bool, random: bool) -> str:
    lines = Lines()
    with lines.block("def outcome(module, function, call):"):
        lines.add('"""What a call does: result or exception, and the arguments after it."""')
        lines.add("args, kwargs = fresh(call)")
        if made:
            lines.add("args, kwargs = made(args, module), made(kwargs, module)")
        if random:
            lines.add("seed_generators()")
        lines.add("seen = {}")
        with lines.block("try:"):
            with lines.block('with np.errstate(all="ignore"):'):
                lines.add("result = attrgetter(function)(module)(*args, **kwargs)")
                with lines.block("if isinstance(result, Iterator):"):
                    lines.add("result = list(islice(result, 200))")
            lines.add('seen["shares memory with"] = sharing(result, args)')
            lines.add('seen["result"] = result')
        with lines.block("except Exception as error:  # noqa: BLE001"):
            lines.add('seen["exception"] = type(error).__name__')
        if random:
            lines.add('seen["random state"] = states_of_generators()')
        lines.add('return seen | {"args": args, "kwargs": kwargs}')
    return str(lines)


# ------------------------------------------------------------------- the calls


def _calls(lines: Lines, drawer: Drawer, parameters: Sequence[Parameter]) -> None:
    lines.add("", "", "@st.composite")
    with lines.block("def calls(draw):"):
        lines.add('"""The arguments of one call, by position and by name."""')
        for parameter in parameters:
            if parameter.how == "options":
                continue
            for statement in drawer.draws(parameter):
                put(lines, statement)
        pair = shared_pair(parameters)
        if pair is not None:
            x, y = pair
            with lines.block(f"if {x}.dtype == {y}.dtype and draw(st.integers(0, 4)) == 4:"):
                lines.add(f"{x}, {y} = share({x}, {y}, draw(st.integers(0, 2)))")
        plain = [p for p in parameters if p.how == "positional"]
        many = [f"*{p.name}" for p in parameters if p.how == "many"]
        put(lines, f"args = [{', '.join([*(p.name for p in plain), *many])}]")
        named = ", ".join(f'"{p.name}": {p.name}' for p in parameters if p.how == "keyword")
        put(lines, f"kwargs = {{{named}}}")
        optional = sum(p.optional for p in plain)
        if optional and not many:
            lines.add(f"args = args[: draw(st.integers({len(plain) - optional}, {len(plain)}))]")
        for p in parameters:
            if p.how == "keyword" and p.optional:
                with lines.block("if draw(st.booleans()):"):
                    lines.add(f'del kwargs["{p.name}"]')
        lines.add("return args, kwargs")


def _examples(
    parameters: Sequence[Parameter],
    samples: Sequence[Mapping[str, Any]],
    differs: Mapping[str, Any] | None,
) -> list[tuple[str, str, Mapping[str, Any]]]:
    found = []
    if differs is not None:
        found.append(("counter_example", "Arguments on which the two differed.", differs))
    short = [s for s in samples if _short(s)]
    for number, sample in enumerate(short[:_MOST_EXAMPLES], 1):
        found.append((f"recorded_{number}", "Arguments of a call that was seen.", sample))
    return found


def _short(values: Mapping[str, Any]) -> bool:
    text = "\n".join(assignments(values))
    words = ("Logged", "state as drawn", "unpack(", "<", "deque(")
    return len(text) <= _LONGEST_EXAMPLE and not any(word in text for word in words)


def _example(
    lines: Lines,
    name: str,
    about: str,
    values: Mapping[str, Any],
    parameters: Sequence[Parameter],
) -> None:
    lines.add("", "")
    with lines.block(f"def {name}():"):
        lines.add(f'"""{about}"""')
        for statement in assignments(
            {p.name: values[p.name] for p in parameters if p.name in values}
        ):
            put(lines, statement)
        args: list[str] = []
        kwargs: list[str] = []
        gap = False
        for p in parameters:
            if p.how in ("options", "many") or p.name not in values:
                gap = gap or p.how == "positional"
                if p.how == "many" and p.name in values and not gap:
                    args.append(f"*{p.name}")
            elif p.how == "keyword" or gap:
                kwargs.append(f'"{p.name}": {p.name}')
            else:
                args.append(p.name)
        put(lines, f"return [{', '.join(args)}], {{{', '.join(kwargs)}}}")


def _test(lines: Lines, original: Place, candidate: Place, examples: Sequence[str]) -> None:
    lines.add("", "")
    put(lines, "@settings(max_examples=100, deadline=None, derandomize=True, "
               "suppress_health_check=list(HealthCheck))")  # fmt: skip
    lines.add("@given(calls())", *(f"@example({name}())" for name in examples))
    f, g = (side.name.replace(".", "_").lower() for side in (original, candidate))
    title = f"def test_{g}_does_what_{f}_does(call):"
    with lines.block(title if len(title) <= WIDTH else "def test_the_two_do_the_same(call):"):
        put(lines, f"expected = outcome(ORIGINAL, {_quoted(original.name)}, call)")
        put(lines, f"got = outcome(CANDIDATE, {_quoted(candidate.name)}, call)")
        lines.add('assert_same(expected, got, "call")')


def _taking_lengths(original: Place, parameters: Sequence[Parameter]) -> frozenset[str]:
    """The parameters whose size may decide how long a call takes: huge ints are not drawn for them."""
    try:
        tree = ast.parse(original.source)
    except SyntaxError:
        return frozenset(p.name for p in parameters)
    node = next(
        (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)
         and n.name == original.name.rpartition(".")[2]), None,
    )  # fmt: skip
    return frozenset() if node is None else tainted(node)


_HARMLESS = {"abs", "min", "max", "float", "int", "bool", "sqrt", "exp", "log", "sin", "cos", "str"}


def tainted(node: ast.FunctionDef) -> frozenset[str]:
    """Names of which a call, a `while` or a repetition may make a lot of work, and what they come from."""
    names: set[str] = set()
    flows: list[tuple[set[str], set[str]]] = []
    for each in ast.walk(node):
        match each:
            case ast.Call(func, args) if (
                getattr(func, "attr", getattr(func, "id", "")) not in _HARMLESS
            ):
                names |= {n for a in args for n in _names(a)}
            case ast.While(test=test):
                names |= _names(test)
            case ast.BinOp(left, ast.Mult() | ast.Pow() | ast.LShift(), right):
                names |= _names(left) | _names(right)
            case ast.Assign(goals, value):
                flows.append(({n for t in goals for n in _names(t)}, _names(value)))
            case (
                ast.AugAssign(target=target, value=value)
                | ast.NamedExpr(target=target, value=value)
            ):
                flows.append((_names(target), _names(value)))
    before = -1
    while len(names) != before:
        before = len(names)
        for targets, sources in flows:
            if targets & names:
                names |= sources
    return frozenset(names)


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
