"""Functions told apart by their code: a digest of what it does, not of where it stands."""

from __future__ import annotations

from importlib.util import source_hash
from types import CodeType, FunctionType
from typing import Final

_KNOWN: Final[dict[int, tuple[CodeType, str]]] = {}
_MOST = 1000
_KINDS = 0x3FF
"""Flags that say what kind of function it is; those of `from __future__` are of the whole file."""


def code_digest(code: CodeType) -> str:
    """A digest of the bytecode, its constants and names: the same wherever the text is moved to, another
    one in another minor version of Python."""
    known = _KNOWN.get(id(code))  # it keeps the code alive, so that no other can have its id
    if known is None:
        if len(_KNOWN) >= _MOST:
            _KNOWN.clear()
        known = _KNOWN[id(code)] = code, source_hash(repr(_parts(code)).encode()).hex()
    return known[1]


def is_code_of(function: FunctionType, digest: str) -> bool:
    """True if that is the digest of the function's code, or of what it was before kernels were put in."""
    code = function.__code__
    own = code_digest(code)
    if own == digest:
        return True
    for name in code.co_names:
        kernels = function.__globals__.get(name)
        if type(kernels).__name__ == "Kernels":
            before = getattr(kernels, "_originals", None)
            return type(before) is dict and before.get(own) == digest
    return False


def _parts(code: CodeType) -> tuple[object, ...]:
    return (
        code.co_code,
        tuple(map(_constant, code.co_consts)),
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_flags & _KINDS,
        code.co_exceptiontable,
    )


def _constant(value: object) -> object:
    if isinstance(value, CodeType):
        return _parts(value)
    if isinstance(value, tuple):
        return tuple(map(_constant, value))
    if isinstance(value, frozenset):  # in no fixed order
        return sorted(repr(_constant(item)) for item in value)
    return type(value).__name__, repr(value)
