"""Every option of the core, declared once, in the groups that `--help` shows."""

from swarm.core.config import values
from swarm.core.config.group import Group
from swarm.core.config.nodes import MASTER, SECURITY, WORKER
from swarm.core.config.option import Option

COMMON = Group(
    "Common options",
    (
        Option(
            flags=("-h", "--help"),
            is_flag=True,
            default=False,
            env=None,
            in_files=False,
            help="Show this help and exit",
        ),
        Option(
            flags=("-f", "--swarmfile", "--locustfile"),
            type=values.test_files,
            metavar="<file>",
            help="The Python file or module that contains your test, e.g. 'my_test.py'. Accepts "
            "several .py files separated by commas, a package name or directory, or the URL of a "
            "remote file. Defaults to 'swarmfile.py', then 'locustfile.py'",
        ),
        Option(
            flags=("--config",),
            type=values.path,
            metavar="<file>",
            in_files=False,
            help="File to read additional configuration from, in config or TOML format",
        ),
        Option(
            flags=("-H", "--host"),
            type=values.host,
            metavar="<host>",
            in_web_ui=True,
            help="Host to load test, for HTTP in the form https://www.example.com",
        ),
        Option(
            flags=("-u", "--users"),
            type=values.user_count,
            metavar="<int>",
            in_web_ui=True,
            help="Peak number of concurrent users. Can be changed during a test with the keys w, W "
            "(spawn 1, 10 users) and s, S (stop 1, 10 users)",
        ),
        Option(
            flags=("-r", "--spawn-rate"),
            type=values.spawn_rate,
            metavar="<float>",
            in_web_ui=True,
            help="Rate to spawn users at (users per second)",
        ),
        Option(
            flags=("-t", "--run-time"),
            type=values.positive_timespan,
            metavar="<time>",
            in_web_ui=True,
            help="Stop after this time, e.g. 300s, 20m, 3h or 1h30m. Defaults to run forever",
        ),
        Option(
            flags=("-l", "--list"),
            dest="list_users",
            is_flag=True,
            default=False,
            env=None,
            in_files=False,
            help="Show the user classes that can be run and exit",
        ),
        Option(
            flags=("--config-users",),
            nargs="+",
            metavar="<json>",
            splits=False,
            help="Attributes of user classes as JSON text or the path of a JSON file. Several can "
            "be given, and one may be an array",
        ),
        Option(
            flags=("--headless",),
            is_flag=True,
            default=False,
            help="Start the test immediately, without the web interface. Use -u and -t to control "
            "user count and run time",
        ),
    ),
)

TAGS = Group(
    "Tag options",
    (
        Option(
            flags=("-T", "--tags"),
            nargs="*",
            type=values.name,
            metavar="<tag>",
            help="Tags to include in the test: only tasks with at least one of them are executed",
        ),
        Option(
            flags=("-E", "--exclude-tags"),
            nargs="*",
            type=values.name,
            metavar="<tag>",
            help="Tags to exclude from the test: only tasks with none of them are executed",
        ),
    ),
    "Tasks can be tagged with the @tag decorator. These options say which of them are executed.",
)

STATISTICS = Group(
    "Request statistics options",
    (
        Option(
            flags=("--csv",),
            type=values.path,
            metavar="<prefix>",
            help="Store request statistics in CSV files: <prefix>_stats.csv, "
            "<prefix>_stats_history.csv, <prefix>_failures.csv and <prefix>_exceptions.csv. "
            "Folders in the prefix are created",
        ),
        Option(
            flags=("--csv-full-history",),
            is_flag=True,
            default=False,
            help="Store a row for every statistics entry, not only the aggregate, in "
            "<prefix>_stats_history.csv. Needs --csv",
        ),
        Option(
            flags=("--print-stats",),
            is_flag=True,
            default=False,
            help="Print request statistics periodically while the web interface is used",
        ),
        Option(
            flags=("--only-summary",),
            is_flag=True,
            default=False,
            help="Print request statistics only at the end of a --headless run",
        ),
        Option(
            flags=("--reset-stats",),
            is_flag=True,
            default=False,
            help="Reset the statistics once all users are spawned",
        ),
        Option(
            flags=("--json",),
            is_flag=True,
            default=False,
            help="Print the final statistics as JSON to stdout, for other programs. Use it with "
            "--headless and --skip-log to print nothing else",
        ),
        Option(
            flags=("--json-file",),
            type=values.path,
            metavar="<file>",
            help="Store the final statistics as JSON in this file",
        ),
    ),
)

