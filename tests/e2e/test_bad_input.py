"""What no program should send: each gets a clear error, nothing is lost, and the server goes on."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest

from tests.e2e.house import ASKING, House, house, refused

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("bad-input")) as shared:
        yield shared


@pytest.fixture
def home(shared: House) -> Iterator[House]:
    """The house with its good draft; afterwards it must be well."""
    assert shared.save(ASKING).status_code == 200
    yield shared
    shared.is_well()


BROKEN = {
    "cut off": json.dumps({"flow": ASKING}).encode()[:-40],
    "no JSON at all": b"hello",
    "nothing": b"",
    "not UTF-8": b'{"flow": {"name": "\xff\xfe"}}',
    "a NUL byte": b'{"flow": {"name": "a\x00b"}}',
    "very deep": b'{"flow": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "a list": b"[]",
    "no flow in it": b'{"layout": {}}',
    "a flow that is a text": b'{"flow": "hello"}',
    "another format": b'{"flow": {"format": "letter", "schema": 1}}',
    "no schema": b'{"flow": {"format": "parley-flow"}}',
    "a layout that is none": json.dumps({"flow": ASKING, "layout": []}).encode(),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_draft_is_refused_and_the_one_before_stays(home: House, body: bytes) -> None:
    before = home.draft()
    answer = home.send(body)
    assert answer.status_code in (400, 422), answer.text
    codes = ("INVALID_JSON", "INVALID_REQUEST", "FLOW_UNREADABLE")
    refused(answer, answer.status_code, next(c for c in codes if c == answer.json()["error"]["code"]))
    assert home.draft() == before


def test_a_flow_from_a_newer_version_is_left_alone(home: House) -> None:
    before = home.draft()
    refused(home.save({**ASKING, "schema": 99}), 422, "FLOW_UNREADABLE", "newer Parley", "Update Parley")
    assert home.draft() == before


def test_an_unknown_kind_is_kept_as_it_is_and_cannot_be_published(home: House) -> None:
    hologram = {
        "kind": "hologram",
        "label": "Wave",
        "depth": [1, {"a": None}],
        "x_mine": 7,
        "out": {"then": "n_questaaa"},
    }
    flow = {**ASKING, "nodes": {**ASKING["nodes"], "n_hologram": hologram}, "start": "n_hologram"}
    assert home.save(flow).status_code == 200
    assert home.draft()["flow"]["nodes"]["n_hologram"] == hologram
    error = refused(home.publish(), 422, "FLOW_HAS_ERRORS")
    finding = next(f for f in error["details"]["findings"] if f["code"] == "F002")
    assert "hologram" in finding["message"]
    assert "Update Parley" in finding["fix"]
    assert home.draft()["flow"]["nodes"]["n_hologram"] == hologram


def test_a_draft_that_is_wrong_in_many_places_is_kept_and_says_each(home: House) -> None:
    nodes: dict[str, Any] = {**ASKING["nodes"], "n_nokindaa": {"label": "?"}, "n_noobject": 7}
    nodes["n_questaaa"] = {**nodes["n_questaaa"], "tries": "often"}
    saved = home.save({**ASKING, "nodes": nodes, "colour": "blue"})
    assert saved.status_code == 200, saved.text
    assert len(saved.json()["diagnostics"]) == 3
    checked = home.api.post(f"/agents/{home.agent['id']}/check").json()
    assert {f.get("node") or (f.get("nodes") or [""])[0] for f in checked["findings"]} >= {
        "n_nokindaa",
        "n_noobject",
        "n_questaaa",
    }
    refused(home.publish(), 422, "FLOW_HAS_ERRORS")


def test_a_flow_of_ten_thousand_nodes_is_saved_checked_and_published(home: House) -> None:
    count = 10_000
    ids = [f"n_{i:08d}" for i in range(count)]
    nodes: dict[str, Any] = {
        id: {
            "kind": "ask",
            "label": f"Question {i}",
            "prompt": {"en-US": f"Question {i}?"},
            "out": {"understood": ids[i + 1] if i + 1 < count else "n_theendaa"},
        }
        for i, id in enumerate(ids)
    }
    nodes["n_theendaa"] = {"kind": "end", "outcome": "done"}
    flow = {
        **ASKING,
        "start": ids[0],
        "defaults": {"gives_up": "n_theendaa"},
        "variables": {},
        "nodes": nodes,
    }
    assert home.save(flow).status_code == 200
    checked = home.api.post(f"/agents/{home.agent['id']}/check").json()
    assert checked["errors"] == 0, checked["findings"][:3]
    published = home.publish()
    assert published.status_code == 200, published.text
    turn = home.api.post("/sessions", json={"agent_id": home.agent["id"]}).json()
    assert turn["messages"][-1]["text"] == "Question 0?"
    assert home.save(ASKING).status_code == 200
    assert home.publish().status_code == 200


def test_words_of_a_megabyte_are_kept_and_warned_of(home: House) -> None:
    long = "la " * 350_000
    assert home.save(_answering(long)).status_code == 200
    assert home.draft()["flow"]["nodes"]["n_answeraa"]["text"]["en-US"] == long
    published = home.publish()
    assert published.status_code == 200
    assert "talks for about" in next(
        f["message"] for f in published.json()["findings"] if f["code"] == "V001"
    )
    session = home.api.post("/sessions", json={"agent_id": home.agent["id"]}).json()["session"]["id"]
    said = home.api.post(f"/sessions/{session}/messages", json={"text": "hello"}).json()
    assert any(message["text"].strip() == long.strip() for message in said["messages"])
    assert home.save(ASKING).status_code == 200
    assert home.publish().status_code == 200


def test_a_template_of_a_megabyte_is_kept_and_cannot_be_published(home: House) -> None:
    long = "{{ words }} " * 100_000
    assert home.save(_answering(long)).status_code == 200
    assert home.draft()["flow"]["nodes"]["n_answeraa"]["text"]["en-US"] == long
    error = refused(home.publish(), 422, "FLOW_HAS_ERRORS")
    finding = next(f for f in error["details"]["findings"] if f["code"] == "D003")
    assert finding["nodes"] == ["n_answeraa"]


def _answering(text: str) -> dict[str, Any]:
    answer = {**ASKING["nodes"]["n_answeraa"], "text": {"en-US": text}}
    return {**ASKING, "nodes": {**ASKING["nodes"], "n_answeraa": answer}}


def test_a_body_beyond_the_limit_is_refused(home: House) -> None:
    before = home.draft()
    answer = home.send(b'{"flow": "' + b"x" * (33 * 1024 * 1024) + b'"}')
    refused(answer, 413, "PAYLOAD_TOO_LARGE", "larger than")
    small = home.api.post("/agents", json={"name": "x", "description": "y" * 2_000_000})
    refused(small, 413, "PAYLOAD_TOO_LARGE")
    assert home.draft() == before


def test_nul_bytes_are_refused_in_names_and_kept_harmless_in_words(home: House) -> None:
    refused(home.api.post("/agents", json={"name": "a\x00b"}), 422, "INVALID_REQUEST")
    assert home.save({**_answering("a\x00b"), "name": "Nul\x00"}).status_code == 200
    assert home.draft()["flow"]["nodes"]["n_answeraa"]["text"]["en-US"] == "a\x00b"
    session = home.api.post("/sessions", json={"agent_id": home.agent["id"]}).json()["session"]["id"]
    refused(home.api.post(f"/sessions/{session}/messages", json={"text": "a\x00b"}), 422, "INVALID_REQUEST")
    refused(home.api.get("/agents/a%00b"), 404, "AGENT_NOT_FOUND")
    refused(home.api.get("/sessions", params={"cursor": "\x00"}), 400, "INVALID_CURSOR")


def test_an_old_revision_does_not_overwrite_a_newer_one(home: House) -> None:
    draft = home.draft()
    headers = {"If-Match": f'"{draft["revision"] - 1}"'}
    answer = home.api.put(home.flow_url, json={"flow": {**ASKING, "name": "Stale"}}, headers=headers)
    refused(answer, 412, "REVISION_MISMATCH", "Read it again")
    refused(home.api.put(home.flow_url, json={"flow": ASKING}), 428, "REVISION_REQUIRED", "If-Match")
    assert home.draft() == draft


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (None, "AUTHENTICATION_REQUIRED"),
        ("", "AUTHENTICATION_REQUIRED"),
        ("Basic b3duZXI6eA==", "INVALID_TOKEN"),
        ("Bearer nonsense", "INVALID_TOKEN"),
        ("Bearer " + "x" * 5000, "INVALID_TOKEN"),
        ("Bearer \xe4\xf6\xfc", "INVALID_TOKEN"),
    ],
)
def test_a_wrong_token_opens_nothing(home: House, given: str | None, code: str) -> None:
    headers = {} if given is None else {"Authorization": given.encode("latin-1")}
    answer = httpx.get(f"{home.origin}/api/v1/agents", headers=headers)
    refused(answer, 401, code, "parley token")


def test_one_changed_letter_makes_a_token_wrong(home: House) -> None:
    token = home.server.token
    changed = token[:-1] + ("a" if token[-1] != "a" else "b")
    answer = httpx.get(f"{home.origin}/api/v1/agents", headers={"Authorization": f"Bearer {changed}"})
    refused(answer, 401, "INVALID_TOKEN")


def test_the_owner_token_is_refused_from_a_web_page(home: House) -> None:
    answer = home.api.get("/agents", headers={"Origin": "https://shop.example"})
    refused(answer, 403, "KEY_IN_BROWSER", "never from a page")


def test_addresses_and_methods_that_are_not_there_say_so(home: House) -> None:
    refused(httpx.get(f"{home.origin}/api/v1/nothing"), 404, "NOT_FOUND")
    refused(home.api.delete("/agents"), 405, "METHOD_NOT_ALLOWED")
    refused(home.api.get("/agents/agt_nobody"), 404, "AGENT_NOT_FOUND")
    refused(home.api.post("/sessions", json={"agent_id": 7}), 422, "INVALID_REQUEST")
