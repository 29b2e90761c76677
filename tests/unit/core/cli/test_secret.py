"""Where the secret of coordinator and workers comes from, and who needs one."""

import pytest

from swarm.core.cli.secret import (
    address_for_here,
    address_for_others,
    given_security,
    is_loopback,
    worker_security,
)
from swarm.core.config import default_options
from swarm.core.exception import ConfigError

WORDS = "a long and winding secret"


def test_without_a_word_about_it_nothing_is_given(tmp_path):
    assert given_security(default_options(), {}, tmp_path) is None


def test_the_secret_may_stand_in_the_environment(tmp_path):
    security = given_security(default_options(), {"SWARM_SECRET": WORDS}, tmp_path)
    assert security.secret == WORDS
    assert security.is_secure


def test_the_secret_may_stand_in_a_file_whose_last_line_ends(tmp_path):
    (tmp_path / "key").write_text(f"{WORDS}\n")
    options = default_options(secret_file="key")
    assert given_security(options, {"SWARM_SECRET": "another secret"}, tmp_path).secret == WORDS


def test_insecure_is_insecure(tmp_path):
    options = default_options(insecure=True)
    assert not given_security(options, {"SWARM_SECRET": WORDS}, tmp_path).is_secure


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot be read from .*nowhere: No such file"):
        given_security(default_options(secret_file="nowhere"), {}, tmp_path)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"])
def test_a_worker_needs_no_secret_on_its_own_machine(host):
    assert is_loopback(host)
    assert not worker_security(default_options(master_host=host), None).is_secure


@pytest.mark.parametrize("host", ["10.0.0.1", "coordinator.example", "*", "0.0.0.0", "::"])
def test_a_worker_of_another_machine_needs_a_secret(host):
    assert not is_loopback(host)
    with pytest.raises(ConfigError, match="needs the secret of the coordinator") as caught:
        worker_security(default_options(master_host=host), None)
    assert "SWARM_SECRET" in caught.value.hint


def test_what_listens_everywhere_is_reached_on_loopback_from_here():
    assert [address_for_here(host) for host in ("*", "0.0.0.0", "::", "10.0.0.1")] == [
        "127.0.0.1",
        "127.0.0.1",
        "::1",
        "10.0.0.1",
    ]


def test_what_listens_everywhere_is_told_by_an_address_of_its_own():
    assert address_for_others("10.0.0.1") == "10.0.0.1"
    assert address_for_others("*") not in {"*", "0.0.0.0", ""}
