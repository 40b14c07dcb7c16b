"""PostgreSQL, started for the first test that wants it."""

from collections.abc import Iterator

import pytest

from tests.server.knowledge.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server that takes connections."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.close()
