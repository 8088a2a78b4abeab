"""Loading a dispatch function from a folder of kernels, for worker processes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def load_candidate(folder: Path, module: str, function: str) -> Callable[..., Any]:
    """The function `function` of `folder/module.py`; `folder` is a package such as `_loopwright`.

    Runs the generated code: only in a worker process.
    """
    parent = str(folder.parent)
    if parent not in sys.path:
        sys.path.insert(0, parent)
    importlib.invalidate_caches()
    found: Callable[..., Any] = getattr(
        importlib.import_module(f"{folder.name}.{module}"), function
    )
    return found
