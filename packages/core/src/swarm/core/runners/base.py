"""What all runners have in common: the course of a run.

    READY -> start() -> SPAWNING <-> RUNNING -> stop() -> STOPPING -> CLEANUP -> STOPPED

A run is ended in a greenlet of its own, because those who ask for the end are often
among what is ended: users, the shape, listeners.
"""

import json
import logging
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

import gevent
from gevent.event import Event
from gevent.pool import Group

import swarm.core.runners as settings
from swarm.core.clock import Clock, SystemClock
from swarm.core.dispatch import ClassSpec
from swarm.core.env.settings import suggestion
from swarm.core.exception import ControlFlow, ExitCode, RunnerError, StopTest
from swarm.core.rpc import Message
from swarm.core.runners.figures import RunFigures
from swarm.core.runners.messages import Handler, MessageHandlers
from swarm.core.runners.shaping import ShapeDriver, ignored_options
from swarm.core.runners.spawning import InterruptibleClock, LoadRequest, Spawner, SpawnTarget
from swarm.core.runners.state import RunState
from swarm.core.text import counted

if TYPE_CHECKING:
    from swarm.core.env import Environment
    from swarm.core.user import User

logger = logging.getLogger("swarm.runners")


class Runner(RunFigures):
    """Starts, changes and ends the load of a run.

    Create one with `environment.create_local_runner()`. Subclasses say where the
    users run.

    Args:
        environment: The run.
        clock: Where time comes from.
    """

    def __init__(self, environment: "Environment", clock: Clock | None = None) -> None:
        super().__init__(environment, clock or SystemClock())
        self.greenlet = Group()
        """The runner's own greenlets. `greenlet.join()` returns once the runner has quit."""
        self.shape_greenlet: gevent.Greenlet[[], None] | None = None
        """Drives the run by a load shape; None before `start_shape()`."""
        self.closed = True
        """Whether the runner has quit."""
        self._request: LoadRequest | None = None
        self._announcing = False
        self._growing = False
        self._spawner: Spawner | None = None
        self._class_names: list[str] = []
        self._ender: gevent.Greenlet[[], None] | None = None
        self._quit_wanted = False
        self._handlers = MessageHandlers(environment)
        self._open()

    # What subclasses say: where the users run.

    @abstractmethod
    def _prepare(self, classes: list[type["User"]]) -> None:
        """Get ready to run users of these classes."""

    @abstractmethod
    def _present(self) -> dict[str, int]:
        """Return the users by class that run and are to go on: what a ramp begins with."""

    @abstractmethod
    def _deploy(self, counts: Mapping[str, int], wanted: Callable[[], bool]) -> None:
        """Have `counts` users run; ask in between whether that is still wanted."""

    @abstractmethod
    def _withdraw(self) -> None:
        """End all users and wait until they have ended."""

    @abstractmethod
    def _is_user(self, greenlet: object) -> bool:
        """Return whether this is the greenlet of a user."""

    # Starting and changing the load.

    def start(
        self,
        user_count: int,
        spawn_rate: float,
        wait: bool = False,  # noqa: FBT001, FBT002 - documented form
        user_classes: Iterable[type["User"] | str] | None = None,
    ) -> None:
        """Start a run, or change the load of the run that is on.

        The ramp begins with the users that are there. A ramp that is under way is
        given up for the new one.

        Args:
            user_count: How many users there are to be.
            spawn_rate: Users a second on the way there, up or down.
            wait: Whether to return only when they are all there.
            user_classes: The classes to run, from now on; None for all.

        Raises:
            RunnerError: If the arguments make no sense, there is nothing to run, or
                a run is just being ended.
            ConfigError: If the environment's settings make no sense.
        """
        request = LoadRequest.checked(user_count, spawn_rate, user_classes)
        if self.is_ending:
            raise RunnerError(
                "The run is just being ended.", hint="Call stop() first, which waits for that."
            )
        is_new = not self.is_active
        if is_new:
            self._assemble()
        self._check_classes(request)
        if is_new:
            self._begin()
        self._accept(request)
        if is_new:
            self._announce()
        if self._announcing or not self.is_active or self._spawner is None:
            return  # the listeners of test_start are still at work, or have ended the test
        self._go(RunState.SPAWNING)
        if self._request is not None:
            self._spawner.ask(self._request)
        if wait:
            self._spawner.wait()

    def _assemble(self) -> None:
        """Put together what a new run needs. If that fails, nothing has happened."""
        classes = self.environment.run_classes()
        if not classes:
            raise RunnerError(
                "There are no user classes to run.",
                hint="Pass user_classes=[...] to the Environment, or define a class derived from "
                "User in the test file.",
            )
        specs = [ClassSpec(cls.__name__, cls.weight, cls.fixed_count) for cls in classes]
        clock = InterruptibleClock(self._clock)
        dispatcher = self.environment.dispatcher_class(specs, clock)
        target = SpawnTarget(self._present, self._deploy, self._complete, self._dispatch_failed)
        self._prepare(classes)
        self._class_names = [spec.name for spec in specs]
        self._spawner = Spawner(dispatcher, clock, target)

    def _check_classes(self, request: LoadRequest) -> None:
        for name in sorted(request.user_classes or ()):
            if name not in self._class_names:
                raise RunnerError(
                    f"{name} is no user class of this run.",
                    hint=suggestion(name, self._class_names),
                )

    def _begin(self) -> None:
        """Begin a new run: everything that was counted in the last one is gone."""
        self._open()
        self.stats.clear_all()
        self.exceptions.clear()
        self.environment.failure_log.clear()
        self._monitor.reset()
        self.stop_reason = ""
        self.start_time = self._clock.time()
        self._began = self._clock.monotonic()
        self._ran = None
        self._go(RunState.SPAWNING)

    def _accept(self, request: LoadRequest) -> None:
        """Make this the load that is wanted."""
        assert self._spawner is not None  # noqa: S101 - for the type checker; _begin sets it
        counts = self._spawner.target_counts(request.users, request.user_classes)
        self._request = request
        self.spawn_rate = request.rate
        self.target_user_classes_count = counts
        self._growing = sum(counts.values()) > self.user_count
        logger.info(
            "Ramping to %s at %.2f users per second", counted(request.users, "user"), request.rate
        )
        reachable = sum(counts.values())
        if reachable < request.users:
            logger.warning(
                "There will be %d users instead of %d: every class to run has a fixed_count, "
                "or a weight of 0",
                reachable,
                request.users,
            )

    def _announce(self) -> None:
        self._announcing = True
        try:
            self._fire(self.environment.events.test_start.fire, environment=self.environment)
        finally:
            self._announcing = False

    def _complete(self) -> None:
        """All users of a ramp are there."""
        if not self.is_active:
            return
        self._go(RunState.RUNNING)
        counts = self._present()
        total = sum(counts.values())
        shown = json.dumps(counts, ensure_ascii=False)
        logger.info("All users spawned: %s (%s)", shown, counted(total, "total user"))
        if self.environment.reset_stats and self._growing:
            self.stats.reset_all()
            logger.info("Statistics were reset, as all users are spawned")
        self._fire(self.environment.events.spawning_complete.fire, user_count=total)

    def _dispatch_failed(self, error: Exception) -> None:
        name = self.environment.dispatcher_class.__name__
        self.fail(f"The dispatcher {name} raised {type(error).__name__}: {error}", error=error)

    # Load shapes.

    def start_shape(self) -> None:
        """Start a run whose load the environment's shape decides.

        Raises:
            RunnerError: If the environment has no shape.
        """
        shape = self.environment.shape_class
        if shape is None:
            raise RunnerError(
                "The environment has no load shape.",
                hint="Pass shape_class=... to the Environment, or call start() instead.",
            )
        if self.shape_greenlet is not None and not self.shape_greenlet.dead:
            logger.info("A load shape is at work already")
            return
        if isinstance(shape, type):
            shape = shape()
        for flag in ignored_options(shape, self.environment.parsed_options):
            logger.warning(
                "%s is ignored, because the load shape %s decides. A shape that sets "
                "use_common_options = True can read it from environment.parsed_options",
                flag,
                type(shape).__name__,
            )
        self._open()
        shape.runner = self
        shape.reset_time()
        driver = ShapeDriver(shape, self, self._clock)
        self.shape_greenlet = self.greenlet.spawn(driver.run)

    # Ending.

    def stop(self) -> None:
        """End the run and all its users, and return when they have ended.

        Called by one of the users, it returns at once, and the user ends after its task.
        """
        self._end()

    def quit(self) -> None:
        """End the run and the runner itself, and return when that is done.

        Calling it again does nothing.
        """
        self._quit_wanted = True
        self._end()

    def finish(self) -> None:
        """End the test without waiting; quit as well, unless a web UI can start another one."""
        self._quit_wanted = self._quit_wanted or self.environment.web_ui is None
        self._end(wait=False)

    def stop_test(self, reason: str = "") -> None:
        """End the test because test code says so. Does not wait.

        Args:
            reason: What the log is to say.
        """
        self.stop_reason = reason
        logger.info("The test ends%s", f": {reason}" if reason else "")
        self.finish()

    def fail(
        self,
        message: str,
        hint: str = "",
        error: BaseException | None = None,
        exit_code: ExitCode = ExitCode.RUNTIME,
    ) -> None:
        """End the test because it cannot go on, with an exit code that says so. Does not wait.

        Args:
            message: What is wrong.
            hint: What to do about it.
            error: What was raised, if its traceback helps.
            exit_code: What the `swarm` command exits with, unless the test itself decides.
        """
        logger.error("%s%s", message, f" ({hint})" if hint else "", exc_info=error)
        self.stop_reason = message
        if self.environment.process_exit_code is None:
            self.environment.process_exit_code = int(exit_code)
        self.finish()

    def _end(self, *, wait: bool = True) -> None:
        if self._ender is None:
            is_shaped = self.shape_greenlet is not None and not self.shape_greenlet.dead
            if not self.is_active and not self.user_count and not is_shaped:
                if self._quit_wanted:
                    self._close()
                return
            if self.is_active:
                self._monitor.conclude()
                self._go(RunState.STOPPING)
            self._ender = gevent.spawn(self._end_run)
        if wait and self._may_wait():
            self._ender.join()

    def _may_wait(self) -> bool:
        """Return whether the caller is not among what has to end first."""
        current = gevent.getcurrent()
        return not (current is self._ender or current is gevent.get_hub() or self._is_user(current))

    def _end_run(self) -> None:
        events = self.environment.events
        was_active = self.is_ending
        try:
            if was_active:
                self._fire(events.test_stopping.fire, environment=self.environment)
            if self.shape_greenlet is not None:
                self.shape_greenlet.kill()
            if self._spawner is not None:
                self._spawner.cancel(settings.ON_STOP_LIMIT)
            self._withdraw()
            self.target_user_classes_count = {}
            self.spawn_rate = 0.0
            if was_active:
                self._ran = self.run_time()
                self._go(RunState.CLEANUP)
                self._fire(events.test_stop.fire, environment=self.environment)
        finally:
            if was_active:
                self._state = RunState.STOPPED  # even if a defect has left it half way
            self._ender = None
            if self._quit_wanted:
                self._close()

    def _fire(self, fire: Callable[..., None], **arguments: Any) -> None:
        """Fire an event whose listeners may end the test but steer no user."""
        try:
            fire(**arguments)
        except StopTest as reason:
            self.stop_test(str(reason))
        except ControlFlow as error:
            logger.exception("A listener raised %s, which only tasks may do", type(error).__name__)

    # Opening and closing.

    def _open(self) -> None:
        """Attach to the events and start what runs beside the load. Again after quit()."""
        if not self.closed:
            return
        other = self.environment.runner
        if other is not None and other is not self and not other.closed:
            raise RunnerError(
                "This runner has quit and the environment has another one by now.",
                hint="Use environment.runner.",
            )
        self.environment.runner = self
        self.closed = self._quit_wanted = False
        self._closing = Event()
        self.environment.events.request.add_recorder(self.stats.record)
        self.environment.events.user_error.add_listener(self._on_user_error)
        self.greenlet.spawn(self._closing.wait)  # so that join() waits whatever else happens
        self.greenlet.spawn(self._monitor.run)

    def _close(self) -> None:
        if self.closed:
            return
        self.closed = True
        if self._state is RunState.READY:
            self._go(RunState.STOPPED)
        self.environment.events.request.remove_recorder(self.stats.record)
        self.environment.events.user_error.remove_listener(self._on_user_error)
        self._handlers.close()
        self._closing.set()
        from_within = gevent.getcurrent() in set(self.greenlet)
        self.greenlet.kill(block=not from_within, timeout=1)

    def _on_user_error(
        self, exception: BaseException, tb: TracebackType | None, **_arguments: Any
    ) -> None:
        self.exceptions.record(exception, tb)

    # Messages.

    def register_message(
        self,
        msg_type: str,
        listener: Handler,
        concurrent: bool = False,  # noqa: FBT001, FBT002 - documented form
    ) -> None:
        """Call `listener` for messages of this type.

        Args:
            msg_type: The type of the messages.
            listener: Called with `environment` and `msg`, which has `type`, `data`
                and `node_id`.
            concurrent: Whether to call it in a greenlet of its own, so that a long
                one holds up nothing. Nobody waits for such a greenlet.
        """
        self._handlers.register(msg_type, listener, concurrent=concurrent)

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        """Send a message to the other nodes; in a process that is alone, to itself.

        Args:
            msg_type: What the receivers have registered a listener for.
            data: What to tell them.
            client_id: The node to send to; None for all.
        """
        self._handlers.deliver(Message(msg_type, data, client_id))
