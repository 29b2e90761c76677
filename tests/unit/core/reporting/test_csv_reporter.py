import contextlib
import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import swarm.core.stats as settings
from support import reported_run
from support.reported_run import raise_and_log
from swarm.core.exception import ConfigError, ExitCode
from swarm.core.reporting import CsvReporter, RunSnapshot

PERCENTILES = ["50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "99.99%", "100%"]


def read(path):
    with Path(path).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@contextlib.contextmanager
def started(run, prefix, **options):
    reporter = CsvReporter(prefix, **options)
    reporter.start(run)
    try:
        yield reporter
    finally:
        reporter.finish(RunSnapshot.of(run))


def write(run, prefix, **options):
    with started(run, prefix, **options) as reporter:
        reporter.feed(RunSnapshot.of(run))


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        (
            "stats",
            ["Type", "Name", "Request Count", "Failure Count", "Median Response Time",
             "Average Response Time", "Min Response Time", "Max Response Time",
             "Average Content Size", "Requests/s", "Failures/s", *PERCENTILES],
        ),
        (
            "stats_history",
            ["Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s", *PERCENTILES,
             "Total Request Count", "Total Failure Count", "Total Median Response Time",
             "Total Average Response Time", "Total Min Response Time", "Total Max Response Time",
             "Total Average Content Size"],
        ),
        ("failures", ["Method", "Name", "Error", "Occurrences"]),
        ("exceptions", ["Count", "Message", "Traceback", "Nodes"]),
    ],
)  # fmt: skip
def test_each_file_has_its_columns_from_the_start(run, tmp_path, name, titles):
    with started(run, tmp_path / "x"):
        assert (tmp_path / f"x_{name}.csv").read_text() == ",".join(titles) + "\n"


def test_the_statistics_have_a_row_for_each_entry_and_the_aggregate(run, tmp_path):
    write(run, tmp_path / "x")
    rows = read(tmp_path / "x_stats.csv")
    assert [(row["Type"], row["Name"]) for row in rows] == [
        ("GET", "/"),
        ("POST", "/cart"),
        ("", "Aggregated"),
    ]
    first = {key: float(row) for key, row in rows[0].items() if key not in {"Type", "Name"}}
    assert (first["Request Count"], first["Failure Count"]) == (200, 20)
    assert (first["Min Response Time"], first["Max Response Time"]) == (20.0, 39.9)
    assert first["Average Response Time"] == pytest.approx(29.95)
    assert first["Median Response Time"] == pytest.approx(29.9, rel=0.005)
    assert first["Average Content Size"] == 100
    assert first["Requests/s"] == pytest.approx(10)
    assert first["Failures/s"] == pytest.approx(1)
    assert first["95%"] == pytest.approx(38.9, rel=0.005)
    assert first["100%"] == 39.9


def test_the_history_grows_by_the_aggregate(run, tmp_path, clock):
    with started(run, tmp_path / "x") as reporter:
        for seconds in (0, 30):
            clock.advance(seconds)
            reporter.feed(RunSnapshot.of(run))
        rows = read(tmp_path / "x_stats_history.csv")
    assert [row["Name"] for row in rows] == ["Aggregated"] * 2
    assert [row["User Count"] for row in rows] == ["10"] * 2
    assert float(rows[0]["Requests/s"]) == pytest.approx(20, rel=0.02)
    assert float(rows[0]["100%"]) == pytest.approx(39.9, rel=0.005)
    # The current figures of a pause: nothing, and no percentile of nothing.
    assert float(rows[1]["Requests/s"]) == 0
    assert rows[1]["100%"] == "N/A"
    assert rows[1]["Total Request Count"] == "400"
    assert abs(int(rows[0]["Timestamp"]) - time.time()) < 60


def test_the_full_history_grows_by_every_entry(run, tmp_path):
    write(run, tmp_path / "x", full_history=True)
    rows = read(tmp_path / "x_stats_history.csv")
    assert [row["Name"] for row in rows] == ["/", "/cart", "Aggregated"] * 2


def test_failures_and_exceptions_are_listed(run, tmp_path):
    raise_and_log(run, "first\nsecond")
    write(run, tmp_path / "x")
    assert read(tmp_path / "x_failures.csv") == [
        {
            "Method": "GET",
            "Name": "/",
            "Error": "ValueError: user 0 has no basket",
            "Occurrences": "20",
        }
    ]
    [raised] = read(tmp_path / "x_exceptions.csv")
    assert (raised["Count"], raised["Message"], raised["Nodes"]) == ("1", "first\nsecond", "local")
    assert raised["Traceback"].startswith("Traceback (most recent call last):\n")


NASTY = ['a,"b"', "line\nbreak\r\nand more", "=SUM(A1)", "日本語 ✓", "\x00\x1b[31m", "tab\t;"]


