"""Which files of a project are its tests, by the names that pytest and unittest go by."""

from __future__ import annotations

from pathlib import PurePath


def is_test(inside: PurePath) -> bool:
    """Whether the file at the path `inside` a project is a test. `x_test.py` is none: there are t-tests."""
    return (
        inside.name == "conftest.py"
        or inside.name.startswith("test_")
        or not {"test", "tests"}.isdisjoint(inside.parts[:-1])
    )
