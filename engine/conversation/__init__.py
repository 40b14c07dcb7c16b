"""Performing effects: the driver of a live session, over ports."""

from engine.conversation.conversation import Closed, Conversation, button_ids
from engine.conversation.hearing import hear
from engine.conversation.ports import (
    Busy,
    Channel,
    Clock,
    Duplicate,
    EventLog,
    Fenced,
    Handle,
    Outcome,
    SessionRef,
    Tools,
)

__all__ = [
    "Busy",
    "Channel",
    "Clock",
    "Closed",
    "Conversation",
    "Duplicate",
    "EventLog",
    "Fenced",
    "Handle",
    "Outcome",
    "SessionRef",
    "Tools",
    "button_ids",
    "hear",
]
