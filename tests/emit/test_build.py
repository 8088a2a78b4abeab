"""The extension build: what it says when something is missing or wrong, and its cache."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from loopwright.diagnostics import Declined
from loopwright.emit import build, by_name
from loopwright.emit.build import FLAGS, build_cython, flags
from loopwright.emit.vectors import CYTHON_HEAD
from loopwright.workers import Workers

MODULE = '''"""A module."""

import cython


def twice(x: cython.double) -> cython.double:
    return 2.0 * x
'''


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "twice.py"
    path.write_text(MODULE, encoding="utf-8")
    return path


def compiler(folder: Path, text: str) -> Path:
    """An executable that stands for a compiler."""
    path = folder / "cc"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_no_compiler_on_the_path_is_a_refusal(
    source: Path, compilers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    made = build_cython(source, workers=compilers, cache_dir=tmp_path / "cache")
    assert isinstance(made, Declined)
    assert made.code == "LW510"
    assert "no C compiler (cc, gcc, clang)" in made.why
    assert by_name("cython").missing() == made.why


def test_missing_headers_are_a_refusal(
    source: Path, compilers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build.sysconfig, "get_path", lambda _: str(tmp_path))
    made = build_cython(source, workers=compilers, cache_dir=tmp_path / "cache")
    assert isinstance(made, Declined)
    assert made.code == "LW510"
    assert "headers are not installed" in made.why


def test_what_the_compiler_says_is_passed_on(
    source: Path, compilers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = compiler(tmp_path, 'echo "twice.c:1: error: no space left" >&2; exit 1')
    monkeypatch.setenv("CC", str(fake))
    made = build_cython(source, workers=compilers, cache_dir=tmp_path / "cache")
    assert isinstance(made, Declined)
    assert (made.code, made.why) == ("LW511", "cc failed: twice.c:1: error: no space left")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cc", "twice.py"]


def test_a_module_that_cython_refuses_is_a_refusal(
    source: Path, compilers: Workers, tmp_path: Path
) -> None:
    source.write_text("import cython\n\nx: cython.double = nothing\n", encoding="utf-8")
    made = build_cython(source, workers=compilers, cache_dir=tmp_path / "cache")
    assert isinstance(made, Declined)
    assert made.code == "LW511"


def test_the_second_build_comes_from_the_cache(
    source: Path, compilers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A compiler that copies a file: it leaves its mark, and only one."""
    marks = tmp_path / "marks"
    script = f'echo x >> {marks}\nwhile [ "$1" != -o ]; do shift; done\necho made > "$2"'
    monkeypatch.setattr(build, "_version", lambda _: "fake 1.0")
    monkeypatch.setenv("CC", str(compiler(tmp_path, script)))
    cache = tmp_path / "cache"
    first = build_cython(source, workers=compilers, cache_dir=cache)
    assert isinstance(first, Path)
    assert first.read_text() == "made\n"
    first.unlink()
    assert build_cython(source, workers=compilers, cache_dir=cache) == first
    assert marks.read_text() == "x\nx\n", "what extensions share, and this one"
    source.write_text(MODULE + "\n\nanother = 1\n", encoding="utf-8")
    build_cython(source, workers=compilers, cache_dir=cache)
    assert marks.read_text() == "x\nx\nx\n"


def test_what_extensions_share_is_in_the_folder_of_each(
    source: Path, compilers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'while [ "$1" != -o ]; do shift; done\necho made > "$2"'
    monkeypatch.setattr(build, "_version", lambda _: "fake 2.0")
    monkeypatch.setenv("CC", str(compiler(tmp_path, script)))
    cache = tmp_path / "cache"
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        shutil.copy(source, tmp_path / name)
        build_cython(tmp_path / name / source.name, workers=compilers, cache_dir=cache)
    names = [sorted(p.name for p in (tmp_path / name).iterdir()) for name in ("a", "b")]
    assert names[0] == names[1] and len(names[0]) == 3
    assert names[0][0].startswith("loopwright_cython_")


def test_a_cache_that_cannot_be_written_is_no_error(
    source: Path, compilers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'while [ "$1" != -o ]; do shift; done\necho made > "$2"'
    monkeypatch.setattr(build, "_version", lambda _: "fake 3.0")
    monkeypatch.setenv("CC", str(compiler(tmp_path, script)))
    (tmp_path / "file").write_text("")
    made = build_cython(source, workers=compilers, cache_dir=tmp_path / "file")
    assert isinstance(made, Path) and made.read_text() == "made\n"


def test_a_cut_off_compiler_is_a_refusal(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing the workers ends the compilers that they run."""
    script = f"touch {tmp_path / 'begun'}; sleep 2; touch {tmp_path / 'done'}"
    monkeypatch.setattr(build, "_version", lambda _: "fake 4.0")
    monkeypatch.setenv("CC", str(compiler(tmp_path, script)))
    with Workers() as workers, ThreadPoolExecutor(1) as aside:
        building = aside.submit(build_cython, source, workers=workers, cache_dir=tmp_path / "cache")
        while not (tmp_path / "begun").exists():
            time.sleep(0.02)
        workers.close()
        made = building.result(timeout=20)
    assert isinstance(made, Declined) and made.code == "LW511"
    time.sleep(2.5)
    assert not (tmp_path / "done").exists()


def test_flags_keep_the_meaning_of_floats_and_integers() -> None:
    shown = flags(native=True, threads=True, vectors=True)
    assert set(FLAGS) < set(shown)
    assert "-fwrapv" in shown
    assert "-ffp-contract=off" in shown
    assert not {"-ffast-math", "-Ofast", "-funsafe-math-optimizations"} & set(shown)
    assert flags(native=False, threads=False, vectors=False) == FLAGS


def test_other_declarations_of_functions_for_vectors_are_another_build(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tools = build.Toolchain("cc", "1", "include", ".so")
    vectors, plain = (build._Recipe("k", text, None, FLAGS, False) for text in (CYTHON_HEAD, ""))
    before = build._key(vectors, tools), build._key(plain, tools)
    monkeypatch.setattr(build, "declarations", lambda: "")
    assert build._key(vectors, tools) != before[0]
    assert build._key(plain, tools) == before[1]
