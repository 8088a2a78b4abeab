"""Which regions a module has, and what goes in and out of them."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.function_facts import span_of
from loopwright.frontend.lower import (
    lower,
)
from loopwright.frontend.outline import (
    every_region,
    excluded,
    outline,
    region_of_function,
    regions_beside,
)
from loopwright.frontend.parse import parse_text
from loopwright.frontend.region import Module, Region
from loopwright.ir.types import (
    FLOAT,
    ListOf,
)

HEAD = "import math\nimport numpy as np\n"


def module_of(source: str) -> Module:
    module = parse_text(HEAD + textwrap.dedent(source), Path("m.py"), "m")
    assert isinstance(module, Module)
    return module


def blocks(source: str) -> list[Region]:
    return [r for r in every_region(outline(module_of(source))) if r.form == "block"]


def by_line(source: str, text: str) -> Region:
    """The smallest block that begins with the line `text`."""
    module = module_of(source)
    lines = module.text.splitlines()
    found = [
        r
        for r in every_region(outline(module))
        if r.form == "block" and lines[r.span.line - 1].strip() == text
    ]
    assert found, f"no block starts with {text!r}"
    return min(found, key=lambda r: r.span.end_line)


def paths(region: Region) -> set[str]:
    return {i.path for i in region.live_ins}


def test_a_function_is_a_body_then_groups_then_loops() -> None:
    (body,) = outline(
        module_of("""
        def f(X):
            '''Doc.'''
            n = len(X)
            D = np.empty(n)
            for i in range(n):
                D[i] = X[i] * 2
            s = D.sum()
            return D, s
        """)
    )
    assert (body.id, body.form, len(body.statements)) == ("f/0:body", "body", 5)
    (group,) = body.inner
    assert [type(s).__name__ for s in group.statements] == ["Assign", "Assign", "For", "Assign"]
    assert group.live_outs == ("D", "s")
    (with_alloc,) = group.inner
    assert (paths(with_alloc), with_alloc.live_outs) == ({"n", "X"}, ("D",))
    (alone,) = with_alloc.inner
    assert (paths(alone), alone.live_outs) == ({"n", "X", "D"}, ())


LIVE = {
    "names read before they are assigned go in": (
        "def f(a, b, c):\n    t = c\n    print(t)\n    for i in range(a):\n        t = b\n    print()",
        "for i in range(a):",
        {"a", "b"},
        (),
    ),
    "a loop variable that is read later goes out": (
        "def f(n):\n    print()\n    for i in range(n):\n        pass\n    print(i)",
        "for i in range(n):",
        {"n"},
        ("i",),
    ),
    "a value kept on one path goes in and out": (
        "def f(x, k):\n    print()\n    for v in x:\n        if v:\n            k = v\n    print(k)",
        "for v in x:",
        {"x", "k"},
        ("k",),
    ),
    "the back edge of the loop around counts": (
        "def f(x):\n    s = 0\n    while True:\n        print(s)\n"
        "        for v in x:\n            s = s + v",
        "for v in x:",
        {"x", "s"},
        ("s",),
    ),
    "what only an exception handler reads goes out": (
        "def f(x):\n    t = 0\n    try:\n        for v in x:\n            t = v\n"
        "        print()\n    except Exception:\n        print(t)",
        "for v in x:",
        {"x", "t"},
        ("t",),
    ),
    "what a finally clause reads after a return goes out": (
        "def f(x):\n    t = 0\n    try:\n        for v in x:\n            t = v\n"
        "        return 1\n    finally:\n        print(t)",
        "for v in x:",
        {"x", "t"},
        ("t",),
    ),
    "what a nested function reads goes out": (
        "def f(x):\n    print()\n    t = 0\n    for v in x:\n        t = v\n    print()\n"
        "    def g():\n        return t\n    return g",
        "for v in x:",
        {"x", "t"},
        ("t",),
    ),
    "a name that is deleted later goes out": (
        "def f(x):\n    print()\n    t = 0\n    for v in x:\n        t = v\n    del v",
        "for v in x:",
        {"x"},
        ("v",),
    ),
    "comprehension variables are names of their own": (
        "def f(x, v):\n    print()\n    for i in range(3):\n        y = [v for v in x]\n    print(v, y)",
        "for i in range(3):",
        {"x"},
        ("y",),
    ),
    "a while loop's else reads after the loop": (
        "def f(n, z):\n    print()\n    while n > 0:\n        n -= 1\n    else:\n        n = z\n    print(n)",
        "while n > 0:",
        {"n", "z"},
        ("n",),
    ),
    "the with statement may swallow an exception": (
        "def f(x, m):\n    t = 1\n    with m:\n        for v in x:\n            t = v\n"
        "        t = 2\n    print(t)",
        "for v in x:",
        {"x", "t"},
        ("t",),
    ),
}


@pytest.mark.parametrize(("source", "line", "ins", "outs"), LIVE.values(), ids=LIVE.keys())
def test_liveness(source: str, line: str, ins: set[str], outs: tuple[str, ...]) -> None:
    region = by_line(source, line)
    assert paths(region) == ins
    assert region.live_outs == outs


PATHS = {
    "an attribute of self": ("s += self.w[i]", {"self.w"}, ()),
    "a longer chain": ("s += self.p.w[i]", {"self.p.w"}, ()),
    "a key of a dict": ("s += self.p['w'][i]", {"self.p['w']"}, ()),
    "an attribute of another parameter": ("s += cell.rate * i", {"cell.rate"}, ()),
    "array attributes are no path": ("s += x.shape[0] + self.w.T[0, i]", {"x", "self.w"}, ()),
    "array methods are no path": ("s += self.w.sum()", {"self.w"}, ()),
    "methods of self pass on what they read": ("s += self.norm(i)", {"self.eps", "self.w"}, ()),
    "functions pass on the globals that they read": ("s += scaled(i)", {"SCALE"}, ()),
    "objects passed on are taken apart": (
        "s += rate_of(cell)",
        {"cell.rate", "cell.base.rate"},
        (),
    ),
    "a store that is read first goes in": ("self.total += i", {"self.total"}, ("self.total",)),
    "element stores are no attribute stores": ("self.w[i] = 1.0", {"self.w"}, ()),
    "a private name is written out": ("s += self.__hidden * i", {"self._M__hidden"}, ()),
    "a property is code, not a path": ("s += self.half", {"self.w"}, ()),
    "a module global is data": ("s += LIMIT", {"LIMIT"}, ()),
    "library names are not data": ("s += np.pi + math.pi", set(), ()),
}
CLASS = """
    LIMIT = 3
    SCALE = 2.0
    def scaled(i):
        return i * SCALE
    def rate_of(c):
        return c.rate + c.base.rate
    class M:
        def norm(self, i):
            return self.deep(i) + self.eps
        def deep(self, i):
            return self.w[i]
        @property
        def half(self):
            return self.w / 2
        def f(self, x, cell, s, n):
            print()
            for i in range(n):
                {body}
            print(s)
