"""Compile the Cython kernels of `_loopwright` folders, and stamp what was built for which CPU."""

from __future__ import annotations

from pathlib import Path

from loopwright.cache import cache_folder
from loopwright.diagnostics import Declined
from loopwright.emit.build import build_cython
from loopwright.project import KERNELS_FOLDER
from loopwright.runtime.dispatch import stamp_extension


def build_folder(folder: Path, *, native: bool) -> tuple[list[Path], list[Declined]]:
    """Compile each `<module>_cython_<kernel>.py` in a folder of kernels; the extensions, and what failed."""
    built: list[Path] = []
    problems: list[Declined] = []
    for source in sorted(folder.glob("*_cython_*.py")):
        made = build_cython(source, native=native, cache_dir=cache_folder() / "extensions")
        if isinstance(made, Declined):
            problems.append(made)
            continue
        stamp_extension(str(source), str(made), native=native)
        built.append(made)
    return built, problems


def build_tree(source: Path, *, native: bool) -> tuple[list[Path], list[Declined]]:
    """`build_folder` for every folder of kernels at or below `source`."""
    built: list[Path] = []
    problems: list[Declined] = []
    folders = [source] if source.name == KERNELS_FOLDER else sorted(source.rglob(KERNELS_FOLDER))
    for folder in folders:
        made, failed = build_folder(folder, native=native)
        built += made
        problems += failed
    return built, problems
