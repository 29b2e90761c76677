"""What is wrong with a test file, in the words of whoever wrote it."""

import traceback
from pathlib import Path

from swarm.core.cli.errors import is_foreign, user_traceback
from swarm.core.exception import PluginError, SwarmError, TestFileError
from swarm.core.plugins.hints import DISTRIBUTIONS, hint_for_import
from swarm.core.text import did_you_mean


def explained(shown: str, path: Path | None, error: BaseException) -> SwarmError:
    """Return the error to raise for an exception that ended the import of a test file.

    Args:
        shown: What messages call the file.
        path: Where it lies, if that is known.
        error: What was raised.
    """
    if isinstance(error, SwarmError):
        return error
    if isinstance(error, SystemExit):
        return TestFileError(
            f"{shown} ended the process while it was imported, with exit({error.code!r})",
            hint="Put what must only run in a script under: if __name__ == '__main__':",
        )
    if isinstance(error, SyntaxError):
        return _syntax_error(shown, path, error)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _missing_module(_place(shown, path, error), error, error.name)
    hint = ""
    if isinstance(error, ImportError) and "relative import" in str(error):
        hint = "Name it as part of its package: -f package.module, or import without the dots."
    what = traceback.format_exception_only(error)[-1].strip()
    return TestFileError(
        f"{shown} could not be imported: {what}\n\n{user_traceback(error)}", hint=hint
    )


def _syntax_error(shown: str, path: Path | None, error: SyntaxError) -> TestFileError:
    if error.filename and Path(error.filename).resolve() != path:
        shown = error.filename  # a module that the test file imports
    # The lines between the one that names the file and the one that names the error.
    excerpt = "".join(traceback.format_exception_only(error)[1:-1]).rstrip("\n")
    line = f" in line {error.lineno}" if error.lineno else ""
    below = f"\n\n{excerpt}" if excerpt.strip() else ""
    return TestFileError(f"{shown} has a syntax error{line}: {error.msg}{below}")


def _missing_module(place: str, error: ModuleNotFoundError, name: str) -> SwarmError:
    mend = hint_for_import(error)
    if mend:
        package = ".".join(name.split(".")[:2])
        return PluginError(f"{place} imports {package}, which is not installed", hint=mend)
    top = name.partition(".")[0]
    if top == "swarm":
        hint = did_you_mean(name, [*DISTRIBUTIONS, "swarm.core"])
    elif name != top:
        hint = f"{top} is there, but has no {name.removeprefix(top + '.')}."
    else:
        hint = f"If it is a package: pip install {top}"
    return TestFileError(f"{place}: No module named {name!r}", hint=hint)


def _place(shown: str, path: Path | None, error: Exception) -> str:
    """Return the file and line of the import that failed."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not is_foreign(f.filename)]
    if not frames:
        return shown
    own = Path(frames[-1].filename).resolve() == path
    return f"{shown if own else frames[-1].filename}, line {frames[-1].lineno}"
