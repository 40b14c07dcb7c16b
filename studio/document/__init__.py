"""The open document, free of Qt: state, edits as patches with an inverse, undo, journal, files, search."""

from studio.document.catalogue import Card, CardPort, Catalogue, EngineCatalogue, KindCard
from studio.document.change import Change
from studio.document.document import Document, find_recovery
from studio.document.files import OpenError, SaveError
from studio.document.journal import Recovery
from studio.document.patch import Edit, Patch, Place, State
from studio.document.selection import Selection

__all__ = [
    "Card",
    "CardPort",
    "Catalogue",
    "Change",
    "Document",
    "Edit",
    "EngineCatalogue",
    "KindCard",
    "OpenError",
    "Patch",
    "Place",
    "Recovery",
    "SaveError",
    "Selection",
    "State",
    "find_recovery",
]
