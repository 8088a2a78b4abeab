"""Collapsed Gibbs sampling for latent Dirichlet allocation over token arrays."""

import numpy as np


class LDA:
    def __init__(self, n_topics, n_docs, n_words, alpha=0.1, beta=0.01):
        self.n_topics = n_topics
        self.alpha = alpha
        self.beta = beta
        self.n_words = n_words
        self.doc_topic = np.zeros((n_docs, n_topics), dtype=np.int64)
        self.word_topic = np.zeros((n_words, n_topics), dtype=np.int64)
        self.topic_total = np.zeros(n_topics, dtype=np.int64)

    def add(self, d, w, z, amount):
        self.doc_topic[d, z] += amount
        self.word_topic[w, z] += amount
        self.topic_total[z] += amount

    def sample_topic(self, d, w, u):
        """Draw a topic from its conditional with the uniform number u."""
        weights = []
        total = 0.0
        for k in range(self.n_topics):
            in_word = (self.word_topic[w, k] + self.beta) / (
                self.topic_total[k] + self.beta * self.n_words
            )
            total += (self.doc_topic[d, k] + self.alpha) * in_word
            weights.append(total)
        u *= total
        for k in range(self.n_topics):
            if u < weights[k]:
                return k
        return self.n_topics - 1


def kernel(docs, words, topics, n_docs, n_words, n_sweeps, rng):
    z = topics.copy()
    model = LDA(6, n_docs, n_words)
    for i in range(len(words)):
        model.add(docs[i], words[i], z[i], 1)
    for _ in range(n_sweeps):
        for i in range(len(words)):
            d, w = docs[i], words[i]
            model.add(d, w, z[i], -1)
            z[i] = model.sample_topic(d, w, rng.random())
            model.add(d, w, z[i], 1)
    return z, model.doc_topic, model.word_topic


SIZES = {"test": 60, "bench": 5000}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    n_docs, n_words = max(3, size // 100), 60
    docs = np.sort(rng.integers(0, n_docs, size))
    words = (rng.geometric(0.1, size) + 20 * (docs % 3)) % n_words
    return docs, words, rng.integers(0, 6, size), n_docs, n_words, 4, np.random.default_rng(31)
