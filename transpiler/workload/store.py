"""A recording: what a workload showed about each region, in one file.

The file is a zip archive of `recording.json` and `.npy` members, written whole or not at all, and read
without pickle.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from loopwright.frontend.function_ref import FunctionRef
from loopwright.ir.types import Type
from loopwright.workload.codec import Encoder, Json, decode_type, decode_value, encode_type
from loopwright.workload.digest import text_digest
from loopwright.workload.types_of import sample_size

if TYPE_CHECKING:
    from loopwright.frontend.region import Region

FORMAT = "loopwright recording 4"
FILE_BYTES = 64 * 2**20
SAMPLES = 3
SHAPES = 16


@dataclass(frozen=True, slots=True)
class Signature:
    """One combination of live-in types, by live-in name.

    `unknown` names the types of live-ins that are no data (their values are not recorded), `ranges` holds
    the least and greatest int seen, `shapes` some of the shapes, `layouts` the memory orders ("C", "F",
    "A"). `samples` are live-ins at the region's entry: first, one in between, largest. `functions` are
    the functions that live-ins hold, `shared` the pairs that shared memory in every call.
    """

    types: Mapping[str, Type]
    calls: int
    unknown: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    shapes: Mapping[str, tuple[tuple[int, ...], ...]] = field(default_factory=dict)
    layouts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    samples: tuple[Mapping[str, object], ...] = ()
    functions: Mapping[str, FunctionRef] = field(default_factory=dict)
    shared: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RegionRecord:
    """`seconds` is inclusive wall time, `share` its part of the time from the first region entered to
    the last one left, over all processes. `signatures` come most frequent first."""

    path: str
    id: str
    digest: str
    calls: int
    seconds: float
    share: float
    signatures: tuple[Signature, ...]

    @property
    def key(self) -> str:
        return f"{self.path}::{self.id}::{self.digest}"


@dataclass(frozen=True, slots=True)
class Recording:
    """`regions` by `RegionRecord.key`; `seconds` is the time that shares refer to."""

    regions: Mapping[str, RegionRecord]
    seconds: float

    def find(self, region: Region) -> RegionRecord | None:
        """What was recorded of `region`: same place in its function, same text, and a file whose recorded
        path is the end of the region's path."""
        digest = text_digest(region)
        parts = region.module.path.resolve().parts
        best: RegionRecord | None = None
        for record in self.regions.values():
            tail = tuple(record.path.split("/"))
            if (record.id, record.digest) == (region.id, digest) and parts[-len(tail) :] == tail:
                if best is None or record.seconds > best.seconds:
                    best = record
        return best


def merge(parts: Iterable[Recording]) -> Recording:
    """One recording of several processes' ones."""
    parts = list(parts)
    seconds = sum(p.seconds for p in parts)
    groups: dict[str, list[RegionRecord]] = {}
    for part in parts:
        for record in part.regions.values():
            groups.setdefault(record.key, []).append(record)
    merged = {}
    for key, records in sorted(groups.items()):
        spent = sum(r.seconds for r in records)
        merged[key] = replace(
            records[0],
            calls=sum(r.calls for r in records),
            seconds=spent,
            share=min(spent / seconds, 1.0) if seconds > 0 else 0.0,
            signatures=_merge_signatures([s for r in records for s in r.signatures]),
        )
    return Recording(merged, seconds)


