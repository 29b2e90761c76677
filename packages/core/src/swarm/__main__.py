# ruff: noqa: INP001 - swarm is a namespace package: no distribution owns its __init__.py
"""The `swarm` command's door, kept outside `swarm.core` so that it opens fast.

Importing `swarm.core` loads gevent and patches the standard library. What needs
neither (the version) is answered here, before that.
"""

import sys
from collections.abc import Sequence

VERSION_FLAGS = frozenset({"-V", "--version"})


def version_line() -> str:
    """Return what `swarm --version` prints: version, place and Python."""
    from importlib import metadata, util  # noqa: PLC0415 - a run has no use for this line
    from pathlib import Path  # noqa: PLC0415

    spec = util.find_spec("swarm.core")  # finds the package without importing it
    place = Path(spec.origin).parent if spec is not None and spec.origin else "an unknown place"
    python = ".".join(str(part) for part in sys.version_info[:3])
    return f"swarm {metadata.version('swarm-core')} from {place} (Python {python})"


def reader_left() -> None:
    """Leave quietly when nobody reads what is printed, as in `swarm --help | head -1`."""
    import os  # noqa: PLC0415 - rarely needed

    # Python flushes stdout once more on its way out and would complain there.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(argv: Sequence[str] | None = None) -> int:
    """Run the `swarm` command.

    Args:
        argv: The arguments after the command's name; None for those of this process.

    Returns:
        The exit code, see `swarm.core.exception.ExitCode`.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    # A first word without a dash may be a command, whose options are its own affair.
    if VERSION_FLAGS.intersection(arguments) and arguments[0].startswith("-"):
        try:
            print(version_line(), flush=True)  # noqa: T201 - copes with a closed stdout
        except BrokenPipeError:
            reader_left()
        return 0
    from swarm.core.cli.command import main as run  # noqa: PLC0415 - this patches the process

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
