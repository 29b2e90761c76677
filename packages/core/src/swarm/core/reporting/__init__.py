"""Reporters: they see a run from time to time and at its end, and show or keep its figures."""

from swarm.core.reporting.console import ConsoleReporter
from swarm.core.reporting.csv_reporter import CsvReporter
from swarm.core.reporting.csv_request_logger import CsvRequestLogger
from swarm.core.reporting.json_reporter import JsonReporter
from swarm.core.reporting.loop import ReporterLoop
from swarm.core.reporting.reporter import Reporter
from swarm.core.reporting.view import ExceptionSnapshot, Health, RunSnapshot, RunView

__all__ = [
    "ConsoleReporter",
    "CsvReporter",
    "CsvRequestLogger",
    "ExceptionSnapshot",
    "Health",
    "JsonReporter",
    "Reporter",
    "ReporterLoop",
    "RunSnapshot",
    "RunView",
]
