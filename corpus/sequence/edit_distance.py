"""Levenshtein distance between integer token sequences, and a corpus-level error rate."""


def edit_distance(ref: list[int], hyp: list[int]) -> int:
    """Fewest insertions, deletions and substitutions that turn ref into hyp."""
    rows = len(ref) + 1
    cols = len(hyp) + 1
    table = [[0] * cols for _ in range(rows)]
    for i in range(rows):
        table[i][0] = i
    for j in range(cols):
        table[0][j] = j
    for i in range(1, rows):
        for j in range(1, cols):
            if ref[i - 1] == hyp[j - 1]:
                table[i][j] = table[i - 1][j - 1]
            else:
                table[i][j] = 1 + min(table[i - 1][j], table[i][j - 1], table[i - 1][j - 1])
    return table[rows - 1][cols - 1]


def word_error_rate(refs: list[list[int]], hyps: list[list[int]]) -> tuple[list[int], float]:
    distances = []
    words = 0
    for ref, hyp in zip(refs, hyps, strict=True):
        distances.append(edit_distance(ref, hyp))
        words += len(ref)
    return distances, sum(distances) / words


def kernel(refs: list[list[int]], hyps: list[list[int]]):
    return word_error_rate(refs, hyps)


SIZES = {"test": 15, "bench": 500}


def inputs(size: int, rng) -> tuple:
    refs, hyps = [], []
    for k in range(6):
        ref = rng.integers(0, 30, size + k).tolist()
        hyp = [t if rng.random() > 0.2 else int(rng.integers(0, 30)) for t in ref]
        refs.append(ref)
        hyps.append(hyp[: len(hyp) - k // 2])
    return refs, hyps
