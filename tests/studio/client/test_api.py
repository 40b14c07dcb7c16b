"""The client tells in plain words what went wrong, whatever the server says."""

import json
from pathlib import Path

import httpx2
import pytest

from engine.flow import Flow, Layout
from studio.client.agents import Agent, conflict_words, list_agents, publish
from studio.client.api import Api, ServerTrouble, read_token
from studio.client.connection import Connection
from studio.main import connect


def answering(status: int, body: bytes) -> Api:
    """A client of a server that always answers so."""
    transport = httpx2.MockTransport(lambda request: httpx2.Response(status, content=body))
    return Api("http://studio.test/", "token", transport)


async def test_an_error_is_the_servers_own_sentence() -> None:
    api = answering(422, json.dumps({"error": {"code": "FLOW_HAS_ERRORS", "message": "Mend it."}}).encode())
    with pytest.raises(ServerTrouble, match="Mend it") as caught:
        await list_agents(api)
    assert caught.value.code == "FLOW_HAS_ERRORS"
    assert not caught.value.conflict
    await api.close()


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": "odd"}'])
async def test_an_answer_that_is_none_of_ours_is_still_a_sentence(body: bytes) -> None:
    api = answering(502, body)
    with pytest.raises(ServerTrouble, match="answered 502"):
        await list_agents(api)
    await api.close()


async def test_agents_come_page_by_page() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        second = "cursor=next" in str(request.url)
        agent = {"id": "a2" if second else "a1", "name": "A", "draft_revision": 3, "release": None}
        return httpx2.Response(200, json={"items": [agent], "next_cursor": None if second else "next"})

    api = Api("http://studio.test", "token", httpx2.MockTransport(answer))
    assert [agent.id for agent in await list_agents(api)] == ["a1", "a2"]
    await api.close()


async def test_a_draft_is_saved_over_the_revision_it_was_made_from() -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        if request.method == "PUT":
            return httpx2.Response(200, json={"agent_id": "a1", "revision": 8, "diagnostics": []})
        return httpx2.Response(200, json={"id": "r1", "number": 4, "unchanged": False, "findings": []})

    api = Api("http://studio.test", "token", httpx2.MockTransport(answer))
    agent = Agent("a1", "Luna", "pk_luna", revision=7)

    published = await publish(api, agent, Flow(name="x"), Layout())

    assert asked[0].headers["If-Match"] == '"7"'
    assert json.loads(asked[1].content) == {"revision": 8}
    assert (published.number, published.agent.revision) == (4, 8)
    assert published.page == "http://studio.test/demo?agent=pk_luna"
    await api.close()


def test_a_conflict_names_both_revisions() -> None:
    trouble = ServerTrouble("changed", "REVISION_MISMATCH", 412, {"current_revision": 9})
    words = conflict_words(trouble, Agent("a1", "Luna", revision=7))
    assert "revision 9" in words and "made from 7" in words


async def test_a_connection_knows_when_the_server_comes_and_goes() -> None:
    up = [True]
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200 if up[0] else 503))
    connection = Connection(Api("http://studio.test", "token", transport))
    told: list[str] = []
    connection.subscribe(lambda: told.append(connection.words))

    await connection.look()
    await connection.look()
    up[0] = False
    await connection.look()

    assert told == ["connected", "server away"]
    await connection.close()


def test_a_token_is_read_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    assert read_token(tmp_path / "token") == "secret"


def test_a_token_file_that_is_not_there_or_empty_is_told(tmp_path: Path) -> None:
    with pytest.raises(ServerTrouble, match="cannot be read"):
        connect("http://studio.test", tmp_path / "none")
    (tmp_path / "empty").write_text("")
    with pytest.raises(ServerTrouble, match="is empty"):
        read_token(tmp_path / "empty")


def test_without_a_server_there_is_nothing_to_say() -> None:
    assert connect("", None).words == ""
