"""Files at the border of what LibCST reads: they are rewritten to the byte, or declined with a reason."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.region import Region
from loopwright.ir.types import FLOAT, Array
from loopwright.splice import Placement, splice
from loopwright.unsplice import unsplice

from .fabricated import assert_only_inserted, module_of_text, placed
from .rewriting import Kernel, lowered, module_of

VEC = Array("float64", 1)
LOOP = """\
def f(X):
    total = 0.0
    for x in X:
        total += x
    return total
"""
KERNEL = Kernel("f", {"X": VEC}, "", rows=(0, 2), live_outs=("total",), results=(FLOAT,))


def spliced(tmp_path: Path, source: str) -> tuple[str | Declined, Placement]:
    module = module_of(source.encode(), tmp_path / "mod.py", tmp_path)
    placement = Placement(lowered(module, KERNEL), "fast", KERNEL.comment)
    return splice(module, [placement]), placement


READ = {
    "space before the colon of an except": "try:\n    A = 1\nexcept KeyError :\n    pass\n",
    "a continued row before it": "try:\n    A = 1\nexcept (B,  # c: d\n  C)\\\n : pass\nexcept D: pass\n",
    "space before the colon of a group": "try:\n    A = 1\nexcept* KeyError\t:\n    pass\n",
    "a match": "match sys:\n  case [1, *_]:\n      pass\n      # deep\n  # case\n  case _: pass\n  # end\n",
    "parentheses without space": "if(A)or(B):\n    del(A)\nassert(A)\nwhile(A):\n    break\n",
    "old names": "match = case = _ = 1\nprint (match)\n",
    "decorators": "@(a := b)\n# c\n\n@x[0].y\ndef g(): pass\n",
}
if sys.version_info >= (3, 12):
    READ |= {
        "type parameters": "type P[T: int, *Ts, **Q] = list[T]\ndef g[T](x: T) -> T: ...\nclass A[T]: ...\n",
        "strings in strings": "x = f'{f'{1}'}'\ny = f'{'a' + \"b\"}'\nz = f'''{\n  x # c\n}'''\n",
    }
if sys.version_info >= (3, 13):
    READ |= {"defaults of type parameters": "type P[T = int] = list[T]\nclass A[T = int]: ...\n"}


@pytest.mark.parametrize("other", READ.values(), ids=READ)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_other_code_is_kept(tmp_path: Path, other: str, first: bool) -> None:
    source = other + LOOP if first else LOOP + other
    result, placement = spliced(tmp_path, source)
    assert isinstance(result, str), result
    assert unsplice(result) == source
    assert_only_inserted(source, result, [placement])


ENDS = [
    "",
    "\n",
    "\n\n",
    "  ",
    "\n  ",
    "\n \n  # c\n  # d\n\n",
    "\n    # c\n \n",
    "\n\t\t",
    "\n# c",
]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize("end", ENDS, ids=repr)
@pytest.mark.parametrize("rows", [(0, 2), (0, 3)], ids=["before the end", "at the end"])
def test_the_end_of_the_file_is_kept(
    tmp_path: Path, end: str, newline: str, rows: tuple[int, int]
) -> None:
    body = LOOP if rows == (0, 2) else LOOP.replace("    return total\n", "    last = x\n")
    source = (body.removesuffix("\n") + end).replace("\n", newline)
    module = module_of(source.encode(), tmp_path / "mod.py", tmp_path)
    kernel = Kernel("f", {"X": VEC}, "", rows=rows, live_outs=("total",), results=(FLOAT,))
    result = splice(module, [Placement(lowered(module, kernel), "fast", "numba")])
    assert isinstance(result, str), result
    assert unsplice(result) == source
    compile(result, "mod.py", "exec")


UNREAD = {
    "an annotation in parentheses": "(a): bool = True\n",
    "a lambda right after else": "a = () if 0 else(lambda:())\n",
    "hundreds of operators": "a = " + " + ".join("b" * 900) + "\n",
    "a row that begins with a continued one": "def g():\n    a = 1\n\\\n    b = 2\n",
}


@pytest.mark.parametrize("other", UNREAD.values(), ids=UNREAD)
def test_what_libcst_does_not_read_is_declined(tmp_path: Path, other: str) -> None:
    result, _ = spliced(tmp_path, other + LOOP)
    assert isinstance(result, Declined) and result.code == "LW607" and "LibCST" in result.why


def test_line_ends_that_would_run_together_are_declined(tmp_path: Path) -> None:
    result, _ = spliced(tmp_path, "import a\r" + LOOP)
    assert isinstance(result, Declined) and result.code == "LW606"


def test_an_elif_has_no_place_for_a_block() -> None:
    module = module_of_text("def f(x):\n    if x:\n        a = 1\n    elif x > 1:\n        a = 2\n")
    assert module is not None
    region = region_of_function(module, "f")
    assert isinstance(region, Region) and isinstance(region.statements[0], ast.If)
    inner = tuple(region.statements[0].orelse)
    block = Region(
        id="b", module=module, qualname="f", form="block", function=region.function, owner=None,
        statements=inner, live_ins=(), live_outs=(), stores=(), inner=(), span=region.span,
    )  # fmt: skip
    result = splice(module, [placed(block, "fast")])
    assert isinstance(result, Declined) and result.code == "LW604"


def test_a_comment_that_looks_like_ours_stays(tmp_path: Path) -> None:
    source = LOOP.replace("    total = 0.0", "    # loopwright: a comment of mine\n    total = 0.0")
    result, _ = spliced(tmp_path, source)
    assert isinstance(result, str) and unsplice(result) == source


def test_one_of_two_equal_loops_is_guarded(tmp_path: Path) -> None:
    loops = "    for x in X:\n        s += x\n" * 2
    source = f"def f(X):\n    s = 0.0\n{loops}    return s\n"
    module = module_of(source.encode(), tmp_path / "mod.py", tmp_path)
    kernel = Kernel("f", {"X": VEC}, "", rows=(2, 3), live_outs=("s",), results=(FLOAT,))
    placement = Placement(lowered(module, kernel), "fast", "numba")
    result = splice(module, [placement])
    assert isinstance(result, str)
    assert_only_inserted(source, result, [placement])
