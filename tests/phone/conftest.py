"""An edge, a phone."""

from collections.abc import AsyncIterator

import pytest

from tests.phone.caller import Phone
from tests.phone.edges import House, edge_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """An edge that lets loopback in and answers."""
    async with edge_house() as house:
        yield house


@pytest.fixture
async def phone() -> AsyncIterator[Phone]:
    """A telephone."""
    async with Phone() as phone:
        yield phone
