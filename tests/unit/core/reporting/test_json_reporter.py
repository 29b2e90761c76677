import io
import json
import math
import subprocess
import sys

import pytest

from support import reported_run
from support.reported_run import raise_and_log
from swarm.core.exception import ConfigError
from swarm.core.reporting import JsonReporter, RunSnapshot
from swarm.core.reporting.document import document


def printed(run):
    stream = io.StringIO()
    reporter = JsonReporter(stream=stream)
    reporter.start(run)
    reporter.finish(RunSnapshot.of(run))
    return json.loads(stream.getvalue())


def test_the_document_has_the_shape_of_the_web_api(run):
    found = document(RunSnapshot.of(run))
    assert set(found) == {
        "stats", "errors", "total_rps", "total_fail_per_sec", "current_rps",
        "current_fail_per_sec", "fail_ratio", "current_response_time_percentiles", "state",
        "user_count",
    }  # fmt: skip
    assert set(found["stats"][0]) == {
        "method", "name", "num_requests", "num_failures", "min_response_time",
        "max_response_time", "current_rps", "current_fail_per_sec", "avg_response_time",
        "median_response_time", "total_rps", "total_fail_per_sec",
        "response_time_percentile_0.95", "response_time_percentile_0.99", "avg_content_length",
    }  # fmt: skip
    assert set(found["errors"][0]) == {
        "name", "method", "error", "occurrences", "first_seen", "last_seen",
    }  # fmt: skip
    assert set(found["current_response_time_percentiles"]) == {
        "response_time_percentile_0.5", "response_time_percentile_0.95",
    }  # fmt: skip


def test_a_limit_cuts_rows_and_errors_but_not_the_aggregate(run):
    for i in range(20):
        run.stats.record("GET", f"/{i}", 1.0, 1, ValueError("x"))
    found = document(RunSnapshot.of(run), limit=5)
    assert (len(found["stats"]), len(found["errors"])) == (6, 5)
    assert found["stats"][-1]["name"] == "Aggregated"
    assert found["stats"][-1]["num_requests"] == 420


def test_the_final_figures_are_printed_as_one_object(run):
    raise_and_log(run)
    found = printed(run)
    first, _, aggregated = found["stats"]
    assert (first["method"], first["name"], first["num_requests"]) == ("GET", "/", 200)
    assert (first["min_response_time"], first["max_response_time"]) == (20.0, 39.9)
    assert first["response_time_percentile_0.999"] == pytest.approx(39.9)
    assert (aggregated["name"], aggregated["num_failures"]) == ("Aggregated", 20)
    assert found["errors"][0]["occurrences"] == 20
    assert (found["host"], found["run_time"]) == ("http://127.0.0.1:8080", 12.0)
    assert found["exceptions"][0]["msg"] == "no basket"
    assert found["generator"]["spoilt"] is False


def test_a_run_without_requests_is_valid_json_too(run):
    run.stats.clear_all()
    [row] = printed(run)["stats"]
    assert (row["num_requests"], row["min_response_time"]) == (0, None)


def test_any_name_can_be_printed(run):
    run.stats.record("GET", "/\udc80日本\n", 1.0, 1, None)
    assert "/\udc80日本\n" in [row["name"] for row in printed(run)["stats"]]


def test_the_file_gets_the_same_at_the_end(run, tmp_path):
    path = tmp_path / "new" / "result.json"
    reporter = JsonReporter(path=path)
    reporter.start(run)
    assert path.read_text() == ""
    reporter.feed(RunSnapshot.of(run))
    reporter.finish(RunSnapshot.of(run))
    assert json.loads(path.read_text())["stats"][-1]["num_requests"] == 400
    assert reporter.interval == math.inf


def test_a_file_that_cannot_be_written_is_an_error_at_the_start(run, tmp_path):
    with pytest.raises(ConfigError, match="cannot be written") as caught:
        JsonReporter(path=tmp_path).start(run)
    assert "--json-file" in caught.value.hint


def test_stdout_has_nothing_but_json_where_the_test_prints_nothing(tmp_path):
    command = [sys.executable, reported_run.__file__, "0.2", "json"]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert json.loads(result.stdout)["stats"][-1]["num_requests"] > 0
