"""Intervals, paired tests and quantiles against oracles that compute them another way."""

from __future__ import annotations

import itertools
import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybrid.evaluation.statistics import mcnemar, mean, mean_between, paired_difference, quantile, wilson

Z = 1.959963984540054


def score_bound(successes: int, n: int, *, upper: bool) -> float:
    """Find by bisection where the score test of ``successes`` out of ``n`` stops rejecting."""
    rate = successes / n
    inside, outside = (rate, 1.0) if upper else (rate, 0.0)
    for _ in range(200):
        middle = (inside + outside) / 2
        spread = math.sqrt(middle * (1 - middle) / n)
        rejected = abs(rate - middle) > Z * spread
        inside, outside = (inside, middle) if rejected else (middle, outside)
    return inside


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_the_set_of_rates_the_score_test_keeps(counts: tuple[int, int]) -> None:
    successes, n = counts
    interval = wilson(successes, n)
    assert interval.low == pytest.approx(score_bound(successes, n, upper=False), abs=1e-9)
    assert interval.high == pytest.approx(score_bound(successes, n, upper=True), abs=1e-9)


def test_wilson_of_a_published_example() -> None:
    interval = wilson(81, 263)  # Newcombe, Statistics in Medicine 17, 1998, table I, method 3
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2553, 0.3662)


def test_wilson_knows_nothing_of_no_episodes() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@pytest.mark.parametrize("successes", [-1, 6])
def test_wilson_refuses_impossible_counts(successes: int) -> None:
    with pytest.raises(ValueError, match="out of 5"):
        wilson(successes, 5)


def coin_values(only_first: int, only_second: int) -> tuple[float, float]:
    """Return mid-p and exact p by listing every sequence of fair coins."""
    n = only_first + only_second
    observed = abs(only_first - only_second)
    distances = [abs(2 * sum(coins) - n) for coins in itertools.product((0, 1), repeat=n)]
    exact = sum(distance >= observed for distance in distances) / 2**n
    middle = exact - sum(distance == observed for distance in distances) / 2**n / 2
    return (1.0 if observed == 0 else middle), exact


@pytest.mark.parametrize(("only_first", "only_second"), list(itertools.product(range(7), range(6))))
def test_mcnemar_agrees_with_listing_every_coin(only_first: int, only_second: int) -> None:
    first = [True] * only_first + [False] * only_second + [True, False]
    second = [False] * only_first + [True] * only_second + [True, False]
    result = mcnemar(first, second)
    middle, exact = coin_values(only_first, only_second)
    assert (result.only_first, result.only_second) == (only_first, only_second)
    assert result.p == pytest.approx(middle)
    assert result.p_exact == pytest.approx(exact)


def test_mcnemar_refuses_unpaired_outcomes() -> None:
    with pytest.raises(ValueError, match="shorter"):
        mcnemar([True, False], [True])


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_quantiles_agree_with_the_standard_library(values: list[float]) -> None:
    percentiles = statistics.quantiles(values, n=100, method="inclusive")
    assert quantile(values, 0.5) == pytest.approx(statistics.median(values))
    assert quantile(values, 0.95) == pytest.approx(percentiles[94])


def test_nothing_has_no_mean_and_no_quantile() -> None:
    assert mean([]) is None
    assert quantile([], 0.5) is None
    assert mean([1.0, 2.0, 6.0]) == 3.0


def test_the_interval_of_a_mean_is_about_as_wide_as_students() -> None:
    rng = random.Random(5)
    values = [rng.gauss(3.0, 2.0) for _ in range(200)]
    half = Z * statistics.stdev(values) / math.sqrt(len(values))
    interval = mean_between(values)
    assert interval.low == pytest.approx(statistics.fmean(values) - half, abs=0.1 * half)
    assert interval.high == pytest.approx(statistics.fmean(values) + half, abs=0.1 * half)
    assert mean_between(values) == interval
    assert (mean_between([4.0]).low, mean_between([4.0]).high) == (-math.inf, math.inf)


def multinomial(n: int, first: int, second: int, chances: tuple[float, float]) -> float:
    """Return the chance that exactly ``first`` tasks are won by one arm alone and ``second`` by the other."""
    neither = n - first - second
    ways = math.comb(n, first) * math.comb(n - first, second)
    return ways * chances[0] ** first * chances[1] ** second * (1 - sum(chances)) ** neither


@pytest.mark.parametrize("chances", [(0.3, 0.1), (0.5, 0.05), (0.05, 0.05), (0.15, 0.0), (0.6, 0.01)])
def test_the_interval_of_a_paired_difference_covers_the_truth_as_often_as_it_says(chances: tuple[float, float]) -> None:
    n, truth, covered = 40, chances[0] - chances[1], 0.0
    for first in range(n + 1):
        for second in range(n + 1 - first):
            interval = paired_difference(first, second, n)
            assert -1.0 <= interval.low <= interval.high <= 1.0
            if interval.low <= truth <= interval.high:
                covered += multinomial(n, first, second, chances)
    assert covered >= 0.93


def test_a_paired_difference_of_nothing_says_nothing_and_of_the_impossible_is_refused() -> None:
    assert (paired_difference(0, 0, 0).low, paired_difference(0, 0, 0).high) == (-1.0, 1.0)
    mirrored = paired_difference(3, 9, 20), paired_difference(9, 3, 20)
    assert mirrored[0].low == pytest.approx(-mirrored[1].high)
    with pytest.raises(ValueError, match="out of"):
        paired_difference(3, 3, 5)
