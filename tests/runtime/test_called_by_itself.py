"""The door of a function that calls itself."""

from __future__ import annotations

from loopwright.runtime.guard import called_by_itself


def test_a_call_by_itself_is_told_from_one_by_others() -> None:
    seen: list[tuple[int, bool]] = []

    def door() -> bool:
        return called_by_itself()

    def plain(n: int) -> int:
        seen.append((n, door()))
        return 0 if n == 0 else plain(n - 1)

    def by_generator(n: int) -> int:
        seen.append((n, door()))
        return 0 if n == 0 else sum(by_generator(m) for m in [n - 1])

    plain(2)
    assert seen == [(2, False), (1, True), (0, True)]
    seen.clear()
    by_generator(1)
    assert seen == [(1, False), (0, True)]
