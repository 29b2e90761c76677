import logging
import math
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from fcntl import ioctl

import pytest

import swarm.core.stats as settings
from support import reported_run
from swarm.core.reporting import ConsoleReporter, RunSnapshot
from swarm.core.stats.table import text_width

CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


@pytest.fixture
def logged(caplog, monkeypatch):
    """What goes through the logger of the tables."""
    monkeypatch.setattr(logging.getLogger("swarm.stats_logger"), "propagate", True)
    caplog.set_level(logging.INFO, "swarm.stats_logger")
    return caplog


def test_without_a_terminal_plain_lines_are_logged(run, logged):
    reporter = ConsoleReporter()
    reporter.start(run)
    reporter.feed(RunSnapshot.of(run))
    lines = logged.messages
    assert lines[0].startswith("running  0:12  10 users")
    assert lines[1].startswith("Type  Name")
    assert {record.name for record in logged.records} == {"swarm.stats_logger"}
    reporter.finish(RunSnapshot.of(run))
    assert "Summary  400 requests in 12.0 s, http://127.0.0.1:8080; times in ms" in logged.messages
    assert "\x1b" not in logged.text


def test_before_the_first_request_there_is_no_empty_table(run, logged):
    run.stats.clear_all()
    ConsoleReporter().feed(RunSnapshot.of(run))
    assert len(logged.messages) == 2
    assert logged.messages[0].startswith("running  0:12  10 users")


def test_names_are_not_cut_where_there_is_no_terminal(run, logged):
    run.stats.record("GET", "/a-long-name" * 6, 1.0, 1, None)
    ConsoleReporter().feed(RunSnapshot.of(run))
    assert "/a-long-name" * 6 in logged.text


def test_the_console_shows_no_more_than_its_rows(run, logged):
    for i in range(1000):
        run.stats.record("GET", f"/{i}", 1.0, 1, None)
    ConsoleReporter().feed(RunSnapshot.of(run))
    assert "… and 952 more rows" in logged.messages
    assert len(logged.messages) < 60


def test_with_only_a_summary_nothing_is_shown_before_the_end(run, logged):
    reporter = ConsoleReporter(periodic=False)
    reporter.start(run)
    reporter.feed(RunSnapshot.of(run))
    assert (logged.messages, reporter.interval) == ([], math.inf)
    reporter.finish(RunSnapshot.of(run))
    assert any(line.startswith("Summary") for line in logged.messages)


def test_the_interval_follows_the_constant(monkeypatch):
    assert ConsoleReporter().interval == 2
    monkeypatch.setattr(settings, "CONSOLE_STATS_INTERVAL_SEC", 15)
    assert ConsoleReporter().interval == 15


def on_terminal(columns, lines, *arguments, stdout=None, term="xterm-256color"):
    """Run the program with stderr (and stdout, unless given) on a terminal; return its output."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES", "NO_COLOR"}}
    command = [sys.executable, reported_run.__file__, *arguments]
    process = subprocess.Popen(
        command, stderr=theirs, stdout=stdout or theirs, env={**environment, "TERM": term}
    )
    os.close(theirs)
    seen, end = b"", time.monotonic() + 30
    while time.monotonic() < end:
        if select.select([ours], [], [], 1)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            seen += part
    os.close(ours)
    assert process.wait(10) == 0
    return seen.decode()


@pytest.mark.parametrize("columns", [50, 80, 140])
def test_a_terminal_is_redrawn_and_ends_with_the_summary(columns):
    seen = on_terminal(columns, 30, "1.5", "console")
    before, _, after = CONTROL.sub("", seen).partition("Summary  ")
    assert "\x1b[1A" in seen  # back to the line above
    assert "running" in before
    assert columns < 80 or re.search(r"0:0\d/0:01  10 users", before)
    lines = after.splitlines()[1:]
    table = [line for line in lines if line.startswith(("Type", "GET", "POST", "      Agg"))]
    assert len(table) == 8
    assert max(map(text_width, table)) <= columns
    assert len({len(line) for line in table[:4]}) == 1
    assert "/pay[bold]!" in after
    assert "/pay[bold]!" in before


def test_log_lines_and_prints_appear_above_what_is_redrawn():
    seen = CONTROL.sub("", on_terminal(100, 30, "1.5", "console"))
    assert "INFO/swarm.test: a log line" in seen
    assert "a print" in [line.strip() for line in seen.splitlines()]
    for line in seen.splitlines():
        if "a log line" in line:
            assert re.fullmatch(r"\s*\[\d{4}-.*: a log line\s*", line)


def test_what_is_printed_to_a_pipe_stays_out_of_the_terminal(tmp_path):
    with (tmp_path / "out").open("w+") as stream:
        seen = on_terminal(100, 30, "1.5", "console", stdout=stream)
        stream.seek(0)
        assert set(stream.read().splitlines()) == {"a print"}
    assert "a print" not in seen


def test_a_terminal_gets_only_the_summary_if_that_is_wanted():
    seen = CONTROL.sub("", on_terminal(80, 30, "0.3", "quiet"))
    assert seen.lstrip().startswith("Summary  ")


def test_a_low_terminal_still_shows_progress():
    seen = on_terminal(80, 5, "1.5", "console")
    before = CONTROL.sub("", seen).partition("Summary  ")[0]
    assert "req/s" in before
    assert "Type  Name" not in before


def test_a_dumb_terminal_gets_plain_lines():
    seen = on_terminal(80, 30, "0.3", "console", term="dumb")
    assert "Summary  " in seen
    assert "\x1b" not in seen


def test_colours_mean_something():
    seen = on_terminal(80, 30, "0.5", "quiet")
    coloured = re.findall(r"\x1b\[31m([^\x1b]*)", seen)
    assert any("GET /basket/[id]: ValueError: sold out" in text for text in coloured)
    assert not any("POST" in text for text in coloured)
