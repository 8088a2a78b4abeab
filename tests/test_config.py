"""`[tool.loopwright]`: the nearest pyproject.toml, then flags; what is not known is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from loopwright.config import Options, UsageError, load_options, parse_accuracy


def write(folder: Path, table: str) -> Path:
    (folder / "pyproject.toml").write_text(table)
    return folder


def test_the_table_is_read_and_flags_go_before_it(tmp_path: Path) -> None:
    write(
        tmp_path, '[tool.loopwright]\naccuracy = "bitwise"\nmin-share = 0\nexclude = ["tests/"]\n'
    )
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    options = load_options(below, {"accuracy": "rtol=1e-6", "backend": None})
    assert options.accuracy == "rtol=1e-6"
    assert (options.min_share, options.exclude) == (0.0, ("tests/",))
    assert options.backend == "auto"


def test_the_nearest_file_counts_alone(tmp_path: Path) -> None:
    write(tmp_path, '[tool.loopwright]\naccuracy = "bitwise"\n')
    (tmp_path / "inner").mkdir()
    assert load_options(write(tmp_path / "inner", "[project]\n"), {}) == Options()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[tool.loopwright]\nacuracy = 'bitwise'", "unknown key 'acuracy'.*did you mean 'accuracy'"),
        ("[tool.loopwright]\nmin_share = 0.5", "unknown key 'min_share'.*did you mean 'min-share'"),
        ("[tool.loopwright]\njobs = 'two'", "jobs: 'two' has the wrong type"),
        ("[tool.loopwright]\njobs = true", "jobs: True has the wrong type"),
        ("[tool.loopwright]\njobs = 1.5", "jobs: 1.5 has the wrong type"),
        ("[tool.loopwright]\nexclude = 'tests'", "exclude: a list of strings is expected"),
        ("[tool.loopwright]\nstyle = 'terse'", "style must be guarded or inline"),
        ("[tool.loopwright]\ntime-limit = -1", "time-limit must be more than 0"),
        ("[tool.loopwright]\nmin-speedup = 0", "min-speedup must be more than 0"),
        ("[tool.loopwright]\naccuracy = 'rtol=no'", "accuracy must be"),
        ("[tool]\nloopwright = 1", "must be a table"),
        ("tool = 1", "must be a table"),
        ("[tool.loopwright", "pyproject.toml"),
    ],
    ids=[
        "a slip of a key", "a key as in Python", "a text for a number", "a bool for a number",
        "half a job", "a text for a list", "a style that is none", "negative time",
        "no speed-up", "a tolerance that is no number", "no table", "tool is no table", "not TOML",
    ],
)  # fmt: skip
def test_a_mistake_is_named(table: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said):
        load_options(write(tmp_path, table), {})


@pytest.mark.parametrize(
    "text", ["", "exact", "rtol", "rtol=", "rtol=0", "rtol=1", "rtol=nan", "x=0.1"]
)
def test_no_accuracy(text: str) -> None:
    with pytest.raises(UsageError, match="accuracy must be"):
        parse_accuracy(text)


def test_accuracies() -> None:
    assert parse_accuracy("bitwise") == ("bitwise", 0.0)
    assert parse_accuracy("faithful") == ("faithful", 0.0)
    assert parse_accuracy("rtol=1e-6") == ("rtol", 1e-6)
