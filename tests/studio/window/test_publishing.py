"""From the window to a real server: publish, collide, lose the server, rehearse with its services."""

import functools
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from studio.client.agents import list_agents, save_draft
from studio.client.api import Api
from studio.client.connection import Connection
from studio.document.edits import set_field
from studio.window.window import Window
from tests.studio.window.conftest import Room

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)


@pytest.fixture
def away(room: Room, flow: Path) -> Window:
    """A window whose server is not there."""
    return room.open(flow, Connection(Api("http://127.0.0.1:9", "none")))


@pytest.fixture
def stranger(room: Room, flow: Path, server: Api) -> Window:
    """A window with a wrong token."""
    return room.open(flow, Connection(Api(server.address, "wrong")))


def write(window: Window, node: str, field: str, words: str) -> None:
    """Edit words, as the inspector does."""
    document = window.document
    document.apply(set_field(document.state, "", node, (field, "en-US"), words))
    document.settle()


def story(told: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A story that is told on the window's own loop, as everything there is."""

    @functools.wraps(told)
    def tell(**given: Any) -> None:
        given["room"].run(told(**given))

    return tell


async def publish(room: Room, window: Window) -> str:
    """Press the button and wait for the answer."""
    sheet = window.publisher.sheet
    await room.happens(sheet.publish_button.isEnabled)
    sheet.publish_button.click()
    await room.happens(lambda: sheet.status and sheet.status != "Publishing…")
    return sheet.status


async def open_sheet(room: Room, window: Window) -> None:
    """Ask to publish."""
    window.publish()
    await room.happens(lambda: window.publisher.sheet.agents)


@story
async def test_the_next_visitor_gets_the_new_words(room: Room, window: Window) -> None:
    write(window, "n_welcome", "text", "Good evening, and welcome.")
    await room.checked(window)

    await open_sheet(room, window)
    status = await publish(room, window)

    assert "is out" in status
    api = window.connection.api
    assert api is not None
    agent = next(a for a in await list_agents(api) if a.name == "Book a table")
    assert agent.release == 1
    body, _ = await api.call("GET", f"/api/v1/agents/{agent.id}/flow")
    assert body["flow"]["nodes"]["n_welcome"]["text"] == {"en-US": "Good evening, and welcome."}


@story
async def test_somebody_else_changed_the_draft(room: Room, window: Window) -> None:
    await open_sheet(room, window)
    await publish(room, window)
    api = window.connection.api
    assert api is not None
    agent = next(a for a in await list_agents(api) if a.name == "Book a table")
    document = window.document
    await save_draft(api, agent, document.flow, document.layout)
    write(window, "n_sorry", "text", "Alas.")
    await room.checked(window)

    status = await publish(room, window)

    sheet = window.publisher.sheet
    assert "was changed on the server since you looked" in status
    assert sheet.over_button.isVisible()
    assert document.part.nodes["n_sorry"].fields["text"] == {"en-US": "Alas."}, "nothing is lost"
    sheet.over_button.click()
    await room.happens(lambda: "is out" in sheet.status)


@story
async def test_a_flow_with_errors_is_not_published_and_says_why(room: Room, window: Window) -> None:
    write(window, "n_booked", "text", "A table for {{ gests }}.")
    await room.checked(window)

    await open_sheet(room, window)

    assert not window.publisher.sheet.publish_button.isEnabled()
    assert window.desk.newest is not None and window.desk.newest.errors


@story
async def test_a_server_that_is_away_is_told_in_plain_words(room: Room, away: Window) -> None:
    away.publish()
    await room.happens(lambda: "does not answer" in away.publisher.sheet.status)
    assert "Your flow is safe here" in away.publisher.sheet.status


def test_without_a_server_it_says_how_to_name_one(room: Room, flow: Path) -> None:
    window = room.open(flow)
    window.publish()
    assert "parley serve" in window.desk.notices.cards[0].text


@story
async def test_a_wrong_token_is_told(room: Room, stranger: Window) -> None:
    stranger.publish()
    await room.happens(lambda: "does not know this token" in stranger.publisher.sheet.status)


@story
async def test_a_rehearsal_asks_the_connected_server(room: Room, window: Window) -> None:
    document = window.document
    query = {"guests": "guests", "when": '"2026-11-27T19:30"'}
    document.apply(set_field(document.state, "", "n_free", ("query",), query))
    await room.checked(window)

    window.desk.rehearse()
    window.desk.dock.say("four")

    talk = window.desk.dock.talk
    assert talk is not None
    await room.happens(lambda: talk.ended)
    assert talk.rehearsal.state.outcome == "booked"
