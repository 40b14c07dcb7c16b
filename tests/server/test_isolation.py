"""Every route, asked by one organisation with everything another owns: it finds nothing, and changes nothing."""

import itertools
import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.accounts.models import AccessToken, Organization
from server.calls.ports import CallFacts
from server.kit.crypto import new_token
from server.kit.ids import new_id
from server.kit.tenant import Base, OrgScoped
from tests.server import flows
from tests.server.knowledge.test_routes import settled
from tests.server.running import Owner, application, settings_for

CANARY = "canary of the other house"
BODIES: dict[tuple[str, str], Any] = {
    ("PATCH", "/agents/{agent_id}"): {"name": "taken over"},
    ("PUT", "/agents/{agent_id}/flow"): {"flow": flows.asking("taken over")},
    ("PUT", "/agents/{agent_id}/widget"): {"allowed_origins": ["https://evil.example"]},
    ("POST", "/agents/{agent_id}/publish"): {"note": "taken over"},
    ("POST", "/sessions"): {"agent_id": "{agent_id}"},
    ("POST", "/sessions/{session_id}/messages"): {"text": "taken over"},
    ("PUT", "/trunks/{trunk_id}"): {"name": "taken over"},
    ("PATCH", "/knowledge/bases/{base_id}"): {"name": "taken over"},
    ("POST", "/knowledge/bases/{base_id}/addresses"): {"url": "https://evil.example"},
    ("POST", "/knowledge/bases/{base_id}/faqs"): {"entries": [{"question": "taken", "answer": "over"}]},
    ("POST", "/knowledge/bases/{base_id}/search"): {"query": "canary"},
    ("POST", "/agents/{agent_id}/knowledge-base"): {"faqs": [{"question": "taken", "answer": "over"}]},
    ("PUT", "/agents/{agent_id}/tools/{tool}"): {"enabled": False},
    ("POST", "/agents/{agent_id}/tools/{tool}/test"): {"function": "free_busy"},
    ("POST", "/numbers"): {"trunk_id": "{trunk_id}", "agent_id": "{agent_id}", "number": "100"},
    ("POST", "/calls"): {"agent_id": "{agent_id}", "to": "sip:evil@evil.example"},
}
OPEN = {
    ("POST", "/widget/sessions"),
    ("POST", "/widget/sessions/{session_id}/voice"),
    ("POST", "/check"),
    ("POST", "/agents"),
    ("POST", "/rehearsals"),
    ("GET", "/operations/providers"),
    ("GET", "/voices"),
    ("POST", "/trunks"),
    ("POST", "/knowledge/bases"),
    ("GET", "/tools"),
    ("GET", "/tools/callback"),
}
"""Routes that name nothing of anybody's, or whose names are public."""
LISTS = {"/agents", "/sessions", "/trunks", "/numbers", "/calls", "/knowledge/bases", "/recordings"}
BODILESS = ("/check", "/end", "/documents", "/refresh", "/authorize")


class Houses:
    """Two organisations with the same things, and the routes between them."""

    def __init__(self, app: Any, mine: Owner, theirs: Owner, ids: dict[str, str], data: Path) -> None:
        self.app, self.mine, self.theirs, self.ids, self.data = app, mine, theirs, ids, data


@pytest.fixture
async def houses(tmp_path: Path) -> AsyncIterator[Houses]:
    # A lease that is renewed in the middle would look like a change.
    settings = settings_for(tmp_path, rest_limit=0, token_limit=0, lease=600)
    async with application(settings) as (app, mine):
        server = app.state.server
        token = new_token("own")
        async with server.database.system_session("another organisation for the test", write=True) as session:
            session.add(Organization(id="org_other", name=CANARY, created_at=0))
            await session.flush()
            session.add(
                AccessToken(
                    id=new_id("tok"), organization_id="org_other", name="owner",
                    digest=server.keys.digest(token), last4="xxxx", created_at=0,
                )
            )  # fmt: skip
        await server.accounts.start()
        theirs = Owner(mine.client, token)
        ids: dict[str, str] = {}
        for owner in (mine, theirs):
            agent = await owner.agent(flows.asking(CANARY), name=CANARY)
            await owner.ask(
                "PUT", f"/agents/{agent['id']}/widget", json={"branding": {"companyName": CANARY}}
            )
            begun = (await owner.ask("POST", "/sessions", json={"agent_id": agent["id"]})).json()["session"]
            await owner.ask("POST", f"/sessions/{begun['id']}/messages", json={"text": CANARY})
            release = (await owner.ask("GET", f"/agents/{agent['id']}/releases")).json()["items"][0]
            trunk = (await owner.ask("POST", "/trunks", json={"name": CANARY})).json()
            wanted = {"trunk_id": trunk["id"], "agent_id": agent["id"], "number": CANARY}
            number = (await owner.ask("POST", "/numbers", json=wanted)).json()
            organization = "org_other" if owner is theirs else server.accounts.organization_id
            facts = CallFacts(
                f"call_{begun['id']}",
                "in",
                trunk["id"],
                CANARY,
                "100",
                begun["id"],
                organization,
                agent["id"],
            )
            await server.telephony.call_began(facts)
            ids = {"agent_id": agent["id"], "session_id": begun["id"], "release_id": release["id"]}
            faqs = {"faqs": [{"question": CANARY, "answer": CANARY}]}
            known = await owner.ask("POST", f"/agents/{agent['id']}/knowledge-base", json=faqs)
            base_id = known.json()["base_id"]
            source = (await owner.ask("GET", f"/knowledge/bases/{base_id}/sources")).json()["items"][0]
            await settled(owner, source["id"])
            await server.knowledge.snapshot(organization, base_id)
            await server.recordings.append(begun["id"], "call.ogg", 0, CANARY.encode())
            ids |= {"name": "call.ogg", "base_id": base_id, "source_id": source["id"]}
            ids |= {"trunk_id": trunk["id"], "number_id": number["id"], "call_id": facts.id}
            ids["tool"] = "google_calendar"
            config = {"client_id": CANARY, "client_secret": CANARY}
            await owner.ask("PUT", f"/agents/{agent['id']}/tools/{ids['tool']}", json={"config": config})
            path, here = f"/agents/{agent['id']}/tools/{ids['tool']}/authorize", {"Host": "localhost"}
            assert (await owner.ask("POST", path, headers=here)).status_code == 200
        await server.book.flush()
        yield Houses(app, mine, theirs, ids, settings.data)


