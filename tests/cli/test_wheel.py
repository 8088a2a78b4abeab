"""`loopwright wheel`: the kernels are in the wheel though the build backend does not know of them."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest
from small_tree import state
from splice.rewriting import Kernel, rewrite

from loopwright.cli import main
from loopwright.ir.types import FLOAT, Array

SOURCE = "def total(X):\n    s = 0.0\n    for x in X:\n        s += x\n    return s\n"
# The kernel tells that it ran by a result that the original would not give.
KERNEL = Kernel(
    "total", {"X": Array("float64", 1)}, "def fast(X):\n    return True, -1.0\n", rows=(0, 2),
    live_outs=("s",), results=(FLOAT,),
)  # fmt: skip
BUILD = (
    '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    '[project]\nname = "known"\nversion = "1"\n[tool.setuptools]\n'
)
BUILT = f"mod_cython_fast{EXTENSION_SUFFIXES[0]}"


def wheel(project: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code and what was said; the wheel is in `dist` beside the project."""
    output = str(project.parent / "dist")
    code = main(["wheel", str(project), "-o", output, "--no-build-isolation"])
    said = capsys.readouterr()
    return code, said.out, said.err


def installed(file: Path, site: Path, module: str) -> str:
    """What the kernel's function gives once pip has installed the wheel."""
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        site,
    ]
    subprocess.run([*map(str, pip), str(file)], check=True, timeout=120)
    code = f"import numpy as np\nfrom {module} import total\nprint(total(np.ones(3)))\n"
    command = [sys.executable, "-W", "error", "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_list_of_packages_does_not_leave_the_kernels_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "project"
    for file in ("src/known/low/mod.py", "src/unknown/mod.py"):
        top = file.split("/")[1]
        packages = ("known", "known/low") if top == "known" else (top,)
        rewrite(project / "src", SOURCE, KERNEL, file=file.removeprefix("src/"), packages=packages)
    (project / "src" / "known" / "_loopwright" / BUILT).write_bytes(b"\x7fELF")
    (project / "pyproject.toml").write_text(
        BUILD + 'packages = ["known", "known.low"]\npackage-dir = {"" = "src"}\n'
    )
    code, out, err = wheel(project, capsys)
    assert code == 1, err
    assert f"{project / 'src/unknown/mod.py'}: is not in the wheel" in err
    (file,) = (tmp_path / "dist").iterdir()
    assert out == f"{file}: 1 folder of kernels\n"
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert files[f"known/_loopwright/{BUILT}"] == b"\x7fELF"
    assert not any(name.startswith("unknown") for name in files)
    # an extension is for one platform, and so is the wheel then
    version = f"cp{sys.version_info.major}{sys.version_info.minor}"
    name, tag = file.name.removesuffix(".whl").split("-1-")
    assert name == "known" and tag.startswith(f"{version}-{version}-") and "any" not in tag
    assert f"\nTag: {tag}\n" in files["known-1.dist-info/WHEEL"].decode()
    rows = list(csv.reader(io.StringIO(files["known-1.dist-info/RECORD"].decode())))
    assert {row[0] for row in rows} == set(files) and len(rows) == len(files)
    for path, digest, size in rows:
        if digest:
            found = base64.urlsafe_b64encode(hashlib.sha256(files[path]).digest()).decode()
            assert digest == f"sha256={found.rstrip('=')}" and int(size) == len(files[path])
    shutil.rmtree(project)
    assert installed(file, tmp_path / "site", "known.low.mod") == "-1.0"


def test_a_module_that_is_in_no_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = tmp_path / "project"
    tree = rewrite(project, SOURCE, KERNEL)
    (project / "pyproject.toml").write_text(BUILD + 'py-modules = ["mod"]\n')
    # what builds leave behind is not taken for the source
    shutil.copytree(project, project / "build" / "lib")
    before = state(project)
    code, out, err = wheel(project, capsys)
    assert (code, err) == (0, "")
    assert state(project) == before
    (file,) = (tmp_path / "dist").iterdir()
    assert file.name == "known-1-py3-none-any.whl" and out == f"{file}: 1 folder of kernels\n"
    shutil.rmtree(tree.root)
    assert installed(file, tmp_path / "site", "mod") == "-1.0"


def test_what_cannot_be_built_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mod.py").write_text(SOURCE)
    assert main(["wheel", str(tmp_path)]) == 2
    assert "there are no kernels in it; run `loopwright optimize` first" in capsys.readouterr().err
    rewrite(tmp_path / "project", SOURCE, KERNEL)
    code, _, err = wheel(tmp_path / "project", capsys)
    assert code == 2 and "pip could not build a wheel of" in err and "setup.py" in err
    assert not (tmp_path / "dist").exists()
