"""A pytest file that compares two functions, or a function with its kernel, for the user to keep.

The file needs pytest, Hypothesis and NumPy, and the functions. It reads as if a person had written it,
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
    KERNELS,
    LOAD,
    MADE,
    NUMBERS,
    POOLS,
    RANDOM,
    SHARE,
    SIZES,
    WIDE,
    imports,
    needed,
)
from loopwright.verify.emitted_layout import WIDTH, put, put_lists
from loopwright.verify.emitted_strategies import Drawer, shared_pair
from loopwright.verify.kinds import Anything, Kind, Parameter, RecordKind, kinds_within
from loopwright.verify.literal import assignments

_LONGEST_EXAMPLE = 4000
_MOST_EXAMPLES = 5
_ENOUGH = 256
"""Elements of an argument for which a kernel runs, unless it was measured to need more."""


@dataclass(frozen=True, slots=True)
class Place:
    """A function: the file, its dotted name in there, and the file's text."""

    path: Path
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Kernel:
    """What a rewritten file calls before the code of a function.

    `variable` holds the module's kernels, `name` is the dispatch function, `parts` are the variables of
    backends and the kernels that it tries, `work` is the size of arguments from which on it does.
    """

    variable: str
    name: str
    parts: tuple[tuple[str, str], ...]
    work: int


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
    examples = _examples(samples, differs)
    body = Lines()
    _calls(body, Drawer(_taking_lengths(original, parameters)), parameters)
    for name, title, values in examples:
        _example(body, name, title, values, parameters)
    _test(body, original, candidate, [name for name, _, _ in examples])
    sides = Lines()
    for name, side in (("ORIGINAL", original), ("CANDIDATE", candidate)):
        put(sides, f"{name} = load({_quoted(_relative(side, folder))})")
    about = [
        "The same calls of two functions must do the same.",
        "",
        f"Original: `{original.name}` of {original.path.name}.",
        f"Candidate: `{candidate.name}` of {candidate.path.name}.",
        "Written by `loopwright verify`; needs pytest, Hypothesis and NumPy.",
    ]
    sources = (original.source, candidate.source)
    return _file(about, str(sides), str(body), sources, parameters, accuracy)


