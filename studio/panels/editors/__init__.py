"""Editors of fields: what a kind's form asks for, as widgets."""

from studio.panels.editors.editor import Editor, Surroundings
from studio.panels.editors.making import make_editor

__all__ = ["Editor", "Surroundings", "make_editor"]
