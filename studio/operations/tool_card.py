"""One tool as the agent uses it: switched on or off, its settings, its functions, its account, a call to try."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout

from studio.client.tools import AgentTool, ToolFacts, ToolFunction, Trial
from studio.operations.parts import Column, Head, Inset, Tile, button, label, restyle, row
from studio.operations.schema_form import SchemaForm
from studio.operations.trial_form import TrialForm
from studio.panels.editors.boxes import Tick
from studio.theme import Look

CONNECTIONS = {
    "missing": ("No account is connected yet.", "hint-warm"),
    "connected": ("An account is connected.", "good"),
    "broken": ("Its access was taken back. Connect an account again.", "trouble"),
}


class ToolCard(Inset):
    """``saved`` brings enabled, settings and the functions that are switched off; ``connected``, ``refreshed`` (list
    its functions again) and ``forgotten`` ask for just that; ``tried`` brings a function and arguments."""

    saved = Signal(bool, dict, list)
    connected = Signal()
    refreshed = Signal()
    forgotten = Signal()
    tried = Signal(str, dict)

    def __init__(self, look: Look, facts: ToolFacts | None, state: AgentTool) -> None:
        super().__init__(8)
        self.facts = facts
        self.state = state
        self._quiet = False
        self._head(look)
        self.body = Column(8)
        self.column.addWidget(self.body)
        self.body.hide()
        self.trouble = label("", "trouble")
        self.form = SchemaForm(facts.config_schema if facts is not None else {})
        self.ticks: dict[str, Tick] = {}
        self._hints: dict[str, QLabel] = {}
        self._functions = Column(4)
        self.account = label("", "good")
        self._connect = button("Connect an account…", "choice", self.connected.emit)
        self.trial = TrialForm(functions_of(facts, state))
        self.trial.called.connect(self.tried)
        self._fill()
        self.show_state(state)

    def _head(self, look: Look) -> None:
        head = Head()
        names = QVBoxLayout()
        names.setSpacing(1)
        names.addWidget(label(self.state.title, "row-name"))
        self._line = label("", "hint")
        names.addWidget(self._line)
        self.switch = Tick()
        self.switch.setAccessibleName(f"Use {self.state.title}")
        self.switch.toggled.connect(lambda _: None if self._quiet else self._save_switches())
        head.line.addWidget(
            Tile(look, "http" if self.facts is not None and self.facts.listed else "tool", "Act")
        )
        head.line.addLayout(names, 1)
        head.line.addWidget(self.switch)
        head.setAccessibleName(f"{self.state.title}: show its settings")
        head.pressed.connect(lambda: self.unfold(self.body.isHidden()))
        self.column.addWidget(head)

    def unfold(self, open: bool) -> None:
        """Show its settings, or put them away."""
        self.body.setVisible(open)

    def _fill(self) -> None:
        column = self.body.column
        if self.facts is not None:
            column.addWidget(label(self.facts.description, "second"))
        self._account_row = Column(6)
        self._account_row.column.addWidget(self.account)
        self._account_row.column.addLayout(row(self._connect))
        self.save_button: QPushButton = button("Save the settings", "small-go", self.save)
        if self.form.fields:
            column.addWidget(label("Settings", "section"))
            column.addWidget(self.form)
            column.addLayout(row(self.save_button, button("Forget it all", "link", self.forgotten.emit)))
        else:
            column.addLayout(row(button("Forget it all", "link", self.forgotten.emit)))
        column.addWidget(self.trouble)
        column.addWidget(self._account_row)
        column.addWidget(label("What it may do", "section"))
        column.addWidget(self._functions)
        if self.facts is not None and self.facts.listed:
            column.addLayout(row(button("List them again", "link", self.refreshed.emit)))
        self._try = label("Try it", "section")
        column.addWidget(self._try)
        column.addWidget(self.trial)

    def show_state(self, state: AgentTool) -> None:
        """Show how the agent uses it; what one is typing in the settings stays."""
        fresh = state.config != self.state.config or state.secrets != self.state.secrets or not self.ticks
        self.state = state
        self._quiet = True
        self.switch.setChecked(state.enabled)
        self.switch.setEnabled(not state.stale)
        if fresh:
            self.form.show_values(state.config, frozenset(state.secrets))
        known = {function.name for function in state.functions}
        for name in [name for name in self.ticks if name not in known]:
            for part in (self.ticks.pop(name), self._hints.pop(name)):
                part.hide()
                part.deleteLater()
        for function in state.functions:
            self._show_function(function.name, function.enabled, stale=function.stale)
        self._quiet = False
        words, role = CONNECTIONS.get(state.connection, ("", "good"))
        self.account.setText(words)
        restyle(self.account, role)
        self._account_row.setVisible(bool(words) and bool(state.id))
        self._connect.setText(
            "Connect an account…" if state.connection != "connected" else "Another account…"
        )
        self._line.setText(line_of(state))
        restyle(self._line, "trouble" if state.problem else "hint")
        ready = bool(state.id) and not state.stale and bool(functions_of(self.facts, state))
        self.trial.show_functions(functions_of(self.facts, state))
        self.trial.setVisible(ready)
        self._try.setVisible(ready)
        self.show_trouble("")

    def _show_function(self, name: str, enabled: bool, *, stale: bool) -> None:
        tick = self.ticks.get(name)
        if tick is None:
            tick = Tick(name)
            tick.toggled.connect(lambda _: None if self._quiet else self._save_switches())
            facts = next((f for f in functions_of(self.facts, self.state) if f.name == name), None)
            self._functions.column.addWidget(tick)
            words = (
                "It is no longer there, and never called." if stale else facts.description if facts else ""
            )
            hint = label(words, "hint")
            hint.setContentsMargins(24, 0, 0, 2)
            self._functions.column.addWidget(hint)
            self.ticks[name], self._hints[name] = tick, hint
        tick.setChecked(enabled)
        tick.setEnabled(not stale)

    @property
    def _off(self) -> list[str]:
        return [name for name, tick in self.ticks.items() if not tick.isChecked()]

    def save(self) -> None:
        """Save the settings as they stand in the form; a tool that is set up for the first time is switched on."""
        try:
            values: dict[str, Any] = self.form.values()
        except ValueError as error:
            self.show_trouble(str(error))
            return
        self.saved.emit(self.state.enabled or not self.state.id, values, self._off)

    def _save_switches(self) -> None:
        if not self.state.id and self.form.fields:
            self.unfold(True)
            self.save()
            self._quiet = True
            self.switch.setChecked(self.state.enabled)
            self._quiet = False
        else:
            self.saved.emit(self.switch.isChecked(), self.state.config, self._off)

    def show_trial(self, trial: Trial) -> None:
        """Show what came of a call."""
        self.trial.show_trial(trial)

    def show_trouble(self, words: str) -> None:
        """Say what went wrong."""
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))


def functions_of(facts: ToolFacts | None, state: AgentTool) -> tuple[ToolFunction, ...]:
    """The functions that can be called: those in code, or those a service lists."""
    if facts is not None and not facts.listed:
        return facts.functions
    return tuple(
        ToolFunction(f.name, f.description, f.arguments, f.changes) for f in state.functions if not f.stale
    )


def line_of(state: AgentTool) -> str:
    """How the tool stands, in a line."""
    if state.problem:
        return state.problem
    if not state.id:
        return "Not set up"
    if not state.enabled:
        return "Switched off"
    account = {"missing": "No account yet", "broken": "Access was taken back", "connected": "Connected"}
    on = sum(function.enabled for function in state.functions)
    return " · ".join(part for part in (account.get(state.connection, ""), f"{on} functions") if part)
