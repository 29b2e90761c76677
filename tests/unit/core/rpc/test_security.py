import pytest

from swarm.core.exception import ConfigError
from swarm.core.rpc import Security


def test_the_same_secret_gives_the_same_keys_everywhere():
    ours, theirs = Security.from_secret("correct horse"), Security.from_secret(" correct horse\n")
    assert ours == theirs
    assert ours.is_secure


def test_another_secret_gives_other_keys():
    one, other = Security.from_secret("correct horse"), Security.from_secret("correct house")
    assert one.server_keys != other.server_keys
    assert one.client_keys != other.client_keys


def test_coordinator_and_workers_have_different_keys():
    security = Security.from_secret("correct horse")
    assert security.server_keys != security.client_keys


def test_generated_secrets_differ_and_can_be_handed_on():
    one, other = Security.generate(), Security.generate()
    assert one.secret != other.secret
    assert Security.from_secret(one.secret) == one


def test_a_short_secret_is_refused():
    with pytest.raises(ConfigError, match="fewer than"):
        Security.from_secret("short")


def test_secrets_are_not_shown():
    assert "correct" not in repr(Security.from_secret("correct horse"))


def test_without_security_there_are_no_keys():
    assert not Security.insecure().is_secure
