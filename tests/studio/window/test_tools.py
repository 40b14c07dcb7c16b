"""Tools in the studio: setting one up, connecting an account in the browser, switching functions, trying one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLineEdit

from studio.client.api import Api
from studio.operations.tool_card import ToolCard
from studio.window.window import Window
from tests.server.tools.google import CLIENT, SECRET
from tests.server.tools.mcp_peer import TOKEN
from tests.studio.calendar_server import CalendarServer, calendar_server
from tests.studio.window.conftest import Room
from tests.studio.window.test_aloud import picture

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
CALENDAR = "google_calendar"


class Browser(QObject):
    """Where addresses are opened."""

    def __init__(self, scheme: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        QDesktopServices.setUrlHandler(scheme, self, "open")

    @Slot(QUrl)
    def open(self, address: QUrl) -> None:
        self.opened.append(address.toString(QUrl.ComponentFormattingOption.FullyEncoded))


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield Browser("http")
    QDesktopServices.unsetUrlHandler("http")


@pytest.fixture(scope="module")
def services(folder: Path, checkout: Path) -> Iterator[CalendarServer]:
    """A server, and what its tools lead to."""
    with calendar_server(folder, checkout) as services:
        yield services


@pytest.fixture(scope="module")
def server(services: CalendarServer) -> Api:
    return services.api


def opened(room: Room, window: Window) -> ToolCard:
    """The calendar's card, unfolded, for an agent of the flow's own."""
    panel = window.house.tools
    window.desk.turn_drawer("tools")
    room.given_an_agent(panel.agency)
    room.until(lambda: CALENDAR in panel.cards)
    card = panel.cards[CALENDAR]
    card.unfold(True)
    return card


def write(card: ToolCard, name: str, text: str) -> None:
    """Type into a setting."""
    field = card.form.fields[name]
    assert isinstance(field, QLineEdit)
    field.setText(text)


def test_a_calendar_is_set_up_connected_and_tried(
    room: Room, window: Window, services: CalendarServer, browser: Browser
) -> None:
    card = opened(room, window)
    picture(window, "tools-new")
    card.save()
    assert card.trouble.text() == "Fill in “Client id”."

    write(card, "client_id", CLIENT)
    write(card, "client_secret", SECRET)
    write(card, "time_zone", "Mars/Olympus")
    card.save()
    room.until(lambda: "no such time zone" in card.trouble.text())
    write(card, "time_zone", "Europe/Berlin")
    card.save()
    room.until(lambda: card.state.id)
    assert card.switch.isChecked() and card.state.connection == "missing"
    assert not card.form.fields["client_secret"].text(), "a secret is never shown"  # type: ignore[attr-defined]
    picture(window, "tools-set-up")

    card.connected.emit()
    room.until(lambda: browser.opened)
    services.allow(browser.opened[0])
    room.until(lambda: card.state.connection == "connected")
    assert card.account.text() == "An account is connected."

    trial = card.trial
    trial.box.setCurrentIndex(trial.box.findData("free_busy"))
    trial.call()
    assert trial.state.text() == "Fill in “Start”."
    for name, text in (("start", "2026-11-27T18:00"), ("end", "2026-11-27T23:00")):
        field = trial.form.fields[name]
        assert isinstance(field, QLineEdit)
        field.setText(text)
    trial.call()
    room.until(trial.answer.isVisible)
    assert trial.state.text().startswith("It answered") and '"free"' in trial.answer.toPlainText()
    window.house.tools.area.ensureWidgetVisible(trial.answer)
    picture(window, "tools-tried")


def test_single_functions_are_switched_and_what_was_set_up_is_forgotten(room: Room, window: Window) -> None:
    card = opened(room, window)
    if not card.state.id:
        write(card, "client_id", CLIENT)
        write(card, "client_secret", SECRET)
        card.save()
        room.until(lambda: card.state.id)
    card.ticks["cancel"].click()
    room.until(lambda: {f.name: f.enabled for f in card.state.functions}["cancel"] is False)
    card.switch.click()
    room.until(lambda: not card.state.enabled)
    assert {f.name: f.enabled for f in card.state.functions}["cancel"] is False

    card.forgotten.emit()
    room.until(lambda: not card.state.id)
    assert not card.trial.isVisible() and card.state.secrets == ()


def test_an_mcp_server_is_added_and_what_it_lists_is_tried(
    room: Room, window: Window, services: CalendarServer
) -> None:
    opened(room, window).unfold(False)
    panel = window.house.tools
    panel.name.setText("Two words")
    panel.add_another()
    assert "mcp_orders" not in panel.cards
    panel.name.setText("orders")
    panel.add_another()
    card = panel.cards["mcp_orders"]
    write(card, "address", services.peer)
    write(card, "token", TOKEN)
    card.save()
    room.until(lambda: "look_up" in panel.cards["mcp_orders"].ticks)

    card = panel.cards["mcp_orders"]
    card.unfold(True)
    trial = card.trial
    trial.box.setCurrentIndex(trial.box.findData("look_up"))
    field = trial.form.fields["number"]
    assert isinstance(field, QLineEdit)
    field.setText("seven")
    trial.call()
    assert "does not fit" in trial.state.text()
    field.setText("7")
    trial.call()
    room.until(trial.answer.isVisible)
    assert trial.state.text().startswith("It answered") and "sent" in trial.answer.toPlainText()
    panel.area.verticalScrollBar().setValue(panel.area.verticalScrollBar().maximum())
    picture(window, "tools-mcp")

    services.answer("error")
    trial.call()
    room.until(lambda: trial.state.text().startswith("It failed"))
    assert trial.answer.toPlainText()


def test_without_a_server_the_panel_says_where_tools_live(room: Room, flow: Path) -> None:
    window = room.open(flow)
    window.desk.turn_drawer("tools")
    assert "on the server" in window.house.tools.words
