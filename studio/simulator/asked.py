"""What a model, the knowledge or a tool is asked in a rehearsal: the prompt as it will be sent, what the model may
call, and answers as one types them."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from engine.conversation.judging import by_examples
from engine.conversation.ports import Ability
from engine.kinds.converse import EXIT
from engine.kinds.program import Program
from engine.kinds.thoughts import Generate
from engine.protocol import AskModel, CallTool, JudgeIntent, SearchKnowledge
from engine.protocol.script import Answer
from engine.providers.llm.asking import prompt_of
from engine.providers.llm.tokens import of_prompt
from engine.simulation.minds import Thought

FAILURES: tuple[tuple[str, str], ...] = (("It fails", "error"), ("Too slow", "timeout"))
MODEL_FAILURES = (*FAILURES, ("It refuses", "refused"), ("Off limits", "off_limits"))
TOOL_FAILURES = (*FAILURES, ("Nobody knows", "unknown"))
NOBODY = "Write something first: the words that are said, or the value."
YES, NO = ("yes", "true"), ("no", "false")


def failures_of(thought: Thought) -> tuple[tuple[str, str], ...]:
    """What can go wrong, in words, with the outcome it is."""
    if isinstance(thought, AskModel):
        unknown = (("It does not know", "not_known"),) if thought.purpose == "answer" else ()
        return (*MODEL_FAILURES, *unknown)
    return TOOL_FAILURES if isinstance(thought, CallTool) else FAILURES


def abilities_of(program: Program, asked: AskModel) -> list[Ability]:
    """What the model may call: functions of the flow, and the node's ways out."""
    exits = {
        EXIT + way.id: way
        for i in program.instructions
        if isinstance(i, Generate) and i.node == asked.node
        for way in i.exits
    }
    found = []
    for name in asked.functions:
        code = program.functions.get(name) or exits.get(name)
        if code is not None:
            found.append(Ability(name, code.description, code.schema))
    return found


def prompt_text(program: Program, asked: AskModel) -> tuple[str, int]:
    """The prompt as it will be sent, for people to read, and about how many tokens it has."""
    prompt = prompt_of(asked, abilities_of(program, asked))
    parts = [f"{said.role.upper()}\n{said.text or _calls(said.calls)}" for said in prompt.messages]
    for function in prompt.functions:
        parts.append(f"FUNCTION {function.name}\n{function.description}\n{_json(function.parameters)}")
    if prompt.schema is not None:
        parts.append(f"ANSWERS WITH\n{_json(prompt.schema)}")
    return "\n\n".join(parts), of_prompt(prompt)


def question_of(thought: Thought) -> str:
    """What is asked, in a sentence."""
    match thought:
        case AskModel(purpose=purpose):
            return f"A model is asked to {purpose}."
        case SearchKnowledge(question=question):
            return f"The knowledge is asked: “{question}”."
        case JudgeIntent(text=text):
            return f"“{text}”: which of these is it?"
        case CallTool(tool=tool, arguments=arguments):
            return f"The tool {call_text(tool, arguments)} is called."


def call_text(name: str, arguments: Mapping[str, Any]) -> str:
    """A call as one reads it: ``book(room="12", nights=2)``."""
    given = (f"{key}={msgspec.json.encode(value).decode()}" for key, value in arguments.items())
    return f"{name}({', '.join(given)})"


def intents_of(asked: JudgeIntent) -> list[tuple[str, int]]:
    """The intents with what their own examples make of the words (per mille), the likeliest first."""
    return by_examples(asked)


def arguments_of(schema: Any) -> Mapping[str, Any]:
    """The arguments of a JSON Schema, by name."""
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    return properties if isinstance(properties, Mapping) else {}


def type_words(schema: Any) -> str:
    """What to type for a value of this schema."""
    schema = schema if isinstance(schema, Mapping) else {}
    if isinstance(schema.get("enum"), list):
        return " | ".join(str(one) for one in schema["enum"])
    kinds = _kinds(schema)
    words = {
        "integer": "a whole number",
        "number": "a number",
        "boolean": "yes or no",
        "array": "a list, as JSON",
        "object": "JSON",
    }
    shape = {"date": "2026-11-27", "time": "19:30", "date-time": "2026-11-27T19:30"}.get(
        str(schema.get("format"))
    )
    return next(
        (words[kind] for kind in kinds if kind in words), shape or str(schema.get("description", "text"))
    )


def typed(name: str, text: str, schema: Any) -> Any:
    """What was typed for an argument, as a plain value. Raises ``ValueError`` with what to type instead."""
    kinds = _kinds(schema if isinstance(schema, Mapping) else {})
    text = text.strip()
    try:
        if "integer" in kinds:
            return int(text)
        if "number" in kinds:
            return msgspec.json.decode(text, type=int | float)
        if "boolean" in kinds:
            if text.lower() not in YES + NO:
                raise ValueError
            return text.lower() in YES
        if "array" in kinds or "object" in kinds:
            return msgspec.json.decode(text)
    except (ValueError, msgspec.DecodeError):
        raise ValueError(f"“{text}” does not fit {name}: write {type_words(schema)}.") from None
    return text


def values_of(texts: Mapping[str, str], schema: Any) -> dict[str, Any]:
    """What was typed for each argument; those left empty are left out. Raises ``ValueError``."""
    arguments = arguments_of(schema)
    return {name: typed(name, text, arguments[name]) for name, text in texts.items() if text.strip()}


def called(name: str, arguments: Mapping[str, Any]) -> Answer:
    """The model's wish to call a function, or to leave by a way."""
    return Answer(body={"calls": [{"id": "c1", "name": name, "arguments": dict(arguments)}]})


def found(text: str, title: str) -> Answer:
    """One passage that was found; without words, none."""
    if not text.strip():
        return Answer(body=[])
    passage = {"id": "typed", "text": text.strip(), "title": title.strip() or "Typed here", "score": 900}
    return Answer(body=[passage])


def judged(asked: JudgeIntent, intent: str) -> Answer:
    """The intent that was chosen; empty for none of them."""
    candidates = [{"id": id, "score": score} for id, score in intents_of(asked)]
    return Answer(body={"intent": intent, "by": "examples", "candidates": candidates})


def _kinds(schema: Mapping[str, Any]) -> tuple[str, ...]:
    kinds = schema.get("type", "")
    return tuple(kinds) if isinstance(kinds, list) else (str(kinds),)


def _calls(calls: Any) -> str:
    return "\n".join(_each(calls))


def _each(calls: Any) -> Iterator[str]:
    for call in calls:
        yield call_text(call.name, call.arguments)


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
