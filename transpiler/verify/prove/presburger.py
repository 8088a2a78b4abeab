"""Small words for isl: sets of parameters become sets and maps over named iterators.

Source: S. Verdoolaege, "isl: An Integer Set Library for the Polyhedral Model", ICMS 2010.
"""

from __future__ import annotations

from collections.abc import Iterable

import islpy as isl

_OPERATIONS = 4_000_000

Space = tuple[str, ...]


def new_context() -> isl.Context:
    """One for each proof: it gives up after a number of steps with `isl.Error`."""
    ctx = isl.Context()
    ctx.set_max_operations(_OPERATIONS)
    return ctx


def constant(ctx: isl.Context, value: int) -> isl.PwAff:
    return isl.PwAff.read_from_str(ctx, f"{{ [({value})] }}")


def named(ctx: isl.Context, name: str) -> isl.PwAff:
    return isl.PwAff.read_from_str(ctx, f"[{name}] -> {{ [({name})] }}")


def everywhere(ctx: isl.Context) -> isl.Set:
    return isl.Set.read_from_str(ctx, "{ : }")


def known_constant(value: isl.PwAff) -> int | None:
    """The number if it is one."""
    if not value.is_cst():
        return None
    low, high = value.min_val(), value.max_val()
    return int(low.to_python()) if low.is_int() and low.eq(high) else None


def between(value: isl.PwAff, low: int, high: int) -> isl.Set:
    """Where low <= value <= high."""
    ctx = value.get_ctx()
    return value.ge_set(constant(ctx, low)).intersect(value.le_set(constant(ctx, high)))


def _as_inputs(found: isl.Map, space: Space) -> isl.Map:
    for k, name in enumerate(space):
        at = found.find_dim_by_name(isl.dim_type.param, name)
        if at < 0:
            found = found.insert_dims(isl.dim_type.in_, k, 1)
        else:
            found = found.move_dims(isl.dim_type.in_, k, isl.dim_type.param, at, 1)
    return found


def over(where: isl.Set, name: str, space: Space) -> isl.Set:
    """A set of parameters as a set of tuples `name[space]`."""
    found = _as_inputs(isl.Map.from_range(isl.Set.from_params(where)), space)
    return found.domain().set_tuple_name(name)


def values(
    ctx: isl.Context, items: Iterable[isl.PwAff], name: str, space: Space, to: str
) -> isl.Map:
    """`name[space] -> to[items]`."""
    whole = isl.Set.read_from_str(ctx, "{ [] }")
    for item in items:
        whole = whole.flat_product(isl.Set.from_pw_aff(item))
    found = _as_inputs(isl.Map.from_range(whole), space)
    return found.set_tuple_name(isl.dim_type.in_, name).set_tuple_name(isl.dim_type.out, to)
