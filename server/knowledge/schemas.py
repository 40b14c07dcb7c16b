"""Knowledge, as the API takes and shows it."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from engine.protocol import Passage
from server.kit.clock import iso
from server.knowledge.fetching import tidy_address
from server.knowledge.models import KnowledgeBase, KnowledgeSource


def _printable(text: str) -> str:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        raise ValueError("must have no control characters")
    return text.strip()


def _readable(text: str) -> str:
    if "\0" in text:
        raise ValueError("must have no NUL character")
    return text.strip()


def _said(text: str) -> str:
    if not _readable(text):
        raise ValueError("must have words in it")
    return _readable(text)


Name = Annotated[str, AfterValidator(_printable), Field(min_length=1, max_length=200)]
Title = Annotated[str, AfterValidator(_printable), Field(max_length=200)]
Words = Annotated[str, AfterValidator(_said), Field(min_length=1, max_length=4000)]
Description = Annotated[str, AfterValidator(_readable), Field(max_length=5000)]
Address = Annotated[str, AfterValidator(tidy_address), Field(max_length=2000)]
State = Literal["waiting", "reading", "embedding", "ready", "failed"]


class BaseCreate(BaseModel):
    """A new knowledge base. With ``agent_id`` it is that agent's own."""

    name: Name
    description: Description = ""
    agent_id: str | None = None


class BaseUpdate(BaseModel):
    """What changes; the rest stays."""

    name: Name | None = None
    description: Description | None = None


class BaseView(BaseModel):
    """A knowledge base."""

    id: str
    agent_id: str | None
    name: str
    description: str
    sources: int
    chunks: int
    created_at: str
    updated_at: str


class FaqEntry(BaseModel):
    """A frequent question, other ways to ask it, and the words to answer it with."""

    question: Words
    answer: Words
    also: Annotated[list[Words], Field(max_length=50)] = []


class FaqCreate(BaseModel):
    """Questions with answers. A set with the same title is replaced."""

    title: Name = "Frequent questions"
    entries: Annotated[list[FaqEntry], Field(min_length=1, max_length=2000)]


class AddressCreate(BaseModel):
    """A page or document on the web, or a sitemap: then all its pages on the same host are read."""

    url: Address
    title: Title = ""
    recrawl_hours: int = Field(
        0, ge=0, le=8760, description="Read it again after so many hours; 0 for never."
    )


class SourceView(BaseModel):
    """A source. ``progress`` is per mille. When it ``failed``, ``problem`` says why, and what was read before is
    still found."""

    id: str
    base_id: str
    kind: Literal["document", "address", "faq"]
    title: str
    origin: str = Field(description="The file's name, or the address.")
    state: State
    progress: int
    problem: str
    problems: list[str] = Field(description="Pages that could not be read, and why.")
    note: str = Field(description="What is worth knowing, like that no model is installed.")
    chunks: int
    pages: int
    bytes: int
    recrawl_hours: int
    next_at: str | None
    created_at: str
    updated_at: str


class SearchRequest(BaseModel):
    """What to look for."""

    query: Annotated[str, AfterValidator(_readable), Field(min_length=1, max_length=2000)]
    count: int = Field(5, ge=1, le=50)


class PassageView(BaseModel):
    """A piece of knowledge. ``score`` is per mille: how well it fits."""

    id: str
    text: str
    title: str
    where: str
    url: str
    score: int
    answer: str


class SearchView(BaseModel):
    """The passages that fit best, best first."""

    passages: list[PassageView]


class AgentFaq(BaseModel):
    """A frequent question of an agent."""

    question: Words
    answer: Words


class AgentDocument(BaseModel):
    """Text given in place of a file."""

    name: Name
    content: Annotated[str, Field(min_length=1)]


class AgentKnowledge(BaseModel):
    """What an agent is to know, in one request. The lists are added to what it knows; questions replace the ones
    given so before."""

    documents: Annotated[list[AgentDocument], Field(max_length=100)] = []
    urls: Annotated[list[Address], Field(max_length=100)] = []
    faqs: Annotated[list[AgentFaq], Field(max_length=2000)] = []


class AgentKnowledgeView(BaseModel):
    """What an agent knows."""

    base_id: str | None
    documents: list[SourceView]
    urls: list[SourceView]
    faqs: list[AgentFaq]


def base_view(base: KnowledgeBase, sources: int, chunks: int) -> BaseView:
    """As the API shows it."""
    return BaseView(
        id=base.id,
        agent_id=base.agent_id,
        name=base.name,
        description=base.description,
        sources=sources,
        chunks=chunks,
        created_at=iso(base.created_at),
        updated_at=iso(base.updated_at),
    )


def source_view(source: KnowledgeSource) -> SourceView:
    """As the API shows it."""
    facts: dict[str, Any] = source.facts
    return SourceView.model_validate(
        {
            "id": source.id,
            "base_id": source.base_id,
            "kind": source.kind,
            "title": source.title,
            "origin": source.origin,
            "state": source.state,
            "progress": source.progress,
            "problem": source.problem,
            "problems": facts.get("problems", []),
            "note": facts.get("note", ""),
            "chunks": source.chunks,
            "pages": facts.get("pages", 0),
            "bytes": facts.get("bytes", 0),
            "recrawl_hours": source.options.get("recrawl_hours", 0),
            "next_at": None if source.next_at is None else iso(source.next_at),
            "created_at": iso(source.created_at),
            "updated_at": iso(source.updated_at),
        }
    )


def passage_view(passage: Passage) -> PassageView:
    """As the API shows it."""
    return PassageView(
        id=passage.id,
        text=passage.text,
        title=passage.title,
        where=passage.where,
        url=passage.url,
        score=passage.score,
        answer=passage.answer,
    )
