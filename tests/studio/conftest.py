"""What every test of the studio stands on."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from studio.main import dress
from studio.theme import Look


@pytest.fixture(scope="session")
def look(qapp: QApplication) -> Look:
    """The look of the studio, on the tests' application."""
    return dress(qapp)


@pytest.fixture(autouse=True)
def swept(qapp: QApplication) -> Iterator[None]:
    """Widgets end with their test: thousands of them would make all that follows slow."""
    before = set(QApplication.topLevelWidgets())
    yield
    for widget in set(QApplication.topLevelWidgets()) - before:
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
