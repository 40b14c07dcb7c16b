"""Health, the widget's script, the demo page and the demo's services."""

import json
from pathlib import Path

import pytest

from server.channels.widget.pages import Asset
from server.kit.errors import ApiError
from tests.server.running import Owner, application, settings_for


async def test_health_is_one_document_for_every_monitor(owner: Owner) -> None:
    answer = await owner.client.get("/health")
    report = answer.json()
    assert answer.status_code == 200 and report["status"] == "healthy" and report["ready"]
    assert report["components"]["database"]["status"] == "healthy"
    assert report["services"]["event_log"] == "healthy"
    assert report["uptime_s"] >= 0 and report["version"] and report["process"]["peak_memory_bytes"] > 0
    assert (await owner.client.get("/health/live")).json() == {"status": "alive"}
    assert (await owner.client.get("/health/ready")).json() == {"status": "ready"}
    assert set((await owner.client.get("/health/components")).json()) == set(report["components"])


async def test_a_server_whose_log_has_stopped_is_not_ready(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path)) as (app, owner):
        await app.state.server.store.writer.stop()
        ready, health = await owner.client.get("/health/ready"), await owner.client.get("/health")
    assert (ready.status_code, ready.json()["error"]["code"]) == (503, "NOT_READY")
    assert ready.json()["error"]["details"]["event_log"] == "unhealthy"
    assert health.status_code == 503 and health.json()["status"] == "unhealthy"


async def test_a_server_whose_database_is_gone_says_so(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path)) as (app, owner):
        database = app.state.server.database
        working, database._read = database._read, lambda **_: 1 / 0
        report = (await owner.client.get("/health")).json()
        database._read = working
    assert report["components"]["database"]["status"] == "unhealthy"
    assert "ZeroDivisionError" in report["components"]["database"]["detail"]


async def test_the_api_is_described_on_a_page_of_its_own(owner: Owner) -> None:
    page = await owner.client.get("/docs")
    assert page.status_code == 200 and "/api/v1/agents/{agent_id}/publish" in page.text
    assert "http://" not in page.text and "https://" not in page.text


def test_an_asset_is_read_again_when_it_changed(tmp_path: Path) -> None:
    asset = Asset(tmp_path / "widget.js", "build it")
    with pytest.raises(ApiError, match="build it"):
        asset.read()
    (tmp_path / "widget.js").write_text("one")
    first = asset.read()
    assert asset.read() == first
    (tmp_path / "widget.js").write_text("two, longer")
    assert asset.read()[0] == b"two, longer" and asset.read()[1] != first[1]


async def test_the_widget_may_be_kept_and_asked_for_again(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path)) as (app, owner):
        app.state.widget_files.script = Asset(tmp_path / "widget.js", "")
        (tmp_path / "widget.js").write_text("the widget")
        first = await owner.client.get("/widget.js")
        again = await owner.client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
        other = await owner.client.get("/widget.js", headers={"If-None-Match": '"x"'})
    assert first.text == "the widget" and first.headers["content-type"].startswith("text/javascript")
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert (again.status_code, again.content, other.status_code) == (304, b"", 200)


async def test_the_demo_page_embeds_the_agent_that_is_asked_for(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path, demo=True), "http://127.0.0.1:1") as (app, owner):
        page = await owner.client.get("/demo")
        other = await owner.client.get("/demo?agent=pk_demo_clinic")
        stranger = await owner.client.get("/demo?agent=%22%3E%3Cscript%3E")
        published = {p.public_id: p.state for p in app.state.published}
    assert published.keys() >= {"pk_demo_table-reservation", "pk_demo_order-status", "pk_demo_clinic"}
    assert set(published.values()) == {"new"}
    assert 'data-agent-id="pk_demo_table-reservation"' in page.text and "{{" not in page.text
    assert 'data-agent-id="pk_demo_clinic"' in other.text
    assert "<script>" not in stranger.text and 'data-agent-id="pk_demo_table-reservation"' in stranger.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_samples_are_published_again_only_when_they_changed(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, demo=True)
    async with application(settings) as (app, owner):
        ids = [a["id"] for a in (await owner.ask("GET", "/agents")).json()["items"]]
    async with application(settings) as (app, owner):
        assert {p.state for p in app.state.published} == {"unchanged"}
        assert [a["id"] for a in (await owner.ask("GET", "/agents")).json()["items"]] == ids


async def test_a_sample_that_was_edited_here_is_kept(tmp_path: Path) -> None:
    from tests.server import flows

    settings = settings_for(tmp_path, demo=True)
    async with application(settings) as (_, owner):
        agent = (await owner.ask("GET", "/agents/pk_demo_clinic")).json()
        await owner.save(agent["id"], flows.asking())
    async with application(settings) as (app, owner):
        states = {p.public_id: p.state for p in app.state.published}
        draft = (await owner.ask("GET", f"/agents/{agent['id']}/flow")).json()
    assert states["pk_demo_clinic"].startswith("kept") and draft["flow"]["start"] == "n_ask"


