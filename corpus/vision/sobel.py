"""Sobel edge magnitude and a thresholded edge map."""

import math

import numpy as np

GX = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
GY = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]


def sobel(image):
    """Gradient magnitude; the one-pixel border stays zero."""
    h, w = image.shape
    magnitude = np.zeros((h, w))
    for y in range(1, h - 1):
        for x in range(1, w - 1):
            gx = 0.0
            gy = 0.0
            for dy in range(3):
                for dx in range(3):
                    pixel = image[y + dy - 1, x + dx - 1]
                    gx += GX[dy][dx] * pixel
                    gy += GY[dy][dx] * pixel
            magnitude[y, x] = math.sqrt(gx * gx + gy * gy)
    return magnitude


def kernel(image, fraction):
    magnitude = sobel(image)
    threshold = fraction * magnitude.max()
    edges = np.zeros(image.shape, dtype=bool)
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            edges[y, x] = magnitude[y, x] > threshold
    return magnitude, edges


SIZES = {"test": 14, "bench": 360}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    y, x = np.mgrid[0:size, 0 : size + 2]
    disc = ((y - size / 2) ** 2 + (x - size / 2) ** 2 < (size / 3) ** 2).astype(float)
    return disc + 0.1 * rng.random(size=disc.shape), 0.4
