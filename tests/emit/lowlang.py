"""Low-level IR from a little Python: each name has the type of its first value, everything is checked.

Types in annotations: `f8`, `i8`, `b1`, `f4`, `rng`, arrays as `"f8[:, :]"`, several results as
`"f8[:], i8"`. Beside the statements of Python there are `check(cond)`, `fail()` and `prange`.
"""

from __future__ import annotations

import ast
import re

from loopwright.diagnostics import Span
from loopwright.ir.check import check
from loopwright.ir.draws import DISTRIBUTIONS
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Break,
    Call,
    Cast,
    Check,
    Compare,
    Const,
    Continue,
    Contract,
    Dim,
    Draw,
    Expr,
    Fail,
    For,
    Func,
    If,
    IndexItem,
    Invoke,
    Load,
    Logic,
    Nothing,
    Pack,
    Program,
    Pt,
    Rebuild,
    Reshape,
    Return,
    Select,
    Slc,
    Stmt,
    Store,
    Sym,
    Transpose,
    Unary,
    Value,
    Var,
    While,
)
from loopwright.ir.types import B1, F32, F64, I64, Array, Num, Rng, Type, element

SCALARS: dict[str, Num] = {"f8": F64, "i8": I64, "b1": B1, "f4": F32, "u1": Num("uint8")}
OPS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv",
    ast.Mod: "mod", ast.Pow: "pow", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor",
    ast.LShift: "lshift", ast.RShift: "rshift", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt",
    ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne", ast.USub: "neg", ast.Not: "not",
    ast.Invert: "invert",
}  # fmt: skip


def read(source: str) -> Program:
    """The program whose main function is the last of the text."""
    funcs: dict[str, Func] = {}
    for node in ast.parse(source).body:
        assert isinstance(node, ast.FunctionDef)
        funcs[node.name] = _Reader(funcs).func(node)
    *helpers, main = funcs.values()
    parts: tuple[Rebuild, ...] = tuple(Value(k, t) for k, t in enumerate(main.results))
    rebuild = Pack(parts) if len(parts) > 1 else parts[0] if parts else Nothing()
    program = Program(main, rebuild, tuple(helpers))
    check(program)
    return program


def types(text: str) -> tuple[Type, ...]:
    """The types in an annotation."""
    found: list[Type] = []
    for part in re.findall(r"\w+(?:\[[^\]]*\])?", text):
        name, _, axes = part.partition("[")
        if name == "rng":
            found.append(Rng())
        elif axes:
            found.append(Array(SCALARS[name].dtype, axes.count(":")))
        else:
            found.append(SCALARS[name])
    return tuple(found)


def _annotation(node: ast.expr | None) -> tuple[Type, ...]:
    if node is None:
        return ()
    return types(node.value if isinstance(node, ast.Constant) else ast.unparse(node))


