"""A generated kernel as plain Python: decorators of Numba and Cython do nothing, nothing is compiled.

Functions that draw by Numba's parts are replaced by the interpreter's draws. Where the text does what else
only a compiled one can (machine integers that wrap around), the plain run disagrees with the original on
that input, and the input is left out.
"""

from __future__ import annotations
import __future__

import ast
import re
import types
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, get_args

from loopwright.ir.draws import DrawMethod
from loopwright.ir.interp_draws import draw_number
from loopwright.verify.case import Case
from loopwright.verify.engine import Run
from loopwright.verify.mutate.subject import Play, Subject
from loopwright.verify.reachable import reachable

_BACKENDS = ("numba", "cython", "numpy")
_MEMORY = re.compile(r"\b(\w+)\.base\b")
"""The array behind a memory view of Cython."""

_DIRECT = "from cython.cimports.loopwright.emit import door"
"""From here on a file of Cython tests plain arrays in C, for which there is no stand-in."""

_CIMPORTS = "cython.cimports.scipy"
"""What Cython's shadow of C modules cannot import; the Python module has the same functions."""
_NO_STAND_IN = (SyntaxError, ImportError, NameError, AttributeError, TypeError, KeyError)
"What the text of a kernel raises as plain Python if it uses a form of its compiler that has no stand-in."


def kernel_subject(dispatch: Any, play: Play) -> Subject | None:
    """The kernels beside the module of `dispatch`, which is made to call their plain form."""
    scope = dispatch.__globals__
    file = Path(scope["__file__"])
    plain: dict[str, dict[str, Any]] = {}
    functions: list[types.FunctionType] = []
    texts: dict[str, str] = {}
    for path in sorted(file.parent.glob(f"{file.stem}_*.py")):
        backend, _, kernel = path.stem.removeprefix(f"{file.stem}_").partition("_")
        if backend not in _BACKENDS or f"_{backend}" not in scope:
            continue
        text = _MEMORY.sub(r"np.asarray(\1)", path.read_text("utf-8").partition(_DIRECT)[0])
        try:
            found = _loaded(text, path)[kernel]
        except _NO_STAND_IN:
            return None
        plain.setdefault(backend, {})[kernel] = found
        functions += reachable(found).functions
        texts[str(path)] = text
    if not functions:
        return None
    raised = [False]

    def prepare() -> None:
        for backend, kernels in plain.items():
            noted = {name: _noting(function, raised) for name, function in kernels.items()}
            scope[f"_{backend}"] = types.SimpleNamespace(**noted)
            scope[f"_direct_{backend}"] = types.SimpleNamespace(**dict.fromkeys(kernels))

    def played(case: Case, limit: float, expected: Run) -> Run:
        raised[0] = False
        run = play(case, limit, expected)
        if raised[0]:  # the compiled form raises nothing: it would have read or written elsewhere
            run.accepted = False
            run.steps[0].outcome, run.steps[0].error = "raised", "what the kernel raised"
        return run

    return Subject(tuple(functions), texts, played, generated=True, prepare=prepare)


def _noting(function: Callable[..., Any], raised: list[bool]) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except Exception:
            raised[0] = True
            raise

    return call


def _loaded(text: str, path: Path) -> dict[str, Any]:
    """What the text of a kernel defines."""
    scope: dict[str, Any] = {
        "__name__": path.stem,
        "__file__": str(path),
        "njit": _undecorated,
        "prange": range,
    }
    tree = ast.parse(text)
    tree.body = [node for node in tree.body if not _is_numba(node)]
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_CIMPORTS):
            node.module = (node.module or "").removeprefix("cython.cimports.")
    flags = __future__.annotations.compiler_flag
    exec(compile(tree, str(path), "exec", flags=flags, dont_inherit=True), scope)
    for name in [n for n in scope if _method_of(n) in get_args(DrawMethod)]:
        scope[name] = partial(_drawn, _method_of(name))
    return scope


def _method_of(name: str) -> str:
    """What the function of that name draws by; "" if it is none that draws."""
    return name.rpartition("_draw_")[2] if "_draw_" in name else ""


def _drawn(method: Any, rng: Any, *args: Any) -> Any:
    return draw_number(rng, method, args)


def _is_numba(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "numba"


def _undecorated(*args: Any, **options: Any) -> Any:
    if args and callable(args[0]):
        return args[0]
    return lambda function: function
