"""A compiler from Python source to faster Python source, with evidence."""

from __future__ import annotations

import sys
from types import ModuleType

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


class _Package(ModuleType):
    """Keeps the name `verify` for the function: importing the subpackage would bind it to that."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
