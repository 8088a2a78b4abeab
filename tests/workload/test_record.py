"""Recording real child processes: the program runs as ever, and the recording tells what it did."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from pathlib import Path

import pytest

from loopwright.frontend.outline import every_region, outline
from loopwright.frontend.parse import parse_module
from loopwright.frontend.reference import reference
from loopwright.frontend.region import Module, Region
from loopwright.ir.types import FLOAT, INT, NONE, Array, ListOf, Num, Rng
from loopwright.workload.record import RecordResult, record
from loopwright.workload.replay import arguments, samples
from loopwright.workload.store import Recording, RegionRecord, load

LIBRARY = """
import numpy as np

SCALE = 2.0

class Model:
    def __init__(self, w):
        self.w = w
        self.name = "m"
        self.seen = 0

    def score(self, x, items, k):
        total = 0.0
        for i in range(len(x)):
            total += self.w[i] * x[i] * SCALE + items[i] * k
        self.seen += 1
        return total

def add(a, n):
    for i in range(n):
        a[i] = a[i] + 1
"""
SCRIPT = """
import os, sys
import numpy as np
import lib

def main(n):
    s = 0
    for i in range(n):
        s += i
    return s

if __name__ == "__main__":
    m = lib.Model(np.ones(3))
    for k in range(40):
        m.score(np.arange(3.0), [1, 2, 30], k)
    a = np.zeros((4,), np.float32)
    lib.add(a, 4)
    b = np.arange(50)
    lib.add(b, 2)
    print(main(5), a.sum(), sys.argv[1:], __name__, os.path.basename(__file__), sys.path[0])
    sys.exit(7)
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "lib.py").write_text(LIBRARY)
    (folder / "script.py").write_text(SCRIPT)
    return folder


def run(tree: Path, *command: str, **options: float) -> tuple[RecordResult, Recording]:
    out = tree.parent / "out.trace"
    result = record(command, [tree], out, time_limit=options.get("time_limit", 60.0))
    return result, load(out)


def find(recording: Recording, path: str, id: str) -> RegionRecord:
    (found,) = [r for r in recording.regions.values() if (r.path, r.id) == (path, id)]
    return found


