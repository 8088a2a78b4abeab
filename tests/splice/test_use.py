"""Rewritten code in real use: run, moved, edited, installed, with the kernels gone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from loopwright.build import build_tree
from loopwright.ir.types import FLOAT, Array
from loopwright.project import check_tree
from loopwright.unsplice import revert

from .rewriting import Kernel, Tree, rewrite

VEC = Array("float64", 1)
SOURCE = '''\
"""Sums."""

import numpy as np


def total(X):
    s = 0.0
    for x in X:
        s += x
    return s
'''
# The kernel tells that it ran by a result that the original would not give.
KERNEL = Kernel(
    "total", {"X": VEC}, "def fast(X):\n    return True, -1.0\n", rows=(0, 2), live_outs=("s",),
    results=(FLOAT,),
)  # fmt: skip
FAST, SLOW = "-1.0", "3.0"
USE = "import numpy as np; print(mod.total(np.ones(3)))"


def run(tree: Tree, code: str = f"import mod; {USE}", **more: object) -> list[str]:
    return tree.run(code, **more).splitlines()  # type: ignore[arg-type]


PLACES = {
    "a single module": ("mod.py", (), "import mod"),
    "a module of a package": ("pkg/mod.py", ("pkg",), "from pkg import mod"),
    "a module deep in a package": (
        "pkg/sub/low/mod.py", ("pkg", "pkg/sub", "pkg/sub/low"), "import pkg.sub.low.mod as mod"
    ),
    "the __init__ of a package": ("pkg/__init__.py", ("pkg",), "import pkg as mod"),
    "a module of a namespace package": ("space/mod.py", (), "import space.mod as mod"),
}  # fmt: skip


@pytest.mark.parametrize("case", PLACES.values(), ids=PLACES)
def test_imported(tmp_path: Path, case: tuple[str, tuple[str, ...], str]) -> None:
    file, packages, how = case
    tree = rewrite(tmp_path, SOURCE, KERNEL, file=file, packages=packages)
    assert tree.kernels.parent == (tmp_path / packages[0] if packages else tree.path.parent)
    assert run(tree, f"{how}; {USE}") == [FAST]
    assert check_tree([tmp_path]) == []


def script(path: Path, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(path)],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=60,
        check=False,
    )
    return (done.stdout + done.stderr).strip()


@pytest.mark.parametrize("packages", [(), ("pkg",)], ids=["beside", "inside a package"])
def test_run_as_a_script_from_anywhere(tmp_path: Path, packages: tuple[str, ...]) -> None:
    source = SOURCE + '\n\nif __name__ == "__main__":\n    print(total(np.ones(3)))\n'
    tree = rewrite(tmp_path, source, KERNEL, file="pkg/my-script.py", packages=packages)
    assert script(tree.path, tmp_path) == FAST
    assert script(Path("my-script.py"), tree.path.parent) == FAST


def test_under_pytest(tmp_path: Path) -> None:
    rewrite(tmp_path, SOURCE, KERNEL, file="pkg/mod.py", packages=("pkg",))
    test = "import numpy as np\nfrom pkg.mod import total\n\ndef test(): assert total(np.ones(3)) == -1\n"
    (tmp_path / "test_mod.py").write_text(test)
    for mode in ("prepend", "importlib"):
        command = [sys.executable, "-m", "pytest", "-q", f"--import-mode={mode}", "-W", "error"]
        env = {**os.environ, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run(
            command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout


def test_two_trees_in_one_process_stay_apart(tmp_path: Path) -> None:
    other = Kernel(**{**vars(KERNEL), "text": KERNEL.text.replace("-1.0", "-2.0")})
    rewrite(tmp_path / "a" / "src", SOURCE, KERNEL, file="mod.py")
    tree = rewrite(tmp_path / "b" / "src", SOURCE, other, file="mod.py")
    code = f"""
        import importlib.util, numpy as np
        for name in "aba":
            spec = importlib.util.spec_from_file_location(name, f"{tmp_path}/{{name}}/src/mod.py")
            mod = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(mod)
            print(mod.total(np.ones(3)))
    """
    assert run(tree, code) == ["-1.0", "-2.0", "-1.0"]


def test_moved(tmp_path: Path) -> None:
    tree = rewrite(tmp_path / "old", SOURCE, KERNEL, file="pkg/mod.py", packages=("pkg",))
    assert run(tree, f"from pkg import mod; {USE}") == [FAST]
    shutil.copytree(tmp_path / "old", tmp_path / "new place")
    shutil.rmtree(tmp_path / "old")
    new = tmp_path / "new place"
    assert run(tree, f"from pkg import mod; {USE}", cwd=new, path=new) == [FAST]


NUMBA = """\
@njit("float64(Array(float64, 1, 'C', readonly=True))", cache=True)
def helper(X):
    return -X[0]


