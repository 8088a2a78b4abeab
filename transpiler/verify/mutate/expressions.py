"""Mutation operators on expressions: each takes one and yields those that may stand in its place.

The names are those of the field (Offutt and others, An Experimental Determination of Sufficient Mutant
Operators, ACM TOSEM 1996), with what numeric code gets wrong besides: bounds, axes, dtypes, copies.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

ExpressionOperator = Callable[[ast.expr], Iterator[ast.expr]]

_RELATED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
_ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult, ast.LShift, ast.RShift)
_NARROWER = {
    "float64": "float32",
    "double": "float32",
    "int64": "int32",
    "intp": "int32",
    "uint64": "uint32",
    "complex128": "complex64",
    "float": "float32",
    "int": "int32",
    "complex": "complex64",
}
_ALLOCATES = frozenset({"zeros", "ones", "empty"})
_OTHERS = {
    "min": "max",
    "minimum": "maximum",
    "fmin": "fmax",
    "nanmin": "nanmax",
    "argmin": "argmax",
    "nanargmin": "nanargmax",
    "floor": "ceil",
    "any": "all",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "cumsum": "cumprod",
    "sin": "cos",
    "append": "appendleft",
    "pop": "popleft",
}
_OTHER = {**_OTHERS, **{new: old for old, new in _OTHERS.items()}}
_SIZES = frozenset({"abs", "fabs", "absolute"})
_COPIES = frozenset({"copy", "deepcopy", "array", "list", "asfortranarray", "ascontiguousarray"})


def bound_off_by_one(node: ast.expr) -> Iterator[ast.expr]:
    """The start, stop or step of a `range`, the ends of a slice, an index."""
    match node:
        case ast.Call(ast.Name("range"), args, []):
            for k, arg in enumerate(args):
                for other in _off_by_one(arg):
                    yield ast.Call(node.func, [*args[:k], other, *args[k + 1 :]], [])
        case ast.Subscript(value, ast.Tuple(elts), ctx):
            for k, part in enumerate(elts):
                for other in _moved(part):
                    moved = ast.Tuple([*elts[:k], other, *elts[k + 1 :]], ast.Load())
                    yield ast.Subscript(value, moved, ctx)
        case ast.Subscript(ast.Attribute(_, "shape") as value, ast.Constant(0), ctx):
            yield ast.Subscript(value, ast.Constant(1), ctx)
        case ast.Subscript(value, part, ctx):
            for other in _moved(part):
                yield ast.Subscript(value, other, ctx)


def _moved(part: ast.expr) -> Iterator[ast.expr]:
    match part:
        case ast.Slice(lower, upper, step):
            for other in () if lower is None else _off_by_one(lower):
                yield ast.Slice(other, upper, step)
            for other in () if upper is None else _off_by_one(upper):
                yield ast.Slice(lower, other, step)
            if lower is None and step is None:
                yield ast.Slice(ast.Constant(1), upper, step)
            if upper is None and step is None:
                yield ast.Slice(lower, ast.UnaryOp(ast.USub(), ast.Constant(1)), step)
        case ast.Starred() | ast.Constant(None | str() | bool()) | ast.Compare() | ast.BoolOp():
            return
        case _:
            yield from _off_by_one(part)


def _off_by_one(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Constant(bool() | str() | None):
            return
        case ast.Constant(int() as value):
            yield _number(value + 1)
            yield _number(value - 1)
        case _:
            yield ast.BinOp(node, ast.Add(), ast.Constant(1))
            yield ast.BinOp(node, ast.Sub(), ast.Constant(1))


def _number(value: int | float) -> ast.expr:
    """A number as it is written; so a negative one, too."""
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def relational_operator(node: ast.expr) -> Iterator[ast.expr]:
    """`<` for `<=`, and each comparison turned into its opposite."""
    if isinstance(node, ast.Compare):
        for k, op in enumerate(node.ops):
            for other in _RELATED[type(op)]:
                ops = [*node.ops[:k], other(), *node.ops[k + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)


def arithmetic_operator(node: ast.expr) -> Iterator[ast.expr]:
    """`+` for `-`, and so on."""
    if isinstance(node, ast.BinOp):
        yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)


def swapped_operands(node: ast.expr) -> Iterator[ast.expr]:
    """`b - a` for `a - b`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, _ORDERED):
        yield ast.BinOp(node.right, node.op, node.left)


def sign_is_lost(holder: ast.AST, node: ast.expr) -> bool:
    """Whether nothing but the size of the difference `node` is used: what holds it squares it, or takes its
    absolute value. `b - a` would be the same for real numbers."""
    match node, holder:
        case ast.BinOp(_, ast.Sub()), ast.BinOp(left, ast.Pow(), ast.Constant(int() as power)):
            return left is node and power % 2 == 0
        case ast.BinOp(_, ast.Sub()), ast.Call(ast.Name(name) | ast.Attribute(_, name), [_], []):
            return name in _SIZES
        case _:
            return False


