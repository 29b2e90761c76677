import inspect

import pytest

from swarm.core.plugins import contract
from swarm.core.plugins.contract import CAPABILITIES, capabilities_of


def test_a_plugin_has_a_capability_by_having_its_method():
    class Both:
        def add_options(self, parser): ...
        def commands(self):
            return {}

    assert capabilities_of(Both()) == ("options", "commands")
    assert capabilities_of(object()) == ()


@pytest.mark.parametrize("protocol", CAPABILITIES.values())
def test_every_capability_is_one_method_and_shows_an_example_of_it(protocol):
    methods = [
        name for name, f in vars(protocol).items() if inspect.isfunction(f) and name[0] != "_"
    ]
    assert len(methods) == 1
    assert f"def {methods[0]}(self" in protocol.__doc__


def test_every_capability_protocol_of_the_contract_is_known_to_reports():
    protocols = {
        value
        for value in vars(contract).values()
        if getattr(value, "_is_protocol", False) and value.__module__ == contract.__name__
    }
    assert protocols - {contract.Plugin} == set(CAPABILITIES.values())


def test_the_example_of_the_contract_satisfies_it():
    text = inspect.getdoc(contract)
    source = text[text.index("class KafkaPlugin") :]
    scope = {}
    exec(inspect.cleandoc(source), scope)
    assert isinstance(scope["plugin"], contract.Plugin)
    assert capabilities_of(scope["plugin"]) == ("options", "environment")
