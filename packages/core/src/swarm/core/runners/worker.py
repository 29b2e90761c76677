"""The runner of a worker: it runs the users that a coordinator tells it to."""

import importlib.metadata
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import gevent
from gevent.event import Event

import swarm.core.runners as settings
from swarm.core.clock import Clock
from swarm.core.exception import ExitCode, RunnerError, SwarmError
from swarm.core.rpc import (
    Client,
    Message,
    RefusedError,
    Security,
    UnsendableMessageError,
    encode,
    new_node_id,
)
from swarm.core.runners.hosting import HostingRunner
from swarm.core.runners.options import take_options
from swarm.core.runners.outbox import Outbox
from swarm.core.runners.spawn_order import SpawnOrder
from swarm.core.runners.state import RunState
from swarm.core.runners.worker_log import WorkerLog

if TYPE_CHECKING:
    from swarm.core.env import Environment

logger = logging.getLogger("swarm.runners")

_MOST_MESSAGES = 50
"""Exceptions of one kind that a foreign coordinator is told of in one go."""


class WorkerRunner(HostingRunner):
    """Runs the users that a coordinator has planned.

    It joins in the background and joins again when it has to. Every report of its
    statistics counts for an epoch: a run, or what of a run came after a reset. What is
    reported too late for its epoch is not counted.

    Args:
        environment: The run.
        master_host: Where the coordinator is.
        master_port: Its port.
        security: The same as the coordinator's; None is insecure.
        plugins: Names and versions of the plugins of this node.
        clock: Where time comes from.
    """

    def __init__(
        self,
        environment: "Environment",
        master_host: str,
        master_port: int,
        *,
        security: Security | None = None,
        plugins: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.client_id = new_node_id()
        """The id of this node."""
        self.worker_index = -1
        """The number of this worker, from 0; -1 before it has joined."""
        self._plugins = dict(plugins or {})
        self._client = Client(
            master_host, master_port, self.client_id, security or Security.insecure()
        )
        self._joined = Event()
        self._silent_beats = 0
        self._epoch: int | None = None
        self._ramp: int | None = None
        self._order: SpawnOrder | None = None
        self._latest = 0.0
        self._driver: gevent.Greenlet[[], None] | None = None
        self._leaving = False
        self._log = WorkerLog()
        self._told: dict[tuple[str, str], int] = {}
        self._outbox = Outbox(self._take_figures, self._send_report)
        self._receivers: dict[str, Callable[[Any], None]] = {
            "ack": self._on_ack,
            "spawn": self._on_spawn,
            "stop": self._on_stop,
            "quit": self._on_quit,
            "heartbeat": self._on_heartbeat,
            "reconnect": self._on_reconnect,
            "report_acknowledged": self._on_report_acknowledged,
            "spawning_complete": self._on_spawning_complete,
            "update_user_class": self._on_update_user_class,
        }
        try:
            super().__init__(environment, clock)
        except BaseException:
            self._client.close()
            raise

    # What the user may ask.

    def start(
        self,
        user_count: int,
        spawn_rate: float,
        wait: bool = False,  # noqa: FBT001, FBT002 - documented form
        user_classes: Iterable[Any] | None = None,
    ) -> None:
        """Refuse, as the coordinator decides about the load.

        Raises:
            RunnerError: Always.
        """
        del user_count, spawn_rate, wait, user_classes
        raise RunnerError(
            "A worker cannot start a test.", hint="Call start() of the coordinator's runner."
        )

    def stop_test(self, reason: str = "") -> None:
        """Ask the coordinator to end the test because test code says so. Does not wait."""
        if self._outbox.is_acknowledged:
            logger.info("The test is to end%s", f": {reason}" if reason else "")
            self._send("stop_test", {"reason": reason})
        else:
            super().stop_test(reason)

    def fail(
        self,
        message: str,
        hint: str = "",
        error: BaseException | None = None,
        exit_code: ExitCode = ExitCode.RUNTIME,
    ) -> None:
        """End this worker because it cannot go on, and tell the coordinator why."""
        self._send("exception", {"msg": message, "traceback": hint})
        super().fail(message, hint, error, exit_code)

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        """Send a message to the coordinator.

        Args:
            msg_type: What the coordinator has registered a listener for.
            data: What to tell it, made of plain values.
            client_id: Of no meaning here.

        Raises:
            RunnerError: If the data cannot travel.
        """
        del client_id
        try:
            self._client.send(msg_type, data)
        except UnsendableMessageError as error:
            raise RunnerError(str(error), hint="Send plain values only.") from error

    # Joining, being there, leaving.

    def _open(self) -> None:
        if not self.closed:
            return
        if self._client.closed:
            raise RunnerError("This worker has quit.", hint="Create another runner.")
        super()._open()
        logging.getLogger().addHandler(self._log)
        for task in (self._join, self._receive, self._beat, self._report, self._report_log):
            self.greenlet.spawn(task)

    def _join(self) -> None:
        for _ in range(settings.JOIN_ATTEMPTS):
            self._send("client_ready", version())
            waited: list[Any] = [self._joined, self._client.refused]
            gevent.wait(waited, timeout=settings.JOIN_INTERVAL, count=1)
            if self._joined.is_set():
                return
            if self._client.refused.ready():
                break
        try:
            self._client.refused.get(block=False)
        except RefusedError as error:
            self.fail(str(error), error.hint)
        except gevent.Timeout:
            self.fail(
                f"There is no coordinator at {self._client.address}.",
                "Start it first, and check --master-host and --master-port.",
            )

    def _beat(self) -> None:
        self._joined.wait()
        while True:
            self._send(
                "heartbeat",
                {
                    "state": str(self._state_for_coordinator()),
                    "current_cpu_usage": self.current_cpu_usage,
                    "current_memory_usage": self.current_memory_usage,
                },
            )
            gevent.sleep(settings.HEARTBEAT_INTERVAL)
            # Counted in beats, because a process that was frozen has not listened either.
            self._silent_beats += 1
            self._check_silence(self._silent_beats * settings.HEARTBEAT_INTERVAL)

    def _check_silence(self, seconds: float) -> None:
        """Stop the users of a coordinator that is gone, and give it up in the end.

        One that acknowledges reports gets more time, so that nothing is lost.
        """
        limit = settings.COORDINATOR_SILENCE
        if seconds > limit and self.is_active:
            logger.error("The coordinator has been silent for %g s; the users are stopped", limit)
            gevent.spawn(self.stop)
        if seconds > (settings.COORDINATOR_LOST if self._outbox.is_acknowledged else limit):
            self.fail(f"The coordinator at {self._client.address} is gone.")

    def _state_for_coordinator(self) -> RunState:
        return RunState.READY if self._state is RunState.STOPPED else self._state

    def _close(self) -> None:
        if self.closed or self._leaving:
            return
        self._leaving = True
        gevent.spawn(self._take_leave)

    def _take_leave(self) -> None:
        if self._joined.is_set():
            self._outbox.flush(self._epoch, settings.QUIT_LIMIT)
            self._tell_log()
            self._send("quit")
        logging.getLogger().removeHandler(self._log)
        super()._close()
        self._client.close()

    # Messages of the coordinator.

    def _receive(self) -> None:
        while True:
            message = self._client.recv()
            self._silent_beats = 0
            try:
                self._take(message)
            except ValueError as error:
                logger.warning("A %r message was dropped: %s", message.type, error)
            except Exception:
                logger.exception("A %r message could not be taken", message.type)

    def _take(self, message: Message) -> None:
        receiver = self._receivers.get(message.type)
        if receiver is not None:
            receiver(message.data)
        elif message.type != "locustfile":
            self._handlers.deliver(message)

    def _on_ack(self, data: Any) -> None:
        data = data if isinstance(data, Mapping) else {}
        if isinstance(index := data.get("index"), int):
            self.worker_index = index
        self._latest = 0.0  # it may be another coordinator by now, with another clock
        if isinstance(data.get("swarm"), Mapping):
            self._outbox.is_acknowledged = True
            self._send("hello", {"version": version(), "plugins": self._plugins})
        if not self._joined.is_set():
            logger.info("Joined the coordinator at %s", self._client.address)
            self._joined.set()

    def _on_heartbeat(self, _data: Any) -> None:
        self._fire(
            self.environment.events.heartbeat_received.fire,
            client_id=self.client_id,
            timestamp=time.time(),
        )

    def _on_reconnect(self, _data: Any) -> None:
        self._send("client_ready", version())

    def _on_spawn(self, data: Any) -> None:
        order = SpawnOrder.from_dict(data)
        if order.timestamp <= self._latest:
            return
        self._latest = order.timestamp
        self._order = order
        if self._driver is None or self._driver.dead:
            self._driver = gevent.spawn(self._drive)

    def _on_stop(self, _data: Any) -> None:
        gevent.spawn(self._stop_and_tell)

    def _stop_and_tell(self) -> None:
        self._order = None
        self.stop()
        if not self._outbox.flush(self._epoch, settings.LAST_REPORT_LIMIT):
            logger.error("The coordinator has not acknowledged the last report of the run")
        self._send("client_stopped")
        self._send("client_ready", version())

    def _on_quit(self, _data: Any) -> None:
        logger.info("The coordinator has told this worker to quit")
        gevent.spawn(self.quit)

    def _on_report_acknowledged(self, data: Any) -> None:
        self._outbox.acknowledge(data.get("number"))
        self._adopt(data.get("epoch"))

    def _on_spawning_complete(self, data: Any) -> None:
        if self.environment.reset_stats and data.get("epoch") is None:
            self.stats.clear_all()
        self._adopt(data.get("epoch"))
        self._fire(
            self.environment.events.spawning_complete.fire, user_count=data.get("user_count", 0)
        )

    def _on_update_user_class(self, data: Any) -> None:
        try:
            self.environment.config_users(data if isinstance(data, list) else [data])
        except SwarmError as error:
            raise ValueError(str(error)) from error

    def _adopt(self, epoch: object) -> None:
        """Count for another epoch from now on, which begins with nothing."""
        if isinstance(epoch, int) and self._epoch is not None and epoch > self._epoch:
            self._epoch = epoch
            self.stats.clear_all()

    # Running users.

    def _drive(self) -> None:
        """Carry out the latest order, and whatever orders come meanwhile."""
        done = None
        while (order := self._order) is not None and order is not done:
            if self._ender is not None:
                self._ender.join()
            if self._quit_wanted:
                return  # what would run from here on would be reported by nobody
            try:
                self._carry_out(order)
            except SwarmError as error:
                self.fail(str(error), error.hint, exit_code=error.exit_code)
                return
            done = order

    def _carry_out(self, order: SpawnOrder) -> None:
        if not self.is_active:
            self._start_run(order)
        if not self.is_active:
            return  # a listener of test_start has ended the test
        self._go(RunState.SPAWNING)
        self._send("spawning")
        if order.ramp != self._ramp:
            self._ramp = order.ramp
            self._pool.staying()  # those that are gone are replaced
        known = self._pool.class_names
        unknown = [name for name, count in order.counts.items() if count and name not in known]
        if unknown:
            raise RunnerError(
                f"The coordinator's test has {', '.join(unknown)}, which this worker's has not.",
                hint="Give all nodes the same test file, or the workers -f -.",
            )
        self.target_user_classes_count = dict(order.counts)
        counts = {name: order.counts.get(name, 0) for name in known}
        self._pool.reach(counts, lambda: self._order is order)
        if self._order is order and self.is_active:
            self._go(RunState.RUNNING)
            self._tell_spawned(order)

    def _start_run(self, order: SpawnOrder) -> None:
        environment = self.environment
        if order.host is not None:
            environment.host = order.host
        environment.stop_timeout = order.stop_timeout
        take_options(environment, order.options or {})
        classes = environment.run_classes()
        if not classes:
            raise RunnerError("This worker's test file has no user classes to run.")
        self._pool.use(classes)
        self._told.clear()
        self._ramp = order.ramp
        kept = self.stats.snapshot() if order.epoch == self._epoch is not None else None
        self._begin()
        self._epoch = order.epoch
        if kept is not None:
            self.stats.merge(kept)  # of the same run, before the coordinator was silent
        self._announce()

    def _tell_spawned(self, order: SpawnOrder) -> None:
        counts = self.user_classes_count
        self._send(
            "spawning_complete",
            {
                "user_classes_count": counts,
                "user_count": sum(counts.values()),
                "timestamp": order.timestamp,
            },
        )

    def _withdraw(self) -> None:
        self._order = None
        if self._driver is not None:
            self._driver.kill(timeout=settings.ON_STOP_LIMIT)
        super()._withdraw()

    # Reporting.

    def _report(self) -> None:
        self._joined.wait()
        while True:
            gevent.sleep(settings.REPORT_INTERVAL)
            try:
                self._outbox.post(self._epoch)
            except Exception:
                logger.exception("A report could not be made")

    def _report_log(self) -> None:
        self._joined.wait()
        while True:
            gevent.sleep(settings.WORKER_LOG_REPORT_INTERVAL)
            self._tell_log()

    def _tell_log(self) -> None:
        lines = self._log.take()
        if lines:
            self._send("logs", {"worker_id": self.client_id, "logs": lines})

    def _take_figures(self) -> dict[str, Any]:
        figures = self.stats.snapshot().to_dict()
        self.stats.clear_all()
        counts = self.user_classes_count
        data = {
            **figures,
            "user_classes_count": counts,
            "user_count": sum(counts.values()),
        }
        exceptions = self._new_exceptions()
        if self._outbox.is_acknowledged:
            data["exceptions"] = exceptions
            data["health"] = asdict(self.health)
        else:
            self._tell_exceptions(exceptions)
        own = dict(data)
        self._fire(
            self.environment.events.report_to_master.fire, client_id=self.client_id, data=data
        )
        return data if self._can_travel(data) else own

    def _can_travel(self, data: dict[str, Any]) -> bool:
        try:
            encode(Message("stats", data))
        except UnsendableMessageError as error:
            logger.error("What listeners of report_to_master have added is left out: %s", error)  # noqa: TRY400 - no fault of ours
            return False
        return True

    def _send_report(self, report: dict[str, Any]) -> None:
        self._send("stats", report)

    def _new_exceptions(self) -> list[dict[str, Any]]:
        new = []
        for group in self.exceptions:
            key = (group.msg, group.traceback)
            count = group.count - self._told.get(key, 0)
            if count > 0:
                self._told[key] = group.count
                new.append({"msg": group.msg, "traceback": group.traceback, "count": count})
        return new

    def _tell_exceptions(self, exceptions: list[dict[str, Any]]) -> None:
        for group in exceptions:
            for _ in range(min(group["count"], _MOST_MESSAGES)):
                self._send("exception", {key: group[key] for key in ("msg", "traceback")})

    def _send(self, kind: str, data: Any = None) -> None:
        if not self._client.send(kind, data):
            logger.debug("A %r message could not be sent", kind)


def version() -> str:
    """Return the version of this installation, as workers tell it when they join."""
    return importlib.metadata.version("swarm-core")
