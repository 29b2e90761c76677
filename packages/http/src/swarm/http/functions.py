"""Test functions as users: `def test_something(session)`."""

import inspect
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from swarm.core.exception import CatchResponseError, ResponseError, TestFileError
from swarm.core.user import User
from swarm.http.kinds import SESSIONS
from swarm.http.recording import checked_host
from swarm.http.transport.error import TransportError

if TYPE_CHECKING:
    from swarm.core.env import Environment


class FunctionUser(User):
    """A user that calls one test function again and again, without waiting.

    It keeps its sessions, and with them cookies and connections, from call to call.
    """

    abstract = True
    function: Callable[..., Any]
    parameters: tuple[str, ...]
    request_errors: tuple[type[Exception], ...]

    def __init__(self, environment: "Environment") -> None:
        super().__init__(environment)
        # Without a host it is the function that gives its session a base_url.
        host = checked_host(self.host, type(self).__name__) if self.host else None
        self._sessions = {
            name: SESSIONS[name](host, environment.events.request, self) for name in self.parameters
        }

    def call(self) -> None:
        """Call the function once. Errors of requests are rows already and end the call."""
        cls = type(self)
        with suppress(*cls.request_errors):
            cls.function(**self._sessions)


def _request_errors(parameters: tuple[str, ...]) -> tuple[type[Exception], ...]:
    """Return what `raise_for_status()` of these sessions' responses raises."""
    errors: list[type[Exception]] = [CatchResponseError, ResponseError, TransportError]
    if "session" in parameters:
        from requests import RequestException  # noqa: PLC0415 - fastsession goes without it

        errors.append(RequestException)
    return tuple(errors)


def users_of(module: ModuleType, path: Path) -> list[type[User]]:
    """Return a user class for each test function of `module` that takes a session.

    Raises:
        TestFileError: If such a function takes anything but sessions.
    """
    functions = [
        (name, value)
        for name, value in vars(module).items()
        if name.startswith("test_") and isinstance(value, FunctionType)
    ]
    return [
        _user_class(name, function, parameters)
        for name, function in functions
        if (parameters := _sessions_of(name, function, path))
    ]


def _sessions_of(name: str, function: FunctionType, path: Path) -> tuple[str, ...]:
    wanted = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}
    ]
    others = [parameter for parameter in wanted if parameter not in SESSIONS]
    if others and len(others) < len(wanted):
        raise TestFileError(
            f"{name} in {path} takes {_listed(others)}, which only pytest can give it.",
            hint="Under swarm a test function takes session, fastsession or both. Move the rest "
            "into a function that it calls, or write a user class.",
        )
    if wanted and not others and _returns_at_once(function):
        raise TestFileError(
            f"{name} in {path} is a generator or a coroutine, which swarm cannot call.",
            hint="Write it as a plain function; swarm runs many of them side by side anyway.",
        )
    return () if others else tuple(wanted)


def _returns_at_once(function: FunctionType) -> bool:
    return (
        inspect.iscoroutinefunction(function)
        or inspect.isgeneratorfunction(function)
        or inspect.isasyncgenfunction(function)
    )


def _listed(names: list[str]) -> str:
    return " and ".join(repr(name) for name in names)


def _user_class(name: str, function: FunctionType, parameters: tuple[str, ...]) -> type[User]:
    return type(
        name,
        (FunctionUser,),
        {
            "__doc__": function.__doc__,
            "__module__": function.__module__,
            "abstract": False,
            "function": staticmethod(function),
            "parameters": parameters,
            "request_errors": _request_errors(parameters),
            "tasks": [FunctionUser.call],
        },
    )
