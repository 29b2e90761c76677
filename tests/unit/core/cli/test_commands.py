"""What `swarm plugins` and `swarm doctor` print of what they are given."""

from swarm.core.cli.commands import doctor, plugins
from swarm.core.plugins import Row
from swarm.core.plugins.doctor import Check

GOOD = Row("http", "swarm-http", "0.1.0", ("user type HttpUser", "users"), "loaded", "")
MISSING = Row("grpc", "", "", (), "missing", "is not installed", "pip install swarm-grpc")


def test_plugins_are_columns_with_what_is_wrong_below():
    assert plugins.table([GOOD, MISSING]) == [
        "name  distribution  version  status   provides",
        "http  swarm-http    0.1.0    loaded   user type HttpUser, users",
        "grpc  -             -        missing",
        "",
        "grpc: it is not installed",
        "  hint: pip install swarm-grpc",
    ]


def test_no_plugins_are_said_in_words():
    assert plugins.table([]) == ["No plugins are installed."]


def test_the_doctor_marks_each_check_and_ends_with_a_verdict():
    fine = Check("Python", ok=True, detail="3.11")
    bad = Check("namespace", ok=False, detail="hidden", hint="rm x")
    assert doctor.lines([fine]) == ["ok    Python: 3.11", "", "Everything is in order."]
    assert doctor.lines([fine, bad]) == [
        "ok    Python: 3.11",
        "FAIL  namespace: hidden",
        "      hint: rm x",
        "",
        "1 of 2 checks failed.",
    ]


def test_the_doctor_uses_colours_only_where_they_are_wanted():
    checks = [Check("Python", ok=False, detail="2.7", hint="Upgrade.")]
    assert "\x1b[31mFAIL\x1b[0m" in "\n".join(doctor.lines(checks, colours=True))
    assert "\x1b" not in "\n".join(doctor.lines(checks))
