"""Whose turn it is, so that a user that never waits does not keep the others from running."""


class Turn:
    """Who ran last, shared by all users of one environment.

    A user writes itself down before a task. If it still stands there after the
    task, nobody else has run, and it gives way once. If somebody else stands there,
    the others have had their turn and the user goes on without paying for a switch.
    """

    __slots__ = ("holder",)

    def __init__(self) -> None:
        self.holder: object = None
