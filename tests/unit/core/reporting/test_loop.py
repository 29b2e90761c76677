import logging
import math
import time

import gevent
import pytest

from swarm.core.exception import ConfigError
from swarm.core.reporting import Reporter, ReporterLoop, RunSnapshot


class Recorder:
    """Keeps what it is told; fails where it is asked to."""

    def __init__(self, interval=0.1, fails_in=(), error=None):
        self.interval = interval
        self.calls = []
        self._fails_in = fails_in
        self._error = error or RuntimeError("broken")

    def _called(self, what, told):
        self.calls.append((what, told))
        if what in self._fails_in:
            raise self._error

    def start(self, run):
        self._called("start", run)

    def feed(self, snapshot):
        self._called("feed", snapshot)

    def finish(self, snapshot):
        self._called("finish", snapshot)

    @property
    def names(self):
        return [what for what, _ in self.calls]


def wait_until(condition):
    with gevent.Timeout(5):
        while not condition():
            gevent.sleep(0.01)


def test_a_reporter_is_started_fed_and_finished(run):
    reporter = Recorder()
    assert isinstance(reporter, Reporter)
    with ReporterLoop(run, [reporter]):
        wait_until(lambda: len(reporter.calls) >= 3)
    assert reporter.names[:3] == ["start", "feed", "feed"]
    assert reporter.names[-1] == "finish"
    assert reporter.calls[0][1] is run
    snapshot = reporter.calls[-1][1]
    assert isinstance(snapshot, RunSnapshot)
    assert (snapshot.stats.num_requests, snapshot.state, snapshot.run_time) == (400, "running", 12)


def test_each_reporter_is_fed_at_its_own_interval(run):
    quick, slow, never = Recorder(0.1), Recorder(0.3), Recorder(math.inf)
    started = time.monotonic()
    with ReporterLoop(run, [quick, slow, never]):
        wait_until(lambda: len(slow.calls) >= 3)
    took = time.monotonic() - started
    assert took >= 0.6
    assert quick.names.count("feed") >= 4
    assert never.names == ["start", "finish"]


def test_an_interval_may_change_while_the_run_goes_on(run):
    reporter = Recorder(math.inf)
    with ReporterLoop(run, [reporter]):
        gevent.sleep(0.05)
        reporter.interval = 0.1
        wait_until(lambda: "feed" in reporter.names)


def test_a_reporter_that_fails_disturbs_nobody_and_is_logged_once(run, caplog):
    broken, sound = Recorder(fails_in={"feed", "finish"}), Recorder()
    with caplog.at_level(logging.ERROR):
        loop = ReporterLoop(run, [broken, sound])
        with loop:
            wait_until(lambda: sound.names.count("feed") >= 3)
    assert sound.names[-1] == "finish"
    assert broken.names.count("feed") >= 3
    assert loop.failures == broken.names.count("feed") + 1
    assert len(caplog.records) == 1
    assert "Recorder failed (RuntimeError: broken); the run goes on" in caplog.text


@pytest.mark.parametrize("interval", [None, "often"])
def test_a_reporter_with_a_nonsensical_interval_is_still_finished(run, interval, caplog):
    reporter = Recorder(interval)
    with ReporterLoop(run, [reporter]) as loop:
        wait_until(lambda: loop.failures > 0)
    assert reporter.names == ["start", "finish"]
    assert len(caplog.records) == 1


def test_a_reporter_that_breaks_at_the_start_is_left_out(run):
    broken, sound = Recorder(fails_in={"start"}), Recorder(math.inf)
    with ReporterLoop(run, [broken, sound]):
        pass
    assert (broken.names, sound.names) == (["start"], ["start", "finish"])


def test_a_reporter_that_cannot_do_its_work_keeps_the_run_from_starting(run):
    error = ConfigError("no such place")
    earlier, unable = Recorder(), Recorder(fails_in={"start"}, error=error)
    loop = ReporterLoop(run, [earlier, unable])
    with pytest.raises(ConfigError, match="no such place"):
        loop.start()
    loop.stop()
    assert earlier.names == ["start"]


def test_reporters_are_finished_once(run):
    reporter = Recorder(math.inf)
    loop = ReporterLoop(run, [reporter])
    loop.start()
    loop.stop()
    loop.stop()
    assert reporter.names == ["start", "finish"]


def test_a_reporter_that_cannot_finish_is_named(run):
    loop = ReporterLoop(run, [Recorder(fails_in=["finish"]), Recorder(fails_in=["feed"])])
    with loop:
        wait_until(lambda: loop.failures)
    assert loop.unfinished == ["Recorder"]
