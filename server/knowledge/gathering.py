"""From a source to its chunks: read or fetched, parsed apart, cut."""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from server.knowledge.chunking import Chunk, cut
from server.knowledge.fetching import Fetched, Fetcher, Unfetchable, neighbours, pause
from server.knowledge.files import SourceFiles
from server.knowledge.models import KnowledgeSource
from server.knowledge.parsing.apart import parse_apart
from server.knowledge.parsing.blocks import Parsed, Unparsable
from server.knowledge.parsing.sniffing import Kind, sniff

HEAD = 4096
MOST_PROBLEMS = 10
"""Pages of a sitemap that are named when they could not be read."""

Progress = Callable[[int, int], Awaitable[None]]
"""Told how many of how many are done."""


class Entry(msgspec.Struct, frozen=True):
    """A frequent question, other ways to ask it, and its answer."""

    question: str
    answer: str
    also: tuple[str, ...] = ()


class Gathered(msgspec.Struct, frozen=True):
    """What a source holds. ``problems`` are pages that could not be read; ``digest`` and ``bytes`` are of the content
    as it came, ``unchanged`` says it is what it was."""

    chunks: list[Chunk] = []
    title: str = ""
    pages: int = 0
    problems: list[str] = []
    digest: str = ""
    bytes: int = 0
    etag: str = ""
    unchanged: bool = False


class Gatherer:
    """Reads sources of every kind; ``most`` is how many pages of a sitemap are taken."""

    def __init__(self, files: SourceFiles, fetcher: Fetcher, most: int) -> None:
        self.files = files
        self.fetcher = fetcher
        self.most = most

    async def gather(self, source: KnowledgeSource, progress: Progress) -> Gathered:
        """Raises `Unparsable` and `Unfetchable`."""
        if source.kind == "faq":
            return questions(source)
        if source.kind == "address":
            return await self._address(source, progress)
        return await self._document(source)

    async def _document(self, source: KnowledgeSource) -> Gathered:
        data = await self.files.read(source.organization_id, source.facts["file"])
        parsed = await parse_apart(sniff(data[:HEAD], source.origin, source.facts.get("media", "")), data)
        title = source.title or parsed.title or Path(source.origin).stem
        return Gathered(
            cut(parsed.blocks, title, source.origin), title, parsed.pages, [], digest_of(data), len(data)
        )

    async def _address(self, source: KnowledgeSource, progress: Progress) -> Gathered:
        etag = str(source.facts.get("etag", "")) if source.chunks else ""
        page = await self.fetcher.fetch(source.origin, etag)
        digest = digest_of(page.data)
        if page.unchanged:
            return Gathered(unchanged=True, etag=etag)
        kind, parsed = await _parsed(page, source.origin)
        if kind is Kind.SITEMAP:
            return await self._sitemap(source, parsed, progress)
        if source.chunks and digest == source.facts.get("digest"):
            return Gathered(unchanged=True, etag=page.etag, digest=digest)
        title = source.title or parsed.title or source.origin
        return Gathered(
            cut(parsed.blocks, title, source.origin),
            title,
            max(parsed.pages, 1),
            digest=digest,
            bytes=len(page.data),
            etag=page.etag,
        )

    async def _sitemap(self, source: KnowledgeSource, parsed: Parsed, progress: Progress) -> Gathered:
        links = neighbours(parsed.links, source.origin, self.most)
        chunks: list[Chunk] = []
        problems: list[str] = []
        at = size = 0
        while at < len(links):
            await progress(at, len(links))
            link = links[at]
            at += 1
            try:
                page = await self.fetcher.fetch(link)
                kind, found = await _parsed(page, link)
            except (Unfetchable, Unparsable) as error:
                problems.append(f"{link}: {error}")
                continue
            if kind is Kind.SITEMAP:
                further = neighbours(found.links, source.origin, self.most)
                links = list(dict.fromkeys([*links, *further]))[: self.most]
            else:
                chunks += cut(found.blocks, found.title or link, link)
                size += len(page.data)
            await pause()
        if not chunks:
            first = f" The first: {problems[0]}" if problems else " It lists no pages of its own host."
            raise Unparsable(f"None of its pages could be read.{first}")
        title = source.title or urlsplit(source.origin).hostname or source.origin
        if len(problems) > MOST_PROBLEMS:
            problems = [*problems[:MOST_PROBLEMS], f"and {len(problems) - MOST_PROBLEMS} more"]
        return Gathered(chunks, title, at - len(problems), problems, bytes=size)


async def _parsed(page: Fetched, url: str) -> tuple[Kind, Parsed]:
    kind = sniff(page.data[:HEAD], urlsplit(url).path, page.media)
    return kind, await parse_apart(kind, page.data, page.charset)


def questions(source: KnowledgeSource) -> Gathered:
    """A chunk for each question."""
    entries = msgspec.convert(source.options["entries"], list[Entry])
    chunks = [
        Chunk(
            "\n".join(" ".join(text.split()) for text in (entry.question, *entry.also, entry.answer)),
            source.title,
            origin=source.title,
            answer=entry.answer,
        )
        for entry in entries
    ]
    return Gathered(chunks, source.title, digest=digest_of(msgspec.json.encode(entries)))


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
