"""The first look at a file, and reading it."""

from __future__ import annotations

from pathlib import Path

import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.parse import decode_source, encoding_of, module_name, parse_module
from loopwright.frontend.region import Module
from loopwright.frontend.screen import screen

SCREENED = {
    "a function with a loop may hold a region": ("def f(x):\n    for i in x: pass\n", True),
    "a function in a module with numpy may": ("import numpy as np\ndef f(x): return x + x\n", True),
    "a comprehension counts as a loop": ("def f(x): return [i for i in x]\n", True),
    "a loop without a function does not": ("for i in range(3):\n    print(i)\n", False),
    "a function without loop or numpy does not": ("def f(x):\n    return x\n", False),
    "a function that calls itself counts as a loop": ("def f(x): return f(x - 1)\n", True),
    "nothing does not": ("", False),
    "a word that contains for does not": ("def f(before):\n    return before\n", False),
}


@pytest.mark.parametrize(("text", "expected"), SCREENED.values(), ids=SCREENED.keys())
def test_screen(text: str, expected: bool) -> None:
    assert screen(text) is expected


REFUSED = {
    "a missing file is unreadable": (None, "LW001"),
    "bytes that are not UTF-8 are refused": (b"x = '\xff'\n", "LW002"),
    "an unknown declared encoding is refused": (b"# -*- coding: klingon -*-\nx = 1\n", "LW002"),
    "a syntax error is refused": (b"def f(:\n    pass\n", "LW003"),
    "a null byte is refused": (b"x = 1\0\n", "LW003"),
    "an empty file is refused": (b"", "LW004"),
    "a file of comments is refused": (b"# nothing\n", "LW004"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_is_no_module_is_declined(
    data: bytes | None, code: str, tmp_path: Path
) -> None:
    file = tmp_path / "m.py"
    if data is not None:
        file.write_bytes(data)
    result = parse_module(file, tmp_path)
    assert isinstance(result, Declined)
    assert result.code == code


def test_a_syntax_error_is_placed(tmp_path: Path) -> None:
    file = tmp_path / "m.py"
    file.write_text("x = 1\ny = = 2\n")
    result = parse_module(file, tmp_path)
    assert isinstance(result, Declined)
    assert (result.at.line, result.at.col) == (2, 4)


ROUND_TRIPS = {
    "plain text": b"x = 1\n",
    "carriage returns": b"x = 1\r\nfor i in []:\r\n    pass\r\n",
    "a byte order mark": b"\xef\xbb\xbfx = 1\n",
    "a declared encoding": "# coding: latin-1\nx = 'é'\n".encode("latin-1"),
}


@pytest.mark.parametrize("data", ROUND_TRIPS.values(), ids=ROUND_TRIPS.keys())
def test_text_encodes_back_to_the_same_bytes(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "m.py"
    file.write_bytes(data)
    module = parse_module(file, tmp_path)
    assert isinstance(module, Module)
    assert module.text == decode_source(data)
    assert module.text.encode(encoding_of(data)) == data


def test_module_names_are_dotted_below_the_root(tmp_path: Path) -> None:
    assert module_name(tmp_path / "a" / "b.py", tmp_path) == "a.b"
    assert module_name(tmp_path / "a" / "__init__.py", tmp_path) == "a"
    assert module_name(tmp_path / "__init__.py", tmp_path) == tmp_path.name
