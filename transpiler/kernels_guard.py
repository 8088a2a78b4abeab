"""The first half of a dispatch function: tests of the domain, and conversion to machine values."""

from __future__ import annotations

import ast
import contextlib
import copy
from collections.abc import Iterator, Mapping

import numpy as np

from loopwright.frontend.callables import (
    Callee,
    Found,
    find_function,
    helper_code,
    helpers_of,
    names_used,
)
from loopwright.frontend.lower_modules import CONSTANTS
from loopwright.frontend.names import chain_of, mangled
from loopwright.frontend.parse import is_literal
from loopwright.frontend.region import CallableUse, ClassUse
from loopwright.frontend.scopes import module_names, site_of
from loopwright.ir.domain import split_path
from loopwright.ir.nodes import For
from loopwright.ir.sizes import counted
from loopwright.ir.types import Array, Chars, ListOf, Num, Py, Ragged, Rng
from loopwright.ir.walk import walk_stmts
from loopwright.kernels_door import Door, path_text, scalar_class, tuple_text
from loopwright.kernels_streams import stream_tests, type_test
from loopwright.runtime.code import code_digest

STREAMS = ".".join(np.__version__.split(".")[:2])
"""The NumPy whose streams the backends reproduce: methods may draw otherwise in another minor version."""

_FULL_INT64 = (-(2**63), 2**63 - 1)


def guard_lines(door: Door) -> None:
    """Add the lines after which every `door.machine` local exists and the domain holds.

    The size is tested as soon as the types are known: short calls must not pay for the other tests.
    """
    conditions = _tuple_tests(door)
    conditions += [t for k in range(len(door.params)) for t in _type_tests(door, k)]
    door.decline_if(conditions)
    joined = [k for k in door.numbers(Ragged) if not door.params[k].bounds]
    nested = joined or any(isinstance(p.type, ListOf) and p.type.ndim > 1 for p in door.params)
    if not nested:
        _size_test(door, [f"len({door.value[k]})" for k in door.numbers(ListOf)])
    conditions = stream_tests(door) + _code_tests(door) + _store_tests(door)
    if any(isinstance(p.type, (Array, Num, Ragged)) for p in door.params):
        conditions.append("not guard.quiet()")
    if any(isinstance(s, For) and s.parallel for s in walk_stmts(door.entry.program.main.body)):
        conditions.append("not guard.alone()")
    if door.effects.draws:
        conditions.append(f"not guard.draws_like({STREAMS!r})")
    door.decline_if(conditions)
    for k in door.numbers(Chars):
        door.lines.append(f"{door.machine[k]} = lists.codes({door.value[k]})")
    _convert_lists(door)
    for k in joined:
        _convert_rows(door, k)
    if nested:  # their lengths are known only now
        lists = [*door.numbers(ListOf), *joined]
        _size_test(door, [f"{door.machine[k]}.size" for k in sorted(lists)], len(joined))
    _array_tests(door)
    _list_tests(door)
    for k in joined:
        _row_tests(door, k)


def number_tests(door: Door) -> list[str]:
    """The tests of a domain without lists and streams but those of arrays and of `np.errstate`."""
    numbers = [k for k, p in enumerate(door.params) if not isinstance(p.type, Array)]
    types = [t for k in numbers for t in _type_tests(door, k)]
    return [*types, *_code_tests(door)]


def _tuple_tests(door: Door) -> list[str]:
    tests: list[str] = []
    for group in door.entry.lowered.domain.groups:
        v = door.prefixes[group.path]
        if group.table is None:
            tests += [f"type({v}) is not tuple", f"len({v}) != {len(group.items)}"]
        elif not group.items:
            tests += [f"type({v}) is not dict", v]
    return tests


def _type_tests(door: Door, k: int) -> list[str]:
    v, param = door.value[k], door.params[k]
    match param.type:
        case Array(dtype, ndim, _):
            return [
                f"type({v}) is not _ndarray",
                f"({v}.dtype is not _{dtype} and not guard.same_dtype({v}.dtype, _{dtype}))",
                f"{v}.ndim != {ndim}",
            ]
        case Py("none"):
            return [f"{v} is not None"]
        case Py("int" | "bool" | "str" as kind) if param.only is not None:
            return [f"type({v}) is not {kind}", f"{v} != {param.only!r}"]
        case Py("int"):
            low, high = param.ints
            return [f"type({v}) is not int", f"not {low} <= {v} <= {high}"]
        case Py("str"):
            return [f"type({v}) is not str"]
        case Chars():
            return [f"type({v}) is not str"]
        case Py() | Num():
            return [f"type({v}) is not {scalar_class(param.type)}"]
        case ListOf(Py("int" | "float" | "bool" | "complex") | Num(), _):
            if door.entry.lowered.exact_lists:
                return [f"type({v}) is not list"]
            return [f"(type({v}) is not list and not lists.like_list({v}))"]
        case Ragged():
            return [] if param.bounds else [f"type({v}) is not list"]
        case Rng() as t:
            return [type_test(door, k, t)]
        case other:
            raise door.refuse(f"a value of type {other} cannot be tested at the door of a kernel")


