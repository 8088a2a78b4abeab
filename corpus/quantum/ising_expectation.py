"""Energy of a transverse-field Ising chain in a given state vector, basis state by state."""

import numpy as np
from numpy.typing import NDArray


def zz_energy(state: NDArray[np.complex128], n_sites: int, coupling: float) -> float:
    total = 0.0
    for index in range(len(state)):
        weight = abs(state[index]) ** 2
        aligned = 0
        for site in range(n_sites - 1):
            left = (index >> site) & 1
            right = (index >> (site + 1)) & 1
            aligned += 1 if left == right else -1
        total -= coupling * weight * aligned
    return total


def x_energy(state: NDArray[np.complex128], n_sites: int, field: float) -> float:
    """Expectation of -field * sum of X: the operator flips one bit."""
    total = 0.0 + 0.0j
    for index in range(len(state)):
        for site in range(n_sites):
            total += np.conj(state[index]) * state[index ^ (1 << site)]
    return -field * total.real


def kernel(state: NDArray[np.complex128], n_sites: int, coupling: float, field: float):
    zz = zz_energy(state, n_sites, coupling)
    x = x_energy(state, n_sites, field)
    return zz, float(x), zz + float(x)


SIZES = {"test": 4, "bench": 15}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    state = rng.normal(size=2**size) + 1j * rng.normal(size=2**size)
    return state / np.linalg.norm(state), size, 1.0, 0.7
