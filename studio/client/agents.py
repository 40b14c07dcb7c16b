"""Agents on the server: finding and making them, saving a draft, publishing a release."""

from typing import Any

import msgspec

from engine.flow import Flow, Layout, dump_flow, dump_layout
from studio.client.api import Api, ServerTrouble


class Agent(msgspec.Struct, frozen=True):
    """An agent as the server lists it. ``revision`` is its draft's; ``release`` the number new visitors meet, 0
    for none.
    """

    id: str
    name: str
    public_id: str = ""
    revision: int = 0
    release: int = 0


class Published(msgspec.Struct, frozen=True):
    """What came of publishing. ``unchanged``: the latest release was this very program already."""

    agent: Agent
    number: int
    unchanged: bool
    page: str


async def list_agents(api: Api) -> list[Agent]:
    """All agents, newest first. Raises `ServerTrouble`."""
    agents: list[Agent] = []
    cursor = ""
    while True:
        body, _ = await api.call("GET", f"/api/v1/agents?limit=100{f'&cursor={cursor}' if cursor else ''}")
        agents += [_agent(item) for item in body["items"]]
        cursor = body.get("next_cursor") or ""
        if not cursor:
            return agents


async def create_agent(api: Api, name: str, description: str = "") -> Agent:
    """A new agent with an empty draft. Raises `ServerTrouble`."""
    body, _ = await api.call("POST", "/api/v1/agents", json={"name": name, "description": description})
    return _agent(body)


async def read_agent(api: Api, id: str) -> Agent:
    """One agent as it is now. Raises `ServerTrouble`."""
    body, _ = await api.call("GET", f"/api/v1/agents/{id}")
    return _agent(body)


async def save_draft(api: Api, agent: Agent, flow: Flow, layout: Layout, *, overwrite: bool = False) -> int:
    """Save the draft over the revision ``agent`` was read with; answers with the new one.

    Raises `ServerTrouble`; its ``conflict`` says that the draft was changed meanwhile. ``overwrite`` saves in any case.
    """
    content = msgspec.json.encode(
        {"flow": msgspec.Raw(dump_flow(flow)), "layout": msgspec.Raw(dump_layout(layout))}
    )
    revision = "*" if overwrite else f'"{agent.revision}"'
    body, _ = await api.call(
        "PUT", f"/api/v1/agents/{agent.id}/flow", content=content, headers={"If-Match": revision}
    )
    return int(body["revision"])


async def publish(
    api: Api, agent: Agent, flow: Flow, layout: Layout, *, overwrite: bool = False
) -> Published:
    """Save the draft and make a release of it. Raises `ServerTrouble`; its details hold the findings that forbid it."""
    revision = await save_draft(api, agent, flow, layout, overwrite=overwrite)
    body, _ = await api.call("POST", f"/api/v1/agents/{agent.id}/publish", json={"revision": revision})
    now = msgspec.structs.replace(agent, revision=revision, release=int(body["number"]))
    return Published(
        now, now.release, bool(body.get("unchanged")), f"{api.address}/demo?agent={agent.public_id}"
    )


def conflict_words(trouble: ServerTrouble, agent: Agent) -> str:
    """A conflict in plain words."""
    details: dict[str, Any] = trouble.details if isinstance(trouble.details, dict) else {}
    theirs = next((details[k] for k in ("current_revision",) if k in details), None)
    number = f" (revision {theirs}, yours was made from {agent.revision})" if theirs is not None else ""
    return (
        f"“{agent.name}” was changed on the server since you looked{number}. "
        "Publish over it, or save your flow elsewhere and look at theirs first."
    )


def _agent(body: dict[str, Any]) -> Agent:
    release = body.get("release") or {}
    return Agent(
        body["id"],
        body["name"],
        body.get("public_id", ""),
        int(body.get("draft_revision", 0)),
        int(release.get("number", 0)),
    )
