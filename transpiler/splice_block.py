"""The lines that are inserted into the user's file: the import block, and the call of a kernel."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from loopwright.runtime.guarded import FOLDER, LOADER, loader_of

BEGIN = "# loopwright: begin"
MARK = "# loopwright: "
UNIT = "    "
BLANK_ROWS = 2
"""Blank rows that are inserted with the block: before it, or after it at the top of a file."""

_BLOCK = """\
{begin}. Finds the fast versions; `loopwright revert` takes all out.
def {loader}():
    import warnings
    from importlib.util import module_from_spec, spec_from_file_location
    from os.path import abspath, dirname, join

    folder = "{folder}"
    try:
        folder = join({parent}, folder)
        spec = spec_from_file_location("{folder}", join(folder, "__init__.py"))
        package = module_from_spec(spec)
        spec.loader.exec_module(package)
        return package.load("{module}", globals())
    except Exception as error:
        text = f"loopwright: {{folder}} is not used, the original code runs: {{error}}"
        once = warnings.onceregistry
        warnings.warn_explicit(text, RuntimeWarning, folder, 1, registry=once)
        return type("", (), {{"__getattr__": lambda *_: lambda *_: None}})()


{kernels} = {loader}()  # loopwright: end
"""


def import_block(module: str, up: int, loader: str, kernels: str) -> list[str]:
    """The lines, without line ends, that set `kernels`; the folder is `up` folders above the file's."""
    parent = "abspath(__file__)"
    for _ in range(up + 1):
        parent = f"dirname({parent})"
    return _BLOCK.format(
        begin=BEGIN, loader=loader, parent=parent, folder=FOLDER, module=module, kernels=kernels
    ).splitlines()


def block_home(tree: ast.Module) -> tuple[str, int, int] | None:
    """What the block in a rewritten file loads: the module's name, `up`, and the row of the block."""
    found = loader_of(tree)
    if found is None:
        return None
    up, module = -1, None
    for node in ast.walk(found[0]):
        match node:
            case ast.Call(ast.Name("dirname")):
                up += 1
            case ast.Call(ast.Attribute(_, "load"), [ast.Constant(str() as name), _]):
                module = name
    return None if module is None else (module, up, found[0].lineno)


def loader_name(taken: set[str]) -> str:
    return unique(LOADER, taken)


def unique(name: str, taken: set[str]) -> str:
    """`name`, with underscores appended until it is not `taken`."""
    while name in taken:
        name += "_"
    return name


def block_anchor(tree: ast.Module) -> ast.stmt | None:
    """The statement behind which the block goes; None for the top of the file.

    It comes after the imports at the top (with `try` or `if` around them or not), so before anything
    that may be called.
    """
    anchor: ast.stmt | None = None
    for at, stmt in enumerate(tree.body):
        if (at == 0 and is_docstring(stmt)) or _imports(stmt):
            anchor = stmt
        elif not _is_dunder(stmt):
            break
    return anchor


def is_docstring(stmt: ast.stmt) -> bool:
    match stmt:
        case ast.Expr(ast.Constant(value=str())):
            return True
        case _:
            return False


def _imports(stmt: ast.stmt) -> bool:
    if isinstance(stmt, (ast.Import, ast.ImportFrom)):
        return True
    if not isinstance(stmt, (ast.If, ast.Try, ast.With)):
        return False
    parts = list(ast.walk(stmt))
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    return any(isinstance(p, (ast.Import, ast.ImportFrom)) for p in parts) and not any(
        isinstance(p, definitions) for p in parts
    )


def _is_dunder(stmt: ast.stmt) -> bool:
    match stmt:
        case ast.Assign([ast.Name(name)]):
            return name.startswith("__") and name.endswith("__")
        case _:
            return False


@dataclass(frozen=True, slots=True)
class Layout:
    """How inserted rows are laid out: at most `width` columns, continued rows indented by `unit`."""

    width: int
    unit: str

    @staticmethod
    def within(base: str, width: int) -> Layout:
        """For rows that will be indented by `base`, of a file `width` columns wide."""
        return Layout(width - _columns(base), UNIT if "\t" not in base else "\t")

    def fits(self, line: str) -> bool:
        return _columns(line) <= self.width


def _columns(line: str) -> int:
    return len(line.expandtabs(4))


def call_lines(
    head: str, call: tuple[str, Sequence[str]], tail: str, comment: str, layout: Layout
) -> list[str]:
    """The `if` around a call, laid out as black does; the comment above it where the row is too long.

    `head` is `if not `, `if ` or `if (out := `, `tail` what follows the call's closing parenthesis.
    """
    function, args = call
    line = f"{head}{function}({', '.join(args)}){tail}"
    mark = f"{MARK}{comment}"
    if layout.fits(f"{line}  {mark}"):
        return [f"{line}  {mark}"]
    if layout.fits(line):
        return [mark, line]
    if not tail.startswith(")"):
        return [mark, *_split_call("", head + function, args, tail, layout)]
    inner, opened = layout.unit, head.removeprefix("if (")
    rows = [f"{inner}{opened}{function}({', '.join(args)})"]
    if not layout.fits(rows[0]):
        rows = _split_call(inner, opened + function, args, "", layout)
    return [mark, "if (", *rows, tail]


def _split_call(
    base: str, opening: str, args: Sequence[str], tail: str, layout: Layout
) -> list[str]:
    inner = base + layout.unit
    row = inner + ", ".join(args)
    rows = [row] if layout.fits(row) else [f"{inner}{arg}," for arg in args]
    return [f"{base}{opening}(", *rows, f"{base}){tail}"]


def unpack_lines(base: str, targets: Sequence[str], value: str, layout: Layout) -> list[str]:
    """`a, b = value`, in parentheses over several rows where the row is too long."""
    line = f"{base}{', '.join(targets)} = {value}"
    if layout.fits(line) or len(targets) == 1:
        return [line]
    return [f"{base}(", *(f"{base}{layout.unit}{t}," for t in targets), f"{base}) = {value}"]
