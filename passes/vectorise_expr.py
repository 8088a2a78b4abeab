"""Expressions for all iterations of a loop at once.

`lift` gives an expression with the batch axis first. Parts that are the same in all iterations stay as
they are and broadcast. Where Python's meaning differs from NumPy's element-wise one, `vectorise_numbers`
adds checks or refuses.

`mask` tells for which iterations the original evaluates the expression (all if None): what would fail
elsewhere does not count, and its value is not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loopwright.ir.intrinsics import intrinsic
from loopwright.ir.nodes import (
    Alloc,
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Contract,
    Dim,
    Expr,
    Load,
    Logic,
    NewAxis,
    Pt,
    Reduce,
    Reshape,
    Scan,
    Select,
    Slc,
    Transpose,
    Unary,
    Var,
)
from loopwright.ir.types import Array, ListOf, Num
from loopwright.ir.walk import subexprs
from loopwright.passes import vectorise_numbers as numbers
from loopwright.passes.vectorise_frame import (
    Frame,
    batched,
    both,
    converted,
    opposite,
    rank,
    spread,
)
from loopwright.passes.vectorise_place import load


@dataclass(frozen=True)
class Lifter:
    f: Frame
    mask: Expr | None = None

    def where(self, cond: Expr) -> Lifter:
        """The same for operands that are evaluated only where `cond` holds as well."""
        return Lifter(self.f, cond if self.mask is None else both(self.mask, cond))

    def __call__(self, e: Expr) -> Expr:
        f = self.f
        if not f.differs(e):
            return e
        new = self._lift(e)
        if not isinstance(new, (Var, Load, Transpose)):
            f.temporary = max(f.temporary, rank(new.type))
        return new

    def _lift(self, e: Expr) -> Expr:
        f = self.f
        match e:
            case Var(sym):
                return f.numbers() if sym is f.loop.sym else Var(f.twin[sym])
            case Unary(op, x, _):
                return Unary(op, numbers.operand(f, e, self(x)), batched(e.type))
            case Binary():
                return numbers.binary(f, e, *self.aligned((e.a, e.b)), mask=self.mask)
            case Compare(op, a, b, t):
                x, y = numbers.alike(f, (a, b), self.aligned((a, b)))
                return Compare(op, x, y, batched(t))
            case Logic(op, a, b, t):
                left = numbers.truth(self(a))
                more = left if op == "and" else opposite(left)
                right = numbers.truth(self.where(more)(b))
                return Binary(op, left, right, batched(t))
            case Select(cond, a, b, t):
                mask = numbers.truth(self(cond))
                x, y = self.where(mask)(a), self.where(opposite(mask))(b)
                return where(mask, x, y, batched(t))
            case Cast(x, t):
                if isinstance(t, Array):
                    return Cast(self(x), batched(t))
                return numbers.cast(f, e, self(x), mask=self.mask)
            case Call():
                return self._call(e)
            case _:
                return self._whole(e)

    def aligned(self, operands: Sequence[Expr]) -> tuple[Expr, ...]:
        """The lifted operands of an element-wise operation, with axes that broadcast as they did."""
        most = max(rank(e.type) for e in operands)
        out: list[Expr] = []
        for e in operands:
            new = self(e)
            out.append(spread(new, 1, most - rank(e.type)) if self.f.differs(e) else new)
        return tuple(out)

    def _call(self, e: Call) -> Expr:
        if intrinsic(e.fn).kind == "elementwise":
            if e.fn == "np.clip" and any(map(self.f.differs, e.args[1:])):
                # which takes another one of two equal zeros
                self.f.decline("LW250", "the bounds of np.clip differ between iterations")
            args = self.aligned(e.args)
            skip = 1 if e.fn == "np.where" else 0
            if len(args) > 1:
                args = (*args[:skip], *numbers.alike(self.f, e.args[skip:], args[skip:]))
            return Call(e.fn, args, batched(e.type))
        if intrinsic(e.fn).kind == "scalar":
            return numbers.call(self.f, e, tuple(map(self, e.args)), mask=self.mask)
        self.f.decline("LW250", f"{e.fn} takes whole arrays")

    def _whole(self, e: Expr) -> Expr:
        """Nodes that look at whole arrays: their axes move up by one."""
        f = self.f
        match e:
            case Load(x, index, _):
                if not f.differs(x):
                    return load(f, e, self)
                if any(self.f.differs(i.at) for i in index if isinstance(i, Pt)):
                    f.decline("LW250", "an index into an array that differs between iterations")
                items = (Slc(), *index)
                if any(not isinstance(i, (Pt, Slc, NewAxis)) for i in index) or any(
                    f.differs(b)
                    for i in index
                    if isinstance(i, Slc)
                    for b in (i.lo, i.hi, i.step)
                    if b is not None
                ):
                    f.decline("LW250", "the length of a slice differs between iterations")
                return Load(self(x), items, batched(e.type))
            case Dim(Var(sym), axis, t) if isinstance(sym.type, Array):
                return Dim(Var(f.twin[sym]), axis + 1, t)
            case Transpose(x, axes, t):
                return Transpose(self(x), (0, *(a + 1 for a in axes)), batched(t))
            case Reshape(x, shape, t) if not any(map(f.differs, shape)) and _known(shape):
                return Reshape(self(x), (f.trips(), *shape), batched(t))
            case Reduce():
                return self._reduce(e)
            case Scan(op, x, axis, t):
                if axis is None and rank(x.type) > 1:
                    f.decline("LW250", "a running sum of a flattened array")
                return Scan(op, self(x), 1 if axis is None else axis + 1, batched(t))
            case Contract():
                return self._contract(e)
            case Alloc(shape, _, t) if not any(map(f.differs, shape)) and isinstance(t, Array):
                return self.alloc(e)
            case _:
                f.decline("LW250", "an expression that differs between iterations")

    def alloc(self, e: Alloc) -> Expr:
        """A new array for each iteration."""
        f = self.f
        if e.fill is not None and f.differs(e.fill):
            f.decline("LW250", "an array filled with a value that differs between iterations")
        f.temporary = max(f.temporary, len(e.shape) + 1)
        return Alloc((f.trips(), *e.shape), e.fill, replace(batched(e.type), layout="C"))

    def _reduce(self, e: Reduce) -> Expr:
        f, t = self.f, e.x.type
        if isinstance(t, ListOf):
            f.decline("LW250", "a builtin that walks a list")
        axes = tuple(range(rank(t))) if e.axes is None else e.axes
        if e.op in ("argmin", "argmax") and len(axes) != 1:
            f.decline("LW250", f"{e.op} of a flattened array")
        x = self(e.x)
        if e.op in ("sum", "prod") and isinstance(e.type, (Num, Array)) and _strided(x):
            if e.type.dtype[0] in "fc":
                f.decline("LW250", "a sum that NumPy would add in another order")
        return Reduce(e.op, x, tuple(a + 1 for a in axes), e.keepdims, batched(e.type))

    def _contract(self, e: Contract) -> Expr:
        left, _, right = e.spec.partition("->")
        letter = next(c for c in "nmpqrstuvwxyzabcdefghijkl" if c not in e.spec)
        args = tuple(map(self, e.args))
        terms = [
            letter + term if self.f.differs(old) else term
            for term, old in zip(left.split(","), e.args, strict=True)
        ]
        return product(terms, letter + right, args, batched(e.type))


def product(terms: Sequence[str], out: str, args: Sequence[Expr], t: Array | Num) -> Contract:
    """A contraction, with transposed operands written into the letters."""
    plain: list[Expr] = []
    letters: list[str] = []
    for term, arg in zip(terms, args, strict=True):
        if isinstance(arg, Transpose):
            back = ["" for _ in arg.axes]
            for place, axis in enumerate(arg.axes):
                back[axis] = term[place]
            term, arg = "".join(back), arg.x
        letters.append(term)
        plain.append(arg)
    return Contract(f"{','.join(letters)}->{out}", tuple(plain), t)


def where(mask: Expr, a: Expr, b: Expr, t: Array) -> Expr:
    """`a` where the mask holds, else `b`; axes after the batch axis are added to the mask."""
    if isinstance(mask.type, Array):
        mask = spread(mask, mask.type.ndim, t.ndim - mask.type.ndim)
    sides = []
    for side in (a, b):
        if isinstance(side.type, Num) and side.type.dtype != t.dtype:
            side = Cast(side, Num(t.dtype))
        sides.append(converted(side, t.dtype))
    return Call("np.where", (mask, *sides), t)


def _known(shape: Sequence[Expr]) -> bool:
    return not any(isinstance(n, Const) and n.value == -1 for n in shape)


def _strided(x: Expr) -> bool:
    """Whether rows may not be contiguous, so that NumPy may not add along them pairwise."""
    return any(isinstance(e, Transpose) for e in subexprs(x)) or any(
        isinstance(e, Var)
        and isinstance(e.type, Array)
        and e.type.layout != "C"
        and rank(e.type) > 1
        for e in subexprs(x)
    )


def is_private_view(x: Expr) -> bool:
    """Whether the expression shows memory of a variable."""
    match x:
        case Var():
            return True
        case Load(y, _, _) | Transpose(y, _, _) | Reshape(y, _, _):
            return is_private_view(y)
        case Call("np.flip" | "np.real" | "np.imag" | "np.conj", args, _):
            return is_private_view(args[0])
        case _:
            return False