@njit("Tuple((boolean, float64))(Array(float64, 1, 'C', readonly=True))", cache=True)
def fast(X):
    return True, helper(X)
"""


def test_a_cache_of_numba_moves_along(tmp_path: Path) -> None:
    more = {"text": NUMBA, "backend": "numba", "prelude": "from numba import njit\n"}
    tree = rewrite(tmp_path / "old", SOURCE, Kernel(**{**vars(KERNEL), **more}))
    assert run(tree) == [FAST]
    shutil.move(tmp_path / "old", tmp_path / "new")
    new = tmp_path / "new"
    before = sorted((new / "_loopwright/__pycache__").glob("*.nbc"))
    assert run(tree, cwd=new, path=new) == [FAST]
    assert before and sorted((new / "_loopwright/__pycache__").glob("*.nbc")) == before


CYTHON = """\
def fast(X: cython.double[:]):
    return cython.compiled, -X[0]
"""


@pytest.fixture(scope="module")
def extensions_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def own_cache(extensions_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(extensions_cache))


def compiled(folder: Path, text: str = CYTHON) -> Tree:
    """A tree with a kernel for Cython, which is not built yet."""
    more = {"text": text, "backend": "cython", "prelude": "import cython\n"}
    return rewrite(folder, SOURCE, Kernel(**{**vars(KERNEL), **more}))


def test_a_built_extension_is_loaded(tmp_path: Path, own_cache: None) -> None:
    tree = compiled(tmp_path)
    out = run(tree)
    assert out[0] == SLOW and "not built" in out[1]
    built, problems = build_tree(tmp_path, native=False)
    assert len(built) == 1 and problems == []
    assert run(tree) == [FAST]
    source = tree.kernels / "mod_cython_fast_kernel.py"
    source.write_text(source.read_text() + "# newer\n")
    out = run(tree)
    assert out[0] == SLOW and "another version" in out[1]
    assert revert(tmp_path) and not tree.kernels.exists()


def test_what_extensions_share_is_loaded_once_for_two_packages(
    tmp_path: Path, own_cache: None
) -> None:
    one, two = compiled(tmp_path / "one"), compiled(tmp_path / "two", CYTHON.replace("-X", "3 * X"))
    (tmp_path / "two" / "mod.py").rename(tmp_path / "two" / "other.py")
    assert build_tree(tmp_path, native=False)[1] == []
    code = (
        f"import sys; sys.path.append({str(tmp_path / 'two')!r})\n"
        "import mod, other, numpy as np\n"
        "a = np.ones((3, 2))[:, 0]\n"
        "print(mod.total(a), other.total(a), mod.total(a))\n"
        "print(sum('loopwright_cython' in name for name in sys.modules))\n"
    )
    assert one.run(code).splitlines() == ["-1.0 3.0 -1.0", "1"]
    assert two.kernels != one.kernels
    assert len(list(tmp_path.rglob("loopwright_cython_*"))) == 2
    revert(tmp_path)
    assert not list(tmp_path.rglob("_loopwright"))


def test_an_extension_without_what_it_shares_is_not_loaded(tmp_path: Path, own_cache: None) -> None:
    tree = compiled(tmp_path)
    build_tree(tmp_path, native=False)
    (shared,) = tree.kernels.glob("loopwright_cython_*")
    shared.unlink()
    out = run(tree)
    assert out[0] == SLOW and "not built for this Python" in out[1]


def test_without_the_folder_the_original_runs_and_one_warning_says_so(tmp_path: Path) -> None:
    tree = rewrite(tmp_path, SOURCE, KERNEL)
    rewrite(tmp_path, SOURCE, KERNEL, file="two.py")
    rewrite(tmp_path, SOURCE, KERNEL, file="three.py")
    shutil.rmtree(tree.kernels)
    out = run(tree, f"import mod, two, three; {USE}")
    assert out[0] == SLOW
    assert sum("RuntimeWarning" in line for line in out) == 1
    assert [f.code for f in check_tree([tmp_path])] == ["LW603"] * 3


BREAKAGES: dict[str, Callable[[Tree], object]] = {
    "the module of kernels is gone": lambda t: (t.kernels / "mod.py").unlink(),
    "the backend's file is gone": lambda t: (t.kernels / "mod_numpy_fast_kernel.py").unlink(),
    "the runtime is gone": lambda t: shutil.rmtree(t.kernels / "runtime"),
    "the module of kernels is broken": lambda t: (t.kernels / "mod.py").write_text("def f(:"),
    "the backend's file is broken": lambda t: (t.kernels / "mod_numpy_fast_kernel.py").write_text(
        "import no_x"
    ),
    "the dispatch function is gone": lambda t: (t.kernels / "mod.py").write_text(
        (t.kernels / "mod.py").read_text().replace("def fast", "def other")
    ),
}


@pytest.mark.parametrize("damage", BREAKAGES.values(), ids=BREAKAGES)
def test_damage_costs_speed_only(tmp_path: Path, damage: Callable[[Tree], object]) -> None:
    tree = rewrite(tmp_path, SOURCE, KERNEL)
    damage(tree)
    out = run(tree)
    assert out[0] == SLOW and "original code runs" in out[1]
    assert {f.code for f in check_tree([tmp_path])} & {"LW602", "LW603"}


def test_an_edit_of_the_loop_is_seen_at_once(tmp_path: Path) -> None:
    tree = rewrite(tmp_path, SOURCE, KERNEL)
    assert run(tree) == [FAST]
    tree.edit("s += x", "s += 2 * x")
    out = run(tree)
    assert out[0] == "6.0" and "was edited since" in out[1]
    finding = check_tree([tmp_path])[0]
    row = 1 + next(
        n for n, x in enumerate(tree.path.read_text().splitlines()) if "_kernels.fast" in x
    )
    assert (finding.code, finding.file, finding.line) == ("LW601", tmp_path / "mod.py", row)
    tree.edit("s += 2 * x", "s += x")
    assert run(tree) == [FAST] and check_tree([tmp_path]) == []


def test_an_edit_elsewhere_keeps_the_kernel(tmp_path: Path) -> None:
    tree = rewrite(tmp_path, SOURCE, KERNEL)
    tree.edit("import numpy as np", "import numpy as np\nimport os")
    tree.path.write_text(tree.path.read_text() + "\n\nX = 1\n")
    assert run(tree) == [FAST] and check_tree([tmp_path]) == []
    tree.path.write_bytes(tree.path.read_bytes().replace(b"\n", b"\r\n"))
    assert run(tree) == [FAST] and check_tree([tmp_path]) == []


def test_an_edit_that_keeps_size_and_time_is_seen(tmp_path: Path) -> None:
    tree = rewrite(tmp_path, SOURCE, KERNEL)
    stat = tree.path.stat()
    tree.edit("s += x", "s -= x")
    os.utime(tree.path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert run(tree)[0] == "-3.0"


def test_a_reload_looks_again(tmp_path: Path) -> None:
    tree = rewrite(tmp_path, SOURCE, KERNEL)
    code = f"""
        import importlib, pathlib, sys, numpy as np
        sys.dont_write_bytecode = True
        import mod
        print(mod.total(np.ones(3)))
        path = pathlib.Path({str(tree.path)!r})
        text = path.read_text()
        for new in ("s += 2 * x", "s += x"):
            path.write_text(text.replace("s += x", new))
            importlib.reload(mod)
            print(mod.total(np.ones(3)))
    """
    out = [line for line in run(tree, code) if line[0] in "-0123456789"]
    assert out == [FAST, "6.0", FAST]


def test_a_hand_edited_kernel_file_is_reported_and_runs(tmp_path: Path) -> None:
    tree = rewrite(tmp_path, SOURCE, KERNEL)
    path = tree.kernels / "mod_numpy_fast_kernel.py"
    path.write_text(path.read_text().replace("-1.0", "-4.0"))
    assert run(tree) == ["-4.0"]
    found = check_tree([tmp_path])
    assert [(f.code, f.file) for f in found] == [("LW602", path)]


def test_new_kernels_in_the_same_second_are_the_ones_that_run(tmp_path: Path) -> None:
    """Bytecode is matched by size and whole seconds, which may be equal here."""
    for value in ("-1.0", "-2.0", "-3.0"):
        kernel = Kernel(**{**vars(KERNEL), "text": KERNEL.text.replace("-1.0", value)})
        assert run(rewrite(tmp_path, SOURCE, kernel)) == [value]


def test_text_that_is_run_elsewhere_runs_the_original(tmp_path: Path) -> None:
    tree = rewrite(tmp_path, SOURCE, KERNEL)
    (tmp_path / "main.py").write_text(f"import sys\nspace = {{'__file__': __file__}}\nif sys.argv[1:]:\n"
        f"    del space['__file__']\nexec(open({str(tree.path)!r}).read(), space)\n"
        "import numpy as np\nprint(space['total'](np.ones(3)))\n")  # fmt: skip
    assert run(tree, "import main") == [SLOW]
    out = run(tree, "import sys; sys.argv.append('x'); import main")
    assert SLOW in out and any("not used" in line for line in out)


def test_a_script_can_send_its_functions_to_other_processes(tmp_path: Path) -> None:
    source = SOURCE + (
        "\n\nif __name__ == '__main__':\n    import sys\n    from numba import cloudpickle\n"
        "    with open(sys.argv[1], 'wb') as file:\n        cloudpickle.dump(total, file)\n"
    )
    tree = rewrite(tmp_path, source, KERNEL)
    assert script_with(tree.path, "sent") == ""
    receive = "import pickle, numpy as np; print(pickle.load(open('sent', 'rb'))(np.ones(3)))"
    assert run(tree, receive, path=tmp_path / "nowhere") == [FAST]
    shutil.rmtree(tree.kernels)
    assert run(tree, receive, path=tmp_path / "nowhere") == [SLOW]


def script_with(path: Path, argument: str) -> str:
    command = [sys.executable, str(path), argument]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=path.parent, timeout=60, check=False
    )
    return done.stdout + done.stderr


def test_a_replaced_helper_is_noticed(tmp_path: Path) -> None:
    source = SOURCE.replace("s += x", "s += same(x)") + "\n\ndef same(x):\n    return x\n"
    tree = rewrite(tmp_path, source, Kernel(**{**vars(KERNEL), "helpers": ("same",)}))
    code = f"import mod; {USE}; mod.same = lambda x: 5.0; print(mod.total(np.ones(3)))"
    assert run(tree, code) == [FAST, "15.0"]


def test_an_overridden_method_is_noticed(tmp_path: Path) -> None:
    source = (
        "class C:\n    def one(self, x):\n        return x\n\n    def total(self, X):\n"
        "        s = 0.0\n        for x in X:\n            s += self.one(x)\n        return s\n"
    )
    kernel = Kernel(**{**vars(KERNEL), "where": "C.total", "helpers": ("C.one",)})
    tree = rewrite(tmp_path, source, kernel)
    code = """
        import mod, numpy as np
        class D(mod.C):
            def one(self, x): return 5.0
        class E(mod.C): pass
        for obj in (mod.C(), D(), E()):
            print(obj.total(np.ones(3)))
    """
    assert run(tree, code) == [FAST, "15.0", FAST]


def test_nothing_heavy_is_imported_with_the_module(tmp_path: Path) -> None:
    tree = rewrite(tmp_path, SOURCE, KERNEL)
    code = """
        import sys, numpy
        before = set(sys.modules)
        import mod
        print(sorted(m.partition(".")[0] for m in set(sys.modules) - before))
    """
    known = {
        "mod",
        "importlib",
        "warnings",
        "zlib",
        "threading",
        "__future__",
        f"_loopwright_{tmp_path.name}",
    }
    assert set(eval(run(tree, code)[0])) <= known


def test_installed_from_a_wheel(tmp_path: Path) -> None:
    project = tmp_path / "project"
    rewrite(project / "src", SOURCE, KERNEL, file="pkg/mod.py", packages=("pkg",))
    tree = rewrite(
        project / "src", SOURCE, KERNEL, file="pkg/sub/mod.py", packages=("pkg", "pkg/sub")
    )
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "pkg"\nversion = "1"\n[tool.setuptools.packages.find]\nwhere = ["src"]\n'
    )
    build = "import setuptools.build_meta as b; print(b.build_wheel('.'))"
    subprocess.run(
        [sys.executable, "-c", build], cwd=project, check=True, capture_output=True, timeout=120
    )
    site = tmp_path / "site"
    with zipfile.ZipFile(next(project.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    shutil.rmtree(project)
    for how in ("from pkg import mod", "from pkg.sub import mod"):
        assert run(tree, f"{how}; {USE}", cwd=tmp_path, path=site) == [FAST]


def test_pytest_collects_no_doctests_of_kernels(tmp_path: Path) -> None:
    tree = rewrite(tmp_path, SOURCE, KERNEL, file="pkg/mod.py", packages=("pkg",))
    (tmp_path / "pkg" / "_loopwright" / "mod_numpy_fast.py").write_text("import no_such_module\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    done = subprocess.run(
        [*command, "--doctest-modules", "--rootdir", str(tree.root), str(tree.root)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "no tests" in done.stdout and "error" not in done.stdout.lower(), done.stdout


NESTED = """\
def outer(X):
    def inner(x):
        s = 0.0
        for k in range(3):
            s += x
        return s

    total = 0.0
    for x in X:
        total += inner(x)
    return total, inner
"""
NESTED_KERNELS = (
    Kernel("outer", {"X": VEC}, "def fast(X):\n    return False\n", results=(FLOAT,), name="out"),
    Kernel("outer.inner", {"x": FLOAT}, "def fast(x):\n    return True, -1.0\n", results=(FLOAT,),
           name="inner"),
)  # fmt: skip


def test_a_function_inside_of_a_rewritten_one_is_rewritten_too(tmp_path: Path) -> None:
    tree = rewrite(tmp_path, NESTED, *NESTED_KERNELS)
    assert check_tree([tree.root]) == []
    assert run(tree, "import mod; print(mod.outer([1.0, 1.0, 1.0])[0])") == ["-3.0"]
    tree.edit("s += x", "s -= x")
    assert {finding.code for finding in check_tree([tree.root])} == {"LW601"}
    assert revert(tree.root) == [tree.path]
    assert tree.path.read_bytes() == tree.original.replace(b"s += x", b"s -= x")
