"""Source text as lines, with what is needed to move lines without changing their meaning.

Rows count from 1, as in `ast`. Lines end where Python ends them (`\\n`, `\\r\\n`, `\\r`), not where
`str.splitlines` does.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_SPACE = re.compile(r"[ \t\f]*")
_REST = re.compile(r"[ \t\f]*(#[^\r\n]*)?[\r\n]*\Z")
DEFAULT_UNIT = "    "


class Text:
    """The lines of one source text. `newline` is the prevailing line end, which added lines get."""

    def __init__(self, source: str) -> None:
        self.lines: list[str] = _LINE.findall(source)
        ends = Counter(line[len(line.rstrip("\r\n")) :] for line in self.lines)
        ends.pop("", None)
        self.newline = ends.most_common(1)[0][0] if ends else "\n"
        self.open_end = bool(self.lines) and not self.lines[-1].endswith(("\r", "\n"))
        if self.open_end:
            self.lines[-1] += self.newline

    def __getitem__(self, row: int) -> str:
        return self.lines[row - 1]

    def __len__(self) -> int:
        return len(self.lines)

    def joined(self, lines: Iterable[str]) -> str:
        """The source text of other lines, without final line end if this text has none."""
        text = "".join(lines)
        return text.removesuffix(self.newline) if self.open_end else text

    def starts_row(self, row: int, col: int) -> bool:
        """True if only space stands before byte `col` of `row`, which continues no other row."""
        before = self[row].encode()[:col].decode(errors="replace")
        continued = row > 1 and self[row - 1].rstrip("\r\n").endswith("\\")
        return not before.strip(" \t\f") and not continued

    def ends_row(self, row: int, col: int) -> bool:
        """True if only space and a comment stand after byte `col` of `row`."""
        return _REST.fullmatch(self[row].encode()[col:].decode(errors="replace")) is not None

    def indent(self, row: int) -> str:
        """The space at the start of `row`, from the last form feed on (there columns restart)."""
        found = _SPACE.match(self[row])
        assert found is not None
        return found[0].rpartition("\f")[2]

    def is_blank(self, row: int) -> bool:
        return not self[row].strip(" \t\f\r\n")

    def is_comment(self, row: int) -> bool:
        return self[row].lstrip(" \t\f").startswith("#")

    def with_deeper_comments(self, row: int, base: str) -> int:
        """The last row of the comments after `row` that stand deeper than `base`; `row` if none."""
        last, at = row, row + 1
        while at <= len(self) and (self.is_blank(at) or self.is_comment(at)):
            if self.is_comment(at):
                if len(self.indent(at).expandtabs()) <= len(base.expandtabs()):
                    break
                last = at
            at += 1
        return last

    @cached_property
    def _tokens(self) -> list[tokenize.TokenInfo]:
        plain = "".join(line.rstrip("\r\n") + "\n" for line in self.lines)
        return list(tokenize.generate_tokens(io.StringIO(plain).readline))

    @cached_property
    def in_string(self) -> frozenset[int]:
        """Rows that begin inside a string literal."""
        rows: set[int] = set()
        begun: list[int] = []
        for token in self._tokens:
            kind = tokenize.tok_name[token.type]
            if kind == "STRING":
                rows.update(range(token.start[0] + 1, token.end[0] + 1))
            elif kind.endswith("STRING_START"):
                begun.append(token.start[0])
            elif kind.endswith("STRING_END"):
                rows.update(range(begun.pop() + 1, token.end[0] + 1))
        return frozenset(rows)

    def end_of_logical_line(self, row: int) -> int:
        """The row on which the logical line ends that `row` is part of."""
        return next(
            t.end[0] for t in self._tokens if t.type == tokenize.NEWLINE and t.start[0] >= row
        )

    def deepened(self, rows: range, base: str, unit: str) -> list[str]:
        """The lines of `rows`, a block indented by `base`, one `unit` deeper."""
        return [self._moved(row, base, base + unit, unit, "") for row in rows]

    def raised(self, rows: range, base: str, unit: str) -> list[str]:
        """The inverse of `deepened`."""
        return [self._moved(row, base + unit, base, "", unit) for row in rows]

    def _moved(self, row: int, old: str, new: str, add: str, drop: str) -> str:
        line = self[row]
        if row in self.in_string or self.is_blank(row):
            return line
        space = _SPACE.match(line)
        assert space is not None
        at = space[0].rfind("\f") + 1
        head, rest = line[:at], line[at:]
        if rest.startswith(old):
            return head + new + rest[len(old) :]
        return head + add + rest.removeprefix(drop)
