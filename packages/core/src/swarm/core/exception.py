"""Everything swarm raises on purpose.

Exception
+-- SwarmError             something is wrong; carries a hint and an exit code
|   +-- ConfigError        options or configuration files contradict or make no sense
|   +-- TestFileError      the test file is missing, broken or has no users
|   +-- PluginError        a named plugin is missing, broken or incompatible
|   +-- RunnerError        the runner was asked for something it cannot do now
+-- ControlFlow            raised by test code to steer, never a failure
|   +-- StopUser           this user is done
|   +-- StopTest           the whole test is done
|   +-- InterruptTaskSet   leave the current TaskSet
|   +-- RescheduleTask     leave the current task
|   +-- RescheduleTaskImmediately    leave it and do not wait before the next
+-- CatchResponseError     the text given to `response.failure()`
+-- ResponseError          the server answered with an error status
"""

from enum import IntEnum

from greenlet import GreenletExit


class ExitCode(IntEnum):
    """Exit codes of the `swarm` command. docs/reference/exit-codes.md lists them."""

    OK = 0
    """The run ended and nothing failed."""
    FAILURES = 1
    """The run ended and requests or tasks failed (see --exit-code-on-error)."""
    USAGE = 2
    """Unknown or contradictory options, unreadable configuration."""
    TEST_FILE = 3
    """The test file is missing, broken, or defines no user."""
    PLUGIN = 4
    """A plugin that was named is missing, broken or incompatible."""
    RUNTIME = 5
    """The run could not start or go on (a shape or a listener broke it, no disk space)."""
    INTERNAL = 70
    """A defect of swarm itself. Please report it."""
    INTERRUPTED = 130
    """A second interrupt ended the process before the run could end in order."""


class SwarmError(Exception):
    """Something is wrong that the user can mend.

    Args:
        message: One sentence that says what is wrong.
        hint: What to do about it, possibly a command to copy.
        exit_code: What the `swarm` command exits with.
    """

    exit_code: ExitCode = ExitCode.RUNTIME

    def __init__(
        self, message: str = "", *, hint: str = "", exit_code: ExitCode | None = None
    ) -> None:
        super().__init__(message)
        self.hint = hint
        if exit_code is not None:
            self.exit_code = exit_code


class ConfigError(SwarmError):
    """Options or configuration files contradict each other or make no sense."""

    exit_code = ExitCode.USAGE


class TestFileError(SwarmError):
    """The test file is missing, broken, or defines no user."""

    __test__ = False  # not a test class, whatever pytest thinks of its name
    exit_code = ExitCode.TEST_FILE


class PluginError(SwarmError):
    """A plugin that was named is missing, broken or incompatible."""

    exit_code = ExitCode.PLUGIN


class RunnerError(SwarmError):
    """The runner was asked for something that it cannot do in its present state."""


class RunnerAlreadyExistsError(RunnerError):
    """The environment has a runner already."""


class ControlFlow(Exception):  # noqa: N818 - steering is no error
    """What test code raises to steer its user. It passes through listeners untouched."""


class StopUser(ControlFlow):
    """Raised in a task: this user is done and is not replaced."""


class StopTest(ControlFlow):
    """Raised in a task: the whole test is done."""


class InterruptTaskSet(ControlFlow):
    """Raised in a task: leave the current TaskSet.

    Args:
        reschedule: Whether the parent picks its next task at once, without waiting.
    """

    def __init__(self, reschedule: bool = True) -> None:  # noqa: FBT001, FBT002 - documented form
        super().__init__(reschedule)
        self.reschedule = reschedule


class RescheduleTask(ControlFlow):
    """Raised in a task: leave it as if it had returned."""


class RescheduleTaskImmediately(ControlFlow):
    """Raised in a task: leave it and pick the next one without waiting."""


THE_END = (GreenletExit, SystemExit, KeyboardInterrupt)
"""What ends a greenlet or the process, and must not be held up."""

NO_FAULT = (ControlFlow, *THE_END)
"""What the user's code may raise without anything being wrong with it.

All else is its fault and must be caught, `BaseException` too: a time-out of gevent, a
cancelled future and `pytest.fail()` are none of `Exception`.
"""


class CatchResponseError(Exception):
    """The text that was given to `response.failure()`."""


class ResponseError(Exception):
    """The server answered with an error status."""
