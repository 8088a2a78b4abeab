"""Median filter of an image; windows are cut at the border."""

import numpy as np


def median(values: list) -> float:
    ordered = sorted(values)
    n = len(ordered)
    if n % 2 == 1:
        return ordered[n // 2]
    return (ordered[n // 2 - 1] + ordered[n // 2]) / 2


def median_filter(image: np.ndarray, radius: int) -> np.ndarray:
    height, width = image.shape
    out = np.zeros((height, width))
    for y in range(height):
        for x in range(width):
            window = []
            for yy in range(max(0, y - radius), min(height, y + radius + 1)):
                for xx in range(max(0, x - radius), min(width, x + radius + 1)):
                    window.append(image[yy, xx])
            out[y, x] = median(window)
    return out


def kernel(image: np.ndarray, radius: int) -> np.ndarray:
    return median_filter(image, radius)


SIZES = {"test": 12, "bench": 300}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return rng.normal(size=(size, size - 1)), 1
