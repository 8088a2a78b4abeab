"""The recorded process: imports of the user's modules get probes.

A generated `sitecustomize` calls `install` before the program starts, in the process itself and, through
PYTHONPATH, in every Python process that it starts. Modules that a loader of another class loads in its own
way (as pytest does with test files) are left to it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

from loopwright.frontend.own_tests import is_test

if TYPE_CHECKING:
    from loopwright.workload.probe import Recorder
    from loopwright.workload.probes import Probe

ELSEWHERE = "elsewhere"
"""A file beside the part files: modules that did not come from the sources, and where from, by rows."""
LOADED = "loaded"
"""The same for files that were loaded by other means than Python's own, and could not be recorded."""
_FOREIGN = frozenset(("site-packages", "dist-packages", "__pycache__", "_loopwright"))


class Hook:
    """Gives Python's own loader of source files code with probes for the modules below `roots`.

    What it takes to record is loaded with the first of these: many processes of a test suite have none.
    `folder` is for part files, and for code with probes, which is made once for all processes.
    """

    def __init__(self, roots: Sequence[Path], folder: Path) -> None:
        self._roots = tuple(roots)
        self._folder = folder
        self._recorder: Recorder | None = None
        self._seen: set[str] = set()

    def flush(self, after: Callable[[], None] | None = None) -> None:
        """Write what was recorded, if anything was, and call `after`."""
        with contextlib.suppress(Exception):  # it is but a hint
            self._note_oddities()
        if self._recorder is not None:
            self._recorder.flush(after=after)
        elif after is not None:
            after()

    def restart(self) -> None:
        """Forget what was recorded."""
        if self._recorder is not None:
            self._recorder.restart()

    def _note_oddities(self) -> None:
        """Tell of modules that the roots have and that came from another place, and of modules of the roots'
        that were loaded in another way."""
        rows: dict[str, list[str]] = {ELSEWHERE: [], LOADED: []}
        files = {str(root) for root in self._roots}
        folders = tuple(f"{root}{os.sep}" for root in self._roots)
        for name, module in list(sys.modules.items()):
            file, spec = getattr(module, "__file__", None), getattr(module, "__spec__", None)
            if not isinstance(file, str) or spec is None:
                continue
            if file not in files and not file.startswith(folders):
                if self._is_copy(name, file):
                    rows[ELSEWHERE].append(f"{name}\t{file}\n")
            elif file not in self._seen and self._recordable(file):
                rows[LOADED].append(f"{file}\t{type(spec.loader).__name__}\n")
        for place, lines in rows.items():
            if lines:
                with open(self._folder / place, "a", encoding="utf-8") as out:
                    out.writelines(lines)

    def _is_copy(self, name: str, file: str) -> bool:
        """Whether the module `name` from `file`, a path outside of the roots, is one that the roots have."""
        if "." in name or name in sys.stdlib_module_names:
            return False
        if not any(_has(root, name) for root in self._roots):
            return False
        real = Path(file).resolve()
        return not any(real.is_relative_to(root) for root in self._roots)

    def _recordable(self, file: str) -> bool:
        place = self.place(file)
        return place is not None and not is_test(Path(place))

    def place(self, file: str) -> str | None:
        """The path of `file` below a root, with slashes; None if it is not to be recorded."""
        try:
            real = Path(file).resolve()
        except OSError:
            return None
        if real.suffix not in (".py", ""):
            return None
        for root in self._roots:
            if real == root:
                return root.name
            if real.is_relative_to(root):
                inside = real.relative_to(root)
                foreign = any(p in _FOREIGN or p.startswith(".") for p in inside.parts)
                return None if foreign else inside.as_posix()
        return None

    def code(self, file: str, data: bytes) -> CodeType | None:
        """Code of the source file with probes; None if there is nothing to put probes on."""
        place = self.place(file)
        if place is None:
            return None
        import hashlib
        import marshal

        self._seen.add(file)
        try:
            key = hashlib.sha256(f"{file}\0".encode() + data).hexdigest()
            kept = self._folder / f"{key}.code"
            try:
                code, probes = marshal.loads(kept.read_bytes())
            except FileNotFoundError:
                code, probes = _with_probes(file, data, key) or (None, ())
                _keep(kept, marshal.dumps((code, probes)))
            if code is None:
                return None
            from loopwright.workload.probe import Recorder
            from loopwright.workload.probes import probes_of

            self._recorder = self._recorder or Recorder(self._folder)
            _PROBES[key] = (self._recorder, place, probes_of(probes))
        except Exception:
            # a file that we cannot follow runs as it is
            return None
        assert isinstance(code, CodeType)
        return code


