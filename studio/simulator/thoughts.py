"""What was asked of models, knowledge and tools, and what they answered, as lines of the script."""

from collections.abc import Iterator
from typing import Any

import msgspec

from engine.protocol import AskModel, CallTool, Cite, JudgeIntent, Result, SearchKnowledge
from engine.simulation.minds import Thought
from studio.simulator.asked import call_text
from studio.simulator.usage import usage_words

LONGEST = 160
"""Characters of an answer that are shown."""
FAILED = {
    "timeout": "It took too long.",
    "unknown": "Nobody can say what came of it.",
    "refused": "The model refused.",
    "off_limits": "That is none of its business.",
    "not_known": "The model does not know.",
}


def thought_note(effect: Thought | Cite, names: dict[str, str]) -> str:
    """What is asked, or the sources of what was said."""
    name = names.get(effect.node, effect.node)
    match effect:
        case Cite(sources=sources):
            return "Sources: " + "; ".join(
                ", ".join(p for p in (s.title, s.where, s.url) if p) for s in sources
            )
        case AskModel(purpose=purpose):
            return f"{name} asks a model to {purpose}."
        case SearchKnowledge(question=question):
            return f"{name} looks up “{question}”."
        case JudgeIntent(text=text):
            return f"{name} asks what “{text}” may be."
        case CallTool(tool=tool, arguments=arguments):
            return f"{name} calls {call_text(tool, arguments)}."


def answer_notes(asked: Thought, event: Result) -> Iterator[str]:
    """What came of it; a model's words are lines of their own and need no note."""
    if event.outcome != "ok":
        yield FAILED.get(event.outcome, "It failed.") + (f" {event.detail}" if event.detail else "")
        return
    value = event.value
    match asked:
        case AskModel() if isinstance(value, dict):
            yield from _model_notes(value)
        case SearchKnowledge() if isinstance(value, list):
            titles = ", ".join(dict.fromkeys(_found(p) for p in value if isinstance(p, dict)))
            yield f"Found {len(value)}: {titles}" if value else "Nothing found."
        case JudgeIntent() if isinstance(value, dict):
            scores = ", ".join(
                f"{c.get('id')} {int(c.get('score') or 0) / 10:.0f} %" for c in value.get("candidates") or ()
            )
            yield (
                f"It is “{value['intent']}” ({scores})."
                if value.get("intent")
                else f"None of them ({scores})."
            )
        case _:
            yield f"Answered {_short(value)}"


def _found(passage: dict[str, Any]) -> str:
    title = str(passage.get("title") or passage.get("id"))
    score = passage.get("score")
    return f"{title} ({score / 10:.0f} %)" if isinstance(score, int) else title


def _model_notes(value: dict[str, Any]) -> Iterator[str]:
    for call in value.get("calls") or ():
        if isinstance(call, dict):
            yield f"The model wants {call_text(str(call.get('name')), call.get('arguments') or {})}."
    if value.get("data") is not None:
        yield f"The model answered {_short(value['data'])}"
    usage = value.get("usage")
    if isinstance(usage, dict) and usage:
        yield usage_words(usage)


def _short(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
