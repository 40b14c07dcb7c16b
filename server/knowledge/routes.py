"""Routes: knowledge bases, their sources, searching."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request

from server.accounts.access import Owner, owner_responses
from server.kit.errors import ErrorCode
from server.kit.pagination import Page, PagingQuery
from server.knowledge.finding import Finder
from server.knowledge.schemas import (
    AddressCreate,
    BaseCreate,
    BaseUpdate,
    BaseView,
    FaqCreate,
    SearchRequest,
    SearchView,
    SourceView,
    passage_view,
)
from server.knowledge.service import KnowledgeService
from server.knowledge.uploads import FORM, uploads

router = APIRouter(prefix="/knowledge", tags=["knowledge"])
NO_BASE = owner_responses(ErrorCode.KNOWLEDGE_BASE_NOT_FOUND)
NO_ROOM = owner_responses(ErrorCode.KNOWLEDGE_BASE_NOT_FOUND, ErrorCode.KNOWLEDGE_FULL)
NO_SOURCE = owner_responses(ErrorCode.KNOWLEDGE_SOURCE_NOT_FOUND)


def _service(request: Request) -> KnowledgeService:
    return cast(KnowledgeService, request.app.state.knowledge)


def _finder(request: Request) -> Finder:
    return cast(Finder, request.app.state.finder)


Knowledge = Annotated[KnowledgeService, Depends(_service)]
Finding = Annotated[Finder, Depends(_finder)]


@router.post(
    "/bases",
    status_code=201,
    responses=owner_responses(ErrorCode.AGENT_NOT_FOUND, ErrorCode.KNOWLEDGE_BASE_EXISTS),
)
async def create_base(wanted: BaseCreate, owner: Owner, knowledge: Knowledge) -> BaseView:
    """Make a knowledge base, for the organisation or for one agent."""
    return await knowledge.create(owner.organization_id, wanted)


@router.get("/bases", responses=owner_responses(ErrorCode.INVALID_CURSOR))
async def list_bases(paging: PagingQuery, owner: Owner, knowledge: Knowledge) -> Page[BaseView]:
    """Knowledge bases, newest first."""
    return await knowledge.page(owner.organization_id, paging)


@router.get("/bases/{base_id}", responses=NO_BASE)
async def get_base(base_id: str, owner: Owner, knowledge: Knowledge) -> BaseView:
    """One knowledge base."""
    return await knowledge.get(owner.organization_id, base_id)


@router.patch("/bases/{base_id}", responses=NO_BASE)
async def update_base(base_id: str, change: BaseUpdate, owner: Owner, knowledge: Knowledge) -> BaseView:
    """Change its name or description."""
    return await knowledge.update(owner.organization_id, base_id, change)


@router.delete(
    "/bases/{base_id}",
    status_code=204,
    responses=owner_responses(ErrorCode.KNOWLEDGE_BASE_NOT_FOUND, ErrorCode.KNOWLEDGE_BASE_IN_USE),
)
async def delete_base(base_id: str, owner: Owner, knowledge: Knowledge) -> None:
    """Delete it with all it holds. One that a release relies on stays."""
    await knowledge.delete(owner.organization_id, base_id)


@router.get(
    "/bases/{base_id}/sources",
    responses=owner_responses(ErrorCode.KNOWLEDGE_BASE_NOT_FOUND, ErrorCode.INVALID_CURSOR),
)
async def list_sources(
    base_id: str, paging: PagingQuery, owner: Owner, knowledge: Knowledge
) -> Page[SourceView]:
    """What a base was made from, newest first, with how far it is."""
    return await knowledge.sources(owner.organization_id, base_id, paging)


@router.post(
    "/bases/{base_id}/documents",
    status_code=202,
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": FORM}}},
    responses=owner_responses(
        ErrorCode.KNOWLEDGE_BASE_NOT_FOUND, ErrorCode.DOCUMENT_UNREADABLE, ErrorCode.KNOWLEDGE_FULL
    ),
)
async def add_document(base_id: str, request: Request, owner: Owner, knowledge: Knowledge) -> SourceView:
    """Bring a document as a form. It is read in the background; one of the same name is replaced once that is
    done."""
    await knowledge.get(owner.organization_id, base_id)
    form = await uploads(request)
    return await knowledge.add_document(owner.organization_id, base_id, form.files[0], form.title)


@router.post("/bases/{base_id}/addresses", status_code=202, responses=NO_ROOM)
async def add_address(base_id: str, wanted: AddressCreate, owner: Owner, knowledge: Knowledge) -> SourceView:
    """Read a page, or all pages of a sitemap, now and again."""
    return await knowledge.add_address(owner.organization_id, base_id, wanted)


@router.post("/bases/{base_id}/faqs", status_code=202, responses=NO_ROOM)
async def add_faq(base_id: str, wanted: FaqCreate, owner: Owner, knowledge: Knowledge) -> SourceView:
    """Give questions with their answers; a set with the same title is replaced."""
    return await knowledge.add_faq(owner.organization_id, base_id, wanted)


@router.post("/bases/{base_id}/search", responses=NO_BASE)
async def search(base_id: str, wanted: SearchRequest, owner: Owner, finder: Finding) -> SearchView:
    """What an agent would find in this base."""
    found = await finder.find(owner.organization_id, [base_id], wanted.query, wanted.count)
    return SearchView(passages=[passage_view(passage) for passage in found])


@router.get("/sources/{source_id}", responses=NO_SOURCE)
async def get_source(source_id: str, owner: Owner, knowledge: Knowledge) -> SourceView:
    """One source, with how far it is and what went wrong."""
    return await knowledge.source(owner.organization_id, source_id)


@router.post("/sources/{source_id}/refresh", status_code=202, responses=NO_SOURCE)
async def refresh_source(source_id: str, owner: Owner, knowledge: Knowledge) -> SourceView:
    """Read it again now."""
    return await knowledge.refresh(owner.organization_id, source_id)


@router.delete("/sources/{source_id}", status_code=204, responses=NO_SOURCE)
async def delete_source(source_id: str, owner: Owner, knowledge: Knowledge) -> None:
    """Delete it. Releases keep what they were published with."""
    await knowledge.forget(owner.organization_id, source_id)
