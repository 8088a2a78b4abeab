"""The documentation pages that are made from the code: passes and diagnostics.

python -m loopwright.report.docs docs
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

from loopwright.diagnostics import CODES
from loopwright.passes import ALL
from loopwright.passes.base import Example
from loopwright.report.passes import documentation


def codes_page() -> str:
    """Every diagnostic with its meaning, cause and cure."""
    out = [
        "# Diagnostics",
        "",
        "Made from the code; `loopwright why LWnnn` says the same.",
    ]
    for row in sorted(CODES, key=lambda r: r.code):
        out += [
            "",
            f"## {row.code}: {row.meaning}",
            "",
            row.cause,
            "",
            f"Unlocks it: {row.unlocks}.",
        ]
    return "\n".join(out) + "\n"


def passes_page() -> str:
    """Every pass with its documentation and examples, in default order."""
    out = [
        "# Passes",
        "",
        "In default order. Made from the code; `loopwright passes NAME` says the same.",
    ]
    for each in ALL:
        out += ["", f"## {each.name}", "", documentation(each)]
        for example in each.examples:
            before = textwrap.dedent(example.before).strip()
            out += ["", "```python", before, "```"]
            if isinstance(example, Example):
                after = textwrap.dedent(example.after).strip()
                out += ["", "becomes", "", "```python", after, "```"]
            else:
                out += ["", f"is left alone: {example.code}."]
    return "\n".join(out) + "\n"


def main() -> None:
    folder = Path(sys.argv[1])
    (folder / "codes.md").write_text(codes_page(), encoding="utf-8")
    (folder / "passes.md").write_text(passes_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
