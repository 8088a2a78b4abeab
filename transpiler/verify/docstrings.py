"""Types of parameters as docstrings tell them: in the manner of NumPy, of Google, and of Sphinx."""

from __future__ import annotations

import re

from loopwright.verify.doctypes import kind_of_words
from loopwright.verify.kinds import Kind
from loopwright.verify.scope import Scope

_SECTION = re.compile(r"^(Other )?Parameters\s*\n-{3,}\s*\n", re.MULTILINE)
_NEXT_SECTION = re.compile(r"^\S.*\n-{3,}\s*$", re.MULTILINE)
_NUMPY_ENTRY = re.compile(r"^(\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*:\s*(\S.*)$", re.MULTILINE)
_GOOGLE = re.compile(r"^(?:Args|Arguments|Parameters|Keyword Args|Keyword Arguments|Params):\s*$")
_GOOGLE_ENTRY = re.compile(r"^\s+\*{0,2}(\w+)\s*\(")
_FIELD = re.compile(r"^\s*[:@]param\s+(?P<type>[^:]+?)\s+\*{0,2}(?P<name>\w+)\s*:", re.MULTILINE)
_TYPE = re.compile(r"^\s*[:@]type\s+\*{0,2}(?P<name>\w+)\s*:\s*(?P<type>.+)$", re.MULTILINE)


def documented(docstring: str, scope: Scope) -> dict[str, Kind]:
    """The kinds of the parameters that a docstring (cleaned of its indentation) gives a type that is
    understood."""
    found: dict[str, Kind] = {}
    for name, text in type_texts(docstring).items():
        kind = kind_of_words(text, scope)
        if kind is not None:
            found[name] = kind
    return found


def type_texts(docstring: str) -> dict[str, str]:
    """What stands for the type of each parameter, word by word.

    >>> type_texts("Parameters\\n----------\\nx : ndarray of shape (n,)\\n    Points.")
    {'x': 'ndarray of shape (n,)'}
    >>> type_texts("Args:\\n    k (int, optional): How many.")
    {'k': 'int, optional'}
    """
    return {**_numpy(docstring), **_google(docstring), **_sphinx(docstring)}


def _numpy(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for section in _SECTION.finditer(text):
        rest = text[section.end() :]
        following = _NEXT_SECTION.search(rest)
        body = rest[: following.start()] if following else rest
        for entry in _NUMPY_ENTRY.finditer(body):
            for name in entry[1].split(","):
                found[name.strip().lstrip("*")] = entry[2].strip()
    return found


def _google(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    inside = False
    for line in text.splitlines():
        if line and not line[0].isspace():
            inside = _GOOGLE.match(line) is not None
            continue
        entry = _GOOGLE_ENTRY.match(line) if inside else None
        if entry is not None:
            end = _closing(line, entry.end())
            if end is not None and line[end + 1 :].lstrip().startswith(":"):
                found[entry[1]] = line[entry.end() : end]
    return found


def _closing(line: str, start: int) -> int | None:
    """The place of the parenthesis that closes the one before `start`."""
    depth = 1
    for place, letter in enumerate(line[start:], start):
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0:
            return place
    return None


def _sphinx(text: str) -> dict[str, str]:
    fields = [*_FIELD.finditer(text), *_TYPE.finditer(text)]
    return {field["name"]: field["type"].strip() for field in fields}
