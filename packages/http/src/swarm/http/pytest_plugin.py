"""The fixtures `session` and `fastsession` for test files that run under plain pytest.

pytest loads this module in every run, so it imports nothing of swarm until one of
the fixtures is used.
"""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from swarm.http.fast import FastHttpSession
    from swarm.http.session import HttpSession

_DEST = "swarm_host"
_HELP = "base URL of the sessions that swarm's fixtures give to tests"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the spelling that nobody else uses."""
    parser.getgroup("swarm").addoption("--swarm-host", dest=_DEST, metavar="URL", help=_HELP)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Iterator[None]:
    """Add --host and -H, unless another plugin or a conftest.py has an option of that name.

    Only after the conftest files are loaded is it known what they add. Had we been
    first, theirs would be refused, and installing swarm would break their project.
    """
    result = yield
    taken = {
        name for group in _groups(parser) for option in group.options for name in option.names()
    }
    free = [flag for flag in ("--host", "-H") if flag not in taken]
    if free:
        parser.getgroup("swarm").addoption(*free, dest=_DEST, metavar="URL", help=_HELP)
    return result


def _groups(parser: pytest.Parser) -> list[Any]:
    return list(parser._groups)  # noqa: SLF001 - there is no public way to ask for the options


def _host(config: pytest.Config) -> str | None:
    host = config.getoption(_DEST)
    if host is None:
        # Whoever else has an option of this name may well mean the same by it.
        theirs = config.getoption("--host", None)
        if isinstance(theirs, str) and theirs.startswith(("http://", "https://")):
            return theirs
    return host if host is None else str(host)


def _opened(kind: str, host: str | None) -> AbstractContextManager[Any]:
    """Give a session, and leave the process as it is unless it is patched already.

    gevent's patch belongs at the start of a process. In the middle of a pytest run
    it could break tests that have nothing to do with swarm, and a session that is
    used by one test at a time works without it.
    """
    if "swarm.core" in sys.modules or "gevent.monkey" in sys.modules:
        from swarm.http.fixtures import opened  # noqa: PLC0415 - see the top of this file
    else:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("SWARM_SKIP_MONKEY_PATCH", "1")
            from swarm.http.fixtures import opened  # noqa: PLC0415 - see the top of this file
    return opened(kind, host)


@pytest.fixture(name="session")
def session_fixture(pytestconfig: pytest.Config) -> "Iterator[HttpSession]":
    """An `HttpSession` of swarm, with the base host of `--host`.

    A request that gets no answer raises its error, which fails the test. An error
    status does not: call `response.raise_for_status()`.
    """
    with _opened("session", _host(pytestconfig)) as session:
        yield session


@pytest.fixture(name="fastsession")
def fastsession_fixture(pytestconfig: pytest.Config) -> "Iterator[FastHttpSession]":
    """A `FastHttpSession` of swarm; otherwise as `session`."""
    with _opened("fastsession", _host(pytestconfig)) as session:
        yield session
