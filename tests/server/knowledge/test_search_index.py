"""Search indexes, held against one contract: the one inside the server, and PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from server.knowledge.embedded_index import EmbeddedIndex
from server.knowledge.postgres_index import PostgresIndex
from server.knowledge.repository import KnowledgeRepository
from tests.server.knowledge.library import MODEL, Library, Piece, packed
from tests.server.knowledge.postgres import Postgres


@pytest.fixture(params=["embedded", "postgres"])
async def library(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Library]:
    """Searched by each index in turn."""
    library = Library(tmp_path)
    if request.param == "embedded":
        library.index = EmbeddedIndex(library.database)
        yield library
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        index = PostgresIndex(SecretStr(postgres.url(postgres.database())), library.database)
        await index.open()
        library.index = index
        yield library
        await index.close()
    await library.database.close()


async def test_words_are_found_in_every_form_and_rare_ones_count_most(library: Library) -> None:
    base = await library.base("kb_hotel")
    rooms = [Piece(f"Room {at} has a bed and a window.") for at in range(8)]
    await library.hold(
        base, *rooms, Piece("Breakfasts are served from seven."), Piece("The bed of room nine squeaks.")
    )
    place = await library.place(base)
    assert (await library.ask(place, "breakfast serving")).said == ["Breakfasts are served from seven."]
    assert (await library.ask(place, "squeaking bed")).said[0] == "The bed of room nine squeaks."
    assert len((await library.ask(place, "rooms", count=3)).said) == 3
    assert (await library.ask(place, "helicopter")).said == []
    # Words that say little are looked for when there are no others.
    assert "Breakfasts are served from seven." in (await library.ask(place, "are from")).said


async def test_words_in_titles_and_headings_count_more(library: Library) -> None:
    base = await library.base("kb_hotel")
    await library.hold(
        base,
        Piece("Ask about the sauna at the desk, or about the bicycles.", title="Desk"),
        Piece(
            "It is on the roof, and open in the evening.", title="Guide", headings=("Wellness", "The sauna")
        ),
        Piece("Bring a towel of your own, or buy one downstairs.", title="Sauna rules"),
    )
    found = (await library.ask(await library.place(base), "sauna")).said
    assert len(found) == 3 and found[-1].startswith("Ask about")


async def test_text_between_signs_is_found(library: Library) -> None:
    base = await library.base("kb_signs")
    text = (
        "Half-board and/or breakfast/dinner: e-mail desk@hotel.example, https://hotel.example/spa_and_gym?x=1"
    )
    await library.hold(base, Piece(text))
    place = await library.place(base)
    for word in ("board", "breakfast", "dinner", "desk", "spa", "gym", "HOTEL"):
        assert (await library.ask(place, word)).said == [text], word


async def test_text_in_every_language_is_found(library: Library) -> None:
    base = await library.base("kb_world")
    texts = {
        "frühstück": "Das Frühstück gibt es ab sieben.",
        "fruhstuck": "Das Frühstück gibt es ab sieben.",
        "MAÑANA": "Abierto por la mañana.",
        "ПРИВЕТ": "Скажите «привет» на стойке.",
        "早餐": "早餐 七点",
        "étage": "Au dernier étage, sous le toit.",
        "παραλία": "Η παραλία είναι κοντά.",
    }
    await library.hold(base, *(Piece(text) for text in dict.fromkeys(texts.values())))
    place = await library.place(base)
    for word, text in texts.items():
        assert (await library.ask(place, word)).said == [text], word


async def test_meaning_is_ranked_by_the_nearest_vector_of_each_chunk(library: Library) -> None:
    base = await library.base("kb_plane")
    await library.hold(
        base,
        Piece("east", [[1, 0]]),
        Piece("north", [[0, 1]]),
        Piece("both", [[0, -1], [1, 1], [-1, 0]]),
        Piece("nowhere", [[0, 0]]),
        Piece("words alone"),
    )
    place = await library.place(base)
    found = await library.ask(place, "words north", [1, 0.1])
    assert found.near[:3] == ["east", "both", "north"] and "words alone" not in found.near
    assert found.cosines["east"] == pytest.approx(0.995, abs=1e-3)
    assert found.cosines["both"] == pytest.approx(0.774, abs=1e-3)
    assert found.cosines["nowhere"] == 0 and "words alone" not in found.cosines
    # What is found by its words has its cosine too, however far it is.
    few = await library.ask(place, "north", [1, 0.1], count=1)
    assert (
        few.near == ["east"]
        and few.said == ["north"]
        and few.cosines["north"] == pytest.approx(0.0995, abs=1e-3)
    )
    assert (await library.ask(place, "words north")).cosines == {}


async def test_a_snapshot_is_searched_as_it_was(library: Library) -> None:
    base = await library.base("kb_prices")
    await library.hold(base, Piece("Dogs cost ten euros", [[1, 0]]), Piece("Cats are free", [[0, 1]]))
    pinned = await library.pin(base)
    await library.hold(base, Piece("Dogs cost twenty euros", [[1, 0]]), Piece("Cats are free", [[0, 1]]))
    now = await library.ask(await library.place(base), "dogs", [1, 0])
    then = await library.ask(await library.place(base, pinned), "dogs", [1, 0])
    assert now.said == ["Dogs cost twenty euros"] and now.near == ["Dogs cost twenty euros", "Cats are free"]
    assert then.said == ["Dogs cost ten euros"] and then.near == ["Dogs cost ten euros", "Cats are free"]


async def test_what_was_swept_is_gone_and_its_number_may_be_given_to_another(library: Library) -> None:
    base = await library.base("kb_news")
    await library.hold(base, Piece("The pool opens at seven", [[1, 0]]))
    before = (await library.place(base)).members.tolist()
    await library.hold(base)
    assert (await library.ask(await library.place(base), "pool", [1, 0])) == ([], [], {})
    await library.hold(base, Piece("The lift is broken", [[0, 1]]))
    place = await library.place(base)
    assert place.members.tolist() == before
    assert (await library.ask(place, "pool", [1, 0])).said == []
    found = await library.ask(place, "lift", [0, 1])
    assert found.said == found.near == ["The lift is broken"] and found.cosines["The lift is broken"] == 1


async def test_vectors_of_another_model_are_not_compared(library: Library) -> None:
    base = await library.base("kb_models")
    await library.hold(base, Piece("east", [[1, 0]]), Piece("deep", [[0, 0, 1]], model="fake/space/3"))
    place = await library.place(base)
    assert (await library.ask(place, "east deep", [1, 0])).near == ["east"]
    assert (await library.ask(place, "east deep", [1, 0, 1], model="fake/space/3")).near == ["deep"]
    async with library.database.write("org_one") as session:
        knowledge = KnowledgeRepository(session)
        deep = (await knowledge.foreign(MODEL, 9))[0]
        await knowledge.renew(MODEL, [(deep.id, packed([[1, 1]]))], [base])
    await library.index.follow("org_one", base)
    assert (await library.ask(await library.place(base), "", [1, 0])).near == ["east", "deep"]


async def test_tenants_never_meet(library: Library) -> None:
    for organization, text in (
        ("org_one", "The safe opens with 1234"),
        ("org_two", "The safe opens with 9876"),
    ):
        base = await library.base(f"kb_{organization}", organization)
        await library.hold(base, Piece(text, [[1, 0]]), organization=organization)
    one = await library.place("kb_org_one")
    two = await library.place("kb_org_two", organization="org_two")
    assert (await library.ask(one, "safe", [1, 0])).said == ["The safe opens with 1234"]
    assert (await library.ask(two, "safe", [1, 0])).near == ["The safe opens with 9876"]
    # Numbers of another's chunks lead nowhere, whoever guesses them.
    foreign = await library.ask(one._replace(members=two.members, scope="guessed"), "safe", [1, 0])
    assert foreign == ([], [], {})


async def test_a_base_that_is_gone_leaves_nothing(library: Library) -> None:
    base = await library.base("kb_gone")
    await library.hold(base, Piece("The pool opens at seven", [[1, 0]]))
    place = await library.place(base)
    await library.remove(base)
    await library.base(base)
    await library.index.follow("org_one", base)
    now = (await library.place(base))._replace(members=place.members)
    assert (await library.ask(now, "pool", [1, 0])) == ([], [], {})


HOSTILE = (
    "' OR 1=1 --",
    '"pool" NEAR(x) AND NOT *',
    "pool & | ! ( ) :* <->",
    "base_id : x",
    "pool\x00\x1a\ufffe",
    "\U0001f3ca pool \u202e",
    "pool " + "x" * 10_000,
    "pool " * 2000,
    "$1 %s {} \\ \\x00",
)


async def test_hostile_words_do_no_harm(library: Library) -> None:
    base = await library.base("kb_hotel")
    others = [Piece(f"Of {words[:3000]}", title=words) for words in HOSTILE]
    await library.hold(base, Piece("The pool opens at seven", [[1, 0]]), *others)
    place = await library.place(base)
    for words in HOSTILE:
        found = await library.ask(place, words, [1, 0])
        assert found.near == ["The pool opens at seven"], words
        assert ("The pool opens at seven" in found.said) == ("pool" in words), words
