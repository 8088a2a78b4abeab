"""Files of the user's tree: which are looked at, how they are copied and written."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from loopwright.config import UsageError
from loopwright.preflight import left_as_tests, python_files
from loopwright.project import clean_or_refuse, copy_tree, discover, output_places, write_atomic


def put(root: Path, *names: str, text: str = "x = 1\n") -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def found(*sources: Path, **more: object) -> list[str]:
    root = sources[0] if sources[0].is_dir() else sources[0].parent
    files = discover(sources, **more)  # type: ignore[arg-type]
    return [f.path.relative_to(root).as_posix() for f in files]


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


# ------------------------------------------------------------------ discover


def test_only_what_a_person_wrote_is_found(tmp_path: Path) -> None:
    put(tmp_path, "b.py", "a/c.py", "a/deep/d.py", "a.txt", ".hidden.py", ".tox/e.py", "z.pyi")
    put(tmp_path, "a/__pycache__/f.py", "env/lib/g.py", "env/pyvenv.cfg", "_loopwright/h.py")
    assert found(tmp_path) == ["b.py", "a/c.py", "a/deep/d.py"]


def test_gitignore_rules_hold_with_the_nearest_first(tmp_path: Path) -> None:
    put(tmp_path, ".git/HEAD")
    put(tmp_path, ".gitignore", text="build/\n*_gen.py\n!keep_gen.py\n/only_top.py\n")
    put(tmp_path, "sub/.gitignore", text="!b_gen.py\nlocal.py\n")
    put(tmp_path, ".git/info/exclude", text="private.py\n")
    put(tmp_path, "build/x.py", "a_gen.py", "keep_gen.py", "only_top.py", "private.py", "local.py")
    put(tmp_path, "sub/b_gen.py", "sub/only_top.py", "sub/local.py", "sub/build/y.py")
    wanted = ["keep_gen.py", "local.py", "sub/b_gen.py", "sub/only_top.py"]
    assert found(tmp_path) == wanted
    assert found(tmp_path / "sub") == ["b_gen.py", "only_top.py"]
    assert "a_gen.py" in found(tmp_path, everything=True)


def test_what_is_named_is_taken_though_ignored(tmp_path: Path) -> None:
    put(tmp_path, ".git/HEAD")
    put(tmp_path, ".gitignore", text="work/\n")
    put(tmp_path, "work/a.py", "work/sub/b.py")
    assert found(tmp_path) == []
    assert found(tmp_path / "work") == ["a.py", "sub/b.py"]
    assert found(tmp_path / "work" / "a.py") == ["a.py"]


def test_excluded_patterns(tmp_path: Path) -> None:
    put(tmp_path, "a.py", "tests/b.py", "sub/tests/c.py", "sub/d.py")
    assert found(tmp_path, exclude=["tests/"]) == ["a.py", "sub/d.py"]
    assert found(tmp_path, exclude=["/tests", "a.*"]) == ["sub/d.py", "sub/tests/c.py"]


def test_tests_are_left_out_unless_they_are_named_or_all_there_is(tmp_path: Path) -> None:
    put(tmp_path, "pkg/a.py", "pkg/t_test.py", "pkg/testing/b.py", "pkg/attest.py")
    put(tmp_path, "pkg/test_a.py", "pkg/tests/help.py", "pkg/sub/test/c.py", "conftest.py")
    kept = ["a.py", "attest.py", "t_test.py", "testing/b.py"]
    assert [f.path for f in python_files([tmp_path])] == [tmp_path / "pkg" / k for k in kept]
    assert left_as_tests([tmp_path]) == 4
    named = [tmp_path / "pkg" / "test_a.py", tmp_path / "pkg" / "tests"]
    assert [f.path for f in python_files(named)] == [named[0], named[1] / "help.py"]
    assert left_as_tests(named) == 0
    put(tmp_path, "only/test_b.py", "only/conftest.py")
    assert len(python_files([tmp_path / "only"])) == 2
    assert left_as_tests([tmp_path / "only"]) == 0


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "out/secret.py", "tree/a.py", "tree/sub/b.py")
    (tmp_path / "tree/link.py").symlink_to(tmp_path / "out/secret.py")
    (tmp_path / "tree/loop").symlink_to(tmp_path / "tree")
    (tmp_path / "tree/gone.py").symlink_to(tmp_path / "nothing")
    assert found(tmp_path / "tree") == ["a.py", "sub/b.py"]


def test_a_file_in_two_sources_comes_once_and_as_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "pkg/a.py", "pkg/b.py")
    monkeypatch.chdir(tmp_path)
    files = discover([Path("pkg/b.py"), Path("pkg")])
    assert [str(f.shown) for f in files] == ["pkg/b.py", "pkg/a.py"]
    assert [f.root for f in files] == [tmp_path / "pkg"] * 2


@pytest.mark.parametrize("name", ["missing.py", "data.txt"])
def test_a_source_that_cannot_be_is_a_usage_error(tmp_path: Path, name: str) -> None:
    put(tmp_path, "data.txt")
    with pytest.raises(UsageError, match=name):
        discover([tmp_path / name])


# ---------------------------------------------------------------------- copy


def test_a_copy_has_data_modes_and_times(tmp_path: Path) -> None:
    src, out = tmp_path / "src", tmp_path / "out"
    put(src, "run.py", "data/x.csv", "__pycache__/y.pyc", "_loopwright/k.py")
    (src / "run.py").chmod(0o755)
    os.utime(src / "run.py", (1, 1))
    put(out, "other.txt", "run.py", text="old")
    put(out, "_loopwright/old.txt")
    put(
        out,
        "pkg/_loopwright/manifest.json",
        text='{"tool": "loopwright", "files": {}, "shared": {}}',
    )
    copy_tree([src], out)
    names = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert names == ["_loopwright/old.txt", "data/x.csv", "other.txt", "run.py"]
    stat = (out / "run.py").stat()
    assert (out / "run.py").read_text() == "x = 1\n"
    assert stat.st_mode & 0o777 == 0o755 and stat.st_mtime == 1


def test_a_copy_has_the_modules_that_git_ignores(tmp_path: Path) -> None:
    src, out = tmp_path / "src", tmp_path / "out"
    built = f"_fast{EXTENSION_SUFFIXES[0]}"
    put(src, ".git/HEAD", f"pkg/{built}", "pkg/_version.py", "pkg/notes.log", "build/lib/x.py")
    put(src, ".gitignore", text="*.so\n*.pyd\n_version.py\n*.log\nbuild/\n")
    copy_tree([src], out)
    names = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert names == [f"pkg/{built}", "pkg/_version.py"]


def test_places_of_several_sources(tmp_path: Path) -> None:
    put(tmp_path, "a/x.py", "b/x.py", "one.py", "c/one.py")
    out = tmp_path / "out"
    copy_tree([tmp_path / "a", tmp_path / "one.py"], out)
    assert sorted(p.relative_to(out).as_posix() for p in out.rglob("*.py")) == ["a/x.py", "one.py"]
    assert output_places([tmp_path / "a"], out) == {tmp_path / "a": out}
    with pytest.raises(UsageError, match="same name"):
        output_places([tmp_path / "one.py", tmp_path / "c" / "one.py"], out)


# --------------------------------------------------------------------- write


def test_a_write_keeps_the_mode_and_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("old")
    path.chmod(0o640)
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new" and path.stat().st_mode & 0o777 == 0o640
    write_atomic(tmp_path / "b.py", b"made")
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "b.py").stat().st_mode & 0o777 == 0o666 & ~umask
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.py", "b.py"]


def test_a_write_goes_through_a_link(tmp_path: Path) -> None:
    put(tmp_path, "real/a.py")
    link = tmp_path / "link.py"
    link.symlink_to(tmp_path / "real/a.py")
    write_atomic(link, b"new")
    assert link.is_symlink() and (tmp_path / "real/a.py").read_bytes() == b"new"


def test_a_write_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_text("old")

    def broken(*_: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(OSError, match="disk"):
        write_atomic(path, b"new")
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["a.py"]


def test_a_killed_writer_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"0" * 300_000)
    code = (
        "import sys, pathlib\nfrom loopwright.project import write_atomic\nprint(flush=True)\nn = 0\n"
        "while True:\n    n += 1\n"
        "    write_atomic(pathlib.Path(sys.argv[1]), b'%d' % (n % 10) * 300_000)\n"
    )
    for delay in (0.0, 0.003, 0.01):
        command = [sys.executable, "-c", code, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(delay)
            child.kill()
        data = path.read_bytes()
        assert len(data) == 300_000 and len(set(data)) == 1


# ----------------------------------------------------------------------- git


def test_uncommitted_python_files_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "pkg/a.py", "pkg/b.py", "notes.txt")
    git(tmp_path, "init", "-q")
    with pytest.raises(UsageError, match=r"a\.py, .*b\.py; commit"):
        clean_or_refuse([tmp_path / "pkg"])
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "all")
    put(tmp_path, "notes.txt", "pkg/_loopwright/k.py", text="changed")
    clean_or_refuse([tmp_path])
    put(tmp_path, "pkg/a.py", text="changed")
    with pytest.raises(UsageError, match="uncommitted"):
        clean_or_refuse([tmp_path])
    with pytest.raises(UsageError, match="uncommitted"):
        clean_or_refuse([tmp_path / "pkg" / "a.py"])
    clean_or_refuse([tmp_path / "pkg" / "b.py"])


def test_without_a_repository_nothing_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.py")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    clean_or_refuse([tmp_path])
    monkeypatch.setenv("PATH", str(tmp_path))
    clean_or_refuse([tmp_path])
