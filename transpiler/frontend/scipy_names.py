"""Which functions of SciPy are covered, those of `scipy.special` that are intrinsics left out; read before
anything is lowered."""

PAIRS = ("euclidean", "sqeuclidean", "cityblock", "chebyshev")
TABLES = ("euclidean", "sqeuclidean", "cityblock")
NAMES = (*PAIRS, "cdist", "pdist")
"""Of `scipy.spatial.distance`."""

SCIPY_LINALG = (
    "inv",
    "det",
    "solve",
    "cholesky",
    "norm",
    "eigvalsh",
    "solve_triangular",
    "cho_solve",
)
SCIPY_NORM = ("pdf", "logpdf", "cdf", "sf")
