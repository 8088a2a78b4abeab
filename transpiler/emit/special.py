"""Functions of `scipy.special`: how kernels get at SciPy's own C functions.

`scipy.special.cython_special` exports the functions that the ufuncs of `scipy.special` call for each element,
so the results have the same bits. Cython imports them. Numba calls them by a symbol whose address is looked
up when the kernel is loaded, and keeps its cache of machine code that way; a function of the same name in
Python serves where the text runs uncompiled.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

from loopwright.emit.flow import functions
from loopwright.ir.intrinsics import TABLE, is_special
from loopwright.ir.nodes import Call, Program
from loopwright.ir.walk import walk_exprs

RESERVED = ("special", "cython_special")

ARRAY_HEAD = "from scipy import special\n"
CYTHON_HEAD = "from cython.cimports.scipy.special import cython_special\n"

_NUMBA_HEAD = '''\
from llvmlite import binding
from numba.core import types
from numba.extending import get_cython_function_address, overload
from scipy import special
from scipy.special import cython_special


def special_address(name, arity):
    """The address of SciPy's function on doubles."""
    kind = f'"double ({"double, " * arity}int __pyx_skip_dispatch)"'
    for key in (name, *(f"__pyx_fuse_{k}{name}" for k in range(3))):
        if kind in repr(cython_special.__pyx_capi__.get(key)):
            return get_cython_function_address("scipy.special.cython_special", key)
    raise ImportError(f"scipy.special.cython_special has no {name} of doubles")
'''
_NUMBA_FUNCTION = """\
binding.add_symbol("scipy_special_{name}", special_address("{name}", {arity}))
c_{name} = types.ExternalFunction(
    "scipy_special_{name}", types.float64({kinds}, types.int32)
)


def special_{name}({params}):
    return special.{name}({params})


@overload(special_{name})
def compiled_{name}({params}):
    return lambda {params}: c_{name}({params}, 0)
"""


def special_functions(program: Program) -> tuple[str, ...]:
    """The functions of `scipy.special` that the program calls."""
    found = {
        e.fn.removeprefix("special.")
        for func in functions(program)
        for e in walk_exprs(func.body)
        if isinstance(e, Call) and is_special(e.fn)
    }
    return tuple(sorted(found))


def lacks_special(program: Program) -> str | None:
    """What this machine lacks to call them, or None."""
    if special_functions(program) and not importlib.util.find_spec("scipy"):
        return "SciPy is not installed"
    return None


def numba_names(names: Sequence[str]) -> tuple[str, ...]:
    """What `numba_texts` defines."""
    made = [f"{kind}_{name}" for name in names for kind in ("c", "special", "compiled")]
    return (*made, "binding", "types", "overload", "special_address", "get_cython_function_address")


def numba_texts(names: Sequence[str]) -> list[str]:
    """Imports and functions that a kernel for Numba needs."""
    texts = [_NUMBA_HEAD] if names else []
    for name in names:
        arity = TABLE[f"special.{name}"].arity[0]
        texts.append(
            _NUMBA_FUNCTION.format(
                name=name,
                arity=arity,
                kinds=", ".join(["types.float64"] * arity),
                params=", ".join("xy"[:arity]),
            )
        )
    return texts