async def test_a_sample_that_changed_is_published_each_time(tmp_path: Path) -> None:
    from server.demo.publishing import DemoPublisher
    from tests.server import flows

    (tmp_path / "flows" / "tea").mkdir(parents=True)
    states = []
    async with application(settings_for(tmp_path)) as (app, owner):
        server = app.state.server
        publisher = DemoPublisher(server.agents, server.drafts, server.releases)
        for question in ("One?", "Two?", "Two?", "Three?", "Four?"):
            (tmp_path / "flows" / "tea" / "flow.json").write_text(json.dumps(flows.asking(question)))
            published = await publisher.publish_all(server.accounts.organization_id, tmp_path / "flows")
            states.append(published[0].state)
        agent = (await owner.ask("GET", "/agents/pk_demo_tea")).json()
        await owner.save(agent["id"], flows.asking("Mine?"))
        await owner.ask("POST", f"/agents/{agent['id']}/publish")
        published = await publisher.publish_all(server.accounts.organization_id, tmp_path / "flows")
    assert states == ["new", "changed", "unchanged", "changed", "changed"]
    assert published[0].state.startswith("kept") and published[0].ready


async def test_samples_that_are_broken_are_reported_and_hold_nothing_up(tmp_path: Path) -> None:
    (tmp_path / "flows" / "broken").mkdir(parents=True)
    (tmp_path / "flows" / "broken" / "flow.json").write_text("{")
    async with application(settings_for(tmp_path, demo=True), "http://127.0.0.1:1") as (app, _):
        server = app.state.server
        from server.demo.publishing import DemoPublisher

        publisher = DemoPublisher(server.agents, server.drafts, server.releases)
        published = await publisher.publish_all(server.accounts.organization_id, tmp_path / "flows")
    assert [(p.public_id, p.ready) for p in published] == [("pk_demo_broken", False)]
    assert published[0].state.startswith("not published")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/restaurant/availability?when=2026-11-27T18:00&guests=4", {"available": True}),
        ("/restaurant/availability?when=2026-11-23T19:30&guests=2", {"available": False}),
        ("/restaurant/availability?when=2026-12-24T19:30&guests=2", {"available": False}),
        ("/restaurant/availability?when=2026-11-26T19:30&guests=7&seating=garden", {"available": False}),
        (
            "/restaurant/availability?when=2026-11-27T19:30&guests=7",
            {"available": False, "alternative": "2026-11-27T21:00"},
        ),
        ("/orders/100234/check?postcode=10115", {"match": True}),
        ("/orders/100234/check?postcode=94107", {"match": False}),
        ("/orders/100235", {"status": "delivered"}),
        (
            "/clinic/slots?day=2026-11-27",
            {"slots": ["2026-11-27T09:00", "2026-11-27T11:30", "2026-11-27T15:00"]},
        ),
        ("/clinic/slots?day=2026-11-28", {"slots": []}),
    ],
)
async def test_the_demo_services_answer_the_same_each_time(tmp_path: Path, path: str, answer: object) -> None:
    async with application(settings_for(tmp_path, demo=True)) as (_, owner):
        for _ in range(2):
            assert (await owner.client.get("/demo/api" + path)).json() == answer


async def test_the_demo_services_fail_where_samples_show_failure(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path, demo=True)) as (_, owner):
        get, post = owner.client.get, owner.client.post
        table = {"when": "2026-11-27T19:30", "guests": 4, "seating": "inside", "name": "Anna"}
        assert (
            (await post("/demo/api/restaurant/reservations", json=table)).json()["reference"].startswith("L-")
        )
        assert (
            await post("/demo/api/restaurant/reservations", json={**table, "name": "taken"})
        ).status_code == 409
        assert (
            await post("/demo/api/restaurant/callbacks", json={"phone": "+1", "topic": "x"})
        ).status_code == 202
        visit = {"slot": "2026-11-27T11:30", "name": "Taken"}
        assert (await post("/demo/api/clinic/appointments", json=visit)).status_code == 409
        assert (await post("/demo/api/clinic/appointments", json={**visit, "name": "Jo"})).status_code == 201
        assert (await get("/demo/api/orders/100500")).status_code == 500
        assert (await get("/demo/api/orders/1")).status_code == 404
        assert (await get("/demo/api/orders/1/check")).status_code == 404
        assert (await get("/demo/api/clinic/slots?day=soon")).status_code == 422
        assert (await get("/demo/api/orders/100234")).json()["carrier"] == "Parcel Post"