def _merge_signatures(found: list[Signature]) -> tuple[Signature, ...]:
    groups: dict[str, list[Signature]] = {}
    for one in found:
        others = sorted(one.unknown.items()), _encode_functions(one.functions)
        key = json.dumps([_encode_types(one.types), *others])
        groups.setdefault(key, []).append(one)
    merged = []
    for same in groups.values():
        samples = sorted((s for one in same for s in one.samples), key=sample_size)
        if len(samples) > SAMPLES:
            samples = [samples[0], samples[len(samples) // 2], samples[-1]]
        ranges: dict[str, tuple[int, int]] = {}
        for name, (lo, hi) in (item for one in same for item in one.ranges.items()):
            least, most = ranges.get(name, (lo, hi))
            ranges[name] = (min(lo, least), max(hi, most))
        merged.append(
            Signature(
                types=same[0].types,
                calls=sum(one.calls for one in same),
                unknown=same[0].unknown,
                ranges=ranges,
                shapes=_union([one.shapes for one in same]),
                layouts=_union([one.layouts for one in same]),
                samples=tuple(samples) if len(same) > 1 else same[0].samples,
                functions=same[0].functions,
                shared=tuple(sorted(frozenset.intersection(*(frozenset(s.shared) for s in same)))),
            )
        )
    return tuple(sorted(merged, key=lambda s: -s.calls))


def _union(maps: list[Mapping[str, tuple[Any, ...]]]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, dict[Any, None]] = {}
    for one in maps:
        for name, values in one.items():
            found.setdefault(name, {}).update(dict.fromkeys(values))
    return {name: tuple(values)[:SHAPES] for name, values in found.items()}


def save(recording: Recording, file: Path, *, compress: bool = True) -> None:
    """Write `file` atomically. Samples beyond 64 MB in all are left out, those of cold regions first."""
    encoder = Encoder()
    budget = FILE_BYTES
    regions: list[Json] = []
    for record in sorted(recording.regions.values(), key=lambda r: -r.seconds):
        signatures = []
        for one in record.signatures:
            kept = []
            for sample in one.samples:
                budget -= sample_size(sample)
                if budget >= 0:
                    kept.append({k: encoder.value(v) for k, v in sample.items()})
            signatures.append(_encode_signature(one, kept))
        regions.append(
            {
                "path": record.path,
                "id": record.id,
                "digest": record.digest,
                "calls": record.calls,
                "seconds": record.seconds,
                "share": record.share,
                "signatures": signatures,
            }
        )
    head = {"format": FORMAT, "seconds": recording.seconds, "regions": regions}
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with (
            os.fdopen(handle, "wb") as stream,
            zipfile.ZipFile(stream, "w", method, compresslevel=1) as archive,
        ):
            archive.writestr("recording.json", json.dumps(head))
            for at, member in enumerate(encoder.members):
                archive.writestr(f"{at}.npy", member)
        os.replace(temporary, file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _encode_functions(functions: Mapping[str, FunctionRef]) -> Json:
    return {name: astuple(target) for name, target in sorted(functions.items())}


def _decode_target(data: Json) -> FunctionRef:
    name, line, bound, library, file, values, col = data
    pairs = tuple((str(key), str(value)) for key, value in values)
    return FunctionRef(str(name), int(line), str(bound), bool(library), str(file), pairs, int(col))


def _encode_types(types: Mapping[str, Type]) -> Json:
    return {name: encode_type(t) for name, t in sorted(types.items())}


def _encode_signature(one: Signature, samples: list[Json]) -> Json:
    return {
        "types": {name: encode_type(t) for name, t in one.types.items()},
        "calls": one.calls,
        "unknown": dict(one.unknown),
        "ranges": {name: [str(lo), str(hi)] for name, (lo, hi) in one.ranges.items()},
        "shapes": {name: list(map(list, shapes)) for name, shapes in one.shapes.items()},
        "layouts": {name: list(layouts) for name, layouts in one.layouts.items()},
        "samples": samples,
        "functions": _encode_functions(one.functions),
        "shared": list(map(list, one.shared)),
    }


def load(file: Path) -> Recording:
    """Read a recording. Raises ValueError with a sentence if `file` is missing, damaged or no recording."""
    try:
        with zipfile.ZipFile(file) as archive:
            head = json.loads(archive.read("recording.json"))
            if head.get("format") != FORMAT:
                raise ValueError(f"{file} is of another format than `{FORMAT}`")

            def member(at: int) -> np.ndarray[Any, Any]:
                stream = io.BytesIO(archive.read(f"{at}.npy"))
                array: np.ndarray[Any, Any] = np.load(stream, allow_pickle=False)
                return array

            records = [_decode_record(r, member) for r in head["regions"]]
            return Recording({r.key: r for r in records}, float(head["seconds"]))
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, KeyError, TypeError, AttributeError, EOFError) as error:
        raise ValueError(f"{file} is not a recording, or is damaged: {error}") from error
    except Exception as error:
        if isinstance(error, ValueError) and str(file) in str(error):
            raise
        raise ValueError(f"{file} is not a recording, or is damaged: {error}") from error


def _decode_record(data: Json, member: Any) -> RegionRecord:
    signatures = tuple(
        Signature(
            types={name: decode_type(t) for name, t in one["types"].items()},
            calls=int(one["calls"]),
            unknown={str(k): str(v) for k, v in one["unknown"].items()},
            ranges={name: (int(lo), int(hi)) for name, (lo, hi) in one["ranges"].items()},
            shapes={n: tuple(tuple(map(int, s)) for s in v) for n, v in one["shapes"].items()},
            layouts={n: tuple(map(str, v)) for n, v in one["layouts"].items()},
            samples=tuple(
                {k: decode_value(v, member) for k, v in sample.items()} for sample in one["samples"]
            ),
            functions={str(k): _decode_target(v) for k, v in one["functions"].items()},
            shared=tuple((str(a), str(b)) for a, b in one["shared"]),
        )
        for one in data["signatures"]
    )
    return RegionRecord(
        str(data["path"]),
        str(data["id"]),
        str(data["digest"]),
        int(data["calls"]),
        float(data["seconds"]),
        float(data["share"]),
        signatures,
    )
