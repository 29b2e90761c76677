import pytest

from swarm.core.config import parse_options


@pytest.fixture
def parse(tmp_path):
    """Parses a command line in an empty project, with the given environment."""

    def parse_in_project(*arguments, environ=None, parser=None):
        return parse_options(arguments, environ=environ or {}, directory=tmp_path, parser=parser)

    return parse_in_project
