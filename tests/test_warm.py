"""What Numba compiled once is not compiled again: kept by text, put beside files of the same text."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from loopwright.diagnostics import Declined
from loopwright.prepare import prepare
from loopwright.warm import warm
from loopwright.workers import Workers

KERNEL = """\
from numba import njit


@njit("float64(float64)", cache=True)
def {name}(x):
    return x + {number}
"""


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(prepare) as started:
        yield started


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def write(folder: Path, number: str) -> Path:
    folder.mkdir()
    source = folder / "mod_numba_f.py"
    source.write_text(KERNEL.format(name="f", number=number))
    return source


def made(folder: Path) -> dict[str, bytes]:
    cached = (folder / "__pycache__").glob("*.nb?")
    return {path.name: path.read_bytes() for path in cached}


def test_the_same_text_is_compiled_once(tmp_path: Path, workers: Workers) -> None:
    first, second = write(tmp_path / "one", "1.0"), write(tmp_path / "two", "1.0")
    seconds = warm(first.parent, workers=workers)
    assert isinstance(seconds, float) and seconds > 0 and made(first.parent)
    assert warm(second.parent, workers=workers) == 0.0
    assert made(second.parent) == made(first.parent)


def test_another_text_of_the_same_length_is_not_taken_for_it(
    tmp_path: Path, workers: Workers
) -> None:
    first, second = write(tmp_path / "one", "1.0"), write(tmp_path / "two", "2.0")
    assert (
        isinstance(warm(first.parent, workers=workers), float)
        and warm(second.parent, workers=workers) != 0.0
    )
    assert first.stat().st_size == second.stat().st_size
    assert first.stat().st_mtime != second.stat().st_mtime


def test_a_cache_that_cannot_be_written_is_no_error(
    tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    source = write(tmp_path / "one", "1.0")
    assert isinstance(warm(source.parent, workers=workers), float) and made(source.parent)


def test_a_kept_kernel_that_was_lost_is_compiled_again(tmp_path: Path, workers: Workers) -> None:
    first = write(tmp_path / "one", "1.0")
    assert isinstance(warm(first.parent, workers=workers), float)
    shutil.rmtree(next((tmp_path / "cache" / "loopwright" / "numba").iterdir()))
    second = write(tmp_path / "two", "1.0")
    assert warm(second.parent, workers=workers) != 0.0 and made(second.parent)


def test_a_kernel_that_does_not_compile_is_refused(tmp_path: Path, workers: Workers) -> None:
    source = write(tmp_path / "one", "[]")
    refused = warm(source.parent, workers=workers)
    assert isinstance(refused, Declined) and refused.code == "LW511"
