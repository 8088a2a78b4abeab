"""Greedy non-maximum suppression of detection boxes by intersection over union."""

import numpy as np


def iou(a, b):
    """Boxes are (x1, y1, x2, y2)."""
    x1 = max(a[0], b[0])
    y1 = max(a[1], b[1])
    x2 = min(a[2], b[2])
    y2 = min(a[3], b[3])
    inter = max(0.0, x2 - x1) * max(0.0, y2 - y1)
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a + area_b - inter
    if union <= 0:
        return 0.0
    return inter / union


def nms(boxes, scores, threshold):
    """Indices of the kept boxes, best score first."""
    order = np.argsort(-scores, kind="stable")
    keep = []
    for i in order:
        suppressed = False
        for j in keep:
            if iou(boxes[i], boxes[j]) > threshold:
                suppressed = True
                break
        if not suppressed:
            keep.append(int(i))
    return keep


def kernel(boxes, scores, threshold):
    return nms(boxes, scores, threshold)


SIZES = {"test": 30, "small": 150, "bench": 1200}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    corner = rng.uniform(0, 12 * size**0.5, size=(size, 2))
    extent = rng.uniform(10, 60, size=(size, 2))
    return np.hstack([corner, corner + extent]), rng.random(size), 0.3
