"""From the text of an option to its value, with messages that say what is accepted.

All functions raise `argparse.ArgumentTypeError`, which the parser completes with the
name of the option or the place in the file.
"""

import math
import re
from argparse import ArgumentTypeError

from swarm.core.log import LEVELS

_SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(ms|[dhms])\s*", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d*)?|\.\d+", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_TIMESPANS = "write seconds (90) or a time such as 500ms, 30s, 20m, 3h or 1h30m"
_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_HIGHEST_EXIT_CODE = 255
_HIGHEST_PORT = 65535
ONE_PER_CORE = -1
"""As a number of processes: one for each CPU core."""


def timespan(text: str) -> float:
    """Return the seconds that `text` stands for: "300", "300s", "20m", "1h30m", "500ms".

    Units are d, h, m, s and ms, the larger first and each at most once. A number without
    a unit is in seconds.
    """
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped):
        return _finite(float(stripped), text)
    seconds = 0.0
    position = 0
    smallest = math.inf
    while match := _PART.match(stripped, position):
        number, unit = match.groups()
        if _SECONDS[unit] >= smallest:
            raise ArgumentTypeError(
                f"{text!r} is no length of time: larger units come first and each only once; "
                f"{_TIMESPANS}"
            )
        smallest = _SECONDS[unit]
        seconds += float(number) * smallest
        position = match.end()
    if not position or position != len(stripped):
        raise ArgumentTypeError(f"{text!r} is no length of time; {_TIMESPANS}")
    return _finite(seconds, text)


def positive_timespan(text: str) -> float:
    """Return the seconds that `text` stands for, more than none."""
    seconds = timespan(text)
    if not seconds:
        raise ArgumentTypeError(f"{text!r} is too short, it must be more than 0 seconds")
    return seconds


def format_timespan(seconds: float) -> str:
    """Return `seconds` in the form that `timespan` reads: 5400 becomes "1h30m".

    Fractions of a millisecond are rounded away.
    """
    milliseconds = round(seconds * 1000)
    parts = []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, milliseconds = divmod(milliseconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def user_count(text: str) -> int:
    """Return a number of users, at least 1."""
    number = whole_number(text)
    if number < 1:
        raise ArgumentTypeError(f"{text!r} is too few, a test needs at least 1 user")
    return number


def whole_number(text: str) -> int:
    """Return a whole number."""
    stripped = text.strip()
    if not _WHOLE.fullmatch(stripped):
        raise ArgumentTypeError(f"{text!r} is not a whole number")
    try:
        return int(stripped)
    except ValueError:  # Python refuses to read thousands of digits
        raise ArgumentTypeError("the number is too long") from None


def spawn_rate(text: str) -> float:
    """Return users per second, more than 0."""
    try:
        rate = float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a number of users per second") from None
    if not math.isfinite(rate):
        raise ArgumentTypeError(f"{text!r} is not a finite number of users per second")
    if rate <= 0:
        raise ArgumentTypeError(f"{text!r} is too slow, it must be more than 0 users per second")
    return rate


def exit_code(text: str) -> int:
    """Return what a process can exit with, 0 to 255."""
    code = whole_number(text)
    if not 0 <= code <= _HIGHEST_EXIT_CODE:
        raise ArgumentTypeError(f"{text!r} is no exit code, these go from 0 to 255")
    return code


def port(text: str) -> int:
    """Return a TCP port to connect to, 1 to 65535."""
    number = listening_port(text)
    if not number:
        raise ArgumentTypeError(f"{text!r} is no port, these go from 1 to {_HIGHEST_PORT}")
    return number


def listening_port(text: str) -> int:
    """Return a TCP port to listen on, 1 to 65535, or 0 for any that is free."""
    number = whole_number(text)
    if not 0 <= number <= _HIGHEST_PORT:
        raise ArgumentTypeError(f"{text!r} is no port, these go from 0 to {_HIGHEST_PORT}")
    return number


def worker_count(text: str) -> int:
    """Return a number of workers, at least 1."""
    number = whole_number(text)
    if number < 1:
        raise ArgumentTypeError(f"{text!r} is too few, a test needs at least 1 worker")
    return number


def process_count(text: str) -> int:
    """Return a number of processes, at least 1, or `ONE_PER_CORE`."""
    number = whole_number(text)
    if number < 1 and number != ONE_PER_CORE:
        raise ArgumentTypeError(
            f"{text!r} is no number of processes: give 1 or more, or -1 for one per CPU core"
        )
    return number


def log_level(text: str) -> str:
    """Return the name of a log level in capitals."""
    level = text.strip().upper()
    if level not in LEVELS:
        raise ArgumentTypeError(f"{text!r} is no log level; write one of {', '.join(LEVELS)}")
    return level


def host(text: str) -> str:
    """Return a host without the blanks around it.

    Which form it has is the affair of the protocol: one wants a scheme, another a port.
    """
    return _visible(text, "host")


def path(text: str) -> str:
    """Return the path of a file, which may not be blank."""
    return _visible(text, "path")


def name(text: str) -> str:
    """Return a name, which may not be blank."""
    return _visible(text, "name")


def names(text: str) -> list[str]:
    """Return the parts between commas; none if the text is blank."""
    return [part.strip() for part in text.split(",") if part.strip()]


def test_files(text: str) -> list[str]:
    """Return the test files between commas, at least one."""
    files = names(text)
    if not files:
        raise ArgumentTypeError("no file is named")
    return files


def boolean(text: str) -> bool:
    """Return whether `text` says true or false; yes/no, on/off and 1/0 do as well."""
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ArgumentTypeError(f"{text!r} is neither true nor false")
    return word in _TRUE


def _visible(text: str, kind: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise ArgumentTypeError(f"the {kind} is blank")
    if any(ord(character) < ord(" ") for character in stripped):
        raise ArgumentTypeError(f"the {kind} {text!r} contains a control character")
    return stripped


def _finite(seconds: float, text: str) -> float:
    if not math.isfinite(seconds):
        raise ArgumentTypeError(f"{text!r} is too long")
    return seconds
