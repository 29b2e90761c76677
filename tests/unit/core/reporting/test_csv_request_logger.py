import csv
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from swarm.core.env import Environment
from swarm.core.exception import ConfigError
from swarm.core.reporting.csv_request_logger import CsvRequestLogger


@pytest.fixture
def environment():
    return Environment()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "requests.csv"


@pytest.fixture
def make(path):
    """Make loggers for the path that are closed at the end."""
    made = []

    def make_one(**options):
        made.append(CsvRequestLogger(path, **options))
        return made[-1]

    yield make_one
    for logger in made:
        logger.close()


def read(path):
    with Path(path).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def fire(environment, **changes):
    request = {
        "request_type": "GET",
        "name": "/",
        "response_time": 12.5,
        "response_length": 100,
        "exception": None,
        "response": SimpleNamespace(status_code=200),
        "start_time": 1_700_000_000.25,
    }
    environment.events.request.fire(**(request | changes))


def test_every_request_is_a_row(environment, make, path):
    make().register(environment)
    fire(environment)
    fire(environment, exception=ValueError("no, not"), response=None)
    ok, failed = read(path)
    assert ok == {
        "timestamp": "1700000000.250000",
        "request_type": "GET",
        "name": "/",
        "response_time_ms": "12.5",
        "response_length": "100",
        "status_code": "200",
        "exception": "",
    }
    assert (failed["status_code"], failed["exception"]) == ("", "ValueError: no, not")


def test_without_a_start_time_it_is_worked_out(environment, make, path):
    make().register(environment)
    environment.events.request.fire("db", "find", 5000.0, 3)
    environment.events.request.fire("db", "push", None, 3)
    find, push = read(path)
    assert float(find["timestamp"]) == pytest.approx(time.time() - 5, abs=2)
    assert push["response_time_ms"] == ""


def test_rows_are_held_back_until_there_are_enough(environment, make, path):
    make(flush_interval=3).register(environment)
    for expected in (0, 0, 3, 3):
        fire(environment)
        assert len(read(path)) == expected


def test_closing_writes_the_rest_and_ends_the_listening(environment, make, path):
    logger = make(flush_interval=100)
    logger.register(environment)
    fire(environment)
    logger.close()
    logger.close()
    fire(environment)
    assert len(read(path)) == 1
    assert environment.events.request.failures == 0


def test_it_closes_when_the_environment_quits(environment, make, path):
    make(flush_interval=100).register(environment)
    fire(environment)
    environment.events.quitting.fire(environment=environment)
    fire(environment)
    assert len(read(path)) == 1


def test_a_new_run_overwrites_the_file(environment, make, path):
    path.write_text("old")
    make().register(environment)
    environment.events.test_start.fire(environment=environment)
    fire(environment, name="/first")
    environment.events.test_start.fire(environment=environment)
    fire(environment, name="/second")
    assert [row["name"] for row in read(path)] == ["/second"]


def test_registering_twice_writes_once(environment, make, path):
    logger = make()
    logger.register(environment)
    logger.register(environment)
    fire(environment)
    assert len(read(path)) == 1


def test_making_one_touches_no_file(make, path):
    make()
    assert not path.exists()


def test_a_folder_that_does_not_exist_is_a_clear_error(environment, tmp_path):
    logger = CsvRequestLogger(tmp_path / "missing" / "requests.csv")
    with pytest.raises(ConfigError, match="cannot be written: No such file") as caught:
        logger.register(environment)
    assert "folder" in caught.value.hint


@pytest.mark.parametrize("interval", [0, -1])
def test_a_flush_interval_that_is_no_number_of_rows_is_refused(path, interval):
    with pytest.raises(ConfigError, match="flush_interval"):
        CsvRequestLogger(path, flush_interval=interval)
