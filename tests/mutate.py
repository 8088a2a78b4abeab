"""Faults planted in the corpus against the verifier: `python tests/mutate.py --output mutate-output`.

Each program's kernel is compared with a copy of itself; then every mutant of the copy, or a sample of
`--most`, is tried on the inputs that the search kept and on inputs drawn for those that survive. What still
survives is verified against the program as a user would. A mutant that a person has read and found
equivalent is in `equivalent_mutants.json`, with the reason: by program, function and what it changes, with
the line where a function has several such changes (" in `...`", and ", number 2" for the second of two lines
that read alike). Programs that are in OUTPUT/mutants.json already are left out: a campaign that was stopped
goes on. Exit code 1 if the score is below 98 % of the mutants that are not equivalent.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from loopwright.verify.accuracy import make_judge
from loopwright.verify.case import Case
from loopwright.verify.engine import Plan
from loopwright.verify.function_job import FunctionJob
from loopwright.verify.functions import verify_functions
from loopwright.verify.mutate.mutants import Mutant
from loopwright.verify.mutate.trials import KILLED, MADE, SURVIVED, Trials
from loopwright.verify.pair import FunctionPair
from loopwright.verify.sandbox import Finished, in_fork
from loopwright.verify.search import Search

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.json")
WANTED = 0.98
SEARCH_SECONDS = 8.0
INPUTS = 1500
DRAWN = 300
AT_ONCE = 40
ATTEMPTS = 4
VERIFY_SECONDS = 60.0
LIMIT_SECONDS = 600.0


@dataclass(frozen=True)
class Row:
    """What became of the mutants of one program. `survived` names those that nobody has read."""

    program: str
    made: int
    killed: int
    equivalent: int
    survived: tuple[str, ...]
    seconds: float

    @property
    def counted(self) -> int:
        return self.made - self.equivalent

    @property
    def score(self) -> float:
        return self.killed / self.counted if self.counted else 1.0


def programs(names: Sequence[str]) -> list[Path]:
    """The corpus programs, all or those whose stem is in `names`."""
    return [p for p in sorted(CORPUS.glob("*/*.py")) if not names or p.stem in names]


def campaign(path: Path, most: int, seed: int) -> Row:
    """One program; in a process of its own."""
    begun = time.monotonic()
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")
    pair = _pair(path, seed)
    trials = Trials(
        pair, pair.mutable()[0], "bitwise", _kept(pair, seed), LIMIT_SECONDS,
        begun + LIMIT_SECONDS, seed, all=True,
    )  # fmt: skip
    mutants = trials.mutants
    fates: dict[Mutant, int] = {}
    for at in range(0, len(mutants), AT_ONCE):
        left = most - sum(fate in MADE for fate in fates.values())
        if left <= 0:
            break
        some = mutants[at : at + AT_ONCE]
        fates |= zip(some, trials.on_kept(some, left), strict=True)
    survivors = [m for m, fate in fates.items() if fate == SURVIVED]
    for at in range(0, len(survivors), AT_ONCE):
        some = survivors[at : at + AT_ONCE]
        fates |= {
            m: KILLED for m, fate in zip(some, trials.on_fresh(some, DRAWN), strict=True)
            if fate == KILLED
        }  # fmt: skip
    read = Read.of(path)
    for mutant in fates:
        unknown = fates[mutant] in MADE and fates[mutant] != KILLED and mutant not in read
        if unknown and _differs(path, trials, mutant, seed):
            fates[mutant] = KILLED
    return _row(read, fates, time.monotonic() - begun)


def _example(path: Path, seed: int) -> tuple[object, ...]:
    """Arguments of a program's kernel."""
    spec = importlib.util.spec_from_file_location(f"example_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    program: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    example: tuple[object, ...] = program.inputs(
        min(program.SIZES.values()), np.random.default_rng(seed)
    )
    return example


def _pair(path: Path, seed: int) -> FunctionPair:
    """The kernel of a program, loaded twice; its arguments are like those that `inputs` makes."""
    example = _example(path, seed)
    now, file = time.monotonic(), str(path)
    job = FunctionJob(
        file,
        "kernel",
        file,
        "kernel",
        "bitwise",
        (example,),
        None,
        None,
        INPUTS,
        seed,
        now,
        now + 1e9,
    )
    a, b = job.side(file, "kernel", "a"), job.side(file, "kernel", "b")
    source = path.read_text("utf-8")
    return job.pair(a, b, (source, source), [])


def _kept(pair: FunctionPair, seed: int) -> Sequence[Case]:
    """The inputs that a search for a difference keeps."""
    for attempt in range(ATTEMPTS):
        now = time.monotonic()
        plan = Plan(
            seed + attempt, now + 1.5 * SEARCH_SECONDS, now + SEARCH_SECONDS, most=INPUTS, tame=attempt > 0
        )  # fmt: skip
        end = in_fork(
            lambda board: Search(pair, make_judge("bitwise", pair), plan, board).run(),  # noqa: B023
            deadline=plan.deadline + 5.0,
            stuck_after=5.0,
        )
        if isinstance(end, Finished):
            kept: Sequence[Case] = end.value.kept
            return kept
    return pair.given()


