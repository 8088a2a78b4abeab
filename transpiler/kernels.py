"""The files of a `_loopwright` folder: dispatch functions, kernels by backend, runtime, manifest.

`<module>.py` holds one dispatch function for each kernel and is loaded with the user's module; it imports
NumPy and the copied runtime only. `<module>_<backend>_<kernel>.py` holds a kernel and is loaded by the
first call that a guard accepts: a kernel's file is the same whatever else its module has, so what was
compiled once need not be compiled again. The folder lies in the top-level package, or beside a module
that is in none.
"""

from __future__ import annotations

import re
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import cache_from_source, source_hash
from pathlib import Path
from types import CodeType

import loopwright.runtime
from loopwright.atomic import write_atomic
from loopwright.emit import by_name
from loopwright.ir.nodes import OneOf
from loopwright.ir.results import parts_of
from loopwright.ir.types import Py
from loopwright.kernels_dispatch import dispatch_source, dtypes_of
from loopwright.kernels_entry import KernelEntry, call_roots, shared_roots
from loopwright.kernels_manifest import FileRecord, read_manifest, write_manifest
from loopwright.runtime.code import code_digest
from loopwright.runtime.fingerprint import fingerprints
from loopwright.runtime.guarded import FOLDER as KERNELS_FOLDER

COMPILED = frozenset({"cython"})
"""Backends whose kernels are used as extension modules only."""

_FLAGS = (
    "# bits of `flags.num`",
    "_CONTIGUOUS, _OWNER, _WRITEABLE = 0x1, 0x4, 0x400",
    "_PLAIN = 0x101  # contiguous and aligned",
)
_RUNTIME = Path(loopwright.runtime.__file__).parent
_AROUND = {"__init__.py": _RUNTIME / "boot.py", "conftest.py": _RUNTIME / "uncollected.py"}
"""Files of the runtime that lie in the folder itself."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where the kernels of a file live: `folder/module.py`, `up` folders above the file's own."""

    folder: Path
    module: str
    up: int


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The user's file before and after, as bytes; `file` is its path from the parent of the folder."""

    file: str
    original: bytes
    text: bytes


def kernels_home(path: Path, root: Path) -> Home:
    """The home of the kernels of the file `path` in the tree `root`: the outermost package in it."""
    top = path.parent
    while top != root and (top / "__init__.py").exists() and (top.parent / "__init__.py").exists():
        top = top.parent
    parts = path.relative_to(top).with_suffix("").parts
    return Home(top / KERNELS_FOLDER, _module_name(parts), len(parts) - 1)


def _module_name(parts: tuple[str, ...]) -> str:
    """`sub/mod` -> `sub__mod`; a checksum keeps names apart that would otherwise be ambiguous."""
    backends = "numpy|numba|cython"
    plain = all(re.fullmatch(r"[A-Za-z](?!.*__)\w*(?<!_)", part, re.ASCII) for part in parts)
    joined = "__".join(parts)
    if plain and not re.search(f"_({backends})(_|$)", joined) and parts[0] != "runtime":
        return joined
    readable = "__".join(re.sub(r"\W", "_", part).strip("_") for part in parts)
    readable = re.sub(f"_(?={backends})", "", readable)
    return f"{readable or 'module'}_{zlib.crc32('/'.join(parts).encode()):08x}"


def write_kernels(
    folder: Path, module: str, entries: Sequence[KernelEntry], rewritten: Rewritten | None = None
) -> None:
    """Write or replace the kernels of one module in `folder`, each file whole or not at all.

    Without `rewritten` (trials) nothing tells at import whether the kernels fit the user's file, and the
    folder's `load` refuses them. Raises CannotLower with LW608 for a type that cannot be handed over.
    """
    files = {f"{module}.py": module_source(module, entries, rewritten)}
    files |= backend_sources(module, entries)
    folder.mkdir(parents=True, exist_ok=True)
    shared = _shared_files()
    for name, text in (*shared.items(), *files.items()):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        write_atomic(path, text.encode())
        # bytecode is matched by whole seconds and size, which two runs in one second may share
        Path(cache_from_source(str(path))).unlink(missing_ok=True)
    if rewritten is None:
        return
    manifest = read_manifest(folder)
    old = manifest.files.get(module)
    record = FileRecord.of(rewritten.file, rewritten.original, rewritten.text, files)
    write_manifest(folder, manifest.including(module, record, shared))
    for name in set(old.outputs if old else ()) - set(files):
        (folder / name).unlink(missing_ok=True)


def module_source(
    module: str, entries: Sequence[KernelEntry], rewritten: Rewritten | None = None
) -> str:
    """The text of `<module>.py`."""
    about = f"`{rewritten.file}`" if rewritten else f"`{module}`"
    functions = _functions(entries)
    parts = ("lists", "streams")
    needed = ["guard", *(p for p in parts if any(f"{p}." in text for text in functions))]
    text = [
        f'"""Fast versions of loops in {about}, made by loopwright; edits here are lost."""',
        "",
        "import numpy as np",
        "",
        f"from .runtime import {', '.join(needed)}",
        f"from .runtime.dispatch import {', '.join(_of_dispatch(entries))}",
        "",
    ]
    file_hash = source_hash(rewritten.text).hex() if rewritten else ""
    along = _along(entries)
    prints = fingerprints(rewritten.text, along) if rewritten else {}
    text.append(f'FILE = "{file_hash}"')
    text.append("REGIONS = {")
    for name in dict.fromkeys(entry.name for entry in entries):
        text.append(f'    "{name}": "{min(prints.get(name, [""]))}",')
    text += ["}", "ALONG = {"]
    text += [f"    {name!r}: {names!r}," for name, names in along.items() if names]
    text += ["}", "ORIGINALS = {"]
    text += [f"    {now!r}: {before!r}," for now, before in _originals(rewritten).items()]
    text += ["}", "", "_user = None"]
    for backend in dict.fromkeys(entry.backend for entry in entries):
        compiled = ", compiled=True" if backend in COMPILED else ""
        text.append(f'_{backend} = Backend(__file__, "{backend}"{compiled})')
    for backend in dict.fromkeys(entry.backend for entry in entries if entry.source.direct):
        text.append(f"_direct_{backend} = Direct(_{backend})")
    dtypes = {dtype for entry in entries for dtype in dtypes_of(entry)}
    if dtypes:
        text += ["_ndarray = np.ndarray", *_FLAGS]
    for dtype in sorted(dtypes):
        text.append(f'_{dtype} = np.dtype("{dtype}")')
    return "\n".join(text) + "\n" + "".join(f"\n\n{each}" for each in functions)


