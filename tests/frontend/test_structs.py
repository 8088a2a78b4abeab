"""Dicts with constant strings as keys that the function makes."""

from __future__ import annotations

import numpy as np
import pytest

from ..splice.dispatching import agrees, guarded
from .lowering import assert_same, by_kernel, refusal

X = np.array([1.0, -2.0, 3.5])

COMPILED = {
    "a record of numbers that a loop updates": """
def f(x):
    stats = {"mean": 0.0, "var": 0.0, "n": 0}
    for v in x:
        stats["n"] += 1
        d = v - stats["mean"]
        stats["mean"] += d / stats["n"]
        stats["var"] = stats["var"] + d * (v - stats["mean"])
    return stats["mean"], stats["var"], stats["n"]
""",
    "a record that a function returns": """
def bounds(v):
    return {"low": v - 1, "high": v + 1}
def f(x):
    t = 0.0
    for v in x:
        found = bounds(v)
        t += found["high"] * found["low"] + found.get("low")
    return t
""",
    "a record or None": """
def f(x):
    best = None
    for at, v in enumerate(x):
        found = {"value": v, "at": at}
        if best is None or found["value"] > best["value"]:
            best = found
    return best["value"], best["at"]
""",
    "a table of functions": """
def twice(v):
    return v * 2
def f(x):
    table = {"square": lambda v: v * v, "abs": abs, "root": np.sqrt, "t": twice}
    t = 0.0
    for v in x:
        t += table["abs"](v) + table["square"](v) - table["root"](v * v) + table["t"](v)
    return t
""",
    "an entry that comes later": """
def f(x):
    found = {"first": x[0]}
    found["last"] = x[-1]
    return found["first"] - found["last"], len(x)
""",
    "what stood in an array when the dict was made": """
def f(x):
    found = {"first": x[0]}
    x[0] = 7.0
    return found["first"]
""",
    "two names that are only read": """
def f(x):
    one = {"value": x[0]}
    other = one
    return one["value"] + other["value"]
""",
    "one of two dicts": """
def f(x):
    found = {"value": 1.0} if x[0] > 0 else {"value": -1.0}
    return found["value"], "value" in found
""",
    "a dict that a lambda reads later": """
def f(x):
    one = {"factor": 1.0}
    scaled = lambda v: v * one["factor"]
    one["factor"] = 2.0
    return scaled(x[0])
""",
    "a dict in the condition of a loop": """
def f(x):
    at = {"next": 0, "sum": 0.0}
    while at["next"] < len(x):
        if x[at["next"]] < 0:
            at["next"] += 2
            continue
        at["sum"] += x[at["next"]]
        at["next"] += 1
        if at["sum"] > 100:
            break
    else:
        at["sum"] -= 1
    return at["sum"], at["next"]
""",
    "a new dict of each round": """
def f(x):
    t = 0.0
    for v in x:
        found = {"value": v}
        if v < 0:
            found["value"] = -v
        t += found["value"]
    return t
""",
}


@pytest.mark.parametrize("source", COMPILED.values(), ids=COMPILED)
def test_the_same_as_in_python(source: str) -> None:
    assert_same(source, X)
    assert_same(source, np.array([np.nan, -0.0]))


RETURNED = {
    "a dict": """
def f(x):
    t = 0.0
    for v in x:
        t += v
    return {"sum": t, "count": len(x), "rest": None}
""",
    "a dict or None": """
def f(x):
    best = None
    for at, v in enumerate(x):
        if v > 1.0:
            best = {"value": v, "at": at}
    return best
""",
    "a list of dicts that grows": """
def f(x):
    out = []
    for v in x:
        found = {"value": v}
        found["twice"] = v * 2
        out.append(found)
    return out
""",
    "a list of dicts from a comprehension": """
def f(x):
    return [{"value": v, "at": at} for at, v in enumerate(x)]
""",
    "a list of what a function returns": """
def stats(v):
    return {"low": v - 1, "high": v + 1}
def f(x):
    out = []
    for v in x:
        out.append(stats(v))
    return out, len(out)
""",
    "a list of dicts in another order": """
def f(x):
    out = [{"value": v, "rank": -at} for at, v in enumerate(x)]
    out.sort(key=lambda found: found["rank"])
    return out
""",
    "entries of numbers of several types": """
def f(x):
    out = []
    for v in x:
        if v > 0:
            out.append({"value": v})
        else:
            out.append({"value": 0})
    return out
""",
    "a list of dicts that is read": """
def f(x):
    out = [{"value": v, "at": at} for at, v in enumerate(x)]
    t = 0.0
    for found in out:
        t += found["value"] * found["at"]
    return t, max(out, key=lambda found: found["at"])["at"], out[0]["value"]
""",
}


@pytest.mark.parametrize("source", RETURNED.values(), ids=RETURNED)
def test_dicts_that_are_handed_back(source: str) -> None:
    assert_same(source, X)
    assert_same(source, np.array([np.nan, -0.0, 2.0]))
    assert agrees(guarded(source, "f", X), X)


