"""What `loopwright passes` prints: the list of passes, and one pass with its examples."""

from __future__ import annotations

import inspect
import textwrap
from dataclasses import fields
from typing import Any, cast

from loopwright.config import UsageError
from loopwright.passes import ALL
from loopwright.passes.base import Example, Pass


def listing() -> str:
    """One line a pass, in default order."""
    width = max(len(each.name) for each in ALL)
    return "\n".join(f"{each.name:<{width}}  {_summary(each)}" for each in ALL)


def describe(name: str) -> str:
    """The pass's documentation, its options with their defaults, and its examples."""
    for each in ALL:
        if each.name == name:
            break
    else:
        known = ", ".join(p.name for p in ALL)
        raise UsageError(f"unknown pass {name}; there are {known}")
    parts = [f"{each.name}\n", documentation(each)]
    options = [f"  {f.name}={f.default!r}" for f in fields(cast(Any, each)) if f.init]
    if options:
        parts.append("options:\n" + "\n".join(options))
    for example in each.examples:
        before = textwrap.indent(textwrap.dedent(example.before).strip(), "    ")
        if isinstance(example, Example):
            after = textwrap.indent(textwrap.dedent(example.after).strip(), "    ")
            parts.append(f"before:\n{before}\nafter:\n{after}")
        else:
            parts.append(f"left alone ({example.code}):\n{before}")
    return "\n\n".join(parts)


def documentation(each: Pass) -> str:
    """The docstring of the pass's module."""
    module = inspect.getmodule(each)
    return inspect.cleandoc((module.__doc__ if module else "") or each.name)


def _summary(each: Pass) -> str:
    return documentation(each).splitlines()[0]
