"""The kernels of one module of the user, without those whose code was edited since.

A kernel stands for a piece of code. At import the text of the user's file is compared with what the
kernels were made for: first the whole file (a hash of the bytes, some 50 us), only if that differs the
pieces (see `fingerprint`). Times and sizes are not trusted: archives, build systems and checkouts set them.
"""

from __future__ import annotations

import os
from importlib.util import module_from_spec, source_hash, spec_from_file_location
from types import ModuleType
from typing import Any

from .dispatch import tell


class Kernels:
    """The dispatch functions by name; a name without usable kernel is a function that declines."""

    def __init__(self, functions: dict[str, Any]) -> None:
        self.__dict__.update(functions)

    def __getattr__(self, name: str) -> Any:
        return decline


def decline(*roots: object) -> None:
    """What a dispatch function does when its kernel cannot be used."""


def load(package: str, folder: str, name: str, user: dict[str, Any]) -> Kernels:
    """The usable kernels of `<folder>/<name>.py` for the module with the namespace `user`.

    Raises OSError or ImportError if there is no such file or no source text to compare with.
    """
    module = _execute(f"{package}.{name}", os.path.join(folder, name + ".py"))
    module.__dict__["_user"] = user
    path = user["__file__"]
    with open(path, "rb") as file:
        text = file.read()
    names: dict[str, str] = module.REGIONS
    stale = stale_kernels(text, module.FILE, names)
    if stale:
        tell(
            f"loopwright: the code in {path} behind {', '.join(stale)} was edited since; it runs as it"
            " is written, and `loopwright optimize` makes new kernels"
        )
    return Kernels({each: getattr(module, each) for each in names if each not in stale})


def stale_kernels(text: bytes, file_hash: str, regions: dict[str, str]) -> list[str]:
    """The names in `regions` (name to fingerprint) whose code in `text` is not what it was."""
    if source_hash(text).hex() == file_hash:
        return []
    from .fingerprint import fingerprints

    now = fingerprints(text)
    return [name for name, old in regions.items() if now.get(name, {old}) != {old}]


def _execute(full: str, path: str) -> ModuleType:
    # Not shared through sys.modules: each module of the user has its own, with its own namespace.
    spec = spec_from_file_location(full, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
