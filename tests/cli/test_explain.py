"""`explain`: a verdict on each loop, the same from the cache and from several processes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from loopwright import cache
from loopwright import explain_tree as module
from loopwright.cli import main
from loopwright.explain_tree import explain_tree
from loopwright.preflight import python_files
from loopwright.report.results import Report

SOURCE = """\
import numpy as np

for row in range(3):
    print(row)


def total(x: list[float]) -> float:
    s = 0.0
    for v in x:
        s += v
    return s


def report(names):
    for name in names:
        print(name)


def lines(n):
    for i in range(n):
        yield i


class Model:
    def count(self, xs):
        found = {}
        for x in xs:
            found[x] = 1
        return found


def middle(x: list[float], n: int) -> float:
    s = 0.0
    for v in x:
        s += v
    print(s)
    t = 0.0
    for i in range(n):
        t += i * 0.5
    return t
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    for name in ("a", "b"):
        (tmp_path / "src" / f"{name}.py").write_text(SOURCE)
    return tmp_path


def look(*, jobs: int = 1, where: str | None = None) -> Report:
    report = explain_tree(python_files([Path("src")]), jobs=jobs, where=where)
    return replace(report, seconds=0.0)


def test_each_loop_has_a_verdict(folder: Path) -> None:
    found = [(r.name, r.status, r.code) for r in look().regions if r.file.name == "a.py"]
    assert found == [
        ("<module>", "declined", "LW180"),
        ("total", "candidate", None),
        ("report", "declined", "LW102"),
        ("lines", "declined", "LW180"),
        ("Model.count", "declined", "LW301"),
        ("middle", "candidate", None),
        ("middle", "candidate", None),
    ]


@pytest.mark.parametrize(
    ("where", "names"),
    [("9", {"total"}), ("total", {"total"}), ("count", {"Model.count"}), ("Model.count", {"Model.count"})],
    ids=["a line", "a function", "a method", "a method of a class"],
)  # fmt: skip
def test_a_place_is_looked_at_alone(where: str, names: set[str], folder: Path) -> None:
    assert {r.name for r in look(where=where).regions} == names


def test_the_cache_answers_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = look()
    asked: list[object] = []
    monkeypatch.setattr(module, "_made", lambda files, *_: asked.extend(files) or iter(()))
    assert look() == first
    assert asked == []


def test_processes_answer_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = look()
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "other"))
    monkeypatch.setattr(module, "_TOGETHER", 0)
    assert look(jobs=2) == first


def entries(folder: Path) -> list[Path]:
    return sorted((folder / "loopwright" / "verdicts").rglob("*.json"))


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"skipped": 1}', b"\xff\x00"], ids=repr)
def test_a_damaged_entry_is_made_again(damage: bytes, folder: Path) -> None:
    first = look()
    kept = entries(Path(os.environ["XDG_CACHE_HOME"]))
    assert len(kept) == 2  # by module: `a` and `b` have the same text, but another name
    for entry in kept:
        entry.write_bytes(damage)
    assert look() == first
    assert all(entry.read_bytes() != damage for entry in kept)


def test_an_edit_is_seen(folder: Path) -> None:
    look()
    file = folder / "src" / "a.py"
    file.write_text(file.read_text().replace("def total(x: list[float])", "def total(x)"))
    found = {r.name: r.code for r in look().regions if r.file.name == "a.py"}
    assert found["total"] == "LW301"


def test_another_version_of_the_tool_looks_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look()
    before = entries(Path(os.environ["XDG_CACHE_HOME"]))
    monkeypatch.setattr(cache.loopwright, "__version__", "9.9")
    look()
    assert len(entries(Path(os.environ["XDG_CACHE_HOME"]))) == 2 * len(before)


def test_a_cache_that_cannot_be_written_is_done_without(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_text("")
    first = look()
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "file"))
    assert look() == first


def test_explain_runs_none_of_the_code(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "src" / "a.py").write_text("open('ran', 'w')\n" + SOURCE)
    assert main(["explain", "src"]) == 0
    assert "14 regions" in capsys.readouterr().out
    assert not (folder / "ran").exists()


def test_an_answer_that_rests_on_another_file_is_given_anew_when_that_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    package = tmp_path / "p"
    package.mkdir()
    (package / "base.py").write_text("class Base:\n    def f(self, x):\n        return x\n")
    (package / "own.py").write_text(
        "from base import Base\nclass Own(Base):\n    def run(self, xs: list[float]) -> float:\n"
        "        s = 0.0\n        for x in xs:\n            s += self.f(x)\n        return s\n"
    )

    def reasons() -> list[str]:
        return [r.reason for r in explain_tree(python_files([package])).regions]

    assert reasons() == ["the type of `self.f` is not known"]
    assert reasons() == ["the type of `self.f` is not known"]
    (package / "base.py").write_text("class Base:\n    def g(self, x):\n        return x\n")
    assert reasons() == ["`self.f` is not covered"]
