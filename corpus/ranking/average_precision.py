"""Average precision and mean average precision of ranked retrieval results."""

import numpy as np


def average_precision(scores, relevant):
    """Mean of the precision at the rank of each relevant document."""
    order = np.argsort(-scores, kind="stable")
    hits = 0
    total = 0.0
    for rank, doc in enumerate(order, start=1):
        if relevant[doc]:
            hits += 1
            total += hits / rank
    if hits == 0:
        return 0.0
    return total / hits


def kernel(score_matrix, relevance_matrix):
    per_query = []
    for q in range(len(score_matrix)):
        per_query.append(average_precision(score_matrix[q], relevance_matrix[q]))
    return per_query, sum(per_query) / len(per_query)


SIZES = {"test": 40, "bench": 40000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    relevance = rng.random(size=(50, size)) < 0.2 if size > 100 else rng.random((5, size)) < 0.2
    scores = rng.normal(size=relevance.shape) + relevance
    relevance[0] = False  # a query without any relevant document
    return scores, relevance
