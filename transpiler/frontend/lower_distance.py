"""Functions of `scipy.spatial.distance` on arrays of float64."""

from __future__ import annotations

import ast
from functools import lru_cache
from importlib import metadata

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import bind, constant_of
from loopwright.frontend.lower_library_args import exactly_floats
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Value
from loopwright.frontend.scipy_names import NAMES, PAIRS, TABLES


def distance_call(cx: Scope, name: str, node: ast.Call) -> Value:
    """`scipy.spatial.distance.name(...)`."""
    if name in PAIRS:
        bound = bind(cx, node, ["u", "v"], required=2)
        given: list[Value] = [exactly_floats(cx, bound[k], node, 1) for k in ("u", "v")]
        if name == "euclidean" and _scipy() >= (1, 18):
            name = "euclidean_of_numpy"
        return library_call(cx, f"distance_{name}", given, node)
    if name not in NAMES:
        decline(node, "LW102", f"`scipy.spatial.distance.{name}` is not covered")
    tables = ["XA", "XB"] if name == "cdist" else ["X"]
    bound = bind(cx, node, [*tables, "metric"], required=len(tables))
    metric = constant_of(bound["metric"], node, "metric") if "metric" in bound else "euclidean"
    if metric not in TABLES:
        decline(node, "LW102", f"{name} by {metric!r} is not covered")
    given = [exactly_floats(cx, bound[k], node, 2) for k in tables]
    if name == "cdist":
        return library_call(cx, f"distances_{metric}", given, node)
    full = library_call(cx, f"distances_{metric}", given * 2, node)
    return library_call(cx, "upper_triangle", [full], node)


@lru_cache(maxsize=1)
def _scipy() -> tuple[int, ...]:
    """The version that is installed here; () without one, which counts as an old one."""
    try:
        found = metadata.version("scipy")
    except metadata.PackageNotFoundError:
        return ()
    return tuple(int(part) for part in found.split(".")[:2])
