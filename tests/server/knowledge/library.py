"""Knowledge written straight into the database, for tests of search indexes: they know texts and vectors only."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from server.accounts.models import Organization
from server.kit.clock import SystemClock
from server.kit.database import Database
from server.knowledge.chunking import Chunk
from server.knowledge.finding import NEAREST
from server.knowledge.models import KnowledgeBase, KnowledgeSource
from server.knowledge.pinning import snapshot
from server.knowledge.repository import KnowledgeRepository
from server.knowledge.search_index import Found, Place, Question, SearchIndex
from server.knowledge.sweeping import sweep, unpacked
from server.knowledge.words import words_of
from tests.server.running import settings_for

MODEL = "fake/plane/2"


class Piece(NamedTuple):
    """A chunk with its vectors; of length 1 they are made here."""

    text: str
    vectors: Sequence[Sequence[float]] = ()
    title: str = ""
    headings: tuple[str, ...] = ()
    model: str = MODEL


class Answer(NamedTuple):
    """Texts, best first, and the cosines of them."""

    near: list[str]
    said: list[str]
    cosines: dict[str, float]


class Library:
    """Bases with one source each, and the index that is tested."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(settings_for(folder).data / "parley.db")
        self.index: SearchIndex

    async def base(self, name: str, organization: str = "org_one") -> str:
        """An empty base with this id."""
        async with self.database.system_session("a house for a test", write=True) as session:
            if await session.get(Organization, organization) is None:
                session.add(Organization(id=organization, name="Test", created_at=0))
        async with self.database.write(organization) as session:
            knowledge = KnowledgeRepository(session)
            knowledge.add(
                KnowledgeBase(
                    id=name, agent_id=None, name=name, description="", revision=1, created_at=0, updated_at=0
                )
            )
            await session.flush()
            source = KnowledgeSource(
                id=f"src_{name}", base_id=name, kind="document", title="", origin="", state="ready", progress=1000,
                attempts=0, problem="", model=MODEL, options={}, facts={}, chunks=0, created_at=0, updated_at=0,
            )  # fmt: skip
            knowledge.add(source)
        return name

    async def hold(
        self, base: str, *pieces: Piece, organization: str = "org_one", follow: bool = True
    ) -> None:
        """From now on the base holds these, and no others."""
        chunks = [Chunk(piece.text, piece.title, piece.headings) for piece in pieces]
        async with self.database.write(organization) as session:
            knowledge = KnowledgeRepository(session)
            digests = [chunk.digest for chunk in chunks]
            known = await knowledge.known(base, digests)
            for chunk, piece in zip(chunks, pieces, strict=True):
                if chunk.digest not in known:
                    model = piece.model if piece.vectors else ""
                    knowledge.add_chunks(base, model, [(chunk, packed(piece.vectors))])
            await session.flush()
            known = await knowledge.known(base, digests)
            await knowledge.hold(await knowledge.source(f"src_{base}"), [known[digest] for digest in digests])
            (await knowledge.base(base)).revision += 1
        await sweep(self.database, organization, base)
        if follow:
            await self.index.follow(organization, base)

    async def remove(self, base: str, organization: str = "org_one") -> None:
        """The base and all it holds are gone."""
        async with self.database.write(organization) as session:
            await KnowledgeRepository(session).forget_sources(base)
        await sweep(self.database, organization, base)
        async with self.database.write(organization) as session:
            await KnowledgeRepository(session).forget_base(base)
        await self.index.follow(organization, base)

    async def pin(self, base: str, organization: str = "org_one") -> str:
        """A snapshot of what it holds now."""
        async with self.database.write(organization) as session:
            return await snapshot(session, SystemClock(), await KnowledgeRepository(session).base(base))

    async def place(self, base: str, pinned: str = "", organization: str = "org_one") -> Place:
        """The base as it is, or as it was pinned."""
        async with self.database.read(organization) as session:
            knowledge = KnowledgeRepository(session)
            state = (await knowledge.base(base)).state
            found = await knowledge.find_snapshot(pinned)
            members = unpacked(found.chunks) if found else await knowledge.held(base)
        return Place(organization, base, state, np.asarray(members, np.int64), pinned or base)

    async def ask(
        self,
        place: Place,
        question: str,
        vector: Sequence[float] = (),
        model: str = MODEL,
        count: int = NEAREST,
    ) -> Answer:
        """What the index finds."""
        asked = unit(vector) if vector else None
        found: Found = await self.index.search(
            place, Question(tuple(words_of(question)), asked, model), count
        )
        async with self.database.read(place.organization_id) as session:
            ids = [*found.near, *found.said, *found.cosines]
            texts = {id: chunk.text for id, chunk in (await KnowledgeRepository(session).chunks(ids)).items()}
        return Answer(
            [texts[id] for id in found.near],
            [texts[id] for id in found.said],
            {texts[id]: round(cosine, 4) for id, cosine in found.cosines.items()},
        )


def unit(vector: Sequence[float]) -> Any:
    """The direction, with length 1."""
    found = np.asarray(vector, np.float32)
    return found / max(float(np.linalg.norm(found)), 1e-12)


def packed(vectors: Sequence[Sequence[float]]) -> bytes:
    """As chunks keep them."""
    return b"".join(unit(vector).astype("<f4").tobytes() for vector in vectors)
