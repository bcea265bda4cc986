"""Intervals, paired tests and quantiles of episode outcomes; knows nothing of arms or tasks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from scipy.stats import bootstrap

RESAMPLES: Final = 2000
"""Times that values are drawn again for an interval of their mean."""


@dataclass(frozen=True)
class Interval:
    """A confidence interval; of a proportion, ``low`` and ``high`` lie in [0, 1]."""

    low: float
    high: float


@dataclass(frozen=True)
class PairedTest:
    """McNemar's comparison of two arms on the same tasks.

    Attributes:
        only_first: tasks the first arm alone solved.
        only_second: tasks the second arm alone solved.
        p: two-sided mid-p value.
        p_exact: two-sided exact value, the conservative one.
    """

    only_first: int
    only_second: int
    p: float
    p_exact: float


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the Wilson score interval of ``successes`` out of ``n`` (Wilson, JASA 22, 1927).

    It is the set of proportions that a score test does not reject, so it keeps inside [0, 1] and stays informative at
    0 and at ``n`` successes. With ``n`` = 0 nothing is known: [0, 1].

    Raises:
        ValueError: ``successes`` is not in 0..``n``.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes out of {n}")
    if n == 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    rate = successes / n
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return Interval(low, high)


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> PairedTest:
    """Compare two arms on the same tasks, given in the same order.

    Under the null hypothesis a task that exactly one arm solved is a fair coin. The exact value sums the tail of
    Binomial(discordant, 1/2) and doubles it; the mid-p value counts the observed outcome half (Fagerland, Lydersen and
    Laake, BMC Medical Research Methodology 13:91, 2013, section "McNemar mid-p test").

    Raises:
        ValueError: the sequences differ in length.
    """
    pairs = list(zip(first, second, strict=True))
    only_first = sum(a and not b for a, b in pairs)
    only_second = sum(b and not a for a, b in pairs)
    discordant = only_first + only_second
    fewer = min(only_first, only_second)
    tail = sum(math.comb(discordant, k) for k in range(fewer + 1))
    point = math.comb(discordant, fewer)
    outcomes = 2**discordant
    exact = min(1.0, 2 * tail / outcomes)
    middle = 1.0 if only_first == only_second else 2 * tail / outcomes - point / outcomes
    return PairedTest(only_first=only_first, only_second=only_second, p=middle, p_exact=exact)


def paired_difference(only_first: int, only_second: int, n: int, confidence: float = 0.95) -> Interval:
    """Return an interval of the difference of two rates on the same ``n`` tasks, in [-1, 1].

    Agresti and Min's adjustment of Wald's interval (Statistics in Medicine 24, 2005, 729-740): one half is added to
    each of the four cells, which keeps its coverage near nominal where the arms hardly ever differ. With ``n`` = 0
    nothing is known: [-1, 1].

    Raises:
        ValueError: there are more tasks that exactly one arm solved than tasks.
    """
    if min(only_first, only_second) < 0 or only_first + only_second > n:
        raise ValueError(f"{only_first} and {only_second} out of {n}")
    if n == 0:
        return Interval(-1.0, 1.0)
    first, second, count = only_first + 0.5, only_second + 0.5, n + 2
    centre = (first - second) / count
    variance = (first + second - (first - second) ** 2 / count) / count**2
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * math.sqrt(variance)
    return Interval(max(-1.0, centre - half), min(1.0, centre + half))


def mean_between(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """Return an interval of the mean of ``values`` by resampling them (Efron and Tibshirani, 1993, chapter 13).

    Fewer than two say nothing of how they spread: an endless interval. The same values give the same interval.
    """
    if len(values) < 2:
        return Interval(-math.inf, math.inf)
    found = bootstrap(
        (values,), np.mean, n_resamples=RESAMPLES, confidence_level=confidence, method="percentile", rng=0
    ).confidence_interval
    return Interval(float(found.low), float(found.high))


def quantile(values: Sequence[float], q: float) -> float | None:
    """Return the ``q`` quantile (0..1) of ``values``, interpolated (Hyndman and Fan's type 7); None of none."""
    if not values:
        return None
    ordered = sorted(values)
    place = q * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def mean(values: Sequence[float]) -> float | None:
    """Return the arithmetic mean of ``values``; None of none."""
    return math.fsum(values) / len(values) if values else None
