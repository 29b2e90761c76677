"""Reporting what user code raises."""

import logging

from support.users import recorded_errors
from swarm.core import Environment, User
from swarm.core.exception import ConfigError
from swarm.core.user import failure
from swarm.core.user.failure import own_traceback, report


class Visitor(User): ...


def raised(error):
    try:
        raise error
    except type(error) as caught:
        return caught


def test_the_event_has_the_user_the_exception_and_the_traceback():
    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    user = Visitor(environment)
    error = raised(ValueError("broken"))
    report(user, error, "The task visit")
    assert errors == [{"user_instance": user, "exception": error, "tb": error.__traceback__}]
    assert error.__traceback__.tb_frame.f_code.co_name == "raised"


def test_an_exception_without_text_is_logged_by_its_name(caplog):
    report(Visitor(Environment(user_classes=[Visitor])), raised(KeyError()), "The task visit")
    assert caplog.messages == ["The task visit of Visitor failed: KeyError"]
    assert caplog.records[0].levelno == logging.ERROR
    assert caplog.records[0].name == "swarm.user"


def test_an_error_of_swarm_is_logged_as_a_sentence_with_its_hint(caplog):
    error = raised(ConfigError("There is no host", hint="Use --host."))
    report(Visitor(Environment(user_classes=[Visitor])), error, "on_start")
    assert caplog.messages == ["on_start of Visitor failed: There is no host (Use --host.)"]


def test_only_the_first_failure_of_a_kind_is_logged_at_once(caplog):
    user = Visitor(Environment(user_classes=[Visitor]))
    errors = recorded_errors(user.environment)
    for number in range(1000):
        report(user, raised(KeyError(number)), "The task visit")
    assert caplog.messages == ["The task visit of Visitor failed: KeyError: 0"]
    assert "Traceback" in caplog.text
    assert len(errors) == 1000


def test_repeated_failures_are_counted_in_one_line_without_a_traceback(caplog, monkeypatch):
    user = Visitor(Environment(user_classes=[Visitor]))
    for _ in range(3):
        report(user, raised(KeyError("lost")), "The task visit")
    caplog.clear()
    monkeypatch.setattr(failure, "REPEAT_INTERVAL", 0.0)
    report(user, raised(KeyError("lost")), "The task visit")
    assert caplog.messages == [
        "The task visit of Visitor failed: KeyError: 'lost' (3 times since it was last logged)"
    ]
    assert "Traceback" not in caplog.text


def test_failures_of_other_kinds_are_logged_beside_a_repeated_one(caplog):
    user = Visitor(Environment(user_classes=[Visitor]))
    for _ in range(2):
        report(user, raised(KeyError("lost")), "The task visit")
        report(user, raised(ValueError("lost")), "The task visit")
        report(user, raised(ValueError("lost")), "on_start")
    assert caplog.text.count("Traceback") == len(caplog.messages) == 3


def test_a_new_run_logs_the_first_failure_again(caplog):
    environment = Environment(user_classes=[Visitor])
    for _ in range(2):
        report(Visitor(environment), raised(KeyError("lost")), "The task visit")
        environment.failure_log.clear()
    assert caplog.text.count("Traceback") == 2


def test_a_traceback_that_lies_in_the_users_code_stays_as_it_is():
    error = raised(ValueError())
    assert own_traceback(error.__traceback__) is error.__traceback__
    assert own_traceback(None) is None
