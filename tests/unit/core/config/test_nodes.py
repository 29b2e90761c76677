"""Options of a test that is shared among processes and machines."""

import pytest

from swarm.core.exception import ConfigError, ExitCode


def test_without_arguments_nothing_is_distributed_and_nothing_leaves_this_machine(parse):
    options = parse()
    assert (options.master, options.worker, options.processes) == (False, False, None)
    assert (options.master_bind_host, options.master_host) == ("127.0.0.1", "127.0.0.1")
    assert (options.master_bind_port, options.master_port) == (None, 5557)
    assert (options.expect_workers, options.expect_workers_max_wait) == (None, 0)
    assert (options.secret_file, options.insecure) == (None, False)


COORDINATOR = """
    --master --master-bind-host * --master-bind-port 0 --expect-workers 5
    --expect-workers-max-wait 2m --enable-rebalancing --insecure
"""
WORKER = "--worker -f - --processes 4 --master-host 10.0.0.1 --master-port 6000 --secret-file key"


def test_the_coordinators_options_are_read(parse):
    options = parse(*COORDINATOR.split())
    assert options.master is True
    assert (options.master_bind_host, options.master_bind_port) == ("*", 0)
    assert (options.expect_workers, options.expect_workers_max_wait) == (5, 120)
    assert options.enable_rebalancing is True
    assert options.insecure is True


def test_the_workers_options_are_read(parse):
    options = parse(*WORKER.split())
    assert (options.worker, options.swarmfile, options.processes) == (True, ["-"], 4)
    assert (options.master_host, options.master_port) == ("10.0.0.1", 6000)
    assert options.secret_file == "key"


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("SWARM_MODE_MASTER", "true", "master", True),
        ("SWARM_MASTER_BIND_HOST", "10.0.0.1", "master_bind_host", "10.0.0.1"),
        ("SWARM_MASTER_BIND_PORT", "6000", "master_bind_port", 6000),
        ("SWARM_MODE_WORKER", "1", "worker", True),
        ("SWARM_PROCESSES", "-1", "processes", -1),
        ("SWARM_MASTER_NODE_HOST", "10.0.0.1", "master_host", "10.0.0.1"),
        ("SWARM_MASTER_NODE_PORT", "6000", "master_port", 6000),
        ("SWARM_SECRET_FILE", "/run/secrets/swarm", "secret_file", "/run/secrets/swarm"),
        ("SWARM_INSECURE", "true", "insecure", True),
    ],
)
def test_the_environment_has_the_documented_names(parse, variable, text, name, value):
    assert getattr(parse(environ={variable: text}), name) == value


def test_how_many_workers_are_expected_may_come_from_the_environment(parse):
    environ = {
        "SWARM_MODE_MASTER": "true",
        "SWARM_EXPECT_WORKERS": "3",
        "SWARM_EXPECT_WORKERS_MAX_WAIT": "60",
        "SWARM_ENABLE_REBALANCING": "true",
    }
    options = parse(environ=environ)
    assert (options.expect_workers, options.expect_workers_max_wait) == (3, 60)
    assert options.enable_rebalancing is True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--processes 0", "--processes: '0' is no number of processes: give 1 or more, or -1"),
        ("--processes -2", "--processes: '-2' is no number of processes: give 1 or more, or -1"),
        ("--processes two", "--processes: 'two' is not a whole number"),
        ("--expect-workers 0", "--expect-workers: '0' is too few, a test needs at least 1 worker"),
        ("--master-port 0", "--master-port: '0' is no port, these go from 1 to 65535"),
        ("--master-bind-port 65536", "--master-bind-port: '65536' is no port, these go from 0"),
        ("--master-bind-port -1", "--master-bind-port: '-1' is no port, these go from 0"),
    ],
)
def test_a_wrong_number_is_named_with_its_option(parse, arguments, message):
    with pytest.raises(ConfigError) as caught:
        parse(*arguments.split())
    assert str(caught.value).startswith(message)
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--master --worker", "--master and --worker contradict each other"),
        ("--expect-workers 2", "--expect-workers is for a coordinator"),
        ("--expect-workers-max-wait 2", "--expect-workers-max-wait is for a coordinator"),
        ("-f -", "-f - fetches the test files from the coordinator, which only a worker"),
        ("-f - --master", "-f - fetches the test files from the coordinator, which only a worker"),
        ("-f other.py,- --worker", "-f - fetches all test files"),
        ("--master --secret-file x --insecure", "--secret-file and --insecure contradict"),
    ],
)
def test_contradictions_are_refused_with_a_hint(parse, arguments, message):
    with pytest.raises(ConfigError) as caught:
        parse(*arguments.split())
    assert str(caught.value).startswith(message)
    assert caught.value.hint


@pytest.mark.parametrize(
    "arguments",
    [
        "--processes 2 --expect-workers 3",
        "--master --processes 2",
        "--worker --processes 2",
        "--worker --expect-workers 2",  # which a shared configuration file may say
    ],
)
def test_what_can_be_meant_together_is_accepted(parse, arguments):
    assert parse(*arguments.split())
