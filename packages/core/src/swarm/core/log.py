"""Where log messages go, and that errors nobody catches in a greenlet become log messages.

Loggers are named `swarm.*`. `swarm.stats_logger` is a special one: the tables of
statistics go through it, as they are, to stderr and not into the log file.
"""

import contextlib
import logging
import socket
import sys
from types import TracebackType
from typing import Any, TextIO

from swarm.core.exception import ConfigError
from swarm.core.text import encodable

logger = logging.getLogger("swarm.main")

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
"""The names of the log levels, the most talkative first."""

STATS_LOGGER = "swarm.stats_logger"
"""Name of the logger for tables of statistics."""

_OWN = "swarm"  # the name of our handlers, by which they are found again


def setup_logging(loglevel: str = "INFO", logfile: str | None = None) -> None:
    """Send log messages to stderr or to a file, in the form "[time] host/LEVEL/logger: message".

    Handlers that somebody else has installed are left alone. Called again, it replaces
    its former work.

    Args:
        loglevel: DEBUG, INFO, WARNING, ERROR or CRITICAL, in any case.
        logfile: Path of a file to append to. Without one, messages go to stderr.

    Raises:
        ConfigError: If there is no such level or the file cannot be written.
    """
    level = loglevel.strip().upper()
    if level not in LEVELS:
        raise ConfigError(
            f"{loglevel!r} is no log level", hint=f"Choose one of {', '.join(LEVELS)}."
        )
    handler = _file_handler(logfile) if logfile else logging.StreamHandler(sys.stderr)
    host = socket.gethostname().replace("%", "%%")
    handler.setFormatter(
        logging.Formatter(f"[%(asctime)s] {host}/%(levelname)s/%(name)s: %(message)s")
    )
    plain = _TableHandler(sys.stderr)
    plain.setFormatter(logging.Formatter("%(message)s"))
    _install(handler, plain)
    logging.getLogger().setLevel(level)
    log_greenlet_errors()


def silence_logging() -> None:
    """Print no log messages and no tables of statistics.

    Handlers that somebody else has installed are left alone.
    """
    # Without any handler Python itself prints warnings.
    _install(logging.NullHandler(), logging.NullHandler())
    log_greenlet_errors()


def log_greenlet_errors() -> None:
    """Let exceptions that end a greenlet be logged instead of printed as bare tracebacks.

    It concerns the greenlets of the calling thread.
    """
    import gevent  # noqa: PLC0415 - not loaded before the patch, or where the patch is skipped

    hub = gevent.get_hub()
    printed = type(hub).print_exception

    def log(
        context: Any,
        kind: type[BaseException],
        value: BaseException | str | None,
        tb: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return  # the main greenlet gets it and decides
        try:
            error = value if isinstance(value, BaseException) else kind(value)
            logger.error("Unhandled exception in %s", context, exc_info=(kind, error, tb))
        except Exception:  # noqa: BLE001 - gevent's hub allows no exception here
            printed(hub, context, kind, value, tb)

    vars(hub)["print_exception"] = log


class _TableHandler(logging.StreamHandler[TextIO]):
    """Writes tables in characters that the stream has, so that columns stay aligned."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the message."""
        return encodable(super().format(record), getattr(self.stream, "encoding", None))


class _LogFile(logging.FileHandler):
    """A log file. That it cannot be written, as on a full disk, is said once."""

    _told = False

    def close(self) -> None:
        """Close the file, whatever still cannot be written."""
        with contextlib.suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Tell a person, and let the run go on."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._told and sys.stderr is not None:
            self._told = True
            reason = error.strerror or error
            with contextlib.suppress(OSError, ValueError):
                print(  # noqa: T201 - the log is what does not work
                    f"swarm: warning: the log file {self.baseFilename} cannot be written: {reason}",
                    file=sys.stderr,
                )


def _install(handler: logging.Handler, plain: logging.Handler) -> None:
    root = logging.getLogger()
    stats = logging.getLogger(STATS_LOGGER)
    for target, new in ((root, handler), (stats, plain)):
        for former in [present for present in target.handlers if present.get_name() == _OWN]:
            target.removeHandler(former)
            former.close()
        new.set_name(_OWN)
        target.addHandler(new)
    stats.setLevel(logging.INFO)
    stats.propagate = False


def _file_handler(path: str) -> logging.Handler:
    try:
        return _LogFile(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ConfigError(
            f"The log file {path} cannot be written: {error.strerror}",
            hint="Choose another place with --logfile.",
        ) from error
