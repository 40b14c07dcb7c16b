"""What models have answered, kept for when none does."""

from collections import OrderedDict

from engine.providers.llm.standby import Memory

HOUSES = 1_000
"""Organisations that are remembered for."""


class Memories:
    """One memory for each organisation, in this process only; who has not asked for the longest is forgotten."""

    def __init__(self, most: int = HOUSES) -> None:
        self._most = most
        self._memories: OrderedDict[str, Memory] = OrderedDict()

    def of(self, organization_id: str) -> Memory:
        """An organisation's own; no other ever sees it."""
        memory = self._memories.setdefault(organization_id, Memory())
        self._memories.move_to_end(organization_id)
        while len(self._memories) > self._most:
            self._memories.popitem(last=False)
        return memory
