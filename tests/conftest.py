"""What all tests share. gevent's patch is applied before: see `addopts` in pyproject.toml."""

import os
import signal
import sys

import pytest
from hypothesis import settings

# A busy machine is no reason to fail: pytest's timeout is the limit.
settings.register_profile("swarm", deadline=None)
settings.load_profile("swarm")

# A shell's background jobs ignore Ctrl-C, and so would all that the tests start from there.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

UNDER_CI = os.environ.get("CI", "").lower() in {"1", "true"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Under CI nothing may be missing, so a test that skips has failed."""
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    """The same for a file that skips as a whole."""
    return _refuse_skip((yield))


def _refuse_skip(report):
    expected_failure = hasattr(report, "wasxfail")
    if UNDER_CI and report.skipped and not expected_failure:
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\nUnder CI a test must not skip: install what it needs."
    return report


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch):
    """Take SWARM_* variables away: they are the developer's, not the test's."""
    for name in [name for name in os.environ if name.startswith("SWARM_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_listeners_left_behind():
    """Take listeners off the process-wide events again, for tests run in random order."""
    registry = sys.modules.get("swarm.core.event")
    if registry is None:
        yield
        return
    hooks = [hook for hook in vars(registry.events).values() if hasattr(hook, "add_listener")]
    before = [(hook, dict(vars(hook))) for hook in hooks]
    yield
    for hook, state in before:
        vars(hook).update(state)