def routes(app: Any) -> list[tuple[str, str]]:
    """Every route behind the owner's gate, from the API's own description."""
    return [
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in app.openapi()["paths"].items()
        if path.startswith("/api/v1")
        for method in methods
    ]


def fill(template: Any, ids: dict[str, str]) -> Any:
    if isinstance(template, str):
        return re.sub(r"\{(\w+)\}", lambda match: ids.get(match[1], match[0]), template)
    if isinstance(template, dict):
        return {k: fill(v, ids) for k, v in template.items()}
    return template


def theirs_in(folder: Path) -> list[Any]:
    """All that the other organisation has stored."""
    connection = sqlite3.connect(folder / "parley.db")
    rows = []
    for table in sorted(Base.metadata.tables):
        if "organization_id" in Base.metadata.tables[table].c:
            rows += connection.execute(
                f"SELECT '{table}', * FROM {table} WHERE organization_id = 'org_other' ORDER BY 2, 3"
            ).fetchall()
    connection.close()
    return rows


async def test_what_belongs_to_another_house_does_not_exist(houses: Houses) -> None:
    before = theirs_in(houses.data)
    nobody = {name: id[:-8] + "zzzzzzzz" for name, id in houses.ids.items()}
    tried = 0
    for method, path in routes(houses.app):
        if (method, path) in OPEN or (method == "GET" and path in LISTS):
            continue
        body = BODIES.get((method, path))
        assert "{" in path or body, f"{method} {path} needs a body or a list here"
        assert method in ("GET", "DELETE") or body or path.endswith(BODILESS), (
            f"{method} {path} has no body here"
        )
        answers = []
        for ids in (houses.ids, nobody):
            answer = await houses.mine.ask(
                method, fill(path, ids), json=fill(body, ids), headers={"If-Match": "*"}
            )
            error = answer.json()["error"]
            answers.append((answer.status_code, error["code"], error["message"], error["details"]))
        assert answers[0][0] == 404, f"{method} {path}: {answers[0]}"
        assert answers[0] == answers[1], f"{method} {path} tells what exists from what does not"
        tried += 1
    assert tried >= 15
    assert theirs_in(houses.data) == before


async def test_lists_never_show_another_house(houses: Houses) -> None:
    ids = set(houses.ids.values()) - {"call.ogg"}  # every house has one of that name
    for path, query in itertools.product(
        sorted(LISTS), ("", "?limit=100", f"?agent_id={houses.ids['agent_id']}", "?status=active")
    ):
        text = (await houses.mine.ask("GET", path + query)).text
        assert not [id for id in ids if id in text], path + query


async def test_each_house_sees_its_own(houses: Houses) -> None:
    for method, path in routes(houses.app):
        if method == "GET" and "{" in path:
            answer = await houses.theirs.ask(method, fill(path, houses.ids))
            assert answer.status_code == 200, path


async def test_a_visitor_of_one_house_cannot_take_up_a_talk_of_the_other(houses: Houses) -> None:
    agent = (await houses.mine.ask("GET", "/agents")).json()["items"][0]
    body = {"agent_id": agent["public_id"], "session_id": houses.ids["session_id"], "session_secret": ""}
    headers = {"Origin": "http://localhost", "Host": "localhost"}
    answer = await houses.mine.client.post("/api/v1/widget/sessions", json=body, headers=headers)
    assert answer.status_code == 201 and answer.json()["session_id"] != houses.ids["session_id"]


def test_every_tenants_table_is_marked_as_one() -> None:
    marked = {
        str(mapper.local_table) for mapper in Base.registry.mappers if issubclass(mapper.class_, OrgScoped)
    }
    assert {name for name, table in Base.metadata.tables.items() if "organization_id" in table.c} == marked
    # The tools in code are the same for everybody: their table holds nothing of anybody's.
    assert set(Base.metadata.tables) - marked == {"organization", "platform_tool"}


def test_every_reference_between_tenants_rows_names_the_organisation() -> None:
    for table in Base.metadata.tables.values():
        for key in table.foreign_key_constraints:
            target = key.referred_table
            if "organization_id" in target.c:
                assert "organization_id" in key.column_keys, f"{table.name} -> {target.name}"
