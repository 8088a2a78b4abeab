"""Prices of European call and put options.

Source: Black and Scholes, "The pricing of options and corporate liabilities", 1973; Hull, Options,
Futures, and Other Derivatives.
"""

import math

import numpy as np


def normal(x):
    """The normal distribution's cumulative probability."""
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def kernel(spot, strike, years, rate, volatility):
    calls = np.empty(len(spot))
    puts = np.empty(len(spot))
    for i in range(len(spot)):
        spread = volatility * math.sqrt(years[i])
        growth = (rate + 0.5 * volatility * volatility) * years[i]
        d1 = (math.log(spot[i] / strike[i]) + growth) / spread
        d2 = d1 - spread
        later = strike[i] * math.exp(-rate * years[i])
        calls[i] = spot[i] * normal(d1) - later * normal(d2)
        puts[i] = later * normal(-d2) - spot[i] * normal(-d1)
    return calls, puts


PRANGE = ("i",)
BOUND = "math"


def idiom(spot, strike, years, rate, volatility):
    from scipy.special import ndtr

    spread = volatility * np.sqrt(years)
    d1 = (np.log(spot / strike) + (rate + 0.5 * volatility * volatility) * years) / spread
    d2 = d1 - spread
    later = strike * np.exp(-rate * years)
    return spot * ndtr(d1) - later * ndtr(d2), later * ndtr(-d2) - spot * ndtr(-d1)


C = r"""
#include "vector_math.h"

#define NORMAL(x) (0.5 * (1.0 + verf((x) / 1.4142135623730951)))

void kernel(long n, double rate, double volatility, const double *spot, const double *strike,
            const double *years, double *calls, double *puts)
{
    #pragma omp parallel for simd schedule(static) if (parallel : n > 1000)
    for (long i = 0; i < n; i++) {
        double spread = volatility * sqrt(years[i]);
        double growth = (rate + 0.5 * volatility * volatility) * years[i];
        double d1 = (vlog(spot[i] / strike[i]) + growth) / spread, d2 = d1 - spread;
        double later = strike[i] * vexp(-rate * years[i]);
        calls[i] = spot[i] * NORMAL(d1) - later * NORMAL(d2);
        puts[i] = later * NORMAL(-d2) - spot[i] * NORMAL(-d1);
    }
}
"""


def call_c(c, spot, strike, years, rate, volatility):
    calls, puts = np.empty(len(spot)), np.empty(len(spot))
    c(len(spot), rate, volatility, spot, strike, years, calls, puts)
    return calls, puts


SIZES = {"small": 200, "medium": 10_000, "large": 600_000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    spot, strike = rng.uniform(90.0, 110.0, size=(2, size))
    return spot, strike, rng.uniform(0.5, 2.0, size), 0.03, 0.3


def work(size: int) -> tuple[float, float]:
    return 140.0 * size, 40.0 * size
