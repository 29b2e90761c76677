"""The `swarm` command behind its door: what was asked for, and what it exits with."""

import errno
import io
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from swarm.__main__ import reader_left
from swarm.core.cli import errors
from swarm.core.cli.commands import BUILT_IN
from swarm.core.exception import ExitCode, SwarmError

if TYPE_CHECKING:
    from swarm.core.cli.orders import Orders


def main(argv: Sequence[str] | None = None, orders: "Orders | None" = None) -> int:
    """Run the `swarm` command in this process.

    Nothing is raised: whatever goes wrong is told on stderr, without a traceback.

    Args:
        argv: The arguments after the command's name; None for those of this process.
        orders: If this is a worker that `--processes` has started: where it joins.

    Returns:
        The exit code, see docs/reference/exit-codes.md.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    _print_anything()
    try:
        return _delivered(int(_action(arguments, orders)()))
    except SwarmError as error:
        return errors.report(error)
    except KeyboardInterrupt:
        sys.stderr.write("\nswarm: interrupted\n")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        reader_left()
        return ExitCode.OK
    except SystemExit as leaving:
        return _code_of(leaving)
    except BaseException as error:  # noqa: BLE001 - the last one who can tell a person
        return _unforeseen(error)


def _unforeseen(error: BaseException) -> int:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        reader_left()  # it may well be stdout that takes no more
        return errors.report(SwarmError("There is no space left on the disk to write to"))
    return errors.report_internal(error)


def _print_anything() -> None:
    """Let what stdout's encoding lacks be escaped, as stderr does, and not end the run."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def _delivered(code: int) -> int:
    """Bring what was printed to its reader, and return the code whether there is one or not."""
    if sys.stdout is not None:  # which it is when stdout was closed from the beginning
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            reader_left()
    return code


def _action(arguments: Sequence[str], orders: "Orders | None") -> Callable[[], int]:
    """Find out what was asked for: a subcommand of the core, or else a run."""
    built_in = BUILT_IN.get(arguments[0]) if arguments else None
    if built_in is not None:
        return lambda: built_in.run(arguments[1:])
    from swarm.core.cli.boot import boot  # noqa: PLC0415 - subcommands need none of it

    return lambda: boot(arguments, orders)


def _code_of(leaving: SystemExit) -> int:
    if leaving.code is None or isinstance(leaving.code, int):
        return leaving.code or ExitCode.OK
    sys.stderr.write(f"{leaving.code}\n")
    return ExitCode.FAILURES
