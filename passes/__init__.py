"""The passes, in their default order, and their names on the command line.

`tile{sizes=32,32},fuse` names passes with options; the options are the dataclass fields of the pass.
Third parties add passes by entry points of the group `loopwright.passes`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import fields, replace
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from loopwright.passes.base import Pass
from loopwright.passes.batch import Batch
from loopwright.passes.chunks import Chunks
from loopwright.passes.fuse import Fuse
from loopwright.passes.grow import Grow
from loopwright.passes.hoist import Hoist
from loopwright.passes.induction import Induction
from loopwright.passes.inline import Inline
from loopwright.passes.interchange import Interchange
from loopwright.passes.legalise import Legalise
from loopwright.passes.normalise import Normalise
from loopwright.passes.parallel import Parallel
from loopwright.passes.powers import Powers
from loopwright.passes.preallocate import Preallocate
from loopwright.passes.precheck import Precheck
from loopwright.passes.reassociate import Reassociate
from loopwright.passes.scalarise import Scalarise
from loopwright.passes.skim import Skim
from loopwright.passes.vectorise import Vectorise

ALL: tuple[Pass, ...] = (
    Normalise(),
    Inline(),
    Grow(),
    Hoist(),
    Vectorise(),
    Preallocate(),
    Induction(),
    Scalarise(),
    Fuse(),
    Legalise(),
    Precheck(),
    Interchange(),
    Skim(),
    Parallel(),
    Chunks(),
    Reassociate(),
    Powers(),
    Batch(),
)

_ITEM = re.compile(r"\s*([\w-]+)\s*(?:\{([^}]*)\})?\s*(?:,|$)")


@cache
def third_party() -> tuple[Pass, ...]:
    """Passes of other packages. Raises RuntimeError, naming the package, if one does not load."""
    found: list[Pass] = []
    for point in entry_points(group="loopwright.passes"):
        try:
            made = point.load()()
        except Exception as error:
            raise RuntimeError(
                f"pass {point.name} of {point.value} does not load: {error}"
            ) from error
        if not isinstance(made, Pass):
            raise RuntimeError(f"pass {point.name} of {point.value} is not a Pass")
        found.append(made)
    return tuple(found)


def by_name(name: str) -> Pass:
    """The pass of that name with default options. Raises ValueError with a suggestion."""
    known = {p.name: p for p in (*ALL, *third_party())}
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise ValueError(f"unknown pass {name}{hint}")
    return known[name]


def parse_options(text: str) -> tuple[Pass, ...]:
    """`"tile{sizes=32,32},fuse"` -> passes with those options. Raises ValueError."""
    found: list[Pass] = []
    at = 0
    while at < len(text):
        item = _ITEM.match(text, at)
        if item is None or item.end() == at:
            raise ValueError(f"cannot read the pass list at {text[at:]!r}")
        found.append(_configured(by_name(item[1]), item[2] or ""))
        at = item.end()
    return tuple(found)


def _configured(each: Pass, options: str) -> Pass:
    """`a=1,b=2,3` belongs to the fields a = 1 and b = (2, 3)."""
    given: dict[str, list[str]] = {}
    key = ""
    for part in filter(None, (p.strip() for p in options.split(","))):
        name, equals, value = part.partition("=")
        if equals:
            key = name.strip()
            given[key] = [value.strip()]
        elif key:
            given[key].append(part)
        else:
            raise ValueError(f"{each.name}: {part!r} is not name=value")
    known = {f.name for f in fields(each)}  # type: ignore[arg-type]
    changes: dict[str, Any] = {}
    for name, values in given.items():
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise ValueError(f"{each.name} has no option {name}{hint}")
        changes[name] = _value(getattr(each, name), values, f"{each.name}: {name}")
    return replace(each, **changes)  # type: ignore[type-var]


def _value(default: Any, texts: list[str], where: str) -> Any:
    """The texts converted to the type of the option's default."""
    if isinstance(default, tuple):
        return tuple(_value(default[0] if default else 0, [t], where) for t in texts)
    text = ",".join(texts)
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[text.lower()]
        return type(default)(text)
    except (KeyError, ValueError):
        raise ValueError(f"{where}: {text!r} is not {type(default).__name__}") from None
