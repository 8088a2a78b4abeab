"""What a worker of a verification imports, while the process that asks still reads the two functions."""

from __future__ import annotations

from importlib import import_module


def ready() -> None:
    """Have the search loaded; the worker's server calls it before it forks."""
    for name in ("function_job", "supervise"):
        import_module(f"loopwright.verify.{name}")
