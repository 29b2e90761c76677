"""Running a single user in the calling greenlet, for a debugger or a first try."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import gevent

from swarm.core.config.parse import build_parser, parse_options
from swarm.core.env import Environment
from swarm.core.event import events
from swarm.core.exception import ConfigError, StopTest
from swarm.core.log import setup_logging
from swarm.core.stats.table import one_line

if TYPE_CHECKING:
    from swarm.core.user import User

_NAME_WIDTH = 50


def run_single_user(
    user_class: type["User"],
    include_length: bool = False,  # noqa: FBT001, FBT002 - documented form, as the next three
    include_time: bool = False,  # noqa: FBT001, FBT002
    include_context: bool = False,  # noqa: FBT001, FBT002
    include_payload: bool = False,  # noqa: FBT001, FBT002
    loglevel: str | None = "WARNING",
) -> None:
    """Run one user of a class, here and now, and print every request.

    The user runs in the calling greenlet, so that breakpoints work like in any
    program. It runs until it stops itself, something calls `runner.quit()`, or its
    code raises something, which is raised here. Options have the values that
    configuration files and the environment give them. The events `init` and
    `test_start` are fired; `test_stop` and `quit` are not.

    Args:
        user_class: The class of the user.
        include_length: Whether to print the size of the answers.
        include_time: Whether to print when a request was started.
        include_context: Whether to print the context of the requests.
        include_payload: Whether to print what the requests have sent.
        loglevel: What to log; None leaves logging alone. More than warnings would
            get in the way of the printed requests.

    Raises:
        ConfigError: If the class cannot run, or a configuration file makes no sense.

    Example:
        if __name__ == "__main__":
            run_single_user(MyUser)
    """
    if loglevel is not None:
        setup_logging(loglevel)
    options = parse_options([], environ=os.environ, parser=build_parser(events))
    environment = Environment(
        user_classes=[user_class],
        events=events,
        host=options.host,
        catch_exceptions=False,
        parsed_options=options,
    )
    printer = RequestPrinter(
        time=include_time,
        length=include_length,
        context=include_context,
        payload=include_payload,
    )
    classes = environment.run_classes()
    if not classes:
        raise ConfigError(
            f"{user_class.__name__} cannot run: it is abstract, or its tags leave it no task.",
            hint="Give run_single_user a class that `swarm --list` shows.",
        )
    with _runner_of(environment), _printing(printer):
        try:
            events.init.fire(environment=environment, runner=environment.runner, web_ui=None)
            events.test_start.fire(environment=environment)
            classes[0](environment).run()
        except StopTest as reason:
            sys.stdout.write(f"The test ends: {reason}\n")


class RequestPrinter:
    """A listener that prints a line for every request.

    Args:
        time: Whether to print when a request was started.
        length: Whether to print the size of the answers, in bytes.
        context: Whether to print the context of the requests.
        payload: Whether to print what the requests have sent.
    """

    def __init__(
        self,
        *,
        time: bool = False,
        length: bool = False,
        context: bool = False,
        payload: bool = False,
    ) -> None:
        columns: list[tuple[bool, str, Callable[[dict[str, Any]], str]]] = [
            (time, f"{'time':<24}", lambda request: f"{_time(request):<24}"),
            (True, f"{'type':<8}", lambda request: f"{one_line(str(request['request_type'])):<8}"),
            (
                True,
                f"{'name':<{_NAME_WIDTH}}",
                lambda request: f"{one_line(str(request['name'])):<{_NAME_WIDTH}}",
            ),
            (True, f"{'resp_ms':>8}", lambda request: f"{_milliseconds(request):>8}"),
            (length, f"{'length':>8}", lambda request: f"{request['response_length'] or 0:>8}"),
            (True, f"{'exception':<20}", lambda request: f"{_exception(request):<20}"),
            (context, f"{'context':<20}", lambda request: f"{_context(request):<20}"),
            (payload, "payload", _payload),
        ]
        self._columns = [(title, cell) for wanted, title, cell in columns if wanted]

    def header(self) -> None:
        """Print the titles of the columns."""
        self._print(title for title, _ in self._columns)

    def __call__(self, **request: Any) -> None:
        """Print a request."""
        self._print(cell(request) for _, cell in self._columns)

    def _print(self, cells: Iterator[str]) -> None:
        sys.stdout.write(" ".join(cells).rstrip() + "\n")
        sys.stdout.flush()


@contextmanager
def _runner_of(environment: Environment) -> Iterator[None]:
    """Give the environment a runner; whoever ends it ends the calling greenlet's user."""
    runner = environment.create_local_runner()
    user_greenlet = gevent.getcurrent()
    running = True

    def end_user() -> None:
        runner.greenlet.join()
        gevent.get_hub().loop.run_callback(throw)

    def throw() -> None:
        if running:
            user_greenlet.throw(gevent.GreenletExit)

    watcher = gevent.spawn(end_user)
    try:
        yield
    finally:
        running = False
        watcher.kill()
        runner.quit()


@contextmanager
def _printing(printer: RequestPrinter) -> Iterator[None]:
    printer.header()
    events.request.add_listener(printer)
    try:
        yield
    finally:
        events.request.remove_listener(printer)


def _time(request: dict[str, Any]) -> str:
    started = request.get("start_time", time.time())
    milliseconds = int(started * 1000) % 1000
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(started)) + f".{milliseconds:03d}"


def _milliseconds(request: dict[str, Any]) -> str:
    value = request["response_time"]
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004 - where it reads best


def _exception(request: dict[str, Any]) -> str:
    exception = request["exception"]
    return "" if exception is None else repr(exception)


def _context(request: dict[str, Any]) -> str:
    context = request["context"]
    try:
        return json.dumps(context, default=repr) if context else ""
    except (TypeError, ValueError):  # keys that JSON has not, or a context that contains itself
        return repr(context)


def _payload(request: dict[str, Any]) -> str:
    """Return the body that was sent, if the client's response object tells."""
    body = getattr(getattr(request["response"], "request", None), "body", None)
    if isinstance(body, bytes):
        return body.decode("utf-8", errors="backslashreplace")
    return "" if body is None else str(body)
