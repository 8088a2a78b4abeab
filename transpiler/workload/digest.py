"""A hash of a region's text, by which a recording is matched with the region later."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loopwright.frontend.region import Region


def text_digest(region: Region) -> str:
    """A hash of the region's lines, indentation and line ends aside."""
    lines = io.StringIO(region.module.text, newline=None).read().split("\n")
    own = lines[region.span.line - 1 : region.span.end_line]
    return hashlib.sha256("\n".join(line.strip() for line in own).encode()).hexdigest()[:16]
