"""Arrays that loops append to, against CPython: the same arrays, the same objects, the same failures."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from loopwright.analysis.effects import summarise
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.ir.nodes import Call, Program
from loopwright.ir.walk import walk_exprs
from loopwright.passes.grow import Grow
from loopwright.passes.inline import Inline
from loopwright.passes.normalise import Normalise
from loopwright.pipeline import Passes, compiled_passes

HEAD = "import numpy as np\nfrom numpy.typing import NDArray\nfrom typing import Annotated\n"
VEC = "Annotated[NDArray[np.float64], 'n']"
INTS = "Annotated[NDArray[np.int64], 'm']"
TABLE = "Annotated[NDArray[np.float64], 'k 3']"
XS = np.array([0.5, -1.0, 2.0, 3.5, -0.25, 7.0])


def source(parameters: str, body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
    return f"{HEAD}\ndef f({parameters}):\n{lines}"


def grown(text: str) -> Program:
    ran = Passes(lower_function(text)).run((Normalise(), Inline(), Grow()))
    assert Grow.name in ran.applied, ran.refused
    return ran.program


def outcome(call: Any, args: dict[str, Any]) -> Any:
    try:
        result = call(args)
    except (KernelFailed, IndexError, ValueError):
        return "failed"
    which = [name for name, a in args.items() if result is a]
    parts = result if isinstance(result, tuple) else (result,)
    shown = [(np.asarray(p).dtype, np.shape(p), np.asarray(p).tolist()) for p in parts]
    return shown, which, [np.asarray(a).tolist() for a in args.values()]


def kernel(program: Program, args: dict[str, Any]) -> Any:
    given = [args[sym.name] for sym in program.main.params]
    return rebuild(program, run(program, given), given)


def same(text: str, *args: Any) -> Any:
    """What comes out of the original, of the program with room, and of the program that is compiled."""
    space: dict[str, Any] = {}
    exec(text, space)
    f = space["f"]
    names = f.__code__.co_varnames[: len(args)]
    known = dict(zip(names, args, strict=True))
    want = outcome(lambda a: f(**a), copy.deepcopy(known))
    low = Passes(lower_function(text)).run(compiled_passes(())).program
    for program in (grown(text), low):
        got = outcome(lambda a, p=program: kernel(p, a), copy.deepcopy(known))  # type: ignore[misc]
        assert got == want, (got, want)
    return want


CASES: dict[str, tuple[str, str, list[tuple[Any, ...]]]] = {
    "numbers": (
        f"x: {VEC}",
        "out = np.empty(0)\nfor v in x:\n    if v > 0:\n        out = np.append(out, v)\nreturn out",
        [(XS,), (XS[:0],), (np.arange(100.0),)],
    ),
    "rows": (
        f"x: {VEC}",
        "out = np.empty((0, 2))\nfor v in x:\n    row = np.array([[v, -v]])\n"
        "    out = np.append(out, row, axis=0)\nreturn out",
        [(XS,), (XS[:1],), (XS[:0],), (np.arange(50.0),)],
    ),
    "vstack of rows": (
        f"x: {VEC}, t: {TABLE}",
        "out = t\nfor v in x:\n    out = np.vstack((out, np.array([v, 1.0, out[-1, 0]])))\nreturn out",
        [(XS, np.ones((2, 3))), (XS, np.ones((0, 3))), (XS[:0], np.ones((2, 3)))],
    ),
    "hstack": (
        f"x: {VEC}, y: {VEC}",
        "out = np.zeros(1)\nfor v in x:\n    out = np.hstack((out, y * v))\nreturn out",
        [(XS, XS), (XS, XS[:0]), (XS[:0], XS)],
    ),
    "several parts at once": (
        f"x: {VEC}, y: {VEC}",
        "out = np.zeros(1)\nfor v in x:\n    out = np.concatenate((out, y * v, y[:2], out[:1]))\nreturn out",
        [(XS, XS), (XS, XS[:0]), (XS, XS[:1])],
    ),
    "itself": (
        f"x: {VEC}, n: int",
        "out = x\nfor _ in range(n):\n    out = np.append(out, out)\nreturn out",
        [(XS, 0), (XS, 1), (XS, 4), (XS[:0], 3)],
    ),
    "integers": (
        f"at: {INTS}, n: int",
        "out = at\nfor k in range(n):\n    out = np.append(out, at[k % 2] + k)\nreturn out",
        [(np.array([3, 4]), 0), (np.array([3, 4]), 40)],
    ),
    "read at the end, and in the condition": (
        f"x: {VEC}, least: int",
        "out = np.array([1.0])\nwhile len(out) < least:\n"
        "    out = np.append(out, out[-1] * 0.5 + x[len(out)] + out.sum())\nreturn out",
        [(XS, 1), (XS, 5), (XS, 6), (XS, 7), (XS, 0)],
    ),
    "read behind the end": (
        f"x: {VEC}",
        "out = np.zeros(0)\ns = 0.0\nfor k in range(len(x)):\n    out = np.append(out, x[k])\n"
        "    s += out[k - 2] + out[2 * k if k < 3 else k + 1]\nreturn s",
        [(XS,), (XS[:1],), (XS[:2],), (XS[:0],)],
    ),
    "in an inner loop, made anew in the outer one": (
        f"x: {VEC}",
        "s = 0.0\nfor i in range(len(x)):\n    out = np.empty(0)\n    for j in range(i):\n"
        "        out = np.append(out, x[j])\n    s += out.sum() * len(out)\nreturn s",
        [(XS,), (XS[:0],)],
    ),
    "in both loops": (
        f"x: {VEC}",
        "out = np.empty(0)\nfor i in range(len(x)):\n    out = np.append(out, x[i])\n"
        "    for j in range(len(out)):\n        if j > 3:\n            break\n"
        "        out = np.append(out, x[j])\nreturn out",
        [(XS,), (XS[:0],)],
    ),
    "two at once, of which one reads the other": (
        f"x: {VEC}",
        "a = np.empty(0)\nb = np.zeros(1)\nfor v in x:\n    a = np.append(a, v + b[-1])\n"
        "    b = np.append(b, a[:2])\nreturn a, b",
        [(XS,), (XS[:0],)],
    ),
    "two at once, of which one is put behind the other": (
        f"x: {VEC}",
        "a = np.empty(0)\nb = np.zeros(1)\nfor v in x:\n    a = np.append(a, b)\n    b = np.append(b, v)\n"
        "return a, b",
        [(XS,), (XS[:0],)],
    ),
    "left by break, and an else": (
        f"x: {VEC}",
        "out = np.empty(0)\nfor v in x:\n    if v > 3:\n        break\n    out = np.append(out, v)\n"
        "else:\n    out = np.append(out, 9.0)\nreturn out",
        [(XS,), (XS[:2],), (XS[:0],)],
    ),
    "an argument, which is still the result where nothing is put": (
        f"x: {VEC}, y: {VEC}",
        "out = y\nfor v in x:\n    if v > 0:\n        out = np.append(out, v)\nreturn out",
        [(XS, XS), (-np.abs(XS), XS), (XS[:0], XS)],
    ),
    "nothing at all, put to an argument": (
        f"x: {VEC}, n: int",
        "out = x\nfor _ in range(n):\n    out = np.append(out, x[:0])\nreturn out",
        [(XS, 0), (XS, 1), (XS, 3), (XS[:0], 2)],
    ),
    "written to behind the loop": (
        f"x: {VEC}, y: {VEC}",
        "out = y\nfor v in x:\n    if v > 0:\n        out = np.append(out, v)\nout[0] = 5.0\nreturn out",
        [(XS, XS), (-np.abs(XS), XS)],
    ),
    "rows of another length": (
        f"t: {TABLE}, u: Annotated[NDArray[np.float64], 'k m']",
        "out = np.empty((0, 3))\nfor k in range(len(t)):\n    out = np.append(out, t[k : k + 1], axis=0)\n"
        "    out = np.append(out, u[k : k + 1], axis=0)\nreturn out",
        [(np.ones((2, 3)), np.ones((2, 3))), (np.ones((2, 3)), np.ones((2, 4))),
         (np.ones((0, 3)), np.ones((0, 4)))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_arrays_with_room(case: tuple[str, str, list[tuple[Any, ...]]]) -> None:
    parameters, body, calls = case
    text = source(parameters, body)
    found = [same(text, *args) for args in calls]
    assert any(each != "failed" for each in found)


def test_nothing_is_copied_at_each_step() -> None:
    text = source(*CASES["numbers"][:2])
    calls = [e for e in walk_exprs(grown(text).main.body) if isinstance(e, Call)]
    assert "np.concatenate" not in {call.fn for call in calls}


REFUSED = {
    "written to": "for v in x:\n    out = np.append(out, v)\n    out[0] = v\nreturn out",
    "a row of it is written to": (
        "for v in x:\n    out = np.append(out, v)\n    out[:2] *= 0.5\nreturn out"
    ),
    "kept": (
        "kept = out\nfor v in x:\n    kept = out\n    out = np.append(out, v)\nreturn out + kept.sum()"
    ),
    "a part is kept, and written to": (
        "part = out\nfor v in x:\n    out = np.append(out, v)\n    part = out[:1]\n    part[0] = 9.0\n"
        "return out.sum()"
    ),
    "assigned in another way, too": (
        "for v in x:\n    out = np.append(out, v)\n    if v > 2:\n        out = out * 0.5\nreturn out"
    ),
    "returned within": (
        "for v in x:\n    out = np.append(out, v)\n    if v > 3:\n        return out\nreturn out"
    ),
    "not set on all paths": (
        "if len(x) > 2:\n    out = np.empty(0)\ns = 0.0\nfor v in x:\n    s += v\n"
        "    if len(x) > 2:\n        out = np.append(out, v)\nreturn s"
    ),
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_others_stay_as_they_are(body: str) -> None:
    first = "" if body.startswith("if") else "out = np.empty(0)\n"
    text = source(f"x: {VEC}", first + body)
    ran = Passes(lower_function(text)).run((Normalise(), Inline(), Grow()))
    assert Grow.name not in ran.applied
    assert {declined.code for declined in ran.refused} == {"LW246"}


LEFT = {
    "put in front": "for v in x:\n    out = np.append(x[:1] * v, out)\nreturn out",
    "known by the name of what was put": (
        "for v in x:\n    t = np.append(out, v)\n    out = t\n    t[0] = 0.5\nreturn out"
    ),
}


@pytest.mark.parametrize("body", LEFT.values(), ids=LEFT)
def test_what_is_no_append_is_left_alone(body: str) -> None:
    text = source(f"x: {VEC}", f"out = np.empty(0)\n{body}")
    ran = Passes(lower_function(text)).run((Normalise(), Inline(), Grow()))
    assert Grow.name not in ran.applied
    low = Passes(lower_function(text)).run(compiled_passes(())).program
    space: dict[str, Any] = {}
    exec(text, space)
    assert kernel(low, {"x": XS}).tolist() == space["f"](XS).tolist()


def test_an_argument_that_is_appended_to_is_not_written_to() -> None:
    program = grown(
        source(
            f"x: {VEC}, y: {VEC}",
            CASES["an argument, which is still the result where nothing is put"][1],
        )
    )
    assert not summarise(program)[program.main.name].writes


def test_a_function_that_is_called_may_append() -> None:
    body = "out = np.empty(0)\nfor v in x:\n    out = more(out, v)\nreturn out"
    helper = "def more(a, v):\n    return np.append(a, v * 2)\n\n"
    text = source(f"x: {VEC}", body).replace("def f", f"{helper}def f")
    assert same(text, XS) != "failed"