def negation_removed(node: ast.expr) -> Iterator[ast.expr]:
    """`x` for `-x`, `not x` and `~x`."""
    match node:
        case ast.UnaryOp(_, ast.Constant(0)):
            return  # the sign of a zero is mostly free
        case ast.UnaryOp(_, operand):
            yield operand


def logical_operator(node: ast.expr) -> Iterator[ast.expr]:
    """`or` for `and`."""
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield ast.BoolOp(other, node.values)


def constant(node: ast.expr) -> Iterator[ast.expr]:
    """A number one more and one less, with the other sign; the other truth value."""
    match node:
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as value):
            yield ast.Constant(value + 1)
            yield _number(value - 1)
        case ast.Constant(float() as value):
            yield ast.Constant(value + 1.0)
            if value:
                yield _number(-value)
        case ast.Attribute(_, "inf"):
            yield ast.Constant(0.0)


def wrong_axis(node: ast.expr) -> Iterator[ast.expr]:
    """Another `axis`; a transposition left out."""
    match node:
        case ast.Call(_, _, keywords):
            for k, keyword in enumerate(keywords):
                match keyword:
                    case ast.keyword("axis", ast.Constant(int() as axis)):
                        yield _with_keyword(node, k, ast.Constant(0 if axis else 1))
                    case ast.keyword("axis", ast.UnaryOp(ast.USub(), ast.Constant(1))):
                        yield _with_keyword(node, k, ast.Constant(0))
        case ast.Attribute(value, "T", ast.Load()):
            yield value


def _with_keyword(call: ast.Call, k: int, value: ast.expr) -> ast.Call:
    keyword = ast.keyword(call.keywords[k].arg, value)
    keywords = [*call.keywords[:k], keyword, *call.keywords[k + 1 :]]
    return ast.Call(call.func, call.args, keywords)


def narrower_dtype(node: ast.expr) -> Iterator[ast.expr]:
    """Half the bits: in `np.float64`, in `dtype=float`, where an array is allocated without a dtype."""
    match node:
        case ast.Attribute(ast.Name("np" | "numpy") as value, attr, ctx) if attr in _NARROWER:
            yield ast.Attribute(value, _NARROWER[attr], ctx)
        case ast.Call(func, args, keywords):
            for k, keyword in enumerate(keywords):
                narrow = _narrow(keyword.value) if keyword.arg == "dtype" else None
                if narrow is not None:
                    yield _with_keyword(node, k, narrow)
            match func, args:
                case ast.Attribute(_, "astype"), [kind, *rest] if narrow := _narrow(kind):
                    yield ast.Call(func, [narrow, *rest], keywords)
                case ast.Attribute(ast.Name("np" | "numpy"), name), [_] if name in _ALLOCATES:
                    if not any(keyword.arg == "dtype" for keyword in keywords):
                        dtype = ast.keyword("dtype", ast.Constant("float32"))
                        yield ast.Call(func, args, [*keywords, dtype])


def _narrow(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.Name(name) | ast.Constant(str() as name) if name in _NARROWER:
            return ast.Constant(_NARROWER[name])
        case _:
            return None


def argument_dropped(node: ast.expr) -> Iterator[ast.expr]:
    """A call without one of its keywords: `keepdims`, `axis`, `initial`, ...; not False and None, which
    are what most are without it."""
    if isinstance(node, ast.Call):
        for k, keyword in enumerate(node.keywords):
            usual = isinstance(keyword.value, ast.Constant) and not keyword.value.value
            if keyword.arg is not None and not usual:
                keywords = [*node.keywords[:k], *node.keywords[k + 1 :]]
                yield ast.Call(node.func, node.args, keywords)


def other_function(node: ast.expr) -> Iterator[ast.expr]:
    """`max` for `min`, `ones` for `zeros`."""
    match node:
        case ast.Call(ast.Name(name, ctx), args, keywords) if name in _OTHER:
            yield ast.Call(ast.Name(_OTHER[name], ctx), args, keywords)
        case ast.Call(ast.Attribute(value, name, ctx), args, keywords) if name in _OTHER:
            yield ast.Call(ast.Attribute(value, _OTHER[name], ctx), args, keywords)


def copy_removed(node: ast.expr) -> Iterator[ast.expr]:
    """`x` for `x.copy()`, `np.array(x)`, `list(x)`, `x[:]`."""
    match node:
        case ast.Call(ast.Attribute(value, "copy"), [], []):
            yield value
        case ast.Call(ast.Name(name) | ast.Attribute(_, name), [value], _) if name in _COPIES:
            if not isinstance(value, ast.Starred):
                yield value
        case ast.Subscript(value, ast.Slice(None, None, None), ast.Load()):
            yield value


EXPRESSIONS: Sequence[ExpressionOperator] = (
    bound_off_by_one,
    relational_operator,
    arithmetic_operator,
    swapped_operands,
    negation_removed,
    logical_operator,
    constant,
    wrong_axis,
    narrower_dtype,
    argument_dropped,
    other_function,
    copy_removed,
)
