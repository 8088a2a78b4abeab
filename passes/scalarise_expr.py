"""Expressions without array-level work: arrays become lazy, reductions become loops before the use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from loopwright.ir.intrinsics import TABLE
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Contract,
    Dim,
    Expr,
    Fancy,
    IndexItem,
    Load,
    Logic,
    Pt,
    Reduce,
    Reshape,
    Scan,
    Select,
    Store,
    Sym,
    Transpose,
    Unary,
    Var,
)
from loopwright.ir.types import Array, ListOf, Num, Py, is_scalar, kind_of
from loopwright.ir.walk import map_children, map_index, vars_of
from loopwright.passes.scalarise_arrays import whole_array
from loopwright.passes.scalarise_calls import elementwise_call
from loopwright.passes.scalarise_contract import Mode, contracted
from loopwright.passes.scalarise_counts import counted, scanned, step
from loopwright.passes.scalarise_index import (
    demand_positions,
    gathered,
    indexed,
    reshaped,
    transposed,
    unmasked_axes,
)
from loopwright.passes.scalarise_ints import ZERO, negated
from loopwright.passes.scalarise_lazy import (
    Index,
    Lazy,
    allocate,
    as_element,
    elementwise,
    full,
    held,
    materialise,
    may_not_fit,
    nest,
    of_variable,
    stored,
)
from loopwright.passes.scalarise_lists import list_reduced
from loopwright.passes.scalarise_reduce import arg_reduced, reduced, with_kept_axes
from loopwright.passes.scalarise_scope import Scope

_COST = {"truediv": 2, "floordiv": 4, "mod": 4, "pow": 10}
_POWERS = {2.0: "np.square", 0.5: "np.sqrt", -1.0: "np.reciprocal"}


@dataclass(slots=True)
class Values:
    """Rewrites expressions of one function. `lazies` are what is known of array variables here."""

    scope: Scope
    contract: Mode
    lazies: dict[Sym, Lazy] = field(default_factory=dict)

    # -------------------------------------------------------------- any value

    def value(self, expr: Expr) -> Expr:
        """The expression as a number, or as an array that exists in memory."""
        if isinstance(expr, Var):
            lazy = self.lazies.get(expr.sym)
            if lazy is None or lazy.storage is not None:
                return expr
        if self._is_plain_view(expr):
            return map_children(expr, self.value)
        if isinstance(expr.type, Array):
            storage = stored(self.scope, self.array(expr)).storage
            assert storage is not None
            return storage
        if is_scalar(expr.type):
            return self.number(expr)
        return map_children(expr, self.value)

    def _is_plain_view(self, expr: Expr) -> bool:
        """True for a part of an array that has a name and is not known as anything else."""
        match expr:
            case Load(Var(sym), index, Array()):
                fancy = any(isinstance(item, Fancy) for item in index)
                return sym not in self.lazies and not fancy
            case Transpose(Var(sym), _, _) | Reshape(Var(sym), _, _):
                return sym not in self.lazies
            case _:
                return False

    def number(self, expr: Expr) -> Expr:
        """A number without array-level work inside; what must come before is emitted."""
        match expr:
            case Logic(_, a, b, _):
                return self._logic(expr, self.number(a), b)
            case Select(cond, a, b, _):
                return self._select(expr, self.number(cond), a, b)
            case Dim(Var(sym), axis, _):
                return self.lazies[sym].shape[axis] if sym in self.lazies else expr
            case Dim(Load(x, (Fancy(by), *_) as index, _), axis, _) if unmasked_axes(index):
                return self._length_of_masked(self.array(x), self.array(by), axis)
            case Dim(x, axis, _) if isinstance(x.type, Array):
                return self.array(x).shape[axis]
            case Load(Var(sym), index, _) if sym not in self.lazies:
                return replace(expr, index=map_index(index, self.number))
            case Load(x, index, _) if isinstance(x.type, Array):
                points = map_index(index, self.number)
                return indexed(self.scope, self.array(x), points).at(())
            case Reduce(op, x, _, _, _) if isinstance(x.type, ListOf):
                assert is_scalar(expr.type) and isinstance(expr.type, (Py, Num))
                return list_reduced(self.scope, op, self.value(x), expr.type)
            case Reduce():
                found = self._reduced(expr)
                assert not isinstance(found, Lazy)
                return found
            case Contract(_, args, _):
                result = contracted(self.scope, expr, [self.array(x) for x in args], self.contract)
                assert not isinstance(result, Lazy)
                return result
            case _:
                return map_children(expr, self.value)

    def _logic(self, expr: Logic, a: Expr, right: Expr) -> Expr:
        with self.scope.guarded() as before:
            b = self.number(right)
        if not before:
            return replace(expr, a=a, b=b)
        found = self.scope.temp("test", Const(expr.op == "or", expr.type)).sym
        test = a if expr.op == "and" else negated(a)
        with self.scope.when(test):
            self.scope.out.extend(before)
            self.scope.emit(Assign(found, Cast(b, expr.type), self.scope.span))
        return Var(found)

    def _select(self, expr: Select, cond: Expr, left: Expr, right: Expr) -> Expr:
        with self.scope.guarded() as then:
            a = self.number(left)
        with self.scope.guarded() as orelse:
            b = self.number(right)
        if not then and not orelse:
            return replace(expr, cond=cond, a=a, b=b)
        found = self.scope.new("chosen", expr.type)
        with self.scope.when(cond) as other:
            self.scope.out.extend((*then, Assign(found, a, self.scope.span)))
            other.extend((*orelse, Assign(found, b, self.scope.span)))
        return Var(found)

    # ----------------------------------------------------------------- arrays

    def array(self, expr: Expr) -> Lazy:
        """An array-valued expression (or a list, as a source of elements) as a lazy array."""
        match expr:
            case Var(sym):
                return self.lazies.get(sym) or of_variable(sym)
            case Unary() | Binary() | Compare() | Cast() if isinstance(expr.type, Array):
                return self._operation(expr)
            case Call():
                return self._call(expr)
            case Load(x, index, _):
                return self._load(x, index)
            case Transpose(x, axes, _):
                return transposed(self.array(x), axes)
            case Reshape(x, shape, _):
                lengths = [self.number(d) for d in shape]
                return reshaped(self.scope, self.array(x), lengths)
            case Reduce():
                found = self._reduced(expr)
                assert isinstance(found, Lazy)
                return found
            case Scan(op, x, axis, Array(dtype, _, _)):
                return scanned(self.scope, op, self.array(x), axis, Num(dtype))
            case Contract(_, args, _):
                result = contracted(self.scope, expr, [self.array(x) for x in args], self.contract)
                assert isinstance(result, Lazy)
                return result
            case Alloc(shape, fill, Array(dtype, _, _)):
                return self._alloc(expr, shape, fill, Num(dtype))
            case _:
                var = self.scope.temp("array", map_children(expr, self.value))
                return of_variable(var.sym)

    def _alloc(self, expr: Alloc, shape: tuple[Expr, ...], fill: Expr | None, elem: Num) -> Lazy:
        lengths = tuple(self.scope.simple("n", self.number(d)) for d in shape)
        if fill is None:
            return held(self.scope.temp("new", replace(expr, shape=lengths)).sym, lengths)
        for d in lengths:
            self.scope.demand_length(d)
        value = self.number(fill)
        if value.type != elem:
            value = Cast(value, elem)
        return full(self.scope, lengths, value, elem)

    def _operation(self, expr: Unary | Binary | Compare | Cast) -> Lazy:
        assert isinstance(expr.type, Array)
        elem = Num(expr.type.dtype)
        match expr:
            case Unary(op, x, _):
                return self._zip([x], elem, lambda v: Unary(op, v[0], elem), 1)
            case Compare(compare_op, a, b, _):
                return self._zip([a, b], elem, lambda v: Compare(compare_op, v[0], v[1], elem), 1)
            case Cast(x, _):
                if isinstance(x.type, ListOf):
                    lazy = _of_list(self.array(x), elem)
                    return materialise(self.scope, lazy) if may_not_fit(x, elem) else lazy
                return self._zip([x], elem, lambda v: _converted(v[0], elem), 1)
            case Binary("pow", a, Const(int() | float() as power, _), _):
                return self._power(expr, a, float(power), elem)
            case Binary(binary_op, a, b, _):
                cost = _COST.get(binary_op, 1)
                return self._zip([a, b], elem, lambda v: Binary(binary_op, v[0], v[1], elem), cost)

    def _power(self, expr: Binary, a: Expr, power: float, elem: Num) -> Lazy:
        """`x ** 2` and its like are special in NumPy, and exact products there."""
        same = isinstance(a.type, Array) and a.type.dtype == elem.dtype
        name = _POWERS.get(power)
        if same and name is not None and (power == 2 or kind_of(elem.dtype) in "fc"):
            return self._zip([a], elem, lambda v: Call(name, (v[0],), elem), 2)
        return self._zip([a, expr.b], elem, lambda v: Binary("pow", v[0], v[1], elem), 10)

    def _zip(
        self, xs: Sequence[Expr], elem: Num, make: Callable[[list[Expr]], Expr], cost: int
    ) -> Lazy:
        operands: list[Lazy | Expr] = [self.operand(x) for x in xs]
        held = [x if isinstance(x, Lazy) else as_element(self.scope, x, elem) for x in operands]
        return elementwise(self.scope, held, elem, make, cost)

    def operand(self, expr: Expr) -> Lazy | Expr:
        """A lazy array or a number, by the type."""
        return self.array(expr) if isinstance(expr.type, Array) else self.number(expr)

    def _call(self, expr: Call) -> Lazy:
        assert isinstance(expr.type, Array)
        elem = Num(expr.type.dtype)
        fn = expr.fn
        if TABLE[fn].kind == "elementwise":
            return elementwise_call(self.scope, fn, [self.operand(x) for x in expr.args], elem)
        with self.scope.block() as before:
            found = whole_array(self.scope, fn, [self.operand(x) for x in expr.args], elem)
        if found is not None:
            self.scope.out.extend(before)
            return found
        args = tuple(self.value(x) for x in expr.args)
        return of_variable(self.scope.temp("array", replace(expr, args=args)).sym)

    def _reduced(self, expr: Reduce) -> Lazy | Expr:
        x = self.array(expr.x)
        assert isinstance(expr.type, (Num, Array))
        elem = Num(expr.type.dtype)
        if expr.op in ("argmin", "argmax"):
            axis = None if expr.axes is None else expr.axes[0]
            found = arg_reduced(self.scope, expr.op, x, axis, elem)
            axes = expr.axes
        else:
            axes = expr.axes
            found = reduced(self.scope, expr.op, x, axes, elem)
        if expr.keepdims:
            return with_kept_axes(found, x.ndim, axes)
        return found

    # --------------------------------------------------------------- indexing

    def _load(self, x: Expr, index: tuple[IndexItem, ...]) -> Lazy:
        source = self.array(x)
        if not any(isinstance(item, Fancy) for item in index):
            return indexed(self.scope, source, map_index(index, self.number))
        covered = unmasked_axes(index)
        if covered is not None:
            assert isinstance(index[0], Fancy)
            return self._masked(source, self.array(index[0].by), covered)
        items, arrays = self.positions(source, index)
        return gathered(self.scope, source, items, arrays)

    def positions(
        self, x: Lazy, index: Sequence[IndexItem]
    ) -> tuple[tuple[IndexItem, ...], dict[int, Lazy]]:
        """The index with numbers rewritten, and its index arrays; a mask as its positions."""
        arrays: dict[int, Lazy] = {}
        items: list[IndexItem] = []
        for k, item in enumerate(index):
            if not isinstance(item, Fancy):
                items.extend(map_index((item,), self.number))
                continue
            by = self.array(item.by)
            if kind_of(item.by.type.dtype) == "b":  # type: ignore[union-attr]
                if by.ndim > 1:
                    raise self.scope.decline("LW241", "a mask of several axes behind others")
                self.scope.demand_equal(by.shape[0], x.shape[k])
                places = whole_array(self.scope, "np.flatnonzero", [by], Num("int64"))
                assert places is not None
                arrays[k] = places
            else:
                arrays[k] = materialise(self.scope, by) if by.cost > 1 else by
                demand_positions(self.scope, arrays[k], x.shape[k])
            items.append(item)
        return tuple(items), arrays

    def mask(self, x: Lazy, mask: Lazy, covered: int) -> Lazy:
        """A mask over the first axes of `x`, cheap enough to be looked at twice; lengths checked."""
        for a, b in zip(mask.shape, x.shape[:covered], strict=True):
            self.scope.demand_equal(a, b)
        return materialise(self.scope, mask, "mask") if mask.cost > 1 else mask

    def _length_of_masked(self, x: Lazy, mask: Lazy, axis: int) -> Expr:
        mask = self.mask(x, mask, mask.ndim)
        return counted(self.scope, mask) if axis == 0 else x.shape[mask.ndim + axis - 1]

    def _masked(self, x: Lazy, mask: Lazy, covered: int) -> Lazy:
        mask = self.mask(x, mask, covered)
        x = materialise(self.scope, x) if x.cost > 10 else x
        shape = (counted(self.scope, mask), *x.shape[covered:])
        result = allocate(self.scope, shape, x.elem, "chosen")
        here = self.scope.temp("k", ZERO).sym

        def visit(index: Index) -> None:
            with self.scope.when(mask.at(index)):

                def store(rest: Index) -> None:
                    place = (Pt(Var(here)), *map(Pt, rest))
                    value = x.at((*index, *rest))
                    self.scope.emit(Store(result, place, value, self.scope.span))

                nest(self.scope, x.shape[covered:], store)
                step(self.scope, here)

        nest(self.scope, mask.shape, visit)
        return held(result, shape)

    # ------------------------------------------------------------------ state

    def forget(self, changed: set[Sym]) -> None:
        """Drop what was known of variables that are bound anew, and what depends on them."""
        if changed:
            self.lazies = {
                sym: lazy
                for sym, lazy in self.lazies.items()
                if sym not in changed and not depends(lazy) & changed
            }


def depends(x: Lazy) -> set[Sym]:
    """Symbols that the elements and the shape of `x` read."""
    dummy = tuple(ZERO for _ in x.shape)
    found = vars_of(x.at(dummy))
    for length in x.shape:
        found |= vars_of(length)
    return found if x.storage is None else found | vars_of(x.storage)


def _converted(value: Expr, elem: Num) -> Expr:
    return value if value.type == elem else Cast(value, elem)


def _of_list(x: Lazy, elem: Num) -> Lazy:
    return Lazy(x.shape, elem, lambda i: Cast(x.at(i), elem), 0, x.c_order)
