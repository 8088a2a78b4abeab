"""What `optimize --emit-tests` writes: a pytest file for each rewritten region, for the user to keep.

A file calls the function around the region with its kernel and without; the loop that stays in the
rewritten file is the measure. Arguments are drawn by the types that annotations or the recording tell;
recorded calls come first.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from loopwright.choice import Chosen
from loopwright.diagnostics import Declined
from loopwright.frontend.names import parameters
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.region import Region
from loopwright.ir.domain import split_path
from loopwright.runtime.guarded import loader_of
from loopwright.verify.emitted_text import Kernel, Place, written_kernel_test
from loopwright.verify.examples import joined, kind_of_value
from loopwright.verify.kinds import (
    Anything,
    FunctionKind,
    Kind,
    Parameter,
    RecordKind,
    kinds_within,
)
from loopwright.verify.parameters import Hints, UnknownType, parameters_of
from loopwright.verify.scope import FunctionNode, find_function, scope_of
from loopwright.verify.stock import Make
from loopwright.workload.store import Recording

Sample = Mapping[str, Any]


class NoTest(Exception):
    """No test can be written for a region; the text says why."""


@dataclass(frozen=True, slots=True)
class Spliced:
    """A file of the output, in the tree `root`, and its text."""

    path: Path
    root: Path
    text: str


def kept_test(
    chosen: Chosen, file: Spliced, folder: Path, recording: Recording | None, accuracy: str
) -> tuple[str, str]:
    """Name and text of the test of one rewritten region, for `folder`. Raises NoTest."""
    region = chosen.lowered.region
    node = _callable(region)
    samples = [] if recording is None else list(_samples(region, node, recording))
    try:
        text = written_kernel_test(
            Place(file.path, region.qualname, region.module.text),
            _kernel(chosen, file.text),
            _drawable(region, node, samples),
            accuracy=accuracy,
            folder=folder,
            samples=samples,
        )
    except ValueError as error:
        raise NoTest(str(error)) from error
    name = "_".join(
        ("test", *file.path.relative_to(file.root).with_suffix("").parts, chosen.entries[0].name)
    )
    return re.sub(r"\W", "_", name).lower() + ".py", text


def _kernel(chosen: Chosen, text: str) -> Kernel:
    loader = loader_of(ast.parse(text))
    assert loader is not None
    (target,) = loader[1].targets
    assert isinstance(target, ast.Name)
    parts = tuple((f"_{entry.backend}", entry.source.name) for entry in chosen.entries)
    work = min(entry.min_work for entry in chosen.entries)
    return Kernel(target.id, chosen.entries[0].name, parts, work)


def _callable(region: Region) -> FunctionNode:
    """The definition of the function around the region, if a test can call it by its name."""
    if "<locals>" in region.qualname:
        raise NoTest("it is defined inside of another function")
    node = find_function(region.module.tree, region.qualname)
    if node is not region.function:
        raise NoTest("its name stands for another function later on")
    for decorator in node.decorator_list:
        if "property" in ast.unparse(decorator) or ast.unparse(decorator).endswith("setter"):
            raise NoTest("it is a property")
    return node


# ------------------------------------------------------------------ arguments


def _drawable(
    region: Region, node: FunctionNode, samples: Sequence[Sample]
) -> tuple[Parameter, ...] | None:
    """The parameters by types of which values can be drawn; None if recorded calls must do.

    NoTest if there are none of these either.
    """
    scope = scope_of(region.module.tree, region.module.path)
    seen = joined([{name: _kind(value) for name, value in s.items()} for s in samples])
    try:
        found = parameters_of(node, scope, Hints(seen), region.owner)
    except UnknownType as unknown:
        if samples:
            return None
        p = unknown.parameter
        what = "how to make its `self`" if p == "self" else f"the type of `{p}`"
        raise NoTest(f"{what} is not known, and no call was recorded whole") from unknown
    if found and found[0].name in seen and found[0].kind == RecordKind(_owner(region), ()):
        found = (replace(found[0], kind=seen[found[0].name]), *found[1:])
    unknown_kinds = [
        p.name
        for p in found
        if p.how != "options"
        and any(isinstance(k, Anything | FunctionKind) for k in kinds_within(p.kind))
    ]
    if not unknown_kinds:
        return found
    if samples:
        return None
    raise NoTest(f"values for `{unknown_kinds[0]}` cannot be drawn, and no call was recorded whole")


def _kind(value: Any) -> Kind:
    if isinstance(value, Make):
        fields = tuple((name, kind_of_value(held)) for name, held in value.values.items())
        return RecordKind(value.name, fields, "object")
    return kind_of_value(value)


def _samples(region: Region, node: FunctionNode, recording: Recording) -> Iterator[Sample]:
    """Recorded calls by parameter name; only those of which every argument is known."""
    try:
        body = region_of_function(region.module, region.qualname)
    except KeyError:
        return
    record = None if isinstance(body, Declined) else recording.find(body)
    if record is None or isinstance(body, Declined):
        return
    paths = {live.name: live.path for live in body.live_ins}
    wanted = parameters(node)
    receiver = wanted[0] if region.owner is not None and wanted else None
    for one in record.signatures:
        for sample in one.samples:
            values = {paths[name]: value for name, value in sample.items() if name in paths}
            call = _call(values, set(paths.values()), wanted, receiver, _owner(region))
            if call is not None:
                yield call


def _call(
    values: Sample, needed: set[str], wanted: Sequence[str], receiver: str | None, owner: str
) -> Sample | None:
    """The arguments that gave these live-ins, None if they do not tell all."""
    held: dict[str, Any] = {}
    for path in needed:
        root, steps = split_path(path)
        if root == receiver and steps:
            if len(steps) > 1 or steps[0][0] != "attr" or path not in values:
                return None
            held[str(steps[0][1])] = values[path]
    call: dict[str, Any] = {}
    for name in wanted:
        if name == receiver and held:
            call[name] = Make(owner, dict(sorted(held.items())), "object")
        elif name in values:
            call[name] = values[name]
        else:
            return None
    return call


def _owner(region: Region) -> str:
    return region.qualname.rpartition(".")[0]
