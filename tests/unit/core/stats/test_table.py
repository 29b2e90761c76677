import pytest

import swarm.core.stats as settings
from swarm.core.stats.table import (
    error_report,
    fit,
    milliseconds,
    percent,
    percentiles_table,
    rate,
    share,
    stats_table,
    text_width,
)


@pytest.fixture
def busy(stats, clock):
    """Statistics with two rows and a failure."""
    for i in range(200):
        clock.advance(0.1)
        stats.record("GET", "/", 0.5 + i, 10, ValueError("no") if i == 7 else None)
        stats.record("POST", "/cart", 10.0, 10, None)
    return stats


def test_the_table_shows_each_row_and_the_total(busy):
    assert stats_table(busy.snapshot()) == [
        "Type  Name        # reqs   # fails   Avg    Min   Med   95%   99%   Max  req/s  fails/s",
        "---------------------------------------------------------------------------------------",
        "GET   /              200  1 (0.5%)   100  0.500  99.8   190   198   200   10.1        0",
        "POST  /cart          200         0  10.0   10.0  10.0  10.0  10.0  10.0   10.1        0",
        "---------------------------------------------------------------------------------------",
        "      Aggregated     400  1 (0.2%)  55.0  0.500  10.0   180   196   200   20.1        0",
    ]


def test_rates_can_be_those_of_the_whole_run(busy):
    line = stats_table(busy.snapshot(), current=False)[2]
    assert line.split()[-2:] == ["10.0", "0.05"]


@pytest.mark.parametrize("width", [50, 60, 80, 100, 140])
@pytest.mark.parametrize("table", [stats_table, percentiles_table])
def test_a_table_keeps_to_its_width_and_is_aligned(busy, table, width):
    busy.record("GET", "/a/very/long/name" * 20, 1.0, 1, None)
    busy.record("GET", "/日本語" * 20, 1.0, 1, None)
    lines = table(busy.snapshot(), width=width)[-7:]
    assert {text_width(line) for line in lines} == {text_width(lines[-1])}
    assert text_width(lines[-1]) <= width
    assert any("…" in line for line in lines)


def test_when_room_is_short_the_least_needed_columns_go_first(busy):
    assert "fails/s" not in stats_table(busy.snapshot(), width=85)[0]
    assert stats_table(busy.snapshot(), width=75)[0].split() == [
        "Type", "Name", "#", "reqs", "#", "fails", "Avg", "Med", "95%", "99%", "Max", "req/s",
    ]  # fmt: skip
    assert stats_table(busy.snapshot(), width=20)[0].split() == [
        "Type", "Name", "#", "reqs", "#", "fails", "req/s",
    ]  # fmt: skip


def test_too_many_rows_are_cut_to_those_with_the_most_requests(stats):
    for i in range(1000):
        for _ in range(2 if i in {17, 500} else 1):
            stats.record("GET", f"/{i}", 1.0, 0, None)
    lines = stats_table(stats.snapshot(), limit=2)
    assert [line.split()[1] for line in lines[2:4]] == ["/17", "/500"]
    assert lines[4] == "… and 998 more rows"
    assert lines[-1].split()[:2] == ["Aggregated", "1002"]


def test_the_widths_of_the_constants_are_kept(busy, monkeypatch):
    monkeypatch.setattr(settings, "STATS_NAME_WIDTH", 7)
    monkeypatch.setattr(settings, "STATS_TYPE_WIDTH", 6)
    assert stats_table(busy.snapshot())[0].startswith("Type  Name     # reqs")


def test_the_percentiles_are_those_of_the_constant(busy, monkeypatch):
    monkeypatch.setattr(settings, "PERCENTILES_TO_REPORT", [0.5, 0.999, 1.0])
    lines = percentiles_table(busy.snapshot())
    assert lines[1].split() == ["Type", "Name", "50%", "99.9%", "100%"]
    assert lines[3].split() == ["GET", "/", "99.8", "200", "200"]


def test_empty_statistics_make_a_table_as_well(stats):
    assert stats_table(stats.snapshot())[-1].split() == [
        "Aggregated", "0", "0", "0", "-", "0", "0", "0", "0", "0", "0",
    ]  # fmt: skip
    assert error_report([]) == []


def test_control_characters_cannot_break_a_line(stats):
    stats.record("G\tT", "/a\n\x1b[31mred\u202e", 1.0, 0, ValueError("x\ny"))
    lines = stats_table(stats.snapshot()) + error_report(stats.snapshot().errors.values())
    assert all(line.isprintable() for line in lines)


def test_errors_come_with_the_most_frequent_first(stats):
    for text, times in (("rare", 1), ("frequent", 12), ("some", 5)):
        for _ in range(times):
            stats.record("GET", "/", 1.0, 0, ValueError(text))
    lines = error_report(stats.snapshot().errors.values(), limit=2)
    assert lines[3:] == [
        "           12  GET /: ValueError: frequent",
        "            5  GET /: ValueError: some",
        "… and 1 more row",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0.0, "0"),
        (0.0841, "0.084"),
        (7.412, "7.41"),
        (74.12, "74.1"),
        (90061.4, "90061"),
    ],
)
def test_a_response_time_has_the_digits_that_mean_something(value, text):
    assert milliseconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.254, "0.25"), (12.54, "12.5"), (50123.4, "50123")]
)
def test_a_rate_has_the_digits_that_mean_something(value, text):
    assert rate(value) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(0.0, "0%"), (0.00001, "0.1%"), (0.25, "25.0%"), (0.99999, "99.9%"), (1.0, "100%")],
)
def test_a_share_is_nothing_or_all_only_if_it_is(ratio, text):
    assert share(ratio) == text


def test_a_percentile_has_its_usual_name():
    assert [percent(p) for p in settings.PERCENTILES_TO_REPORT] == [
        "50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "99.99%", "100%",
    ]  # fmt: skip


def test_text_is_measured_in_columns_of_the_terminal():
    assert [text_width(t) for t in ("abc", "日本", "e\u0301")] == [3, 4, 1]
    assert fit("日本語", 5) == "日本…"
    assert fit("日本語", 4) == "日… "
    assert fit("ab", 4) == "ab  "
