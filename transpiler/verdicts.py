"""The verdicts on one module without running anything: can each loop be compiled, and if not, why."""

from __future__ import annotations

import traceback
from dataclasses import replace
from pathlib import Path

from loopwright.alternatives import parts_of, telling
from loopwright.diagnostics import Declined, Span
from loopwright.frontend.outline import every_region, excluded, outline
from loopwright.frontend.region import Module, Region
from loopwright.frontend.scopes import sites
from loopwright.report.results import Placed, RegionResult
from loopwright.signatures import annotated, as_declined, lower_region, recorded
from loopwright.workload.store import Recording, RegionRecord


def verdicts(module: Module, file: Path, recording: Recording | None = None) -> list[Placed]:
    """One verdict on each region and each loop outside of them, in source order."""
    found: list[Placed] = []
    for region in outline(module):
        try:
            found += _Explainer(region, file, recording).verdicts()
        except Exception as error:
            found.append(_failed(region, file, error))
    found += notes(module, file)
    return sorted(found, key=lambda v: (v.rows, v.result.span.line, v.result.span.col))


def defect(module: Module) -> str | None:
    """What goes wrong within the compiler where it looks for the regions of `module`; None if nothing does.

    Such a file is left as it is, and the others of its tree are compiled.
    """
    try:
        outline(module)
    except Exception as error:
        return _told(error)
    return None


def _told(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"


def _failed(region: Region, file: Path, error: Exception) -> Placed:
    why = _told(error)
    result = RegionResult(file, region.span, region.qualname, "failed", code="LW901", reason=why)
    return Placed(result, _rows(region.span), _rows_of(region))


def notes(module: Module, file: Path) -> list[Placed]:
    """The loops that are part of no region, each declined with the reason."""
    places = [(_rows(span), name) for span, name in _functions(module)]
    found: list[Placed] = []
    for note in excluded(module):
        rows = note.at.line, note.at.end_line
        around = [(p, name) for p, name in places if p[0] <= rows[0] and rows[1] <= p[1]]
        function, name = max(around, default=(rows, "<module>"))
        blank = RegionResult(file, note.at, name, "declined")
        found.append(Placed(as_declined(blank, note), rows, function))
    return found


def _functions(module: Module) -> list[tuple[Span, str]]:
    found = []
    for site in sites(module):
        node = site.node
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        found.append((Span(first, 0, node.end_lineno or node.lineno, 0), site.qualname))
    return found


def _rows(span: Span) -> tuple[int, int]:
    return span.line, span.end_line


def _rows_of(region: Region) -> tuple[int, int]:
    return region.function.lineno, region.function.end_lineno or region.function.lineno


class _Explainer:
    """The verdicts on one outermost region: on it as a whole, or on the parts that can be compiled."""

    def __init__(self, region: Region, file: Path, recording: Recording | None) -> None:
        self._region = region
        self._file = file
        self._recording = recording
        self._seen: dict[str, RegionRecord] = {}
        if recording is not None:
            for each in every_region([region]):
                if (record := recording.find(each)) is not None and record.signatures:
                    self._seen[each.id] = record

    def verdicts(self) -> list[Placed]:
        return self._explain(self._region, self._seen.get(self._region.id))

    def _explain(self, region: Region, seen: RegionRecord | None) -> list[Placed]:
        signatures = recorded(seen) if seen is not None else annotated(region)
        share = seen.share if seen is not None else None
        blank = RegionResult(self._file, region.span, region.qualname, "declined", share=share)
        if isinstance(signatures, Declined):
            why = signatures
        else:
            lowered = lower_region(region, signatures)
            if not isinstance(lowered, Declined):
                return [self._placed(region, replace(blank, status="candidate"))]
            why = lowered
        declined = as_declined(blank, why)
        found: list[Placed] = []
        find = None if self._recording is None else self._find
        for part, record in parts_of(region, seen, declined, find):
            found += self._explain(part, record)
        if any(v.result.status == "candidate" for v in found):
            return found
        return [self._placed(region, telling(declined, [v.result for v in found]))]

    def _find(self, region: Region) -> RegionRecord | None:
        return self._seen.get(region.id)

    def _placed(self, region: Region, result: RegionResult) -> Placed:
        return Placed(result, _rows(region.span), _rows_of(region))
