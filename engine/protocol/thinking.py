"""Effects that ask others to think: a language model, the knowledge of the house, a tool; and what they pass
around."""

import msgspec

from engine.protocol.values import Plain


class ToolCall(msgspec.Struct, frozen=True, omit_defaults=True):
    """A function the model wants called, by its name in the flow, with plain arguments. ``seal`` is the vendor's own:
    handed back unread with the call."""

    id: str
    name: str
    arguments: dict[str, Plain] = {}
    seal: str = ""


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the talk as a model reads it.

    ``by`` is ``caller``, ``agent`` or ``tool``. An agent's line may hold the ``calls`` it made; a tool's names the
    ``call`` it answers. ``epoch`` is the stretch of speech an agent's words belong to, so that what was never heard
    can be taken back.
    """

    by: str
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    call: str = ""
    epoch: int = 0


class AskModel(msgspec.Struct, frozen=True, tag="ask_model", omit_defaults=True):
    """Let a language model write, and answer with ``Result(effect=id)``.

    ``instructions`` is all it is told, data within delimiters; ``talk`` what was said, oldest first. When ``spoken``,
    each sentence arrives first as ``Wrote(effect=id)``. ``schema`` (JSON Schema) makes it answer with data.
    ``functions`` are names the program declares, or ``leave_by_<port>``. ``tokens`` is the most it may write,
    ``temperature`` in per mille, ``timeout`` in milliseconds for the whole. Outcomes: ``ok`` with ``{"text", "data",
    "calls", "usage"}``, ``error``, ``timeout``, ``refused``, ``off_limits``, ``not_known``. ``begun`` is what an
    earlier attempt had said already. ``aloud`` says that its words are heard, in the language of ``locale``.
    """

    id: str
    node: str
    purpose: str
    instructions: str
    talk: tuple[Said, ...] = ()
    schema: Plain = None
    functions: tuple[str, ...] = ()
    spoken: bool = False
    tokens: int = 400
    temperature: int = 300
    timeout: int = 8000
    begun: str = ""
    locale: str = ""
    aloud: bool = False


class SearchKnowledge(msgspec.Struct, frozen=True, tag="search_knowledge", omit_defaults=True):
    """Find passages of the knowledge pinned by the release, and answer with ``Result(effect=id)``: ``ok`` with a
    list of `Passage`, best first. ``scope`` names knowledge bases; empty: all of the agent's."""

    id: str
    node: str
    question: str
    scope: tuple[str, ...] = ()
    count: int = 5
    timeout: int = 3000


class Passage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of knowledge: ``title`` of its source, ``where`` in it, ``url`` if it has one; ``score`` in per mille.
    ``answer`` is set for a frequent question: the very words to answer it with."""

    id: str
    text: str
    title: str = ""
    where: str = ""
    url: str = ""
    score: int = 0
    answer: str = ""


class Intent(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing people may want: a port, what it means, and how people say it."""

    id: str
    description: str = ""
    examples: tuple[str, ...] = ()


class JudgeIntent(msgspec.Struct, frozen=True, tag="judge_intent", omit_defaults=True):
    """Say which of the intents ``text`` is, and answer with ``Result(effect=id)``: ``ok`` with ``{"intent": id or
    "", "by": "examples" | "embeddings" | "model", "candidates": [{"id", "score"}]}``, scores in per mille."""

    id: str
    node: str
    text: str
    intents: tuple[Intent, ...] = ()
    threshold: int = 600
    model: bool = True
    timeout: int = 4000


class CallTool(msgspec.Struct, frozen=True, tag="call_tool", omit_defaults=True):
    """Call a function of a registered tool and answer with ``Result(effect=id)``: ``ok`` with its value, ``error``,
    ``timeout``, ``unknown``. ``replay``: ``safe`` may be asked again after a crash, ``never`` must not be."""

    id: str
    node: str
    tool: str
    arguments: dict[str, Plain] = {}
    timeout: int = 8000
    replay: str = "safe"


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an answer came from."""

    title: str
    where: str = ""
    url: str = ""


class Cite(msgspec.Struct, frozen=True, tag="cite", omit_defaults=True):
    """The sources of what was just said: shown, never spoken."""

    node: str
    sources: tuple[Source, ...]
