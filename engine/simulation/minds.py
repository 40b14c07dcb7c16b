"""Models, knowledge and tools in a rehearsal: what they answer stands in the script, in the test, or is typed by
whoever rehearses."""

import re
from typing import Literal

import msgspec

from engine.conversation.judging import by_examples, judgement
from engine.protocol import AskModel, CallTool, JudgeIntent, Result, SearchKnowledge
from engine.protocol.script import Answer

Thought = AskModel | SearchKnowledge | JudgeIntent | CallTool
THOUGHTS = (AskModel, SearchKnowledge, JudgeIntent, CallTool)

Asked = Literal["model", "knowledge", "intents", "tool"]
"""Who is asked."""

_END = re.compile(r"(?<=[.!?])\s+(?=\S)")


class Mind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is answered to a model's, a search's or a tool's question: at ``node`` (any, when empty), where ``hears``
    stands in the caller's last words, in the question or in the arguments. ``of`` says who is asked (anybody, when
    empty). Each answer once, the last one from then on. An answer's ``body`` is the words of a model, or ``{"text",
    "data", "calls"}``; the passages of a search; the value of a tool."""

    answers: tuple[Answer, ...]
    node: str = ""
    hears: str = ""
    of: Asked | Literal[""] = ""


class MindTable:
    """Answers thoughts from a table. What is not in it: intents are judged by their examples, the rest fails, or
    with ``patient`` waits for who answers it by hand."""

    def __init__(self, minds: tuple[Mind, ...], *, patient: bool = False) -> None:
        self._minds = minds
        self._patient = patient
        self._asked = [0] * len(minds)

    @property
    def minds(self) -> tuple[Mind, ...]:
        """The table."""
        return self._minds

    def __call__(self, thought: Thought) -> Answer | None:
        heard = heard_by(thought).lower()
        for i, mind in enumerate(self._minds):
            if mind.node not in ("", thought.node) or mind.of not in ("", asked_of(thought)):
                continue
            if mind.hears.lower() in heard and mind.answers:
                answer = mind.answers[min(self._asked[i], len(mind.answers) - 1)]
                self._asked[i] += 1
                return answer
        if isinstance(thought, JudgeIntent):
            return Answer(body=judgement(by_examples(thought), "examples", thought.threshold))
        return None if self._patient else Answer("error")


def asked_of(thought: Thought) -> Asked:
    """Who is asked."""
    if isinstance(thought, AskModel):
        return "model"
    if isinstance(thought, SearchKnowledge):
        return "knowledge"
    return "intents" if isinstance(thought, JudgeIntent) else "tool"


def heard_by(thought: Thought) -> str:
    """What the question was about, in words."""
    if isinstance(thought, AskModel):
        return next((line.text for line in reversed(thought.talk) if line.by == "caller"), "")
    if isinstance(thought, SearchKnowledge):
        return thought.question
    if isinstance(thought, JudgeIntent):
        return thought.text
    return f"{thought.tool} {msgspec.json.encode(thought.arguments).decode()}"


def said_by(answer: Answer) -> str:
    """The words of a model's answer."""
    if isinstance(answer.body, str):
        return answer.body
    text = answer.body.get("text") if isinstance(answer.body, dict) else ""
    return text if isinstance(text, str) else ""


def sentences(text: str) -> list[str]:
    """The sentences of scripted words."""
    return [part for part in _END.split(text.strip()) if part]


def thought_result(at: int, thought: Thought, answer: Answer) -> Result:
    """The event an answer is."""
    if answer.outcome != "ok":
        return Result(at, thought.id, answer.outcome)
    body = (
        {"text": answer.body}
        if isinstance(thought, AskModel) and isinstance(answer.body, str)
        else answer.body
    )
    return Result(at, thought.id, "ok", body)
