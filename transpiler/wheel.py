"""Wheels of rewritten projects: what a build left out of the `_loopwright` folders is put in.

A build backend knows which packages and which data files a project has, and not of folders that came later.
So the project is built as ever, and then the wheel is completed: the rewritten files in it are found by their
content, which tells where their folder of kernels belongs.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from loopwright.kernels_manifest import has_manifest, read_manifest, sha256
from loopwright.project import KERNELS_FOLDER, write_atomic
from loopwright.usage import UsageError

_STAMP = (1980, 1, 1, 0, 0, 0)
"""The time of the files that are put in, so that one tree gives one wheel."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The wheel, how many folders of kernels it carries, and the rewritten files that the build left out."""

    wheel: Path
    folders: int
    missing: tuple[Path, ...]


def make_wheel(source: Path, output: Path, *, isolated: bool = True) -> Completed:
    """Build the rewritten project `source` with pip into the folder `output`; unless `isolated`, with the
    build backend that is installed here.

    Raises UsageError if nothing in `source` was rewritten, or if pip fails.
    """
    folders = _folders(source)
    if not folders:
        raise UsageError(f"{source}: there are no kernels in it; run `loopwright optimize` first")
    with tempfile.TemporaryDirectory(prefix="loopwright-") as scratch:
        # builds leave files behind, which later builds take for the source
        copy = Path(scratch, "project", source.absolute().name)
        shutil.copytree(source, copy, symlinks=True, ignore=_left_behind)
        how = [] if isolated else ["--no-build-isolation"]
        command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", *how]
        done = subprocess.run(
            [*command, "--wheel-dir", scratch, str(copy)],
            capture_output=True,
            text=True,
            check=False,
        )
        made = sorted(Path(scratch).glob("*.whl"))
        if done.returncode != 0 or len(made) != 1:
            said = (done.stderr or done.stdout).strip()
            raise UsageError(f"pip could not build a wheel of {source}:\n{said}")
        return _complete(made[0], folders, output)


def _left_behind(folder: str, names: list[str]) -> list[str]:
    """What of a folder is not copied: bytecode, and what setuptools has built."""
    built = Path(folder, "build")
    old = any((*built.glob("lib*"), *built.glob("bdist.*")))
    return [name for name in names if name == "__pycache__" or (name == "build" and old)]


def _folders(source: Path) -> list[Path]:
    """The folders of kernels, but for copies that builds have left."""
    found = [f for f in source.rglob(KERNELS_FOLDER) if has_manifest(f)]
    return sorted(f for f in found if "build" not in f.relative_to(source).parts[:1])


def _complete(wheel: Path, folders: Sequence[Path], output: Path) -> Completed:
    with zipfile.ZipFile(wheel) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name[-1] != "/"}
        times = {info.filename: info for info in archive.infolist()}
    hashes = {name: sha256(data) for name, data in members.items()}
    carried = 0
    missing: list[Path] = []
    for folder in folders:
        place, lost = _place(folder, hashes)
        missing += lost
        if place is None:
            continue
        carried += 1
        for name in [name for name in members if name.startswith(f"{place}/")]:
            del members[name]
        for name, data in _contents(folder):
            members[f"{place}/{name}"] = data
    name = _tagged(wheel.name, members)
    _record(members)
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="loopwright-") as scratch:
        file = Path(scratch, "wheel")
        _pack(file, members, times)
        write_atomic(output / name, file.read_bytes())
    return Completed(output / name, carried, tuple(missing))


def _place(folder: Path, hashes: Mapping[str, str]) -> tuple[str | None, list[Path]]:
    """Where in the wheel the folder belongs, and the files that use it and are not in the wheel."""
    place: str | None = None
    lost: list[Path] = []
    for record in read_manifest(folder).files.values():
        ends = [
            name[: len(name) - len(record.file)]
            for name, found in hashes.items()
            if found == record.rewritten and f"/{name}".endswith(f"/{record.file}")
        ]
        if ends:
            alike = max(ends, key=lambda before: _alike(before, folder.parent))
            place = place or f"{alike}{KERNELS_FOLDER}"
        else:
            lost.append(folder.parent / record.file)
    return place, lost


def _alike(before: str, folder: Path) -> int:
    """How many of the last names of two folders are the same."""
    ours, theirs = folder.absolute().parts[::-1], before.rstrip("/").split("/")[::-1]
    pairs = zip(ours, theirs, strict=False)
    return next((k for k, (a, b) in enumerate(pairs) if a != b), min(len(ours), len(theirs)))


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and "__pycache__" not in inside.parts:
            yield inside.as_posix(), path.read_bytes()


def _tagged(name: str, members: dict[str, bytes]) -> str:
    """The wheel's name; one for every machine becomes one for this machine if extensions were put in."""
    built = any(
        f"/{KERNELS_FOLDER}/" in f"/{member}" and member.endswith(tuple(EXTENSION_SUFFIXES))
        for member in members
    )
    if not built or not name.endswith("-none-any.whl"):
        return name
    version = f"cp{sys.version_info.major}{sys.version_info.minor}"
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    tag = f"{version}-{version}-{platform}"
    about = _in_info(members, "WHEEL")
    rows = [row for row in members[about].decode().splitlines() if not row.startswith("Tag:")]
    while rows and not rows[-1]:
        rows.pop()
    members[about] = "\n".join([*rows, f"Tag: {tag}", ""]).encode()
    return "-".join([*name.split("-")[:-3], f"{tag}.whl"])


def _record(members: dict[str, bytes]) -> None:
    """Make the list of the wheel's files anew."""
    name = _in_info(members, "RECORD")
    rows = []
    for member, data in members.items():
        if member != name:
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            shown = f'"{member}"' if "," in member else member
            rows.append(f"{shown},sha256={digest},{len(data)}")
    del members[name]
    members[name] = "\n".join([*rows, f"{name},,", ""]).encode()


def _in_info(members: Mapping[str, bytes], file: str) -> str:
    return next(
        name
        for name in members
        if name.split("/")[0].endswith(".dist-info") and name.split("/")[1:] == [file]
    )


def _pack(file: Path, members: Mapping[str, bytes], times: Mapping[str, zipfile.ZipInfo]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = times.get(name)
            if info is None:
                info = zipfile.ZipInfo(name, _STAMP)
                info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