def written_kernel_test(
    place: Place,
    kernel: Kernel,
    parameters: Sequence[Parameter] | None,
    *,
    accuracy: str,
    folder: Path,
    samples: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The text of a file, to be put into `folder`, that calls a function of a rewritten file with its
    kernel and without. `place.source` is the text of the file before.

    `parameters` None: no values can be drawn, and `samples` alone are run. Raises ValueError if there is
    nothing to call with.
    """
    drawn = parameters is not None
    known = parameters or tuple(Parameter(name, Anything()) for name in (samples or [{}])[0])
    examples = _examples(samples, None)
    if not drawn and not examples:
        raise ValueError("no recorded call is short enough to be written down")
    body = Lines()
    if drawn:
        _calls(body, Drawer(_taking_lengths(place, known), enough=True), known)
    for name, title, values in examples:
        _example(body, name, title, values, known)
    _kernel_test(body, place, kernel, [name for name, _, _ in examples], drawn)
    head = Lines()
    put(head, f"MODULE = load({_quoted(_relative(place, folder))})")
    head.add(f"KERNELS = MODULE.{kernel.variable}", f"NAME = {_quoted(kernel.name)}")
    parts = ", ".join(f"({_quoted(b)}, {_quoted(k)})" for b, k in kernel.parts)
    put(head, f"PARTS = [{parts}]")
    needs = ["pytest", *(["Hypothesis"] if drawn else []), "NumPy"]
    needs += ["Numba"] if any(b == "_numba" for b, _ in kernel.parts) else []
    about = [
        "A kernel must do what the code does that it stands for.",
        "",
        f"`{place.name}` of {place.path.name} is called without its kernel, then with it.",
        *([] if drawn else ["No values could be drawn: the calls are those that a run recorded."]),
        f"Written by `loopwright optimize`; needs {', '.join(needs[:-1])} and {needs[-1]}.",
    ]
    enough = _ENOUGH  # in steps, as what is measured is another number each time
    while enough < kernel.work:
        enough *= 4
    return _file(about, str(head), str(body), (place.source,), known, accuracy, enough)


def _file(
    about: Sequence[str],
    head: str,
    body: str,
    sources: Sequence[str],
    parameters: Sequence[Parameter],
    accuracy: str,
    enough: int = 0,
) -> str:
    kinds = [k for p in parameters for k in kinds_within(p.kind)]
    constants = _constants(sources, accuracy, kinds)
    constants += f"ENOUGH = {enough}  # elements for which the kernel runs\n" if enough else ""
    pool = constants + SIZES + POOLS[enough > 0] + CONTENTS + NUMBERS + SHARE + KERNELS
    pool += FRESH + MADE + COMPARE[accuracy.partition("=")[0]] + RANDOM
    made = any(isinstance(k, RecordKind) and k.form != "dict" for k in kinds) or "Made(" in body
    doing = _outcome(made, any("random" in source for source in sources))
    definitions = needed(pool, doing + body)
    rest = f"{definitions}\n\n{doing}{body}"
    text = Lines()
    text.add(_QUOTES + about[0], *about[1:], _QUOTES, "")
    text.add(*imports(LOAD + rest), "", "", *LOAD.splitlines(), "", "")
    gap = "\n\n" if definitions.startswith(("def", "@", "class")) else ""
    return f"{text}{head}{gap}{rest}"


def _relative(place: Place, folder: Path) -> str:
    return Path(os.path.relpath(place.path.resolve(), folder.resolve())).as_posix()


_QUOTES = '"' * 3


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _constants(sources: Sequence[str], accuracy: str, kinds: Sequence[Kind]) -> str:
    lines = Lines()
    put_lists(lines, sources)
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
    samples: Sequence[Mapping[str, Any]], differs: Mapping[str, Any] | None
) -> list[tuple[str, str, Mapping[str, Any]]]:
    found = []
    if differs is not None:
        found.append(("counter_example", "Arguments on which the two differed.", differs))
    short = [s for s in samples if _short(s)]
    for number, sample in enumerate(short[:_MOST_EXAMPLES], 1):
        found.append((f"recorded_{number}", "Arguments of a call that was seen.", sample))
    return found


def _short(values: Mapping[str, Any]) -> bool:
    text = "\n".join(assignments(values, made=True))
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
        shown = {p.name: values[p.name] for p in parameters if p.name in values}
        for statement in assignments(shown, made=True):
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
    _drawn(lines, examples)
    f, g = (side.name.replace(".", "_").lower() for side in (original, candidate))
    title = f"def test_{g}_does_what_{f}_does(call):"
    with lines.block(title if len(title) <= WIDTH else "def test_the_two_do_the_same(call):"):
        put(lines, f"expected = outcome(ORIGINAL, {_quoted(original.name)}, call)")
        put(lines, f"got = outcome(CANDIDATE, {_quoted(candidate.name)}, call)")
        lines.add('assert_same(expected, got, "call")')


def _drawn(lines: Lines, examples: Sequence[str]) -> None:
    put(lines, "@settings(max_examples=100, deadline=None, derandomize=True, "
               "suppress_health_check=list(HealthCheck))")  # fmt: skip
    lines.add("@given(calls())", *(f"@example({name}())" for name in examples))


def _kernel_test(
    lines: Lines, place: Place, kernel: Kernel, examples: Sequence[str], drawn: bool
) -> None:
    lines.add("", "", "WHY_NOT = missing()", "", "")
    lines.add("@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)")
    if drawn:
        _drawn(lines, examples)
    else:
        given = ", ".join(f"{name}()" for name in examples)
        put(lines, f'@pytest.mark.parametrize("call", [{given}])')
    title = f"def test_{place.name.replace('.', '_').lower()}_with_its_kernel(call):"
    with lines.block(title if len(title) <= WIDTH else "def test_with_its_kernel(call):"):
        for kernels, name in (("Off()", "expected"), ("KERNELS", "got")):
            lines.add(f"MODULE.{kernel.variable} = {kernels}")
            put(lines, f"{name} = outcome(MODULE, {_quoted(place.name)}, call)")
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
