"""A server that is treated badly, and the small flow it holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx

from tests.e2e.serving import Server

Flow = dict[str, Any]

ASKING: Flow = {
    "format": "parley-flow",
    "schema": 1,
    "name": "Asking",
    "start": "n_questaaa",
    "locales": ["en-US"],
    "variables": {"words": {"type": "text"}},
    "nodes": {
        "n_questaaa": {
            "kind": "ask",
            "label": "Question",
            "prompt": {"en-US": "What else?"},
            "save": "words",
            "out": {"understood": "n_answeraa", "gives_up": "n_goodbyea"},
        },
        "n_answeraa": {
            "kind": "say",
            "label": "Answer",
            "text": {"en-US": "You said {{ words }}."},
            "out": {"then": "n_questaaa"},
        },
        "n_goodbyea": {"kind": "end", "label": "Goodbye", "outcome": "done"},
    },
}


class House:
    """A server with one agent that talks, and the owner's client."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.origin = server.origin
        self.api = server.api()
        self.agent: dict[str, Any] = self.api.post("/agents", json={"name": "Asking"}).json()
        self.flow_url = f"/agents/{self.agent['id']}/flow"
        self.save(ASKING)
        published = self.api.post(f"/agents/{self.agent['id']}/publish")
        assert published.status_code == 200, published.text

    def save(self, flow: Any) -> httpx.Response:
        """Save a draft, whatever stands there."""
        return self.api.put(self.flow_url, json={"flow": flow}, headers={"If-Match": "*"})

    def send(self, body: bytes) -> httpx.Response:
        """Save these very bytes."""
        headers = {"If-Match": "*", "Content-Type": "application/json"}
        return self.api.put(self.flow_url, content=body, headers=headers)

    def draft(self) -> dict[str, Any]:
        """The draft as it is kept."""
        draft: dict[str, Any] = self.api.get(self.flow_url).json()
        return draft

    def publish(self) -> httpx.Response:
        """Try to publish the draft."""
        return self.api.post(f"/agents/{self.agent['id']}/publish")

    def begin(self, origin: str | None = None) -> httpx.Response:
        """A visitor's request for a session, from a page of this origin."""
        body = {"agent_id": self.agent["public_id"], "visitor_id": "v-1"}
        headers = {"Origin": self.origin if origin is None else origin}
        return httpx.post(f"{self.origin}/api/v1/widget/sessions", json=body, headers=headers, timeout=30)

    def is_well(self) -> None:
        """The server is healthy, and somebody who behaves is still answered."""
        assert httpx.get(f"{self.origin}/health", timeout=30).json()["status"] == "healthy"
        turn = self.api.post("/sessions", json={"agent_id": self.agent["id"]})
        assert turn.status_code == 201, turn.text
        said = self.api.post(f"/sessions/{turn.json()['session']['id']}/messages", json={"text": "hello"})
        assert "You said hello." in [message["text"] for message in said.json()["messages"]]


@contextmanager
def house(folder: Path, **settings: str) -> Iterator[House]:
    """A server on a fresh data folder, with these settings."""
    server = Server(folder / "data", **settings).start()
    try:
        home = House(server)
        yield home
        home.api.close()
    finally:
        assert server.stop() == 0


def refused(answer: httpx.Response, status: int, code: str, *fragments: str) -> dict[str, Any]:
    """The answer is this error, in the one shape of all errors, and its sentence has these fragments."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "details", "timestamp", "request_id"}
    assert error["code"] == code
    assert error["request_id"] == answer.headers["X-Request-ID"]
    for fragment in fragments:
        assert fragment in error["message"]
    return error
