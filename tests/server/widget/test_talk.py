"""A visitor talks through the widget's socket."""

import asyncio
from pathlib import Path

import websockets

from tests.server import flows
from tests.server.running import Running, serving, settings_for


async def test_the_agent_speaks_first_and_answers_each_message_once(running: Running) -> None:
    agent = await running.owner.agent(flows.asking())
    async with running.visitor(agent["public_id"]) as visitor:
        assert visitor.welcome["status"] == "active"
        first = (await visitor.says("What else?"))[-1]
        assert first["role"] == "agent" and first["seq"] == visitor.welcome["seq"]

        await visitor.text("m1", "hello")
        ack, answer, question = [await visitor.next() for _ in range(3)]

    assert ack == {"type": "ack", "client_msg_id": "m1", "seq": ack["seq"]}
    assert [answer["text"], question["text"]] == ["You said hello.", "What else?"]
    assert first["seq"] < ack["seq"] < answer["seq"] < question["seq"]


async def test_words_sent_twice_are_heard_once(running: Running) -> None:
    agent = await running.owner.agent(flows.asking())
    async with running.visitor(agent["public_id"]) as visitor:
        await visitor.text("m1", "hello")
        first = (await visitor.until("ack"))[-1]
        await visitor.text("m1", "hello")
        again = (await visitor.until("ack"))[-1]
    assert again == first
    history = (await running.owner.ask("GET", f"/sessions/{visitor.session['session_id']}/messages")).json()
    assert [m["text"] for m in history["messages"]].count("You said hello.") == 1


async def test_the_same_words_at_once_from_two_sockets_are_heard_once(running: Running) -> None:
    agent = await running.owner.agent(flows.asking())
    async with running.visitor(agent["public_id"]) as one, running.connect(one.session) as two:
        await asyncio.gather(one.text("m1", "hello"), two.text("m1", "hello"))
        await one.says("You said hello.")
        await two.says("You said hello.")
    history = (await running.owner.ask("GET", f"/sessions/{one.session['session_id']}/messages")).json()
    assert [m["text"] for m in history["messages"]].count("You said hello.") == 1


async def test_a_second_tab_sees_what_was_said_in_the_first(running: Running) -> None:
    agent = await running.owner.agent(flows.asking())
    async with running.visitor(agent["public_id"]) as one, running.connect(one.session) as two:
        await one.text("m1", "hello")
        seen = await two.says("You said hello.")
    own = [frame for frame in seen if frame.get("role") == "visitor"]
    assert [(frame["text"], frame["client_msg_id"]) for frame in own] == [("hello", "m1")]


async def test_a_reload_brings_back_only_what_was_missed(running: Running) -> None:
    agent = await running.owner.agent(flows.asking())
    async with running.visitor(agent["public_id"]) as visitor:
        await visitor.text("m1", "one")
        seen = (await visitor.says("You said one."))[-1]["seq"]
        await visitor.text("m2", "two")
        await visitor.says("You said two.")
    async with running.connect(visitor.session, last_seq=seen) as again:
        missed = await again.says("You said two.")
    assert [frame["text"] for frame in missed] == ["What else?", "two", "You said two."]


async def test_buttons_are_pressed_by_id_and_shown_by_label(running: Running) -> None:
    agent = await running.owner.agent(flows.choosing())
    async with running.visitor(agent["public_id"]) as visitor:
        question = (await visitor.says("Tea or coffee?"))[-1]
        assert question["buttons"] == [{"id": "tea", "label": "Tea"}, {"id": "coffee", "label": "Coffee"}]
        await visitor.send({"type": "button", "client_msg_id": "b1", "button": "coffee", "label": "Coffee"})
        ended = (await visitor.until("ended"))[-1]
    assert ended["outcome"] == "coffee"
    history = (await running.owner.ask("GET", f"/sessions/{visitor.session['session_id']}/messages")).json()
    assert [m["text"] for m in history["messages"]] == ["Tea or coffee?", "Coffee", "Coffee it is."]
    assert history["session"]["status"] == "ended" and history["session"]["outcome"] == "coffee"


async def test_after_the_end_the_talk_can_be_read_but_not_gone_on_with(running: Running) -> None:
    agent = await running.owner.agent(flows.choosing())
    async with running.visitor(agent["public_id"]) as visitor:
        await visitor.text("m1", "tea")
        await visitor.until("ended")
    async with running.connect(visitor.session) as again:
        assert again.welcome["status"] == "ended"
        assert [f["text"] for f in (await again.until("ended"))[:-1]] == [
            "Tea or coffee?",
            "tea",
            "Tea it is.",
        ]
        await again.text("m2", "more")
        refusal = await again.next()
    assert (refusal["code"], refusal["fatal"], refusal["client_msg_id"]) == ("SESSION_ENDED", False, "m2")


async def test_a_new_release_leaves_running_talks_as_they_are(running: Running) -> None:
    agent = await running.owner.agent(flows.asking("What else?"))
    async with running.visitor(agent["public_id"]) as old:
        await running.owner.save(agent["id"], flows.asking("Anything more?"))
        published = (await running.owner.ask("POST", f"/agents/{agent['id']}/publish")).json()
        assert published["number"] == 2 and not published["unchanged"]
        await old.text("m1", "hello")
        assert (await old.until("message", seq=(3 * 64 + 2) - 64))[-1]["text"] == "What else?"
    async with running.visitor(agent["public_id"]) as new:
        await new.says("Anything more?")


async def test_slow_services_show_that_the_agent_is_busy(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, rest_limit=0, demo=True)
    async with serving(settings) as running:
        agent = await running.owner.agent(flows.calling("demo:/orders/{{ words }}"))
        async with running.visitor(agent["public_id"]) as visitor:
            await visitor.text("m1", "100234")
            frames = await visitor.until("ended")
    types = [frame["type"] if frame["type"] != "typing" else f"typing {frame['on']}" for frame in frames]
    assert types == ["message", "ack", "typing True", "typing False", "message", "ended"]
    assert frames[-2]["text"] == "It is shipped."


async def test_the_talk_goes_on_after_the_server_was_restarted(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, rest_limit=0)
    async with serving(settings) as running:
        agent = await running.owner.agent(flows.asking())
        async with running.visitor(agent["public_id"]) as visitor:
            await visitor.text("m1", "before")
            seen = (await visitor.says("You said before."))[-1]["seq"]
    page = running.url
    async with (
        serving(settings) as running,
        running.connect(visitor.session, last_seq=seen, origin=page) as again,
    ):
        await again.text("m1", "before")
        await again.text("m2", "after")
        frames = await again.says("You said after.")
    assert [f["text"] for f in frames if f["type"] == "message"] == ["What else?", "You said after."]
    assert [f["client_msg_id"] for f in frames if f["type"] == "ack"] == ["m1", "m2"]


async def test_a_visitor_is_told_when_the_server_goes(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, rest_limit=0)) as running:
        agent = await running.owner.agent(flows.asking())
        session = (await running.begin(agent["public_id"])).json()
        ws = await websockets.connect(
            running.url.replace("http", "ws") + session["socket"],
            origin=websockets.Origin(running.url),
            compression=None,
        )
    await asyncio.wait_for(ws.wait_closed(), 30)
    assert ws.close_code == 1012
