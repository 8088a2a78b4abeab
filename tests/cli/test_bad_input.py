"""What cannot be done is said in one line with exit code 2, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import state

from loopwright.cli import main

GOOD = "def total(x: list[float]) -> float:\n    s = 0.0\n    for v in x:\n        s += v\n    return s\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a good file, broken ones, and folders without Python."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "good.py").write_text(GOOD)
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("text")
    (tmp_path / "syntax.py").write_text("x = 1\ndef f(:\n")
    (tmp_path / "absent.py").write_text("import no_such_module\ndef f(x): ...\n")
    (tmp_path / "latin.py").write_bytes(b"x = '\xff'\n")
    return tmp_path


def call(*words: str) -> int:
    try:
        return main(words)
    except SystemExit as end:
        assert isinstance(end.code, int)
        return end.code


OPT = ("optimize", "src", "-o", "out")
CASES = {
    "a source that does not exist": (("optimize", "nosuch", "-o", "out"), "nosuch: no such file"),
    "an empty folder": (("optimize", "empty", "-o", "out"), "empty: there are no Python files"),
    "a folder without Python": (("optimize", "texts", "-o", "out"), "there are no Python files"),
    "a file that is not Python": (("optimize", "texts/a.txt", "-o", "out"), "is not a Python file"),
    "no place for the output": (("optimize", "src"), "one of the arguments -o/--output"),
    "an output inside the source": (("optimize", "src", "-o", "src/out"), "inside the source"),
    "an output that is the source": (("optimize", "src", "-o", "src"), "inside the source"),
    "an output around the source": (("optimize", "src", "-o", "."), "the source src is in it"),
    "an output beside the only file": (("optimize", "src/good.py", "-o", "src"), "is in it"),
    "an output that is a file": (("optimize", "src", "-o", "latin.py"), "is a file"),
    "an output below a file": (("optimize", "src", "-o", "latin.py/x"), "latin.py is a file"),
    "two places for the output": ((*OPT, "--in-place"), "not allowed with"),
    "two sources of types": ((*OPT, "--trace", "a", "--workload", "b"), "not allowed with"),
    "an accuracy that is none": ((*OPT, "--accuracy", "good"), "accuracy must be"),
    "a tolerance that is too large": ((*OPT, "--accuracy", "rtol=2"), "accuracy must be"),
    "a backend that is none": ((*OPT, "--backend", "fortran"), "invalid choice"),
    "no jobs": ((*OPT, "-j", "0"), "jobs must be at least 1"),
    "no time": ((*OPT, "--time-limit", "0"), "time-limit must be more than 0"),
    "a share above one": ((*OPT, "--min-share", "2"), "min-share must be from 0 to 1"),
    "a report in no folder": ((*OPT, "--json", "no/such.json"), "there is no folder no"),
    "a report that is a folder": ((*OPT, "--json", "empty"), "is a folder"),
    "a recording that does not exist": ((*OPT, "--trace", "nosuch"), "nosuch cannot be read"),
    "a recording that is none": ((*OPT, "--trace", "latin.py"), "is not a recording"),
    "an empty workload": ((*OPT, "--workload", ""), "the workload is empty"),
    "a workload with an open quote": ((*OPT, "--workload", "python 'x"), "cannot be read"),
    "a workload that is not found": ((*OPT, "--workload", "nosuchprog x"), "no program nosuchprog"),
    "a workload that fails": ((*OPT, "--workload", "false"), "failed with exit code 1"),
    "a workload that does not end": (
        (*OPT, "--workload", "sleep 30", "--time-limit", "0.3"), "longer than the time limit",
    ),
    "explain: no such file": (("explain", "nosuch.py:3"), "nosuch.py:3: no such file"),
    "explain: nothing on the line": (("explain", "src/good.py:99"), "no loop or array code at 99"),
    "explain: no such function": (("explain", "src/good.py:foo"), "no loop or array code at foo"),
    "explain: a recording that does not exist": (
        ("explain", "src", "--trace", "nosuch"), "nosuch cannot be read",
    ),
    "explain: a recording that is none": (
        ("explain", "src", "--trace", "latin.py"), "is not a recording",
    ),
    "verify: no function named": (("verify", "src/good.py", "src/good.py:total"), "FILE.py:function"),
    "verify: no such file": (("verify", "no.py:f", "src/good.py:total"), "no.py: no such file"),
    "verify: no such function": (
        ("verify", "src/good.py:total", "src/good.py:totl"), "there is no function totl",
    ),
    "verify: a file that does not parse": (
        ("verify", "syntax.py:f", "src/good.py:total"), "syntax.py:2: invalid syntax",
    ),
    "verify: a file that does not import": (
        ("verify", "src/good.py:total", "absent.py:f"), "absent.py:1: ModuleNotFoundError",
    ),
    "verify: no file of examples": (
        ("verify", "src/good.py:total", "src/good.py:total", "--examples", "no.py"), "no.py: no such file",
    ),
    "verify: examples that are no Python": (
        ("verify", "src/good.py:total", "src/good.py:total", "--examples", "f(1"), "no Python",
    ),
    "verify: two accuracies": (
        ("verify", "a.py:f", "a.py:g", "--accuracy", "bitwise", "--rtol", "1e-3"), "not allowed with",
    ),
    "trace: no command": (("trace", "-o", "t.rec"), "required: CMD"),
    "trace: no such program": (("trace", "-o", "t.rec", "--", "nosuchprog"), "no program nosuchprog"),
    "trace: no folder to write to": (("trace", "-o", "no/t.rec", "--", "true"), "there is no folder"),
    "check: no such file": (("check", "nosuch"), "nosuch: no such file"),
    "revert: no such file": (("revert", "nosuch"), "nosuch: no such file"),
    "build: no such file": (("build", "nosuch"), "nosuch: no such file"),
    "why: no such code": (("why", "LW999"), "unknown code LW999; there are LW001,"),
    "passes: no such pass": (("passes", "magic"), "unknown pass magic; there are normalise,"),
    "opt: no such file": (("opt", "nosuch.py"), "nosuch.py: no such file"),
    "opt: a file that does not parse": (("opt", "syntax.py"), "syntax.py:2: invalid syntax"),
    "opt: no such function": (("opt", "src/good.py", "--function", "f"), "no function named f"),
    "no command": ((), "required: COMMAND"),
    "no such command": (("optimise",), "invalid choice: 'optimise'"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "said"), CASES.values(), ids=CASES.keys())
def test_is_refused_in_words(
    words: tuple[str, ...], said: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = state(folder)
    assert call(*words) == 2
    printed = capfd.readouterr()
    assert said in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""
    assert state(folder) == before
    assert not (folder / "out").exists()


def test_broken_files_are_named_and_the_rest_goes_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "src" / "syntax.py").write_text("x = 1\ndef f(:\n")
    (folder / "src" / "latin.py").write_bytes(b"x = '\xff'\n")
    (folder / "src" / "empty.py").write_bytes(b"")
    (folder / "src" / "gone.py").symlink_to("nowhere.py")
    assert call("explain", "src") == 2
    printed = capsys.readouterr()
    assert "src/syntax.py: LW003 line 2: invalid syntax" in printed.err
    assert "src/latin.py: LW002" in printed.err
    assert "empty.py" not in printed.err and "gone.py" not in printed.err
    assert "src/good.py:2: total: can be compiled" in printed.out
    assert "1 region: 1 can be compiled" in printed.out


def test_a_file_that_is_too_deep_for_the_compiler_does_not_stop_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = " + ".join(["v"] * 2000)
    deep = f"def f(x):\n    s = 0.0\n    for v in x:\n        s += {long}\n    return s\n"
    (folder / "src" / "deep.py").write_text(deep)
    assert call("explain", "src") == 2
    printed = capsys.readouterr()
    assert "src/deep.py: LW901 RecursionError" in printed.err and "Traceback" not in printed.err
    assert "src/good.py:2: total: can be compiled" in printed.out
    (folder / "src" / "good.py").write_text("x = 1\n")
    assert call("optimize", "src", "-o", "out", "--backend", "numpy") == 2
    assert "deep.py: LW901 RecursionError" in capsys.readouterr().out
    assert (folder / "out" / "deep.py").read_text() == deep
    assert (folder / "out" / "good.py").read_text() == "x = 1\n"


def test_an_empty_file_is_fine(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "nothing.py").write_bytes(b"")
    assert call("optimize", "nothing.py", "-o", "out", "--backend", "numpy") == 0
    assert (folder / "out" / "nothing.py").read_bytes() == b""
    assert "0 of 0 regions" in capsys.readouterr().out


def test_a_folder_without_python_has_no_findings(folder: Path) -> None:
    assert call("check", "texts") == 0


def test_a_place_without_permission_is_refused_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "os.access", lambda *_: False
    )  # tests may run as root, who may write anywhere
    for where in (["-o", "out"], ["--in-place"]):
        assert call("optimize", "src", *where) == 2
        assert "no permission to write" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "secret.py":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    (folder / "src" / "secret.py").write_text("x = 1\n")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert call("explain", "src") == 2
    printed = capsys.readouterr()
    assert "src/secret.py: LW001" in printed.err
    assert "1 region: 1 can be compiled" in printed.out


def test_without_a_workload_the_unknown_name_and_its_cure_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "src" / "good.py").write_text(GOOD.replace(": list[float]", ""))
    assert call("explain", "src/good.py") == 0
    out = capsys.readouterr().out
    assert "LW301" in out
    assert "nothing tells the types of `x`" in out
    assert "annotate it, or record a workload" in out
