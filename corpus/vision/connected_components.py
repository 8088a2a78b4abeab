"""Label the 4-connected components of a binary mask and measure their areas."""

import numpy as np


def label_components(mask):
    height, width = mask.shape
    labels = np.zeros((height, width), dtype=int)
    areas = []
    current = 0
    for sy in range(height):
        for sx in range(width):
            if not mask[sy, sx] or labels[sy, sx] != 0:
                continue
            current += 1
            area = 0
            stack = [(sy, sx)]
            labels[sy, sx] = current
            while stack:
                y, x = stack.pop()
                area += 1
                for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                    ny, nx = y + dy, x + dx
                    if 0 <= ny < height and 0 <= nx < width:
                        if mask[ny, nx] and labels[ny, nx] == 0:
                            labels[ny, nx] = current
                            stack.append((ny, nx))
            areas.append(area)
    return labels, areas


def kernel(mask):
    return label_components(mask)


SIZES = {"test": 14, "bench": 700}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return (rng.random(size=(size, size + 3)) < 0.55,)
