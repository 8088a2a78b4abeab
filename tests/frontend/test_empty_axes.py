"""Index arrays beside axes without elements: NumPy looks at the indices all the same."""

from __future__ import annotations

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels

STATEMENTS = {
    "rows": "B = A[g]",
    "columns": "B = A[:, g]",
    "rows that are stored": "A[g] = 1.0; B = A",
    "rows that are exchanged": "A[[0, 1]] = A[[1, 0]]; B = A",
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
@pytest.mark.parametrize("shape", [(0, 0), (2, 0), (0, 2), (2, 2)])
@pytest.mark.parametrize("indices", [[0, -1], [5], []])
def test_an_index_out_of_bounds_is_an_error(
    statement: str, shape: tuple[int, int], indices: list[int]
) -> None:
    source = f"def f(A, g):\n    {statement}\n    return B.copy()\n"
    args = np.ones(shape), np.array(indices, dtype=np.int64)
    assert_same_on_all_levels(source, *args, gives_up=0 in shape)
