"""The script of a talk, as one would print a play: who says what, and small notes on what was understood."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

import msgspec

from engine.flow import Flow
from engine.protocol import (
    BargeIn,
    Button,
    Cite,
    Digit,
    End,
    Fault,
    Heard,
    HttpRequest,
    HungUp,
    Mark,
    Pressed,
    PressKeys,
    Record,
    Recording,
    Result,
    Signal,
    Speak,
    Switched,
    TakeMessage,
    TimerFired,
    Transfer,
    Trouble,
)
from engine.simulation.minds import THOUGHTS, Thought
from studio.simulator.thoughts import answer_notes, thought_note
from studio.simulator.tracing import Passage

LONGEST_ANSWER = 160
"""Characters of a service's answer that are shown."""
MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})")

Asked = HttpRequest | Thought


class Voice(StrEnum):
    """Whose line it is."""

    AGENT = "agent"
    YOU = "you"
    NOTE = "note"
    TROUBLE = "trouble"


class Line(msgspec.Struct, frozen=True):
    """One line of the script. ``record`` is the index of the record it belongs to, ``small`` is set behind it
    in small; ``heard`` is how many of its letters sounded before it was cut off, -1 for all.
    """

    voice: Voice
    text: str
    record: int
    node: str = ""
    small: str = ""
    facts: tuple[str, ...] = ()

    buttons: tuple[Button, ...] = ()
    heard: int = -1


def lines_of(records: Sequence[Record], passages: Sequence[Passage], document: Flow) -> list[Line]:
    """The whole script."""
    asked: dict[str, Asked] = {}
    names = {id: node.label or id for _, part in document.flows() for id, node in part.nodes.items()}
    lines: list[Line] = []
    labels: dict[str, str] = {}
    for index, (record, passage) in enumerate(zip(records, passages, strict=True)):
        _heard_lines(lines, record, index, names, labels, asked)
        _said_lines(lines, record, index, passage, names, labels)
        asked.update((e.id, e) for e in record.effects if isinstance(e, (HttpRequest, *THOUGHTS)))
    return lines


def _heard_lines(
    lines: list[Line],
    record: Record,
    index: int,
    names: dict[str, str],
    labels: dict[str, str],
    asked: dict[str, Asked],
) -> None:
    event = record.event
    if isinstance(event, Heard):
        lines.append(Line(Voice.YOU, event.text, index))
        note = _reading_note(event, names)
        if note:
            lines.append(Line(Voice.NOTE, note, index))
    elif isinstance(event, Digit):
        last = lines[-1] if lines else None
        if last is not None and last.voice is Voice.YOU and last.small == "keys":
            lines[-1] = msgspec.structs.replace(last, text=f"{last.text} {event.digit}", record=index)
        else:
            lines.append(Line(Voice.YOU, event.digit, index, small="keys"))
    elif isinstance(event, Pressed):
        lines.append(Line(Voice.YOU, labels.get(event.button, event.button), index, small="pressed"))
    elif isinstance(event, TimerFired):
        lines.append(Line(Voice.NOTE, "The time ran out." if _went_on(record) else "Silence.", index))
    elif isinstance(event, BargeIn):
        _cut(lines, event.heard)
    elif isinstance(event, Switched):
        aloud = event.modality == "voice"
        lines.append(Line(Voice.NOTE, "It goes on aloud." if aloud else "It goes on by text.", index))
    elif isinstance(event, Trouble):
        what = "Nothing can be heard" if event.what == "hearing" else "Nothing can be spoken"
        lines.append(Line(Voice.TROUBLE, f"{what}. {event.detail}".rstrip(), index))
    elif isinstance(event, Signal):
        lines.append(Line(Voice.NOTE, f"“{event.name}” happened.", index))
    elif isinstance(event, HungUp):
        lines.append(Line(Voice.NOTE, "You hung up.", index))
    elif isinstance(event, Result):
        request = asked.get(event.effect)
        if isinstance(request, THOUGHTS):
            lines += (Line(Voice.NOTE, note, index) for note in answer_notes(request, event))
        else:
            lines.append(Line(Voice.NOTE, _result_note(event), index))
    if record.fault:
        lines.append(Line(Voice.TROUBLE, f"The engine could not take this in: {record.fault}", index))


