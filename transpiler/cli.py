"""The command line: parse arguments, run the command, return an exit code.

0 fine, 1 findings, 2 usage or input error, 3 undecided (`verify` only), 130 interrupted. Nothing heavy is
imported before the arguments are known to be good, so that `loopwright --help` is quick.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from loopwright.usage import UsageError

FINE, FINDINGS, USAGE, UNDECIDED = 0, 1, 2, 3
INTERRUPTED = 130

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; never raises for an error that is the user's to mend."""
    args = _parser().parse_args(argv)
    try:
        from loopwright.commands import COMMANDS

        code = COMMANDS[args.name](args)
        sys.stdout.flush()
        return code
    except UsageError as error:
        return _say(f"error: {error}", USAGE)
    except BrokenPipeError:
        # the reader of our output has seen enough; Python must not complain when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"error: {where}{error.strerror or error}", USAGE)
    except KeyboardInterrupt:
        return _say("interrupted; every file is as it was, or whole", INTERRUPTED)
    except Exception:
        import traceback

        traceback.print_exc()
        return _say("this is a defect of loopwright (LW901); please report the text above", USAGE)


def _say(text: str, code: int) -> int:
    print(f"loopwright: {text}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    from loopwright import __version__

    parser = argparse.ArgumentParser(
        prog="loopwright",
        description="A compiler from Python source to faster Python source, with evidence.",
        epilog="exit codes: 0 fine, 1 findings, 2 usage or input error, 3 undecided (verify only)",
    )
    parser.add_argument("--version", action="version", version=f"loopwright {__version__}")
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="name", required=True
    )
    _add_optimize(commands)
    _add_trace(commands)
    _add_explain(commands)
    _add_verify(commands)
    _add_tree_commands(commands)
    _add_tables(commands)
    _add_opt(commands)
    return parser


def _command(commands: Commands, name: str, about: str) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=about, description=about[:1].upper() + about[1:] + ".")


def _add_optimize(commands: Commands) -> None:
    p = _command(commands, "optimize", "write a faster copy of a source tree")
    p.add_argument("sources", nargs="+", type=Path, metavar="SRC", help="files or folders")
    where = p.add_mutually_exclusive_group(required=True)
    where.add_argument("-o", "--output", type=Path, metavar="OUT", help="folder for the new tree")
    where.add_argument("--in-place", action="store_true", help="rewrite the files themselves")
    where.add_argument("--diff", action="store_true", help="print what would change, write nothing")
    p.add_argument("--force", action="store_true", help="--in-place despite uncommitted changes")
    source = p.add_mutually_exclusive_group()
    source.add_argument("--workload", metavar="CMD", help="command that exercises the code")
    source.add_argument("--trace", type=Path, metavar="FILE", help="a recording made by `trace`")
    p.add_argument("--accuracy", metavar="A", help="bitwise, faithful (default) or rtol=X")
    p.add_argument(
        "--backend", choices=["auto", "numpy", "numba", "cython"], help="default: the fastest"
    )
    p.add_argument("--style", choices=["guarded", "inline"], help="form of the rewrite")
    p.add_argument("-j", "--jobs", type=int, metavar="N", help="processes (default: all cores)")
    p.add_argument("--executor", choices=["local"], default="local", help="where the work is done")
    p.add_argument(
        "--min-share", type=float, metavar="F",
        help="leave loops alone that took less of the recorded time (default: 0.01)",
    )  # fmt: skip
    p.add_argument("--time-limit", type=float, metavar="S", help="seconds for the whole command")
    p.add_argument(
        "--emit-tests", type=Path, metavar="DIR",
        help="write a pytest file for each rewritten region, to be kept as evidence",
    )  # fmt: skip
    p.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")


