"""What a reporter is."""

from typing import Protocol, runtime_checkable

from swarm.core.reporting.view import RunSnapshot, RunView


@runtime_checkable
class Reporter(Protocol):
    """Shows or keeps the figures of a run.

    What `feed` and `finish` raise is logged and counted; the run goes on.

    Example:
        class TopicReporter:
            interval = 5.0

            def start(self, run):
                self.producer = connect()

            def feed(self, snapshot):
                self.producer.send(snapshot.stats.to_dict())

            def finish(self, snapshot):
                self.feed(snapshot)
                self.producer.close()
    """

    @property
    def interval(self) -> float:
        """Seconds between two feeds, read each time; `math.inf` for none at all."""
        ...

    def start(self, run: RunView) -> None:
        """Prepare, before the run starts.

        Raises:
            SwarmError: If it cannot do its work; this keeps the run from starting.
        """
        ...

    def feed(self, snapshot: RunSnapshot) -> None:
        """Take in how the run is doing."""
        ...

    def finish(self, snapshot: RunSnapshot) -> None:
        """Take in how the run ended, and close what was opened."""
        ...
