"""The user's tree as files: what is in it, copies of it, and whether it may be changed in place."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from loopwright.atomic import write_atomic
from loopwright.config import UsageError
from loopwright.kernels_check import Finding, check_tree
from loopwright.kernels_manifest import has_manifest, remove_folder
from loopwright.project_discover import SourceFile, discover, walk
from loopwright.runtime.guarded import FOLDER as KERNELS_FOLDER


def output_places(sources: Sequence[Path], output: Path) -> dict[Path, Path]:
    """Each source to where its copy goes: a single folder becomes `output`, else by name inside it.

    Raises UsageError if two sources would go to one place.
    """
    if len(sources) == 1 and sources[0].is_dir():
        return {sources[0]: output}
    places = {source: output / source.absolute().name for source in sources}
    if len(set(places.values())) < len(sources):
        raise UsageError("two sources have the same name; optimise them one at a time")
    return places


def copy_tree(sources: Sequence[Path], output: Path) -> None:
    """Copy the sources into `output`, by `output_places`: what `discover` sees, files of all kinds, and
    modules that git ignores.

    Files that are there are replaced, kernels of an earlier run removed, others left. Modes and times
    are kept.
    """
    for folder in sorted(output.rglob(KERNELS_FOLDER)) if output.is_dir() else []:
        if folder.is_dir() and not folder.is_symlink() and has_manifest(folder):
            remove_folder(folder)
    for source, place in output_places(sources, output).items():
        root = source.absolute()
        files = walk(root, modules=True) if root.is_dir() else iter([root])
        place.mkdir(parents=True, exist_ok=True) if root.is_dir() else None
        for path in files:
            target = place / path.relative_to(root) if path != root else place
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(target, path.read_bytes())
            shutil.copystat(path, target)


def clean_or_refuse(sources: Sequence[Path]) -> None:
    """Raise UsageError if Python files in `sources` have changes that git could not give back.

    Where there is no repository, or no git, nothing is known and nothing refused.
    """
    changed: list[str] = []
    for source in sources:
        folder = source if source.is_dir() else source.parent
        command = ["git", "-C", str(folder), "status", "--porcelain", "--untracked-files=all", "-z"]
        try:
            done = subprocess.run(
                [*command, "--", str(source.absolute())],
                capture_output=True,
                env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
                timeout=60,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            names = done.stdout.decode(errors="replace").split("\0")
            changed += [n[3:] for n in names if n.endswith(".py") and KERNELS_FOLDER not in n]
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        names_shown = ", ".join(changed[:3])
        raise UsageError(f"uncommitted changes in {names_shown}{more}; commit them, or use --force")


__all__ = [
    "KERNELS_FOLDER",
    "Finding",
    "SourceFile",
    "check_tree",
    "clean_or_refuse",
    "copy_tree",
    "discover",
    "output_places",
    "write_atomic",
]