def _add_trace(commands: Commands) -> None:
    p = _command(commands, "trace", "record types, sizes and hot spots of a run")
    p.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the recording")
    p.add_argument(
        "--source", type=Path, action="append", metavar="SRC",
        help="what to record: files or folders (default: the current folder)",
    )  # fmt: skip
    p.add_argument("--time-limit", type=float, metavar="S", help="end the run after S seconds")
    p.add_argument(
        "command", nargs="+", metavar="CMD", help="after `--`: a script, -m module, or pytest"
    )


def _add_explain(commands: Commands) -> None:
    p = _command(commands, "explain", "the verdict on each loop; runs none of the code")
    p.add_argument("source", metavar="SRC[:LINE|:NAME]", help="a folder, a file, a place in a file")
    p.add_argument("--trace", type=Path, metavar="FILE", help="types and hot spots of a recording")
    p.add_argument("-j", "--jobs", type=int, metavar="N", help="processes (default: all cores)")
    p.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")


def _add_verify(commands: Commands) -> None:
    p = _command(commands, "verify", "look for an input on which two functions differ")
    p.add_argument("original", metavar="A.py:f")
    p.add_argument("candidate", metavar="B.py:g")
    level = p.add_mutually_exclusive_group()
    level.add_argument("--accuracy", metavar="A", help="bitwise (default), faithful or rtol=X")
    level.add_argument("--rtol", type=float, metavar="X", help="short for rtol=X; 0 is bitwise")
    p.add_argument("--trace", type=Path, metavar="FILE", help="take types from a recording")
    p.add_argument(
        "--examples", metavar="FILE|CALL",
        help="take types from calls: a Python file with calls or a list EXAMPLES, or 'f(3, [1.0])'",
    )  # fmt: skip
    p.add_argument(
        "--emit-test", type=Path, metavar="FILE",
        help="write a pytest file that compares the two (`-`: print it)",
    )  # fmt: skip
    p.add_argument(
        "--time-limit", type=float, default=60.0, metavar="S", help="answer within S seconds (60)"
    )
    p.add_argument("--json", type=Path, metavar="FILE", help="write the answer as JSON")


def _add_tree_commands(commands: Commands) -> None:
    p = _command(
        commands, "check", "find kernels that no longer match the code; runs none of the code"
    )
    p.add_argument("sources", nargs="*", type=Path, metavar="SRC", default=[Path()])
    p = _command(commands, "revert", "restore the original bytes of a rewritten tree")
    p.add_argument("source", type=Path, metavar="SRC")
    p = _command(commands, "build", "compile the Cython kernels of a rewritten tree again")
    p.add_argument("source", type=Path, metavar="SRC")
    kind = p.add_mutually_exclusive_group()
    kind.add_argument("--native", action="store_true", help="for this machine's CPU (default)")
    kind.add_argument("--portable", action="store_true", help="for any CPU of the architecture")
    p = _command(commands, "wheel", "build a wheel of a rewritten project, its kernels included")
    p.add_argument("source", type=Path, metavar="SRC", help="the folder that pip would build")
    p.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="DIR",
        default=Path(),
        help="default: the current folder",
    )
    p.add_argument(
        "--no-build-isolation", action="store_true", help="as of pip: build with what is installed"
    )


def _add_tables(commands: Commands) -> None:
    p = _command(commands, "why", "what a diagnostic code means")
    p.add_argument("code", metavar="LWnnn")
    p = _command(commands, "passes", "list the passes, or show one with its examples")
    p.add_argument("pass_name", nargs="?", metavar="NAME")
    _command(commands, "backends", "list the backends and what they lack")


def _add_opt(commands: Commands) -> None:
    p = _command(commands, "opt", "print the intermediate code of a file's annotated functions")
    p.add_argument("file", type=Path, metavar="FILE")
    p.add_argument("-p", "--passes", default="", metavar="PASSES", help="hoist,fuse,...")
    p.add_argument("--print-after", metavar="PASS", help="print after this pass only, or `all`")
    p.add_argument("--function", metavar="NAME", help="only this function")
    p.add_argument("--emit", choices=["numpy", "numba", "cython"], help="print a backend's source")
