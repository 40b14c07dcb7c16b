"""The papers of a sample: read in the background, pinned by a release, and brought once."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from engine.providers.speech import Trouble
from server.demo.papers import questions
from server.kit.errors import ApiError
from tests.server.knowledge.test_lasting import Bags, use
from tests.server.knowledge.test_routes import ask, settled
from tests.server.running import WAIT, Owner, application, serving, settings_for

CONCIERGE = "pk_demo_concierge"


def demo(folder: Path) -> Any:
    """Settings of a demo that is asked as often as the test likes."""
    return settings_for(folder, demo=True, rest_limit=0, token_limit=0)


async def taught(app: Any) -> None:
    """Wait until the samples know their papers."""
    await asyncio.wait_for(asyncio.shield(app.state.server.samples.reading), WAIT)


async def concierge(owner: Owner) -> dict[str, Any]:
    """The concierge, with its release."""
    found: dict[str, Any] = (await owner.ask("GET", f"/agents/{CONCIERGE}")).json()
    return found


async def test_the_concierge_is_published_at_once_and_again_when_its_papers_are_read(tmp_path: Path) -> None:
    async with application(demo(tmp_path)) as (app, owner):
        assert {p.public_id: p.state for p in app.state.published}[CONCIERGE] == "new"
        await taught(app)
        agent = await concierge(owner)
        assert agent["release"]["number"] == 2 and agent["release"]["note"] == "sample flow"
        known = (await owner.ask("GET", f"/agents/{agent['id']}/knowledge-base")).json()
        assert sorted(each["origin"] for each in known["documents"]) == ["handbook.md", "hours.csv"]
        assert {each["state"] for each in known["documents"]} == {"ready"} and len(known["faqs"]) == 5
        best = (await ask(owner, known["base_id"], "How much is it to park?"))[0]
        assert "8 euros" in best["text"] and best["title"] == "House handbook"


async def test_a_restart_brings_nothing_twice(tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        async with application(demo(tmp_path)) as (app, owner):
            await taught(app)
            agent = await concierge(owner)
            known = (await owner.ask("GET", f"/agents/{agent['id']}/knowledge-base")).json()
            seen.append((agent["release"]["id"], known))
    assert seen[0] == seen[1]


async def test_what_a_stopped_server_left_unread_is_read_by_the_next(tmp_path: Path) -> None:
    async with application(demo(tmp_path)) as (_, owner):
        assert (await concierge(owner))["release"]["number"] == 1
    async with application(demo(tmp_path)) as (app, owner):
        await taught(app)
        assert (await concierge(owner))["release"]["number"] == 2


async def test_a_concierge_that_was_edited_here_keeps_what_it_knows(tmp_path: Path) -> None:
    async with application(demo(tmp_path)) as (app, owner):
        await taught(app)
        agent = await concierge(owner)
        known = (await owner.ask("GET", f"/agents/{agent['id']}/knowledge-base")).json()
        for each in known["documents"]:
            await owner.ask("DELETE", f"/knowledge/sources/{each['id']}")
        mine = await owner.ask("POST", f"/agents/{agent['id']}/publish", json={"note": "Without papers"})
        assert mine.status_code == 200, mine.text
    async with application(demo(tmp_path)) as (app, owner):
        await taught(app)
        again = await concierge(owner)
        assert again["release"]["id"] == mine.json()["id"]
        known = (await owner.ask("GET", f"/agents/{agent['id']}/knowledge-base")).json()
        assert known["documents"] == []


async def test_a_changed_paper_is_read_again_and_a_bad_one_is_said_and_holds_nothing_up(
    tmp_path: Path,
) -> None:
    flows = tmp_path / "flows"
    papers = flows / "concierge" / "knowledge"
    papers.mkdir(parents=True)
    async with application(settings_for(tmp_path, rest_limit=0, token_limit=0)) as (app, owner):
        server = app.state.server
        organization = server.accounts.organization_id
        sample = Path(__file__).parents[3] / "flows" / "concierge" / "flow.json"
        (flows / "concierge" / "flow.json").write_bytes(sample.read_bytes())
        await server.samples.publish_all(organization, flows)
        agent = await concierge(owner)
        for words in ("The pool opens at seven.", "The pool opens at nine."):
            (papers / "pool.md").write_text(words)
            server.samples.teach(organization, flows)
            await taught(app)
        known = (await owner.ask("GET", f"/agents/{agent['id']}/knowledge-base")).json()
        assert "nine" in (await ask(owner, known["base_id"], "pool"))[0]["text"]
        release = (await concierge(owner))["release"]
        (papers / "faq.json").write_text("[]")
        server.samples.teach(organization, flows)
        await taught(app)
        assert (await concierge(owner))["release"] == release
        assert (await settled(owner, known["documents"][0]["id"]))["state"] == "ready"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"entries": []}', json.dumps({"entries": [{"question": "?"}]})]
)
def test_questions_that_cannot_be_read_say_how_to_write_them(text: str) -> None:
    with pytest.raises(ApiError, match=r"faq\.json: .* Write .*question"):
        questions(Path("faq.json"), text.encode())


async def test_without_a_model_a_visitor_hears_what_the_papers_say_with_its_source(tmp_path: Path) -> None:
    async with serving(demo(tmp_path)) as running:
        await taught(running.app)
        async with running.visitor(CONCIERGE) as visitor:
            await visitor.says("Would you like a room, or may I tell you something about the house?")
            await visitor.text("1", "When is breakfast?")
            frames = await visitor.says("Would you like a room, or may I tell you something about the house?")
            quoted, cited = [f for f in frames if f["type"] == "message" and f["role"] == "agent"][:2]
            assert "from 7:00 to 10:30" in quoted["text"]
            assert cited["sources"] == [
                {"title": "House handbook", "where": "Eating and drinking › Breakfast"}
            ]
            await visitor.text("2", "no thank you")
            await visitor.until("ended", outcome="done")


async def test_where_no_vectors_can_be_made_the_words_are_enough(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, rest_limit=0, token_limit=0)) as running:
        model = Bags()
        model.trouble = Trouble.UNSUPPORTED
        use(running.app, model)
        await running.parts.samples.publish_all(running.parts.accounts.organization_id)
        running.parts.samples.teach(running.parts.accounts.organization_id)
        await taught(running.app)
        async with running.visitor(CONCIERGE) as visitor:
            await visitor.says("Would you like a room, or may I tell you something about the house?")
            await visitor.text("1", "When is breakfast?")
            frames = await visitor.says("Would you like a room, or may I tell you something about the house?")
            assert any("10:30" in frame.get("text", "") for frame in frames)