def _has(root: Path, name: str) -> bool:
    """Whether `root` is or holds the top-level module `name`."""
    if root.is_file():
        return root.stem == name
    if (root / "__init__.py").is_file():
        return root.name == name
    folders = (root, root / "src")
    return any(
        (f / f"{name}.py").is_file() or (f / name / "__init__.py").is_file() for f in folders
    )


def _with_probes(file: str, data: bytes, key: str) -> tuple[CodeType, tuple[Any, ...]] | None:
    """The code with probes that `arm` knows by `key`, and the probes; None if there are none."""
    from loopwright.frontend.parse import decode_source, parse_text
    from loopwright.frontend.region import Module
    from loopwright.frontend.screen import screen
    from loopwright.workload.instrument import instrument
    from loopwright.workload.probes import plain_probes

    try:
        text = decode_source(data)
        module = parse_text(text, Path(file), Path(file).stem) if screen(text) else None
        if not isinstance(module, Module):
            return None
        changed = instrument(module, __name__, key)
        if not changed.probes:
            return None
        code = compile(changed.tree, file, "exec", dont_inherit=True)
        return code, plain_probes(changed.probes)
    except Exception:
        # what we cannot follow runs as it is; the answer is kept, so that no other process tries again
        return None


def _keep(file: Path, data: bytes) -> None:
    """Write a file that other processes may be reading or writing."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}")
    temporary.write_bytes(data)
    os.replace(temporary, file)


_PROBES: dict[str, tuple[Recorder, str, tuple[Probe, ...]]] = {}


def arm(key: str, names: dict[str, Any]) -> None:
    """Give the globals of an instrumented module what its probes use: the first thing that it does."""
    from loopwright.workload.probes import COUNTS, ENTER, LEAVE

    recorder, place, probes = _PROBES[key]
    names[COUNTS], names[ENTER], names[LEAVE] = recorder.register(place, probes, names)


def install(roots: Sequence[str], folder: str) -> Hook:
    """Start recording in this process; what it finds goes to a part file in `folder`."""
    global _installed
    _installed = hook = Hook([Path(r) for r in roots], Path(folder))
    _load_with(hook)
    atexit.register(hook.flush)
    os.register_at_fork(after_in_child=lambda: _forked(hook))
    _flush_on_terminate(hook)
    return hook


_installed: Hook | None = None


def installed() -> Hook | None:
    """What records this process, if anything does."""
    return _installed


def _load_with(hook: Hook) -> None:
    """Let modules be loaded with probes, however they are found; no bytecode is read or written for these.

    Loaders of other classes, such as pytest's for test files, go their own ways.
    """
    loader: Any = SourceFileLoader
    plain = loader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        if type(self) is SourceFileLoader:
            file = self.get_filename(fullname)
            code = hook.code(file, self.get_data(file)) if hook.place(file) is not None else None
            if code is not None:
                return code
        found: CodeType | None = plain(self, fullname)
        return found

    loader.get_code = get_code


def _forked(hook: Hook) -> None:
    hook.restart()
    # children of multiprocessing leave by os._exit, past atexit, but run its own finalizers
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.register_after_fork(hook, lambda kept: util.Finalize(kept, kept.flush, exitpriority=0))
    _flush_on_terminate(hook)
    _repeat_terminate()


_AGAIN = 0.05  # seconds


def _repeat_terminate() -> None:
    """In a forked child: make sure that our handler of SIGTERM comes to run.

    A pool ends its workers by SIGTERM while they wait in a semaphore. Python runs handlers between bytecodes:
    a signal that comes just before such a wait begins does not interrupt it, and is noticed never. The
    wakeup descriptor tells a thread of each signal at once; it sends SIGTERM again, into the wait.
    """
    ours = signal.getsignal(signal.SIGTERM)
    main = threading.main_thread()
    if threading.current_thread() is not main or getattr(ours, "__module__", None) != __name__:
        return
    assert main.ident is not None
    place = main.ident
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def send_again() -> None:
        while os.read(reader, 1) != bytes([signal.SIGTERM]):
            pass
        while signal.getsignal(signal.SIGTERM) is ours:
            time.sleep(_AGAIN)
            signal.pthread_kill(place, signal.SIGTERM)

    threading.Thread(target=send_again, daemon=True).start()


def _flush_on_terminate(hook: Hook) -> None:
    """Let SIGTERM write the part file before it ends the process as it would have."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        return

    def terminate(number: int, frame: FrameType | None) -> None:
        def die() -> None:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        hook.flush(after=die)

    signal.signal(signal.SIGTERM, terminate)
