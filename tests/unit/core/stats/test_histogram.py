import logging
import math
import struct
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import swarm.core.stats as settings
from swarm.core.stats import Histogram

MICROSECOND, TEN_HOURS = 0.001, 36_000_000.0
times = st.floats(MICROSECOND, TEN_HOURS)
batches = st.lists(times, max_size=60)
fractions = st.floats(0, 1)


def order_statistic(values, fraction):
    rank = math.ceil(round(fraction * len(values), 6))
    return sorted(values)[max(rank, 1) - 1]


@given(st.lists(times, min_size=1, max_size=200), fractions)
def test_a_percentile_is_within_half_a_percent_of_the_order_statistic(values, fraction):
    exact = order_statistic(values, fraction)
    assert Histogram.of(values).percentile(fraction) == pytest.approx(exact, rel=0.005)


@given(st.floats(-4, 8), st.integers(1, 500))
def test_the_bound_holds_for_many_values_of_one_magnitude(exponent, count):
    values = [10**exponent * (1 + i / count) for i in range(count)]
    for fraction in (0.5, 0.9, 0.99, 0.999):
        exact = order_statistic(values, fraction)
        assert Histogram.of(values).percentile(fraction) == pytest.approx(exact, rel=0.005)


@given(st.lists(times, min_size=1))
def test_the_ends_are_exact(values):
    histogram = Histogram.of(values)
    assert histogram.percentile(1) == max(values) == histogram.maximum
    assert histogram.percentile(0) == min(values) == histogram.minimum


@given(st.lists(times, min_size=1, max_size=100))
def test_percentiles_never_fall_as_the_fraction_grows(values):
    histogram = Histogram.of(values)
    found = [histogram.percentile(i / 50) for i in range(51)]
    assert found == sorted(found)


@given(batches)
def test_count_and_sum_are_exact(values):
    histogram = Histogram.of(values)
    assert histogram.count == len(values)
    assert Fraction(histogram.total) + Fraction(histogram.residue) == sum(map(Fraction, values))


@given(batches, batches, batches)
def test_merging_is_associative_and_commutative_and_equals_one_process(a, b, c):
    one, two, three = map(Histogram.of, (a, b, c))
    whole = Histogram.of(a + b + c)
    assert one.merge(two).merge(three) == whole
    assert three.merge(one.merge(two)) == whole
    assert Histogram.merged([two, three, one]) == whole


def test_merging_changes_neither_side():
    one, two = Histogram.of([1.0, 2.0]), Histogram.of([2.0])
    before = dict(one.counts), dict(two.counts)
    one.merge(two)
    assert (dict(one.counts), dict(two.counts)) == before


def test_memory_is_bounded_over_all_magnitudes():
    histogram = Histogram.of([10 ** (i / 10_000) for i in range(-60_000, 90_000)])
    assert histogram.count == 150_000
    assert len(histogram.counts) < 7_000


def test_a_rank_is_not_pushed_up_by_rounding():
    assert 0.07 * 100 > 7
    assert Histogram.of([float(i) for i in range(1, 101)]).percentile(0.07) == pytest.approx(
        7, rel=0.005
    )


def test_without_values_percentiles_are_zero():
    assert Histogram.of([]).percentile(0.5) == 0
    assert Histogram.of([]).minimum is None


@pytest.mark.parametrize("fraction", [-0.1, 1.01, 95, math.nan])
def test_a_percentile_that_is_no_fraction_is_refused(fraction):
    with pytest.raises(ValueError, match="between 0 and 1"):
        Histogram.of([1.0]).percentile(fraction)


class Weird:
    def __float__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    "bad",
    [
        math.nan,
        math.inf,
        -math.inf,
        "12",
        b"1",
        None,
        10**400,
        1e300,
        [],
        1j,
        Weird(),
        Decimal("sNaN"),
    ],
    ids=repr,
)
def test_one_bad_value_spoils_no_other(bad):
    histogram = Histogram.of([1.0, bad, 3.0])
    assert (histogram.count, histogram.total, histogram.minimum, histogram.maximum) == (2, 4, 1, 3)


def test_negative_values_count_as_zero():
    histogram = Histogram.of([-5.0, 1.0])
    assert (histogram.count, histogram.total, histogram.minimum) == (2, 1.0, 0.0)


class Float32:
    """What numpy's scalars look like from here."""

    def __init__(self, value):
        self.value = value

    def __float__(self):
        return struct.unpack("f", struct.pack("f", self.value))[0]

    def __lt__(self, other):
        return float(self) < float(other)

    def __gt__(self, other):
        return float(self) > float(other)


@pytest.mark.parametrize("kind", [int, Decimal, Fraction, Float32, bool])
def test_any_kind_of_number_is_counted_and_figures_are_floats(kind):
    histogram = Histogram.of([kind(1), 1.0])
    assert histogram.count == 2
    assert histogram.total == 2.0
    assert type(histogram.minimum) is float
    assert type(histogram.maximum) is float


def test_values_below_a_nanosecond_are_counted_as_zero_yet_kept_exact_at_the_ends():
    histogram = Histogram.of([0.0, 1e-12, 1e-300, 2e-9])
    assert dict(histogram.counts) == {0.0: 4}
    assert histogram.maximum == 2e-9


def test_a_replaced_bucketing_function_takes_effect(monkeypatch):
    monkeypatch.setattr(settings, "bucket_response_time", lambda ms: round(ms, -2))
    assert dict(Histogram.of([101, 149, 260]).counts) == {100: 2, 300: 1}


def test_the_documented_example_of_a_bucketing_function_works(monkeypatch):
    def three_digits(response_time):
        if response_time == 0:
            return 0
        return round(response_time, -math.floor(math.log10(abs(response_time))) + 2)

    monkeypatch.setattr(settings, "bucket_response_time", three_digits)
    assert dict(Histogram.of([0, 12344.0, 12349.0]).counts) == {0: 1, 12300.0: 2}


@pytest.mark.parametrize("returned", [None, "x", math.nan, -1])
def test_a_bucketing_function_that_fails_is_replaced_and_reported_once(
    monkeypatch, caplog, returned
):
    expected = dict(Histogram.of([5.0, 5.0]).counts)
    monkeypatch.setattr(settings, "bucket_response_time", lambda ms: returned)
    with caplog.at_level(logging.WARNING):
        assert dict(Histogram.of([5.0, 5.0]).counts) == expected
    assert len(caplog.records) == 1


def test_the_bucket_of_a_single_value_is_the_one_it_is_counted_in():
    for value in (0.001, 0.5, 7.3, 147.2, 86_400_000.0):
        assert list(Histogram.of([value]).counts) == [settings.bucket_response_time(value)]


def test_it_tells_what_it_holds():
    assert repr(Histogram.of([1.0, 2.0])) == "<Histogram of 2 values from 1.0 to 2.0 ms>"
    assert hash(Histogram.of([1.0])) == hash(Histogram.of([1.0]))