def _of_dispatch(entries: Sequence[KernelEntry]) -> list[str]:
    direct = ["Direct"] if any(entry.source.direct for entry in entries) else []
    return ["Backend", *direct, *(["none"] if _gives_none(entries) else [])]


def _originals(rewritten: Rewritten | None) -> dict[str, str]:
    """The digests of the code of functions that call kernels, each with the one of what it was before: other
    files' kernels are for functions that have either."""
    if rewritten is None:
        return {}
    before, now = (dict(_functions_of(t)) for t in (rewritten.original, rewritten.text))
    pairs = ((code_digest(now[k]), code_digest(before[k])) for k in now if k in before)
    return {new: old for new, old in pairs if new != old}


def _functions_of(text: bytes) -> Iterator[tuple[tuple[str, int], CodeType]]:
    """The code of each function, by its name and how many of that name come before it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        todo = [compile(text, "", "exec", dont_inherit=True)]
    seen: Counter[str] = Counter()
    while todo:
        code = todo.pop()
        yield (code.co_qualname, seen[code.co_qualname]), code
        seen[code.co_qualname] += 1
        todo += [part for part in reversed(code.co_consts) if isinstance(part, CodeType)]


def _along(entries: Sequence[KernelEntry]) -> dict[str, tuple[str, ...]]:
    """For each dispatch function the functions that variables hold, which the code does not name."""
    found: dict[str, dict[str, None]] = {}
    for entry in entries:
        held = [u.function for u in entry.lowered.callables if not u.function.library]
        found.setdefault(entry.name, {}).update(dict.fromkeys(function.name for function in held))
    return {name: tuple(functions) for name, functions in found.items()}


def _functions(entries: Sequence[KernelEntry]) -> list[str]:
    """The dispatch functions; several entries of one name are tried in order."""
    made: list[str] = []
    for name in dict.fromkeys(entry.name for entry in entries):
        same = [entry for entry in entries if entry.name == name]
        if len(same) == 1:
            made.append(dispatch_source(same[0], name))
            continue
        parts = [f"_{name}_{number}" for number in range(1, len(same) + 1)]
        made += [dispatch_source(entry, part) for entry, part in zip(same, parts, strict=True)]
        made.append(_in_turn(name, dict(zip(parts, same, strict=True))))
    return made


def _in_turn(name: str, parts: Mapping[str, KernelEntry]) -> str:
    """The definition of the function `name` that tries the dispatch functions `parts`."""
    roots = shared_roots([entry.lowered for entry in parts.values()])
    local: dict[str, str] = {}
    for root in roots.all:
        local[root] = root
        while local[root] in ("result", *parts) or list(local.values()).count(local[root]) > 1:
            local[root] += "_"
    given = [f"{local[r]}=None" if r in roots.optional else local[r] for r in roots.all]
    text = [
        f"def {name}({', '.join(given)}):",
        '    """The first of the kernels that takes the arguments."""',
    ]
    for part, entry in parts.items():
        own = (local[root] for root in call_roots(entry.lowered).all)
        text += [
            f"    result = {part}({', '.join(own)})",
            "    if result is not None:",
            "        return result",
        ]
    return "\n".join([*text, "    return None", ""])


def backend_sources(module: str, entries: Sequence[KernelEntry]) -> dict[str, str]:
    """File name to text of the kernels, one file for each."""
    files: dict[str, str] = {}
    for entry in entries:
        prelude = entry.prelude if entry.prelude is not None else by_name(entry.backend).prelude
        texts = (prelude, entry.source.text, entry.source.direct)
        parts = [text.strip("\n") for text in texts if text]
        name = f"{module}_{entry.backend}_{entry.source.name}.py"
        files[name] = "\n\n\n".join(parts) + "\n"
    return files


def _shared_files() -> Mapping[str, str]:
    around = {name: path.read_text(encoding="utf-8") for name, path in _AROUND.items()}
    sources = sorted(set(_RUNTIME.glob("*.py")) - set(_AROUND.values()))
    files = {f"runtime/{path.name}": path.read_text(encoding="utf-8") for path in sources}
    return {**around, **files}


def _gives_none(entries: Sequence[KernelEntry]) -> bool:
    programs = [entry.lowered.program for entry in entries]
    trees = [tree for p in programs for tree in (p.rebuild, *(r.value for r in p.refills))]
    return any(
        isinstance(part, OneOf) and Py("none") in part.types
        for tree in trees
        for part in parts_of(tree)
    )


__all__ = [
    "KERNELS_FOLDER",
    "Home",
    "KernelEntry",
    "Rewritten",
    "kernels_home",
    "write_kernels",
]
