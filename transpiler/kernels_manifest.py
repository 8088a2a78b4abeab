"""The manifest of a `_loopwright` folder: what was made from which text, for `check` and `revert`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from loopwright.atomic import write_atomic
from loopwright.extensions import NATIVES, SHARED_PREFIX

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
class Replaced:
    """A file in which code was replaced: its original bytes (as Latin-1, so that any are text), and the
    SHA-256 of what took their place."""

    original: str
    rewritten: str

    @staticmethod
    def of(original: bytes, text: bytes) -> Replaced:
        return Replaced(original.decode("latin-1"), sha256(text))

    def original_of(self, text: bytes) -> bytes | None:
        """What stood in the place of `text`; None if that was edited since."""
        return self.original.encode("latin-1") if sha256(text) == self.rewritten else None


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files` by name of their dispatch module; `shared` are the runtime's files, as `outputs`; `replaced`
    by path from the folder that the manifest's is in."""

    files: Mapping[str, FileRecord] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, Replaced] = field(default_factory=dict)

    def including(self, module: str, record: FileRecord, shared: Mapping[str, str]) -> Manifest:
        files = dict(sorted({**self.files, module: record}.items()))
        hashes = {name: sha256(text.encode()) for name, text in shared.items()}
        return replace(self, files=files, shared=hashes)

    def without(self, module: str) -> Manifest:
        return replace(self, files={k: v for k, v in self.files.items() if k != module})

    @property
    def empty(self) -> bool:
        """True if no file of the user's needs the folder."""
        return not self.files and not self.replaced

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
        replaced = {name: Replaced(**record) for name, record in data["replaced"].items()}
        return Manifest(files, dict(data["shared"]), replaced)
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
    if not left.empty:
        _remove_made(folder, {Path(name).stem for name in manifest.files[module].outputs})
    _leave(folder, left)


def forget_original(folder: Path, file: str) -> None:
    """Drop what is kept of `file`; the whole folder if that was all in it."""
    manifest = read_manifest(folder)
    kept = {name: record for name, record in manifest.replaced.items() if name != file}
    _leave(folder, replace(manifest, replaced=kept))


def _leave(folder: Path, left: Manifest) -> None:
    if left.empty:
        remove_folder(folder)
    else:
        write_manifest(folder, left)


def keep_original(folder: Path, file: str, original: bytes, text: bytes) -> None:
    """Note that `text` takes the place of `original` in `file`, so that it can be taken back. Where the
    present text came about like that itself, its own original is kept."""
    manifest = read_manifest(folder)
    before = manifest.replaced.get(file)
    first = None if before is None else before.original_of(original)
    record = Replaced.of(original if first is None else first, text)
    folder.mkdir(exist_ok=True)
    write_manifest(folder, replace(manifest, replaced={**manifest.replaced, file: record}))


def remove_folder(folder: Path) -> None:
    """Remove what was made in `folder`, caches and built extensions included, and the folder itself
    unless it holds anything else."""
    stems = {Path(name).stem for name in read_manifest(folder).outputs}
    for sub in (folder / "runtime", folder):
        if not sub.is_dir():
            continue
        shared = {p.name.split(".")[0] for p in sub.glob(f"{SHARED_PREFIX}*")}
        _remove_made(sub, stems | shared | {NATIVES})
        (sub / _NAME).unlink(missing_ok=True)
        for empty in (sub / "__pycache__", sub):
            if empty.is_dir() and not any(empty.iterdir()):
                empty.rmdir()


def _remove_made(folder: Path, stems: set[str]) -> None:
    """Files named `<stem>.*`, here and in the cache (`mod_numba.kernel-3.py311.nbi`)."""
    for path in (*folder.iterdir(), *(folder / "__pycache__").glob("*")):
        if path.is_file() and path.name.split(".")[0].split("-")[0] in stems:
            path.unlink()
