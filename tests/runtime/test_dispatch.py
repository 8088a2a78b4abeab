"""Loading of backends: lazily, with one warning where it cannot be."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from loopwright.runtime import dispatch
from loopwright.runtime.dispatch import Backend, stamp_extension


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    before = set(sys.modules)
    dispatch._told.clear()
    yield
    for name in set(sys.modules) - before:
        if name.startswith("_loopwright_"):
            del sys.modules[name]


def backend(folder: Path, compiled: bool = False) -> Backend:
    return Backend(str(folder / "mod.py"), "fake", compiled)


def test_the_module_is_run_by_the_first_kernel_and_once(tmp_path: Path) -> None:
    (tmp_path / "mod_fake_f.py").write_text("import sys\nsys.lwtest_runs = 1\ndef f(): return 7\n")
    found = backend(tmp_path)
    assert not hasattr(sys, "lwtest_runs")
    try:
        assert found.f() == 7
        del sys.lwtest_runs  # type: ignore[attr-defined]
        assert backend(tmp_path).f() == 7 and not hasattr(sys, "lwtest_runs")
    finally:
        vars(sys).pop("lwtest_runs", None)


def test_what_asks_for_other_attributes_is_told_that_there_are_none(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not hasattr(backend(tmp_path), "_mock_name")


def test_a_module_that_changed_is_run_anew(tmp_path: Path) -> None:
    path = tmp_path / "mod_fake_f.py"
    path.write_text("def f(): return 1\n")
    assert backend(tmp_path).f() == 1
    path.write_text("def f(): return 10\n")
    assert backend(tmp_path).f() == 10


def test_the_name_of_a_module_follows_from_its_text_alone(tmp_path: Path) -> None:
    text = "def f(): return __name__\n"
    names = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        (folder / "mod_fake_f.py").write_text(text)
        names.append(backend(folder).f())
    (tmp_path / "b" / "mod_fake_f.py").write_text(text + "# more\n")
    other = backend(tmp_path / "b").f()
    assert names[0] == names[1] != other and other.endswith(".mod_fake_f")


BROKEN = {
    "a module that is not there": None,
    "a module that fails": "import a_module_that_is_not_there\n",
    "a module without the kernel": "def g(): ...\n",
    "a module that is not Python": "def f(:\n",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_no_kernel_and_one_warning(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "mod_fake_f.py").write_text(text)
    with pytest.warns(RuntimeWarning, match="original code runs") as seen:
        found = backend(tmp_path)
        assert found.f is None and found.f is None
        assert backend(tmp_path).f is None
    assert len(seen) == 1


def test_source_is_not_run_in_place_of_an_extension(tmp_path: Path) -> None:
    (tmp_path / "mod_fake_f.py").write_text("def f(): return 7\n")
    with pytest.warns(RuntimeWarning, match="not built for this Python"):
        assert backend(tmp_path, compiled=True).f is None


STAMPS = {
    "unstamped": (None, "json"),
    "of another text": ({"source": "0", "cpu": []}, "another version"),
    "for another CPU": ({"cpu": ["A_FEATURE_OF_TOMORROW"]}, "another CPU"),
}


@pytest.mark.parametrize("case", STAMPS.values(), ids=STAMPS)
def test_an_extension_that_may_crash_is_not_loaded(
    tmp_path: Path, case: tuple[dict[str, object] | None, str]
) -> None:
    stamp, words = case
    source, extension = tmp_path / "mod_fake_f.py", tmp_path / f"mod_fake_f{EXTENSION_SUFFIXES[0]}"
    source.write_text("def f(): return 7\n")
    extension.write_bytes(b"not an extension")
    if stamp is not None:
        stamp_extension(str(source), str(extension), "shared")
        path = Path(f"{extension}.json")
        path.write_text(json.dumps({**json.loads(path.read_text()), **stamp}))
    with pytest.warns(RuntimeWarning, match=words):
        assert backend(tmp_path, compiled=True).f is None


def test_a_portable_stamp_names_no_cpu(tmp_path: Path) -> None:
    source = tmp_path / "mod_fake_f.py"
    source.write_text("")
    stamp_extension(str(source), str(tmp_path / "x.so"), "shared", native=False)
    assert json.loads((tmp_path / "x.so.json").read_text())["cpu"] == []


def test_tell_says_a_thing_once() -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        for text in ("one", "one", "two"):
            dispatch.tell(text)
    assert [str(w.message) for w in seen] == ["one", "two"]
