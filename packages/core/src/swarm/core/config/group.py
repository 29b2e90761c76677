"""Options that belong together."""

from dataclasses import dataclass

from swarm.core.config.option import Option


@dataclass(frozen=True)
class Group:
    """Options that belong together.

    Args:
        title: Headline in the help.
        options: In the order in which they are shown.
        description: What the help says below the headline.
    """

    title: str
    options: tuple[Option, ...]
    description: str = ""
