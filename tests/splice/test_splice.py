"""What is put into the user's file, and that nothing else changes."""

from __future__ import annotations

import ast
import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from loopwright.diagnostics import Declined
from loopwright.ir.nodes import Nothing, Pack, Value
from loopwright.ir.types import FLOAT, INT, Array
from loopwright.splice import Placement, encode_like, splice
from loopwright.unsplice import original_bytes, unsplice

from .rewriting import Kernel, lowered, module_of

VEC = Array("float64", 1)


def spliced(tmp_path: Path, source: str | bytes, *kernels: Kernel) -> str | Declined:
    data = source.encode() if isinstance(source, str) else source
    module = module_of(data, tmp_path / "mod.py", tmp_path)
    placements = [Placement(lowered(module, k), k.name, k.comment) for k in kernels]
    return splice(module, placements)


def calls(text: str | Declined) -> str:
    """The text from the end of the import block on."""
    assert isinstance(text, str), text
    return text.replace("\r\n", "\n").split("# loopwright: end\n", 1)[1].lstrip("\n")


LOOP = """\
import numpy as np


def f(X, Y):
    n = len(X)
    for i in range(n):
        Y[i] = X[i]
    return Y
"""
SCALARS = """\
def f(X):
    # the sum
    total = 0.0
    for x in X:
        total += x
    return total
"""
STORES = """\
class C:
    def fit(self, X):
        \"\"\"Doc.\"\"\"

        self.w = 0.0
        for x in X:
            self.w += x
        return len(X)
"""
ONE = (Value(0, FLOAT), Value(1, INT))

