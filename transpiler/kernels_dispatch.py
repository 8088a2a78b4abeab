"""The text of dispatch functions: guard, the kernel's call, and what comes back.

One function stands for one kernel. It takes the roots of the live-ins and returns None for "run the
original", True if the kernel has no results, else the rebuilt Python object, in a tuple of one if that may be
None. Until it returns something else than None, nothing that the caller can see has changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from loopwright.ir.nodes import (
    Either,
    Entries,
    Listed,
    Mapping,
    Nothing,
    OneOf,
    Pack,
    Parts,
    Perhaps,
    Picks,
    Rebuild,
    Refill,
    Root,
    Rows,
    Same,
    Value,
)
from loopwright.ir.results import numbers_of, parts_of
from loopwright.ir.types import STR, Array, DType, ListOf, Num, Py, Ragged, Rng, Type
from loopwright.ir.walk import calls_itself
from loopwright.kernels_direct import direct_lines, may_go_directly
from loopwright.kernels_door import Door, open_door, scalar_class, tuple_text
from loopwright.kernels_entry import KernelEntry
from loopwright.kernels_guard import guard_lines, number_tests
from loopwright.kernels_streams import lend_streams

_NONE = Py("none")


def dispatch_source(entry: KernelEntry, name: str) -> str:
    """The definition of the function `name` that dispatches to the kernel of `entry`.

    Raises CannotLower with LW608 if a parameter or result has a type that cannot be handed over.
    """
    door = open_door(entry)
    if any(map(calls_itself, entry.program.helpers)):
        door.decline_if(["guard.called_by_itself()"])
    if may_go_directly(door) and not _may_give_up(door):
        rebuild = entry.lowered.program.rebuild
        made = "True" if isinstance(rebuild, Nothing) else _part(door, rebuild)
        direct_lines(door, number_tests(door), made)
    guard_lines(door)
    door.lines.append(f"kernel = _{entry.backend}.{entry.source.name}")
    door.decline_if(["kernel is None"])
    new = [door.unique(f"n_{door.params[refill.param].name}") for refill in _refills(door)]
    _run(door, _save(door), new)
    _finish(door, new)
    given = [
        f"{door.prefixes[root]}=None" if root in door.roots.optional else door.prefixes[root]
        for root in door.roots.all
    ]
    body = "\n".join(f"    {line}" for line in door.lines)
    return f'def {name}({", ".join(given)}):\n    """{_doc(entry)}"""\n{body}\n'


def dtypes_of(entry: KernelEntry) -> set[DType]:
    """The dtypes that `dispatch_source` refers to as `_float64` and so on."""
    types = [p.type for p in entry.lowered.domain.params]
    plain = [t.rows if isinstance(t, Ragged) else t for t in types]
    return {t.dtype for t in plain if isinstance(t, Array)}


def _doc(entry: KernelEntry) -> str:
    region = entry.lowered.region
    first, last = region.span.line, region.span.end_line
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    told = f": {entry.comment}" if entry.comment else ""
    return f"`{region.qualname}`, {lines} of the original{told}."


def _save(door: Door) -> list[str]:
    """Add lines that keep what the kernel changes in place; returns those that put it back."""
    effects = door.effects
    restore = lend_streams(door)
    if not (effects.fails_late or _may_give_up(door)):
        return restore
    for k in (k for k in door.numbers(Array) if k in effects.written):
        saved, v = door.unique(f"s_{door.params[k].name}"), door.value[k]
        door.lines.append(f"{saved} = {v}.copy() if {door.machine[k]} is {v} else None")
        restore += [f"if {saved} is not None:", f"    {v}[...] = {saved}"]
    generators = [k for k in door.numbers(Rng) if door.params[k].type == Rng()]
    for k in generators if effects.draws else []:
        saved, v = door.unique(f"s_{door.params[k].name}"), door.value[k]
        door.lines.append(f"{saved} = {v}.bit_generator.state")
        restore.append(f"{v}.bit_generator.state = {saved}")
    return restore


def _run(door: Door, restore: list[str], new: list[str]) -> None:
    """The call. A kernel that gives up or raises leaves everything as it was."""
    program = door.entry.lowered.program
    ok = "out[0]" if door.entry.program.main.results else "out"
    delivery = door.entry.lowered.delivery
    made = "True" if delivery.nothing else _part(door, program.rebuild)
    if delivery.boxed:
        made = f"({made},)"
    refills = [
        f"    {name} = {_rebuilt(door, refill.value)} if {ok} else None"
        for name, refill in zip(new, program.refills, strict=True)
    ]
    door.lines += [
        "try:",
        f"    out = kernel({', '.join(door.machine)})",
        f"    result = {made} if {ok} else None",
        *refills,
        "except Exception:",
        "    result = None",
        "if result is None:",
        *(f"    {line}" for line in restore),
        "    return None",
    ]


def _finish(door: Door, new: list[str]) -> None:
    """Effects that become visible only once nothing can fail any more."""
    written = door.effects.written
    door.lines += [f"{each}.keep()" for each in door.lent]
    for k in (k for k in door.numbers(Array) if k in written):
        v, c = door.value[k], door.machine[k]
        door.lines += [f"if {c} is not {v}:", f"    {v}[...] = {c}"]
    refills = {r.param: name for r, name in zip(_refills(door), new, strict=True)}
    for k, name in refills.items():
        door.lines.append(f"{door.value[k]}[:] = {name}")
    for k in (k for k in door.numbers(ListOf) if k in written and k not in refills):
        t = door.params[k].type
        scalars = ", True" if isinstance(t, ListOf) and isinstance(t.elem, Num) else ""
        door.lines.append(f"lists.write_back({door.value[k]}, {door.machine[k]}{scalars})")
    door.lines.append("return result")


def _may_give_up(door: Door) -> bool:
    """Whether the results can be such that the original must run after all.

    An array without elements cannot be told from another one by its memory.
    """
    rebuild = door.entry.lowered.program.rebuild
    return any(isinstance(r, Either) for r in parts_of(rebuild))


def _refills(door: Door) -> tuple[Refill, ...]:
    return door.entry.lowered.program.refills


def _rebuilt(door: Door, rebuild: Rebuild) -> str:
    """The expression that makes the Python object from the kernel's `out`."""
    match rebuild:
        case Value(at, t):
            return _object(door, f"out[{at + 1}]", t)
        case OneOf(at, tag, types):
            makers = [_maker(door, t) for t in types]
            return f"{tuple_text(makers)}[out[{tag + 1}]](out[{at + 1}])"
        case Same(param):
            return door.value[param]
        case Either(at, params, t):
            known = [f"({door.machine[k]}, {door.value[k]})" for k in params]
            found = f"guard.known(out[{at + 1}], {tuple_text(known)})"
            return found if isinstance(t, Array) else f"lists.plain({found})"
        case Root(name):
            return door.prefixes[name]
        case Rows(item, ndim):
            return _rows(door, item, ndim)
        case Parts(at, ends, row):
            whole = (
                f"out[{at + 1}]" if isinstance(row, Array) else _object(door, f"out[{at + 1}]", row)
            )
            return f"lists.parts({whole}, out[{ends + 1}])"
        case Picks(param, at):
            return f"[{door.value[param]}[k] for k in out[{at + 1}].tolist()]"
        case Mapping(items, "dict" | "set" as form):
            return f"{form}({_rebuilt(door, items)})"
        case Mapping(items, form):
            return f"lists.mapping({form!r}, {_rebuilt(door, items)})"
        case Perhaps(there, item):
            return f"{_rebuilt(door, item)} if out[{there + 1}] else None"
        case Pack(items):
            return tuple_text([_part(door, item) for item in items])
        case Listed(items):
            return f"[{', '.join(_part(door, item) for item in items)}]"
        case Entries(names, items):
            return _dict_text(names, [_part(door, item) for item in items])
        case Nothing():
            return "None"


