"""Agents and their drafts over the API."""

import json
from typing import Any

import pytest

from tests.server import flows
from tests.server.running import Owner


async def test_an_agent_is_made_found_changed_and_taken_away(owner: Owner) -> None:
    made = (
        await owner.ask("POST", "/agents", json={"name": " Luna ", "description": "Books tables."})
    ).json()
    assert made["name"] == "Luna" and made["public_id"].startswith("pk_") and made["release"] is None
    assert (await owner.ask("GET", f"/agents/{made['id']}")).json() == made
    assert (await owner.ask("GET", f"/agents/{made['public_id']}")).json() == made

    changed = (await owner.ask("PATCH", f"/agents/{made['id']}", json={"name": "Sol"})).json()
    assert (changed["name"], changed["description"]) == ("Sol", "Books tables.")

    assert (await owner.ask("DELETE", f"/agents/{made['id']}")).status_code == 204
    assert (await owner.ask("GET", f"/agents/{made['id']}")).status_code == 404
    assert (await owner.ask("GET", "/agents")).json()["items"] == []


async def test_lists_come_in_pages_newest_first(owner: Owner) -> None:
    names = [f"Agent {i}" for i in range(5)]
    for name in names:
        await owner.ask("POST", "/agents", json={"name": name})
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await owner.ask("GET", f"/agents?limit=2&cursor={cursor}")).json()
        seen += [agent["name"] for agent in page["items"]]
        if not page["has_more"]:
            break
        cursor = page["next_cursor"]
    assert seen == names[::-1]
    assert (await owner.ask("GET", "/agents?cursor=%21%21")).json()["error"]["code"] == "INVALID_CURSOR"
    assert (await owner.ask("GET", "/agents?limit=1000")).status_code == 422


async def test_a_draft_is_saved_over_the_revision_it_was_made_from(owner: Owner) -> None:
    agent = (await owner.ask("POST", "/agents", json={"name": "Luna"})).json()
    path = f"/agents/{agent['id']}/flow"
    read = await owner.ask("GET", path)
    assert read.headers["etag"] == '"1"' and read.json()["flow"]["format"] == "parley-flow"

    saved = await owner.save(agent["id"], flows.asking(), read.headers["etag"])
    assert (saved.status_code, saved.json()["revision"], saved.headers["etag"]) == (200, 2, '"2"')

    late = await owner.save(agent["id"], flows.choosing(), '"1"')
    assert (late.status_code, late.json()["error"]["code"]) == (412, "REVISION_MISMATCH")
    assert late.json()["error"]["details"] == {"your_revision": 1, "current_revision": 2}
    assert (await owner.ask("GET", path)).json()["flow"]["start"] == "n_ask"

    forgot = await owner.ask("PUT", path, json={"flow": flows.asking()})
    assert (forgot.status_code, forgot.json()["error"]["code"]) == (428, "REVISION_REQUIRED")
    strange = await owner.save(agent["id"], flows.asking(), '"a", "b"')
    assert strange.status_code == 400


