"""The search in PostgreSQL: words by tsvector, meaning by pgvector, in a schema of their own.

Every search is exact: it measures each vector that the place sees. A base is brought into step by what differs, in one
transaction; its ``state`` tells whether it is. Texts stay in the control plane's database, here are only their words.
"""

import asyncio
import re
import struct
import unicodedata
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr

from server.kit.database import Database
from server.knowledge.models import KnowledgeChunk
from server.knowledge.postgres_schema import PATH, SCHEMA, SETTING, prepare, remedy
from server.knowledge.repository import KnowledgeRepository
from server.knowledge.search_index import Found, IndexAway, IndexBehind, Place, Question

CONNECTIONS = 8
CONNECT = 3.0
"""Seconds to find out that nobody answers."""
STATEMENT = 2000
"""Milliseconds a search's statement may take there."""
FOLLOW = 600.0
"""Seconds to bring one base into step, or to wait until another server has."""
STATEMENT_OF_FOLLOW = 60.0
"""Seconds one statement of that may take."""
TOGETHER = 200
"""Chunks read and written at once."""
LONGEST_WORD = 100
"""Letters of a word that count."""
MOST_WORDS = 4000
"""Words of a chunk that are looked at: some ten times what is cut."""

IN_STEP = "SELECT 1 FROM parley_knowledge.base WHERE organization_id = $1 AND base_id = $2 AND state = $3"
# Vectors are of length 1 (or nothing), so that their inner product is the cosine. All of a base are measured before
# anything is sorted or joined: a planner without statistics would carry the vectors themselves through that.
MEANT = """
WITH vectors AS MATERIALIZED (
    SELECT chunk_id, -(vector <#> $5) AS cosine FROM parley_knowledge.vector
    WHERE organization_id = $1 AND base_id = $2 AND model = $4
), measured AS MATERIALIZED (
    SELECT chunk_id, max(cosine) AS cosine FROM vectors GROUP BY chunk_id
), near AS (
    SELECT chunk_id, cosine FROM measured JOIN unnest($3::bigint[]) AS member (chunk_id) USING (chunk_id)
    ORDER BY cosine DESC, chunk_id LIMIT $6
)
SELECT chunk_id, cosine, true AS near FROM near
UNION ALL SELECT chunk_id, cosine, false FROM measured WHERE chunk_id = ANY($7::bigint[])
"""
# A word counts the more the fewer chunks of the place hold it (as in BM25), and less each time it is said again.
SAID = """
WITH asked AS MATERIALIZED (
    SELECT DISTINCT plainto_tsquery('parley_knowledge.words', word) AS query FROM unnest($4::text[]) AS given (word)
), held AS MATERIALIZED (
    SELECT chunk_id, words FROM parley_knowledge.chunk
    WHERE organization_id = $1 AND base_id = $2
        AND words @@ (SELECT string_agg(query::text, ' | ')::tsquery FROM asked WHERE numnode(query) > 0)
), hit AS MATERIALIZED (
    SELECT chunk_id, query, ts_rank('{0.5, 0.5, 0.5, 1}', words, query, 1) AS rank
    FROM asked JOIN held ON words @@ query
), seen AS (
    SELECT chunk_id, rank, count(*) OVER (PARTITION BY query) AS holders
    FROM hit JOIN unnest($3::bigint[]) AS member (chunk_id) USING (chunk_id)
)
SELECT chunk_id FROM seen GROUP BY chunk_id
ORDER BY sum(rank * ln(1 + (cardinality($3) - holders + 0.5::float8) / (holders + 0.5))) DESC, chunk_id LIMIT $5
"""
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
GONE = (
    "DELETE FROM parley_knowledge.chunk WHERE organization_id = $1 AND base_id <> ALL($2)",
    "DELETE FROM parley_knowledge.base WHERE organization_id = $1 AND base_id <> ALL($2)",
)
STAMPS = """
SELECT chunk_id, digest, model FROM parley_knowledge.chunk WHERE organization_id = $1 AND base_id = $2
"""
LOOSE = """
DELETE FROM parley_knowledge.chunk WHERE organization_id = $1 AND base_id = $2 AND chunk_id = ANY($3::bigint[])
"""
STEP = """
INSERT INTO parley_knowledge.base (organization_id, base_id, state) VALUES ($1, $2, $3)
ON CONFLICT (organization_id, base_id) DO UPDATE SET state = excluded.state
"""
INSERT = """
INSERT INTO parley_knowledge.chunk (organization_id, base_id, chunk_id, digest, model, words)
SELECT $1, $2, chunk_id, digest, model,
    setweight(to_tsvector('parley_knowledge.words', about), 'A')
        || setweight(to_tsvector('parley_knowledge.words', body), 'D')
FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[])
    AS given (chunk_id, digest, model, about, body)
"""


