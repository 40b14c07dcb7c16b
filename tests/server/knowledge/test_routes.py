"""Knowledge over the API: brought, read in the background, found, renewed, forgotten."""

import asyncio
from pathlib import Path
from typing import Any

from tests.server.flows import asking
from tests.server.knowledge.papers import docx, paragraph, pdf
from tests.server.running import WAIT, Owner, application, settings_for

RULES = b"# Pets\n\nDogs are welcome for ten euros a night.\n\n# Pool\n\nThe pool opens at seven.\n"


async def base_of(owner: Owner, name: str = "House") -> str:
    """A new knowledge base."""
    answer = await owner.ask("POST", "/knowledge/bases", json={"name": name})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def bring(owner: Owner, base: str, name: str, data: bytes, **fields: str) -> dict[str, Any]:
    """Upload a document."""
    answer = await owner.ask(
        "POST", f"/knowledge/bases/{base}/documents", files={"file": (name, data)}, data=fields
    )
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def settled(owner: Owner, source_id: str) -> dict[str, Any]:
    """The source once it is ready or failed."""
    async with asyncio.timeout(WAIT):
        while True:
            source: dict[str, Any] = (await owner.ask("GET", f"/knowledge/sources/{source_id}")).json()
            if source["state"] in ("ready", "failed"):
                return source
            await asyncio.sleep(0.05)


async def ask(owner: Owner, base: str, query: str, count: int = 3) -> list[dict[str, Any]]:
    """What is found."""
    answer = await owner.ask("POST", f"/knowledge/bases/{base}/search", json={"query": query, "count": count})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["passages"]
    return found


async def test_documents_of_every_kind_are_found_with_where_they_stand(owner: Owner) -> None:
    base = await base_of(owner)
    brought = [
        await bring(owner, base, "rules.md", RULES),
        await bring(owner, base, "guide.pdf", pdf([[(20, "Parking"), (10, "It costs fifteen euros.")]], "Guide")),
        await bring(owner, base, "spa.docx", docx(paragraph("Sauna", "H1") + paragraph("The sauna is on the roof."))),
        await bring(owner, base, "prices.csv", b"Dish,Price\nSoup,6 euros\nBread,2 euros\n", title="Menu"),
    ]  # fmt: skip
    sources = [await settled(owner, each["id"]) for each in brought]
    assert [(s["state"], s["progress"], s["chunks"] > 0, s["problem"]) for s in sources] == [
        ("ready", 1000, True, "")
    ] * 4
    assert [source["title"] for source in sources] == ["Pets", "Guide", "spa", "Menu"]
    assert sources[1]["pages"] == 1 and sources[1]["bytes"] > 100
    parking = (await ask(owner, base, "What does it cost to park my car?"))[0]
    assert (parking["title"], parking["where"]) == ("Guide", "Parking, page 1")
    assert "fifteen" in parking["text"] and 300 < parking["score"] <= 1000
    assert "roof" in (await ask(owner, base, "where is the sauna"))[0]["text"]
    assert "Soup" in (await ask(owner, base, "how much is the soup"))[0]["text"]
    view = (await owner.ask("GET", f"/knowledge/bases/{base}")).json()
    assert (view["sources"], view["chunks"]) == (4, sum(source["chunks"] for source in sources))


async def test_frequent_questions_come_with_their_answers(owner: Owner) -> None:
    base = await base_of(owner)
    entries = [
        {"question": "When is breakfast?", "answer": "From seven to ten.", "also": ["What time can I eat?"]},
        {"question": "Is there a gym?", "answer": "Yes, in the cellar."},
    ]
    made = await owner.ask("POST", f"/knowledge/bases/{base}/faqs", json={"entries": entries})
    await settled(owner, made.json()["id"])
    said = (await ask(owner, base, "What time can I eat?"))[0]
    assert (said["answer"], said["score"]) == ("From seven to ten.", 1000)
    assert (await ask(owner, base, "at what time is breakfast"))[0]["answer"] == "From seven to ten."
    again = await owner.ask("POST", f"/knowledge/bases/{base}/faqs", json={"entries": entries[1:]})
    assert again.json()["id"] == made.json()["id"]
    await settled(owner, made.json()["id"])
    assert [found["answer"] for found in await ask(owner, base, "breakfast gym")] == ["Yes, in the cellar."]


async def test_a_document_of_the_same_name_takes_the_place_of_the_old_one(owner: Owner) -> None:
    base = await base_of(owner)
    first = await bring(owner, base, "rules.md", RULES)
    await settled(owner, first["id"])
    second = await bring(owner, base, "rules.md", RULES.replace(b"ten euros", b"twenty euros"))
    assert second["id"] == first["id"] and second["chunks"] > 0
    await settled(owner, first["id"])
    texts = " ".join(found["text"] for found in await ask(owner, base, "dogs", 10))
    assert "twenty euros" in texts and "ten euros" not in texts


async def test_bad_documents_are_named_and_the_others_go_on(owner: Owner) -> None:
    base = await base_of(owner)
    good = await bring(owner, base, "rules.md", RULES)
    await settled(owner, good["id"])
    broken = await bring(owner, base, "broken.pdf", b"%PDF-1.7\n" + b"nonsense" * 100)
    source = await settled(owner, broken["id"])
    assert source["state"] == "failed" and "damaged" in source["problem"]
    refused = await owner.ask(
        "POST", f"/knowledge/bases/{base}/documents", files={"file": ("cat.png", b"\x89PNG\r\n\x1a\n")}
    )
    assert refused.status_code == 422 and "picture" in refused.json()["error"]["message"]
    assert "pool" in (await ask(owner, base, "when does the pool open"))[0]["text"].lower()


