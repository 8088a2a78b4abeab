"""Histogram equalisation of a grey-scale image."""

import numpy as np


def equalize(image):
    rows, cols = image.shape
    hist = [0] * 256
    for i in range(rows):
        for j in range(cols):
            hist[image[i, j]] += 1

    # cumulative counts, and the first grey level in use
    cdf = []
    running = 0
    for count in hist:
        running += count
        cdf.append(running)
    cdf_min = 0
    for value in cdf:
        if value > 0:
            cdf_min = value
            break

    total = rows * cols
    table = np.zeros(256, dtype=np.uint8)
    if total > cdf_min:
        for level in range(256):
            scaled = (cdf[level] - cdf_min) / (total - cdf_min) * 255
            table[level] = max(0, round(scaled))

    out = np.empty_like(image)
    for i in range(rows):
        for j in range(cols):
            out[i, j] = table[image[i, j]]
    return out, hist


def kernel(image):
    return equalize(image)


SIZES = {"test": 16, "small": 128, "bench": 1300}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    grey = rng.normal(loc=90, scale=20, size=(size, size + 1))
    return (np.clip(grey, 0, 255).astype(np.uint8),)
