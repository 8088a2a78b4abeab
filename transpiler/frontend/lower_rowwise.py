"""`np.apply_along_axis(f, axis, x)` of a function of the program that gives a number, a list of numbers or an
array for each row."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_args import array_of, constant_of, normal_axis
from loopwright.frontend.lower_create import of_list, of_rows
from loopwright.frontend.lower_joint_dtype import column_dtype
from loopwright.frontend.lower_list_index import whole
from loopwright.frontend.lower_listed import slice_of
from loopwright.frontend.lower_names import dim, transpose
from loopwright.frontend.lower_rows import to_columns
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Arr, Lst, Number, RaggedList, Value, integer, test
from loopwright.ir.nodes import Expr, Load, Pt, Slc
from loopwright.ir.types import INT, NONE

_ROW = "row#"


def apply_along_axis(cx: Scope, node: ast.Call) -> Value:
    if node.keywords or len(node.args) < 3 or not _is_told(node.args):
        decline(node, "LW102", "np.apply_along_axis is covered for a function and plain arguments")
    f, axis, array, *more = node.args
    x = array_of(cx, cx.eval(array), node)
    along = constant_of(cx.eval(axis), node, "axis")
    if x.type.ndim != 2 or not isinstance(along, int):
        decline(node, "LW102", "np.apply_along_axis is covered for matrices")
    across = 1 - normal_axis(along, 2, node)
    cx.check(test("gt", dim(x, across), integer(0)), "nothing to apply the function to")
    rows = cx.unit.plain_calls.setdefault((node, _ROW), _rows(node, f, array, more, across))
    listed = cx.eval(rows.args[0])
    if not isinstance(listed, Lst | RaggedList) or not _first_tells(cx, listed, node):
        decline(node, "LW102", "np.apply_along_axis is covered for functions that give numbers")
    if isinstance(listed, Lst):
        found = of_list(cx, listed, None, node)
    elif listed.dtype is not None and not listed.picked:
        to_columns(cx, listed)
    else:
        found = of_rows(cx, listed, None, node)
    assert isinstance(found, Arr)
    return transpose(found, (1, 0)) if across == 1 and found.type.ndim == 2 else found


def _first_tells(cx: Scope, listed: Lst | RaggedList, node: ast.AST) -> bool:
    """Whether the results are numbers or rows of them; the kernel gives up where those of the first row,
    which tell the dtype of all, are narrower than others may be."""
    items = listed.items if isinstance(listed, RaggedList) else listed
    if isinstance(items, Arr):
        return True
    elem = cx.unit.sites.element(items.site)
    match elem:
        case Number(_, types) if NONE not in types:
            end: Expr = integer(1)
            if isinstance(listed, RaggedList):
                end = Load(listed.bounds, (Pt(integer(1)),), INT)
            first = tuple(slice_of(c, Slc(None, end)) for c in whole(items).columns)
            column_dtype(cx, [elem], Lst(first, items.site, items.ndim, items.origins), None, node)
            return True
        case Arr(_, t, _):
            return t.ndim == 1
        case _:
            return False


def _is_told(args: list[ast.expr]) -> bool:
    """Whether evaluating the arguments again for each row changes nothing."""
    f, _, array, *more = args
    plain = all(isinstance(a, (ast.Name, ast.Constant)) for a in (array, *more))
    return plain and isinstance(f, (ast.Name, ast.Lambda, ast.Attribute))


def _rows(
    node: ast.Call, f: ast.expr, array: ast.expr, more: list[ast.expr], across: int
) -> ast.Call:
    """A call whose argument is `[f(row, ...) for row in array]`."""
    source = array if across == 0 else ast.Attribute(array, "T", ast.Load())
    called = ast.Call(f, [ast.Name(_ROW, ast.Load()), *more], [])
    each = ast.comprehension(ast.Name(_ROW, ast.Store()), source, [], 0)
    made = ast.Call(node.func, [ast.ListComp(called, [each])], [])
    return ast.fix_missing_locations(ast.copy_location(made, node))
