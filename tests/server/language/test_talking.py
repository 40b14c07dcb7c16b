"""Talks in which a model speaks: through the whole server, a vendor's protocol on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.engine.providers.emulators.emulator import RIGHT_KEY
from tests.engine.providers.emulators.llm import Reply, Talk
from tests.engine.providers.emulators.openai_llm import ChatEmulator
from tests.server.flows import document
from tests.server.knowledge.test_routes import settled
from tests.server.running import WAIT, Owner, application, settings_for

FAILING = {"failed": "n_sorry", "refused": "n_refused", "off_limits": "n_limits", "timeout": "n_slow"}


def thinking(kind: str, **fields: Any) -> dict[str, Any]:
    """Asks for words, thinks, and is over."""
    out = {"then": "n_bye", "answered": "n_bye", "not_known": "n_unknown", **FAILING}
    ports = {"reply": ("then",), "answer": ("answered", "not_known")}[kind]
    return document(
        "n_ask",
        {
            "n_ask": {
                "kind": "ask",
                "type": "text",
                "prompt": {"en-US": "Yes?"},
                "save": "words",
                "out": {"understood": "n_think", "gives_up": "n_bye"},
            },
            "n_think": {"kind": kind, **fields, "out": {k: out[k] for k in (*ports, *FAILING)}},
            "n_bye": {"kind": "end", "outcome": "done", "text": {"en-US": "Goodbye."}},
            **{
                f"n_{name}": {"kind": "end", "outcome": name}
                for name in (
                    "sorry",
                    "refused",
                    "limits",
                    "slow",
                    *(("unknown",) if kind == "answer" else ()),
                )
            },
        },
        {"words": {"type": "text"}},
    )


@asynccontextmanager
async def house(folder: Path, vendor: ChatEmulator, **more: Any) -> AsyncIterator[Owner]:
    settings = settings_for(
        folder,
        compatible_url=vendor.url,
        compatible_api_key=RIGHT_KEY,
        compatible_model="small",
        rest_limit=0,
        **more,
    )
    async with application(settings) as (_, owner):
        yield owner


async def told(owner: Owner, agent: dict[str, Any], *words: str) -> dict[str, Any]:
    """Say these words in a new session and wait until the agent has nothing to wait for any more."""
    session = (await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})).json()["session"]
    path = f"/sessions/{session['id']}"
    for text in words:
        await owner.ask("POST", f"{path}/messages", json={"text": text})
    async with asyncio.timeout(WAIT):
        while True:
            history: dict[str, Any] = (await owner.ask("GET", f"{path}/messages")).json()
            if history["session"]["status"] == "ended":
                history["turns"] = (await owner.ask("GET", f"{path}/turns")).json()
                history["events"] = (await owner.ask("GET", f"{path}/events")).json()["items"]
                return history
            await asyncio.sleep(0.02)


def said(history: dict[str, Any]) -> list[str]:
    return [m["text"] for m in history["messages"] if m["role"] == "agent" and m["text"]]


async def test_a_model_answers_sentence_by_sentence(tmp_path: Path) -> None:
    async with (
        ChatEmulator(Talk(replies=(Reply("Good morning. Your table is ready."),))) as vendor,
        house(tmp_path, vendor) as owner,
    ):
        agent = await owner.agent(thinking("reply", instructions="Greet {{ words }}."))
        history = await told(owner, agent, "Anna")
    assert said(history) == ["Yes?", "Good morning.", "Your table is ready.", "Goodbye."]
    streams = [
        m["stream"] for m in history["messages"] if m["text"] in ("Good morning.", "Your table is ready.")
    ]
    assert streams[0] and streams[0] == streams[1]
    result = next(e["event"] for e in history["events"] if e["event"]["type"] == "result")
    assert result["value"]["usage"]["output"] == 7 and result["value"]["usage"]["model"] == "the-model-itself"
    assert history["turns"]["items"][-1]["tokens_written"] == 7
    assert history["turns"]["items"][-1]["model"] == "compatible/the-model-itself"
    told_to = vendor.messages[0]["messages"]
    assert "Greet Anna." in told_to[0]["content"] and told_to[-1] == {"role": "user", "content": "Anna"}


async def test_what_goes_wrong_leads_its_own_way(tmp_path: Path) -> None:
    for trouble, reply, outcome in (
        ("", Reply("[[OFF-LIMITS]]"), "limits"),
        ("", Reply("", reason="refused"), "refused"),
        ("broken", Reply(), "sorry"),
        ("silent", Reply(), "slow"),
    ):
        folder = tmp_path / outcome
        folder.mkdir()
        async with (
            ChatEmulator(Talk(replies=(reply,), trouble=trouble)) as vendor,
            house(folder, vendor) as owner,
        ):
            agent = await owner.agent(thinking("reply", instructions="Greet.", timeout=1000))
            history = await told(owner, agent, "Anna")
        assert history["session"]["outcome"] == outcome, (trouble, history)


async def test_without_a_model_the_talk_takes_its_way_for_that(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path)) as (_, owner):
        agent = await owner.agent(thinking("reply", instructions="Greet."))
        history = await told(owner, agent, "Anna")
    assert history["session"]["outcome"] == "sorry"
    result = next(e["event"] for e in history["events"] if e["event"]["type"] == "result")
    assert "No language model is configured" in result["detail"]


async def test_an_answer_from_knowledge_names_its_sources_and_knows_what_was_published(
    tmp_path: Path,
) -> None:
    async with (
        ChatEmulator(Talk(replies=(Reply("It is from seven to ten."),))) as vendor,
        house(tmp_path, vendor) as owner,
    ):
        agent = await owner.agent(thinking("answer"), publish=False)
        base = await owner.ask("POST", "/knowledge/bases", json={"name": "House", "agent_id": agent["id"]})
        pairs = [{"question": "When is breakfast?", "answer": "From 7 to 10 in the winter garden."}]
        wanted = {"entries": pairs}
        added = await owner.ask("POST", f"/knowledge/bases/{base.json()['id']}/faqs", json=wanted)
        assert added.status_code == 202, added.text
        await settled(owner, added.json()["id"])
        assert (await owner.ask("POST", f"/agents/{agent['id']}/publish")).status_code == 200
        history = await told(owner, agent, "When is breakfast?")
        lost = await told(owner, agent, "Who won the chess championship of 1972?")
    assert said(history)[1].startswith(("It is from seven", "From 7 to 10"))
    assert any(m["sources"] for m in history["messages"])
    assert lost["session"]["outcome"] == "unknown"
