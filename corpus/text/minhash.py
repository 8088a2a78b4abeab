"""MinHash signatures of integer sets and the estimated Jaccard similarities."""

PRIME = 2147483647  # 2**31 - 1


def signature(items: list[int], a: list[int], b: list[int]) -> list[int]:
    """Smallest hash of the items under each function (a * x + b) mod PRIME."""
    result = []
    for k in range(len(a)):
        smallest = PRIME
        for x in items:
            h = (a[k] * x + b[k]) % PRIME
            if h < smallest:
                smallest = h
        result.append(smallest)
    return result


def estimate(s: list[int], t: list[int]) -> float:
    same = 0
    for u, v in zip(s, t, strict=True):
        if u == v:
            same += 1
    return same / len(s)


def kernel(sets: list[list[int]], a: list[int], b: list[int]):
    signatures = [signature(items, a, b) for items in sets]
    similar = []
    for i in range(len(sets)):
        for j in range(i + 1, len(sets)):
            similar.append(estimate(signatures[i], signatures[j]))
    return signatures, similar


SIZES = {"test": 10, "bench": 4000}


def inputs(size: int, rng) -> tuple:
    n_hashes = 64
    pool = rng.choice(1_000_000, size=3 * size, replace=False)
    sets = []
    for k in range(8):
        sets.append(sorted(pool[k * size // 5 : k * size // 5 + size].tolist()))
    a = rng.integers(1, PRIME, n_hashes).tolist()
    return sets, a, rng.integers(0, PRIME, n_hashes).tolist()