class PostgresIndex:
    """See `server.knowledge.search_index.SearchIndex`. ``url`` holds a password."""

    def __init__(self, url: SecretStr, database: Database) -> None:
        self.url = url
        self.database = database
        self.about = ""
        self._pool: Any = None

    async def open(self) -> None:
        """Connect, and make what is missing there; may be called again. Raises `IndexAway`."""
        try:
            if self._pool is None:
                self._pool = await _pool(self.url)
            else:
                await self._pool.expire_connections()
            async with self._connection(CONNECT) as connection:
                self.about = await prepare(connection)
        except ValueError:
            # What could not be read may be a part of the password: nothing of it is told.
            raise IndexAway(
                f"{SETTING} cannot be read. When there is an @ in the password, write it as %40, a / as %2F."
            ) from None
        # What connections made before the schema know of it is stale.
        await self._pool.expire_connections()

    async def close(self) -> None:
        """Let the connections go."""
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None

    async def search(self, place: Place, question: Question, count: int) -> Found:
        """The best chunks by each ranking."""
        if not len(place.members):
            return Found([], [], {})
        base = (place.organization_id, place.base_id)
        members = place.members.tolist()
        async with self._connection(STATEMENT / 1000) as connection:
            if not await connection.fetchval(IN_STEP, *base, place.state):
                raise IndexBehind
            rows = []
            if question.words:
                words = list(_words(" ".join(question.words)))
                rows = await connection.fetch(SAID, *base, members, words, count)
            said = [row["chunk_id"] for row in rows]
            if question.vector is None:
                return Found([], said, {})
            vector = _binary(question.vector)
            rows = await connection.fetch(MEANT, *base, members, question.model, vector, count, said)
        near = [row["chunk_id"] for row in rows if row["near"]]
        return Found(near, said, {row["chunk_id"]: row["cosine"] for row in rows})

    async def follow(self, organization_id: str, base_id: str) -> None:
        """Bring the base into step, and let go of bases that are gone."""
        base = (organization_id, base_id)
        async with self._connection(FOLLOW) as connection, connection.transaction():
            await connection.execute(f"SET LOCAL statement_timeout = {round(FOLLOW * 1000)}")
            # One at a time; what is wanted is read after the other has ended, or it would be put back.
            await connection.execute(LOCK, "/".join(base), timeout=FOLLOW)
            async with self.database.read(organization_id) as session:
                knowledge = KnowledgeRepository(session)
                there = await knowledge.find_base(base_id)
                wanted = await knowledge.stamps(base_id)
                bases = await knowledge.base_ids()
            for gone in GONE:
                await connection.execute(gone, organization_id, bases)
            if there is None:
                return
            have = {id: tuple(stamp) for id, *stamp in await connection.fetch(STAMPS, *base)}
            await connection.execute(
                LOOSE, *base, [id for id, stamp in have.items() if wanted.get(id) != stamp]
            )
            new = [id for id, stamp in wanted.items() if have.get(id) != stamp]
            for start in range(0, len(new), TOGETHER):
                await self._add(connection, *base, new[start : start + TOGETHER])
            await connection.execute(STEP, *base, there.state)

    async def _add(self, connection: Any, organization_id: str, base_id: str, chunk_ids: list[int]) -> None:
        async with self.database.read(organization_id) as session:
            chunks = list((await KnowledgeRepository(session).chunks(chunk_ids)).values())
        texts = await asyncio.to_thread(lambda: [_texts(chunk) for chunk in chunks])
        await connection.execute(
            INSERT,
            organization_id,
            base_id,
            [chunk.id for chunk in chunks],
            [chunk.digest for chunk in chunks],
            [chunk.model for chunk in chunks],
            [about for about, _ in texts],
            [body for _, body in texts],
        )
        rows = [
            (organization_id, base_id, chunk.id, at, chunk.model, vector)
            for chunk in chunks
            for at, vector in enumerate(_vectors(chunk))
        ]
        await connection.copy_records_to_table(
            "vector",
            schema_name=SCHEMA,
            columns=["organization_id", "base_id", "chunk_id", "at", "model", "vector"],
            records=rows,
        )

    @asynccontextmanager
    async def _connection(self, seconds: float) -> AsyncIterator[Any]:
        """A connection for no longer than this; what goes wrong with the server is an `IndexAway`."""
        import asyncpg

        if self._pool is None:
            raise IndexAway("it has not been reached yet.")
        try:
            async with asyncio.timeout(seconds), self._pool.acquire(timeout=CONNECT) as connection:
                yield connection
        except (
            asyncpg.DataError,
            asyncpg.IntegrityConstraintViolationError,
            asyncpg.ProgramLimitExceededError,
        ):
            raise
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise IndexAway(remedy(error)) from error


