"""Building rewritten trees by hand: real source, a real splice, kernels written for the test."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from loopwright.diagnostics import Declined, Span
from loopwright.emit.base import KernelSource
from loopwright.frontend.parse import decode_source, parse_text
from loopwright.frontend.region import Lowered, MethodUse, Module, Reference, Region
from loopwright.ir.domain import Domain, Group, Param
from loopwright.ir.nodes import (
    Assign,
    Check,
    Const,
    Draw,
    Func,
    Nothing,
    Pack,
    Program,
    Rebuild,
    Reduce,
    Refill,
    Return,
    Slc,
    Stmt,
    Store,
    Sym,
    Value,
    Var,
)
from loopwright.ir.types import B1, F64, INT, Array, ListOf, Ragged, Type
from loopwright.kernels import KernelEntry, Rewritten, kernels_home, write_kernels
from loopwright.splice import Placement, encode_like, splice

AT = Span(1, 0, 1, 0)
PRELUDE = "import numpy as np\n"


@dataclass
class Kernel:
    """What a test says about one region.

    `where` is a qualified function name; `rows` the statements of its body (None: the whole body).
    `text` defines `fast(...)`. `writes` are names of parameters. Results are types, rebuilt as they are.
    """

    where: str
    params: dict[str, Type]
    text: str
    rows: tuple[int, int] | None = None
    live_outs: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    results: tuple[Type, ...] = ()
    writes: tuple[str, ...] = ()
    rebuild: Rebuild | None = None
    refills: tuple[Refill, ...] = ()
    helpers: tuple[str, ...] = ()
    name: str = "fast"
    fails: bool = False
    comment: str = "numpy, tested, 9x"
    min_work: int = 0
    backend: str = "numpy"
    draws: str = ""
    sums: str = ""
    prelude: str = PRELUDE
    groups: tuple[Group, ...] = ()


def find(tree: ast.Module, qualname: str) -> tuple[ast.FunctionDef, ast.ClassDef | None]:
    body: list[ast.stmt] = tree.body
    owner = None
    for part in qualname.split("."):
        node = next(n for n in body if getattr(n, "name", None) == part)
        if isinstance(node, ast.ClassDef):
            owner = node
        assert isinstance(node, (ast.ClassDef, ast.FunctionDef))
        body = node.body
    assert isinstance(node, ast.FunctionDef)
    return node, owner


def lowered(module: Module, kernel: Kernel) -> Lowered:
    function, owner = find(module.tree, kernel.where)
    has_doc = ast.get_docstring(function) is not None
    first, last = kernel.rows or (int(has_doc), len(function.body))
    statements = tuple(function.body[first:last])
    end = statements[-1]
    region = Region(
        id=f"{kernel.where}/1",
        module=module,
        qualname=kernel.where,
        form="block" if kernel.rows else "body",
        function=function,
        owner=owner,
        statements=statements,
        live_ins=(),
        live_outs=kernel.live_outs,
        stores=kernel.stores,
        inner=(),
        span=Span(statements[0].lineno, 0, end.end_lineno or 0, 0),
    )
    params = tuple(p for path, t in kernel.params.items() for p in _params(path, t))
    domain = Domain(params, kernel.groups)
    reference = Reference("", "entry", domain.roots)
    methods = tuple(
        MethodUse("self", name.rpartition(".")[2], name) for name in kernel.helpers if "." in name
    )
    return Lowered(region, _program(kernel, params), domain, reference, kernel.helpers, methods)


def _params(path: str, t: Type) -> tuple[Param, ...]:
    one = Param(_name(path), path, t)
    return (
        (one, Param(f"{one.name}_bounds", path, t, bounds=True))
        if isinstance(t, Ragged)
        else (one,)
    )


def _name(path: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in path)


def _held(param: Param) -> Type:
    if not isinstance(param.type, Ragged):
        return param.type
    return ListOf(INT, 2) if param.bounds else param.type.rows


def _program(kernel: Kernel, params: tuple[Param, ...]) -> Program:
    held = [Sym(p.name, _held(p)) for p in params]
    syms = {p.path: s for p, s in zip(params, held, strict=True) if not p.bounds}
    body: list[Stmt] = []
    for path in kernel.writes:
        t = syms[path].type
        assert isinstance(t, (Array, ListOf))
        body.append(Store(syms[path], (Slc(),) * t.ndim, Const(0.0, F64), AT))
    if kernel.draws:
        body.append(Draw(Sym("d", F64), syms[kernel.draws], "random", (), AT))
    if kernel.fails:
        body.append(Check(Const(True, B1), "test", AT))
    if kernel.sums:
        total = Reduce("sum", Var(syms[kernel.sums]), None, False, F64)
        body.append(Assign(Sym("t", F64), total, AT))
    body.append(Return(tuple(Var(Sym(f"r{k}", t)) for k, t in enumerate(kernel.results)), AT))
    rebuild = kernel.rebuild
    if rebuild is None:
        values = tuple(Value(k, t) for k, t in enumerate(kernel.results))
        rebuild = Nothing() if not values else values[0] if len(values) == 1 else Pack(values)
    main = Func("fast", tuple(held), kernel.results, tuple(body), AT, "low")
    return Program(main, rebuild, (), kernel.refills)


@dataclass
class Tree:
    """A folder with one rewritten file."""

    root: Path
    path: Path
    original: bytes
    kernels: Path

    def run(
        self, code: str, *, cwd: Path | None = None, ok: bool = True, path: Path | None = None
    ) -> str:
        """Run `code` in a new process with `root` on the path; its output, warnings included."""
        env = {**os.environ, "PYTHONPATH": str(path or self.root), "PYTHONDONTWRITEBYTECODE": ""}
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)],
            capture_output=True,
            text=True,
            env=env,
            cwd=cwd or self.root,
            timeout=60,
            check=False,
        )
        assert (done.returncode == 0) == ok, done.stderr
        return done.stdout + done.stderr

    def edit(self, old: str, new: str) -> None:
        text = self.path.read_text()
        assert old in text
        self.path.write_text(text.replace(old, new, 1))


def rewrite(
    root: Path,
    source: str | bytes,
    *kernels: Kernel,
    file: str = "mod.py",
    packages: tuple[str, ...] = (),
) -> Tree:
    """Write `source` to `root/file` and rewrite it; `packages` are folders to make packages of."""
    data = textwrap.dedent(source).encode() if isinstance(source, str) else source
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    for package in packages:
        (root / package / "__init__.py").touch()
    path.write_bytes(data)
    module = module_of(data, path, root)
    lows = [lowered(module, kernel) for kernel in kernels]
    home = kernels_home(path, root)
    text = splice(
        module,
        [Placement(low, k.name, k.comment) for low, k in zip(lows, kernels, strict=True)],
        home,
    )
    assert isinstance(text, str), text
    rewritten = encode_like(text, data)
    entries = [entry(low, kernel) for low, kernel in zip(lows, kernels, strict=True)]
    file_shown = str(path.relative_to(home.folder.parent))
    write_kernels(home.folder, home.module, entries, Rewritten(file_shown, data, rewritten))
    path.write_bytes(rewritten)
    return Tree(root, path, data, home.folder)


def module_of(data: bytes, path: Path, root: Path) -> Module:
    name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    module = parse_text(decode_source(data), path, name)
    assert not isinstance(module, Declined)
    return module


def entry(low: Lowered, kernel: Kernel) -> KernelEntry:
    text = textwrap.dedent(kernel.text).replace("fast(", f"{kernel.name}_kernel(")
    source = KernelSource(f"{kernel.name}_kernel", text)
    return KernelEntry(
        lowered=low,
        name=kernel.name,
        backend=kernel.backend,
        program=low.program,
        source=source,
        min_work=kernel.min_work,
        comment=kernel.comment,
        prelude=kernel.prelude,
    )
