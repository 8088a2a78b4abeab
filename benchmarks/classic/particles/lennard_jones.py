"""Forces and energy of particles that attract and repel each other, with a cutoff; each pair once.

Source: Allen and Tildesley, Computer Simulation of Liquids, chapter 1 (the 12-6 potential in reduced
units). The C version visits each pair twice, so that threads and vectors need not share a force.
"""

import numpy as np


def kernel(positions, cutoff):
    n = len(positions)
    forces = np.zeros((n, 3))
    energy = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            dx = positions[i, 0] - positions[j, 0]
            dy = positions[i, 1] - positions[j, 1]
            dz = positions[i, 2] - positions[j, 2]
            r2 = dx * dx + dy * dy + dz * dz
            if r2 < cutoff * cutoff:
                inverse = 1.0 / r2
                s6 = inverse * inverse * inverse
                energy += 4.0 * s6 * (s6 - 1.0)
                push = 24.0 * s6 * (2.0 * s6 - 1.0) * inverse
                forces[i, 0] += push * dx
                forces[i, 1] += push * dy
                forces[i, 2] += push * dz
                forces[j, 0] -= push * dx
                forces[j, 1] -= push * dy
                forces[j, 2] -= push * dz
    return forces, energy


def idiom(positions, cutoff):
    apart = positions[:, None, :] - positions[None, :, :]
    r2 = np.einsum("ijk,ijk->ij", apart, apart)
    np.fill_diagonal(r2, np.inf)
    inverse = np.where(r2 < cutoff * cutoff, 1.0 / r2, 0.0)
    s6 = inverse * inverse * inverse
    push = 24.0 * s6 * (2.0 * s6 - 1.0) * inverse
    return np.einsum("ij,ijk->ik", push, apart), 2.0 * np.sum(s6 * (s6 - 1.0))


C = r"""
double kernel(long n, double cutoff, const double *positions, double *forces)
{
    double *x = malloc(3 * n * sizeof *x), *y = x + n, *z = y + n, energy = 0;
    for (long i = 0; i < n; i++) {
        x[i] = positions[3 * i];
        y[i] = positions[3 * i + 1];
        z[i] = positions[3 * i + 2];
    }
    #pragma omp parallel for schedule(static) reduction(+ : energy) if (n > 150)
    for (long i = 0; i < n; i++) {
        double fx = 0, fy = 0, fz = 0, sum = 0;
        #pragma omp simd reduction(+ : fx, fy, fz, sum)
        for (long j = 0; j < n; j++) {
            double dx = x[i] - x[j], dy = y[i] - y[j], dz = z[i] - z[j];
            double r2 = dx * dx + dy * dy + dz * dz;
            double inverse = r2 < cutoff * cutoff && r2 > 0 ? 1.0 / r2 : 0.0;
            double s6 = inverse * inverse * inverse;
            double push = 24.0 * s6 * (2.0 * s6 - 1.0) * inverse;
            sum += s6 * (s6 - 1.0);
            fx += push * dx;
            fy += push * dy;
            fz += push * dz;
        }
        energy += 2.0 * sum;
        forces[3 * i] = fx;
        forces[3 * i + 1] = fy;
        forces[3 * i + 2] = fz;
    }
    free(x);
    return energy;
}
"""


def call_c(c, positions, cutoff):
    forces = np.empty(positions.shape)
    return forces, c(len(positions), cutoff, positions, forces)


SIZES = {"small": 30, "medium": 200, "large": 1300}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    side = int(np.ceil(size ** (1 / 3)))
    lattice = np.argwhere(np.ones((side, side, side)))[:size] * 1.2
    return lattice + rng.uniform(-0.1, 0.1, size=(size, 3)), 3.0


def work(size: int) -> tuple[float, float]:
    n = float(size)
    return 8 * n * n / 2, 8 * 6 * n