def _code_tests(door: Door) -> list[str]:
    """The functions that were compiled along must be the ones that a call would find."""
    lowered = door.entry.lowered
    tests = [
        f"not guard.is_function(_user, {helper!r})"
        for helper in lowered.helpers
        if "." not in helper
    ]
    for name, origin in lowered.assumed:
        tests.append(f"not guard.stands_for(_user, {name!r}, {origin!r})")
    for use in lowered.methods:
        test = "is_property" if use.binding == "property" else "is_method"
        given = f"_user, {door.prefixes[use.path]}, {use.name!r}, {use.qualname!r}"
        given += f", {use.binding!r}" if use.binding in ("staticmethod", "classmethod") else ""
        tests.append(f"not guard.{test}({given})")
    tests += [_callable_test(door, use) for use in lowered.callables]
    for cls in lowered.classes:
        tests += _class_tests(door, cls)
    return tests


def _class_tests(door: Door, cls: ClassUse) -> Iterator[str]:
    """What is used of a class must be what was compiled."""
    if cls.init is not None:
        yield f"not guard.makes(_user, {cls.name!r}, {cls.init!r}, {cls.stored!r})"
    found = f"guard.own_class(_user, {cls.name!r})"
    if cls.path:
        found = f"type({door.prefixes[cls.path]})" if cls.of_object else door.prefixes[cls.path]
    for name, qualname, binding in cls.methods:
        yield f"not guard.class_has(_user, {found}, {name!r}, {qualname!r}, {binding!r})"
    for name, value in cls.constants:
        yield f"not guard.class_is(_user, {found}, {name!r}, {value})"


def _callable_test(door: Door, use: CallableUse) -> str:
    function = use.function
    if use.looked_up and not function.file:
        name = split_path(use.path)[1][-1][1]
        given = f"_user, {door.prefixes[function.bound]}, {name!r}, {function.name!r}"
        return f"not guard.is_method({given})"
    value = door.prefixes[use.path]
    if function.library:
        return f"not guard.is_library(_user, {value}, {function.name!r})"
    found = find_function(door.region.module, function)
    assert found is not None
    if function.bound and not use.looked_up:
        given = f"_user, {value}, {function.name!r}, {door.prefixes[function.bound]}"
        return f"not guard.is_bound({given})"
    digest = "" if found.code is None else code_digest(found.code)
    if found.foreign is not None:
        fixed = {name for name, _ in function.values}
        known = {n: origin for n, origin in names_used(found).items() if n not in fixed}
        builtin = tuple(n for n, origin in known.items() if origin.startswith("builtins."))
        given = f", {builtin!r}" if builtin else ""
        given += "".join(f", {n}={origin!r}" for n, origin in known.items() if n not in builtin)
        test = f"guard.has_code(_user, {value}, {digest!r}{given})"
        codes = {name: helper_code(found, name) for name in helpers_of(found)}
        digests = {n: code_digest(code) for n, code in codes.items() if code is not None}
        if digests:
            given = "".join(f", {name}={code!r}" for name, code in digests.items())
            test += f" and guard.has_helpers(_user, {value}{given})"
    else:
        given = f"_user, {value}, {function.name!r}"
        test = (
            f"guard.is_callable({given}, {digest!r})" if digest else f"guard.is_callable({given})"
        )
    test += "".join(f" and {each}" for each in _default_tests(door, found, value) if digest)
    if not function.values:
        return f"not ({test})" if " and " in test else f"not {test}"
    fixed_ = "".join(f", {name}={text}" for name, text in function.values)
    return f"not ({test} and guard.encloses(_user, {value}{fixed_}))"


def _default_tests(door: Door, found: Found, value: str) -> Iterator[str]:
    """Tests that defaults of a function, and of the functions of its file that it calls, are those that were
    compiled: the code does not tell them."""
    helpers = {} if found.foreign is None else helpers_of(found)
    imports = module_names(found.foreign or door.region.module).imports
    for name, function in {"": found.callee, **helpers}.items():
        texts = _default_texts(
            function, _owner_of(door, found) if function is found.callee else None, imports
        )
        if texts:
            given = "".join(f", {p}={text!r}" for p, text in texts.items())
            helper = f", {name!r}" if name else ""
            yield f"guard.has_defaults(_user, {value}{helper}{given})"


