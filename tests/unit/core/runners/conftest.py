import pytest

from swarm.core import Environment


@pytest.fixture
def local():
    """Returns local runners for user classes; they quit at the end of the test."""
    environments = []

    def make(*user_classes, **settings):
        environment = Environment(user_classes=user_classes, **settings)
        environments.append(environment)
        return environment.create_local_runner()

    yield make
    for environment in environments:
        if not environment.runner.closed:
            environment.stop_timeout = None
            environment.runner.quit()


@pytest.fixture
def heard():
    """Returns a list of the names of an environment's events, in the order in which they fire."""

    def listen(environment, *names):
        fired = []
        for name in names:
            getattr(environment.events, name).add_listener(
                lambda name=name, **_: fired.append(name)
            )
        return fired

    return listen
