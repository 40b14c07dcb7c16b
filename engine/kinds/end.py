"""End: say goodbye and name what came of the conversation."""

from collections.abc import Iterable
from typing import Annotated

from engine.flow import Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import End as EndInstruction
from engine.kinds.instructions import Speak
from engine.kinds.kind import Family, Kind, NodeFields, Port, Source
from engine.kinds.listening import Words, said
from engine.kinds.say import word_sources


class EndFields(NodeFields, frozen=True):
    """The fields of end."""

    outcome: Annotated[str, Form("Outcome", "text", "What came of it, in a word: booked, gave_up.")] = "done"
    text: Annotated[Words, Form("Last words", "prompt")] = {}


class End(Kind[EndFields]):
    """End the conversation."""

    id = "end"
    family = Family.PEOPLE
    title = "End"
    summary = "Says goodbye and ends the conversation."
    structure = EndFields
    rank = 90
    ends = True

    def ports(self, fields: EndFields, document: Flow) -> tuple[Port, ...]:
        return ()

    def sources(self, fields: EndFields) -> Iterable[Source]:
        return word_sources("text", fields.text)

    def words(self, fields: EndFields, locale: str) -> str:
        return said(fields.text, locale)

    def badge(self, fields: EndFields) -> str:
        return fields.outcome

    def lower(self, node: FlowNode, fields: EndFields, build: Builder) -> None:
        if fields.text:
            build.emit(Speak(node.id, build.prompt(fields.text), build.pc + 1, interruptible=False))
        build.emit(EndInstruction(node.id, fields.outcome or "done"))


KIND = End()
