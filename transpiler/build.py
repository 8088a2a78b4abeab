"""Compile the Cython kernels of `_loopwright` folders, and stamp what was built for which CPU."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

from loopwright.cache import cache_folder
from loopwright.diagnostics import Declined
from loopwright.emit.build import build_cython, build_natives, build_shared
from loopwright.extensions import prepare, shared_name
from loopwright.project import KERNELS_FOLDER
from loopwright.runtime.dispatch import stamp_extension
from loopwright.workers import Workers

_HAS_CYTHON = importlib.util.find_spec("Cython") is not None


def build_folder(
    folder: Path, *, native: bool, workers: Workers
) -> tuple[list[Path], list[Declined]]:
    """Compile each `<module>_cython_<kernel>.py` in a folder of kernels; the extensions, and what failed.

    Where kernels take lists, the runtime gets a compiled part, too; it does without.
    """
    built: list[Path] = []
    problems: list[Declined] = []
    if _HAS_CYTHON and any(map(_takes_lists, folder.glob("*.py"))):
        build_natives(folder / "runtime", workers=workers, cache_dir=_kept())
    for source in sorted(folder.glob("*_cython_*.py")):
        made = build_cython(source, workers=workers, cache_dir=_kept(), native=native)
        if isinstance(made, Declined):
            problems.append(made)
            continue
        stamp_extension(str(source), str(made), shared_name(), native=native)
        built.append(made)
    return built, problems


def _takes_lists(source: Path) -> bool:
    return any(f"lists.{name}(" in source.read_text("utf-8") for name in ("to_array", "to_rows"))


def build_ahead(workers: Workers) -> None:
    """Make sure that what all extensions share is in the cache; what is wrong shows when it is needed."""
    with tempfile.TemporaryDirectory(prefix="loopwright-") as folder:
        build_shared(Path(folder), workers=workers, cache_dir=_kept())


def build_tree(source: Path, *, native: bool) -> tuple[list[Path], list[Declined]]:
    """`build_folder` for every folder of kernels at or below `source`."""
    built: list[Path] = []
    problems: list[Declined] = []
    folders = [source] if source.name == KERNELS_FOLDER else sorted(source.rglob(KERNELS_FOLDER))
    with Workers(prepare) as workers:
        for folder in folders:
            made, failed = build_folder(folder, native=native, workers=workers)
            built += made
            problems += failed
    return built, problems


def _kept() -> Path:
    return cache_folder() / "extensions"