"""


@pytest.mark.parametrize(("body", "expected", "stores"), PATHS.values(), ids=PATHS.keys())
def test_paths(body: str, expected: set[str], stores: tuple[str, ...]) -> None:
    region = by_line(CLASS.format(body=body), "for i in range(n):")
    assert paths(region) - {"n", "s"} == expected
    assert region.stores == stores
    assert all(i.name.isidentifier() for i in region.live_ins)
    assert len({i.name for i in region.live_ins}) == len(region.live_ins)


def test_a_rebound_root_is_no_path() -> None:
    region = by_line(
        "def f(node, n):\n    print()\n    while n > 0:\n"
        "        n -= node.w\n        node = node.next\n    print(n)",
        "while n > 0:",
    )
    assert paths(region) == {"n", "node"}


def test_an_identifier_for_a_path_avoids_the_locals() -> None:
    region = by_line(
        "class A:\n    def f(self, self_w):\n        print()\n        for i in range(3):\n"
        "            self_w = self_w + self.w\n        print(self_w)",
        "for i in range(3):",
    )
    assert {i.path: i.name for i in region.live_ins} == {"self_w": "self_w", "self.w": "self_w_2"}


def test_closure_variables_and_kinds() -> None:
    region = by_line(
        "def f(a):\n    b = a\n    def g(n):\n        print()\n        for i in range(n):\n"
        "            print\n            n = n + b + G\n        print(n)\n    return g\nG = 1",
        "for i in range(n):",
    )
    assert {i.path: i.kind for i in region.live_ins} == {
        "n": "local",
        "b": "closure",
        "G": "global",
    }


KEPT_FOR_LATER = {
    "a numbered generator": "p.it = enumerate(v * k for v in x)",
    "generators side by side": "p.it = zip((v * k for v in x), x)",
    "a function in place of a builtin": "p.it = sum(v * k for v in x)",
}


@pytest.mark.parametrize("stmt", KEPT_FOR_LATER.values(), ids=KEPT_FOR_LATER)
def test_what_is_kept_for_later_reads_what_is_bound_by_then(stmt: str) -> None:
    source = f"sum = keep\ndef f(p, x, k):\n    {stmt}\n    for v in x:\n        k = k * 2 + v\n    print()"
    assert blocks(source)[-1].live_outs == ("k",)
    assert not [r for r in outline(module_of(source + "\n    return k")) if r.form == "body"]


def test_a_generator_that_a_loop_runs_over_reads_what_the_loop_s_body_binds() -> None:
    source = (
        "def f(p, x, k):\n    for i, v in zip(x, (u * k for u in x)):\n        print(v)\n"
        "        k = 0\n        for w in x:\n            k += w"
    )
    assert blocks(source)[-1].live_outs == ("k",)


USED_UP = {
    "a numbered generator": "for j, k in enumerate(i + 1 for _ in x):\n        print(k)",
    "a list of generators side by side": "print(list(zip((i + 1 for _ in x), x)))",
    "a generator that a loop runs over": "for k in (i + 1 for _ in x):\n        print(k)",
    "the key of a sorted list": "x.sort(key=lambda v: v * i)",
    "the key of a minimum": "print(min(x, key=lambda v: v * i))",
}


@pytest.mark.parametrize("stmt", USED_UP.values(), ids=USED_UP)
def test_what_is_used_up_at_once_reads_no_name_later(stmt: str) -> None:
    source = f"def f(x):\n    for i in x:\n        pass\n    {stmt}\n    for i in range(9):\n        x[i] = 0"
    region = blocks(source + "\n    print()")[-1]
    assert (region.live_ins[0].name, region.live_outs) == ("x", ())


NOTED = {
    "a name perhaps unbound at the start": (
        "def f(x, c):\n    if c:\n        k = 1\n    print()\n    for v in x:\n        k += v\n    print(k)",
        "LW281",
    ),
    "a global that the module may not bind": (
        "if math.pi > 3:\n    G = 1\ndef f(x):\n    print()\n    for v in x:\n        v + G",
        "LW281",
    ),
    "one key of two dicts": (
        "def f(p, q):\n    print()\n    for i in range(3):\n        p['w'] = q['w'] + i",
        "LW280",
    ),
    "a helper's global hidden by a local": (
        "G = 1\ndef h():\n    return G\n"
        "def f(x):\n    G = 2\n    print()\n    for v in x:\n        x[0] = h()",
        "LW282",
    ),
    "a loop in a generator": ("def f(x):\n    for v in x:\n        yield v", "LW180"),
    "a function that turns warnings into errors": (
        "import warnings\ndef f(x):\n    with warnings.catch_warnings():\n"
        "        warnings.simplefilter('error', RuntimeWarning)\n        for v in x:\n            v / 2",
        "LW180",
    ),
    "warnings as errors by a keyword": (
        "import warnings as w\ndef f(x):\n    with w.catch_warnings(action='error'):\n"
        "        for v in x:\n            v / 2",
        "LW180",
    ),
    "a loop in a coroutine": ("async def f(x):\n    for v in x:\n        pass", "LW180"),
    "a loop at module level": ("for v in range(3):\n    pass", "LW180"),
    "a function that another compiler translates": (
        "import numba\n@numba.njit\ndef f(x):\n    for v in x:\n        pass",
        "LW180",
    ),
    "a function that reads its own frame": (
        "def f(x):\n    for v in x:\n        print(locals())",
        "LW180",
    ),
}


@pytest.mark.parametrize(("source", "code"), NOTED.values(), ids=NOTED.keys())
def test_what_is_no_region_leaves_a_note(source: str, code: str) -> None:
    module = module_of(source)
    assert outline(module) == ()
    assert [n.code for n in excluded(module)] == [code]


def test_a_statement_that_is_not_covered_ends_a_group() -> None:
    regions = outline(
        module_of("""
        def f(x):
            a = 0
            for v in x:
                a += v
            print(a)
            b = 0
            for v in x:
                b += v
            return a, b
        """)
    )
    assert [(r.form, r.live_outs) for r in regions] == [("block", ("a",)), ("block", ("b",))]


CUT = {
    "a return stays out of blocks": "for v in x:\n        if v:\n            return v",
    "a break of the loop around stays out": "while x:\n        if x[0]:\n            break\n        open(x)",
    "a global declaration stays out": "global G\n    G = [v for v in x]",
}


@pytest.mark.parametrize("text", CUT.values(), ids=CUT.keys())
def test_jumps_and_declarations_stay_out_of_blocks(text: str) -> None:
    assert blocks(f"def f(x):\n    print()\n    {text}\n") == []


def test_array_statements_without_a_loop_are_a_region() -> None:
    regions = outline(module_of("def f(a, b):\n    c = np.exp(a) * b\n    return c.sum() - 1\n"))
    assert [r.form for r in regions] == ["body"]


def test_scalar_functions_are_none() -> None:
    assert outline(module_of("def f(a, b):\n    return a * b + math.exp(a)\n")) == ()


def test_identifiers_do_not_depend_on_other_functions() -> None:
    loop = "def f(x):\n    print()\n    for v in x:\n        x[0] = v\n"
    (before,) = outline(module_of(loop))
    (after,) = outline(module_of("def g():\n    pass\n\n\n" + loop))
    assert before.id == after.id == "f/1:block"


def test_functions_of_one_name_have_identifiers_of_their_own() -> None:
    loop = "def f(x):\n    for v in x:\n        x[0] = v\n"
    regions = list(every_region(outline(module_of(loop + loop))))
    assert [r.id for r in regions if r.form == "body"] == ["f/0:body", "f#2/0:body"]


def test_a_function_of_a_package_far_above_is_one_of_the_project(tmp_path: Path) -> None:
    folder = tmp_path / "top"
    for name in ("a", "b", "c", "d", "e"):
        folder.mkdir()
        (folder / "__init__.py").touch()
        folder = folder / name
    folder.mkdir()
    (tmp_path / "top" / "util.py").write_text("def h(v):\n    return v * 2\n")
    text = "from top.util import h\n\n\ndef f(x):\n    for i in range(len(x)):\n        x[i] = h(x[i])\n"
    path = folder / "deep.py"
    path.write_text(text)
    module = parse_text(text, path, "deep")
    assert isinstance(module, Module)
    assert [r.form for r in outline(module)] == ["body"]


def test_what_stands_between_two_yields_is_a_region() -> None:
    source = """
        def windows(x, n):
            total = 0.0
            for v in x:
                total += v
            yield total
            for i in range(len(x) - n):
                m = 0.0
                for j in range(n):
                    m = max(m, x[i + j])
                yield m
        """
    regions = outline(module_of(source))
    assert [(r.form, r.live_outs) for r in regions] == [
        ("block", ("total",)),
        ("block", ("m",)),
    ]


def test_region_of_function_makes_the_body_without_asking() -> None:
    module = module_of("def f(a):\n    return a\nclass A:\n    def g(self):\n        yield 1\n")
    region = region_of_function(module, "f")
    assert isinstance(region, Region)
    assert (region.form, paths(region)) == ("body", {"a"})
    assert isinstance(region_of_function(module, "A.g"), Declined)
    with pytest.raises(KeyError):
        region_of_function(module, "h")


def test_a_loop_goes_with_what_binds_its_names_for_sure() -> None:
    source = """
        def f(x, how):
            n = len(x)
            if how == "max":
                pick = max
            elif how == "min":
                pick = min
            y = [0.0] * n
            for i in range(n):
                y[i] = pick(x[i], i)
            t = y[0] + n
            return t
        """
    module = module_of(source)
    (body,) = outline(module)
    first, last = body.statements[1], body.statements[3]
    spans = [(r.span.line, r.span.end_line) for r in every_region((body,))]
    assert (first.lineno, last.end_lineno) in spans
    assert excluded(module) == ()  # that the loop alone is none is of no interest, then


def test_regions_beside_a_declined_statement() -> None:
    source = "def f(x):\n    a = [v for v in x]\n    b = x.pop()\n    c = [v for v in x]\n    return a, b, c"
    (body,) = outline(module_of(source))
    beside = regions_beside(body, span_of([body.statements[1]]))
    assert [r.live_outs for r in beside] == [("a",), ("c",)]
    assert {r.id for r in beside}.isdisjoint(r.id for r in every_region((body,)))


def test_statements_are_those_of_the_module_tree() -> None:
    module = module_of("def f(x):\n    for v in x:\n        x[0] = v\n    return x\n")
    nodes = set(ast.walk(module.tree))
    assert all(s in nodes for r in every_region(outline(module)) for s in r.statements)


def test_an_elif_is_no_block() -> None:
    source = """
        def f(X, how):
            if print(how):
                pass
            elif how == 2:
                for x in X:
                    X[0] += x
            elif how == 3:
                while X[0] > 0:
                    X[0] -= 1
            else:
                if how == 4:
                    for y in X:
                        X[1] += y
        """
    module = module_of(source)
    firsts = [ast.unparse(r.statements[0]).split(" ")[0] for r in outline(module)]
    assert firsts == ["for", "while", "if"]


def test_what_never_ends_is_declined_as_a_whole() -> None:
    module = module_of("def f(x):\n    t = [v * 2 for v in x]\n    raise ValueError(t)\n")
    region = region_of_function(module, "f")
    assert isinstance(region, Region)
    declined = lower(region, {"x": ListOf(FLOAT)})
    assert isinstance(declined, Declined)
    assert (declined.code, declined.at) == ("LW111", region.span)


def _nested_cost(before: str) -> Region | Declined:
    source = f"""
