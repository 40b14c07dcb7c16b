"""Routes: the widget's settings."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request

from server.accounts.access import Owner, owner_responses
from server.deployments.schemas import WidgetSettings
from server.deployments.service import DeploymentService
from server.kit.errors import ErrorCode

router = APIRouter(prefix="/agents/{agent_id}/widget", tags=["deployments"])
MISSING = owner_responses(ErrorCode.AGENT_NOT_FOUND)


def _service(request: Request) -> DeploymentService:
    return cast(DeploymentService, request.app.state.deployments)


Deployments = Annotated[DeploymentService, Depends(_service)]


@router.get("", responses=MISSING)
async def get_widget(agent_id: str, owner: Owner, deployments: Deployments) -> WidgetSettings:
    """The agent's widget settings."""
    return await deployments.widget(owner.organization_id, agent_id)


@router.put("", responses=MISSING)
async def put_widget(
    agent_id: str, settings: WidgetSettings, owner: Owner, deployments: Deployments
) -> WidgetSettings:
    """Replace the agent's widget settings."""
    return await deployments.set_widget(owner.organization_id, agent_id, settings)
