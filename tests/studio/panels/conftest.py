"""Panels over a small flow, without a window."""

import pytest
from PySide6.QtWidgets import QApplication

from studio.document import Document
from studio.main import dress
from studio.theme import Look
from tests.studio.table import booking


@pytest.fixture(scope="session")
def look(qapp: QApplication) -> Look:
    return dress(qapp)


@pytest.fixture
def document() -> Document:
    return Document.new(*booking())
