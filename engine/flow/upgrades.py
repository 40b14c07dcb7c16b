"""Upgrades between schema versions: pure functions from the raw JSON of one version to that of the next.

There is one golden fixture a version in ``tests/engine/flow/versions``; a fixture is never deleted.
"""

from collections.abc import Callable, Mapping
from typing import Any

SCHEMA = 1

Raw = dict[str, Any]

UPGRADES: Mapping[int, Callable[[Raw], Raw]] = {}
"""``UPGRADES[n]`` turns a document of schema n into one of schema n + 1."""


def upgrade(document: Raw, upgrades: Mapping[int, Callable[[Raw], Raw]] = UPGRADES, to: int = SCHEMA) -> Raw:
    """Bring a raw document to schema ``to``. Raises ``KeyError`` with the version for which there is no
    upgrade."""
    version = document["schema"]
    while version < to:
        document = {**upgrades[version](document), "schema": version + 1}
        version += 1
    return document