HELD_TWICE = {
    "two results": "return one, one",
    "a list and a result": "out = [one]\n    return out, one",
    "twice in a list": "return [one, one]",
    "in each round of a loop": "out = []\n    for v in x:\n        out.append(one)\n    return out",
    "in each round of a comprehension": "return [one for v in x]",
    "by multiplication": "return [one] * 3",
    "one list and a part of it": "out = [one]\n    return out[:1], out",
    "one list and a copy": "out = [one]\n    return list(out), out",
    "an element of a list and the list": "out = [one]\n    return out[0], out",
    "an attribute of a tuple": "return (one, 1), one",
    "an element that is changed": 'out = [one]\n    found = out[0]\n    found["value"] = 2.0\n    return out',
}


@pytest.mark.parametrize("body", HELD_TWICE.values(), ids=HELD_TWICE)
def test_a_dict_that_something_else_holds_is_declined(body: str) -> None:
    declined = refusal(f'def f(x):\n    one = {{"value": x[0]}}\n    {body}\n', X)
    assert declined.code.startswith(("LW10", "LW110", "LW30"))


DECLINED = {
    "a second name": """
def f(x):
    one = {"value": x[0]}
    other = one
    other["value"] = 3.0
    return one["value"]
""",
    "a second name in a tuple": """
def f(x):
    one = {"value": x[0]}
    pair = (one, 1)
    one["value"] = 3.0
    return pair[0]["value"]
""",
    "a second name on one path": """
def f(x):
    one = {"value": 1.0}
    other = one if x[0] > 0 else {"value": 2.0}
    one["value"] = 5.0
    return other["value"]
""",
    "the dict of the round before": """
def f(x):
    before = {"value": 0.0}
    t = 0.0
    for v in x:
        now = {"value": v}
        now["value"] += 1
        t += now["value"] - before["value"]
        before = now
    return t
""",
    "a dict of the caller": """
def change(one, v):
    one["value"] += v
def f(x):
    one = {"value": 0.0}
    for v in x:
        change(one, v)
    return one["value"]
""",
    "a dict of the caller in a list": """
def listed(one):
    return [one]
def f(x):
    one = {"value": x[0]}
    return listed(one), one
""",
    "a dict of the caller in two lists": """
def listed(one):
    out = []
    out.append(one)
    return out
def f(x):
    one = {"value": x[0]}
    return listed(one), listed(one)
""",
    "a dict of the caller that comes back": """
def same(one):
    return one
def f(x):
    one = {"value": x[0]}
    return same(one), one
""",
    "a dict of the function around": """
def f(x):
    one = {"value": 0.0}
    def change(v):
        one["value"] += v
    for v in x:
        change(v)
    return one["value"]
""",
    "an entry of an element of a list": """
def f(x):
    out = []
    for v in x:
        out.append({"value": v})
    out[0]["value"] = 2.0
    return out[0]["value"]
""",
    "dicts of different keys": """
def f(x):
    out = []
    for v in x:
        if v > 0:
            out.append({"value": v})
        else:
            out.append({"other": v})
    return out
""",
    "a dict in a tuple of a list": """
def f(x):
    return [(at, {"value": v}) for at, v in enumerate(x)]
""",
    "lists of dicts in a list": """
def f(x):
    out = []
    for v in x:
        row = []
        row.append({"value": v})
        out.append(row)
    return out
""",
    "dicts in a dict": """
def f(x):
    return {at: {"value": v} for at, v in enumerate(x)}
""",
    "an array of dicts": """
def f(x):
    return np.array([{"value": 1.0}, {"value": 2.0}])
""",
    "a dict that is looked for": """
def f(x):
    return {"value": 1.0} in [{"value": 1.0}]
""",
    "a key that one path adds": """
def f(x):
    one = {"value": 0.0}
    for v in x:
        if v > 0:
            one["other"] = v
    return one["value"]
""",
    "an array as an entry": """
def f(x):
    one = {"value": x, "other": 1}
    return one["value"][0]
""",
    "a key that it does not have": """
def f(x):
    return {"value": x[0]}["other"]
""",
    "its keys in a loop": """
def f(x):
    n = 0
    for key in {"value": x[0]}:
        n += 1
    return n
""",
}


@pytest.mark.parametrize("source", DECLINED.values(), ids=DECLINED)
def test_what_is_declined(source: str) -> None:
    assert refusal(source, X).code.startswith(("LW10", "LW30"))


def test_a_dict_of_characters_may_get_other_keys() -> None:
    source = """
def f(s):
    counts = {"a": 0, "b": 0}
    for c in s:
        counts[c] = counts.get(c, 0) + 1
    return counts
"""
    assert agrees(guarded(source, "f", "abcab"), "abcab")


def test_a_record_that_is_none_is_left_to_the_original() -> None:
    source = COMPILED["a record or None"]
    assert by_kernel(source, (np.array([]),)).failed is not None
