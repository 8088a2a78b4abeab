"""The Python API: functions and trees."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import loopwright as lw

SOURCE = '''\
import numpy as np

GAIN = 2.0


def smooth(a, b, weight=0.5, *, shift=0):
    """Neighbours' mean."""
    for i in range(1, len(a) - 1):
        b[i + shift] = (a[i - 1] + a[i + 1]) * weight * GAIN
    return b


def make(k):
    def scaled(xs):
        s = 0.0
        for x in xs:
            s += k * x
        return s
    return scaled


def shown(xs):
    for x in xs:
        print(x)


def doubled(x: float) -> float:
    return x + x


def twice(x: float) -> float:
    return 2 * x


def square(x: float) -> float:
    return x * x
'''


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("programs")
    (folder / "lw_api_programs.py").write_text(SOURCE)
    sys.path.insert(0, str(folder))
    yield importlib.import_module("lw_api_programs")
    sys.path.remove(str(folder))
    del sys.modules["lw_api_programs"]


@pytest.fixture(scope="module")
def smooth(programs: ModuleType) -> lw.Optimized:
    a = np.random.default_rng(0).random(2000)
    return lw.optimize(programs.smooth, examples=[(a, np.zeros_like(a))], backend="numba")


def outcome(f: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[str, Any]:
    try:
        result = f(*args, **kwargs)
    except Exception as error:
        return type(error).__name__, str(error)
    return "result", result


def test_there_are_at_most_twelve_names_and_each_is_there() -> None:
    assert len(lw.__all__) <= 12
    assert all(callable(getattr(lw, name)) for name in lw.__all__)
    assert set(lw.__all__) <= set(dir(lw))
    with pytest.raises(AttributeError, match="no attribute 'optimise'"):
        _ = lw.optimise  # type: ignore[attr-defined]


def test_the_function_verify_is_not_hidden_by_its_package() -> None:
    program = (
        "import loopwright.verify.verdict, loopwright as lw; print(lw.verify.__name__, lw.verify)"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("verify <function")


def test_a_function_is_rewritten_with_evidence(smooth: lw.Optimized) -> None:
    assert smooth.rewritten
    assert smooth.evidence is not None and smooth.evidence.inputs > 0
    assert "rewritten, numba, proved, tested on" in smooth.explain()
    assert "_kernels.smooth(" in smooth.source
    assert smooth.__name__ == "smooth" and smooth.__doc__ == "Neighbours' mean."


def test_no_variant_that_keeps_every_bit_is_a_refusal(programs: ModuleType) -> None:
    example = (np.arange(9.0), np.zeros(9))
    made = lw.optimize(programs.smooth, examples=[example], accuracy="bitwise", backend="numpy")
    assert (made.result.status, made.result.code) == ("declined", "LW504")
    assert "order of floating-point" in made.result.reason


def test_the_kernel_itself_runs(smooth: lw.Optimized, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = np.arange(500.0), np.zeros(500)
    monkeypatch.setattr(smooth, "original", None)
    smooth(a, b)
    assert b[1:-1].tolist() == (2 * a[1:-1]).tolist()


CALLS: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "positional": lambda f: f(np.arange(9.0), np.zeros(9)),
    "by name": lambda f: f(b=np.zeros(9), a=np.arange(9.0)),
    "a default given": lambda f: f(np.arange(9.0), np.zeros(9), 0.25),
    "keyword only": lambda f: f(np.arange(9.0), np.zeros(9), shift=1),
    "lists": lambda f: f([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]),
    "other dtypes": lambda f: f(np.arange(9), np.zeros(9, np.float32)),
    "empty": lambda f: f(np.zeros(0), np.zeros(0)),
    "an index error": lambda f: f(np.arange(9.0), np.zeros(3)),
    "too few arguments": lambda f: f(np.arange(9.0)),
    "too many arguments": lambda f: f(1, 2, 3, 4),
    "an unknown name": lambda f: f(np.arange(9.0), np.zeros(9), shft=1),
    "an argument twice": lambda f: f(np.arange(9.0), np.zeros(9), a=1),
    "no arrays": lambda f: f(None, None),
}  # fmt: skip


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_calls_mean_the_same(
    call: Callable[[Callable[..., Any]], Any], programs: ModuleType, smooth: lw.Optimized
) -> None:
    (kind, expected), (got_kind, got) = outcome(call, programs.smooth), outcome(call, smooth)
    assert got_kind == kind
    assert type(got) is type(expected)
    np.testing.assert_equal(got, expected)


def test_a_global_is_read_at_each_call(
    programs: ModuleType, smooth: lw.Optimized, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "GAIN", 10.0)
    result = smooth(np.arange(5.0), np.zeros(5))
    assert result.tolist() == [0.0, 10.0, 20.0, 30.0, 0.0]


def test_a_result_that_is_an_argument_stays_that_object(smooth: lw.Optimized) -> None:
    b = np.zeros(9)
    assert smooth(np.arange(9.0), b) is b


def test_closures_are_read_and_two_functions_keep_apart(
    programs: ModuleType, smooth: lw.Optimized
) -> None:
    xs = np.random.default_rng(1).random(1000)
    f = programs.make(3.0)
    fast = lw.optimize(f, examples=[(xs,)], backend="numba")
    assert fast.rewritten, fast.explain()
    assert fast(xs) == pytest.approx(f(xs), rel=1e-14)  # added up in another order
    assert smooth(np.arange(3.0), np.zeros(3)).tolist() == [0.0, 2.0, 0.0]


def test_a_declined_function_runs_as_it_is(
    programs: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    f = lw.optimize(programs.shown, examples=[([1, 2],)])
    assert not f.rewritten and f.evidence is None
    f([1, 2])
    assert capsys.readouterr().out == "1\n2\n"
    assert "LW102" in f.explain()
    assert f.source == SOURCE


def test_without_examples_and_annotations_the_reason_is_told(programs: ModuleType) -> None:
    text = lw.optimize(programs.smooth).explain()
    assert "LW301" in text
    assert "the type of `a` is not known" in text
    assert "unlocks it: annotate `a`, or record a workload" in text


def test_an_optimized_function_can_be_a_method(programs: ModuleType) -> None:
    class Holder:
        first = lw.optimize(programs.shown)

    Holder.first([])
    with pytest.raises(TypeError, match="'Holder' object is not iterable"):
        Holder().first()  # `self` is handed over, as to a function


@pytest.mark.parametrize(
    "f",
    [len, np.sum, object, eval("lambda x: x")],
    ids=["builtin", "NumPy's", "class", "no source"],
)
def test_what_has_no_source_is_a_usage_error(f: Any) -> None:
    with pytest.raises(lw.UsageError):
        lw.optimize(f)


def test_an_example_that_does_not_fit_is_a_usage_error(programs: ModuleType) -> None:
    with pytest.raises(lw.UsageError, match="does not fit smooth"):
        lw.optimize(programs.smooth, examples=[(1,)])


def test_verify_tells_same_from_different(programs: ModuleType) -> None:
    assert lw.verify(programs.doubled, programs.twice, time_limit=20).status == "same"
    verdict = lw.verify(programs.doubled, programs.square, time_limit=20)
    assert verdict.status == "different"
    assert verdict.counterexample is not None
    closures = programs.make(1.0), programs.make(2.0)
    examples = [(np.arange(3.0),)]
    assert lw.verify(*closures, examples=examples, time_limit=20).status == "different"


def test_explain_of_a_folder(programs: ModuleType) -> None:
    report = lw.explain(Path(str(programs.__file__)).parent)
    assert ("shown", "declined") in [(r.name, r.status) for r in report.regions]


def test_a_recording_of_a_command(programs: ModuleType, tmp_path: Path) -> None:
    folder = Path(str(programs.__file__)).parent
    program = tmp_path / "run.py"
    program.write_text(
        f"import sys; sys.path.insert(0, {str(folder)!r})\n"
        "import lw_api_programs; print(lw_api_programs.make(2.0)([1.0, 2.0]))\n"
    )
    done = lw.trace(f"{sys.executable} {program}", tmp_path / "t.rec", sources=[folder])
    assert (done.exit_code, done.processes) == (0, 1)
    report = lw.explain(folder, trace=tmp_path / "t.rec")
    assert [r.status for r in report.regions if r.name.endswith("scaled")] == ["candidate"]
    with pytest.raises(lw.UsageError, match="no program nosuchprog"):
        lw.trace("nosuchprog", tmp_path / "t.rec")


def test_a_pipeline_writes_a_tree(tmp_path: Path) -> None:
    from loopwright.passes import Fuse

    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "m.py").write_text("def f(x):\n    for v in x:\n        print(v)\n")
    report = lw.Pipeline([Fuse()], backend="numba").run_tree(tmp_path / "src", out=tmp_path / "out")
    assert [r.status for r in report.regions] == ["declined"]
    assert (tmp_path / "out" / "m.py").read_text() == (tmp_path / "src" / "m.py").read_text()
    with pytest.raises(lw.UsageError, match="no backend fortran"):
        lw.Pipeline(backend="fortran").run_tree(tmp_path / "src", out=tmp_path / "out")


def squares(x: Any) -> float:
    total = 0.0
    for i in range(len(x)):
        for _ in range(3):
            total += float(x[i]) ** 2
    return total


def test_a_square_that_pow_may_round_otherwise_is_left_alone_where_every_bit_counts() -> None:
    assert sum(v**2 != v * v for v in np.random.default_rng(0).normal(size=20_000).tolist())
    exact = lw.optimize(squares, examples=[(np.ones(300),)], accuracy="bitwise", backend="numba")
    assert not exact.rewritten
    assert "pow" in exact.result.reason
