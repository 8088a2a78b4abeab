"""Normalised discounted cumulative gain at k for a batch of queries."""

import math


def dcg(grades: list[int], k: int) -> float:
    total = 0.0
    for position, grade in enumerate(grades[:k]):
        total += (2**grade - 1) / math.log2(position + 2)
    return total


def ndcg(grades: list[int], scores: list[float], k: int) -> float:
    ranked = [g for _, g in sorted(zip(scores, grades, strict=True), key=lambda p: -p[0])]
    ideal = dcg(sorted(grades, reverse=True), k)
    if ideal == 0.0:
        return 0.0
    return dcg(ranked, k) / ideal


def kernel(all_grades: list[list[int]], all_scores: list[list[float]], k: int):
    values = []
    for grades, scores in zip(all_grades, all_scores, strict=True):
        values.append(ndcg(grades, scores, k))
    return values, sum(values) / len(values)


SIZES = {"test": 15, "bench": 12000}


def inputs(size: int, rng) -> tuple:
    grades = rng.integers(0, 5, size=(size, 60))
    grades[0] = 0
    scores = grades + rng.normal(scale=2.0, size=grades.shape)
    return grades.tolist(), scores.tolist(), 50
