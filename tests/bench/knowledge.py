"""Figures of knowledge: how fast it is found and taken in, and how much of it is found at all.

The hotel's papers and questions in ``knowledge_hotel`` were written before anything was tuned. Every second question
is kept aside: ``knowledge_recall_at_5`` is of those.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
from pydantic import SecretStr

from engine.providers.embeddings.contract import Vectors
from engine.providers.embeddings.local import LocalEmbeddings
from server.accounts.models import Organization
from server.kit.database import Database
from server.kit.migrating import migrate
from server.knowledge.chunking import Chunk, cut
from server.knowledge.embedded_index import EmbeddedIndex
from server.knowledge.finding import Finder
from server.knowledge.ingesting import label_of, vectors_of
from server.knowledge.models import KnowledgeBase, KnowledgeSource
from server.knowledge.parsing.child import parse
from server.knowledge.parsing.sniffing import sniff
from server.knowledge.postgres_index import PostgresIndex
from server.knowledge.repository import KnowledgeRepository
from tests.bench.figures import REFERENCE, Figure, loop_speed
from tests.server.knowledge.postgres import Postgres

HOTEL = Path(__file__).parent / "knowledge_hotel"
ORGANIZATION, BASE, SOURCE = "org_bench", "kb_bench", "src_bench"
MANY = 20_000
QUERIES = 60
AT = 5
"""Passages that count."""
VOCABULARY = 8_000
"""Different words in the synthetic chunks; how often each comes follows Zipf's law, as in a language."""
TELLING = 50
"""The commonest words are not looked for in any language; questions have others."""
VECTORS = 3
"""Of each synthetic chunk: they have some 60 words."""


def figures() -> Iterator[Figure]:
    """All of them."""
    yield from asyncio.run(_recall())
    yield asyncio.run(_speed())
    yield asyncio.run(_ingest())
    yield from _in_postgres()


@asynccontextmanager
async def house(
    chunks: list[Chunk], vectors: list[bytes], model: LocalEmbeddings, url: str = ""
) -> AsyncIterator[Finder]:
    """A base that holds these chunks, and what finds them: in PostgreSQL when there is a ``url``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        migrate(path)
        database = Database(path)
        label = label_of(model)
        async with database.system_session("a house for the bench", write=True) as session:
            session.add(Organization(id=ORGANIZATION, name="Bench", created_at=0))
        async with database.write(ORGANIZATION) as session:
            knowledge = KnowledgeRepository(session)
            knowledge.add(
                KnowledgeBase(
                    id=BASE, agent_id=None, name="", description="", revision=1, created_at=0, updated_at=0
                )
            )
            await session.flush()
            source = KnowledgeSource(
                id=SOURCE, base_id=BASE, kind="document", title="", origin="", state="ready", progress=1000, attempts=0,
                problem="", model=label, options={}, facts={}, chunks=len(chunks), created_at=0, updated_at=0,
            )  # fmt: skip
            knowledge.add(source)
            knowledge.add_chunks(BASE, label, zip(chunks, vectors, strict=True))
            await session.flush()
            known = await knowledge.known(BASE, [chunk.digest for chunk in chunks])
            await knowledge.hold(source, list(known.values()))
        embedded, postgres = EmbeddedIndex(database), PostgresIndex(SecretStr(url), database)
        try:
            if url:
                await postgres.open()
                await postgres.follow(ORGANIZATION, BASE)
            yield Finder(database, model, label, postgres if url else embedded)
        finally:
            await postgres.close()
            await database.close()


def hotel() -> list[Chunk]:
    """The hotel's papers, cut."""
    chunks: list[Chunk] = []
    for path in sorted(HOTEL.iterdir()):
        if path.suffix == ".tsv":
            continue
        data = path.read_bytes()
        parsed = parse(sniff(data, path.name), data)
        chunks += cut(parsed.blocks, parsed.title or path.stem, path.name)
    return chunks


def questions() -> list[tuple[str, list[str]]]:
    """Each question with the words of which one must stand in a passage that answers it."""
    lines = (HOTEL / "questions.tsv").read_text("utf-8").splitlines()
    return [(line.split("\t")[0], line.split("\t")[1].split("|")) for line in lines]


