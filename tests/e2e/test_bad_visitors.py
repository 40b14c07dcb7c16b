"""Visitors and pages that do what they may not: wrong origins, wrong tokens, floods, frames that are too large."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.e2e.house import House, house, refused

pytestmark = pytest.mark.e2e
PATIENCE = 30


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("bad-visitors")) as shared:
        listed = {"allowed_origins": ["https://shop.example"]}
        answer = shared.api.put(f"/agents/{shared.agent['id']}/widget", json=listed)
        assert answer.status_code == 200, answer.text
        yield shared


@pytest.fixture
def home(shared: House) -> Iterator[House]:
    """The house; afterwards it must be well."""
    yield shared
    shared.is_well()


class Visitor:
    """A visitor's socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def send(self, frame: Any) -> None:
        """One frame; words and bytes as they are."""
        self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    def text(self, id: str, words: str) -> None:
        """Words."""
        self.send({"type": "text", "client_msg_id": id, "text": words})

    def hello(self, token: str) -> None:
        """The first frame."""
        self.send({"type": "hello", "token": token, "last_seq": 0})

    def until(self, type: str, **facts: Any) -> dict[str, Any]:
        """The next frame of this type with these facts."""
        while True:
            frame: dict[str, Any] = json.loads(self.socket.recv(PATIENCE))
            if frame["type"] == type and all(frame.get(key) == value for key, value in facts.items()):
                return frame

    def close_code(self) -> int:
        """Read until the server closes; its code."""
        try:
            while True:
                self.socket.recv(PATIENCE)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            return int(closed.rcvd.code)


@contextmanager
def _visitor(home: House, session: dict[str, Any], origin: str | None = None) -> Iterator[Visitor]:
    """A socket for a session, opened by a page of this origin (the server's own when none is given)."""
    address = home.origin.replace("http", "ws", 1) + session["socket"]
    page = home.origin if origin is None else origin
    headers = {"Origin": page} if page else {}
    with connect(address, additional_headers=headers, compression=None, open_timeout=PATIENCE) as socket:
        yield Visitor(socket)


def _session(home: House) -> dict[str, Any]:
    answer = home.begin()
    assert answer.status_code == 201, answer.text
    session: dict[str, Any] = answer.json()
    return session


def test_a_page_on_the_list_may_talk(home: House) -> None:
    answer = home.begin("https://shop.example")
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://www.shop.example",
        "https://shop.example.evil.example",
        "https://evilshop.example",
        "http://shop.example",
        "https://shop.example:8443",
        "https://shop.example/",
        "https://user@shop.example",
        "https://shop.example, https://evil.example",
        "null",
        "",
        "*",
        "file://",
    ],
)
def test_a_page_that_is_not_on_the_list_may_not(home: House, origin: str) -> None:
    answer = home.begin(origin)
    refused(answer, 403, "ORIGIN_NOT_ALLOWED", "Add its origin")
    assert answer.headers.get("Access-Control-Allow-Origin") in (None, "https://shop.example")
    assert answer.headers.get("Access-Control-Allow-Origin") != origin


@pytest.mark.parametrize("origin", ["https://shop.example", "null", "http://127.0.0.1:1", ""])
def test_a_token_is_good_on_its_own_page_only(home: House, origin: str) -> None:
    session = _session(home)
    with _visitor(home, session, origin) as visitor:
        visitor.hello(session["token"])
        assert visitor.until("error")["code"] == "ORIGIN_NOT_ALLOWED"
        assert visitor.close_code() == 4403


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "x" * 20_000, "\u0000"])
def test_a_wrong_token_opens_no_socket(home: House, token: str) -> None:
    with _visitor(home, _session(home)) as visitor:
        visitor.hello(token)
        assert visitor.until("error")["code"] == "INVALID_TOKEN"
        assert visitor.close_code() == 4401


def test_a_token_with_a_changed_claim_opens_no_socket(home: House) -> None:
    session = _session(home)
    head, _, sign = session["token"].split(".")
    other = _session(home)["token"].split(".")[1]
    with _visitor(home, session) as visitor:
        visitor.hello(f"{head}.{other}.{sign}")
        assert visitor.close_code() == 4401


@pytest.mark.parametrize("first", ["", "hello", "[]", b"\xff\xfe", '{"type": "text"}', "[" * 30_000])
def test_a_socket_that_does_not_say_hello_is_closed(home: House, first: str | bytes) -> None:
    with _visitor(home, _session(home)) as visitor:
        visitor.send(first)
        assert visitor.until("error")["code"] == "INVALID_MESSAGE"
        assert visitor.close_code() == 4400


