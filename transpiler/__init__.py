"""A compiler from Python source to faster Python source, with evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from loopwright.api import Optimized, Pipeline, explain, optimize, trace, verify
    from loopwright.config import UsageError
    from loopwright.report.results import Report
    from loopwright.verify.verdict import Verdict

__all__ = [
    "Optimized",
    "Pipeline",
    "Report",
    "UsageError",
    "Verdict",
    "explain",
    "optimize",
    "trace",
    "verify",
]

_HOMES = {
    "Report": "loopwright.report.results",
    "UsageError": "loopwright.config",
    "Verdict": "loopwright.verify.verdict",
}


def __getattr__(name: str) -> Any:
    # The compiler's parts are heavy; a name is loaded when it is first asked for.
    if name not in __all__:
        raise AttributeError(f"module 'loopwright' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "loopwright.api")), name)
