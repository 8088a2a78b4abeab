"""Isotonic regression with the pool-adjacent-violators algorithm."""


def isotonic_regression(y, weights):
    """Non-decreasing fit of y that minimises the weighted squared error."""
    means = []
    masses = []
    sizes = []
    for value, weight in zip(y, weights, strict=True):
        means.append(value)
        masses.append(weight)
        sizes.append(1)
        # merge backwards while the order is violated
        while len(means) > 1 and means[-2] > means[-1]:
            mean = means.pop()
            mass = masses.pop()
            size = sizes.pop()
            total = masses[-1] + mass
            means[-1] = (means[-1] * masses[-1] + mean * mass) / total
            masses[-1] = total
            sizes[-1] += size

    fitted = []
    for mean, size in zip(means, sizes, strict=True):
        for _ in range(size):
            fitted.append(mean)
    return fitted


def kernel(y, weights):
    fitted = isotonic_regression(y, weights)
    error = 0.0
    for i in range(len(y)):
        error += weights[i] * (y[i] - fitted[i]) ** 2
    return fitted, error


SIZES = {"test": 60, "bench": 900000}


def inputs(size: int, rng) -> tuple:
    y = [float(i / size * 5 + e) for i, e in enumerate(rng.normal(size=size))]
    return y, rng.uniform(0.5, 2.0, size).tolist()
