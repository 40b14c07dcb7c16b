"""Edits of frames and of comments: what stands on the canvas and changes no program."""

import base64
import secrets

from engine.flow import Comment, Group
from studio.document.edits import NOTHING
from studio.document.patch import Edit, Patch, Place, State


def add_group(state: State, group: Group) -> tuple[Edit, str]:
    """Draw a frame; returns its id as well."""
    id = _fresh("g_")
    return Edit(f"Frame “{group.title}”", Patch(groups={id: group})), id


def put_group(state: State, id: str, group: Group, places: dict[str, Place] | None = None) -> Edit:
    """Change a frame, and move the nodes that move with it."""
    return Edit(f"Change the frame “{group.title}”", Patch(groups={id: group}, places=places or {}))


def remove_group(state: State, id: str) -> Edit:
    """Take a frame away; what stands in it stays."""
    group = state.layout.groups.get(id)
    return Edit(f"Remove the frame “{group.title}”", Patch(groups={id: None})) if group else NOTHING


def put_comment(state: State, id: str, comment: Comment | None) -> Edit:
    """Write, change or (None) remove a comment; an empty id is a new one."""
    return Edit(
        "Write a comment" if comment else "Remove a comment", Patch(comments={id or _fresh("c_"): comment})
    )


def _fresh(prefix: str) -> str:
    return prefix + base64.b32encode(secrets.token_bytes(5)).decode().lower()
