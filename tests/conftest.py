"""Golden files: texts that are kept beside the tests, compared letter by letter, and accepted by one flag."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).with_name("golden")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write the golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the file of that name in `tests/golden`; a missing file is a failure."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--accept"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        assert file.exists(), (
            f"{name} is missing: look at the text, then run pytest --accept\n{text}"
        )
        assert text == file.read_text("utf-8"), f"{name} changed: pytest --accept, if it should"

    return compare