def test_a_script_runs_as_it_would_alone(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    result, _ = run(tree, sys.executable, "-X", "utf8", str(tree / "script.py"), "a", "b")
    assert result.exit_code == 7
    assert capfd.readouterr().out == f"10 4.0 ['a', 'b'] __main__ script.py {tree}\n"


def test_a_script_is_recorded_with_what_it_imports(tree: Path) -> None:
    result, recording = run(tree, str(tree / "script.py"))
    assert (result.processes, result.regions) == (1, len(recording.regions))
    score = find(recording, "lib.py", "Model.score/0:body")
    assert score.calls == 40
    assert 0 < score.share <= 1
    (one,) = score.signatures
    assert one.types == {
        "x": Array("float64", 1),
        "self_w": Array("float64", 1),
        "SCALE": FLOAT,
        "items": ListOf(INT),
        "k": INT,
        "self_seen": INT,
    }
    assert one.calls == 40
    low, high = one.ranges["k"]  # calls beyond the first few are looked at as time allows
    assert (low, one.ranges["items"][0]) == (0, 1)
    assert 3 <= high <= 39
    assert find(recording, "script.py", "main/0:body").calls == 1
    add = find(recording, "lib.py", "add/0:body")
    assert {s.types["a"] for s in add.signatures} == {Array("float32", 1), Array("int64", 1)}


def test_the_largest_int_is_among_the_samples(tree: Path) -> None:
    script = tree / "script.py"
    script.write_text("import lib\nfor n in (3, 2, 40, 9):\n    lib.add([0] * 40, n)\n")
    _, recording = run(tree, str(script))
    (one,) = find(recording, "lib.py", "add/0:body").signatures
    assert {sample["n"] for sample in one.samples} >= {3, 40}


def test_samples_are_taken_before_the_region_changes_them(tree: Path) -> None:
    _, recording = run(tree, str(tree / "script.py"))
    add = find(recording, "lib.py", "add/0:body")
    by_dtype = {s.types["a"]: s for s in add.signatures}
    (sample,) = by_dtype[Array("float32", 1)].samples
    assert str(sample["a"]) == "[0. 0. 0. 0.]"
    assert by_dtype[Array("float32", 1)].shapes["a"] == ((4,),)
    assert by_dtype[Array("int64", 1)].layouts["a"] == ("C",)


def regions(tree: Path, name: str) -> dict[str, Region]:
    module = parse_module(tree / name, tree)
    assert isinstance(module, Module)
    return {r.id: r for r in every_region(outline(module))}


def test_a_recording_is_found_by_its_region_until_that_changes(tree: Path) -> None:
    _, recording = run(tree, str(tree / "script.py"))
    found = recording.find(regions(tree, "lib.py")["add/0:body"])
    assert found is not None
    assert found.calls == 2
    (tree / "lib.py").write_text("# moved\n" + LIBRARY)
    assert recording.find(regions(tree, "lib.py")["add/0:body"]) == found
    (tree / "lib.py").write_text(LIBRARY.replace("a[i] + 1", "a[i] + 2"))
    assert recording.find(regions(tree, "lib.py")["add/0:body"]) is None


def test_a_sample_replays_through_the_reference(tree: Path) -> None:
    _, recording = run(tree, str(tree / "script.py"))
    region = regions(tree, "lib.py")["Model.score/0:body"]
    record_ = recording.find(region)
    assert record_ is not None
    ref = reference(region)
    names: dict[str, object] = {}
    exec(ref.source, names)
    entry, owner = names["entry"], names["Owner"]
    assert callable(entry)
    assert isinstance(owner, type)
    found = [
        entry(*arguments(region.live_ins, ref.roots, sample, owner)) for sample in samples(record_)
    ]
    # x = [0, 1, 2], w = [1, 1, 1], k = 0
    assert (1, 6.0) in found


def test_a_module_run_by_name(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    result, recording = run(tree, sys.executable, "-m", "script")
    assert result.exit_code == 7
    assert find(recording, "script.py", "main/0:body").calls == 1


def test_a_failing_program_keeps_its_traceback_and_is_recorded(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tree / "bad.py").write_text(
        textwrap.dedent("""
            def f(x):
                for i in range(3):
                    x[i] = 1
            f([0, 0, 0])
            f([0, 0])
            """)
    )
    result, recording = run(tree, sys.executable, str(tree / "bad.py"))
    assert result.exit_code == 1
    error = capfd.readouterr().err
    assert f'File "{tree / "bad.py"}", line 4, in f' in error
    assert "IndexError" in error
    assert find(recording, "bad.py", "f/0:body").calls == 2


def test_pytest_is_recorded_and_its_assertions_stay_rewritten(
    tree: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / "test_lib.py").write_text(
        "import lib\n\ndef helper(a):\n    for i in range(2):\n        a[i] += 1\n\n"
        "def test_it():\n    a = [1, 2]\n    lib.add(a, 2)\n    helper(a)\n    assert a == [3, 5]\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tree))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest"]
    result, recording = run(tree, *command, "--rootdir", str(tree), str(tree / "test_lib.py"))
    assert result.exit_code == 1
    assert "assert [3, 4] == [3, 5]" in capfd.readouterr().out
    assert {r.path for r in recording.regions.values()} == {"lib.py"}


def test_workers_of_xdist_are_recorded(
    tree: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / "test_lib.py").write_text(
        "import pytest\nimport lib\n\n@pytest.mark.parametrize('k', range(10))\n"
        "def test_it(k):\n    lib.add([k], 1)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tree))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    result, recording = run(tree, *command, "-n", "2", str(tree / "test_lib.py"))
    assert (result.exit_code, result.oddities) == (0, [])
    assert "10 passed" in capfd.readouterr().out
    assert find(recording, "lib.py", "add/0:body").calls == 10


def test_a_module_with_tests_in_it_that_pytest_loads_is_told(
    tree: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tree / "both.py"
    file.write_text(
        "def add(a):\n    for i in range(2):\n        a[i] += 1\n    return a\n\n"
        "def test_add():\n    assert add([1, 2]) == [2, 3]\n"
    )
    (tree / "test_more.py").write_text(
        "from both import add\n\ndef test_more():\n    add([1, 2])\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    files = [str(file), str(tree / "test_more.py")]
    result, _ = run(tree, *command, *files)
    assert (result.exit_code, result.regions) == (0, 0)
    assert result.oddities[0] == (
        f"{file} is not recorded: AssertionRewritingHook has loaded it; "
        "pytest does without it if told --assert=plain"
    )
    result, recording = run(tree, *command, "--assert=plain", *files)
    assert (result.exit_code, result.oddities) == (0, [])
    assert find(recording, "both.py", "add/0:body").calls == 2


def test_a_worker_that_waits_in_a_semaphore_ends_by_a_signal(tree: Path) -> None:
    """The signal comes by another thread, so it does not interrupt the wait of the main one."""
    (tree / "waits.py").write_text(
        textwrap.dedent("""
            import multiprocessing as mp, signal, threading, time

            def work(n):
                s = 0
                for i in range(n):
                    s += i
                return s

            def end():
                time.sleep(0.3)
                signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

            def worker(semaphore):
                work(5)
                threading.Thread(target=end, daemon=True).start()
                semaphore.acquire()

            if __name__ == "__main__":
                context = mp.get_context("fork")
                process = context.Process(target=worker, args=(context.Semaphore(0),))
                process.start()
                process.join()
                assert process.exitcode == -signal.SIGTERM, process.exitcode
            """)
    )
    result, recording = run(tree, sys.executable, str(tree / "waits.py"), time_limit=20.0)
    assert result.exit_code == 0
    assert find(recording, "waits.py", "work/0:body").calls == 1


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_worker_processes_are_merged(tree: Path, method: str) -> None:
    (tree / "pool.py").write_text(
        textwrap.dedent("""
            import multiprocessing as mp, sys

            def work(n):
                s = 0
                for i in range(n):
                    s += i
                return s

            if __name__ == "__main__":
                with mp.get_context(sys.argv[1]).Pool(2) as pool:
                    assert pool.map(work, [3, 4, 5, 6], chunksize=1) == [3, 6, 10, 15]
            """)
    )
    result, recording = run(tree, sys.executable, str(tree / "pool.py"), method)
    assert result.exit_code == 0
    work = find(recording, "pool.py", "work/0:body")
    assert (work.calls, work.signatures[0].ranges["n"]) == (4, (3, 6))


def test_a_subprocess_of_the_program_is_recorded(tree: Path) -> None:
    (tree / "outer.py").write_text(
        "import subprocess, sys\n"
        f"subprocess.run([sys.executable, '-c', 'import lib; lib.add([1, 2], 2)'], cwd={str(tree)!r})\n"
    )
    _, recording = run(tree, sys.executable, str(tree / "outer.py"))
    assert find(recording, "lib.py", "add/0:body").signatures[0].types["a"] == ListOf(INT)


def test_a_module_that_is_loaded_by_its_place_is_recorded(tree: Path) -> None:
    (tree / "by_place.py").write_text(
        "from importlib.util import module_from_spec, spec_from_file_location\n"
        f"spec = spec_from_file_location('other', {str(tree / 'lib.py')!r})\n"
        "lib = module_from_spec(spec)\nspec.loader.exec_module(lib)\nlib.add([1, 2], 2)\n"
        "assert type(spec.loader).__name__ == 'SourceFileLoader'\n"
    )
    result, recording = run(tree, sys.executable, str(tree / "by_place.py"))
    assert result.exit_code == 0
    assert find(recording, "lib.py", "add/0:body").calls == 1


def test_a_hidden_sitecustomize_still_runs(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text("print('mine')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    (tree / "paths.py").write_text("import sys\nprint([p for p in sys.path if 'trace' in p])\n")
    run(tree, sys.executable, str(tree / "paths.py"))
    assert capfd.readouterr().out == "mine\n[]\n"


def test_files_outside_the_roots_are_left_alone(tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text(
        "import sys\nassert 'numpy' not in sys.modules\n"
        "def f(n):\n    for i in range(n):\n        pass\nf(3)\n"
    )
    result, recording = run(tree, sys.executable, str(other))
    assert (result.exit_code, result.processes, dict(recording.regions)) == (0, 0, {})


def test_site_packages_below_a_root_are_left_alone(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tree / ".venv" / "site-packages"
    inner.mkdir(parents=True)
    (inner / "dep.py").write_text("def f(n):\n    for i in range(n):\n        pass\n")
    (tree / "uses.py").write_text("import dep\ndep.f(3)\n")
    monkeypatch.setenv("PYTHONPATH", str(inner))
    result, _ = run(tree, sys.executable, str(tree / "uses.py"))
    assert (result.exit_code, result.regions) == (0, 0)


def test_a_copy_that_is_imported_in_place_of_the_sources_is_told(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / "statistics.py").write_text("")
    package = tree / "src" / "pkg"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    other = tree.parent / "other"
    shutil.copytree(tree, other)
    code = "import lib, pkg, statistics, numpy; lib.add([1], 1)"
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (other, other / "src"))))
    result, _ = run(tree, sys.executable, "-P", "-c", code)
    copy = str(other / "src" / "pkg" / "__init__.py")
    assert result.elsewhere == {"lib": str(other / "lib.py"), "pkg": copy}
    assert result.oddities == [
        f"the run imported lib from {other / 'lib.py'}, not from the sources",
        f"the run imported pkg from {copy}, not from the sources",
        "the run entered no loop below the sources",
    ]
    one = record([sys.executable, "-P", "-c", code], [package], tree.parent / "two.trace")
    assert one.elsewhere == {"pkg": copy}
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (tree, tree / "src"))))
    result, _ = run(tree, sys.executable, "-P", "-c", code)
    assert (result.elsewhere, result.oddities) == ({}, [])


def test_the_time_limit_ends_the_program_and_keeps_the_recording(tree: Path) -> None:
    (tree / "slow.py").write_text(
        "import time, lib\nlib.add([1, 2], 2)\nprint('started', flush=True)\ntime.sleep(60)\n"
    )
    result, recording = run(tree, sys.executable, str(tree / "slow.py"), time_limit=4.0)
    assert (result.exit_code, result.timed_out) == (124, True)
    assert find(recording, "lib.py", "add/0:body").calls == 1


def test_a_command_that_does_not_exist(tree: Path) -> None:
    result, _ = run(tree, "no-such-command-here")
    assert result.exit_code == 127


def test_an_empty_command_is_an_error(tree: Path) -> None:
    with pytest.raises(ValueError, match="no command"):
        record([], [tree], tree / "out")


KINDS = """
import os
import numpy as np

class Lazy:
    @property
    def w(self):
        print("property ran")
        return 1

def kinds(rng, scalar, text, opaque, nested, empty, tables, masked, absent):
    for i in range(2):
        rng, scalar, text, opaque, nested, empty, tables, masked, absent.w

def lazy(obj):
    for i in range(2):
        if os.getpid() < 0:
            pass
    for i in range(2):
        i + obj.w

def big(n):
    t = 0
    for i in range(n):
        for j in range(1):
            t += 1
    return t

kinds(np.random.default_rng(3), np.float32(2), "x", object(), [[1, 2], [3, 4]], [],
      [np.ones((2, 3)), 1, np.int8(2)], np.ma.ones(3), Lazy())
print(big(40_000))
lazy(Lazy())
"""


def test_kinds_of_values_properties_and_many_calls(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tree / "kinds.py").write_text(KINDS)
    result, recording = run(tree, sys.executable, str(tree / "kinds.py"))
    assert result.exit_code == 0
    # the recorder runs no property; the program runs it four times
    assert capfd.readouterr().out == "property ran\n" * 2 + "40000\n" + "property ran\n" * 2
    (one,) = find(recording, "kinds.py", "kinds/0:body").signatures
    assert one.types["rng"] == Rng()
    assert one.types["scalar"] == Num("float32")
    assert one.types["nested"] == ListOf(INT, 2)
    assert dict(one.unknown) == {
        "opaque": "object",
        "tables": "list of int or int8 or ndarray[float64, 2]",
        "masked": "MaskedArray",
    }
    assert one.types["empty"] == ListOf(NONE)
    sample = one.samples[0]
    assert sample["nested"] == [[1, 2], [3, 4]]
    assert "opaque" not in sample
    inner = find(recording, "kinds.py", "big/3:block")
    assert inner.calls == 40_000
    assert inner.signatures[0].calls == 40_000


def test_the_environment_is_the_callers_own(tree: Path) -> None:
    before = dict(os.environ)
    run(tree, str(tree / "script.py"))
    assert dict(os.environ) == before


UNEVEN = """
import numpy as np


def search(x, limit):
    n = 0
    while n < len(x) and x[n] < limit:
        n += 1
    return n


x = np.arange(20_000) / 20_000
for k in range(60):
    search(x, 0.9 if k % 10 == 7 else 0.001)
"""


def test_a_slow_call_among_others_of_its_size_is_kept(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "script.py").write_text(UNEVEN)
    _, recording = run(source, str(source / "script.py"))
    record_ = recording.find(regions(source, "script.py")["search/0:body"])
    assert record_ is not None
    assert {sample["limit"] for sample in samples(record_)} == {0.001, 0.9}
