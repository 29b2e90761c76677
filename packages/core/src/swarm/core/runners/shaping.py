"""Driving a run by a load shape: ask it once a second, carry out what it says."""

import logging
from typing import TYPE_CHECKING, Any

import swarm.core.runners as settings
from swarm.core.exception import THE_END, StopTest, SwarmError
from swarm.core.shape import Tick, parse_tick

if TYPE_CHECKING:
    from swarm.core.clock import Clock
    from swarm.core.runners.base import Runner
    from swarm.core.shape import LoadTestShape

logger = logging.getLogger("swarm.runners")

_OPTIONS = {"users": "--users", "spawn_rate": "--spawn-rate", "run_time": "--run-time"}


class ShapeDriver:
    """Asks a shape for the load, about once a second, and has the runner carry it out.

    Args:
        shape: The shape.
        runner: Runs the users.
        clock: Where time comes from.
    """

    def __init__(self, shape: "LoadTestShape", runner: "Runner", clock: "Clock") -> None:
        self._shape = shape
        self._runner = runner
        self._clock = clock
        self._latest: Tick | None = None

    def run(self) -> None:
        """Drive the run until the shape ends it."""
        due = self._clock.monotonic()
        while self._tick():
            # On a fixed beat, so that ticks do not drift; beats that were missed are left out.
            late = self._clock.monotonic() - due
            due += settings.SHAPE_TICK_INTERVAL * (late // settings.SHAPE_TICK_INTERVAL + 1)
            self._clock.sleep(max(due - self._clock.monotonic(), 0))

    def _tick(self) -> bool:
        """Ask once and carry it out; return whether to go on."""
        name = type(self._shape).__name__
        try:
            tick = self._shape.tick()
        except StopTest as reason:
            self._runner.stop_test(str(reason))
            return False
        except THE_END:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever the user's shape raises
            # The first traceback entry is ours and says nothing about the fault.
            own = error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
            what = f"{type(error).__name__}: {error}"
            self._runner.fail(f"The load shape {name} raised {what}", error=own)
            return False
        if tick is None:
            logger.info("The load shape %s has ended the test", name)
            self._runner.finish()
            return False
        return self._carry_out(tick, name)

    def _carry_out(self, value: Any, name: str) -> bool:
        try:
            tick = parse_tick(value, self._runner.environment.user_classes)
            if tick is not None and tick != self._latest:
                self._latest = tick
                self._runner.start(tick.user_count, tick.spawn_rate, user_classes=tick.user_classes)
        except SwarmError as error:
            if not self._runner.is_ending:
                self._runner.fail(f"The load shape {name} cannot be followed: {error}", error.hint)
            return False
        except Exception as error:  # noqa: BLE001 - the dispatcher may be the user's own
            what = f"{type(error).__name__}: {error}"
            self._runner.fail(f"The load shape {name} cannot be followed: {what}", error=error)
            return False
        return True


def ignored_options(shape: "LoadTestShape", options: Any) -> list[str]:
    """Return the options that a shape makes meaningless, of those that were given."""
    if options is None or shape.use_common_options:
        return []
    return [flag for name, flag in _OPTIONS.items() if getattr(options, name, None) is not None]
