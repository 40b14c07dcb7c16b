"""A release knows what its bases held when it was published; a rehearsal what they hold now."""

from pathlib import Path
from typing import Any

import pytest

from engine.conversation.ports import Knowledge
from engine.protocol import SearchKnowledge
from server.kit.errors import ApiError
from tests.server.flows import asking
from tests.server.knowledge.test_lasting import Bags, quiet, use
from tests.server.knowledge.test_routes import RULES, base_of, bring, settled
from tests.server.running import application


def asks(question: str, *scope: str, timeout: int = 30_000) -> SearchKnowledge:
    """A node's effect."""
    return SearchKnowledge("s:1:0", "n_answer", question, scope, 3, timeout)


def text_of(outcome: Any) -> str:
    assert outcome.outcome == "ok", outcome
    return str(outcome.value[0]["text"]) if outcome.value else ""


async def test_a_release_keeps_what_it_was_published_with(tmp_path: Path) -> None:
    async with application(quiet(tmp_path)) as (app, owner):
        use(app, Bags())
        server = app.state.server
        house, organization = server.knowledge, server.accounts.organization_id
        agent = await owner.agent(asking())
        own = await owner.ask("POST", "/knowledge/bases", json={"name": "Own", "agent_id": agent["id"]})
        shared = await base_of(owner, "Town")
        first = await bring(owner, own.json()["id"], "rules.md", RULES)
        for source in (
            first,
            await bring(owner, shared, "town.md", b"# Castle\n\nThe castle is closed on Tuesdays."),
        ):
            await settled(owner, source["id"])
        release = (await owner.ask("GET", f"/agents/{agent['id']}/releases")).json()["items"][0]["id"]
        async with server.database.write(organization) as session:
            await house.pin(session, agent["id"], release, ["Town"])
        await bring(owner, own.json()["id"], "rules.md", RULES.replace(b"ten euros", b"twenty euros"))
        await settled(owner, first["id"])

        talk = await house.of_release(organization, release)
        typed: Knowledge = talk
        assert "ten euros" in text_of(await typed.search(asks("dogs night"), "k"))
        assert "castle" in text_of(await talk.search(asks("castle tuesdays", "Town"), "k"))
        assert "castle" in text_of(await talk.search(asks("castle tuesdays", shared), "k"))
        lost = await talk.search(asks("castle", "Country"), "k")
        assert lost.outcome == "error" and '"Country"' in lost.detail
        draft = await house.of_draft(organization, agent["id"], ["Town"])
        assert "twenty euros" in text_of(await draft.search(asks("dogs night"), "k"))
        assert "castle" in text_of(await draft.search(asks("castle tuesdays", "Town"), "k"))

        other = (await owner.ask("POST", f"/agents/{agent['id']}/publish")).json()
        with pytest.raises(ApiError, match='"Country"'):
            async with server.database.write(organization) as session:
                await house.pin(session, agent["id"], other["id"], ["Country"])


async def test_who_knows_nothing_finds_nothing_and_who_waits_too_long_hears_so(tmp_path: Path) -> None:
    async with application(quiet(tmp_path)) as (app, owner):
        house, organization = app.state.server.knowledge, app.state.server.accounts.organization_id
        nothing = await house.of_draft(organization, "", [])
        assert (await nothing.search(asks("dogs"), "k")).value == []
        base = await base_of(owner, "Town")
        await settled(owner, (await bring(owner, base, "rules.md", RULES))["id"])
        town = await house.of_draft(organization, "", ["Town"])
        assert (await town.search(asks("dogs", timeout=0), "k")).outcome == "timeout"
        await owner.ask("DELETE", f"/knowledge/bases/{base}")
        gone = await town.search(asks("dogs", "Town"), "k")
        assert gone.outcome == "error" and "knowledge base" in gone.detail
