"""Train a small and a middling self-organising map."""

import numpy as np
from minisom import MiniSom

rng = np.random.default_rng(0)
for side, samples, steps in ((4, 60, 300), (12, 400, 3000)):
    data = rng.normal(size=(samples, 5))
    som = MiniSom(side, side, 5, sigma=1.5, learning_rate=0.5, random_seed=1)
    som.train(data, steps)
    som.quantization_error(data)
    som.topographic_error(data)
    som.distance_map()
    som.activation_response(data)