def _owner_of(door: Door, found: Found) -> ast.ClassDef | None:
    """The class that the function is defined in."""
    site = None
    if isinstance(found.callee, ast.FunctionDef):
        site = site_of(door.region.module, found.callee)
    return None if site is None else site.owner


def _default_texts(
    callee: Callee, owner: ast.ClassDef | None, imports: Mapping[str, str]
) -> dict[str, str]:
    """What `repr` gives of the defaults that kernels may know: literals, arithmetic of these, and constants
    of NumPy and math; of those that cannot be told, a text that no default has."""
    a = callee.args
    positional = [*a.posonlyargs, *a.args]
    pairs = [
        *zip(positional[len(positional) - len(a.defaults) :], a.defaults, strict=True),
        *zip(a.kwonlyargs, a.kw_defaults, strict=True),
    ]
    texts = ((arg.arg, None if node is None else _text_of(node, imports)) for arg, node in pairs)
    return {mangled(name, owner): text for name, text in texts if text is not None}


def _text_of(node: ast.expr, imports: Mapping[str, str]) -> str | None:
    with contextlib.suppress(ValueError, TypeError):
        return repr(ast.literal_eval(node))
    if is_literal(node):
        return _value_text(node)
    sign = -1.0 if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else 1.0
    chain = chain_of(node.operand if isinstance(node, ast.UnaryOp) else node)
    if chain is None:
        return None
    dotted = ".".join([imports.get(chain.root, ""), *(str(key) for _, key in chain.steps)])
    return repr(sign * CONSTANTS[dotted]) if dotted in CONSTANTS else None


def _value_text(node: ast.expr) -> str:
    """The text of what arithmetic of constants gives; powers and shifts may be too large to be told."""
    parts = list(ast.walk(node))
    growing = sum(isinstance(part, ast.Pow | ast.LShift) for part in parts)
    numbers = [part.value for part in parts if isinstance(part, ast.Constant)]
    if growing > 1 or (growing and any(not isinstance(v, int) or v > 64 for v in numbers)):
        return ""
    whole = ast.fix_missing_locations(ast.Expression(copy.deepcopy(node)))
    try:
        return repr(eval(compile(whole, "", "eval"), {"__builtins__": {}}))
    except (ArithmeticError, TypeError, ValueError):
        return ""


def _store_tests(door: Door) -> list[str]:
    """Attributes that the caller rebinds afterwards must be plain, and reached by one path only."""
    tests: list[str] = []
    reached = _attributes(door)
    read = {path for _, path in door.entry.lowered.domain.paths}
    for path in door.region.stores:
        root, steps = split_path(path)
        holder, (kind, name) = door.prefixes[path_text(root, steps[:-1])], steps[-1]
        test = f"not guard.assignable({holder}, {name!r})"
        if kind == "item":
            test = f"type({holder}) is not dict"
        if kind == "attr" and path in read:
            # it may keep the value that it had, which the caller sets anew
            test = f"({test} or not guard.owns({holder}, {name!r}))"
        if root in door.roots.optional:
            test = f"({door.prefixes[root]} is not None and {test})"
        tests.append(test)
        others = sorted(h for h, key in reached if key == name and h != holder)
        tests += [f"guard.is_one({other}, {holder})" for other in others]
    return tests


def _attributes(door: Door) -> set[tuple[str, str | int]]:
    """The local of the holder and the name, for every attribute on a path."""
    found: set[tuple[str, str | int]] = set()
    held = [use.path for use in door.entry.lowered.callables if not use.looked_up]
    for path in (*(p.path for p in door.params), *held, *door.region.stores):
        root, steps = split_path(path)
        for length, (kind, key) in enumerate(steps):
            if kind == "attr":
                found.add((door.prefixes[path_text(root, steps[:length])], key))
    return found


def _size_test(door: Door, lists: list[str], hidden: int = 0) -> None:
    """The measure is that of the timings which chose the kernel (`KernelEntry.min_work`). `hidden`
    parameters count for nothing."""
    counted_ints = counted(door.entry.lowered.domain)
    terms = [f"{door.value[k]}.size" for k in door.numbers(Array)] + lists
    terms += [f"len({door.value[k]})" for k in door.numbers(Chars)]
    terms += [f"max({door.prefixes[p.path]}, 1)" for p in door.params if p.name in counted_ints]
    others = len(door.params) - len(terms) - hidden
    others += sum(len(p.only) - 1 for p in door.params if isinstance(p.only, str))
    if door.entry.min_work > 0 and terms:
        total = " + ".join([*terms, str(others)] if others else terms)
        door.decline_if([f"{total} < {door.entry.min_work}"])


