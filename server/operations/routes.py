"""Routes: health and the list of routes."""

import html
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse

from server.kit.envelope import responses
from server.kit.errors import ApiError, ErrorCode
from server.operations.service import OperationsService

router = APIRouter(tags=["operations"])


def _service(request: Request) -> OperationsService:
    return cast(OperationsService, request.app.state.operations)


Operations = Annotated[OperationsService, Depends(_service)]


@router.get("/health", responses=responses())
async def health(operations: Operations) -> JSONResponse:
    """Everything about how the server is. 503 when it is not well."""
    report = await operations.report()
    return JSONResponse(report, 200 if report["status"] == "healthy" else 503)


@router.get("/health/live", responses=responses())
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/health/ready", responses=responses(ErrorCode.NOT_READY))
async def ready(operations: Operations) -> dict[str, str]:
    """Sessions can begin."""
    report = await operations.report()
    if not report["ready"]:
        raise ApiError(ErrorCode.NOT_READY, details=report["services"])
    return {"status": "ready"}


@router.get("/health/components", responses=responses())
async def components(operations: Operations) -> dict[str, Any]:
    """What each part says."""
    return cast(dict[str, Any], (await operations.report())["components"])


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """The API on one page, made from the OpenAPI document; loads nothing from anywhere."""
    document = request.app.openapi()
    rows = []
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            codes = ", ".join(sorted(route["responses"]))
            rows.append(
                f"<tr><td><b>{method.upper()}</b></td><td><code>{html.escape(path)}</code></td>"
                f"<td>{html.escape(route.get('description', ''))}</td><td>{codes}</td></tr>"
            )
    page = (
        "<!doctype html><meta charset=utf-8><title>Parley API</title><style>body{font:15px/1.5 system-ui;"
        "margin:2rem auto;max-width:70rem;padding:0 1rem}td{padding:.4rem .8rem;border-top:1px solid #ddd;"
        "vertical-align:top}</style><h1>Parley API</h1><p>Send the owner token as "
        '<code>Authorization: Bearer …</code>. The full description: <a href="/openapi.json">openapi.json</a>.</p>'
        "<table>"
        f"{''.join(rows)}</table>"
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})
