"""Which functions of `scipy.spatial.distance` are covered; read before anything is lowered."""

PAIRS = ("euclidean", "sqeuclidean", "cityblock", "chebyshev")
TABLES = ("euclidean", "sqeuclidean", "cityblock")
NAMES = (*PAIRS, "cdist", "pdist")
