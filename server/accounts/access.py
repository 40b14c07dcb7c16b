"""The gate in front of routes: who may pass."""

from typing import Annotated, Any, cast

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from server.accounts.service import AccountService, Principal
from server.kit.envelope import responses
from server.kit.errors import ErrorCode

_bearer = HTTPBearer(auto_error=False, description="The owner token; `parley token` shows it.")


def owner_responses(*codes: ErrorCode) -> dict[int | str, dict[str, Any]]:
    """The ``responses=`` of a route behind the gate."""
    return responses(
        ErrorCode.AUTHENTICATION_REQUIRED, ErrorCode.INVALID_TOKEN, ErrorCode.KEY_IN_BROWSER, *codes
    )


async def principal(
    request: Request, _shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    """Who is asking; raises `ApiError` for nobody we know."""
    accounts = cast(AccountService, request.app.state.accounts)
    found = accounts.authenticate(request.headers.get("authorization", ""), request.headers.get("origin"))
    structlog.contextvars.bind_contextvars(organization=found.organization_id)
    return found


Owner = Annotated[Principal, Depends(principal)]