def _dict_text(keys: Sequence[str], values: Sequence[str]) -> str:
    return f"{{{', '.join(f'{k!r}: {v}' for k, v in zip(keys, values, strict=True))}}}"


def _rows(door: Door, item: Rebuild, ndim: int) -> str:
    """A list made by a function of the elements of its columns."""
    names = numbers_of(item)
    locals_ = {n: f"v{n}" for n in names}
    made = _element(door, item, locals_)
    plain = made == tuple_text(list(locals_.values()))
    make = "None" if plain else f"lambda {', '.join(locals_.values())}: {made}"
    columns = ", ".join(f"out[{n + 1}]" for n in names)
    return f"lists.rows({make}, {columns}{_rank(ndim)})"


def _rank(ndim: int) -> str:
    return f", ndim={ndim}" if ndim > 1 else ""


def _element(door: Door, item: Rebuild, names: dict[int, str]) -> str:
    """The expression for one element of a list from the elements of its columns, Python numbers."""
    match item:
        case Value(at, Array()):
            return names[at]
        case Value(at, Py(kind) as t) if kind != "str":
            return names[at] if t != _NONE else "None"
        case Value(at, t):
            return f"{_maker(door, t)}({names[at]})"
        case OneOf(at, tag, types):
            makers = [_maker(door, t) for t in types]
            return f"{tuple_text(makers)}[{names[tag]}]({names[at]})"
        case Pack(items):
            return tuple_text([_element(door, i, names) for i in items])
        case Entries(keys, items):
            return _dict_text(keys, [_element(door, i, names) for i in items])
        case Nothing():
            return "None"
        case _:
            raise door.refuse("a list of such elements cannot be rebuilt")


def _part(door: Door, rebuild: Rebuild) -> str:
    text = _rebuilt(door, rebuild)
    return f"({text})" if isinstance(rebuild, Perhaps) else text


def _object(door: Door, text: str, t: Type) -> str:
    match t:
        case Array():
            return text
        case ListOf(Py(), _):
            return f"{text}.tolist()"
        case ListOf(Num(), 1):
            return f"list({text})"
        case ListOf(Num() as elem, ndim):
            return f"lists.rows({_maker(door, elem)}, {text}{_rank(ndim)})"
        case Py("none"):
            return "None"
        case _:
            return f"{_maker(door, t)}({text})"


def _maker(door: Door, t: Type) -> str:
    if t == _NONE:
        return "none"
    if t == STR:
        return "chr"
    name = scalar_class(t)
    if name is None:
        raise door.refuse(f"a result of type {t} cannot be rebuilt")
    return name