def _differs(path: Path, trials: Trials, mutant: Mutant, seed: int) -> bool:
    """Whether the program with the mutant is told from the program by a verification of its own."""
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / path.name
        other.write_text(_mutated(path.read_text("utf-8"), trials, mutant), "utf-8")
        verdict = verify_functions(
            path, "kernel", other, "kernel", examples=[_example(path, seed)], inputs=INPUTS, seed=seed,
            time_limit=VERIFY_SECONDS,
        )  # fmt: skip
    return verdict.status == "different"


def _mutated(text: str, trials: Trials, mutant: Mutant) -> str:
    """The text of a program with one mutant in it."""
    holder = trials.sources[mutant.file].functions[mutant.owner][1]
    with mutant.edit.made():
        changed = ast.unparse(ast.Module([holder], []))
    lines = text.splitlines()
    before, behind = lines[: holder.lineno - 1], lines[holder.end_lineno :]
    return "\n".join([*before, changed, *behind]) + "\n"


@dataclass(frozen=True)
class Read:
    """The mutants of one program that a person has read; `lines` are those of its text."""

    program: str
    reasons: Mapping[str, Mapping[str, str]]
    lines: Sequence[str]

    @staticmethod
    def of(path: Path) -> Read:
        reasons = json.loads(EQUIVALENT.read_text("utf-8")).get(path.stem, {})
        return Read(path.stem, reasons, path.read_text("utf-8").splitlines())

    def __contains__(self, mutant: Mutant) -> bool:
        return not self.names(mutant).isdisjoint(self.reasons.get(mutant.owner[0], {}))

    def names(self, mutant: Mutant) -> set[str]:
        """What a reason may call a mutant."""
        what = mutant.edit.what
        text = self.lines[mutant.line - 1].strip()
        number = [line.strip() for line in self.lines[: mutant.line]].count(text)
        return {what, f"{what} in `{text}`", f"{what} in `{text}`, number {number}"}


def _row(read: Read, fates: dict[Mutant, int], seconds: float) -> Row:
    made = [m for m, fate in fates.items() if fate in MADE]
    alive = [m for m in made if fates[m] != KILLED]
    unread = [m for m in alive if m not in read]
    return Row(
        read.program, len(made), len(made) - len(alive), len(alive) - len(unread),
        tuple(f"{m} ({m.owner[0]})" for m in sorted(unread, key=lambda m: m.line)), round(seconds, 1),
    )  # fmt: skip


# ---------------------------------------------------------------------- report


def total(rows: Sequence[Row]) -> Row:
    """All programs together."""
    return Row(
        "total", sum(r.made for r in rows), sum(r.killed for r in rows),
        sum(r.equivalent for r in rows), tuple(s for r in rows for s in r.survived),
        round(sum(r.seconds for r in rows), 1),
    )  # fmt: skip


def report(rows: Sequence[Row]) -> str:
    """The rows as Markdown, then what survived."""
    lines = [
        "| program | mutants | killed | equivalent | survived | score | seconds |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in (*rows, total(rows)):
        lines.append(
            f"| {r.program} | {r.made} | {r.killed} | {r.equivalent} | {len(r.survived)} | "
            f"{r.score:.1%} | {r.seconds:.0f} |"
        )
    for r in rows:
        lines += ["", f"{r.program}:", "", *(f"- {each}" for each in r.survived)] * bool(r.survived)
    return "\n".join(lines) + "\n"


def read_rows(file: Path) -> list[Row]:
    """The rows of a campaign before."""
    if not file.exists():
        return []
    rows = json.loads(file.read_text("utf-8"))
    return [Row(**{**row, "survived": tuple(row["survived"])}) for row in rows]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--output", type=Path, default=ROOT / "mutate-output")
    parser.add_argument("--most", type=int, default=10**6, help="mutants of one program")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--again", action="store_true", help="forget what was found before")
    asked = parser.parse_args(arguments)
    asked.output.mkdir(parents=True, exist_ok=True)
    state = asked.output / "mutants.json"
    rows = [] if asked.again else read_rows(state)
    done = {row.program for row in rows}
    for path in programs(asked.names):
        if path.stem in done:
            continue
        with ProcessPoolExecutor(1) as pool:
            row = pool.submit(campaign, path, asked.most, asked.seed).result()
        rows.append(row)
        state.write_text(json.dumps([asdict(r) for r in rows], indent=1), "utf-8")
        print(report([row]).splitlines()[2], flush=True)
    text = report(rows)
    (asked.output / "mutants.md").write_text(text, "utf-8")
    print(text)
    return 0 if total(rows).score >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
