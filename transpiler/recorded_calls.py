"""The arguments that a recording saw a function called with."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

from loopwright.frontend.names import parameters
from loopwright.frontend.parse import decode_source
from loopwright.recordings import load_recording
from loopwright.usage import UsageError
from loopwright.verify.scope import find_function


def recorded_calls(trace: Path, path: Path, name: str) -> list[Mapping[str, object]]:
    """Arguments by parameter name of calls of the function `name` in the file `path`.

    A recording holds what a body reads: calls of functions that leave a parameter unread are not among it.
    Raises UsageError if the recording cannot be read or tells nothing of the function.
    """
    node = find_function(ast.parse(decode_source(path.read_bytes())), name)
    wanted = () if node is None else parameters(node)
    file = path.resolve().parts
    calls: list[Mapping[str, object]] = []
    for record in load_recording(trace).regions.values():
        tail = tuple(record.path.split("/"))
        if record.id == f"{name}/0:body" and file[-len(tail) :] == tail:
            for sample in (s for one in record.signatures for s in one.samples):
                if all(each in sample for each in wanted):
                    calls.append({each: sample[each] for each in wanted})
    if not calls:
        raise UsageError(f"{trace}: holds no calls of {path}:{name}")
    return calls