async def test_when_a_new_version_cannot_be_read_the_old_one_is_still_found(owner: Owner) -> None:
    base = await base_of(owner)
    first = await bring(owner, base, "guide.pdf", pdf([[(10, "The garage costs fifteen euros.")]]))
    await settled(owner, first["id"])
    await bring(owner, base, "guide.pdf", b"%PDF-1.7\n" + b"nonsense" * 100)
    source = await settled(owner, first["id"])
    assert source["state"] == "failed" and source["chunks"] == 1
    assert "fifteen" in (await ask(owner, base, "garage"))[0]["text"]


async def test_what_is_deleted_is_not_found_and_its_file_is_gone(owner: Owner, tmp_path: Path) -> None:
    base = await base_of(owner)
    source = await bring(owner, base, "rules.md", RULES)
    await settled(owner, source["id"])
    assert len(list((tmp_path / "data" / "knowledge").glob("*/file_*"))) == 1
    assert (await owner.ask("DELETE", f"/knowledge/sources/{source['id']}")).status_code == 204
    assert (await owner.ask("GET", f"/knowledge/sources/{source['id']}")).status_code == 404
    assert await ask(owner, base, "dogs") == []
    assert list((tmp_path / "data" / "knowledge").glob("*/file_*")) == []
    await bring(owner, base, "rules.md", RULES)
    assert (await owner.ask("DELETE", f"/knowledge/bases/{base}")).status_code == 204
    assert (await owner.ask("GET", f"/knowledge/bases/{base}/sources")).status_code == 404


async def test_bases_and_sources_are_listed_in_pages(owner: Owner) -> None:
    bases = [await base_of(owner, f"Base {number}") for number in range(3)]
    page = (await owner.ask("GET", "/knowledge/bases?limit=2")).json()
    assert [item["id"] for item in page["items"]] == bases[:0:-1] and page["has_more"]
    rest = (await owner.ask("GET", f"/knowledge/bases?cursor={page['next_cursor']}")).json()
    assert [item["id"] for item in rest["items"]] == bases[:1]
    changed = await owner.ask("PATCH", f"/knowledge/bases/{bases[0]}", json={"name": "Other"})
    assert (changed.json()["name"], changed.json()["description"]) == ("Other", "")


async def test_an_agent_has_one_base_of_its_own_by_either_path(owner: Owner) -> None:
    agent = await owner.agent(asking())
    empty = await owner.client.get(
        f"/api/agents/{agent['id']}/knowledge-base", headers={"Authorization": f"Bearer {owner.token}"}
    )
    assert empty.json() == {"base_id": None, "documents": [], "urls": [], "faqs": []}
    path = f"/agents/{agent['id']}/knowledge-base"
    added = await owner.ask(
        "POST",
        path,
        json={
            "documents": [{"name": "rules.md", "content": RULES.decode()}],
            "faqs": [{"question": "Is there a gym?", "answer": "Yes."}],
        },
    )
    assert added.status_code == 202, added.text
    await owner.ask("POST", path, files={"file": ("pool.txt", b"The pool is heated.")})
    known = (await owner.ask("GET", path)).json()
    assert sorted(each["origin"] for each in known["documents"]) == ["pool.txt", "rules.md"]
    assert known["faqs"] == [{"question": "Is there a gym?", "answer": "Yes."}]
    for source in known["documents"]:
        await settled(owner, source["id"])
    assert "heated" in (await ask(owner, known["base_id"], "is the pool heated"))[0]["text"]
    taken = await owner.ask("POST", "/knowledge/bases", json={"name": "x", "agent_id": agent["id"]})
    assert taken.status_code == 409 and taken.json()["error"]["code"] == "KNOWLEDGE_BASE_EXISTS"


async def test_bad_requests_say_what_to_send(owner: Owner) -> None:
    base = await base_of(owner)
    path = f"/knowledge/bases/{base}"
    no_form = await owner.ask("POST", f"{path}/documents", content=b"hello")
    assert no_form.status_code == 400 and "multipart" in no_form.json()["error"]["message"]
    no_file = await owner.ask("POST", f"{path}/documents", files={"other": ("a.txt", b"hello")})
    assert no_file.status_code == 400 and '"file"' in no_file.json()["error"]["message"]
    for url in ("ftp://a.example", "https://user:word@a.example/", "nothing", "http://a b"):
        wrong = await owner.ask("POST", f"{path}/addresses", json={"url": url})
        assert wrong.status_code == 422, url
    agent = await owner.agent(asking())
    broken = await owner.ask("POST", f"/agents/{agent['id']}/knowledge-base", content=b"{")
    assert broken.status_code == 400 and broken.json()["error"]["code"] == "INVALID_JSON"
    wrong = await owner.ask("POST", f"/agents/{agent['id']}/knowledge-base", json={"urls": ["nothing"]})
    assert wrong.status_code == 422


async def test_a_document_may_be_larger_than_other_bodies_but_not_too_large(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, rest_limit=0, token_limit=0, body_limit=4096, knowledge_limit=200_000)
    async with application(settings) as (_, owner):
        base = await base_of(owner)
        await bring(owner, base, "long.txt", b"word " * 30_000)
        path = f"/knowledge/bases/{base}/documents"
        huge = await owner.ask("POST", path, files={"file": ("huge.txt", b"word " * 80_000)})
        assert huge.status_code == 413
