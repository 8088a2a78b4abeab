"""Which regions are worth a compilation: small parts become large ones when the rest is faster."""

from __future__ import annotations

import json
from pathlib import Path

from loopwright.cli import main
from loopwright.diagnostics import NOWHERE
from loopwright.workload.store import RegionRecord
from loopwright.worth import Account

FILE = "m.py"


def seen(share: float) -> RegionRecord:
    return RegionRecord(FILE, "f", "d", 1, share, share, ())


def code(account: Account, share: float, name: str = "g", least: float = 0.01) -> str | None:
    refused = account.refusal(seen(share), NOWHERE, (FILE, name), least)
    return None if refused is None else refused.code


def test_a_small_region_is_cold_until_the_rest_is_fast() -> None:
    account = Account()
    assert code(account, 0.004) == "LW503"
    account.rewritten(seen(0.99), 200.0, (FILE, "f"), ())
    assert code(account, 0.004) is None
    assert code(account, 0.0004) == "LW503"


def test_the_refusal_says_what_is_left() -> None:
    account = Account()
    account.rewritten(seen(0.9), 1e9, (FILE, "f"), ())
    refused = account.refusal(seen(0.005), NOWHERE, (FILE, "g"), 0.01)
    assert refused is not None
    assert refused.why == "0.5% of the recorded time, 5% of what is left of it"


def test_a_function_whose_calls_are_all_in_kernels_needs_no_kernel() -> None:
    account = Account()
    account.rewritten(seen(0.9), 10.0, (FILE, "f"), ("g",))
    assert code(account, 0.89) == "LW506"
    assert code(account, 0.89, "h") is None


def test_a_function_that_is_mostly_called_from_elsewhere_gets_its_own_kernel() -> None:
    account = Account()
    account.rewritten(seen(0.04), 10.0, (FILE, "f"), ("g",))
    assert code(account, 0.85) is None


def test_time_inside_of_kernels_is_not_saved_twice() -> None:
    account = Account()
    account.rewritten(seen(0.4), 1e9, (FILE, "f"), ("g",))
    account.rewritten(seen(0.5), 1e9, (FILE, "g"), ())
    assert abs(account.remaining - 0.5) < 1e-6


PROGRAM = """\
import numpy as np


def spread(state):
    for i in range(1, len(state)):
        state[i] = 0.5 * (state[i] + state[i - 1])


def once(state):
    for _ in range(2):
        spread(state)


def often(state, log):
    for step in range(300):
        spread(state)
        log.append(f"{step}")
"""

RUN = """\
import sys
sys.path.insert(0, {folder!r})
import numpy as np
from mod import often, once
once(np.ones(2000))
often(np.ones(2000), [])
"""


def test_a_helper_of_one_kernel_is_compiled_for_its_other_callers(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "mod.py").write_text(PROGRAM)
    (tmp_path / "run.py").write_text(RUN.format(folder=str(source)))
    report = tmp_path / "report.json"
    options = ["--backend", "numba", "--min-share", "0", "--json", str(report)]
    command = ["optimize", str(source), "-o", str(tmp_path / "out")]
    assert main([*command, "--workload", f"python {tmp_path / 'run.py'}", *options]) == 0
    verdicts = {r["name"]: r["status"] for r in json.loads(report.read_text())["regions"]}
    assert verdicts["spread"] == "rewritten", verdicts


FITTED = """\
import numpy as np


def fit(x, rounds):
    start = np.ones(len(x)) / 2.0
    rows = [np.sort(x[k:]) for k in range(3)]
    kept = []
    for step in range(rounds):
        best = None if rows[step % 3][0] > 2.0 else (step, 1.0)
        kept.append(best)
        for i in range(len(x)):
            start[i] = 0.5 * (start[i] + x[i])
    return start, kept
"""


def test_a_loop_behind_code_that_is_not_covered_is_found(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "mod.py").write_text(FITTED)
    run = f"import sys\nsys.path.insert(0, {str(source)!r})\nimport numpy as np\nfrom mod import fit\n"
    (tmp_path / "run.py").write_text(run + "fit(np.ones(3000), 50)\n")
    report = tmp_path / "report.json"
    command = ["optimize", str(source), "-o", str(tmp_path / "out"), "--backend", "numba"]
    workload = f"python {tmp_path / 'run.py'}"
    assert main([*command, "--workload", workload, "--json", str(report)]) == 0
    verdicts = {r["line"]: r["status"] for r in json.loads(report.read_text())["regions"]}
    assert verdicts.get(11) == "rewritten", verdicts


HOLDER = """\
import numpy as np


class Descent:
    def __init__(self, params):
        self.params = params

    def step(self, grad):
        for i in range(len(self.params)):
            self.params[i] -= 0.01 * grad[i]


def fit(params, descent, rounds):
    total = 0.0
    for _ in range(rounds):
        total += float(np.sum(params))
        descent.step(2.0 * params)
    return params, total
"""


def test_an_array_that_an_object_holds_too_leaves_the_loop_to_the_method(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "mod.py").write_text(HOLDER)
    run = f"import sys\nsys.path.insert(0, {str(source)!r})\nimport numpy as np\nfrom mod import fit\n"
    (tmp_path / "run.py").write_text(
        run + "from mod import Descent\nx = np.ones(3000)\nfit(x, Descent(x), 50)\n"
    )
    report = tmp_path / "report.json"
    command = ["optimize", str(source), "-o", str(tmp_path / "out"), "--backend", "numba"]
    workload = f"python {tmp_path / 'run.py'}"
    assert main([*command, "--workload", workload, "--json", str(report)]) == 0
    regions = json.loads(report.read_text())["regions"]
    found = {r["name"]: (r["status"], r["code"]) for r in regions}
    assert found["Descent.step"][0] == "rewritten", found
    assert ("declined", "LW311") in found.values(), found
