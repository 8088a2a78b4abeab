"""What random programs are made of: parameters, and templates of expressions.

A template stands for its text with an expression for each `<kind>`; the kinds of `NAMES` are variables.
"""

from __future__ import annotations

import re

PARAMETERS = {
    "n": "int",
    "k": "int",
    "p": "float",
    "b": "bool",
    "v": 'Annotated[NDArray[np.float64], "n"]',
    "w": 'Annotated[NDArray[np.float64], "n"]',
    "y": 'Annotated[NDArray[np.float64], "o"]',
    "s": 'Annotated[NDArray[np.float32], "n"]',
    "g": 'Annotated[NDArray[np.int64], "n"]',
    "u": 'Annotated[NDArray[np.uint8], "n"]',
    "h": 'Annotated[NDArray[np.bool_], "n"]',
    "a": 'Annotated[NDArray[np.float64], "n m"]',
    "c": 'Annotated[NDArray[np.float64], "n m"]',
    "q": 'Annotated[NDArray[np.int64], "n m"]',
    "e": "list[int]",
    "d": "list[float]",
}
HOLE = re.compile("<([a-z ]+)>")
NAMES = ("i", "j", "x", "v", "m", "h", "l", "v l", "e", "g", "helper")
GRAMMAR: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "int": (
        ("<i>", "<i>", "<i>", "0", "1", "2", "-1", "-3", "4"),
        (
            "<int> + <int>", "<int> - <int>", "(<int>) * <int>", "(<int>) // (<int>)",
            "(<int>) % (<int>)", "(<int>) % 3", "(<int>) // 2", "(<int>) >> 1", "((<int>) << 2)",
            "((<int>) & 7)", "((<int>) ^ (<int>))", "~(<int>)", "-(<int>)", "abs(<int>)",
            "min(<int>, <int>)", "max(<int>, <int>)", "(<int> if <cond> else <int>)",
            "(<int>) ** 2", "int(<number>)", "round(<number>)", "-7 // (<int>)", "len(<v l>)",
            "len(<v l>)", "<m>.shape[0]", "<m>.shape[1]", "<e>[<index>]", "<g>[<index>]",
            "int(<g>[<index>])", "math.floor(<number>)", "math.ceil(<number>)", "pow(<int>, 2)",
            "divmod(<int>, <int>)[0]", "(<int>) << (<int>)", "(<int>) | (<int>)", "(<int>) ** (<int>)",
            "sum(1 for z in <v l> if z > <i>)", "(<int> and <int>)", "(<int> or <int>)", "int(<cond>)",
        ),
    ),
    "index": (
        ("<j>", "<j>", "<j>", "<j>", "0", "-1"),
        ("<j>", "<j>", "<j>", "<j>", "<j> - 1", "<j> + 1", "-<j> - 1", "<j> // 2", "(<j>) % 3",
         "n - 1 - <j>", "2 * <j>", "<j> - <j>", "n - 1", "<int>"),
    ),
    "element": (
        ("<v l>[<index>]", "<v l>[<index>]", "<m>[<index>, <index>]", "<h>[<index>]", "n"),
        ("<v l>[<index>]", "<v l>[<index>]", "<m>[<index>, <index>]", "<h>[<index>]"),
    ),
    "number": (
        ("<x>", "<x>", "<element>", "<element>", "0", "1", "2.5", "-0.0", "0.5", "3", "True"),
        (
            "<number> + <number>", "<number> - <number>", "(<number>) * (<number>)",
            "(<number>) / (<number>)", "(<number>) // (<number>)", "(<number>) % (<number>)",
            "(<number>) ** 2", "(<number>) ** ((<int>) % 5 - 1)", "-(<number>)", "abs(<number>)",
            "min(<number>, <number>)", "max(<number>, <number>)", "max(<number>, 0.0)",
            "(<number> if <cond> else <number>)", "float(<number>)", "math.sqrt(<number>)",
            "np.sqrt(<number>)", "math.floor(<number>)", "int(<number>)", "bool(<number>)",
            "np.maximum(<number>, <number>)", "np.float32(<number>)", "np.sign(<number>)",
            "round(<number>)", "(<number> < <number>)", "math.copysign(<number>, <number>)",
            "<int>", "<int>", "<int>", "<element>", "<element>", "<element>", "<reduction>",
            "<reduction>", "<reduction>", "sum(<l>)", "max(<l>)", "min(<l>)", "float(len(<l>))",
            "sum(<l>[1:])", "sum(z * <i> for z in <l>)", "<helper>(<v>, <index>)",
            "<helper>(<v>, <index>)", "<helper>(<v>, <index>)",
            "np.clip(<number>, 0, 1)", "np.clip(<number>, <x>, 2.5)", "divmod(<number>, <number>)[1]",
            "pow(<number>, 2)", "any(z > <i> for z in <v l>)", "all(z > 0 for z in <v l>)",
            "np.minimum(<number>, <number>)", "sum(<l>, <number>)", "(<number> in <l>)",
            "math.fmod(<number>, <number>)", "math.hypot(<number>, <number>)", "np.mod(<number>, <x>)",
            "np.where(<cond>, <number>, <number>)", "max(<number>, <number>, <number>)",
            "(<number>) ** 0.5", "(<number>) ** (<number>)", "np.int32(<int>)", "np.floor(<number>)",
            "(<number> and <number>)", "(<number> or <number>)", "np.add(<number>, <number>)",
        ),
    ),
    "reduction": (("np.sum(<vector>)", "(<vector>).max()"), (
        *(f"np.{f}(<vector>)" for f in ("sum", "max", "min", "mean", "any", "argmax")),
        *(f"(<vector>).{f}()" for f in ("sum", "prod", "min", "all", "argmin")),
        "(<matrix>).sum()", "np.max(<matrix>)", "np.sum(<mask>)", "np.mean(<matrix>)",
    )),
    "cond": (
        ("<number> < <number>", "<number> == <number>", "<element> > 0", "<i> <= <i>"),
        (
            *(f"<number> {op} <number>" for op in ("<", "<=", ">", ">=", "==", "!=")),
            "0 <= <index> < <int>", "<number>", "not (<cond>)", "<cond> and <cond>",
            "<cond> or <cond>", "0 <= <i> and <i> < len(<v l>) and <v l>[<i>] > 1",
        ),
    ),
    "slice": (
        ("::-1", "1:", ":-1", "::2", ":"),
        ("::-1", "1:", ":-1", "::2", "2:", "-2:", ":3", "1:-1", "::-2", "<int>:", ":<int>"),
    ),
    "view": (
        ("<v>[<slice>]", "<m>[<index>]", "<m>[:, <index>]", "np.ones(n)"),
        ("<v>[<slice>]", "<v>[<slice>]", "<m>[<index>]", "<m>[:, <index>]", "<m>.T[<index>]",
         "<m>[<index>, <slice>]", "<m>[<slice>, <index>]"),
    ),
    "vector": (
        ("<v>", "<v>", "<view>", "<m>[0]", "np.arange(n)"),
        (
            *(f"(<vector>) {op} (<operand>)" for op in ("+", "-", "*", "/", "//", "%", "+", "*")),
            *(f"(<number>) {op} (<vector>)" for op in ("+", "-", "*", "/")),
            "-(<vector>)", "np.abs(<vector>)", "np.sqrt(<vector>)", "(<vector>) ** 2",
            "np.maximum(<vector>, <operand>)", "np.minimum(<vector>, <operand>)",
            "np.where(<mask>, <vector>, <operand>)", "np.clip(<vector>, 0, 1)",
            "(<vector>)[<mask>]", "(<vector>)[<slice>]", "np.cumsum(<vector>)", "(<vector>).copy()",
            "(<vector>).astype(np.float64)", "(<vector>).astype(np.int64)", "np.zeros(n)",
            "(<vector>).astype(np.float32)", "np.arange(n)", "np.full(n, <number>)",
            "np.ones(n, dtype=np.int64)", "np.array([<number>, <number>])",
            "np.zeros_like(<vector>)", "np.floor(<vector>)", "np.sort(<vector>)",
            "np.diff(<vector>)", "np.concatenate((<vector>, <vector>))", "(<vector>)[<g>]",
            "(<matrix>).sum(axis=0)", "(<matrix>).sum(axis=1)", "(<matrix>).max(axis=-1)",
            "(<matrix>).mean(axis=0)", "(<matrix>).min(axis=0)", "(<matrix>).argmax(axis=1)",
            "np.clip(<vector>, <vector>, <operand>)", "np.clip(<vector>, <number>, <number>)",
            "np.roll(<vector>, <int>)", "np.where(<mask>, <number>, <vector>)", "np.array(<l>)",
            "np.repeat(<vector>, 2)", "np.sign(<vector>) ** (<int>)", "np.mod(<vector>, <operand>)",
            "np.cumprod(<vector>)", "np.flip(<vector>)", "np.sign(<vector>)", "(<vector>) << 1",
            "np.round(<vector>, 1)", "np.argsort(<vector>, kind='stable')", "(<mask>) * <vector>",
            "(<vector>).astype(np.uint8)", "np.array([<number> for z in <l>])", "np.unique(<vector>)",
            "(<vector>) + <l>", "np.isfinite(<vector>)", "np.square(<vector>)", "np.trunc(<vector>)",
        ),
    ),
    "operand": (("<v>", "<x>", "<view>"), ("<vector>", "<number>", "<vector>")),
    "matrix": (
        ("<m>", "<m>", "<m>", "np.ones((n, 2))"),
        (
            *(f"(<matrix>) {op} (<matrix>)" for op in ("+", "-", "*", "/")),
            *(f"(<matrix>) {op} (<operand>)" for op in ("+", "-", "*", "//", "%")),
            "(<matrix>) * (<vector>)[:, None]", "(<vector>)[:, None] * (<vector>)", "(<matrix>).T",
            "(<matrix>)[::-1]", "(<matrix>)[:, ::-1]", "(<matrix>)[1:, :-1]", "np.abs(<matrix>)",
            "np.where((<matrix>) > 0, <matrix>, <operand>)", "(<matrix>)[:, <slice>]",
            "(<matrix>).copy()", "(<m>) - (<m>).mean(axis=0)", "np.zeros((n, 3))",
            "(<matrix>).max(axis=1, keepdims=True) * (<m>)", "np.minimum(<matrix>, <number>)",
            "np.clip(<matrix>, 0, <number>)", "(<matrix>)[<g>]", "np.outer(<vector>, <vector>)",
            "(<matrix>) ** 2", "np.cumsum(<matrix>, axis=0)", "np.sort(<matrix>, axis=0)",
            "np.vstack((<vector>, <vector>))", "np.stack((<v>, <v>), axis=1)", "(<matrix>).astype(int)",
        ),
    ),
    "mask": (
        ("(<v> > <number>)", "<h>", "((<vector>) != <x>)"),
        (*(f"((<vector>) {op} <number>)" for op in ("<", ">", "==", "<=")),
         "(<mask> & <mask>)", "(<mask> | <mask>)", "~<mask>", "<h>"),
    ),
}  # fmt: skip
"""For each kind of expression what stands at the leaves, and what else there is.

Levels are compared bit by bit, so what is drawn has one right answer: of arrays only signs are raised to
any power, because NumPy's powers of arrays and of numbers may differ in the last bit.
"""
