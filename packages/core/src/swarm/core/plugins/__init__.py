"""Plugins: what is installed, what a project selects, and what they add to a run."""

from swarm.core.plugins.contract import API_VERSION, Command, Plugin
from swarm.core.plugins.hints import hint_for_import
from swarm.core.plugins.loading import load
from swarm.core.plugins.member import Row, Status
from swarm.core.plugins.pluginset import PluginSet
from swarm.core.plugins.selection import ALL, Selection, select

__all__ = [
    "ALL",
    "API_VERSION",
    "Command",
    "Plugin",
    "PluginSet",
    "Row",
    "Selection",
    "Status",
    "hint_for_import",
    "load",
    "select",
]
