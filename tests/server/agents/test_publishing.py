"""Checking and publishing."""

from tests.server import flows
from tests.server.running import Owner


async def test_a_flow_with_errors_is_not_published_and_says_why(owner: Owner) -> None:
    agent = await owner.agent(flows.broken(), publish=False)
    checked = (await owner.ask("POST", f"/agents/{agent['id']}/check")).json()
    assert checked["errors"] >= 1 and checked["revision"] == 2 and checked["program_hash"] is None
    refused = await owner.ask("POST", f"/agents/{agent['id']}/publish")
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (422, "FLOW_HAS_ERRORS")
    assert [f["code"] for f in error["details"]["findings"]] == [f["code"] for f in checked["findings"]]
    assert (await owner.ask("GET", f"/agents/{agent['id']}")).json()["release"] is None


async def test_a_release_keeps_what_was_published(owner: Owner) -> None:
    agent = await owner.agent(flows.asking("What else?"))
    first = (await owner.ask("GET", f"/agents/{agent['id']}")).json()["release"]
    await owner.save(agent["id"], flows.asking("Anything more?"))
    second = (await owner.ask("POST", f"/agents/{agent['id']}/publish", json={"note": "shorter"})).json()
    assert (first["number"], second["number"], second["note"]) == (1, 2, "shorter")

    kept = (await owner.ask("GET", f"/releases/{first['id']}/flow")).json()
    assert kept["flow"]["nodes"]["n_ask"]["prompt"] == {"en-US": "What else?"}
    listed = (await owner.ask("GET", f"/agents/{agent['id']}/releases")).json()
    assert [r["number"] for r in listed["items"]] == [2, 1]
    assert (await owner.ask("GET", f"/releases/{first['id']}")).json() == first
    assert (await owner.ask("GET", "/releases/rel_0")).json()["error"]["code"] == "RELEASE_NOT_FOUND"
    assert (await owner.ask("GET", "/releases/rel_0/flow")).status_code == 404


async def test_publishing_the_same_program_again_changes_nothing(owner: Owner) -> None:
    agent = await owner.agent(flows.asking())
    again = (await owner.ask("POST", f"/agents/{agent['id']}/publish")).json()
    assert again["unchanged"] and again["number"] == 1


async def test_publishing_another_revision_than_meant_is_refused(owner: Owner) -> None:
    agent = await owner.agent(flows.asking(), publish=False)
    refused = await owner.ask("POST", f"/agents/{agent['id']}/publish", json={"revision": 1})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "REVISION_CONFLICT")
    assert refused.json()["error"]["details"] == {"your_revision": 1, "current_revision": 2}


async def test_a_flow_can_be_checked_without_being_kept(owner: Owner) -> None:
    good = (await owner.ask("POST", "/check", json={"flow": flows.asking()})).json()
    bad = (await owner.ask("POST", "/check", json={"flow": flows.broken()})).json()
    assert good["errors"] == 0 and good["program_hash"] and good["revision"] is None
    assert bad["errors"] >= 1 and any("n_lost" in str(f) or "nowhere" in str(f) for f in bad["findings"])


async def test_widget_settings_are_kept_in_one_form(owner: Owner) -> None:
    agent = await owner.agent(flows.asking())
    path = f"/agents/{agent['id']}/widget"
    assert (await owner.ask("GET", path)).json()["allowed_origins"] == []
    wanted = {
        "allowed_origins": ["https://Shop.example:443"],
        "appearance": {"theme": "custom", "primaryColor": "#7c3aed"},
        "behavior": {"autoOpen": True},
    }
    for _ in range(2):
        assert (await owner.ask("PUT", path, json=wanted)).status_code == 200
    kept = (await owner.ask("GET", path)).json()
    assert kept["allowed_origins"] == ["https://shop.example"]
    assert kept["appearance"]["primaryColor"] == "#7c3aed" and kept["behavior"]["autoOpen"] is True


async def test_wrong_widget_settings_are_named(owner: Owner) -> None:
    agent = await owner.agent(flows.asking())
    for wrong in (
        {"allowed_origins": ["https://*.example"]},
        {"allowed_origins": ["https://a.example/shop"]},
        {"appearance": {"theme": "neon"}},
        {"appearance": {"primaryColor": "red; background: url(x)"}},
        {"branding": {"logo": "javascript:alert(1)"}},
        {"surprise": True},
    ):
        answer = await owner.ask("PUT", f"/agents/{agent['id']}/widget", json=wrong)
        assert answer.status_code == 422, wrong
        assert answer.json()["error"]["details"][0]["field"].startswith("body.")
    assert (await owner.ask("GET", "/agents/ag_0/widget")).status_code == 404
