"""The kinds there are: every module of this package that defines ``KIND``."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

from engine.kinds.kind import Kind


@cache
def all_kinds() -> Mapping[str, Kind[Any]]:
    """Every kind by its id, in the order of families and then as people would look for them."""
    package = importlib.import_module("engine.kinds")
    modules = (
        importlib.import_module(f"engine.kinds.{m.name}") for m in pkgutil.iter_modules(package.__path__)
    )
    kinds = [module.KIND for module in modules if hasattr(module, "KIND")]
    return {kind.id: kind for kind in sorted(kinds, key=lambda kind: (kind.family.order, kind.rank, kind.id))}


def kind_of(id: str) -> Kind[Any] | None:
    """The kind, or None for one this Parley does not know."""
    return all_kinds().get(id)
