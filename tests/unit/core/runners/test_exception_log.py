import pytest

import swarm.core.runners as settings
from swarm.core.runners import ExceptionLog


def raised(make):
    try:
        raise make()
    except Exception as error:
        return error


def test_the_same_fault_at_the_same_place_is_one_entry():
    log = ExceptionLog()
    news = [log.record(raised(lambda: ValueError("broken"))) for _ in range(3)]
    (entry,) = log
    assert news == [True, False, False]
    assert (entry.msg, entry.count, entry.nodes) == ("broken", 3, {"local"})
    assert "ValueError: broken" in entry.traceback
    assert "in raised" in entry.traceback


def test_another_text_type_or_place_is_another_entry():
    log = ExceptionLog()
    log.record(raised(lambda: ValueError("a")))
    log.record(raised(lambda: ValueError("b")))
    log.record(raised(lambda: KeyError("a")))
    try:
        raise ValueError("a")
    except ValueError as error:
        log.record(error)
    assert len(log) == log.total == 4


def test_without_a_text_the_type_is_the_message():
    log = ExceptionLog()
    log.record(raised(ValueError))
    assert next(iter(log)).msg == "ValueError"


def test_an_exception_that_cannot_be_printed_is_recorded():
    class MuteError(Exception):
        def __str__(self):
            raise RuntimeError

    log = ExceptionLog()
    log.record(raised(MuteError))
    (entry,) = log
    assert entry.msg == "MuteError"
    assert "MuteError" in entry.traceback


def test_there_is_room_for_so_many_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr(settings, "MAX_EXCEPTIONS", 3)
    log = ExceptionLog()
    for number in range(10):
        log.record(raised(lambda number=number: ValueError(number)))
    log.record(raised(lambda: ValueError(0)))
    assert (len(log), log.omitted, log.total) == (3, 7, 11)


def test_a_message_without_end_is_cut():
    log = ExceptionLog()
    log.record(raised(lambda: ValueError("x" * 1_000_000)))
    assert len(next(iter(log)).msg) == 2000


def test_what_other_nodes_report_is_counted_by_node():
    log = ExceptionLog()
    assert log.add("broken", "trace", "worker-1")
    assert not log.add("broken", "trace", "worker-2")
    (entry,) = log
    assert (entry.count, entry.nodes) == (2, {"worker-1", "worker-2"})


def test_clearing_forgets_everything(monkeypatch):
    monkeypatch.setattr(settings, "MAX_EXCEPTIONS", 1)
    log = ExceptionLog()
    log.add("a", "", "n")
    log.add("b", "", "n")
    log.clear()
    assert (list(log), log.total, bool(log)) == ([], 0, False)


@pytest.mark.parametrize("text", ["", "x"])
def test_an_exception_that_was_never_raised_has_no_places(text):
    log = ExceptionLog()
    assert log.record(ValueError(text))
    assert len(log) == 1
