import io
import logging
import re
import socket
import sys
from pathlib import Path

import gevent
import pytest

from swarm.core.exception import ConfigError
from swarm.core.log import STATS_LOGGER, setup_logging, silence_logging


@pytest.fixture(autouse=True)
def logging_as_before():
    root, stats, hub = logging.getLogger(), logging.getLogger(STATS_LOGGER), gevent.get_hub()
    before = root.handlers[:], root.level
    stats_before = stats.handlers[:], stats.level, stats.propagate
    yield
    for handler in [*root.handlers, *stats.handlers]:
        if handler.get_name() == "swarm":
            handler.close()
    root.handlers[:], root.level = before
    stats.handlers[:], stats.level, stats.propagate = stats_before
    root.manager._clear_cache()
    vars(hub).pop("print_exception", None)


def test_a_message_says_when_where_how_grave_and_from_whom(capsys):
    setup_logging("INFO")
    logging.getLogger("swarm.runners").info("All users spawned")
    assert re.fullmatch(
        r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] "
        + re.escape(socket.gethostname())
        + r"/INFO/swarm\.runners: All users spawned\n",
        capsys.readouterr().err,
    )


def test_the_root_logger_of_a_test_file_goes_the_same_way(tmp_path, capsys):
    setup_logging("INFO", str(tmp_path / "run.log"))
    logging.info("from the test file")  # noqa: LOG015 - what the documentation shows
    assert "/INFO/root: from the test file" in (tmp_path / "run.log").read_text()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("level", "shown"), [("DEBUG", "debug info error"), ("info", "info error"), ("ERROR", "error")]
)
def test_messages_below_the_level_are_left_out(level, shown, capsys):
    setup_logging(level)
    for name in ("debug", "info", "error"):
        getattr(logging.getLogger("swarm.x"), name)(name)
    printed = capsys.readouterr().err
    assert [line.rpartition(" ")[2] for line in printed.splitlines()] == shown.split()


def test_tables_are_printed_as_they_are_and_stay_out_of_the_log_file(tmp_path, capsys):
    setup_logging("ERROR", str(tmp_path / "run.log"))
    logging.getLogger(STATS_LOGGER).info("GET  /  17")
    assert capsys.readouterr() == ("", "GET  /  17\n")
    assert (tmp_path / "run.log").read_text() == ""


def test_a_log_file_is_appended_to_and_takes_what_no_encoding_knows(tmp_path):
    file = tmp_path / "run.log"
    file.write_text("before\n")
    setup_logging("INFO", str(file))
    logging.getLogger("x").info("half a pair: \ud800")
    assert file.read_text().startswith("before\n")
    assert "half a pair: \\ud800" in file.read_text()


def test_called_twice_it_logs_once(capsys):
    setup_logging("INFO")
    setup_logging("INFO")
    logging.getLogger("x").info("once")
    assert capsys.readouterr().err.count("once") == 1


def test_handlers_of_others_stay():
    other = logging.NullHandler()
    logging.getLogger().addHandler(other)
    setup_logging("INFO")
    silence_logging()
    assert other in logging.getLogger().handlers


def test_an_unknown_level_is_refused():
    with pytest.raises(ConfigError, match="'LOUD' is no log level") as caught:
        setup_logging("LOUD")
    assert "DEBUG, INFO, WARNING, ERROR, CRITICAL" in caught.value.hint


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(
        ConfigError, match=r"no such folder/run\.log cannot be written: No such file"
    ):
        setup_logging("INFO", str(tmp_path / "no such folder" / "run.log"))


def test_silence_hides_messages_of_all_levels_and_tables(capsys):
    setup_logging("INFO")
    silence_logging()
    logging.getLogger("x").critical("loud")
    logging.getLogger(STATS_LOGGER).info("table")
    assert capsys.readouterr() == ("", "")


def _fail():
    raise ValueError("lost")


def test_an_exception_that_ends_a_greenlet_is_logged(tmp_path, capsys):
    file = tmp_path / "run.log"
    setup_logging("INFO", str(file))
    gevent.spawn(_fail).join()
    logged = file.read_text()
    assert re.search(r"ERROR/swarm\.main: Unhandled exception in <Greenlet .*_fail", logged)
    assert "ValueError: lost" in logged
    assert "_fail" in logged.partition("Traceback")[2]
    assert capsys.readouterr().err == ""


def test_an_exception_in_a_callback_of_the_event_loop_is_logged(capsys):
    setup_logging("INFO")
    gevent.get_hub().loop.run_callback(_fail)
    gevent.sleep(0.01)
    assert "ValueError: lost" in capsys.readouterr().err


def test_if_logging_itself_fails_the_traceback_is_printed_all_the_same(capsys, monkeypatch):
    setup_logging("INFO")

    def broken(*_args, **_kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr("swarm.core.log.logger.error", broken)
    gevent.spawn(_fail).join()
    assert "ValueError: lost" in capsys.readouterr().err


def test_killing_a_greenlet_is_no_error(capsys):
    setup_logging("INFO")
    gevent.spawn(gevent.sleep, 10).kill()
    assert capsys.readouterr().err == ""


def test_tables_keep_their_columns_on_a_stream_without_line_characters(monkeypatch):
    bytes_written = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(bytes_written, encoding="ascii"))
    setup_logging()
    logging.getLogger(STATS_LOGGER).info("── /café …")
    assert bytes_written.getvalue() == b"-- /caf? ~\n"


def test_a_log_file_on_a_full_disk_is_complained_about_once(capsys):
    setup_logging("INFO", "/dev/full")
    for _ in range(3):
        logging.getLogger("swarm.main").info("Starting")
    assert capsys.readouterr().err == (
        "swarm: warning: the log file /dev/full cannot be written: No space left on device\n"
    )


def test_the_loggers_have_the_names_that_are_documented():
    root = Path(__file__).parents[3]
    guide = (root / "docs/guide/running.md").read_text(encoding="utf-8")
    sources = (root / "packages/core/src/swarm/core").rglob("*.py")
    named = set()
    for source in sources:
        text = source.read_text(encoding="utf-8")
        assert "getLogger(__name__)" not in text, f"{source} logs under the name of its module"
        named |= set(re.findall(r'getLogger\("([^"]+)"\)', text))
    assert {name for name in named | {STATS_LOGGER} if f"`{name}`" not in guide} == set()
