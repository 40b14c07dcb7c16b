"""What is said when no model answers: a written sentence, or what was answered to just the same before."""

from pathlib import Path
from typing import Any

import pytest

from engine.providers.llm.standby import Memory
from server.language.memories import Memories
from tests.engine.providers.emulators.llm import Reply, Talk
from tests.engine.providers.emulators.openai_llm import ChatEmulator
from tests.server.language.test_talking import house, said, thinking, told
from tests.server.running import Owner

HOLD = "I cannot think just now. Please ask again in a minute."


async def standing_by(owner: Owner, flow: dict[str, Any], **speech: Any) -> dict[str, Any]:
    """A published agent with something to say when no model answers."""
    agent = await owner.agent(flow, publish=False)
    changed = await owner.ask("PATCH", f"/agents/{agent['id']}", json={"speech": speech})
    assert changed.status_code == 200, changed.text
    published = await owner.ask("POST", f"/agents/{agent['id']}/publish")
    assert published.status_code == 200, published.text
    return agent


def sources(history: dict[str, Any]) -> list[str]:
    """Who answered, by the log."""
    values = [e["event"].get("value") for e in history["events"] if e["event"]["type"] == "result"]
    return [value["usage"]["source"] for value in values if isinstance(value, dict) and "usage" in value]


@pytest.mark.parametrize("trouble", ["broken", "silent"])
@pytest.mark.parametrize("key", ["en", "en-US"])
async def test_a_written_sentence_is_said_and_the_talk_goes_on(
    tmp_path: Path, trouble: str, key: str
) -> None:
    async with ChatEmulator(Talk(trouble=trouble)) as vendor, house(tmp_path, vendor) as owner:
        flow = thinking("reply", instructions="Greet.", timeout=1500)
        agent = await standing_by(owner, flow, standby={key: HOLD, "de": "Einen Moment."})
        history = await told(owner, agent, "Anna")
    assert said(history) == ["Yes?", "I cannot think just now.", "Please ask again in a minute.", "Goodbye."]
    assert history["session"]["outcome"] == "done"
    assert sources(history) == ["canned"]


async def test_in_another_language_the_node_is_left_as_it_was_drawn(tmp_path: Path) -> None:
    async with ChatEmulator(Talk(trouble="broken")) as vendor, house(tmp_path, vendor) as owner:
        flow = thinking("reply", instructions="Greet.", timeout=1500)
        agent = await standing_by(owner, flow, standby={"de": "Einen Moment."})
        history = await told(owner, agent, "Anna")
    assert history["session"]["outcome"] == "sorry"


async def test_what_was_answered_before_is_said_again_to_whoever_says_the_same(tmp_path: Path) -> None:
    answer = Reply("Good morning, Anna.")
    async with ChatEmulator(Talk(replies=(answer,))) as vendor, house(tmp_path, vendor) as owner:
        flow = thinking("reply", instructions="Greet {{ words }}.", timeout=1500)
        agent = await standing_by(owner, flow, remembers=True, standby={"en": HOLD})
        first = await told(owner, agent, "Anna")
        vendor.script.trouble = "broken"
        again = await told(owner, agent, "Anna")
        other = await told(owner, agent, "Berta")
    assert said(first) == said(again) == ["Yes?", "Good morning, Anna.", "Goodbye."]
    assert (sources(first), sources(again), sources(other)) == (["model"], ["memory"], ["canned"])


def test_no_organisation_is_answered_from_the_memory_of_another() -> None:
    memories = Memories(most=2)
    one = memories.of("org_1")
    assert isinstance(one, Memory)
    assert memories.of("org_1") is one
    assert memories.of("org_2") is not one
    memories.of("org_3")
    assert memories.of("org_1") is not one, "who has not asked for the longest is forgotten"
