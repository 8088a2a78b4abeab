"""Behind the short way into a kernel a function does what it did."""

from __future__ import annotations

import numpy as np
import pytest

from .dispatching import agrees, guarded

RESULTS = {
    "None or a number": "    if n > 3:\n        return None\n    return n\n",
    "a number": "    return n\n",
    "nothing": "",
}


@pytest.mark.parametrize("end", RESULTS.values(), ids=RESULTS)
def test_an_argument_is_changed_once(end: str) -> None:
    source = f"def f(x, n):\n    for i in range(len(x)):\n        x[i] = x[i] + 1.0\n{end}"
    case = guarded(source, "f", np.ones(3), 1, direct="def direct_fast(): ...")
    assert agrees(case, np.ones(3), 1)
    agrees(case, np.ones(3), 5)