def test_a_frame_that_is_too_large_closes_the_socket_and_the_talk_goes_on(home: House) -> None:
    session = _session(home)
    with _visitor(home, session) as visitor:
        visitor.hello(session["token"])
        visitor.until("message", text="What else?")
        visitor.text("a", "x" * 100_000)
        assert visitor.close_code() == 1009
    with _visitor(home, session) as visitor:
        visitor.hello(session["token"])
        visitor.until("message", text="What else?")
        visitor.text("b", "still here")
        visitor.until("message", text="You said still here.")


@pytest.mark.parametrize(
    "frame",
    [
        "no JSON",
        '{"type": "dance"}',
        '{"type": "text", "client_msg_id": "a"}',
        {"type": "text", "client_msg_id": "", "text": "hello"},
        {"type": "text", "client_msg_id": "a", "text": "   "},
        {"type": "text", "client_msg_id": "a", "text": "nul \u0000"},
        {"type": "text", "client_msg_id": "a", "text": "x" * 5000},
        {"type": "text", "client_msg_id": "a" * 200, "text": "hello"},
    ],
    ids=range(8),
)
def test_a_frame_that_makes_no_sense_is_refused_and_the_talk_goes_on(home: House, frame: Any) -> None:
    session = _session(home)
    with _visitor(home, session) as visitor:
        visitor.hello(session["token"])
        visitor.until("message", text="What else?")
        visitor.send(frame)
        problem = visitor.until("error")
        assert (problem["code"], problem["fatal"]) == ("INVALID_MESSAGE", False)
        visitor.text("good", "never mind")
        visitor.until("message", text="You said never mind.")


def test_a_flood_on_a_socket_is_slowed_then_closed_and_nothing_said_before_is_lost(home: House) -> None:
    session = _session(home)
    with _visitor(home, session) as visitor:
        visitor.hello(session["token"])
        visitor.until("message", text="What else?")
        for i in range(500):
            try:
                visitor.text(f"m{i}", f"flood {i}")
            except ConnectionClosed:
                break
        assert visitor.until("error")["code"] == "RATE_LIMITED"
        assert visitor.close_code() == 1008
    history = home.api.get(f"/sessions/{session['session_id']}/messages").json()["messages"]
    said = [message["text"] for message in history if message["role"] == "visitor"]
    assert said[:10] == [f"flood {i}" for i in range(10)]
    assert len(said) < 100


def test_a_flood_of_requests_waits_and_who_behaves_does_not(tmp_path: Path) -> None:
    with house(tmp_path, PARLEY_REST_LIMIT="20", PARLEY_TOKEN_LIMIT="60") as home:
        answers = [home.begin() for _ in range(30)]
        assert {answer.status_code for answer in answers} == {201, 429}
        error = refused(answers[-1], 429, "RATE_LIMITED", "Try again in")
        assert int(answers[-1].headers["Retry-After"]) == error["details"]["retry_after_s"] > 0
        guess = httpx.get(f"{home.origin}/api/v1/agents", headers={"Authorization": "Bearer guess"})
        refused(guess, 429, "RATE_LIMITED")
        home.is_well()
        answers = [home.api.get("/agents") for _ in range(60)]
        assert answers[0].status_code == 200
        refused(answers[-1], 429, "RATE_LIMITED")
        assert httpx.get(f"{home.origin}/health").json()["status"] == "healthy"


def test_too_many_sockets_from_one_address_are_turned_away(tmp_path: Path) -> None:
    with house(tmp_path, PARLEY_SOCKETS_PER_ADDRESS="2") as home:
        session = _session(home)
        with _visitor(home, session) as first, _visitor(home, session) as second:
            for visitor in (first, second):
                visitor.hello(session["token"])
                visitor.until("welcome")
            with _visitor(home, session) as third:
                assert third.close_code() == 1013
            first.text("a", "we go on")
            second.until("message", text="You said we go on.")
        home.is_well()


def test_a_socket_that_says_nothing_is_closed(tmp_path: Path) -> None:
    with house(tmp_path, PARLEY_SOCKET_HANDSHAKE="0.3", PARLEY_SOCKET_IDLE="1") as home:
        session = _session(home)
        with _visitor(home, session) as silent:
            assert silent.close_code() == 4400
        with _visitor(home, session) as idle:
            idle.hello(session["token"])
            assert idle.until("error")["code"] == "SESSION_IDLE"
            assert idle.close_code() == 4408
        home.is_well()