@pytest.mark.parametrize("name", NASTY, ids=repr)
def test_any_name_comes_back_as_it_was(run, tmp_path, name):
    run.stats.record("GET", name, 1.0, 1, ValueError("x"))
    write(run, tmp_path / "x")
    assert name in [row["Name"] for row in read(tmp_path / "x_stats.csv")]
    assert name in [row["Name"] for row in read(tmp_path / "x_failures.csv")]


def test_a_name_that_is_no_text_is_escaped(run, tmp_path):
    run.stats.record("GET", "/\udc80", 1.0, 1, None)
    write(run, tmp_path / "x")
    assert "/\\udc80" in [row["Name"] for row in read(tmp_path / "x_stats.csv")]


def test_a_run_without_requests_leaves_valid_files(run, tmp_path):
    run.stats.clear_all()
    write(run, tmp_path / "x")
    [row] = read(tmp_path / "x_stats.csv")
    assert (row["Name"], row["Request Count"], row["50%"]) == ("Aggregated", "0", "N/A")


def test_files_carry_every_row(run, tmp_path):
    for i in range(3000):
        run.stats.record("GET", f"/{i}", 1.0, 1, None)
    write(run, tmp_path / "x")
    assert len(read(tmp_path / "x_stats.csv")) == 3003


def test_the_percentiles_follow_the_constant(run, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "PERCENTILES_TO_REPORT", [0.5, 0.999])
    write(run, tmp_path / "x")
    assert list(read(tmp_path / "x_stats.csv")[0])[-2:] == ["50%", "99.9%"]


def test_folders_are_made_and_an_earlier_run_is_overwritten(run, tmp_path):
    prefix = tmp_path / "a" / "b" / "x"
    write(run, prefix)
    write(run, prefix)
    assert len(read(f"{prefix}_stats_history.csv")) == 2
    assert sorted(path.name for path in prefix.parent.iterdir()) == [
        "x_exceptions.csv", "x_failures.csv", "x_stats.csv", "x_stats_history.csv",
    ]  # fmt: skip


@pytest.mark.parametrize("prefix", ["file/x", "folder/x", "nul\0/x"])
def test_a_place_that_cannot_be_written_is_an_error_at_the_start(run, tmp_path, prefix):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder" / "x_failures.csv").mkdir(parents=True)
    with pytest.raises(ConfigError, match="cannot be written") as caught:
        CsvReporter(tmp_path / prefix).start(run)
    assert "--csv" in caught.value.hint
    assert caught.value.exit_code == ExitCode.USAGE


def test_the_interval_follows_the_constant(monkeypatch, tmp_path):
    reporter = CsvReporter(tmp_path / "x")
    assert reporter.interval == 1
    monkeypatch.setattr(settings, "CSV_STATS_INTERVAL_SEC", 5)
    assert reporter.interval == 5


def test_writing_takes_no_more_than_a_tenth_of_the_time(run, tmp_path):
    for i in range(5000):
        run.stats.record("GET", f"/{i}", 1.0, 1, None)
    snapshot = RunSnapshot.of(run)
    with started(run, tmp_path / "x") as reporter:
        began = time.perf_counter()
        reporter.feed(snapshot)
        took = time.perf_counter() - began
        assert reporter.interval == pytest.approx(max(took * 10, 1), rel=0.5)


def test_a_reader_never_sees_half_a_file(run, tmp_path):
    path = tmp_path / "x_stats.csv"
    with started(run, tmp_path / "x") as reporter:
        reporter.feed(RunSnapshot.of(run))
        with path.open() as opened:
            run.stats.clear_all()
            reporter.feed(RunSnapshot.of(run))
            assert len(opened.readlines()) == 4
        assert len(path.read_text().splitlines()) == 2


def test_a_link_stays_a_link(run, tmp_path):
    (tmp_path / "real.csv").write_text("")
    (tmp_path / "x_stats.csv").symlink_to(tmp_path / "real.csv")
    write(run, tmp_path / "x")
    assert (tmp_path / "x_stats.csv").is_symlink()
    assert len(read(tmp_path / "real.csv")) == 3


def test_a_killed_run_keeps_its_files(tmp_path):
    history = tmp_path / "x_stats_history.csv"
    command = [sys.executable, reported_run.__file__, "60", "csv", str(tmp_path / "x")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + 20
            while not (history.exists() and len(history.read_text().splitlines()) >= 3):
                assert time.monotonic() < end
                time.sleep(0.05)
        finally:
            os.kill(process.pid, signal.SIGKILL)
    rows = read(history)
    assert len(rows) >= 2
    assert int(rows[-1]["Total Request Count"]) > 0
    final = {row["Name"]: int(row["Request Count"]) for row in read(tmp_path / "x_stats.csv")}
    assert final["Aggregated"] == final["/basket/[id]"] + final["/pay[bold]!"] > 0
    assert read(tmp_path / "x_failures.csv")[0]["Error"] == "ValueError: sold out"
    assert read(tmp_path / "x_exceptions.csv")[0]["Message"] == "no basket"
