"""What the search index needs in PostgreSQL, how it is made there, and what to do when it cannot be."""

from typing import Any

from server.knowledge.search_index import IndexAway

SETTING = "PARLEY_KNOWLEDGE_INDEX_URL"
OLDEST = 14
"""The oldest PostgreSQL that is still kept up."""
SCHEMA = "parley_knowledge"
PATH = "public, extensions"
"""Where pgvector is looked for; some hosts keep their extensions apart. Our own names are always whole."""

# Change it with `MAKE`: what an older edition made is thrown away, and made anew.
EDITION = "edition 1"
MADE = """
SELECT obj_description(to_regclass('parley_knowledge.base'), 'pg_class') = $1
    AND to_regclass('parley_knowledge.chunk') IS NOT NULL AND EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = to_regclass('parley_knowledge.vector')
            AND atttypid = to_regtype('vector') AND NOT attisdropped
    )
"""
# Every word is stemmed as SQLite's index does it, whatever its language, and none is too common to be found.
# Vectors of several models differ in length, so the column names none.
MAKE = """
DROP TABLE IF EXISTS parley_knowledge.vector, parley_knowledge.chunk, parley_knowledge.base;
DROP TEXT SEARCH CONFIGURATION IF EXISTS parley_knowledge.words;
DROP TEXT SEARCH DICTIONARY IF EXISTS parley_knowledge.stem;
CREATE TEXT SEARCH DICTIONARY parley_knowledge.stem (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH CONFIGURATION parley_knowledge.words (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION parley_knowledge.words
    ALTER MAPPING FOR asciiword, word, numword WITH parley_knowledge.stem;
CREATE TABLE parley_knowledge.base (
    organization_id text, base_id text, state text NOT NULL,
    PRIMARY KEY (organization_id, base_id)
);
CREATE TABLE parley_knowledge.chunk (
    organization_id text, base_id text, chunk_id bigint,
    digest text NOT NULL, model text NOT NULL, words tsvector NOT NULL,
    PRIMARY KEY (organization_id, base_id, chunk_id)
);
CREATE INDEX ON parley_knowledge.chunk USING gin (words);
CREATE TABLE parley_knowledge.vector (
    organization_id text, base_id text, chunk_id bigint, at int,
    model text NOT NULL, vector vector NOT NULL,
    PRIMARY KEY (organization_id, base_id, chunk_id, at),
    FOREIGN KEY (organization_id, base_id, chunk_id) REFERENCES parley_knowledge.chunk ON DELETE CASCADE
);
"""


async def prepare(connection: Any) -> str:
    """Make what is missing; answers with what the server is. Raises `IndexAway`, and what the driver raises."""
    version = connection.get_server_version()
    check_version(version.major)
    async with connection.transaction():
        # Two servers that start at once make it once.
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", SCHEMA)
        await _extension(connection)
        if not await connection.fetchval(MADE, EDITION):
            if await connection.fetchval("SELECT to_regnamespace($1) IS NULL", SCHEMA):
                await connection.execute("CREATE SCHEMA parley_knowledge")
            await connection.execute(f"{MAKE}COMMENT ON TABLE parley_knowledge.base IS '{EDITION}';")
    return f"PostgreSQL {version.major}.{version.micro}"


def check_version(major: int) -> None:
    """Raises `IndexAway` when PostgreSQL is too old."""
    if major < OLDEST:
        raise IndexAway(f"it is PostgreSQL {major}; {OLDEST} or newer is needed. Upgrade it.")


async def _extension(connection: Any) -> None:
    import asyncpg

    if await connection.fetchval("SELECT current_setting('server_encoding')") != "UTF8":
        raise IndexAway("the database cannot hold every letter. Make one with ENCODING 'UTF8'.")
    if await connection.fetchval("SELECT to_regtype('vector') IS NOT NULL"):
        return
    place = await connection.fetchval(
        "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'vector'"
    )
    if place:
        raise IndexAway(f"pgvector is in the schema {place}. Run: ALTER EXTENSION vector SET SCHEMA public;")
    try:
        async with connection.transaction():
            await connection.execute("CREATE EXTENSION vector SCHEMA public")
    except asyncpg.InsufficientPrivilegeError as error:
        raise IndexAway(
            "the database has no pgvector yet, and this user may not add it. Have an administrator run in it: "
            "CREATE EXTENSION vector;"
        ) from error
    except (asyncpg.FeatureNotSupportedError, asyncpg.UndefinedFileError) as error:
        raise IndexAway(
            "pgvector is not installed on its machine. Install it there (on Debian the package "
            f"postgresql-{connection.get_server_version().major}-pgvector)."
        ) from error


def remedy(error: BaseException) -> str:
    """What a failure means and what to do. Never the address: it holds a password."""
    import asyncpg

    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        return f"it refuses the user or the password. Correct {SETTING}."
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return f"there is no such database. Make it with CREATE DATABASE, or correct {SETTING}."
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return (
            f"this user may not work in the schema {SCHEMA}. Run: GRANT CREATE ON DATABASE … TO …; or drop that "
            "schema if it is another user's."
        )
    if isinstance(error, (TimeoutError, asyncpg.QueryCanceledError)):
        return "it does not answer in time. See whether it is overloaded, or cut off by a firewall."
    ended = (
        asyncpg.PostgresConnectionError,
        asyncpg.OperatorInterventionError,
        asyncpg.InterfaceError,
        OSError,
    )
    if isinstance(error, ended):
        return f"nothing answers there. See whether it runs, and whether {SETTING} is right."
    return f"it answers {getattr(error, 'sqlstate', '')} {type(error).__name__}: {error}"
