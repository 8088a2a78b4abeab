"""What the text programs must satisfy."""

from itertools import combinations
from typing import Any

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal


def tfidf(args: Any, result: Any) -> None:
    (docs, vocab_size), (weights, nearest) = args, result
    counts = np.array([np.bincount(doc, minlength=vocab_size) for doc in docs])
    idf = np.log((1 + len(docs)) / (1 + (counts > 0).sum(axis=0))) + 1
    raw = counts * idf
    norms = np.linalg.norm(raw, axis=1, keepdims=True)
    assert_allclose(weights, raw / np.where(norms > 0, norms, 1))
    similarity = weights @ weights.T
    np.fill_diagonal(similarity, -1)
    chosen = similarity[np.arange(len(docs)), nearest]
    assert_allclose(chosen, similarity.max(axis=1))


def minhash(args: Any, result: Any) -> None:
    (sets, a, b), (signatures, similar) = args, result
    a, b = np.array(a)[:, None], np.array(b)[:, None]
    for items, signature in zip(sets, signatures, strict=True):
        assert_array_equal(signature, ((a * np.array(items) + b) % (2**31 - 1)).min(axis=1))
    exact = [len(set(s) & set(t)) / len(set(s) | set(t)) for s, t in combinations(sets, 2)]
    assert max(similar) > 0.3
    assert np.abs(np.subtract(similar, exact)).max() < 0.35


def lda_gibbs(args: Any, result: Any) -> None:
    (docs, words, topics, n_docs, n_words, n_sweeps, rng), (z, by_doc, by_word) = args, result
    topics = topics.copy()
    draws = rng.random((n_sweeps, len(words)))
    for sweep in range(n_sweeps):
        for i in range(len(words)):
            others = np.arange(len(words)) != i
            total = np.bincount(topics[others], minlength=6)
            doc = np.bincount(topics[others & (docs == docs[i])], minlength=6)
            word = np.bincount(topics[others & (words == words[i])], minlength=6)
            weights = (doc + 0.1) * (word + 0.01) / (total + 0.01 * n_words)
            edges = weights.cumsum()
            topics[i] = np.searchsorted(edges, draws[sweep, i] * edges[-1], side="right")
    assert_array_equal(z, topics)
    assert_array_equal(by_doc, np.bincount(docs * 6 + z, minlength=6 * n_docs).reshape(-1, 6))
    assert_array_equal(by_word, np.bincount(words * 6 + z, minlength=6 * n_words).reshape(-1, 6))


PROPERTIES = {
    "tfidf": tfidf,
    "minhash": minhash,
    "lda_gibbs": lda_gibbs,
}
