"""A view that takes the name of the array that it is a view of."""

from __future__ import annotations

import numpy as np
import pytest

from .dispatching import agrees, guarded

BODIES = {
    "a part": "    x = x[1:]\n    return (x * 2).sum()\n",
    "twice": "    w = x\n    w = w[1:]\n    w = w[:, 1:]\n    return (w * 2).sum()\n",
    "in a loop": """
    t = 0.0
    while len(x) > 0:
        x = x[1:]
        t += (x * 2).sum()
    return t
""",
    "stored to": "    x = x[1:]\n    x[0] = 5\n    x += 1\n    return x.max()\n",
    "on one side": """
    w = x
    if n == 0:
        w = w[0][:, None]
        return w.sum()
    return w.sum()
""",
    "turned": "    x = x.T\n    x = x[1:]\n    return np.cumsum(x)[-1] + x[0, 0]\n",
    "a new array": "    y = x * 1.0\n    y = y[1:]\n    y[0] = 3\n    return y\n",
    "by a helper": "    return h(x) + h(x[1:])\n",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_view_is_taken_once(body: str) -> None:
    source = "import numpy as np\n\ndef h(v):\n    v = v[1:]\n    return (v * v).sum()\n\n"
    x = np.array([[3.0, 1.0, 4.0], [1.5, 9.0, 2.5], [2.0, 7.0, 8.0]])
    made = guarded(f"{source}def f(x, n):\n{body}", "f", x.copy(), 0)
    for n in (0, 1):
        assert agrees(made, x.copy(), n)
