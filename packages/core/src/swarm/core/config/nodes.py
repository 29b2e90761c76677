"""The options of a test that is shared among processes and machines."""

from swarm.core.config import values
from swarm.core.config.group import Group
from swarm.core.config.option import Option

MASTER = Group(
    "Master options",
    (
        Option(
            flags=("--master",),
            is_flag=True,
            default=False,
            env="SWARM_MODE_MASTER",
            help="Run as the coordinator, which plans the load and gathers the figures of the "
            "workers that join it",
        ),
        Option(
            flags=("--master-bind-host",),
            type=values.host,
            default="127.0.0.1",
            metavar="<host>",
            help="Address to listen on for workers; * for all of this machine. Defaults to "
            "127.0.0.1, which only workers on this machine reach",
        ),
        Option(
            flags=("--master-bind-port",),
            type=values.listening_port,
            metavar="<port>",
            help="Port to listen on for workers; 0 takes any that is free. Defaults to 5557, and "
            "to 0 where only --processes is given",
        ),
        Option(
            flags=("--expect-workers",),
            type=values.worker_count,
            metavar="<int>",
            help="Begin a --headless test once this many workers have joined. Defaults to 1, and "
            "to as many as --processes starts",
        ),
        Option(
            flags=("--expect-workers-max-wait",),
            type=values.timespan,
            default=0.0,
            metavar="<time>",
            help="Give up if the expected workers have not joined within this time. Defaults to "
            "waiting forever",
        ),
        Option(
            flags=("--enable-rebalancing",),
            is_flag=True,
            default=False,
            help="Accepted for the sake of existing configurations: users are always shared out "
            "anew when a worker joins or leaves during the test",
        ),
    ),
    "The coordinator runs no users itself: it needs workers that join it.",
)

WORKER = Group(
    "Worker options",
    (
        Option(
            flags=("--worker",),
            is_flag=True,
            default=False,
            env="SWARM_MODE_WORKER",
            help="Run as a worker, which runs the users that a coordinator gives it. With '-f -' "
            "it gets the test files from the coordinator too",
        ),
        Option(
            flags=("--processes",),
            type=values.process_count,
            metavar="<int>",
            help="Start this many worker processes; -1 starts one for each CPU core. This process "
            "becomes their coordinator, unless --worker says that they join another one",
        ),
        Option(
            flags=("--master-host",),
            type=values.host,
            default="127.0.0.1",
            env="SWARM_MASTER_NODE_HOST",
            metavar="<host>",
            help="Host of the coordinator to join. Defaults to 127.0.0.1",
        ),
        Option(
            flags=("--master-port",),
            type=values.port,
            default=5557,
            env="SWARM_MASTER_NODE_PORT",
            metavar="<port>",
            help="Port of the coordinator to join. Defaults to 5557",
        ),
    ),
    "A worker needs only these and --swarmfile: the coordinator decides the rest.",
)

SECURITY = Group(
    "Master and worker security options",
    (
        Option(
            flags=("--secret-file",),
            type=values.path,
            metavar="<file>",
            help="File with the secret that the coordinator and its workers share: who does not "
            "know it cannot join, and all messages are encrypted with it. The environment "
            "variable SWARM_SECRET takes the secret itself",
        ),
        Option(
            flags=("--insecure",),
            is_flag=True,
            default=False,
            help="Use neither secret nor encryption, so that nodes of Locust's family can take "
            "part. Anyone who reaches the port can join and read",
        ),
    ),
)
