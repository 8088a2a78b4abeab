"""Discrete Fourier transform from the definition, and the power spectrum."""

import cmath
import math

import numpy as np


def dft(signal):
    n = len(signal)
    spectrum = np.zeros(n, dtype=complex)
    for k in range(n):
        total = 0j
        for t in range(n):
            angle = -2 * math.pi * k * t / n
            total += signal[t] * cmath.exp(1j * angle)
        spectrum[k] = total
    return spectrum


def power_spectrum(spectrum):
    power = []
    for k in range(len(spectrum) // 2 + 1):
        power.append((spectrum[k].real ** 2 + spectrum[k].imag ** 2) / len(spectrum))
    return power


def kernel(signal):
    spectrum = dft(signal)
    return spectrum, power_spectrum(spectrum)


SIZES = {"test": 32, "small": 128, "bench": 650}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    t = np.arange(size)
    return (np.sin(2 * np.pi * 5 * t / size) + 0.5 * rng.normal(size=size),)
