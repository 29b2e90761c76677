import importlib

import pytest

from swarm.core.plugins.hints import DISTRIBUTIONS, hint_for_import, hint_for_plugin


def failure(statement):
    with pytest.raises(ImportError) as caught:
        exec(statement, {})
    return caught.value


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        ("import swarm.grpc", "pip install swarm-grpc"),
        ("from swarm.mqtt.client import MqttClient", "pip install swarm-mqtt"),
        ("from swarm.db import PostgresUser", "pip install swarm-db"),
        ("from locust import HttpUser", "pip install swarm-locust"),
        ("import swarm.nonsense", ""),
        ("import no_such_library", ""),
        ("from swarm.core import NoSuchName", ""),
        ("from math import no_such_name", ""),
    ],
)
def test_an_import_of_an_uninstalled_first_party_package_has_a_pip_line(statement, hint):
    assert hint_for_import(failure(statement)) == hint


def test_a_package_that_is_there_but_misses_a_library_has_none(site):
    site.install("swarm-grpc", {}, {"swarm/grpc/__init__.py": "import grpcio_that_is_missing"})
    importlib.invalidate_caches()
    error = failure("import swarm.grpc")
    assert error.name == "grpcio_that_is_missing"
    assert hint_for_import(error) == ""
    assert hint_for_import(ImportError("cannot import name X", name="swarm.grpc")) == ""


def test_every_first_party_package_has_a_distribution_of_its_name():
    assert {d for p, d in DISTRIBUTIONS.items() if d != "swarm-" + p.rpartition(".")[2]} == set()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("http", "pip install swarm-http"),
        ("fasthttp", "pip install swarm-http"),
        ("postgres", "pip install 'swarm-db[postgres]'"),
        ("GRPC", "pip install swarm-grpc"),
    ],
)
def test_a_missing_first_party_plugin_has_a_pip_line(name, hint):
    assert hint_for_plugin(name) == hint