class Machine:
    def __init__(self):
        self.kernel = self.linear

    def linear(self, a, b):
        return a * b

    def fit(self, xs):
        {before}
        def cost(w):
            s = 0.0
            for i in range(len(w)):
                s += w[i] * self.kernel(xs[i], xs[i])
            return s
        return cost
"""
    found = [r for r in outline(module_of(source)) if r.qualname == "Machine.fit.<locals>.cost"]
    return found[0] if found else excluded(module_of(source))[0]


def test_a_nested_function_knows_the_class_of_the_self_around_it() -> None:
    region = _nested_cost("pass")
    assert isinstance(region, Region)
    assert {(v.path, v.called) for v in region.live_ins} == {
        ("w", False), ("xs", False), ("self.kernel", True)
    }  # fmt: skip
    rebound = _nested_cost("self = xs[0]")
    assert isinstance(rebound, Declined) and rebound.code == "LW102"


def test_attributes_that_are_assigned_to_each_other_have_an_end() -> None:
    module = module_of("""
        def half(x):
            return x / 2

        class Model:
            def __init__(self, act):
                self.act = half
                self.old = self.act

            def swap(self):
                self.act = self.old
                self.old = self.act
                self.kept = self.kept

            def run(self, X):
                s = 0.0
                for x in X:
                    s += self.act(x) + self.old(x) + self.kept(x)
                return s
    """)
    (region,) = (r for r in outline(module) if r.qualname == "Model.run")
    called = {live.path for live in region.live_ins if live.called}
    assert {"self.act", "self.old"} <= called


REPEATS = {
    "one that calls itself": ("def f(n):\n    return n if n < 2 else f(n - 1)", True),
    "one that defines and calls one that does": (
        "def f(n):\n    def g(k):\n        return g(k - 1) if k else 0\n    return g(n)",
        True,
    ),
    "one that hands it on": (
        "def f(n):\n    def g(k):\n        return g(k - 1) if k else 0\n    return g",
        False,
    ),
}


@pytest.mark.parametrize(("source", "whole"), REPEATS.values(), ids=REPEATS)
def test_functions_without_loops_that_are_regions(source: str, whole: bool) -> None:
    regions = outline(module_of(source))
    assert any(r.qualname == "f" and r.form == "body" for r in regions) is whole


ENDS = {
    "a return from within a loop": (
        "def f(p):\n    x = open(p).read()\n    for v in x:\n        if v:\n            return v\n    "
        "return 0",
        ("for v in x:", "x"),
    ),
    "the last value is computed by a loop": (
        "def f(p):\n    x = open(p).read()\n    y = x\n    return sum(v * v for v in y)",
        ("y = x", "x"),
    ),
    "what a file is read in is bound": (
        "def f(p):\n    with open(p) as g:\n        x = g.read()\n    for v in x:\n        if v:\n"
        "            return v\n    return 0",
        ("for v in x:", "x"),
    ),
    "a last value that tells what was computed": (
        "def f(p):\n    x = open(p).read()\n    for v in x:\n        p += v\n    return p", None
    ),
    "a function that is called later reads what is bound": (
        "def f(p):\n    k = 0\n    calls.append(lambda: k)\n    p.read()\n    for v in p:\n        k = v\n"
        "        if v:\n            return v\n    return 0",
        None,
    ),
    "a generator": (
        "def f(p):\n    yield p\n    for v in p:\n        if v:\n            return v\n    return 0", None
    ),
    "what may swallow exceptions": (
        "def f(p):\n    with p as g:\n        x = g.read()\n    for v in x:\n        if v:\n"
        "            return v\n    return 0",
        None,
    ),
    "what is called open and is something else": (
        "open = print\ndef f(p):\n    with open(p) as g:\n        x = g.read()\n    for v in x:\n"
        "        if v:\n            return v\n    return 0",
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "wanted"), ENDS.values(), ids=ENDS)
def test_the_end_of_a_function_of_which_the_beginning_is_not_covered(
    source: str, wanted: tuple[str, str] | None
) -> None:
    module = module_of(source)
    ends = [r for r in outline(module) if r.form == "body"]
    if wanted is None:
        assert not ends
        return
    (end,) = ends
    line, live_in = wanted
    assert module.text.splitlines()[end.span.line - 1].strip() == line
    assert paths(end) == {live_in}
    assert end.live_outs == ()


@pytest.mark.parametrize("line", ["count += 1", "for x in xs:"])
def test_a_number_that_is_only_counted_up_goes_in_all_the_same(line: str) -> None:
    region = by_line(
        """
        def f(xs):
            total = count = 0
            print(xs)
            count += 1
            for x in xs:
                count += x
                total += x * x
            return total
        """,
        line,
    )
    assert paths(region) == {"xs", "total", "count"}
    assert region.live_outs == ("total",)
