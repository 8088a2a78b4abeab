"""A compiler from Python source to faster Python source, with evidence."""

from __future__ import annotations

__version__ = "0.1.0"

# Not imported from `typing`: `loopwright --help` has no time for it.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from loopwright.api import Optimized, Pipeline, explain, optimize, trace, verify
    from loopwright.report.results import Report
    from loopwright.usage import UsageError
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
    "UsageError": "loopwright.usage",
    "Verdict": "loopwright.verify.verdict",
}


def __getattr__(name: str) -> object:
    # The compiler's parts are heavy; a name is loaded when it is first asked for.
    if name not in __all__:
        raise AttributeError(f"module 'loopwright' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "loopwright.api")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
