"""Holt-Winters additive smoothing with a small grid search over its parameters."""


def smooth(series, season, alpha, beta, gamma):
    """One pass; returns the one-step squared error and the final components."""
    level = sum(series[:season]) / season
    trend = (sum(series[season : 2 * season]) - sum(series[:season])) / season**2
    seasonal = [series[i] - level for i in range(season)]
    sse = 0.0
    for t in range(season, len(series)):
        s = seasonal[t % season]
        forecast = level + trend + s
        error = series[t] - forecast
        sse += error**2
        last_level = level
        level = alpha * (series[t] - s) + (1 - alpha) * (level + trend)
        trend = beta * (level - last_level) + (1 - beta) * trend
        seasonal[t % season] = gamma * (series[t] - level) + (1 - gamma) * s
    return sse, level, trend, seasonal


def fit(series, season, steps):
    best = None
    best_sse = float("inf")
    for a in steps:
        for b in steps:
            for g in steps:
                sse, _, _, _ = smooth(series, season, a, b, g)
                if sse < best_sse:
                    best_sse = sse
                    best = (a, b, g)
    return best, best_sse


def forecast(series, season, params, horizon):
    _, level, trend, seasonal = smooth(series, season, *params)
    out = []
    for h in range(1, horizon + 1):
        out.append(level + h * trend + seasonal[(len(series) + h - 1) % season])
    return out


def kernel(series, season, steps, horizon):
    params, sse = fit(series, season, steps)
    return params, sse, forecast(series, season, params, horizon)


SIZES = {"test": 60, "bench": 7500}


def inputs(size: int, rng) -> tuple:
    season = 12
    pattern = rng.normal(scale=3.0, size=season)
    noise = rng.normal(scale=0.5, size=size)
    series = [float(10 + 0.05 * t + pattern[t % season] + noise[t]) for t in range(size)]
    steps = [0.1, 0.3, 0.5, 0.7, 0.9] if size > 500 else [0.1, 0.5]
    return series, season, steps, season
