"""TF-IDF weights and cosine similarity of documents given as integer token arrays."""

import math

import numpy as np


def count_terms(docs, vocab_size):
    counts = np.zeros((len(docs), vocab_size), dtype=int)
    for d, doc in enumerate(docs):
        for token in doc:
            counts[d, token] += 1
    return counts


def tfidf(counts):
    """Smooth inverse document frequency, rows of unit length."""
    n_docs, vocab_size = counts.shape
    weights = np.zeros((n_docs, vocab_size))
    for t in range(vocab_size):
        df = 0
        for d in range(n_docs):
            if counts[d, t] > 0:
                df += 1
        idf = math.log((1 + n_docs) / (1 + df)) + 1
        for d in range(n_docs):
            weights[d, t] = counts[d, t] * idf
    for d in range(n_docs):
        norm = math.sqrt(sum(w * w for w in weights[d]))
        if norm > 0:
            weights[d] /= norm
    return weights


def most_similar(weights):
    """For each document the index of the nearest other one."""
    nearest = []
    for a in range(len(weights)):
        best, best_sim = -1, -1.0
        for b in range(len(weights)):
            if a == b:
                continue
            sim = np.dot(weights[a], weights[b])
            if sim > best_sim:
                best, best_sim = b, sim
        nearest.append(best)
    return nearest


def kernel(docs, vocab_size):
    weights = tfidf(count_terms(docs, vocab_size))
    return weights, most_similar(weights)


SIZES = {"test": 12, "bench": 280}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    vocab_size = 1000 if size > 100 else 40
    docs = []
    for _ in range(size):
        length = int(rng.integers(20, 200))
        docs.append(np.minimum(rng.geometric(8 / vocab_size, length) - 1, vocab_size - 1))
    docs[0] = docs[0][:0]  # an empty document
    return docs, vocab_size
