"""Panels over a small flow, without a window."""

import pytest

from studio.document import Document
from tests.studio.table import booking


@pytest.fixture
def document() -> Document:
    return Document.new(*booking())
