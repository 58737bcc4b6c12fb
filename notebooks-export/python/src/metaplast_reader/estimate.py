"""Means and their intervals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Estimate(NamedTuple):
    """A mean over episodes with its 95 % interval."""

    #: How many finite values there are.
    n: int
    #: Their mean; NaN where there are none.
    mean: float
    #: Lower end of the interval.
    lower: float
    #: Upper end of the interval.
    upper: float


def estimate(values: ArrayLike, *, seed: int = 0, resamples: int = 2000) -> Estimate:
    """Mean of the finite values, and the bootstrap 95 % interval of that mean.

    The interval is the 2.5th to the 97.5th percentile of the means of `resamples` samples drawn with replacement.

    Parameters
    ----------
    values
        Scores, one an episode.
    seed
        Seed of the resampling.
    resamples
        How many samples are drawn.

    Examples
    --------
    >>> found = estimate([0.5, 0.7, 0.6, float("nan")])
    >>> found.n, round(found.mean, 3)
    (3, 0.6)
    >>> 0.5 <= found.lower < found.mean < found.upper <= 0.7
    True
    >>> estimate([]).n
    0
    """
    known = np.asarray(values, dtype=float).ravel()
    known = known[np.isfinite(known)]
    if known.size == 0:
        return Estimate(0, float("nan"), float("nan"), float("nan"))
    draws = np.random.default_rng(seed).integers(0, known.size, size=(resamples, known.size))
    lower, upper = np.percentile(known[draws].mean(axis=1), [2.5, 97.5])
    return Estimate(int(known.size), float(known.mean()), float(lower), float(upper))
