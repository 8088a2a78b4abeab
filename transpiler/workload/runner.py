"""A script's own file under the recorder, with `__main__`, `sys.argv`, `sys.path[0]` as Python sets them."""

from __future__ import annotations

import builtins
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from loopwright.workload.hook import Hook, installed


def run_script() -> None:
    """Run the script that `sys.argv[1]` names as `__main__`, in the process that was started for it."""
    del sys.argv[0]
    file = sys.argv[0]
    main = sys.modules["__main__"]
    names = vars(main)
    names.clear()
    names.update(
        __name__="__main__",
        __doc__=None,
        __package__=None,
        __loader__=SourceFileLoader("__main__", file),
        __spec__=None,
        __annotations__={},
        __builtins__=builtins,
        __file__=file,
        __cached__=None,
    )
    if not sys.flags.safe_path:
        sys.path[0] = str(Path(file).resolve().parent)
    data = Path(file).read_bytes()
    hook = installed()
    code = hook.code(file, data) if hook is not None else None
    exec(code or compile(data, file, "exec", dont_inherit=True), names)


def follow_main(hook: Hook) -> None:
    """In a spawned child of multiprocessing: put probes into the parent's script when it is run again."""
    import runpy

    original: Any = runpy._get_code_from_file  # type: ignore[attr-defined]

    def with_probes(*arguments: str) -> Any:
        found = original(*arguments)
        file = arguments[-1]
        code: CodeType | None = hook.code(file, Path(file).read_bytes())
        if code is None:
            return found
        return (code, *found[1:]) if isinstance(found, tuple) else code

    runpy._get_code_from_file = with_probes  # type: ignore[attr-defined]