def _said_lines(
    lines: list[Line],
    record: Record,
    index: int,
    passage: Passage,
    names: dict[str, str],
    labels: dict[str, str],
) -> None:
    small = took_text(passage.took)
    for effect in record.effects:
        if isinstance(effect, Speak):
            labels.update({b.id: b.label for b in effect.buttons})
            facts = tuple(f"{c.title}: {c.text}" if c.text else c.title for c in effect.cards)
            lines.append(Line(Voice.AGENT, effect.text, index, effect.node, small, facts))
            small = ""
        elif isinstance(effect, HttpRequest):
            name = names.get(effect.node, effect.node)
            lines.append(
                Line(Voice.NOTE, f"{name} asks {effect.method} {unquote(effect.url)}", index, effect.node)
            )
        elif isinstance(effect, (*THOUGHTS, Cite)):
            lines.append(Line(Voice.NOTE, thought_note(effect, names), index, effect.node))
        elif isinstance(effect, Transfer | TakeMessage | Recording | PressKeys):
            name = names.get(effect.node, effect.node)
            lines.append(Line(Voice.NOTE, f"{name} {_deed(effect)}", index, effect.node))
        elif isinstance(effect, Mark):
            name = names.get(effect.node, effect.node)
            lines.append(Line(Voice.NOTE, f"{name}: {effect.name}", index, effect.node))
        elif isinstance(effect, Fault):
            text = f"{names.get(effect.node, effect.node)}: {effect.message} ({effect.code})."
            lines.append(Line(Voice.TROUBLE, text, index, effect.node))
        elif isinstance(effect, End):
            lines.append(Line(Voice.NOTE, f"The talk ended: {effect.outcome}.", index, effect.node))


def _cut(lines: list[Line], heard: str) -> None:
    """The caller cut in: what had not sounded by then was never said."""
    stretch = len(lines)
    while stretch and lines[stretch - 1].voice in (Voice.AGENT, Voice.NOTE):
        stretch -= 1
    left = heard.strip()
    for at in range(stretch, len(lines)):
        line = lines[at]
        if line.voice is not Voice.AGENT:
            continue
        sounded = len(line.text) if left.startswith(line.text) else _common(line.text, left)
        lines[at] = msgspec.structs.replace(line, heard=-1 if sounded == len(line.text) else sounded)
        left = left[sounded:].strip()


def _common(text: str, heard: str) -> int:
    count = 0
    while count < min(len(text), len(heard)) and text[count] == heard[count]:
        count += 1
    return count


def _deed(effect: Transfer | TakeMessage | Recording | PressKeys) -> str:
    match effect:
        case Transfer(to=to, manner=manner):
            return (
                f"transfers to {to}, after a word with them." if manner == "warm" else f"transfers to {to}."
            )
        case TakeMessage():
            return "takes a message."
        case Recording(action=action):
            words = {"on": "records from here on.", "pause": "stops recording for a while."}
            return words.get(action, "records no longer.")
        case PressKeys(keys=keys):
            return f"presses {keys}."


def _reading_note(event: Heard, names: dict[str, str]) -> str:
    reading = event.reading
    sure = "" if reading.confidence >= 1000 else f", {reading.confidence / 10:.0f} % sure"
    if reading.target == "":
        why = f" {sentence(reading.note)}" if reading.note else ""
        return f"Not understood.{why}"
    if reading.target in names:
        return f"That set off “{names[reading.target]}”{sure}."
    before = {"amend": "Another answer: ", "correct": "A correction: "}.get(reading.target, "")
    if reading.note:
        return f"{before}{moments(sentence(reading.note)[:-1])}{sure}."
    if plain_text(reading.value).casefold() == event.text.strip().casefold():
        return ""
    understood = f"understood as {plain_text(reading.value)}{sure}."
    return f"{before}{understood}" if before else understood.capitalize()


def _result_note(event: Result) -> str:
    if event.outcome != "ok":
        words = {"timeout": "It took too long.", "unknown": "Nobody can say what came of it."}
        return words.get(event.outcome, "It failed.") + (f" {event.detail}" if event.detail else "")
    status = event.value.get("status") if isinstance(event.value, dict) else None
    body = event.value.get("body") if isinstance(event.value, dict) else event.value
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        return f"Answered {status}: {error['message']}"
    answer = msgspec.json.encode(body).decode()
    shown = answer if len(answer) <= LONGEST_ANSWER else f"{answer[:LONGEST_ANSWER]} …"
    return f"Answered {status}: {shown}"


def _went_on(record: Record) -> bool:
    return any(isinstance(effect, Speak | End | HttpRequest) for effect in record.effects)


def sentence(text: str) -> str:
    """With a full stop and nothing around it."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def took_text(microseconds: int) -> str:
    """How long something took, in few characters."""
    if microseconds < 1000:
        return f"{microseconds} µs"
    return f"{microseconds / 1000:.0f} ms"


def plain_text(value: Any) -> str:
    """A plain value for people."""
    if value is None:
        return "not yet"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return moments(value)
    if isinstance(value, int):
        return str(value)
    return msgspec.json.encode(value).decode()


def moments(text: str) -> str:
    """Points in time in a text, written for people: ``2026-11-27 19:30``."""
    return MOMENT.sub(r"\1 \2", text)


def buttons_now(records: Sequence[Record]) -> tuple[Button, ...]:
    """The buttons on the screen: those of what was said last."""
    for record in reversed(records):
        spoken = [e for e in record.effects if isinstance(e, Speak)]
        if spoken:
            return tuple(b for e in spoken for b in e.buttons)
        if isinstance(record.event, Heard | Pressed | HungUp):
            return ()
    return ()
