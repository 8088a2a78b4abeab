"""The lines that are inserted into the user's file: the import block, and the call of a kernel."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from loopwright.runtime.guarded import FOLDER, LOADER, loader_of
from loopwright.splice_text import DEFAULT_UNIT, Text

BEGIN = "# loopwright: begin"
MARK = "# loopwright: "
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


def block_row(tree: ast.Module, text: Text) -> tuple[int, bool]:
    """The row after which the block goes, and whether it follows an import or docstring.

    It comes after the imports at the top (with `try` or `if` around them or not), so before anything
    that may be called.
    """
    anchor: ast.stmt | None = None
    for at, stmt in enumerate(tree.body):
        if (at == 0 and is_docstring(stmt)) or _imports(stmt):
            anchor = stmt
        elif not _is_dunder(stmt):
            break
    if anchor is not None:
        return _end_row(tree, anchor), True
    return first_row(tree.body[0]) - 1, False


def is_docstring(stmt: ast.stmt) -> bool:
    match stmt:
        case ast.Expr(ast.Constant(value=str())):
            return True
        case _:
            return False


def first_row(stmt: ast.stmt) -> int:
    """The first row of a statement, decorators included."""
    decorators: list[ast.expr] = getattr(stmt, "decorator_list", [])
    return min([stmt.lineno, *(d.lineno for d in decorators)])


def last_row(stmt: ast.stmt) -> int:
    assert stmt.end_lineno is not None
    return stmt.end_lineno


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


def _end_row(tree: ast.Module, anchor: ast.stmt) -> int:
    """The last row of `anchor` and of what follows on its row."""
    row = last_row(anchor)
    for stmt in tree.body:
        if stmt.lineno == row:
            row = max(row, last_row(stmt))
    return row


def call_lines(
    base: str, head: str, call: tuple[str, Sequence[str]], tail: str, comment: str, width: int
) -> list[str]:
    """The `if` around a call, laid out as black does; the comment above it where the row is too long.

    `head` is `if not `, `if ` or `if (out := `, `tail` what follows the call's closing parenthesis.
    """
    function, args = call
    unit = DEFAULT_UNIT if "\t" not in base else "\t"
    line = f"{base}{head}{function}({', '.join(args)}){tail}"
    mark = f"{MARK}{comment}"
    if _fits(f"{line}  {mark}", width):
        return [f"{line}  {mark}"]
    above = [f"{base}{mark}"]
    if _fits(line, width):
        return [*above, line]
    if not tail.startswith(")"):
        return [*above, *_split_call(base, head + function, args, tail, unit, width)]
    inner = base + unit
    opened = head.removeprefix("if (")
    whole = f"{inner}{opened}{function}({', '.join(args)})"
    rows = (
        [whole]
        if _fits(whole, width)
        else _split_call(inner, opened + function, args, "", unit, width)
    )
    return [*above, f"{base}if (", *rows, f"{base}{tail}"]


def _split_call(
    base: str, opening: str, args: Sequence[str], tail: str, unit: str, width: int
) -> list[str]:
    inner = base + unit
    row = inner + ", ".join(args)
    rows = [row] if _fits(row, width) else [f"{inner}{arg}," for arg in args]
    return [f"{base}{opening}(", *rows, f"{base}){tail}"]


def unpack_lines(base: str, targets: Sequence[str], value: str, width: int) -> list[str]:
    """`a, b = value`, in parentheses over several rows where the row is too long."""
    line = f"{base}{', '.join(targets)} = {value}"
    if _fits(line, width) or len(targets) == 1:
        return [line]
    inner = base + (DEFAULT_UNIT if "\t" not in base else "\t")
    return [f"{base}(", *(f"{inner}{t}," for t in targets), f"{base}) = {value}"]


def _fits(line: str, width: int) -> bool:
    return len(line.expandtabs(4)) <= width
