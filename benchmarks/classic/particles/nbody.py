"""One step of gravitating bodies, all pairs, with softened distances.

Source: Aarseth, Gravitational N-Body Simulations, 2003 (softening after Plummer). Velocities first, then
positions.
"""

import math

import numpy as np


def kernel(positions, velocities, masses, dt):
    n = len(masses)
    for i in range(n):
        ax = 0.0
        ay = 0.0
        az = 0.0
        for j in range(n):
            dx = positions[j, 0] - positions[i, 0]
            dy = positions[j, 1] - positions[i, 1]
            dz = positions[j, 2] - positions[i, 2]
            d2 = dx * dx + dy * dy + dz * dz + 0.01
            pull = masses[j] / (d2 * math.sqrt(d2))
            ax += pull * dx
            ay += pull * dy
            az += pull * dz
        velocities[i, 0] += dt * ax
        velocities[i, 1] += dt * ay
        velocities[i, 2] += dt * az
    for i in range(n):
        for axis in range(3):
            positions[i, axis] += dt * velocities[i, axis]


PRANGE = ("i",)


def idiom(positions, velocities, masses, dt):
    apart = positions[None, :, :] - positions[:, None, :]
    d2 = np.einsum("ijk,ijk->ij", apart, apart) + 0.01
    pull = masses / (d2 * np.sqrt(d2))
    velocities += dt * np.einsum("ij,ijk->ik", pull, apart)
    positions += dt * velocities


C = r"""
void kernel(long n, double dt, double *positions, double *velocities, const double *masses)
{
    double *x = malloc(3 * n * sizeof *x), *y = x + n, *z = y + n;   /* one array an axis, for vectors */
    for (long i = 0; i < n; i++) {
        x[i] = positions[3 * i];
        y[i] = positions[3 * i + 1];
        z[i] = positions[3 * i + 2];
    }
    #pragma omp parallel for schedule(static) if (n > 100)
    for (long i = 0; i < n; i++) {
        double ax = 0, ay = 0, az = 0;
        #pragma omp simd reduction(+ : ax, ay, az)
        for (long j = 0; j < n; j++) {
            double dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i];
            double d2 = dx * dx + dy * dy + dz * dz + 0.01;
            double pull = masses[j] / (d2 * sqrt(d2));
            ax += pull * dx;
            ay += pull * dy;
            az += pull * dz;
        }
        velocities[3 * i] += dt * ax;
        velocities[3 * i + 1] += dt * ay;
        velocities[3 * i + 2] += dt * az;
    }
    for (long i = 0; i < 3 * n; i++)
        positions[i] += dt * velocities[i];
    free(x);
}
"""


def call_c(c, positions, velocities, masses, dt):
    c(len(masses), dt, positions, velocities, masses)


SIZES = {"small": 20, "medium": 120, "large": 700}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.normal(size=(size, 3)), rng.normal(size=(size, 3)), rng.random(size) / size, 0.01


def work(size: int) -> tuple[float, float]:
    n = float(size)
    return 20 * n * n, 8 * 13 * n