class _Reader:
    def __init__(self, funcs: dict[str, Func]) -> None:
        self.funcs = funcs
        self.names: dict[str, Sym] = {}

    def func(self, node: ast.FunctionDef) -> Func:
        for arg in node.args.args:
            self.names[arg.arg] = Sym(arg.arg, _annotation(arg.annotation)[0])
        params = tuple(self.names.values())
        results = _annotation(node.returns)
        body = self.block(node.body)
        if not results and not (body and isinstance(body[-1], (Return, Fail))):
            body = (*body, Return((), self.span(node)))
        return Func(node.name, params, results, body, self.span(node), "low")

    def span(self, node: ast.stmt) -> Span:
        return Span(node.lineno, node.col_offset, node.lineno, node.col_offset + 1)

    def bind(self, name: str, t: Type) -> Sym:
        return self.names.setdefault(name, Sym(name, t))

    def block(self, body: list[ast.stmt]) -> tuple[Stmt, ...]:
        return tuple(self.stmt(s) for s in body)

    def stmt(self, node: ast.stmt) -> Stmt:
        at = self.span(node)
        match node:
            case ast.Assign(targets=[target], value=ast.Call(ast.Name(f), args)) if f in self.funcs:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                results = self.funcs[f].results
                bound = tuple(
                    self.bind(ast.unparse(n), t) for n, t in zip(names, results, strict=True)
                )
                return Invoke(bound, f, tuple(map(self.expr, args)), at)
            case ast.Assign([ast.Name(x)], ast.Call(ast.Attribute(ast.Name("rng"), method), args)):
                known = DISTRIBUTIONS.get(method)  # type: ignore[call-overload]
                t = Num(known.result) if known else I64
                given = tuple(map(self.expr, args))
                return Draw(self.bind(x, t), self.names["rng"], method, given, at)  # type: ignore[arg-type]
            case ast.Assign([ast.Name(x)], value):
                e = self.expr(value)
                return Assign(self.bind(x, e.type), e, at)
            case ast.Assign([ast.Subscript(ast.Name(x), index)], value):
                return Store(self.names[x], self.index(x, index), self.expr(value), at)
            case ast.For(ast.Name(x), ast.Call(ast.Name(maker), args), body, orelse):
                bounds = [self.expr(a) for a in args]
                if len(bounds) == 1:
                    bounds.insert(0, Const(0, I64))
                lo, hi, step = [*bounds, Const(1, I64)][:3]
                sym = self.bind(x, I64)
                inside = self.block(body), self.block(orelse)
                return For(sym, lo, hi, step, *inside, at, parallel=maker == "prange")
            case ast.While(cond, body, orelse):
                return While(self.expr(cond), self.block(body), self.block(orelse), at)
            case ast.If(cond, body, orelse):
                return If(self.expr(cond), self.block(body), self.block(orelse), at)
            case ast.Return(value):
                parts = value.elts if isinstance(value, ast.Tuple) else [value] if value else []
                return Return(tuple(map(self.expr, parts)), at)
            case ast.Break():
                return Break(at)
            case ast.Continue():
                return Continue(at)
            case ast.Expr(ast.Call(ast.Name("check"), [cond])):
                return Check(self.expr(cond), "the check fails", at)
            case ast.Expr(ast.Call(ast.Name("fail"), [])):
                return Fail("gives up", at)
            case ast.Expr(ast.Call(ast.Name(f), args)) if f in self.funcs:
                return Invoke((), f, tuple(map(self.expr, args)), at)
        raise SyntaxError(ast.unparse(node))

    def expr(self, node: ast.expr) -> Expr:
        match node:
            case ast.Constant(bool() as v):
                return Const(v, B1)
            case ast.Constant(int() as v):
                return Const(v, I64)
            case ast.Constant(float() as v):
                return Const(v, F64)
            case ast.Name(x):
                return Var(self.names[x])
            case ast.UnaryOp(ast.USub(), ast.Constant(int() as v)):
                return Const(-v, I64)
            case ast.UnaryOp(op, x):
                e = self.expr(x)
                return Unary(OPS[type(op)], e, e.type)  # type: ignore[arg-type]
            case ast.BinOp(a, op, b):
                left = self.expr(a)
                return Binary(OPS[type(op)], left, self.expr(b), left.type)  # type: ignore[arg-type]
            case ast.Compare(a, [op], [b]):
                return Compare(OPS[type(op)], self.expr(a), self.expr(b), B1)  # type: ignore[arg-type]
            case ast.BoolOp(op, [a, b]):
                word = "and" if isinstance(op, ast.And) else "or"
                return Logic(word, self.expr(a), self.expr(b), B1)  # type: ignore[arg-type]
            case ast.IfExp(cond, a, b):
                left = self.expr(a)
                return Select(self.expr(cond), left, self.expr(b), left.type)
            case ast.Subscript(ast.Attribute(x, "shape"), ast.Constant(int() as axis)):
                return Dim(self.expr(x), axis, I64)
            case ast.Subscript(ast.Name(x), index):
                return self.load(x, index)
            case ast.Attribute(x, "T"):
                e = self.expr(x)
                assert isinstance(e.type, Array)
                return Transpose(e, (1, 0), Array(e.type.dtype, 2, "F"))
            case ast.Call():
                return self.call(node)
        raise SyntaxError(ast.unparse(node))

    def index(self, x: str, node: ast.expr) -> tuple[IndexItem, ...]:
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        found: list[IndexItem] = []
        for part in parts:
            if isinstance(part, ast.Slice):
                bounds = (part.lower, part.upper, part.step)
                found.append(Slc(*(None if b is None else self.expr(b) for b in bounds)))
            else:
                found.append(Pt(self.expr(part)))
        t = self.names[x].type
        assert isinstance(t, Array)
        return (*found, *([Slc()] * (t.ndim - len(found))))

    def load(self, x: str, node: ast.expr) -> Expr:
        index, t = self.index(x, node), self.names[x].type
        assert isinstance(t, Array)
        kept = [n for n, item in enumerate(index) if isinstance(item, Slc)]
        if not kept:
            return Load(Var(self.names[x]), index, Num(t.dtype))
        rows = all(index[n] == Slc() for n in kept[1:]) and kept[-1] == t.ndim - 1
        first = index[kept[0]]
        plain = kept == list(range(kept[0], t.ndim)) and isinstance(first, Slc)
        whole = rows and plain and first.step is None  # type: ignore[union-attr]
        return Load(Var(self.names[x]), index, Array(t.dtype, len(kept), "C" if whole else "A"))

    def call(self, node: ast.Call) -> Expr:
        name, args = ast.unparse(node.func), node.args
        if name in SCALARS:
            return Cast(self.expr(args[0]), SCALARS[name])
        if name in ("empty", "zeros", "full"):
            shape = args[1].elts if isinstance(args[1], ast.Tuple) else [args[1]]
            scalar = SCALARS[ast.unparse(args[0])]
            zero = Const({"f": 0.0, "b": False}.get(scalar.dtype[0], 0), scalar)
            fill = {"empty": None, "zeros": zero}[name] if name != "full" else self.expr(args[2])
            return Alloc(tuple(map(self.expr, shape)), fill, Array(scalar.dtype, len(shape)))
        if name in ("minimum", "maximum"):
            left = self.expr(args[0])
            return Binary(name, left, self.expr(args[1]), left.type)  # type: ignore[arg-type]
        if name == "reshape":
            x = self.expr(args[0])
            assert isinstance(x.type, Array)
            sizes = tuple(map(self.expr, args[1:]))
            return Reshape(x, sizes, Array(x.type.dtype, len(sizes)))
        if name == "contract":
            spec = ast.literal_eval(args[0])
            given = tuple(map(self.expr, args[1:]))
            rank = len(spec.partition("->")[2])
            elem = element(given[0].type)
            assert isinstance(elem, Num)
            return Contract(spec, given, Array(elem.dtype, rank) if rank else elem)
        given = tuple(map(self.expr, args))
        truth = name.rpartition(".")[2] in ("isnan", "isinf", "add_ok", "sub_ok", "mul_ok")
        fixed = {"lw.trunc_int": I64, "np.searchsorted": I64}.get(
            name, B1 if truth else given[0].type
        )
        return Call(name, given, fixed)
