"""Knowledge as a talk asks for it (`engine.conversation.ports.Knowledge`)."""

import asyncio

import msgspec
import structlog

from engine.conversation.ports import Outcome
from engine.protocol import SearchKnowledge
from server.kit.errors import ApiError
from server.knowledge.finding import Finder
from server.knowledge.pinning import Scope

log = structlog.get_logger()


class TalkKnowledge:
    """Searches what one talk may know."""

    def __init__(self, finder: Finder, organization_id: str, scope: Scope) -> None:
        self.finder = finder
        self.organization_id = organization_id
        self.scope = scope

    async def search(self, request: SearchKnowledge, key: str) -> Outcome:
        """Passages, best first, as plain data. Never raises."""
        names = [self.scope.known.get(name, "") for name in request.scope] or list(self.scope.own)
        if "" in names:
            missing = request.scope[names.index("")]
            return Outcome(
                "error", None, f'The release knows no knowledge base "{missing}". Publish it again.'
            )
        try:
            async with asyncio.timeout(request.timeout / 1000):
                found = await self.finder.find(self.organization_id, names, request.question, request.count)
        except TimeoutError:
            return Outcome("timeout", None, f"Nothing was found within {request.timeout} ms.")
        except ApiError as error:
            return Outcome("error", None, error.message)
        except Exception as error:  # the engine must get an answer, whatever a library thinks of
            log.exception("a search failed oddly", node=request.node)
            return Outcome("error", None, f"{type(error).__name__}: {error}")
        return Outcome("ok", msgspec.to_builtins(found))
