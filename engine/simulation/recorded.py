"""A recorded session as a source of answers: what models, the knowledge, tools and web services said then, they say
again, without asking anybody."""

from collections.abc import Iterable, Iterator

from engine.protocol import AskModel, Effect, HttpRequest, Plain, Record, Result, Wrote
from engine.protocol.script import Answer
from engine.simulation.cases import Service, ServiceTable
from engine.simulation.minds import THOUGHTS, Asked, Mind, MindTable, Thought, asked_of, heard_by

Key = tuple[str, Asked, str]


def minds_of(records: Iterable[Record]) -> MindTable:
    """Answers thoughts as they were answered in these records: at the same node, to the same words, in the same order.
    It waits for who answers by hand what nobody asked then."""
    return MindTable(recorded_minds(records), patient=True)


def services_of(records: Iterable[Record]) -> ServiceTable:
    """Answers requests as they were answered in these records; waits with what nobody asked then."""
    return ServiceTable(recorded_services(records), patient=True)


def recorded_minds(records: Iterable[Record]) -> tuple[Mind, ...]:
    """The same as a table that a conversation test can keep. An answer that was cut short says what was said of it;
    one that never came is left out."""
    answers: dict[Key, list[Answer]] = {}
    for effect, answer in _answered(records):
        if isinstance(effect, THOUGHTS):
            answers.setdefault(_key(effect), []).append(answer)
    # The longest words first: a table is read from above, and what contains others must not be taken for them.
    keys = sorted(answers, key=lambda key: -len(key[2]))
    return tuple(Mind(tuple(answers[key]), key[0], key[2], key[1]) for key in keys)


def recorded_services(records: Iterable[Record]) -> tuple[Service, ...]:
    """What web services answered, by address and method."""
    answers: dict[tuple[str, str], list[Answer]] = {}
    for effect, answer in _answered(records):
        if isinstance(effect, HttpRequest):
            answers.setdefault((effect.url, effect.method), []).append(answer)
    keys = sorted(answers, key=lambda key: -len(key[0]))
    return tuple(Service(key[0], tuple(answers[key]), key[1]) for key in keys)


def _key(thought: Thought) -> Key:
    return thought.node, asked_of(thought), heard_by(thought)


def _answered(records: Iterable[Record]) -> Iterator[tuple[Effect, Answer]]:
    """Effects with what came of them, in the order they were asked."""
    asked: dict[str, Effect] = {}
    results: dict[str, Result] = {}
    said: dict[str, list[str]] = {}
    for record in records:
        event = record.event
        if isinstance(event, Wrote):
            said.setdefault(event.effect, []).append(event.text)
        elif isinstance(event, Result):
            results.setdefault(event.effect, event)
        asked |= {e.id: e for e in record.effects if isinstance(e, (*THOUGHTS, HttpRequest))}
    for id, effect in asked.items():
        if id in results:
            yield effect, _answer(effect, results[id])
        elif id in said:
            yield effect, Answer(body={"text": " ".join(said[id])})


def _answer(effect: Effect, result: Result) -> Answer:
    if result.outcome != "ok":
        return Answer(result.outcome)
    value: Plain = result.value
    if isinstance(effect, HttpRequest) and isinstance(value, dict):
        status = value.get("status")
        return Answer(status=status if isinstance(status, int) else 200, body=value.get("body"))
    if isinstance(effect, AskModel) and isinstance(value, dict) and set(value) == {"text"}:
        return Answer(body=value["text"])
    return Answer(body=value)