FORMS = {
    "a block without results": (
        LOOP,
        Kernel("f", {"X": VEC, "Y": VEC}, "", rows=(1, 2), writes=("Y",)),
        """\
def f(X, Y):
    n = len(X)
    if not _kernels.fast(X, Y):  # loopwright: numpy, tested, 9x
        for i in range(n):
            Y[i] = X[i]
    return Y
""",
    ),
    "a block with one result": (
        SCALARS,
        Kernel("f", {"X": VEC}, "", rows=(0, 2), live_outs=("total",), results=(FLOAT,)),
        """\
def f(X):
    # the sum
    if (_out := _kernels.fast(X)) is None:  # loopwright: numpy, tested, 9x
        total = 0.0
        for x in X:
            total += x
    else:
        total = _out
    return total
""",
    ),
    "a block with results and rebound attributes": (
        STORES,
        Kernel(
            "C.fit", {"X": VEC}, "", rows=(1, 3), live_outs=("x",), stores=("self.w",),
            results=(FLOAT, FLOAT),
        ),
        """\
class C:
    def fit(self, X):
        \"\"\"Doc.\"\"\"

        if (_out := _kernels.fast(X, self)) is None:  # loopwright: numpy, tested, 9x
            self.w = 0.0
            for x in X:
                self.w += x
        else:
            x, self.w = _out
        return len(X)
""",
    ),
    "a body with a value": (
        SCALARS,
        Kernel("f", {"X": VEC}, "", results=(FLOAT,)),
        """\
def f(X):
    if (_out := _kernels.fast(X)) is not None:  # loopwright: numpy, tested, 9x
        return _out
    # the sum
    total = 0.0
    for x in X:
        total += x
    return total
""",
    ),
    "a body with a value and rebound attributes": (
        STORES,
        Kernel("C.fit", {"X": VEC}, "", stores=("self.w",), results=(FLOAT, INT), rebuild=Pack(ONE)),
        """\
class C:
    def fit(self, X):
        \"\"\"Doc.\"\"\"
        # loopwright: numpy, tested, 9x
        if (_out := _kernels.fast(X, self)) is not None:
            self.w, _out = _out
            return _out

        self.w = 0.0
        for x in X:
            self.w += x
        return len(X)
""",
    ),
    "a body that rebinds attributes and returns nothing": (
        STORES.replace("        return len(X)\n", ""),
        Kernel("C.fit", {"X": VEC}, "", stores=("self.w",), results=(FLOAT,)),
        """\
class C:
    def fit(self, X):
        \"\"\"Doc.\"\"\"
        # loopwright: numpy, tested, 9x
        if (_out := _kernels.fast(X, self)) is not None:
            self.w = _out
            return

        self.w = 0.0
        for x in X:
            self.w += x
""",
    ),
    "a body that returns nothing": (
        "def f(X):\n    for i in range(len(X)):\n        X[i] = 0.0\n",
        Kernel("f", {"X": VEC}, "", rebuild=Nothing(), writes=("X",)),
        """\
def f(X):
    if _kernels.fast(X):  # loopwright: numpy, tested, 9x
        return
    for i in range(len(X)):
        X[i] = 0.0
""",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FORMS.values(), ids=FORMS)
def test_form(tmp_path: Path, case: tuple[str, Kernel, str]) -> None:
    source, kernel, wanted = case
    text = spliced(tmp_path, source, kernel)
    assert calls(text) == wanted
    assert isinstance(text, str) and unsplice(text) == source


ODD_ROWS = '''\
def f(X):
    s = """a
  b
    c"""
    for x in X:
        t = (x +
  1)  # odd
  # left of the block
        u = x \\
            + 2
        v = f"""{x}
   tail""" + "p" \\
    "q"

          # deeper
    # after
    return s
'''

ODD_SOURCES = {
    "line ends of Windows": LOOP.replace("\n", "\r\n").encode(),
    "line ends of old Macs": LOOP.replace("\n", "\r").encode(),
    "mixed line ends": LOOP.replace("\n", "\r\n", 4).encode(),
    "a byte order mark": b"\xef\xbb\xbf" + LOOP.encode(),
    "another encoding": ("# -*- coding: latin-1 -*-\n# \xe9\xe8\n" + LOOP).encode("latin-1"),
    "no final line end": LOOP.removesuffix("    return Y\n").removesuffix("\n").encode(),
    "tabs": LOOP.replace("    ", "\t").encode(),
    "tabs after spaces": LOOP.replace("        Y", "    \tY").encode(),
    "one space": LOOP.replace("    ", " ").encode(),
    "blank rows with space": LOOP.replace("    return", "  \n \t\n    return").encode(),
    "form feeds": LOOP.replace("\n\n\n", "\n\f\n\n").replace("    n =", "\f    n =").encode(),
    "a form feed before the loop": LOOP.replace("    for", "\f    for").encode(),
    "non-ASCII text": LOOP.replace("n = len(X)", "n = len(X)  # é∑🎈").encode(),
    "a shebang": b"#!/usr/bin/env python\n" + LOOP.encode(),
    "a module docstring": b'"""Doc\n\nmore."""\n' + LOOP.encode(),
    "imports after the future": b'"""D."""\nfrom __future__ import annotations\n' + LOOP.encode(),
    "imports in a try": b"try:\n    import a_b\nexcept ImportError:\n    a_b = None\n" + LOOP.encode(),
    "imports that share a row": b"import os; import sys; X = 1\n" + LOOP.encode(),
    "no imports": LOOP.removeprefix("import numpy as np\n\n\n").encode(),
    "a comment right above": LOOP.replace("def f", "# about f\ndef f").encode(),
    "a decorator": LOOP.replace("def f", "@staticmethod\ndef f").encode(),
    "no blank rows": LOOP.replace("\n\n", "\n").replace("\n\n", "\n").encode(),
}  # fmt: skip


@pytest.mark.parametrize("data", ODD_SOURCES.values(), ids=ODD_SOURCES)
def test_every_other_byte_stays(tmp_path: Path, data: bytes) -> None:
    kernel = Kernel("f", {"X": VEC, "Y": VEC}, "", rows=(1, 2), writes=("Y",))
    text = spliced(tmp_path, data, kernel)
    assert isinstance(text, str), text
    result = encode_like(text, data)
    compile(result, "mod.py", "exec")
    assert original_bytes(result) == data
    kept = [line.strip() for line in result.splitlines()]
    for line in data.splitlines():
        assert line.strip() in kept


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_rows_inside_of_strings_are_not_indented(tmp_path: Path, newline: str) -> None:
    source = ODD_ROWS.replace("\n", newline)
    kernel = Kernel("f", {"X": VEC}, "", rows=(0, 2), live_outs=("s",), results=(FLOAT,))
    text = spliced(tmp_path, source, kernel)
    assert calls(text) == (
        '''\
def f(X):
    if (_out := _kernels.fast(X)) is None:  # loopwright: numpy, tested, 9x
        s = """a
  b
    c"""
        for x in X:
            t = (x +
      1)  # odd
      # left of the block
            u = x \\
                + 2
            v = f"""{x}
   tail""" + "p" \\
        "q"

              # deeper
    else:
        s = _out
    # after
    return s
'''
    )
    assert isinstance(text, str) and unsplice(text) == source


def test_the_block_comes_after_the_imports_and_before_all_that_can_be_called(
    tmp_path: Path,
) -> None:
    source = (
        '"""Doc."""\n\nfrom __future__ import annotations\n\nimport os\n\n__all__ = ["f"]\n'
        "if os.name:\n    import sys\n\nLIMIT = 3\nimport json\n\n\n" + SCALARS
    )
    text = spliced(tmp_path, source, Kernel("f", {"X": VEC}, "", results=(FLOAT,)))
    assert isinstance(text, str)
    names = [getattr(s, "name", type(s).__name__) for s in ast.parse(text).body]
    assert names == [
        "Expr", "ImportFrom", "Import", "Assign", "If", "_load_kernels", "Assign", "Assign",
        "Import", "f",
    ]  # fmt: skip


def test_names_that_the_file_has_are_avoided(tmp_path: Path) -> None:
    source = SCALARS.replace("total", "_out").replace("# the sum", "# _kernels _load_kernels")
    text = spliced(tmp_path, source, Kernel("f", {"X": VEC}, "", results=(FLOAT,)))
    assert "if (_out_ := _kernels_.fast(X)) is not None:" in calls(text)
    assert isinstance(text, str) and "_kernels_ = _load_kernels_()" in text
    assert unsplice(text) == source


def test_several_regions_of_one_file(tmp_path: Path) -> None:
    source = LOOP + "\n\n" + SCALARS.replace("def f", "def g")
    text = spliced(
        tmp_path,
        source,
        Kernel("g", {"X": VEC}, "", results=(FLOAT,), name="g"),
        Kernel("f", {"X": VEC, "Y": VEC}, "", rows=(1, 2), writes=("Y",), name="f"),
    )
    assert isinstance(text, str)
    assert text.count("_kernels.f(") == text.count("_kernels.g(") == 1
    assert unsplice(text) == source


SHARED_ROWS = {
    "a statement before": "def f(X):\n    a = 1; b = 2\n",
    "a semicolon after": "def f(X):\n    a = 1\n    b = 2;\n",
    "a function on one row": "def f(X): a = 1; b = 2\n",
}


@pytest.mark.parametrize("source", SHARED_ROWS.values(), ids=SHARED_ROWS)
def test_a_region_that_shares_a_row_is_declined(tmp_path: Path, source: str) -> None:
    kernel = Kernel("f", {"X": VEC}, "", rows=(1, 2), live_outs=("b",), results=(INT,))
    found = spliced(tmp_path, source, kernel)
    assert isinstance(found, Declined) and found.code == "LW604"


@pytest.mark.parametrize("look", ["locals()", "eval('x')", "vars()", "dir()", "exec('x')"])
def test_a_function_that_looks_at_its_variables_is_declined(tmp_path: Path, look: str) -> None:
    source = SCALARS.replace("return total", f"return {look}")
    kernel = Kernel("f", {"X": VEC}, "", rows=(0, 2), live_outs=("total",), results=(FLOAT,))
    found = spliced(tmp_path, source, kernel)
    assert isinstance(found, Declined) and found.code == "LW605"


def test_vars_of_an_object_does_not_matter(tmp_path: Path) -> None:
    source = SCALARS.replace("return total", "return vars(X)")
    kernel = Kernel("f", {"X": VEC}, "", rows=(0, 2), live_outs=("total",), results=(FLOAT,))
    assert isinstance(spliced(tmp_path, source, kernel), str)


LONG = [f"a_rather_long_parameter_{n}" for n in range(8)]
WIDTHS = {
    "a short call": (["X"], ["t"], "numba, proved, 212x"),
    "a comment that does not fit": (
        ["X", "Y"],
        ["t"],
        "numba-parallel, tested on many inputs, 1212x",
    ),
    "arguments that do not fit": (LONG[:3], ["t"], "numba"),
    "many arguments": (LONG, ["t"], "numba"),
    "many results": (["X"], LONG, "numba"),
}


def formatted_source(names: list[str], outs: list[str]) -> str:
    rows = "".join(f"        {out} = 1.0\n" for out in outs)
    params = ",\n    ".join(names)
    head = '"""Doc."""\n\nimport os\n\n\n'
    return f"{head}def f(\n    {params},\n):\n    for i in range(9):\n{rows}    return os\n"


def test_black_and_ruff_leave_the_result_alone(tmp_path: Path) -> None:
    written: dict[Path, str] = {}
    before = tmp_path / "before"
    before.mkdir()
    for (title, (names, outs, comment)), form in itertools.product(
        WIDTHS.items(), ("plain", "results", "body")
    ):
        source = formatted_source(names, outs)
        kernel = Kernel("f", {n: VEC for n in names}, "", comment=comment, results=(FLOAT,))
        if form != "body":
            kernel.rows = (0, 1)
            kernel.live_outs = tuple(outs) if form == "results" else ()
            kernel.results = (FLOAT,) * len(kernel.live_outs)
        text = spliced(tmp_path, source, kernel)
        assert isinstance(text, str) and unsplice(text) == source
        path = tmp_path / f"{title.replace(' ', '_')}_{form}.py"
        path.write_text(text)
        written[path] = text
        (before / path.name).write_text(source)
    for tool in (["black", "-q"], ["ruff", "format", "-q", "--isolated"]):
        run_tool([*tool, *map(str, written)])
        assert {path: path.read_text() for path in written} == written
    assert complaints([*map(str, written)]) <= complaints([str(before)])


def run_tool(command: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout


def complaints(paths: list[str]) -> set[str]:
    options = ["--isolated", "--select", "E,F,W,I,N,UP,SIM,RUF", "--ignore", "RUF059"]
    lines = run_tool(["ruff", "check", *options, "--output-format", "concise", *paths]).splitlines()
    return {line.split()[1] for line in lines if ".py:" in line}
