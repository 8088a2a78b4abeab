"""Functions whose names mean something in the files of kernels."""

from __future__ import annotations

import builtins
import keyword

from loopwright.kernels_entry import kernel_name


def test_a_kernel_hides_nothing_that_the_files_use() -> None:
    for name in (
        "len_",
        "guard",
        "lists",
        "none",
        "np_",
        "float_",
        "Math",
        "njit",
        "prange",
        "cython",
    ):
        made = kernel_name(name, set())
        assert made == f"{name.strip('_').lower()}_2"
    assert not any(kernel_name(name, set()) == name for name in dir(builtins) + keyword.kwlist)


def test_names_differ_and_leave_two_underscores_to_what_belongs_to_a_kernel() -> None:
    taken: set[str] = set()
    made = [kernel_name(name, taken) for name in ("f", "f", "f_2", "f__2", "F._f", "A.<locals>.g")]
    assert made == ["f", "f_2", "f_2_2", "f_2_3", "f_f", "a_g"]
    assert taken == set(made)