async def test_layout_and_unknown_parts_come_back_as_they_went(owner: Owner) -> None:
    agent = (await owner.ask("POST", "/agents", json={"name": "Luna"})).json()
    flow = flows.document("n_new", {"n_new": {"kind": "from_the_future", "depth": 3, "x_mine": [1]}})
    layout = {"format": "parley-layout", "schema": 1, "nodes": {"n_new": [10, 20]}}
    path = f"/agents/{agent['id']}/flow"
    await owner.ask("PUT", path, json={"flow": flow, "layout": layout}, headers={"If-Match": "*"})
    await owner.save(agent["id"], flow)
    read = (await owner.ask("GET", path)).json()
    assert read["flow"]["nodes"]["n_new"] == {"kind": "from_the_future", "depth": 3, "x_mine": [1]}
    assert read["layout"]["nodes"] == {"n_new": [10, 20]}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "INVALID_JSON"),
        (b"{", 400, "INVALID_JSON"),
        (b"[]", 422, "INVALID_REQUEST"),
        (b"{}", 422, "INVALID_REQUEST"),
        (b'{"flow": 7}', 422, "FLOW_UNREADABLE"),
        (b'{"flow": {"format": "other"}}', 422, "FLOW_UNREADABLE"),
        (b'{"flow": {"format": "parley-flow", "schema": 9}}', 422, "FLOW_UNREADABLE"),
        (b'{"flow": {"format": "parley-flow", "schema": 1}, "layout": {}}', 422, "FLOW_UNREADABLE"),
        (
            b'{"flow": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
            (400, 422),
            ("INVALID_JSON", "FLOW_UNREADABLE"),
        ),
    ],
    ids=["nothing", "cut", "list", "empty", "number", "stranger", "newer", "bad layout", "deep"],
)
async def test_what_is_no_flow_is_refused_and_the_draft_stays(
    owner: Owner, body: bytes, status: Any, code: Any
) -> None:
    agent = await owner.agent(flows.asking(), publish=False)
    path = f"/agents/{agent['id']}/flow"
    before = (await owner.ask("GET", path)).json()
    answer = await owner.ask("PUT", path, content=body, headers={"If-Match": "*"})
    assert answer.status_code == status or answer.status_code in status
    assert answer.json()["error"]["code"] in code
    assert (await owner.ask("GET", path)).json() == before


async def test_a_broken_node_is_kept_and_named(owner: Owner) -> None:
    agent = (await owner.ask("POST", "/agents", json={"name": "Luna"})).json()
    flow = flows.asking()
    flow["nodes"]["n_odd"] = {"text": "no kind"}
    saved = (await owner.save(agent["id"], flow)).json()
    assert [d["node"] for d in saved["diagnostics"]] == ["n_odd"]


async def test_a_large_flow_with_a_huge_prompt_is_taken(owner: Owner) -> None:
    nodes: dict[str, Any] = {
        f"n_{i:05}": {"kind": "say", "text": {"en-US": f"Line {i}"}, "out": {"then": f"n_{i + 1:05}"}}
        for i in range(3000)
    }
    nodes["n_03000"] = {"kind": "end", "outcome": "done", "text": {"en-US": "x" * 1_000_000}}
    agent = (await owner.ask("POST", "/agents", json={"name": "Long"})).json()
    saved = await owner.save(agent["id"], flows.document("n_00000", nodes))
    assert saved.status_code == 200, saved.text[:300]


async def test_a_draft_larger_than_the_limit_is_refused(owner: Owner) -> None:
    agent = (await owner.ask("POST", "/agents", json={"name": "Long"})).json()
    body = b'{"flow": "' + b"x" * (33 * 1024 * 1024) + b'"}'
    answer = await owner.ask("PUT", f"/agents/{agent['id']}/flow", content=body, headers={"If-Match": "*"})
    assert answer.status_code == 413


async def test_strangers_get_the_same_answer_whatever_they_name(owner: Owner) -> None:
    for path in (
        "/agents/ag_0",
        "/agents/..%2f",
        "/agents/%00",
        "/agents/ag_0/flow",
        "/agents/ag_0/releases",
    ):
        answer = await owner.ask("GET", path)
        assert answer.status_code == 404, path
        assert answer.json()["error"]["code"] in ("AGENT_NOT_FOUND", "NOT_FOUND")


async def test_json_in_a_draft_keeps_its_letters(owner: Owner) -> None:
    agent = (await owner.ask("POST", "/agents", json={"name": "Luna"})).json()
    flow = flows.asking("Grüße, wie geht's? 🌙 \u2028")
    await owner.save(agent["id"], flow)
    read = (await owner.ask("GET", f"/agents/{agent['id']}/flow")).json()
    assert read["flow"]["nodes"]["n_ask"]["prompt"] == json.loads(
        json.dumps(flow["nodes"]["n_ask"]["prompt"])
    )