async def recall(which: int, url: str = "") -> float:
    """The share of every second question, from ``which`` on, that is answered by the best passages."""
    model = LocalEmbeddings()
    chunks = hotel()
    asked = questions()[which::2]
    answered = 0
    async with house(chunks, await vectors_of(model, chunks), model, url) as finder:
        for question, wanted in asked:
            found = await finder.find(ORGANIZATION, [BASE], question, AT)
            texts = [" ".join(passage.text.split()) for passage in found]
            answered += any(words in text for words in wanted for text in texts)
    await model.aclose()
    return answered / len(asked)


async def _recall() -> list[Figure]:
    tuned = await recall(0)
    aside = await recall(1)
    count = len(questions())
    return [
        Figure("knowledge_recall_at_5", aside, "", f"goal >= 0.9; {count // 2} questions kept aside"),
        Figure("knowledge_recall_at_5_tuned", tuned, "", f"the other {count - count // 2} questions"),
    ]


async def _speed() -> Figure:
    p95 = await query_ms(time.process_time)
    about = f"goal <= 60; {MANY} chunks of {VECTORS} vectors, the question's vector included"
    return Figure("knowledge_query_p95_ref_ms", p95, "ms", about)


async def query_ms(clock: Callable[[], float], url: str = "") -> float:
    """What a search of many chunks takes by this clock (seconds of CPU), scaled to the reference core."""
    chance = np.random.default_rng(7)
    vectors = chance.normal(size=(MANY, VECTORS, 384)).astype("<f4")
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    chunks = [Chunk(f"{_words(chance, 60)} {at}", f"Paper {at % 200}") for at in range(MANY)]
    model = LocalEmbeddings()
    took: list[float] = []
    async with house(chunks, [some.tobytes() for some in vectors], model, url) as finder:
        await finder.find(ORGANIZATION, [BASE], "warm up", AT)
        for at in range(QUERIES):
            asked = f"where is the {_words(chance, 4, TELLING)} number {at}"
            speed = loop_speed(0.05)
            began = clock()
            assert len(await finder.find(ORGANIZATION, [BASE], asked, AT)) == AT
            took.append((clock() - began) * 1000 * speed / REFERENCE)
    await model.aclose()
    return statistics.quantiles(took, n=20)[-1]


def _words(chance: np.random.Generator, count: int, first: int = 1) -> str:
    """Words by how often they come, from the ``first`` in that order on."""
    ranks = chance.zipf(1.2, count * 40)
    return " ".join(f"w{rank % VOCABULARY}" for rank in ranks[ranks >= first][:count])


class Here(LocalEmbeddings):
    """Works in bulk in this process, whose time is measured."""

    async def embed(self, texts: Sequence[str], *, bulk: bool = False) -> Vectors:
        """As the other does."""
        return await super().embed(texts)


async def _ingest() -> Figure:
    """CPU of embedding, of which nearly all of the work consists, and of cutting and writing."""
    text = " ".join(chunk.text for chunk in hotel())
    words = text.split()
    chunks = [
        Chunk(" ".join(words[at % 2000 : at % 2000 + 120]) + f" {at}", f"Paper {at}") for at in range(100)
    ]
    model = Here()
    await model.check()
    speed = loop_speed(0.2)
    began = time.process_time()
    async with house(chunks, await vectors_of(model, chunks), model):
        spent = time.process_time() - began
    await model.aclose()
    scaled = spent * 10 * (speed + loop_speed(0.2)) / 2 / REFERENCE
    return Figure(
        "ingest_1000_chunks_ref_s", scaled, "s", "goal <= 120; local embeddings, measured on 100 chunks"
    )


def _in_postgres() -> Iterator[Figure]:
    """The same, when PostgreSQL searches; its processes' CPU counts."""
    server = Postgres()
    try:
        server.start()
        url = server.url(server.database())
        aside = asyncio.run(recall(1, url))
        about = f"goal >= 0.9; {len(questions()) // 2} questions kept aside"
        yield Figure("knowledge_recall_at_5_postgres", aside, "", about)
        # Helpers of a query take their CPU with them when they end: it does without.
        server.sql("ALTER SYSTEM SET max_parallel_workers_per_gather = 0")
        server.sql("SELECT pg_reload_conf()")
        p95 = asyncio.run(
            query_ms(lambda: time.process_time() + server.spent(), server.url(server.database()))
        )
        about = f"beside knowledge_query_p95_ref_ms; {MANY} chunks of {VECTORS} vectors, PostgreSQL's CPU included"
        yield Figure("knowledge_query_postgres_p95_ref_ms", p95, "ms", about)
    finally:
        server.close()
