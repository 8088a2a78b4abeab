"""The manifest of a `_loopwright` folder: what was made from which text, for `check` and `revert`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from loopwright.atomic import write_atomic
from loopwright.extensions import SHARED_PREFIX

_NAME = "manifest.json"
_TOOL = "loopwright"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class FileRecord:
    """SHA-256 of the user's file before and after, and of each output by its name in the folder."""

    file: str
    original: str
    rewritten: str
    outputs: Mapping[str, str]

    @staticmethod
    def of(file: str, original: bytes, text: bytes, outputs: Mapping[str, str]) -> FileRecord:
        hashes = {name: sha256(content.encode()) for name, content in outputs.items()}
        return FileRecord(file, sha256(original), sha256(text), hashes)


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files` by name of their dispatch module; `shared` are the runtime's files, as `outputs`."""

    files: Mapping[str, FileRecord] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)

    def including(self, module: str, record: FileRecord, shared: Mapping[str, str]) -> Manifest:
        files = dict(sorted({**self.files, module: record}.items()))
        return Manifest(files, {name: sha256(text.encode()) for name, text in shared.items()})

    def without(self, module: str) -> Manifest:
        return replace(self, files={k: v for k, v in self.files.items() if k != module})

    @property
    def outputs(self) -> dict[str, str]:
        """Every file that was made, with its hash."""
        made = dict(self.shared)
        for record in self.files.values():
            made |= record.outputs
        return made


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def has_manifest(folder: Path) -> bool:
    """True if the folder was made by loopwright."""
    try:
        data = json.loads((folder / _NAME).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(data, dict) and data.get("tool") == _TOOL


def read_manifest(folder: Path) -> Manifest:
    """The manifest of `folder`; an empty one if there is none or it cannot be read."""
    try:
        data = json.loads((folder / _NAME).read_bytes())
        files = {name: FileRecord(**record) for name, record in data["files"].items()}
        return Manifest(files, dict(data["shared"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Manifest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    data = {"tool": _TOOL, "format": _FORMAT, **asdict(manifest)}
    write_atomic(folder / _NAME, (json.dumps(data, indent=1) + "\n").encode())


def forget(folder: Path, module: str) -> None:
    """Remove the kernels of one module; the whole folder if they were the last."""
    manifest = read_manifest(folder)
    if module not in manifest.files:
        return
    left = manifest.without(module)
    if not left.files:
        remove_folder(folder)
        return
    _remove_made(folder, {Path(name).stem for name in manifest.files[module].outputs})
    write_manifest(folder, left)


def remove_folder(folder: Path) -> None:
    """Remove what was made in `folder`, caches and built extensions included, and the folder itself
    unless it holds anything else."""
    stems = {Path(name).stem for name in read_manifest(folder).outputs}
    for sub in (folder / "runtime", folder):
        if not sub.is_dir():
            continue
        _remove_made(sub, stems | {p.name.split(".")[0] for p in sub.glob(f"{SHARED_PREFIX}*")})
        (sub / _NAME).unlink(missing_ok=True)
        for empty in (sub / "__pycache__", sub):
            if empty.is_dir() and not any(empty.iterdir()):
                empty.rmdir()


def _remove_made(folder: Path, stems: set[str]) -> None:
    """Files named `<stem>.*`, here and in the cache (`mod_numba.kernel-3.py311.nbi`)."""
    for path in (*folder.iterdir(), *(folder / "__pycache__").glob("*")):
        if path.is_file() and path.name.split(".")[0].split("-")[0] in stems:
            path.unlink()
