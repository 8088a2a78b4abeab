"""Options of a run: the flags of the command line over `[tool.loopwright]` in pyproject.toml."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from loopwright.usage import UsageError

__all__ = ["Options", "UsageError", "load_options", "parse_accuracy"]


@dataclass(frozen=True, slots=True)
class Options:
    """`accuracy` is `bitwise`, `faithful` or `rtol=X`; `backend` is `auto` or a backend's name.

    `min_share` is the part of the recorded time below which a region is left alone; `min_speedup`
    the ratio that a variant must reach at its largest size; times are in seconds. `verify_time` is for
    one variant, `measure_time` for all variants of a region. `jobs` processes run at a time. UsageError
    for values that mean nothing.
    """

    accuracy: str = "faithful"
    backend: str = "auto"
    style: str = "guarded"
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    time_limit: float | None = None
    verify_time: float = 5.0
    measure_time: float = 5.0
    min_share: float = 0.01
    min_speedup: float = 1.2
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        parse_accuracy(self.accuracy)
        if self.style not in ("guarded", "inline"):
            raise UsageError(f"style must be guarded or inline, not {self.style!r}")
        if self.style == "inline" and self.backend not in ("auto", "numpy"):
            raise UsageError(
                f"style inline writes NumPy code, so the backend is not {self.backend}"
            )
        if self.jobs < 1:
            raise UsageError("the number of jobs must be at least 1")
        for name in ("time_limit", "verify_time", "measure_time", "min_speedup"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise UsageError(f"{name.replace('_', '-')} must be more than 0, not {value:g}")
        if not 0 <= self.min_share <= 1:
            raise UsageError(f"min-share must be from 0 to 1, not {self.min_share:g}")


def parse_accuracy(text: str) -> tuple[str, float]:
    """`bitwise` -> ("bitwise", 0.0), `rtol=1e-6` -> ("rtol", 1e-6). Raises UsageError."""
    if text in ("bitwise", "faithful"):
        return text, 0.0
    name, _, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if name != "rtol" or not 0 < value < 1:
        raise UsageError(
            f"accuracy must be bitwise, faithful or rtol=X with 0 < X < 1, not {text!r}"
        )
    return "rtol", value


def load_options(start: Path, flags: Mapping[str, Any]) -> Options:
    """Options for a tree: defaults, then the nearest pyproject.toml above `start`, then flags.

    Flags that are None were not given. Unknown keys and wrong types are usage errors.
    """
    options = Options()
    found = _nearest_pyproject(start)
    if found is not None:
        options = _merge(options, _table(found), str(found))
    return replace(options, **{k: v for k, v in flags.items() if v is not None})


def _nearest_pyproject(start: Path) -> Path | None:
    start = start.resolve()
    for folder in (start, *start.parents):
        candidate = folder / "pyproject.toml"
        if candidate.is_file():
            return candidate
    return None


def _table(path: Path) -> Mapping[str, Any]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: {error}") from error
    tools = data.get("tool", {})
    table = tools.get("loopwright", {}) if isinstance(tools, dict) else None
    if not isinstance(table, dict):
        raise UsageError(f"{path}: [tool.loopwright] must be a table")
    return table


def _merge(options: Options, table: Mapping[str, Any], where: str) -> Options:
    known = {f.name.replace("_", "-"): f for f in fields(Options)}
    changes: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise UsageError(f"{where}: unknown key {key!r} in [tool.loopwright]{hint}")
        name = known[key].name
        changes[name] = _converted(getattr(options, name), value, f"{where}: {key}")
    return replace(options, **changes)


def _converted(default: Any, value: Any, where: str) -> Any:
    if isinstance(default, tuple):
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise UsageError(f"{where}: a list of strings is expected")
        return tuple(value)
    if isinstance(default, str) and isinstance(value, str):
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(default, int) and number and value == int(value):
        return int(value)
    if (isinstance(default, float) or default is None) and number:
        return float(value)
    raise UsageError(f"{where}: {value!r} has the wrong type")
