"""The stand-alone text of a region, which the verifier runs in the place of the original."""

from __future__ import annotations

import copy
from typing import Any

from loopwright.kernels_entry import call_roots
from loopwright.verify.roots import build_roots, load_reference

from .callables_source import made
from .dispatching import Guarded, plain


def agrees_alone(case: Guarded, args: tuple[Any, ...]) -> bool:
    """Whether the text gives what the original gives, and the guard takes what is made for it."""
    here = made(case.space, args)
    names = dict(zip([a.arg for a in case.region.function.args.args], here, strict=True))
    domain = case.lowered.domain
    values = {p.name: eval(p.path, {}, {**case.space, **names}) for p in domain.params}
    loaded = load_reference(case.lowered.reference)
    roots = build_roots(domain, case.lowered.reference.roots, values, loaded.classes)
    again = copy.deepcopy(values)
    taken = build_roots(domain, call_roots(case.lowered).all, again, loaded.classes)
    assert case.kernel_in(None)(*taken) is not None, "the guard takes what verification makes"
    got: Any = loaded.entry(*roots)  # type: ignore[operator]
    want = case.original(*made(case.space, args))
    return plain(got[-1] if isinstance(got, tuple) else got) == plain(want)