async def _pool(url: SecretStr) -> Any:
    try:
        import asyncpg
    except ImportError as error:
        raise IndexAway("its driver is missing. Run: pip install asyncpg") from error

    async def prepare_vectors(connection: Any) -> None:
        if await connection.fetchval("SELECT to_regtype('vector') IS NOT NULL"):
            schema = await connection.fetchval(
                "SELECT typnamespace::regnamespace::text FROM pg_type WHERE oid = to_regtype('vector')"
            )
            await connection.set_type_codec(
                "vector", schema=schema, encoder=bytes, decoder=bytes, format="binary"
            )

    try:
        return await asyncpg.create_pool(
            url.get_secret_value(),
            min_size=0,
            max_size=CONNECTIONS,
            timeout=CONNECT,
            command_timeout=STATEMENT_OF_FOLLOW,
            init=prepare_vectors,
            server_settings={
                "application_name": "parley",
                "search_path": PATH,
                "statement_timeout": str(STATEMENT),
            },
        )
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise IndexAway(remedy(error)) from error


def _texts(chunk: KnowledgeChunk) -> tuple[str, str]:
    """The words of its title and headings, and those of its text."""
    parts = (f"{chunk.title}\n{chr(10).join(chunk.headings)}", chunk.text)
    about, body = (" ".join(_words(part)) for part in parts)
    return about, body


def _words(text: str) -> Iterator[str]:
    """The words as the index knows them: small, without accents, split as SQLite's index splits them. PostgreSQL's
    own parser would take "and/or" for a file, and know the capitals of its locale only."""
    bare = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    for at, found in enumerate(re.finditer(r"[^\W_]+", bare)):
        if at >= MOST_WORDS:
            return
        yield found[0][:LONGEST_WORD]


def _vectors(chunk: KnowledgeChunk) -> Sequence[bytes]:
    """Its vectors as PostgreSQL reads them; those that are no numbers are left out."""
    import numpy as np

    if not chunk.vector:
        return []
    rows = np.frombuffer(chunk.vector, "<f4").reshape(-1, int(chunk.model.rpartition("/")[2]))
    return [_binary(row) for row in rows if np.isfinite(row).all()]


def _binary(vector: Any) -> bytes:
    """pgvector's own form: the dimensions and nothing, 16 bits each, then float32; all big-endian."""
    return struct.pack(">HH", len(vector), 0) + bytes(vector.astype(">f4").tobytes())
