"""Which editor edits which field."""

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.kinds import FieldSpec
from studio.panels.editors.choices import (
    ChoiceEditor,
    DurationEditor,
    FlowEditor,
    NodeEditor,
    NumberEditor,
    ToggleEditor,
    TypeEditor,
    VariableEditor,
)
from studio.panels.editors.editor import Editor, Surroundings
from studio.panels.editors.tables import MapEditor, StructureList, TextsEditor
from studio.panels.editors.texts import LadderEditor, SourceEditor, TextEditor, WordsEditor

Maker = Callable[[FieldSpec, str, Surroundings], Editor]


def make_editor(spec: FieldSpec, path: str, around: Surroundings) -> Editor:
    """The editor for a field; a plain text for an editor this studio does not know."""
    if spec.editor == "texts" and spec.name == "outputs":
        return MapEditor(spec, path, around)
    return _MAKERS.get(spec.editor, TextEditor)(spec, path, around)


def labelled(spec: FieldSpec, editor: Editor) -> QWidget:
    """An editor under its label. A switch carries its own."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(3)
    if spec.editor != "toggle":
        label = QLabel(spec.label)
        label.setProperty("role", "label")
        label.setToolTip(spec.help)
        label.setBuddy(editor.first_field())
        layout.addWidget(label)
    layout.addWidget(editor)
    return holder


_MAKERS: dict[str, Maker] = {
    "prompt": WordsEditor,
    "prompts": LadderEditor,
    "template": SourceEditor,
    "expression": SourceEditor,
    "text": TextEditor,
    "variable": VariableEditor,
    "number": NumberEditor,
    "duration": DurationEditor,
    "toggle": ToggleEditor,
    "choice": ChoiceEditor,
    "list": StructureList,
    "texts": TextsEditor,
    "expressions": MapEditor,
    "templates": MapEditor,
    "node": NodeEditor,
    "flow": FlowEditor,
    "type": TypeEditor,
}
