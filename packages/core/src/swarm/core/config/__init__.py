"""The options of a run: declared once, read from files, the environment and arguments."""

from swarm.core.config.namespace import Options
from swarm.core.config.option import Option, UIField
from swarm.core.config.parse import build_parser, default_options, early_options, parse_options
from swarm.core.config.parser import Parser
from swarm.core.config.values import format_timespan, timespan

__all__ = [
    "Option",
    "Options",
    "Parser",
    "UIField",
    "build_parser",
    "default_options",
    "early_options",
    "format_timespan",
    "parse_options",
    "timespan",
]
