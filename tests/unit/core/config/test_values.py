import math
from argparse import ArgumentTypeError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core.config import values


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("300", 300),
        ("0", 0),
        ("0.5", 0.5),
        (".5", 0.5),
        ("300s", 300),
        ("20m", 1200),
        ("3h", 10800),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("500ms", 0.5),
        ("1d2h3m4s5ms", 93784.005),
        ("1h 30m", 5400),
        (" 10s ", 10),
    ],
)
def test_a_timespan_is_seconds_or_numbers_with_units(text, seconds):
    assert values.timespan(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "10x", "h", "-5", "-5s", "1h-5m", "10 20", "1,5h", "inf", "nan", "1e3", "5M",
     "1h30", "٣s"],
)  # fmt: skip
def test_what_is_no_timespan_is_told_what_would_be(text):
    with pytest.raises(ArgumentTypeError, match=r"is no length of time; write seconds .* 1h30m"):
        values.timespan(text)


@pytest.mark.parametrize("text", ["30m1h", "1h1h", "5s5ms3s"])
def test_units_come_in_order_and_once(text):
    with pytest.raises(ArgumentTypeError, match="larger units come first"):
        values.timespan(text)


@pytest.mark.parametrize("text", ["9" * 400, "9" * 400 + "s"])
def test_a_timespan_without_end_is_refused(text):
    with pytest.raises(ArgumentTypeError, match="too long"):
        values.timespan(text)


@given(st.integers(min_value=0, max_value=10**12))
def test_a_formatted_timespan_reads_as_the_same_number_of_milliseconds(milliseconds):
    text = values.format_timespan(milliseconds / 1000)
    assert round(values.timespan(text) * 1000) == milliseconds


@given(st.floats(min_value=0, max_value=10**9))
def test_formatting_rounds_by_half_a_millisecond_at_most(seconds):
    assert values.timespan(values.format_timespan(seconds)) == pytest.approx(seconds, abs=0.00051)


@given(st.text())
def test_any_text_is_a_finite_timespan_of_no_negative_length_or_refused(text):
    try:
        seconds = values.timespan(text)
    except ArgumentTypeError:
        return
    assert 0 <= seconds < math.inf


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (5400, "1h30m"), (0.25, "250ms"), (90061.5, "1d1h1m1s500ms")]
)
def test_a_formatted_timespan_is_short(seconds, text):
    assert values.format_timespan(seconds) == text


@pytest.mark.parametrize("text", ["0", "0s", "0h0m"])
def test_a_run_takes_some_time(text):
    with pytest.raises(ArgumentTypeError, match="must be more than 0 seconds"):
        values.positive_timespan(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0", "at least 1 user"),
        ("-3", "at least 1 user"),
        ("1.5", "not a whole number"),
        ("many", "not a whole number"),
        ("1_000", "not a whole number"),
        ("", "not a whole number"),
        ("9" * 5000, "too long"),
    ],
)
def test_a_wrong_number_of_users_is_refused(text, reason):
    with pytest.raises(ArgumentTypeError, match=reason):
        values.user_count(text)


@given(st.integers(min_value=1))
def test_any_positive_whole_number_of_users_is_accepted(number):
    assert values.user_count(str(number)) == number


@pytest.mark.parametrize("text", ["0", "-1", "-0.0"])
def test_a_spawn_rate_is_more_than_nothing(text):
    with pytest.raises(ArgumentTypeError, match="more than 0 users per second"):
        values.spawn_rate(text)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999"])
def test_a_spawn_rate_is_finite(text):
    with pytest.raises(ArgumentTypeError, match="not a finite number"):
        values.spawn_rate(text)


@pytest.mark.parametrize("text", ["", "fast", "1/s", "1,5"])
def test_a_spawn_rate_is_a_number(text):
    with pytest.raises(ArgumentTypeError, match="is not a number of users per second"):
        values.spawn_rate(text)


@pytest.mark.parametrize("text", ["-1", "256"])
def test_an_exit_code_is_what_a_process_can_exit_with(text):
    with pytest.raises(ArgumentTypeError, match="go from 0 to 255"):
        values.exit_code(text)


def test_a_log_level_may_be_written_in_any_case():
    assert values.log_level("warning") == "WARNING"


def test_an_unknown_log_level_is_told_the_known_ones():
    with pytest.raises(ArgumentTypeError, match="DEBUG, INFO, WARNING, ERROR, CRITICAL"):
        values.log_level("loud")


@pytest.mark.parametrize("text", ["", "  ", "\t"])
@pytest.mark.parametrize("kind", ["host", "path", "name"])
def test_a_host_path_or_name_is_not_blank(kind, text):
    with pytest.raises(ArgumentTypeError, match=f"the {kind} is blank"):
        getattr(values, kind)(text)


def test_a_host_has_no_control_characters():
    with pytest.raises(ArgumentTypeError, match="control character"):
        values.host("http://a\r\nb")


@pytest.mark.parametrize("text", ["broker:1883", "https://www.example.com", "[::1]:80"])
def test_the_form_of_a_host_is_the_affair_of_the_protocol(text):
    assert values.host(f" {text} ") == text


def test_names_are_separated_by_commas():
    assert values.names(" http, grpc ,,") == ["http", "grpc"]
    assert values.names("  ") == []


def test_test_files_are_at_least_one():
    with pytest.raises(ArgumentTypeError, match="no file is named"):
        values.test_files(" , ")


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("True", True), ("1", True), ("yes", True), ("on", True),
     ("false", False), ("FALSE", False), ("0", False), ("no", False), (" off ", False)],
)  # fmt: skip
def test_a_boolean_has_several_names(text, value):
    assert values.boolean(text) is value


def test_what_is_neither_true_nor_false_is_refused():
    with pytest.raises(ArgumentTypeError, match="'maybe' is neither true nor false"):
        values.boolean("maybe")
