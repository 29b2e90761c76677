"""A clock that stands still until it is told to go on."""


class FakeClock:
    """Time passes only in `sleep` and `advance`, and costs nothing."""

    def __init__(self, now: float = 1000.0) -> None:
        self._now = now
        self._epoch = 1_700_000_000.0 - now
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self._now

    def time(self) -> float:
        return self._epoch + self._now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += seconds

    def advance(self, seconds: float) -> None:
        self._now += seconds

    def set(self, seconds: float) -> None:
        """Set what the machine shows on by so many seconds, as a time server does."""
        self._epoch += seconds
