"""Distances on the globe between pairs of places, by the haversine formula, in km.

Source: Sinnott, "Virtues of the haversine", Sky and Telescope 1984. Angles in radians.
"""

import math

import numpy as np


def kernel(lat1, lon1, lat2, lon2):
    out = np.empty(len(lat1))
    for i in range(len(lat1)):
        up = math.sin((lat2[i] - lat1[i]) / 2.0)
        across = math.sin((lon2[i] - lon1[i]) / 2.0)
        h = up * up + math.cos(lat1[i]) * math.cos(lat2[i]) * across * across
        out[i] = 2.0 * 6371.0 * math.asin(math.sqrt(h))
    return out


PRANGE = ("i",)
BOUND = "math"


def idiom(lat1, lon1, lat2, lon2):
    up = np.sin((lat2 - lat1) / 2.0) ** 2
    across = np.sin((lon2 - lon1) / 2.0) ** 2
    h = up + np.cos(lat1) * np.cos(lat2) * across
    return 2.0 * 6371.0 * np.arcsin(np.sqrt(h))


C = r"""
#include "vector_math.h"

void kernel(long n, const double *lat1, const double *lon1, const double *lat2, const double *lon2,
            double *out)
{
    #pragma omp parallel for simd schedule(static) if (parallel : n > 2000)
    for (long i = 0; i < n; i++) {
        double up = vsin((lat2[i] - lat1[i]) / 2.0), across = vsin((lon2[i] - lon1[i]) / 2.0);
        double h = up * up + vcos(lat1[i]) * vcos(lat2[i]) * across * across;
        out[i] = 2.0 * 6371.0 * vasin(sqrt(h));
    }
}
"""


def call_c(c, lat1, lon1, lat2, lon2):
    out = np.empty(len(lat1))
    c(len(lat1), lat1, lon1, lat2, lon2, out)
    return out


SIZES = {"small": 300, "medium": 10_000, "large": 1_000_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    lat1, lat2 = rng.uniform(-1.2, 1.2, size=(2, size))
    lon1, lon2 = rng.uniform(-1.5, 1.5, size=(2, size))
    return lat1, lon1, lat2, lon2


def work(size: int) -> tuple[float, float]:
    return 90.0 * size, 40.0 * size
