"""All findings of a flow."""

from engine.compiler.finding import Finding
from engine.flow import Flow


class Memory:
    """What is kept between two checks."""


def check(flow: Flow, memory: Memory | None = None) -> list[Finding]:
    """All findings, the worst first."""
    return []
