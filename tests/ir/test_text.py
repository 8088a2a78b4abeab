"""Python text: precedence, names, layout of blocks."""

from __future__ import annotations

import ast
import math
import random

import pytest

from loopwright.diagnostics import NOWHERE
from loopwright.ir import text
from loopwright.ir.nodes import Assign, Const, Func, Return, Sym, Var
from loopwright.ir.text import Code, Lines, literal, name_symbols
from loopwright.ir.types import INT


def random_tree(draw: random.Random, depth: int) -> tuple[Code, ast.expr]:
    """An expression printed with our precedences, and the tree that it must parse to."""
    if depth == 0:
        name = draw.choice("abc")
        return Code(name), ast.Name(name, ast.Load())
    (a, ta), (b, tb), (c, tc) = (random_tree(draw, depth - 1) for _ in range(3))
    binary = {"add": ast.Add(), "sub": ast.Sub(), "mul": ast.Mult(), "truediv": ast.Div(),
              "floordiv": ast.FloorDiv(), "mod": ast.Mod(), "pow": ast.Pow(),
              "matmul": ast.MatMult(), "and": ast.BitAnd(), "or": ast.BitOr(),
              "xor": ast.BitXor(), "lshift": ast.LShift(), "rshift": ast.RShift()}  # fmt: skip
    unary = {"neg": ast.USub(), "pos": ast.UAdd(), "invert": ast.Invert(), "not": ast.Not()}
    match draw.choice(["binary", "binary", "unary", "compare", "logic", "select", "call"]):
        case "binary":
            op = draw.choice(list(binary))
            return text.binary(op, a, b), ast.BinOp(ta, binary[op], tb)
        case "unary":
            op = draw.choice(list(unary))
            return text.unary(op, a), ast.UnaryOp(unary[op], ta)
        case "compare":
            return text.compare("lt", a, b), ast.Compare(ta, [ast.Lt()], [tb])
        case "logic":
            op = draw.choice(["and", "or"])
            joined = ast.BoolOp(ast.And() if op == "and" else ast.Or(), [ta, tb])
            return text.logic(op, a, b), joined
        case "select":
            return text.select(c, a, b), ast.IfExp(tc, ta, tb)
        case _:
            call = ast.Call(ast.Name("f", ast.Load()), [ta], [ast.keyword("k", tb)])
            return text.call("f", a, k=b, left_out=None), call


def flat(tree: ast.expr) -> str:
    """Chains of one boolean operator mean the same however they are grouped."""

    class Flatten(ast.NodeTransformer):
        def visit_BoolOp(self, node: ast.BoolOp) -> ast.BoolOp:
            self.generic_visit(node)
            values: list[ast.expr] = []
            for v in node.values:
                same = isinstance(v, ast.BoolOp) and type(v.op) is type(node.op)
                values.extend(v.values if same and isinstance(v, ast.BoolOp) else [v])
            return ast.BoolOp(node.op, values)

    return ast.dump(Flatten().visit(tree))


def test_text_parses_to_the_tree_it_was_made_from() -> None:
    draw = random.Random(7)
    for _ in range(500):
        code, tree = random_tree(draw, draw.randrange(1, 5))
        assert flat(ast.parse(code.text, mode="eval").body) == flat(tree), code.text


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (text.binary("sub", Code("a"), text.binary("sub", Code("b"), Code("c"))), "a - (b - c)"),
        (text.binary("sub", text.binary("sub", Code("a"), Code("b")), Code("c")), "a - b - c"),
        (text.binary("pow", literal(-2), literal(-2)), "(-2)**-2"),
        (text.unary("neg", text.binary("pow", Code("a"), literal(2))), "-a**2"),
        (text.logic("and", Code("a"), text.logic("and", Code("b"), Code("c"))), "a and b and c"),
        (text.unary("not", text.compare("lt", Code("a"), Code("b"))), "not a < b"),
    ],
)
def test_there_are_no_needless_parentheses(code: Code, shown: str) -> None:
    assert code.text == shown


@pytest.mark.parametrize(
    "value",
    [0.0, -0.0, math.inf, -math.inf, 5e-324, 0.1, 2**70, -1, True, None, 'a"\\\n', 1j, -0.0 - 1j],
)
def test_a_literal_is_exactly_its_value(value: float) -> None:
    assert repr(eval(literal(value).text, {"math": math})) == repr(value)
    assert eval(literal(math.nan).text, {"math": math}) != eval(literal(math.nan).text)


def test_blocks_nest_and_empty_ones_pass() -> None:
    lines = Lines()
    with lines.block("if a:"):
        with lines.block("while b:"):
            pass
        lines.add("c()", "")
    lines.add("d()")
    assert str(lines) == "if a:\n    while b:\n        pass\n    c()\n\nd()\n"


def test_names_are_distinct_valid_and_free() -> None:
    syms = [Sym(n, INT) for n in ("x", "x", "lambda", "np", "x_1", "a.b", "taken")]
    body = tuple(Assign(s, Const(1, INT), NOWHERE) for s in syms)
    func = Func("f", (), (INT,), (*body, Return((Var(syms[0]),), NOWHERE)), NOWHERE)
    names = name_symbols(func, {"taken"})
    assert [names[s] for s in syms] == ["x", "x_1", "lambda_1", "np_1", "x_1_1", "v", "taken_1"]
