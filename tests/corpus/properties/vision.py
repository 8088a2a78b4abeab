"""What the image programs must satisfy."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.testing import assert_allclose, assert_array_equal


def conv2d(args: Any, result: Any) -> None:
    images, filters, bias, stride, pad = args
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = sliding_window_view(padded, filters.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    expected = np.einsum("ncijrs,kcrs->nkij", windows, filters) + bias[:, None, None]
    assert_allclose(result, expected, atol=1e-12)


def max_pool(args: Any, result: Any) -> None:
    (x, size, stride), (out, dx) = args, result
    windows = sliding_window_view(x, (size, size), axis=(1, 2))[:, ::stride, ::stride]
    expected = windows.max(axis=(3, 4))
    assert_array_equal(out, expected)
    # a pixel's gradient counts the windows in which it is the largest
    counts = np.zeros_like(x)
    for c, i, j in np.ndindex(expected.shape):
        box = np.s_[c, i * stride : i * stride + size, j * stride : j * stride + size]
        counts[box] += x[box] == expected[c, i, j]
    assert_array_equal(dx, counts)


def nms(args: Any, result: Any) -> None:
    boxes, scores, threshold = args
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    inter = np.clip(high - low, 0, None).prod(axis=2)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    overlap = inter / (area[:, None] + area[None] - inter) > threshold
    kept = np.array(result)
    assert 1 < len(kept) < len(boxes)
    assert np.all(np.diff(scores[kept]) <= 0)
    assert_array_equal(overlap[np.ix_(kept, kept)], np.eye(len(kept), dtype=bool))
    for i in set(range(len(boxes))) - set(result):
        assert np.any(overlap[i, kept] & (scores[kept] >= scores[i]))


def bilinear_resize(args: Any, result: Any) -> None:
    image, new_h, new_w = args

    def weights(new: int, old: int) -> Any:
        at = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
        return np.maximum(0, 1 - abs(at[:, None] - np.arange(old)))

    rows, cols = weights(new_h, image.shape[0]), weights(new_w, image.shape[1])
    expected = np.einsum("ia,jb,abc->ijc", rows, cols, image)
    assert result.dtype == np.uint8
    assert np.abs(result - expected).max() < 0.5 + 1e-9


def histogram_equalization(args: Any, result: Any) -> None:
    (image,), (out, hist) = args, result
    counts = np.bincount(image.ravel(), minlength=256)
    cdf = counts.cumsum()
    first = counts[image.min()]
    assert_array_equal(hist, counts)
    assert_array_equal(out, np.round((cdf[image] - first) / (image.size - first) * 255))
    assert out.min() == 0 and out.max() == 255


def sobel(args: Any, result: Any) -> None:
    (image, fraction), (magnitude, edges) = args, result
    smooth = image[:-2] + 2 * image[1:-1] + image[2:]
    gx = smooth[:, 2:] - smooth[:, :-2]
    smooth = image[:, :-2] + 2 * image[:, 1:-1] + image[:, 2:]
    gy = smooth[2:] - smooth[:-2]
    assert_allclose(magnitude, np.pad(np.hypot(gx, gy), 1), atol=1e-12)
    assert_array_equal(edges, magnitude > fraction * magnitude.max())
    assert edges.any()


def median_filter(args: Any, result: Any) -> None:
    image, radius = args
    width = 2 * radius + 1
    padded = np.pad(image, radius, constant_values=np.nan)
    windows = sliding_window_view(padded, (width, width))
    assert_allclose(result, np.nanmedian(windows, axis=(2, 3)))


def connected_components(args: Any, result: Any) -> None:
    (mask,), (labels, areas) = args, result
    # every pixel takes the smallest index that it can reach
    index = np.where(mask, np.arange(mask.size).reshape(mask.shape), mask.size)
    for _ in range(mask.size):
        p = np.pad(index, 1, constant_values=mask.size)
        around = np.minimum.reduce([p[:-2, 1:-1], p[2:, 1:-1], p[1:-1, :-2], p[1:-1, 2:], index])
        index = np.where(mask, around, mask.size)
    roots, numbered = np.unique(index[mask], return_inverse=True)
    assert len(roots) == len(areas) > 1
    assert_array_equal(labels[mask], numbered + 1)
    assert_array_equal(labels[~mask], 0)
    assert_array_equal(areas, np.bincount(numbered))


PROPERTIES = {
    "conv2d": conv2d,
    "max_pool": max_pool,
    "nms": nms,
    "bilinear_resize": bilinear_resize,
    "histogram_equalization": histogram_equalization,
    "sobel": sobel,
    "median_filter": median_filter,
    "connected_components": connected_components,
}