LOGGING = Group(
    "Logging options",
    (
        Option(
            flags=("--skip-log-setup",),
            is_flag=True,
            default=False,
            help="Do not set up logging: the test file or Python's defaults decide",
        ),
        Option(
            flags=("--skip-log",),
            is_flag=True,
            default=False,
            help="Print no log and no statistics tables. Errors that end the run are still shown",
        ),
        Option(
            flags=("-L", "--loglevel"),
            type=values.log_level,
            default="INFO",
            metavar="<level>",
            help="One of DEBUG, INFO, WARNING, ERROR and CRITICAL. Defaults to INFO",
        ),
        Option(
            flags=("--logfile",),
            type=values.path,
            metavar="<file>",
            help="File to write the log to. Defaults to stderr",
        ),
    ),
)

OTHER = Group(
    "Other options",
    (
        Option(
            flags=("--show-task-ratio",),
            is_flag=True,
            default=False,
            env=None,
            in_files=False,
            help="Print a table of the tasks' execution ratio and exit. Use it with --users if "
            "classes define fixed_count",
        ),
        Option(
            flags=("--show-task-ratio-json",),
            is_flag=True,
            default=False,
            env=None,
            in_files=False,
            help="Print the tasks' execution ratio as JSON and exit. Use it with --users if "
            "classes define fixed_count",
        ),
        Option(
            flags=("-V", "--version"),
            is_flag=True,
            default=False,
            env=None,
            in_files=False,
            help="Show the version and exit",
        ),
        Option(
            flags=("--exit-code-on-error",),
            type=values.exit_code,
            default=1,
            metavar="<int>",
            help="What the process exits with when the result contains a failure or error. "
            "Defaults to 1",
        ),
        Option(
            flags=("-s", "--stop-timeout"),
            type=values.timespan,
            default=0.0,
            metavar="<time>",
            help="Time to wait for users to complete the task they are in before they are stopped, "
            "e.g. 10s. Defaults to stopping immediately",
        ),
        Option(
            flags=("--equal-weights",),
            is_flag=True,
            default=False,
            help="Execute all tasks of a user class equally often, whatever weights the test file "
            "gives them",
        ),
        Option(
            flags=("--profile",),
            type=values.name,
            metavar="<name>",
            in_web_ui=True,
            help="Name of a profile to group test runs by",
        ),
    ),
)

PLUGINS = Group(
    "Plugin options",
    (
        Option(
            flags=("--plugins",),
            type=values.names,
            metavar="<names>",
            empty_counts=True,
            help="Plugins to load, separated by commas. Defaults to all that are installed; an "
            "empty value means none",
        ),
    ),
)

USER_CLASSES = Group(
    "User classes",
    (
        Option(
            dest="user_classes",
            nargs="*",
            metavar="<UserClass>",
            help="At the end of the command line you can list the user classes to run (--list "
            "shows them). Defaults to all",
        ),
    ),
)

GROUPS = (
    COMMON,
    MASTER,
    WORKER,
    SECURITY,
    TAGS,
    STATISTICS,
    LOGGING,
    OTHER,
    PLUGINS,
    USER_CLASSES,
)
"""The groups in the order of the help."""

EXAMPLES = """\
Examples:

  swarm -f my_test.py -H https://www.example.com --headless

  swarm --headless -u 100 -t 20m MyHttpUser AnotherUser

  swarm --headless -u 100 -r 10 -t 50 --csv results/checkout

  swarm --headless -u 10000 -r 100 -t 20m --processes -1

Options can also be set in a configuration file or as environment variables:
-u 100 is users = 100 in ./swarm.conf and SWARM_USERS=100 in the environment."""
"""What stands at the end of the help."""


def core_options() -> tuple[Option, ...]:
    """Return all options of the core."""
    return tuple(option for group in GROUPS for option in group.options)
