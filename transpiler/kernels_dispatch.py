"""The text of dispatch functions: guard, the kernel's call, and what comes back.

One function stands for one kernel. It takes the roots of the live-ins and returns None for "run the
original", True if the kernel has no results, else the rebuilt Python object. Until it returns something
else than None, nothing that the caller can see has changed.
"""

from __future__ import annotations

from loopwright.ir.nodes import Each, Nothing, OneOf, Pack, Rebuild, Refill, Same, Value
from loopwright.ir.types import Array, DType, ListOf, Num, Py, Rng, Type
from loopwright.kernels_door import Door, open_door, scalar_class, tuple_text
from loopwright.kernels_entry import KernelEntry
from loopwright.kernels_guard import guard_lines

_NONE = Py("none")


def dispatch_source(entry: KernelEntry, name: str) -> str:
    """The definition of the function `name` that dispatches to the kernel of `entry`.

    Raises CannotLower with LW608 if a parameter or result has a type that cannot be handed over.
    """
    door = open_door(entry)
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
    return {p.type.dtype for p in entry.lowered.domain.params if isinstance(p.type, Array)}


def _doc(entry: KernelEntry) -> str:
    region = entry.lowered.region
    first, last = region.span.line, region.span.end_line
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    told = f": {entry.comment}" if entry.comment else ""
    return f"`{region.qualname}`, {lines} of the original{told}."


def _save(door: Door) -> list[str]:
    """Add lines that keep what the kernel changes in place; returns those that put it back."""
    effects = door.effects
    restore: list[str] = []
    if not (effects.may_fail or _may_be_none(door)):
        return restore
    for k in (k for k in door.numbers(Array) if k in effects.written):
        saved, v = door.unique(f"s_{door.params[k].name}"), door.value[k]
        door.lines.append(f"{saved} = {v}.copy() if {door.machine[k]} is {v} else None")
        restore += [f"if {saved} is not None:", f"    {v}[...] = {saved}"]
    for k in door.numbers(Rng) if effects.draws else []:
        saved, v = door.unique(f"s_{door.params[k].name}"), door.value[k]
        door.lines.append(f"{saved} = {v}.bit_generator.state")
        restore.append(f"{v}.bit_generator.state = {saved}")
    return restore


def _run(door: Door, restore: list[str], new: list[str]) -> None:
    """The call. A kernel that gives up or raises leaves everything as it was."""
    program = door.entry.lowered.program
    ok = "out[0]" if door.entry.program.main.results else "out"
    nothing = isinstance(program.rebuild, Nothing)
    made = "True" if nothing else _rebuilt(door, program.rebuild)
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


def _refills(door: Door) -> tuple[Refill, ...]:
    return door.entry.lowered.program.refills


def _may_be_none(door: Door) -> bool:
    """A result that is None cannot be told from a refusal; it becomes one, with all put back."""
    match door.entry.lowered.program.rebuild:
        case Value(_, t):
            return t == _NONE
        case OneOf(_, _, types):
            return _NONE in types
        case Same(param):
            return door.params[param].type == _NONE
        case _:
            return False


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
        case Pack(items):
            return tuple_text([_rebuilt(door, item) for item in items])
        case Each(item, ndim):
            return _list_of(door, item, ndim)
        case Nothing():
            return "None"


def _list_of(door: Door, item: Rebuild, ndim: int) -> str:
    """The expression for a list whose elements are made of those of several results."""
    match item:
        case Value(at, t) if isinstance(t, (Py, Num)) and t != _NONE:
            return _object(door, f"out[{at + 1}]", ListOf(t, ndim))
        case OneOf(at, tag, types):
            makers = tuple_text([_maker(door, t) for t in types])
            return f"lists.mixed(out[{at + 1}], out[{tag + 1}], {makers})"
        case Pack(items) if ndim == 1 and items:
            return f"list(zip({', '.join(_list_of(door, each, 1) for each in items)}))"
        case _:
            raise door.refuse("a list of such elements cannot be rebuilt")


def _object(door: Door, text: str, t: Type) -> str:
    match t:
        case Array():
            return text
        case ListOf(Py(), _):
            return f"{text}.tolist()"
        case ListOf(Num(), 1):
            return f"list({text})"
        case ListOf(Num(), 2):
            return f"[list(row) for row in {text}]"
        case ListOf(Num(), _):
            raise door.refuse("a list of such depth cannot be rebuilt")
        case Py("none"):
            return "None"
        case _:
            return f"{_maker(door, t)}({text})"


def _maker(door: Door, t: Type) -> str:
    if t == _NONE:
        return "none"
    name = scalar_class(t)
    if name is None:
        raise door.refuse(f"a result of type {t} cannot be rebuilt")
    return name
