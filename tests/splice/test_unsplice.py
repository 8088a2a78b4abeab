"""Taking insertions out, also after edits; reverting trees."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from loopwright.ir.types import FLOAT, Array
from loopwright.kernels import write_kernels
from loopwright.unsplice import revert, unsplice
from loopwright.usage import UsageError

from .rewriting import Kernel, Tree, rewrite

VEC = Array("float64", 1)
SOURCE = '''\
"""Doc."""

import numpy as np

K = 2


def first(X):
    """Doc."""
    total = 0.0
    for x in X:
        total += x
    return total


def second(X, Y):
    n = len(X)
    for i in range(n):
        Y[i] = X[i]  # copy
    # after
    s = 0.0
    for x in X:
        s += x
        # deeper
    return s
'''
KERNELS = (
    Kernel("first", {"X": VEC}, "def fast(X):\n    return True, 1.5\n", results=(FLOAT,), name="a"),
    Kernel("second", {"X": VEC, "Y": VEC}, "def fast(X, Y):\n    return True\n", rows=(1, 2),
           writes=("Y",), name="b"),
    Kernel("second", {"X": VEC}, "def fast(X):\n    return True, 2.5\n", rows=(2, 4),
           live_outs=("s",), results=(FLOAT,), name="c"),
)  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return rewrite(tmp_path, SOURCE, *KERNELS)


EDITS: dict[str, Callable[[str], str]] = {
    "nothing": lambda t: t,
    "a function added in front": lambda t: t.replace(
        "def first", "def zero(): ...\n\n\ndef first", 1
    ),
    "a comment in the loop": lambda t: t.replace("Y[i] = X[i]", "# why\n            Y[i] = X[i]"),
    "the loop": lambda t: t.replace("total += x", "total -= x"),
    "an import": lambda t: t.replace("import numpy as np", "import numpy as np\nimport os"),
    "a docstring added at the top": lambda t: "# new\n" + t,
    "the comment of a call lost": lambda t: t.replace("  # loopwright: numpy, tested, 9x", ""),
    "a call split": lambda t: t.replace(
        "_kernels.b(X, Y)", "_kernels.b(\n        X,\n        Y\n    )"
    ),
    "a variable renamed": lambda t: t.replace("second", "other"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_survives_and_the_insertions_do_not(tree: Tree, edit: Callable[[str], str]) -> None:
    result = unsplice(edit(tree.path.read_text()))
    compile(result, "mod.py", "exec")
    assert "_kernels" not in result and "loopwright" not in result
    wanted = edit(SOURCE).replace("            # why\n            Y", "        # why\n        Y")
    assert result == wanted.replace("# why\n            Y", "# why\n        Y")


def test_after_a_formatter(tree: Tree) -> None:
    tree.path.write_text(tree.path.read_text().replace("for x in X:", "for   x in X :"))
    subprocess.run([sys.executable, "-m", "black", "-q", str(tree.path)], check=True, timeout=60)
    assert unsplice(tree.path.read_text()) == SOURCE


UNTOUCHED = {
    "text without insertions": SOURCE,
    "text that is not Python": "# loopwright: begin\ndef f(:\n",
    "a block that is not ours": "# loopwright: begin\nx = 1\n",
    "nothing": "",
}


@pytest.mark.parametrize("text", UNTOUCHED.values(), ids=UNTOUCHED)
def test_other_text_comes_back_as_it_is(text: str) -> None:
    assert unsplice(text) == text


def test_a_call_beyond_recognition_keeps_the_block(tree: Tree) -> None:
    text = tree.path.read_text().replace(
        "if (_out := _kernels.c(X)) is None:", "if not (_kernels.c(X) or 0):"
    )
    text = text.replace("    else:\n        s = _out\n", "")
    result = unsplice(text)
    assert "_kernels.c(X)" in result and "_kernels.a(" not in result
    compile(result, "mod.py", "exec")


def test_revert_gives_back_bytes_mode_and_folder(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + SOURCE.replace("\n", "\r\n").encode()
    tree = rewrite(tmp_path, data, *KERNELS)
    tree.path.chmod(0o755)
    other = rewrite(tmp_path, SOURCE, *KERNELS, file="pkg/sub/deep.py", packages=("pkg", "pkg/sub"))
    tree.run("import mod, numpy as np; mod.first(np.zeros(3))")
    assert (tree.kernels / "__pycache__").exists()
    assert revert(tmp_path) == [tmp_path / "mod.py", tmp_path / "pkg/sub/deep.py"]
    assert tree.path.read_bytes() == data and tree.path.stat().st_mode & 0o777 == 0o755
    assert other.path.read_text() == SOURCE
    assert not tree.kernels.exists() and not other.kernels.exists()
    assert revert(tmp_path) == []


def test_revert_of_one_file_leaves_the_kernels_of_others(tmp_path: Path) -> None:
    one = rewrite(tmp_path, SOURCE, *KERNELS, file="one.py")
    two = rewrite(tmp_path, SOURCE, *KERNELS, file="two.py")
    assert revert(one.path) == [one.path]
    assert not list(one.kernels.glob("one*")) and (one.kernels / "two.py").exists()
    assert "2.5" in two.run("import two, numpy as np; print(two.second(np.ones(2), np.ones(2)))")
    revert([two.path])
    assert not two.kernels.exists()


def test_revert_removes_what_was_compiled_for_lists(tree: Tree) -> None:
    (tree.kernels / "runtime" / "natives.cpython-311-x86_64-linux-gnu.so").touch()
    revert(tree.root)
    assert not tree.kernels.exists()


def test_revert_keeps_files_of_others(tree: Tree) -> None:
    (tree.kernels / "notes.txt").write_text("mine")
    revert(tree.root)
    assert [p.name for p in tree.kernels.iterdir()] == ["notes.txt"]


def test_a_folder_of_that_name_that_is_not_ours_stays(tmp_path: Path) -> None:
    folder = tmp_path / "_loopwright"
    folder.mkdir()
    (folder / "manifest.json").write_text('{"tool": "another"}')
    assert revert(tmp_path) == [] and (folder / "manifest.json").exists()


def test_outputs_that_are_not_made_again_go(tree: Tree) -> None:
    from loopwright.kernels import Rewritten

    write_kernels(tree.kernels, "mod", [], Rewritten("mod.py", tree.original, tree.original))
    assert not (tree.kernels / "mod_numpy.py").exists() and (tree.kernels / "mod.py").exists()


STAYS: dict[str, Callable[[str], str]] = {
    "an else of an early return": lambda t: t.replace(
        "        return _out\n", "        return _out\n    else:\n        print(X)\n"
    ),
    "an elif": lambda t: t.replace(
        "    else:\n        s = _out\n", "    elif X:\n        s = _out\n"
    ),
    "a call on one row": lambda t: t.replace(
        "is not None:  # loopwright: numpy, tested, 9x\n        return", "is not None: return"
    ),
}


@pytest.mark.parametrize("edit", STAYS.values(), ids=STAYS)
def test_a_call_that_became_more_than_one_stays_with_the_block(
    tree: Tree, edit: Callable[[str], str]
) -> None:
    text = edit(tree.path.read_text())
    result = unsplice(text)
    compile(result, "mod.py", "exec")
    assert text != tree.path.read_text() and result != text
    assert result.count("_kernels.") == 1 and "def _load_kernels" in result


def test_what_was_written_into_the_import_block_stays(tree: Tree) -> None:
    text = tree.path.read_text().replace("\n\n_kernels = ", "\n\nHERE = 1  # mine\n_kernels = ")
    text = text.replace("def _load_kernels", "# about it\ndef _load_kernels")
    result = unsplice(text)
    assert "_kernels" not in result
    assert result.replace("# about it\n", "").replace("\n\nHERE = 1  # mine\n", "") == SOURCE


def test_a_comment_behind_the_loop_goes_where_it_was_written(tree: Tree) -> None:
    text = tree.path.read_text()
    deeper = text.replace(
        "    else:\n",
        "            # at the loop\n        # at the block\n    # at the else\n    else:\n",
    )
    wanted = SOURCE.replace(
        "        # deeper\n",
        "        # deeper\n        # at the loop\n    # at the block\n    # at the else\n",
    )
    assert text != deeper and unsplice(deeper) == wanted


def test_revert_names_the_file_that_libcst_cannot_read_any_more(tmp_path: Path) -> None:
    one = rewrite(tmp_path, SOURCE, *KERNELS, file="one.py")
    two = rewrite(tmp_path, SOURCE, *KERNELS, file="two.py")
    one.edit("K = 2", "(K): int = 2")
    edited = one.path.read_bytes()
    with pytest.raises(UsageError, match=r"one\.py: LW607 LibCST does not parse it"):
        revert(tmp_path)
    assert one.path.read_bytes() == edited and two.path.read_bytes() == two.original
    assert "2.5" in one.run("import one, numpy as np; print(one.second(np.ones(2), np.ones(2)))")