def _convert_lists(door: Door) -> None:
    for k in door.numbers(ListOf):
        param = door.params[k]
        assert isinstance(param.type, ListOf)
        kind = scalar_class(param.type.elem)
        limits = f", {param.ints}" if kind == "int" and param.ints != _FULL_INT64 else ""
        ndim = f", {param.type.ndim}" if limits or param.type.ndim > 1 else ""
        call = f"lists.to_array({door.value[k]}, {kind}{ndim}{limits})"
        door.lines.append(f"{door.machine[k]} = {call}")
    door.decline_if([f"{door.machine[k]} is None" for k in door.numbers(ListOf)])


def _convert_rows(door: Door, k: int) -> None:
    """The joined rows and their bounds, which are the parameter behind."""
    param = door.params[k]
    assert isinstance(param.type, Ragged)
    match param.type.rows:
        case Array(dtype, ndim, _):
            axes = f", {ndim}" if ndim > 1 else ""
            call = f"lists.to_array_rows({door.value[k]}, _{dtype}{axes})"
        case Chars():
            call = f"lists.to_text_rows({door.value[k]})"
        case ListOf(elem, _):
            kind = scalar_class(elem)
            limits = f", {param.ints}" if kind == "int" and param.ints != _FULL_INT64 else ""
            call = f"lists.to_rows({door.value[k]}, {kind}{limits})"
    rows = door.unique(f"r_{param.name}")
    door.lines.append(f"{rows} = {call}")
    door.decline_if([f"{rows} is None"])
    door.lines.append(f"{door.machine[k]}, {door.machine[k + 1]} = {rows}")


def _row_tests(door: Door, k: int) -> None:
    """Rows are copies, so that nothing which the kernel writes may be one of them."""
    t = door.params[k].type
    assert isinstance(t, Ragged)
    if isinstance(t.rows, Chars):
        return
    written, v = door.effects.written, door.value[k]
    if k in written or k + 1 in written:
        raise door.refuse("a row of a list is changed")
    if isinstance(t.rows, Array):
        arrays = [j for j in door.numbers(Array) if j in written]
        door.decline_if([f"not lists.rows_apart({v}, {door.value[j]})" for j in arrays])
        return
    for j in (j for j in door.numbers(ListOf) if j in written):
        others = f"{door.value[j]}, {_rank(door, j)}, (({v}, 2),)"
        door.decline_if([f"not lists.apart({others})"])


def _array_tests(door: Door) -> None:
    """Flags and overlap; then the arrays as the kernel wants them. Flags are read once: they are dear.

    Written arrays share memory with no other, nor within themselves; each pair is tested once.
    """
    written, arrays = door.effects.written, door.numbers(Array)
    flags = {k: door.unique(f"f_{door.params[k].name}") for k in arrays}
    door.lines += [f"{flags[k]} = {door.value[k]}.flags.num" for k in arrays]
    tests = [f"not {flags[k]} & _WRITEABLE" for k in arrays if k in written]
    tests += [
        f"({flags[k]} & _PLAIN != _PLAIN and not guard.separate({door.value[k]}))"
        for k in arrays
        if k in written
    ]
    tests += [f"not {flags[k]} & _CONTIGUOUS" for k in arrays if k in door.effects.ordered]
    tests += [
        f"(not {flags[k]} & _CONTIGUOUS and not guard.in_rows({door.value[k]}))"
        for k in arrays
        if k in door.effects.likened
    ]
    for k in (k for k in arrays if k in written):
        for j in (j for j in arrays if j != k and (j not in written or j > k)):
            one, two = door.value[k], door.value[j]
            owners = f"{flags[k]} & {flags[j]} & _OWNER"
            tests.append(f"{one} is {two}")
            tests.append(f"(not {owners} and np.may_share_memory({one}, {two}))")
    door.decline_if(tests)
    for k in arrays:
        v = door.value[k]
        plain = f"{flags[k]} & _PLAIN == _PLAIN"
        door.lines.append(f"{door.machine[k]} = {v} if {plain} else guard.contiguous({v})")


def _list_tests(door: Door) -> None:
    """Written lists and their rows are no others, nor empty rows of tuples."""
    written, lists = door.effects.written, door.numbers(ListOf)
    tests: list[str] = []
    groups = door.entry.lowered.domain.groups
    rows = [f"({door.prefixes[g.path]}, 2)" for g in groups if isinstance(g.table, Ragged)]
    for k in (k for k in lists if k in written):
        pairs = [
            f"({door.value[j]}, {_rank(door, j)})"
            for j in lists
            if j != k and (j not in written or j > k)
        ]
        if pairs or rows:
            call = f"{door.value[k]}, {_rank(door, k)}, {tuple_text([*pairs, *rows])}"
            tests.append(f"not lists.apart({call})")
    door.decline_if(tests)


def _rank(door: Door, k: int) -> int:
    t = door.params[k].type
    return t.ndim if isinstance(t, ListOf) else 0
