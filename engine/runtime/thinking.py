"""Instructions that ask others to think: a model, the knowledge, a tool."""

from collections.abc import Mapping

from engine.expressions import EvaluationError
from engine.kinds import thoughts as op
from engine.kinds.converse import EXIT
from engine.kinds.values import to_plain
from engine.protocol import (
    AskModel,
    CallTool,
    Cite,
    HttpRequest,
    JudgeIntent,
    Plain,
    SearchKnowledge,
    Source,
    Speak,
    State,
)
from engine.runtime.acting import STOP, Effects, finish, speech, wait_for
from engine.runtime.prompting import SAID, instructions, passages
from engine.runtime.remembering import lines
from engine.runtime.run import Run

CERTAIN = 900
"""From this score (per mille) on a frequent question is answered with its own words."""


def generate(run: Run, s: State, pc: int, i: op.Generate, fx: Effects) -> int:
    """Begin a turn of the model."""
    if s.gone and i.spoken:
        finish(s, "hung_up", i.node, fx)
        return STOP
    if i.counter >= 0:
        count = (s.vars[i.counter] or 0) + 1
        if count > i.most:
            s.vars[i.counter] = None
            return i.ways["too_long"]
        s.vars[i.counter] = count
    s.asked = 0
    best = next(iter(passages(s, i.passages)), None)
    if best is not None and best.answer and best.score >= CERTAIN:
        say(run, s, i, best.answer, "", fx)
        return done(s, i, best.answer, fx)
    ask(run, s, pc, i, fx)
    return STOP


def ask(run: Run, s: State, pc: int, i: op.Generate, fx: Effects, again: str = "") -> None:
    """Ask the model, with all that was said until now."""
    told = instructions(run, s, i, again)
    id = wait_for(s, pc, fx)
    functions = (*i.functions, *(EXIT + e.id for e in i.exits))
    fx.append(
        AskModel(
            id,
            i.node,
            i.purpose,
            told,
            lines(s, i.history),
            _asked_for(i),
            functions,
            i.spoken,
            i.tokens,
            i.temperature,
            i.limit,
            locale=run.session["locale"],
            aloud=s.voice,
        )
    )


def _asked_for(i: op.Generate) -> Plain:
    """The data wanted, and whether it was said at all."""
    if i.schema is None:
        return None
    properties = {SAID: {"type": "boolean"}, **i.schema["properties"]}
    return {**i.schema, "properties": properties, "required": [SAID, *i.schema["required"]]}


def search(run: Run, s: State, pc: int, i: op.Search, fx: Effects) -> int:
    """Look the question up."""
    question = last_words(s) if i.question is None else i.question
    if not isinstance(question, str):
        question = str(question(s.vars) or "")
    if not question.strip():
        return i.not_known
    fx.append(SearchKnowledge(wait_for(s, pc, fx), i.node, question, i.scope, i.count, i.limit))
    return STOP


def judge(run: Run, s: State, pc: int, i: op.Judge, fx: Effects) -> int:
    """Have the words judged."""
    text = str(s.vars[i.slot] or "") if i.slot >= 0 else last_words(s)
    intents = i.intents[run.locale]
    fx.append(JudgeIntent(wait_for(s, pc, fx), i.node, text, intents, i.threshold, i.model, i.limit))
    return STOP


def use(run: Run, s: State, pc: int, i: op.Use, fx: Effects) -> int:
    """Call a function with arguments of the flow's own."""
    arguments = {name: to_plain(value(s.vars)) for name, value in i.arguments}
    wrong = call(run, s, pc, i.node, i.function, arguments, fx)
    return i.error if wrong else STOP


def call(
    run: Run,
    s: State,
    pc: int,
    node: str,
    name: str,
    arguments: Mapping[str, Plain],
    fx: Effects,
    asked: str = "",
) -> str:
    """Have a function called; ``asked`` is the model's call it answers. Answers what is wrong, or nothing."""
    code = run.program.functions.get(name)
    if code is None:
        return f'There is no function "{name}".'
    try:
        values = code.convert({k: v for k, v in arguments.items() if v is not None})
        request = code.request(values) if code.request is not None else None
    except (ValueError, EvaluationError) as error:
        return f"{error}."
    id = wait_for(s, pc, fx, asked)
    if request is not None:
        url, headers, body = request
        retries = 1 if code.replay == "safe" else 0
        fx.append(HttpRequest(id, node, code.method, url, headers, body, code.timeout, retries, code.replay))
    else:
        fx.append(CallTool(id, node, code.tool, dict(arguments), code.timeout, code.replay))
    return ""


def last_words(s: State) -> str:
    """What the caller said last."""
    return next((line.text for line in reversed(s.talk) if line.by == "caller"), "")


def say(run: Run, s: State, i: op.Generate, text: str, stream: str, fx: Effects) -> None:
    """Speak words a model wrote."""
    speech(run, s, Speak(text, i.node, s.epoch, i.interruptible, stream=stream), fx)


def quote(run: Run, s: State, i: op.Generate, text: str, fx: Effects) -> int:
    """Nobody answered: say what the best passage says."""
    say(run, s, i, text, "", fx)
    return done(s, i, text, fx, most=1)


def done(s: State, i: op.Generate, text: str, fx: Effects, most: int = 3) -> int:
    """An answer is whole: keep it, name ``most`` of its sources, go on."""
    if i.slot >= 0:
        s.vars[i.slot] = text
    if i.cites and i.passages >= 0:
        found = passages(s, i.passages)
        sources = tuple(dict.fromkeys(Source(p.title, p.where, p.url) for p in found if p.title))
        if sources:
            fx.append(Cite(i.node, sources[:most]))
    return i.next
